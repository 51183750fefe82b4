// later.js: code that is fetched when it is first needed · in: the first call · out: what it gives · next: run.js

/**
 * A module that is fetched once, with `ready`, and at hand as `code` from then on: what a model needs once it is fitted.
 * @template T
 * @param {() => Promise<T>} fetch
 * @param {import('./engine.js').Core} core that it works with
 */
export function later(fetch, core) {
  const held = {
    core,
    /** @type {T | undefined} */
    code: undefined,
    ready: async () => (held.code ??= await fetch()),
  };
  return held;
}

/** A fitted model from the bytes that save() wrote; see load.js. @type {typeof import('./load.js').load} */
export const load = async (...args) => (await import('./load.js')).load(...args);

/** A fitted network with zeros for its smallest weights; see compress.js. @type {(...args: Parameters<typeof import('./compress.js').prune>) => Promise<import('./compress.js').Sparsity>} */
export const prune = async (...args) => (await import('./compress.js')).prune(...args);

/** A smaller network; see compress.js. @type {<M extends import('./network.js').NeuralModel>(model: M, options?: { keep?: number | readonly number[] }) => Promise<M>} */
export const pruneUnits = async (...args) => (await import('./compress.js')).pruneUnits(...args);

/** Share of zeros among weights; see compress.js. @type {(model: import('./network.js').NeuralModel) => Promise<import('./compress.js').Sparsity>} */
export const sparsity = async (...args) => (await import('./compress.js')).sparsity(...args);

/** A network in integers; see quantize.js. @type {typeof import('./quantize.js').quantize} */
export const quantize = async (...args) => (await import('./quantize.js')).quantize(...args);

/** A network trained on a teacher's answers; see distill.js. @type {typeof import('./distill.js').distill} */
export const distill = async (...args) => (await import('./distill.js')).distill(...args);

/** Elastic nets for a list of penalties; see paths.js. @type {typeof import('./paths.js').lassoPath} */
export const lassoPath = async (...args) => (await import('./paths.js')).lassoPath(...args);

/** Ridge regressions for a list of penalties; see paths.js. @type {typeof import('./paths.js').ridgePath} */
export const ridgePath = async (...args) => (await import('./paths.js')).ridgePath(...args);

/** Many fits side by side; see fit-many.js. @type {typeof import('./fit-many.js').fitMany} */
export const fitMany = async (...args) => (await import('./fit-many.js')).fitMany(...args);

/** A learning-rate range test; see learning-rate.js. @type {typeof import('./learning-rate.js').findLearningRate} */
export const findLearningRate = async (...args) => (await import('./learning-rate.js')).findLearningRate(...args);

/** Gradients against differences; see gradient-check.js. @type {typeof import('./gradient-check.js').gradientCheck} */
export const gradientCheck = async (...args) => (await import('./gradient-check.js')).gradientCheck(...args);

/** Any function by the optimizers of networks; see minimize.js. @type {typeof import('./minimize.js').minimize} */
export const minimize = async (...args) => (await import('./minimize.js')).minimize(...args);
