// seen.js: what the README says the models reach, printed · in: nothing · out: one line a claim · next: mnist.js
//
//   node tests/bench/seen.js
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { LinearRegression, MLPClassifier, MLPRegressor, Network, datasets, dense } from 'wasmfit';

/** @param {string} what @param {string} result */
const say = (what, result) => console.log(`${what.padEnd(64)} ${result}`);
const digits = (/** @type {unknown} */ value, count = 3) => Number(value).toFixed(count);

const diabetes = await datasets.load('diabetes');
const linear = new LinearRegression();
const exact = await linear.fit(diabetes.X, diabetes.y, { validation: 0.2 });
say('diabetes, least squares: R² train / test', `${digits(exact.r2?.[0])} / ${digits(exact.valR2?.[0])}`);
const net = new MLPRegressor({ hiddenLayers: [32, 16], optimizer: { name: 'adam', learningRate: 1e-3, weightDecay: 0.1 }, standardize: true });
const history = await net.fit(diabetes.X, diabetes.y, { validation: 0.2 });
say('diabetes, 10-32-16-1, 100 epochs: R² train / test', `${digits(history.r2?.at(-1))} / ${digits(history.valR2?.at(-1))}, ${digits(history.seconds.at(-1))} s`);

for (const name of ['iris', 'wine', 'breastCancer', 'digits']) {
  const { X, y } = await datasets.load(name);
  const model = new MLPClassifier({ hiddenLayers: [32], standardize: true });
  const { accuracy, valAccuracy, seconds } = await model.fit(X, y, { validation: 0.2 });
  say(`${name}, one hidden layer of 32, 100 epochs: accuracy train / test`, `${digits(accuracy?.at(-1))} / ${digits(valAccuracy?.at(-1))}, ${digits(seconds.at(-1))} s`);
}

const xor = await datasets.xor({ rows: 4 });
const small = new Network({
  inputs: 2, layers: [dense(4, { activation: 'tanh' }), dense(1)], loss: 'mse', optimizer: { name: 'sgd', learningRate: 0.1, momentum: 0.9 }, batchSize: 4, epochs: 1000, seed: 1,
});
const { loss, seconds } = await small.fit(xor.X, xor.y);
say('exclusive or, 2-4-1 tanh, momentum, 1000 steps: loss', `${Number(loss.at(-1)).toExponential(1)}, ${digits(seconds.at(-1))} s`);

const line = await datasets.line();
const straight = new LinearRegression();
await straight.fit(line.X, line.y);
const descent = new Network({ inputs: 1, layers: [dense(1)], loss: 'mse', optimizer: { name: 'sgd', learningRate: 0.5 }, batchSize: 1000, epochs: 1000 });
await descent.fit(line.X, line.y);
say('y = 3x + U(0, 1): slope and R² by least squares', `${digits(/** @type {Float64Array} */ (straight.coef)[0], 5)}, ${digits(straight.score(line.X, line.y), 5)}`);
say('y = 3x + U(0, 1): slope and R² by gradient descent', `${digits(descent.getWeights()[0].data[0], 5)}, ${digits(descent.score(line.X, line.y), 5)}`);

for (const name of ['wasmfit', 'wasmfit-fast', 'wasmfit-linear', 'wasmfit-double', 'wasmfit-int8']) {
  const file = await readFile(new URL(`../../build/${name}.wasm`, import.meta.url)).catch(() => null);
  if (file) say(`${name}.wasm, gzipped`, `${(gzipSync(file, { level: 9 }).length / 1000).toFixed(1)} kB`);
}
