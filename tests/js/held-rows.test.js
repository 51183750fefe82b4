// held-rows.test.js: rows that a linear fit keeps in the core alone; labels of typed arrays · in: the package · out: test results · next: linear-models.test.js
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../src/js/draws.js';
import { engineReady } from '../../src/js/engine.js';
import { LinearRegression, LogisticRegression } from '../../src/js/index.js';

const ROWS = 700, COLS = 60, HERE = { worker: false };

/** @param {Float32ArrayConstructor | Float64ArrayConstructor} Type @param {boolean} dependent */
function make(Type, dependent) {
  const random = new Random(5), data = Type.from({ length: ROWS * COLS }, () => random.normal());
  for (let i = 0; dependent && i < ROWS; i++) data[i * COLS + 3] = data[i * COLS];
  return { X: { data, rows: ROWS, cols: COLS }, y: Float64Array.from({ length: ROWS }, (_, i) => Number(data[i * COLS] + random.normal() > 0)) };
}

/** @type {[string, () => LinearRegression | LogisticRegression][]} */
const MODELS = [
  ['least squares', () => new LinearRegression({ statistics: 'never' })], ['through zero', () => new LinearRegression({ statistics: 'never', fitIntercept: false })],
  ['logistic regression', () => new LogisticRegression()],
];

test('rows that are kept in the core alone are those of the call, whatever becomes of the arrays', async () => {
  await new LinearRegression().fit([[1], [2], [4]], [1, 2, 3], HERE); // from here on the core is at hand
  for (const [name, model] of MODELS) {
    for (const Type of [Float32Array, Float64Array]) {
      for (const dependent of [false, true]) {
        const { X, y } = make(Type, dependent), other = make(Type, dependent), spoiled = model(), intact = model();
        const run = spoiled.fit(X, y, HERE);
        X.data.fill(7);
        y.fill(0);
        await run;
        await intact.fit(other.X, other.y, { ...HERE, validation: { X: other.X, y: other.y } }); // keeps rows of its own
        assert.deepEqual(spoiled.coef, intact.coef, `${name}, ${Type.name}`);
        assert.deepEqual([spoiled.intercept, spoiled.warnings], [intact.intercept, intact.warnings]);
        if (name === 'least squares' && dependent) assert.match(spoiled.warnings[0], /rank 59: column 1, column 4 depend/);
      }
    }
  }
});

test('rows that were kept for a fit that never runs are given back', async () => {
  const { exports } = await engineReady('linear'), { X, y } = make(Float64Array, false);
  const before = exports.memory.buffer.byteLength;
  for (let i = 0; i < 60; i++) {
    const model = MODELS[i % 3][1](), controller = new AbortController(), run = model.fit(X, y, { ...HERE, signal: controller.signal });
    if (i % 2) controller.abort(new Error('enough'));
    else model.dispose();
    await assert.rejects(run);
  }
  assert.ok(exports.memory.buffer.byteLength - before < 4 * X.data.byteLength, `${exports.memory.buffer.byteLength - before} bytes more`);
});

test('two labels in a typed array are sorted like any others; what is no label is refused as in other arrays', async () => {
  const X = [[1], [2], [3], [4], [5], [6]];
  for (const [labels, classes] of /** @type {const} */ ([[[3, 3, 1, 3, 1, 1], [1, 3]], [[-0, 0, 2, 0, 2, 2], [0, 2]], [[2, -1, 2, -1, -1, 2], [-1, 2]], [[1, 2, 3, 1, 2, 3], [1, 2, 3]]])) {
    for (const Type of [Float64Array, Float32Array, Int32Array, Int8Array]) {
      const [plain, typed] = [new LogisticRegression(), new LogisticRegression()];
      await plain.fit(X, labels, HERE);
      await typed.fit(X, Type.from(labels), HERE);
      assert.deepEqual(typed.classes, classes);
      assert.deepEqual([typed.coef, typed.intercept], [plain.coef, plain.intercept]);
    }
  }
  for (const [labels, message] of /** @type {const} */ ([[[1, 0, NaN, 1, 0, 1], /y has NaN at row 3/], [[NaN, 0, 1, 1, 0, 1], /y has NaN at row 1/], [[0, 1, 1, Infinity, 0, 1], /y has Infinity at row 4/],
    [[1, 1, 1, 1, 1, 1], /one class only, 1/], [[1, 0], /y has .*2/]])) {
    await assert.rejects(async () => { await new LogisticRegression().fit(X, Float64Array.from(labels), HERE); }, { name: 'RangeError', message });
    await assert.rejects(async () => { await new LogisticRegression().fit(X, labels, HERE); }, { name: 'RangeError', message });
  }
});
