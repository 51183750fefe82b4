// tasks.js: what is measured: ten tasks, their exact definitions, their work · in: nothing · out: tasks, losses, flops · next: data.js
//
// All who take part get the same bytes and starting weights, take the batches in file order, and compute what is written here. It is
// plain data, so that it travels to Python and into browsers as JSON. Timed: the model is built and fitted, its data being there in
// typed arrays; of T9a and T9b the prediction. loss: of the fitted model over all rows, computed afterwards; where it was found to be.

/**
 * kind 'network': sizes of the layers from the inputs on, activation of the hidden ones, batches of `batch` rows.
 * expected: final loss of the peers; spread: how far they are from it, as a share (T2: absolute).
 * @typedef {{ what: string, data: string, kind: 'network' | 'leastSquares' | 'logistic' | 'predict' | 'single', cols: number,
 *   sizes?: number[], activation?: string, loss?: 'mse' | 'crossEntropy', optimizer?: any, batch?: number, epochs?: number,
 *   step?: number, tolerance?: number, calls?: number, expected: number, spread: number, unit?: 'rows/s' | 'µs a row' }} Task
 */
const adam = { name: 'adam', learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const digits = { data: 'clusters', cols: 784, sizes: [784, 128, 10], activation: 'relu', loss: /** @type {const} */ ('crossEntropy') };
const small = { data: 'diabetesLike', cols: 10, sizes: [10, 32, 16, 1], activation: 'relu', loss: /** @type {const} */ ('mse') };

/** @type {Record<string, Task>} */
export const tasks = {
  T1: { what: 'line, 1000 rows, 1000 epochs of full-batch descent', data: 'line', kind: 'network', cols: 1, sizes: [1, 1], activation: 'identity',
    loss: 'mse', optimizer: { name: 'sgd', learningRate: 0.01, momentum: 0 }, batch: 1000, epochs: 1000, expected: 0.115059, spread: 1e-5 },
  T2: { what: 'exclusive or, 2-8-1 tanh, momentum, 1000 steps', data: 'xor', kind: 'network', cols: 2, sizes: [2, 8, 1], activation: 'tanh',
    loss: 'mse', optimizer: { name: 'sgd', learningRate: 0.1, momentum: 0.9 }, batch: 4, epochs: 1000, expected: 0, spread: 1e-12 },
  T3: { what: '442 × 10, 10-32-16-1, Adam, batch 32, 100 epochs', ...small, kind: 'network', optimizer: adam, batch: 32, epochs: 100,
    expected: 0.133, spread: 3e-3 },
  T4: { what: '20,000 × 8, 8-64-64-1, Adam, batch 64, 10 epochs', data: 'curved', kind: 'network', cols: 8, sizes: [8, 64, 64, 1],
    activation: 'relu', loss: 'mse', optimizer: adam, batch: 64, epochs: 10, expected: 0.0412, spread: 0.01 },
  T5: { what: '60,000 × 784, 784-128-10, Adam, batch 32, 1 epoch', ...digits, kind: 'network', optimizer: adam, batch: 32, epochs: 1,
    expected: 0.137, spread: 2e-3 },
  T6: { what: 'the same, batch 256', ...digits, kind: 'network', optimizer: adam, batch: 256, epochs: 1, expected: 0.1794, spread: 1e-3 },
  T7: { what: 'least squares with intercept, 100,000 × 50', data: 'plane', kind: 'leastSquares', cols: 50, expected: 0.24996, spread: 1e-5 },
  T8: { what: 'logistic regression, 20,000 × 30, until the gradient < 1e-4', data: 'odds', kind: 'logistic', cols: 30, step: 2, tolerance: 1e-4,
    expected: 0.42536, spread: 1e-5 },
  T9a: { what: 'predict 60,000 rows of 784-128-10', ...digits, kind: 'predict', expected: 2.46135, spread: 1e-5, unit: 'rows/s' },
  T9b: { what: 'predict a single row of 10-32-16-1', ...small, kind: 'single', calls: 5000, expected: -0.445694, spread: 1e-5, unit: 'µs a row' },
};

/** Rows of each data set. */
export const ROWS = { line: 1000, xor: 4, diabetesLike: 442, curved: 20_000, clusters: 60_000, plane: 100_000, odds: 20_000 };

/** The flat weights, layer by layer W (in, out) and b (out), as [W, b] of each layer. @param {number[]} sizes @param {Float32Array} flat */
export function layersOf(sizes, flat) {
  let at = 0;
  return sizes.slice(1).map((out, l) => {
    const W = flat.subarray(at, at + sizes[l] * out), b = flat.subarray(at + W.length, at + W.length + out);
    at += W.length + b.length;
    return { in: sizes[l], out, W, b };
  });
}

/** @param {ArrayLike<number>} predicted @param {ArrayLike<number>} y */
export function meanSquare(predicted, y) {
  let sum = 0;
  for (let i = 0; i < y.length; i++) sum += (predicted[i] - y[i]) ** 2;
  return sum / y.length;
}

/**
 * Mean of -log of the probability of the true class.
 * @param {ArrayLike<number>} scores (N, K) logits, or probabilities @param {ArrayLike<number>} y @param {boolean} [probabilities]
 */
export function crossEntropy(scores, y, probabilities = false) {
  const K = scores.length / y.length;
  let sum = 0;
  for (let i = 0; i < y.length; i++) {
    const row = Array.from({ length: K }, (_, k) => scores[i * K + k]);
    const top = Math.max(...row);
    sum += probabilities ? -Math.log(Math.max(row[y[i]], 1e-12)) : top + Math.log(row.reduce((total, z) => total + Math.exp(z - top), 0)) - row[y[i]];
  }
  return sum / y.length;
}

/** Mean log loss of the log odds z. @param {ArrayLike<number>} z @param {ArrayLike<number>} y 0 or 1 */
export function logLoss(z, y) {
  let sum = 0;
  for (let i = 0; i < y.length; i++) sum += Math.max(z[i], 0) - z[i] * y[i] + Math.log1p(Math.exp(-Math.abs(z[i])));
  return sum / y.length;
}

/** The rows of one task and its starting weights.
 * @typedef {{ x: Float32Array, y: Float32Array, rows: number, layers: ReturnType<typeof layersOf> }} Data */

/**
 * @param {Task} task @param {(file: string) => Promise<Float32Array>} read a file of build/bench
 * @returns {Promise<Data>}
 */
export async function loadData({ data, cols, sizes }, read) {
  const [x, y, w] = await Promise.all(['x', 'y', ...(sizes ? ['w'] : [])].map((part) => read(`${data}.${part}.f32`)));
  return { x, y, rows: x.length / cols, layers: sizes ? layersOf(sizes, w) : [] };
}

/** x w + b of every row. @param {Task} task @param {Data} data @param {ArrayLike<number>} coef @param {number} intercept */
export const linear = ({ cols }, { x, rows }, coef, intercept) => Float64Array.from({ length: rows }, (_, i) => {
  let z = intercept;
  for (let j = 0; j < cols; j++) z += coef[j] * x[i * cols + j];
  return z;
});

/** Of an optimizer a parameter and step. */
const UPDATE = { sgd: 2, momentum: 4, adam: 12 };

/**
 * Floating-point operations that the task needs: of a network the matrix products (no input gradient of the first layer) and the
 * optimizer's update; of least squares the QR factorisation, 2 N p²; of logistic regression two products with X an iteration, first ones in
 * f32 left out, and one matrix of second derivatives. No exp, no checks, no copies.
 * @param {Task} task @param {number} rows @param {number} [iterations] of logistic regression
 */
export function flops({ kind, cols, sizes = [], optimizer, batch = 1, epochs = 1, calls = 1 }, rows, iterations = 0) {
  const products = sizes.slice(1).map((out, l) => 2 * sizes[l] * out), forward = products.reduce((sum, product) => sum + product, 0);
  if (kind === 'predict') return rows * forward;
  if (kind === 'single') return calls * forward;
  if (kind === 'leastSquares') return 2 * rows * (cols + 1) ** 2;
  if (kind === 'logistic') return rows * (iterations * 4 * (cols + 1) + (cols + 1) ** 2);
  const parameters = forward / 2 + sizes.slice(1).reduce((sum, out) => sum + out, 0);
  const update = UPDATE[/** @type {keyof typeof UPDATE} */ (optimizer.momentum ? 'momentum' : optimizer.name)];
  return epochs * (rows * (3 * forward - products[0]) + Math.ceil(rows / batch) * parameters * update);
}
