// bits.js: the three trainings whose weights must be the same bits everywhere · in: nothing · out: hashes · next: bits.test.js
//
// The same as in tests/c/test_fit.c; the hashes are in tests/fixtures/training-hashes.txt.
import { Network, batchNorm, dense, dropout, layerNorm } from '../../build/js/index.js';
import { STREAM_DATA, words } from '../../src/js/random.js';

const ROWS = 203, COLS = 6;

/** @param {number} n @param {number} step */
const numbers = (n, step) => Float32Array.from(words(1, STREAM_DATA, step, n), (word) => 2 * (word / 2 ** 32) - 1);

/** FNV-1a over the bytes of all weights in their order. @param {{ data: Float32Array }[]} weights */
function hash(weights) {
  let h = 0xcbf29ce484222325n;
  for (const { data } of weights) for (const byte of new Uint8Array(data.buffer)) h = BigInt.asUintN(64, (h ^ BigInt(byte)) * 0x100000001b3n);
  return h.toString(16).padStart(16, '0');
}

/** @param {import('../../src/js/estimator.js').FitOptions} [options] @returns {Promise<string[]>} */
export async function trainingHashes(options = {}) {
  const X = { data: numbers(ROWS * COLS, 1), rows: ROWS, cols: COLS };
  const y = numbers(ROWS, 99);
  const labels = Int32Array.from(y, (value) => Math.trunc(Math.fround(Math.fround(Math.fround(value + 1) / 2) * 3)));
  const first = new Network({
    layers: [dense(16, { activation: 'tanh' }), dense(9, { activation: 'gelu' }), dense(1)], loss: 'mse', optimizer: 'adam', batchSize: 32, epochs: 50, seed: 42,
  });
  const second = new Network({
    layers: [dense(16, { activation: 'softplus' }), dense(9, { activation: 'elu' }), dense(3)], loss: 'crossEntropy',
    optimizer: { name: 'sgd', learningRate: 0.05, momentum: 0.9 }, batchSize: 32, epochs: 50, seed: 42,
  });
  const third = new Network({
    layers: [layerNorm(), dense(16, { activation: 'tanh' }), batchNorm(), dropout(0.25), dense(9, { activation: 'gelu' }), dense(3)], loss: 'crossEntropy',
    optimizer: 'adam', batchSize: { name: 'random', least: 16, most: 48 }, resample: 'over', inputNoise: 0.1, mixup: 0.3, epochs: 50, seed: 42,
  });
  await first.fit(X, y, options);
  await second.fit(X, labels, options);
  await third.fit(X, labels, options);
  const models = [first, second, third], hashes = models.map((model) => hash(model.getWeights()));
  for (const model of models) model.dispose();
  return hashes;
}
