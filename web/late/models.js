// the linear models, fetched when the first of them is trained · in: values of the state · out: a new model · next: ../run.js
import { ElasticNet, Lasso, LinearRegression, LogisticRegression, Ridge } from 'wasmfit';

/** The model that the values of the state ask for. */
export function newLinear({ model, alpha, l1Ratio, penalty, C, iterations: maxIterations, seed }) {
  if (model === 'ridge') return new Ridge({ alpha, seed });
  if (model === 'lasso') return new Lasso({ alpha, maxIterations, seed });
  if (model === 'elasticnet') return new ElasticNet({ alpha, l1Ratio, maxIterations, seed });
  if (model === 'logistic') return new LogisticRegression({ penalty, C, l1Ratio, maxIterations, seed });
  return new LinearRegression({ seed });
}
