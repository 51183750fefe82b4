// brain.js: small networks and single predictions in brain.js, in Node · in: a task, its data · out: fit and its loss · next: contest.py
//
// It trains row by row from weights of its own, with one activation for all layers, the last one too: less than the task asks for, so
// that its times are not those of equal work and its losses are its own. Targets below 0 leave leaky ReLU and tanh.
import { createRequire } from 'node:module';
import { meanSquare } from '../tasks.js';

/** @typedef {import('../tasks.js').Task} Task */
/** @typedef {import('../tasks.js').Data} Data */

/** @param {Task} task a network of one output, or single predictions @param {Data} data @returns {Promise<import('./ours.js').Prepared>} */
export async function prepare({ kind, cols, sizes = [], activation, optimizer = {}, epochs, calls = 1 }, { x, y, rows }) {
  const { NeuralNetwork } = createRequire(new URL('../../../build/peers/', import.meta.url))('brain.js');
  const row = (/** @type {number} */ i) => x.subarray(i * cols, (i + 1) * cols);
  const function_ = activation === 'tanh' ? 'tanh' : 'leaky-relu';
  const options = { inputSize: cols, outputSize: sizes.at(-1), hiddenLayers: sizes.slice(1, -1), activation: function_ };
  if (kind === 'network') {
    const rule = optimizer.name === 'adam' ? { praxis: 'adam' } : { momentum: optimizer.momentum };
    return {
      fit() {
        const net = new NeuralNetwork(options), { learningRate } = optimizer;
        const pairs = Array.from(y, (value, i) => ({ input: row(i), output: [value] }));
        net.train(pairs, { ...options, ...rule, learningRate, iterations: epochs, errorThresh: 1e-12 });
        return net;
      },
      check: (net) => ({ loss: meanSquare(Array.from(y, (_, i) => net.run(row(i))[0]), y) }),
    };
  }
  const net = new NeuralNetwork(options);
  net.train([{ input: row(0), output: [0] }], { ...options, iterations: 1 }); // makes its weights
  return {
    fit() {
      let sum = 0;
      for (let i = 0; i < calls; i++) sum += net.run(row(i % rows))[0];
      return sum;
    },
    check: () => ({ loss: NaN }),
  };
}
