// index.js: everything that `import 'wasmfit'` gives · in: the modules of the package · out: the public API · next: registry.js
//
// At once only what options and metrics need; the rest is fetched by what is awaited: init, load, a fit.
import { networks } from './predictor.js';

export { LinearRegression } from './linear.js';
export { Ridge } from './ridge.js';
export { ElasticNet, Lasso } from './elastic-net.js';
export { LogisticRegression } from './logistic.js';
export { batchNorm, dense, dropout, layerNorm } from './layers.js';
export { MLPClassifier, MLPRegressor, Network } from './mlp.js';
export { distill, findLearningRate, fitMany, gradientCheck, lassoPath, load, minimize, prune, pruneUnits, quantize, ridgePath, sparsity } from './later.js';
export { WasmfitError } from './errors.js';
export * as metrics from './metrics.js';
export * as datasets from './datasets.js';

/**
 * Loads the core of networks; see engine.js.
 * @type {typeof import('./engine.js').init}
 */
export const init = async (options) => {
  const engine = await import('./engine.js');
  await Promise.all([engine.init(options), networks.ready()]);
};
