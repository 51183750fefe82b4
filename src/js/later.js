// later.js: functions whose code is fetched when they are first called · in: the call · out: what it gives · next: load.js

/** A fitted model from the bytes that save() wrote; see load.js. @type {typeof import('./load.js').load} */
export const load = async (bytes) => (await import('./load.js')).load(bytes);

/** A fitted network with zeros for its smallest weights; see compress.js. @type {(...args: Parameters<typeof import('./compress.js').prune>) => Promise<import('./compress.js').Sparsity>} */
export const prune = async (model, options) => (await import('./compress.js')).prune(model, options);

/** A smaller network; see compress.js. @type {<M extends import('./network.js').NeuralModel>(model: M, options?: { keep?: number | readonly number[] }) => Promise<M>} */
export const pruneUnits = async (model, options) => (await import('./compress.js')).pruneUnits(model, options);

/** Share of zeros among weights; see compress.js. @type {(model: import('./network.js').NeuralModel) => Promise<import('./compress.js').Sparsity>} */
export const sparsity = async (model) => (await import('./compress.js')).sparsity(model);

/** A network trained on a teacher's answers; see distill.js. @type {typeof import('./distill.js').distill} */
export const distill = async (...args) => (await import('./distill.js')).distill(...args);

/** Elastic nets for a list of penalties; see paths.js. @type {typeof import('./paths.js').lassoPath} */
export const lassoPath = async (X, y, options) => (await import('./paths.js')).lassoPath(X, y, options);

/** Ridge regressions for a list of penalties; see paths.js. @type {typeof import('./paths.js').ridgePath} */
export const ridgePath = async (X, y, options) => (await import('./paths.js')).ridgePath(X, y, options);

/** Many fits side by side; see fit-many.js. @type {typeof import('./fit-many.js').fitMany} */
export const fitMany = async (...args) => (await import('./fit-many.js')).fitMany(...args);

/** The learning-rate range test; see learning-rate.js. @type {typeof import('./learning-rate.js').findLearningRate} */
export const findLearningRate = async (...args) => (await import('./learning-rate.js')).findLearningRate(...args);

/** Gradients against differences; see gradient-check.js. @type {typeof import('./gradient-check.js').gradientCheck} */
export const gradientCheck = async (...args) => (await import('./gradient-check.js')).gradientCheck(...args);

/** The optimizers on a function of one's own; see minimize.js. @type {typeof import('./minimize.js').minimize} */
export const minimize = async (...args) => (await import('./minimize.js')).minimize(...args);
