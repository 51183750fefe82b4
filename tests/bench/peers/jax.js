// jax.js: every task in jax-js on its WebAssembly device · in: a task, its data · out: fit and its loss · next: brain.js
//
// Functions of jax-js use their arrays up; `.ref` keeps one for another use. What jit compiled is kept from fit to fit, as a user would.
import { crossEntropy, linear, logLoss, meanSquare } from '../tasks.js';

/** @typedef {import('../tasks.js').Task} Task */
/** @typedef {import('../tasks.js').Data} Data */
/** @typedef {import('./ours.js').Prepared} Prepared */

/** The library; as any, as it is installed by make bench-peers only. @type {any} */
let jax;
/** @type {any} */
let np;

/** @param {ArrayLike<number>} values @param {number[]} shape */
const tensor = (values, shape) => np.array(values).reshape(shape);
/** @param {any[]} arrays */
const again = (arrays) => arrays.map((array) => array.ref);
/** @param {Task} task @param {Data} data */
const inputs = ({ cols }, { x, rows }) => tensor(x, [rows, cols]);
/** W and b of every layer in turn. @param {Data} data */
const parametersOf = ({ layers }) => layers.flatMap(({ W, b, ...size }) => [tensor(W, [size.in, size.out]), np.array(b)]);

/** @param {Task} task */
const forwardOf = ({ activation }) => (/** @type {any[]} */ parameters, /** @type {any} */ x) => {
  let h = x;
  for (let at = 0; at < parameters.length; at += 2) {
    const z = np.matmul(h, parameters[at]).add(parameters[at + 1]);
    h = at + 2 === parameters.length ? z : activation === 'relu' ? jax.nn.relu(z) : np.tanh(z);
  }
  return h;
};

/** One step: [loss, parameters, first and second state of the optimizer] from those before. @param {Task} task */
function stepOf(task) {
  const { optimizer: { name, learningRate, momentum = 0, beta1, beta2, epsilon }, loss, sizes = [] } = task, forward = forwardOf(task);
  const lossOf = (/** @type {any[]} */ parameters, /** @type {any} */ x, /** @type {any} */ y) => {
    const out = forward(parameters, x);
    if (loss === 'mse') return np.mean(np.square(out.sub(y)));
    return np.mean(jax.nn.logSoftmax(out, -1).mul(jax.nn.oneHot(y, sizes[sizes.length - 1])).sum(-1)).neg();
  };
  /** @param {any} p @param {any} m @param {any} v @param {any} g @param {any[]} corrections */
  const adam = (p, m, v, g, [c1, c2]) => {
    const m2 = m.mul(beta1).add(g.ref.mul(1 - beta1)), v2 = v.mul(beta2).add(np.square(g).mul(1 - beta2));
    return [p.sub(m2.ref.mul(c1).mul(learningRate).div(np.sqrt(v2.ref.mul(c2)).add(epsilon))), m2, v2];
  };
  /** @param {any} p @param {any} m @param {any} v @param {any} g @param {any[]} corrections */
  const sgd = (p, m, v, g, corrections) => {
    for (const unused of corrections) unused.dispose();
    const m2 = m.mul(momentum).add(g);
    return [p.sub(m2.ref.mul(learningRate)), m2, v];
  };
  const update = name === 'adam' ? adam : sgd;
  /** @param {any[]} p @param {any[]} m @param {any[]} v @param {any} c1 @param {any} c2 @param {any} x @param {any} y */
  const step = (p, m, v, c1, c2, x, y) => {
    const [value, gradients] = jax.valueAndGrad(lossOf)(again(p), x, y);
    const all = p.map((_, i) => update(p[i], m[i], v[i], gradients[i], again([c1, c2])));
    for (const used of [c1, c2]) used.dispose();
    return [value, ...[0, 1, 2].map((part) => all.map((one) => one[part]))];
  };
  return jax.jit(step);
}

/** @param {Task} task @param {Data} data @returns {Prepared} */
function network(task, data) {
  const { cols, batch = 1, epochs = 1, loss, optimizer: { beta1 = 0, beta2 = 0 } } = task, { x, y, rows } = data;
  const step = stepOf(task), wanted = loss === 'mse' ? y : Int32Array.from(y);
  return {
    async fit() {
      let p = parametersOf(data), m = p.map(({ shape }) => np.zeros(shape)), v = p.map(({ shape }) => np.zeros(shape)), value;
      for (let t = 1, epoch = 0; epoch < epochs; epoch++) {
        for (let from = 0; from < rows; from += batch, t++) {
          const to = Math.min(from + batch, rows), part = wanted.subarray(from, to);
          const X = tensor(x.subarray(from * cols, to * cols), [to - from, cols]), Y = loss === 'mse' ? tensor(part, [to - from, 1]) : np.array(part);
          [value, p, m, v] = step(p, m, v, np.array(1 / (1 - beta1 ** t)), np.array(1 / (1 - beta2 ** t)), X, Y);
          await jax.blockUntilReady(value); // what is pending would pile up
          value.dispose();
        }
      }
      await jax.blockUntilReady(p);
      for (const array of [...m, ...v]) array.dispose();
      return p;
    },
    async check(p) {
      const out = await forwardOf(task)(again(p), inputs(task, data)).data();
      return { loss: loss === 'mse' ? meanSquare(out, y) : crossEntropy(out, y) };
    },
    drop: (p) => { for (const array of p) array.dispose(); },
  };
}

/** Normal equations. @param {Task} task @param {Data} data @returns {Prepared} */
function leastSquares(task, data) {
  const { rows, y } = data;
  return {
    fit() {
      const A = np.concatenate([inputs(task, data), np.ones([rows, 1])], 1), transposed = np.matrixTranspose(A.ref);
      return np.linalg.solve(np.matmul(transposed.ref, A), np.matmul(transposed, tensor(y, [rows, 1]))).data();
    },
    check: (w) => ({ loss: meanSquare(linear(task, data, w, w[task.cols]), y) }),
  };
}

/**
 * Descent with the whole data until the greatest gradient, looked at every tenth step, is small.
 * @param {Task} task @param {Data} data @returns {Prepared}
 */
function logistic(task, data) {
  const { cols, step = 1, tolerance = 0 } = task, { rows, y } = data;
  const next = jax.jit((/** @type {any} */ w, /** @type {any} */ b, /** @type {any} */ X, /** @type {any} */ Y) => {
    const error = jax.nn.sigmoid(np.matmul(X.ref, w.ref).add(b.ref)).sub(Y);
    const dw = np.matmul(np.matrixTranspose(X), error.ref).div(rows), db = np.mean(error);
    const greatest = np.maximum(np.max(np.absolute(dw.ref)), np.absolute(db.ref));
    return [w.sub(dw.mul(step)), b.sub(db.mul(step)), greatest];
  });
  return {
    async fit() {
      const X = inputs(task, data), Y = tensor(y, [rows, 1]);
      let w = np.zeros([cols, 1]), b = np.array(0), greatest;
      for (let iteration = 0, done = false; !done; iteration++) {
        [w, b, greatest] = next(w, b, X.ref, Y.ref);
        if (iteration % 10 === 0) done = (await greatest.data())[0] < tolerance;
        else {
          await jax.blockUntilReady(greatest);
          greatest.dispose();
        }
      }
      for (const array of [X, Y]) array.dispose();
      return { w: await w.data(), b: await b.data() };
    },
    check: ({ w, b }) => ({ loss: logLoss(linear(task, data, w, b[0]), y) }),
  };
}

/** @param {Task} task @param {Data} data @returns {Prepared} */
function predictAll(task, data) {
  const forward = jax.jit(forwardOf(task)), parameters = parametersOf(data);
  return { fit: () => forward(again(parameters), inputs(task, data)).data(), check: (scores) => ({ loss: crossEntropy(scores, data.y) }) };
}

/** @param {Task} task @param {Data} data @returns {Prepared} */
function predictOne(task, data) {
  const forward = jax.jit(forwardOf(task)), parameters = parametersOf(data), { cols, calls = 1 } = task;
  return {
    fit() {
      let sum = 0;
      for (let i = 0; i < calls; i++) {
        const from = i % data.rows * cols;
        sum += forward(again(parameters), tensor(data.x.subarray(from, from + cols), [1, cols])).dataSync()[0];
      }
      return sum / calls;
    },
    check: (loss) => ({ loss }),
  };
}

/** @param {Task} task @param {Data} data @returns {Promise<Prepared>} */
export async function prepare(task, data) {
  jax = await import(new URL('../../../build/peers/node_modules/@jax-js/jax/dist/index.js', import.meta.url).href);
  np = jax.numpy;
  await jax.init('wasm');
  jax.defaultDevice('wasm');
  return { network, leastSquares, logistic, predict: predictAll, single: predictOne }[task.kind](task, data);
}
