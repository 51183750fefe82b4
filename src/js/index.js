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
export { distill, lassoPath, load, prune, pruneUnits, ridgePath, sparsity } from './later.js';
export { PolynomialFeatures, StandardScaler } from './preprocessing.js';
/** @type {typeof import('./fit-many.js').fitMany} */
export const fitMany = async (...args) => (await import('./fit-many.js')).fitMany(...args);
/** @type {typeof import('./learning-rate.js').findLearningRate} */
export const findLearningRate = async (...args) => (await import('./learning-rate.js')).findLearningRate(...args);
/** @type {typeof import('./gradient-check.js').gradientCheck} */
export const gradientCheck = async (...args) => (await import('./gradient-check.js')).gradientCheck(...args);
/** @type {typeof import('./minimize.js').minimize} */
export const minimize = async (...args) => (await import('./minimize.js')).minimize(...args);
export { trainTestSplit } from './split.js';
export { Table } from './table.js';
export { WasmfitError } from './errors.js';
export * as metrics from './metrics.js';
export * as datasets from './datasets.js';
