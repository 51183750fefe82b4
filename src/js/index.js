// index.js: everything that `import 'wasmfit'` gives · in: the modules of the package · out: the public API · next: registry.js
export { init } from './engine.js';
export { LinearRegression } from './linear.js';
export { Ridge } from './ridge.js';
export { ElasticNet, Lasso } from './elastic-net.js';
export { LogisticRegression } from './logistic.js';
export { conformal } from './conformal.js';
export { normalQuantile } from './distributions.js';
export { batchNorm, dense, dropout, layerNorm } from './layers.js';
export { MLPClassifier, MLPRegressor, Network } from './mlp.js';
export { distill, findLearningRate, fitMany, gradientCheck, lassoPath, load, minimize, prune, pruneUnits, ridgePath, sparsity } from './later.js';
export { PolynomialFeatures, StandardScaler } from './preprocessing.js';
export { trainTestSplit } from './split.js';
export { Table } from './table.js';
export { WasmfitError } from './errors.js';
export * as metrics from './metrics.js';
export * as datasets from './datasets.js';
