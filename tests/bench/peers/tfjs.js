// tfjs.js: every task in TensorFlow.js on its WebAssembly backend, one thread · in: a task, its data · out: fit and its loss · next: jax.js
//
// variant 'layers': tf.sequential and its fit, as its guide has it; 'loop': a training loop by hand, without what Layers does an epoch.
import { crossEntropy, linear, logLoss, meanSquare } from '../tasks.js';

/** @typedef {import('../tasks.js').Task} Task */
/** @typedef {import('../tasks.js').Data} Data */
/** @typedef {import('./ours.js').Prepared} Prepared */

const node = typeof process === 'object' && Boolean(process.versions?.node);
const folder = new URL('../../../build/peers/node_modules/@tensorflow/', import.meta.url);
/** The library; as any, as it is installed by make bench-peers only. @type {any} */
let tf;

async function loadLibrary() {
  const kind = node ? 'node' : 'min';
  const library = await import(new URL(`tfjs/dist/tf.${kind}.js`, folder).href);
  const backend = await import(new URL(`tfjs-backend-wasm/dist/tf-backend-wasm.${kind}.js`, folder).href);
  tf = node ? library.default : /** @type {any} */ (globalThis).tf;
  const { setWasmPaths } = node ? backend.default : tf.wasm;
  if (!node) setWasmPaths(new URL('tfjs-backend-wasm/dist/', folder).href);
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  tf.env().set('PROD', true);
  await tf.setBackend('wasm');
  await tf.ready();
}

/** @param {any} optimizer */
function optimizerOf({ name, learningRate, momentum, beta1, beta2, epsilon }) {
  if (name === 'adam') return tf.train.adam(learningRate, beta1, beta2, epsilon);
  return momentum ? tf.train.momentum(learningRate, momentum) : tf.train.sgd(learningRate);
}

/** @param {Task} task @param {Data} data */
function sequential({ activation, loss }, { layers }) {
  const last = layers.length - 1;
  const model = tf.sequential({ layers: layers.map((layer, l) => tf.layers.dense({
    units: layer.out, ...(l === 0 && { inputShape: [layer.in] }),
    activation: l < last ? activation : loss === 'crossEntropy' ? 'softmax' : 'linear',
  })) });
  tf.tidy(() => model.setWeights(layers.flatMap(({ W, b, ...size }) => [tf.tensor2d(W, [size.in, size.out]), tf.tensor1d(b)])));
  return model;
}

/** @param {Task} task @param {Data} data */
const inputs = ({ cols }, { x, rows }) => tf.tensor2d(x, [rows, cols]);

/** @param {Task} task @param {Data} data @returns {Prepared} */
function byLayers(task, data) {
  return {
    async fit() {
      const model = sequential(task, data), X = inputs(task, data), y = tf.tensor2d(data.y, [data.rows, 1]), optimizer = optimizerOf(task.optimizer);
      model.compile({ optimizer, loss: task.loss === 'mse' ? 'meanSquaredError' : 'sparseCategoricalCrossentropy' });
      await model.fit(X, y, { batchSize: task.batch, epochs: task.epochs, shuffle: false, verbose: 0 });
      tf.dispose([X, y, optimizer]);
      return model;
    },
    check(model) {
      const out = tf.tidy(() => model.predict(inputs(task, data), { batchSize: data.rows }).dataSync());
      return { loss: task.loss === 'mse' ? meanSquare(out, data.y) : crossEntropy(out, data.y, true) };
    },
    drop: (model) => model.dispose(),
  };
}

/** @param {Task} task @param {any[][]} variables @param {any} x */
const forward = ({ activation }, variables, x) => variables.reduce((h, [W, b], l) => {
  const z = h.matMul(W).add(b);
  return l === variables.length - 1 ? z : tf[String(activation)](z);
}, x);

/** @param {Task} task @param {Data} data @returns {Prepared} */
function byLoop(task, data) {
  const { cols, batch = 1, epochs = 1, loss, sizes = [] } = task, { x, y, rows, layers } = data, classes = sizes[sizes.length - 1];
  /** @param {number} from rows of the arrays as tensors: tf.slice would copy the whole tensor */
  const rowsFrom = (from) => {
    const to = Math.min(from + batch, rows), wanted = y.subarray(from, to);
    const Y = loss === 'mse' ? tf.tensor2d(wanted, [to - from, 1]) : tf.oneHot(tf.tensor1d(Int32Array.from(wanted), 'int32'), classes);
    return [tf.tensor2d(x.subarray(from * cols, to * cols), [to - from, cols]), Y];
  };
  const lossOf = (/** @type {any} */ out, /** @type {any} */ Y) => (loss === 'mse' ? out.sub(Y).square().mean() : tf.losses.softmaxCrossEntropy(Y, out));
  return {
    fit() {
      /** @type {any[][]} */
      const variables = tf.tidy(() => layers.map((one) => [tf.tensor2d(one.W, [one.in, one.out]), tf.tensor1d(one.b)].map((values) => tf.variable(values))));
      const optimizer = optimizerOf(task.optimizer), kept = batch >= rows ? rowsFrom(0) : null;
      for (let epoch = 0; epoch < epochs; epoch++) {
        for (let from = 0; from < rows; from += batch) {
          tf.tidy(() => {
            const [X, Y] = kept ?? rowsFrom(from);
            optimizer.minimize(() => lossOf(forward(task, variables, X), Y));
          });
        }
      }
      variables[0][0].dataSync(); // until all is done
      tf.dispose([kept ?? [], optimizer]);
      return variables;
    },
    check(variables) {
      const out = tf.tidy(() => forward(task, variables, inputs(task, data)).dataSync());
      return { loss: loss === 'mse' ? meanSquare(out, y) : crossEntropy(out, y) };
    },
    drop: (variables) => tf.dispose(variables),
  };
}

/**
 * A z = b for a symmetric positive definite A, by Gauss without pivoting: TensorFlow.js has no solver.
 * @param {ArrayLike<number>} A @param {ArrayLike<number>} b
 */
function solve(A, b) {
  const P = b.length, rows = Array.from(b, (value, i) => [...Array.from({ length: P }, (_, j) => A[i * P + j]), value]);
  for (let k = 0; k < P; k++) {
    for (let i = k + 1; i < P; i++) {
      const factor = rows[i][k] / rows[k][k];
      for (let j = k; j <= P; j++) rows[i][j] -= factor * rows[k][j];
    }
  }
  const z = new Float64Array(P);
  for (let i = P - 1; i >= 0; i--) z[i] = rows[i].slice(i + 1, P).reduce((rest, value, j) => rest - value * z[i + 1 + j], rows[i][P]) / rows[i][i];
  return z;
}

/** Normal equations. @param {Task} task @param {Data} data @returns {Prepared} */
function leastSquares(task, data) {
  const { cols } = task, { rows, y } = data;
  return {
    fit: () => tf.tidy(() => {
      const A = tf.concat([inputs(task, data), tf.ones([rows, 1])], 1), b = tf.tensor2d(y, [rows, 1]);
      return solve(tf.matMul(A, A, true).dataSync(), tf.matMul(A, b, true).dataSync());
    }),
    check: (w) => ({ loss: meanSquare(linear(task, data, w, w[cols]), y) }),
  };
}

/**
 * Descent with the whole data until the greatest gradient, looked at every tenth step, is small.
 * @param {Task} task @param {Data} data @returns {Prepared}
 */
function logistic(task, data) {
  const { step = 1, tolerance = 0 } = task, { rows, y } = data;
  return {
    fit() {
      const X = inputs(task, data), Y = tf.tensor2d(y, [rows, 1]);
      let w = tf.zeros([task.cols, 1]), b = tf.scalar(0);
      for (let iteration = 0, done = false; !done; iteration++) {
        const [nextW, nextB, dw, db] = tf.tidy(() => {
          const error = X.matMul(w).add(b).sigmoid().sub(Y), gw = tf.matMul(X, error, true).div(rows), gb = error.mean();
          return [w.sub(gw.mul(step)), b.sub(gb.mul(step)), gw, gb];
        });
        if (iteration % 10 === 0) done = Math.max(...dw.dataSync().map(Math.abs), Math.abs(db.dataSync()[0])) < tolerance;
        tf.dispose([w, b, dw, db]);
        [w, b] = [nextW, nextB];
      }
      tf.dispose([X, Y]);
      return [w, b];
    },
    check: ([w, b]) => ({ loss: logLoss(linear(task, data, w.dataSync(), b.dataSync()[0]), y) }),
    drop: (fitted) => tf.dispose(fitted),
  };
}

/** @param {Task} task @param {Data} data @returns {Prepared} */
function predictAll(task, data) {
  const model = sequential(task, data);
  return {
    fit: () => tf.tidy(() => model.predict(inputs(task, data), { batchSize: data.rows }).dataSync()),
    check: (probabilities) => ({ loss: crossEntropy(probabilities, data.y, true) }),
  };
}

/** @param {Task} task @param {Data} data @returns {Prepared} */
function predictOne(task, data) {
  const model = sequential(task, data), { cols, calls = 1 } = task;
  return {
    fit() {
      let sum = 0;
      for (let i = 0; i < calls; i++) {
        const from = i % data.rows * cols;
        sum += tf.tidy(() => model.predict(tf.tensor2d(data.x.subarray(from, from + cols), [1, cols])).dataSync()[0]);
      }
      return sum / calls;
    },
    check: (loss) => ({ loss }),
  };
}

/** @param {Task} task @param {Data} data @param {'layers' | 'loop'} variant @returns {Promise<Prepared>} */
export async function prepare(task, data, variant) {
  await loadLibrary();
  return { network: variant === 'loop' ? byLoop : byLayers, leastSquares, logistic, predict: predictAll, single: predictOne }[task.kind](task, data);
}
