// ours.js: every task through this project's public API · in: a task, its data · out: fit and its loss · next: tfjs.js
import { LinearRegression, LogisticRegression, Network, dense, init, quantize } from '../../../build/js/index.js';
import { crossEntropy, linear, logLoss, meanSquare } from '../tasks.js';

/** @typedef {import('../tasks.js').Task} Task */
/** @typedef {import('../tasks.js').Data} Data */
/**
 * What every peer prepares. fit: the timed part; drop: frees what it made; check: the loss of what it made, and how it came about.
 * @typedef {{ loss: number, iterations?: number }} Checked
 * @typedef {{ fit: () => any, check: (fitted: any) => Checked | Promise<Checked>, drop?: (fitted: any) => void }} Prepared
 */

/** @param {Task} task @param {Data} data */
function build({ cols, sizes = [], activation, loss = 'mse', optimizer, batch, epochs }, { layers }) {
  const units = sizes.slice(1).map((count, l) => dense(count, l + 2 < sizes.length ? { activation } : {}));
  const model = new Network({ inputs: cols, layers: units, loss, batchSize: batch, epochs, ...(optimizer && { optimizer }) });
  model.setWeights(layers.flatMap(({ W, b }) => [{ data: W }, { data: b }]));
  return model;
}

/** @param {Task} task @param {Data} data */
const matrix = ({ cols }, { x, rows }) => ({ data: x, rows, cols });

const HERE = { worker: false };

/** @type {Record<Task['kind'], (task: Task, data: Data) => Prepared>} */
const kinds = {
  network: (task, data) => ({
    async fit() {
      const model = build(task, data);
      await model.fit(matrix(task, data), data.y, { ...HERE, shuffle: false });
      return model;
    },
    check(model) {
      const X = matrix(task, data);
      return { loss: task.loss === 'mse' ? meanSquare(model.predict(X), data.y) : crossEntropy(model.predictProba(X).data, data.y, true) };
    },
    drop: (model) => model.dispose(),
  }),
  leastSquares: (task, data) => ({
    async fit() {
      const model = new LinearRegression();
      await model.fit(matrix(task, data), data.y, HERE);
      return model;
    },
    check: ({ coef, intercept }) => ({ loss: meanSquare(linear(task, data, coef, intercept), data.y) }),
  }),
  logistic: (task, data) => ({
    async fit() {
      const model = new LogisticRegression({ penalty: 'none', tolerance: task.tolerance });
      await model.fit(matrix(task, data), data.y, HERE);
      return model;
    },
    check: ({ coef, intercept, iterations }) => ({ loss: logLoss(linear(task, data, coef.data ?? coef, Number(intercept)), data.y), iterations }),
  }),
  predict(task, data) {
    const model = build(task, data), X = matrix(task, data);
    return { fit: () => model.predictProba(X).data, check: (probabilities) => ({ loss: crossEntropy(probabilities, data.y, true) }) };
  },
  single(task, data) {
    const model = build(task, data), { cols, calls = 1 } = task;
    return {
      fit() {
        let sum = 0;
        for (let i = 0; i < calls; i++) {
          const from = i % data.rows * cols;
          sum += /** @type {Float64Array} */ (model.predict({ data: data.x.subarray(from, from + cols), rows: 1, cols }))[0];
        }
        return sum / calls;
      },
      check: (loss) => ({ loss }),
    };
  },
};

/** Prediction in integers, calibrated on a part of the rows. @param {Task} task @param {Data} data @returns {Promise<Prepared>} */
async function integers(task, data) {
  const X = matrix(task, data), rows = Math.min(2000, data.rows);
  const model = await quantize(build(task, data), { data: data.x.subarray(0, rows * task.cols), rows, cols: task.cols });
  return { fit: () => model.predictProba(X).data, check: (probabilities) => ({ loss: crossEntropy(probabilities, data.y, true) }) };
}

/** @param {Task} task @param {Data} data @param {'exact' | 'fast' | 'int8'} variant the build, or integers @returns {Promise<Prepared>} */
export async function prepare(task, data, variant) {
  if (variant === 'int8') {
    await init();
    return integers(task, data);
  }
  if (task.kind !== 'leastSquares' && task.kind !== 'logistic') await init({ simd: variant }); // linear models have a core of their own
  return kinds[task.kind](task, data);
}
