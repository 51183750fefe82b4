// memory.test.js: how much WebAssembly memory a fit takes, and that it takes no more while it runs · next: bench.test.js
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { MLPRegressor, Network, dense, init } from '../../src/js/index.js';
import { engineNow } from '../../src/js/engine.js';
import { allowed } from '../bench/memory.js';

await init();
const bytes = () => engineNow('memory.test').exports.memory.buffer.byteLength;
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

/** Takes what is free without growing, so that whatever is taken from now on and not given back is seen: it has to grow. */
function fill() {
  const before = bytes();
  while (bytes() === before) engineNow('memory.test').alloc(4096, 'what is free');
}

/** Bytes of JavaScript's heap that are still in use. */
function heap() {
  collect();
  return process.memoryUsage().heapUsed;
}

/** By how much the memory of a fresh process grows in a fit of made rows. @param {object} given */
function growth(given) {
  const script = `
    import { LinearRegression, LogisticRegression, Network, dense } from '${new URL('../../src/js/index.js', import.meta.url)}';
    import { engineReady } from '${new URL('../../src/js/engine.js', import.meta.url)}';
    const { kind, cols, sizes, batch, rows } = ${JSON.stringify(given)};
    const { memory } = (await engineReady(kind === 'network' ? kind : 'linear')).exports, before = memory.buffer.byteLength;
    const X = { data: Float32Array.from({ length: rows * cols }, (_, i) => Math.sin(i * i % 1009)), rows, cols };
    const y = Float32Array.from({ length: rows }, (_, i) => (kind === 'logistic' ? i % 2 : i % 10));
    const layers = sizes?.slice(1).map((units) => dense(units)), loss = layers?.at(-1).units > 1 ? 'crossEntropy' : 'mse';
    const model = kind === 'leastSquares' ? new LinearRegression() : kind === 'logistic' ? new LogisticRegression()
      : new Network({ inputs: cols, layers, loss, batchSize: batch, epochs: 2 });
    await model.fit(X, y, { worker: false });
    console.log(memory.buffer.byteLength - before);`;
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: new URL('../..', import.meta.url), encoding: 'utf8' }));
}

const cases = /** @type {const} */ ([
  { kind: 'network', cols: 10, sizes: [10, 32, 16, 1], batch: 32, rows: 442 },
  { kind: 'network', cols: 8, sizes: [8, 64, 64, 1], batch: 64, rows: 20_000 },
  { kind: 'network', cols: 784, sizes: [784, 128, 10], batch: 32, rows: 3000 },
  { kind: 'network', cols: 784, sizes: [784, 128, 10], batch: 256, rows: 3000 },
  { kind: 'leastSquares', cols: 50, rows: 20_000 },
  { kind: 'logistic', cols: 30, rows: 20_000 },
]);
for (const one of cases) {
  const what = 'sizes' in one ? `${one.sizes.join('-')}, batch ${one.batch}` : one.kind;
  test(`a fit of ${one.rows} rows, ${what}, takes its data, 12 bytes a parameter, a batch of activations and 2 MB at most`, () => {
    const grown = growth(one), limit = allowed({ ...one, sizes: 'sizes' in one ? [...one.sizes] : undefined }, one.rows);
    assert.ok(grown <= limit, `${grown} bytes, allowed are ${limit}`);
    assert.ok(grown + 2 ** 20 >= one.rows * one.cols * 4, `${grown} bytes cannot hold the data: they were not measured`);
  });
}

test('100,000 steps take no more memory than the first thousand did, in WebAssembly and in JavaScript', async () => {
  const rows = 1000, X = { data: Float32Array.from({ length: rows * 4 }, (_, i) => Math.sin(i)), rows, cols: 4 };
  const model = new MLPRegressor({ hiddenLayers: [4], batchSize: 1, epochs: 100, optimizer: { name: 'adam', learningRate: 1e-4 } });
  fill();
  const seen = /** @type {{ bytes: number, heap: number }[]} */ ([]);
  const y = Float32Array.from({ length: rows }, (_, i) => Math.cos(i));
  const { rowsSeen } = await model.fit(X, y, { worker: false, onEpoch: () => { seen.push({ bytes: bytes(), heap: heap() }); } });
  assert.equal(rowsSeen.at(-1), 100_000);
  assert.deepEqual([...new Set(seen.map((one) => one.bytes))], [seen[0].bytes]);
  const grown = seen[99].heap - seen[9].heap;
  assert.ok(grown < 2 ** 18, `the heap has grown by ${grown} bytes over 90,000 steps`);
});

test('1,000 fits and 100,000 predictions of a row leave WebAssembly memory as the first did', async () => {
  const X = [[0, 0], [0, 1], [1, 0], [1, 1]], y = [0, 1, 1, 0];
  const fit = async () => {
    const model = new Network({ inputs: 2, layers: [dense(8, { activation: 'tanh' }), dense(1)], loss: 'mse', batchSize: 4, epochs: 10 });
    await model.fit(X, y, { worker: false });
    return model;
  };
  const first = await fit();
  fill();
  first.predict([X[0]]);
  (await fit()).dispose();
  const before = bytes();
  for (let i = 0; i < 1000; i++) (await fit()).dispose();
  for (let i = 0; i < 100_000; i++) first.predict([X[i % 4]]);
  assert.equal(bytes(), before);
});
