// metrics.js: how good predictions are, as scikit-learn counts it · in: true and predicted values · out: numbers, counts, curves · next: metrics-check.js
//
// Every metric takes (yTrue, yPred or yScore, options) and is the one of scikit-learn 1.2 under a shorter name: equal to it where it has a
// number. What it only warns of is refused here where nothing is defined (one class in rocAuc), or flagged (`absent` of precision and
// its like). Rows are refused if empty, not finite or not equally many; a row of weight 0 counts as absent, a weight of 2 as two rows.

export { explainedVariance, mae, mape, maxError, medianAbsoluteError, mse, msle, r2, rmse } from './metrics-numbers.js';
export { accuracy, balancedAccuracy, confusionMatrix, f1, fBeta, kappa, matthews, precision, recall } from './metrics-labels.js';
export { averagePrecision, brier, logLoss, precisionRecallCurve, rocAuc, rocCurve, topKAccuracy } from './metrics-scores.js';
