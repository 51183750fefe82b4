// datasets.test.js: generated and shipped data sets · in: src/js/datasets.js, src/data · out: test report

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as datasets from '../../src/js/datasets.js';

const GENERATED = ['line', 'sine', 'friedman1', 'moons', 'circles', 'spirals', 'blobs', 'xor'];
const source = (/** @type {string} */ path) => fileURLToPath(new URL(`../../src/${path}`, import.meta.url));
/** @param {import('../../src/js/datasets.js').Dataset} set @returns {number[][]} */
const rowsOf = ({ X: { data, rows, cols } }) => Array.from({ length: rows }, (_, i) => Array.from(data.subarray(i * cols, (i + 1) * cols)));
const near = (/** @type {number} */ a, /** @type {number} */ b) => Math.abs(a - b) < 1e-12;

test('the list describes every set as it is loaded', async () => {
  assert.deepEqual(datasets.list.map(({ name }) => name), ['diabetes', 'iris', 'digits', 'wine', 'breastCancer', ...GENERATED]);
  for (const info of datasets.list) {
    const set = await datasets.load(info.name);
    assert.deepEqual([set.name, set.title, set.task, set.X.rows, set.X.cols], [info.name, info.title, info.task, info.rows, info.features]);
    assert.equal(set.X.data.length, info.rows * info.features);
    assert.equal(set.y.length, info.rows);
    assert.equal(set.featureNames.length, info.features);
    assert.ok(set.X.data.every(Number.isFinite));
    assert.ok(set.targetName && set.source && set.licence);
  }
});

test('generated sets have these very bits', async () => {
  const hashes = await Promise.all(GENERATED.map(async (name) => {
    const { X, y } = await datasets[name]({ rows: 50, noise: 0.3, seed: 7 });
    return createHash('sha256').update(X.data).update(y).digest('hex').slice(0, 12);
  }));
  assert.deepEqual(hashes, [
    'e43153bfbefb', 'b8e2e61dab04', 'e40304972b13', '0b30b497dc65',
    'e640d8ffcaf1', 'bead746584ab', '0d7eb2d307e5', 'd28563ec8c8a',
  ]);
});

test('the same seed gives the same set, another seed another, and fewer rows are the first ones of more', async () => {
  for (const name of GENERATED) {
    const [third, again, fourth, few, more] = await Promise.all([{ seed: 3 }, { seed: 3 }, { seed: 4 }, { rows: 20 }, { rows: 60 }].map(datasets[name]));
    assert.deepEqual(again, third);
    assert.deepEqual(await datasets.load(name, { seed: 3 }), third);
    assert.notDeepEqual(fourth.X.data, third.X.data);
    assert.deepEqual(few.X.data, more.X.data.slice(0, 20 * more.X.cols));
    assert.deepEqual(few.y, more.y.slice(0, 20));
  }
});

test('line is y = 3x + noise · U(0, 1) in 1000 rows', async () => {
  const set = await datasets.line();
  const rest = rowsOf(set).map(([x], i) => set.y[i] - 3 * x);
  assert.equal(rest.length, 1000);
  assert.ok(rest.every((e) => e >= 0 && e < 1));
  assert.ok(Math.abs(rest.reduce((a, b) => a + b) / 1000 - 0.5) < 0.04);
  const exact = await datasets.line({ noise: 0 });
  assert.ok(rowsOf(exact).every(([x], i) => exact.y[i] === 3 * x));
});

test('sine and friedman1 follow their formulas, and noise is the standard deviation about them', async () => {
  const formulas = {
    sine: ([x]) => Math.sin(2 * Math.PI * x),
    friedman1: (x) => 10 * Math.sin(Math.PI * x[0] * x[1]) + 20 * (x[2] - 0.5) ** 2 + 10 * x[3] + 5 * x[4],
  };
  for (const [name, formula] of Object.entries(formulas)) {
    const exact = await datasets[name]({ noise: 0 }), noisy = await datasets[name]({ noise: 0.5, rows: 4000 });
    assert.ok(rowsOf(exact).every((x, i) => near(exact.y[i], formula(x))), name);
    const squares = rowsOf(noisy).map((x, i) => (noisy.y[i] - formula(x)) ** 2);
    assert.ok(Math.abs(Math.sqrt(squares.reduce((a, b) => a + b) / 4000) - 0.5) < 0.02, name);
  }
});

test('without noise moons, circles and spirals lie on their curves, classes in turn', async () => {
  const onCurve = {
    moons: ([x, y], label) => near(label ? Math.hypot(x - 1, y - 0.5) : Math.hypot(x, y), 1) && (label ? y <= 0.5 : y >= 0),
    circles: ([x, y], label) => near(Math.hypot(x, y), label ? 0.5 : 1),
    spirals: ([x, y], label) => {
      const r = Math.hypot(x, y), angle = 2 * Math.PI * (1.5 * r + label / 2);
      return near(x, r * Math.cos(angle)) && near(y, r * Math.sin(angle));
    },
  };
  for (const [name, holds] of Object.entries(onCurve)) {
    const set = await datasets[name]({ noise: 0 });
    assert.ok(rowsOf(set).every((point, i) => set.y[i] === i % 2 && holds(point, i % 2)), name);
  }
});

test('blobs are three clouds of standard deviation noise about centres at distance 2', async () => {
  const set = await datasets.blobs({ rows: 3000, noise: 0.5 });
  for (const label of [0, 1, 2]) {
    const cloud = rowsOf(set).filter((_, i) => set.y[i] === label);
    const mean = [0, 1].map((k) => cloud.reduce((sum, point) => sum + point[k], 0) / cloud.length);
    const spread = cloud.reduce((sum, [x]) => sum + (x - mean[0]) ** 2, 0) / cloud.length;
    assert.equal(cloud.length, 1000);
    assert.ok(Math.abs(Math.hypot(...mean) - 2) < 0.06 && Math.abs(Math.sqrt(spread) - 0.5) < 0.04);
  }
});

test('xor is the truth table with 4 rows, else four quadrants of the unit square', async () => {
  const table = await datasets.xor({ rows: 4 });
  assert.deepEqual([...table.X.data], [0, 0, 0, 1, 1, 0, 1, 1]);
  assert.deepEqual([...table.y], [0, 1, 1, 0]);
  const set = await datasets.xor();
  assert.ok(rowsOf(set).every(([x, y], i) => x >= 0 && x < 1 && set.y[i] === Number(x > 0.5 !== y > 0.5)));
});

test('each shipped set has the target, the names and the sums it is known by', async () => {
  const counts = (/** @type {Iterable<unknown>} */ y) => Object.fromEntries([...new Set(y)].map((label) => [label, [...y].filter((v) => v === label).length]));
  const iris = await datasets.load('iris');
  assert.deepEqual(counts(iris.y), { setosa: 50, versicolor: 50, virginica: 50 });
  assert.deepEqual(iris.featureNames, ['sepal length (cm)', 'sepal width (cm)', 'petal length (cm)', 'petal width (cm)']);
  assert.deepEqual(rowsOf(iris)[149], [5.9, 3, 5.1, 1.8]);
  assert.deepEqual(counts((await datasets.load('wine')).y), { class_0: 59, class_1: 71, class_2: 48 });
  assert.deepEqual(counts((await datasets.load('breastCancer')).y), { malignant: 212, benign: 357 });
  const digits = await datasets.load('digits');
  assert.ok(digits.y instanceof Int32Array && digits.X.data.every((v) => v >= 0 && v <= 16));
  assert.deepEqual(counts(digits.y), { 0: 178, 1: 182, 2: 177, 3: 183, 4: 181, 5: 182, 6: 181, 7: 179, 8: 174, 9: 180 });
  const { y, X } = await datasets.load('diabetes');
  assert.ok(y instanceof Float64Array);
  assert.equal(y.reduce((a, b) => a + b), 67243); // mean 152.1335, the constant prediction in scikit-learn's examples
  assert.deepEqual([...X.data.slice(0, 3)], [59, 2, 32.1]);
});

test('wrong names, options and values are refused with what would be right', async () => {
  await assert.rejects(datasets.load('irsi'), { name: 'RangeError', message: 'data set "irsi" is unknown; did you mean "iris"?' });
  for (const name of ['constructor', '__proto__']) {
    await assert.rejects(datasets.load(name), { name: 'RangeError', message: /^data set .* is unknown; there are diabetes, iris/ });
  }
  await assert.rejects(datasets.load(/** @type {any} */ (undefined)), { name: 'TypeError', message: 'data set must be a name, not undefined' });
  await assert.rejects(datasets.load('iris', { rows: 10 }), { name: 'TypeError', message: /datasets\.load\("iris"\): unknown option "rows"/ });
  await assert.rejects(datasets.moons(/** @type {any} */ ({ nosie: 1 })), { name: 'TypeError', message: /did you mean "noise"/ });
  for (const rows of [0, 1.5, -1, NaN, 1e9]) {
    await assert.rejects(datasets.line({ rows }), { name: 'RangeError', message: `rows is ${rows}; it must be a whole number from 1 to 10000000` });
  }
  await assert.rejects(datasets.line({ noise: -1 }), { name: 'RangeError', message: 'noise is -1; it must be finite and 0 or more' });
  await assert.rejects(datasets.line({ noise: /** @type {any} */ ('1') }), { name: 'TypeError', message: 'noise must be a number, not "1"' });
  await assert.rejects(datasets.line({ seed: -1 }), { name: 'RangeError', message: /seed is -1/ });
});

/**
 * The module in a folder of its own, its reader of files changed; the folder is gone after the test.
 * @param {import('node:test').TestContext} t
 * @param {(text: string) => string} change
 */
async function elsewhere(t, change) {
  const folder = mkdtempSync(join(tmpdir(), 'datasets-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const name of ['js', 'data']) mkdirSync(join(folder, 'src', name), { recursive: true });
  for (const file of ['errors.js', 'platform.js', 'options.js', 'choices.js', 'draws.js', 'random.js', 'generators.js', 'datasets.js', 'dataset-load.js']) copyFileSync(source(`js/${file}`), join(folder, 'src/js', file));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'src/js/dataset-files.js'), change(readFileSync(source('js/dataset-files.js'), 'utf8')));
  return { folder, moved: await import(pathToFileURL(join(folder, 'src/js/datasets.js')).href) };
}

test('a file that is missing, cut short or something else is an error that says so', async (t) => {
  const { folder, moved } = await elsewhere(t, (text) => text);
  await assert.rejects(moved.load('iris'), { name: 'WasmfitError', code: 'NOT_FOUND', message: /datasets\.load\("iris"\): .*iris\.csv \(ENOENT/ });
  const whole = readFileSync(source('data/iris.csv'), 'utf8');
  for (const text of [whole.slice(0, -2), `${whole}5.1,3`, whole.replace('5.1,3.5,', '5.1,'), `${whole}1,2,3,4,0\n`, '<!doctype html>', '']) {
    writeFileSync(join(folder, 'src/data/iris.csv'), text);
    await assert.rejects(moved.load('iris'), { name: 'WasmfitError', code: 'DATASET_FILE', message: /should have 150 rows of 5 numbers/ });
  }
});

test('served over HTTP the files are fetched, and a status other than 200 is an error', async (t) => {
  const server = createServer((request, response) => {
    const found = request.url === '/src/data/wine.csv';
    response.writeHead(found ? 200 : 404).end(found ? readFileSync(source('data/wine.csv')) : 'nothing here');
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', () => resolve(undefined)); });
  t.after(() => server.close());
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const { moved } = await elsewhere(t, (text) => text.replaceAll('import.meta.url', `'http://127.0.0.1:${port}/src/js/datasets.js'`));
  assert.deepEqual(await moved.load('wine'), await datasets.load('wine'));
  await assert.rejects(moved.load('iris'), { code: 'NOT_FOUND', message: /iris\.csv \(HTTP status 404\)/ });
});

test('a file that a bundler has made a data: URL is read without fetching', async (t) => {
  const url = `data:text/csv;base64,${readFileSync(source('data/iris.csv')).toString('base64')}`;
  const { moved } = await elsewhere(t, (text) => text.replace("'../../src/data/iris.csv'", `'${url}'`));
  t.mock.method(globalThis, 'fetch', () => { throw new Error('fetched'); });
  assert.deepEqual(await moved.load('iris'), await datasets.load('iris'));
});
