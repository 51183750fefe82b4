// preprocessing.test.js: StandardScaler and PolynomialFeatures, with scikit-learn's numbers · in: src/js/{preprocessing,transformer}.js · out: test results · next: table.test.js
import assert from 'node:assert/strict';
import test from 'node:test';
import { PolynomialFeatures, StandardScaler, Table } from 'wasmfit/preprocessing';

// scikit-learn 1.2.1: StandardScaler().fit(X), PolynomialFeatures(...).fit_transform(X)
const X = [[1.5, -2, 7], [0.25, 4, 7], [-3, 10, 7], [8, 0.5, 7], [2, 2, 7]];
const MEAN = [1.75, 2.9, 7], SCALE = [3.5777087639996634, 4.054626986542659, 1];
const Z = [[-0.06987712429686843, -1.2084958779841257, 0], [-0.4192627457812106, 0.27129499301684457, 0], [-1.3276653616405, 1.7510858640178146, 0],
  [1.7469281074217107, -0.591916348400388, 0], [0.06987712429686843, -0.2219686306501455, 0]];

/** @param {ArrayLike<number>} values @param {ArrayLike<number>} wanted @param {number} bound */
function near(values, wanted, bound) {
  assert.equal(values.length, wanted.length);
  Array.from(wanted, (value, i) => assert.ok(Math.abs(values[i] - value) <= bound * Math.max(1, Math.abs(value)), `${values[i]} is not ${value} at ${i}`));
}

/** @param {() => unknown} call @param {string} name @param {string | RegExp} message @param {string} [code] */
function refuses(call, name, message, code) {
  assert.throws(call, (error) => {
    assert.equal(error.name, name);
    if (typeof message === 'string') assert.equal(error.message, message);
    else assert.match(error.message, message);
    assert.equal(error.code, code);
    return true;
  });
}

/** @param {import('wasmfit').Matrix} matrix */
const rowsOf = ({ data, rows, cols }) => Array.from({ length: rows }, (_, r) => [...data.subarray(r * cols, (r + 1) * cols)]);

test('Standardised columns, means and scales are scikit-learn\'s; a constant column has scale 1', () => {
  const scaler = new StandardScaler();
  assert.equal(scaler.fitted, false);
  assert.equal(scaler.mean, undefined);
  assert.equal(scaler.fit(X), scaler);
  near(scaler.mean, MEAN, 1e-15);
  near(scaler.scale, SCALE, 1e-15);
  assert.equal(scaler.scale[2], 1);
  const { data, rows, cols } = scaler.transform(X);
  assert.deepEqual([rows, cols, data.constructor], [5, 3, Float64Array]);
  near(data, Z.flat(), 4e-16);
  assert.deepEqual(new StandardScaler().fitTransform(X), { data, rows, cols });
  assert.equal(scaler.nFeaturesIn, 3);
});

test('Columns of other sizes and offsets keep their digits', () => {
  const wide = Array.from({ length: 20 }, (_, i) => [1e9 + i, ((i * 7919) % 13) / 3, 1e-5 * i * i]);
  const scaler = new StandardScaler().fit(wide);
  near(scaler.mean, [1000000009.5, 2, 0.001235], 1e-15);
  near(scaler.scale, [5.766281297335398, 1.2780193008453877, 0.0011349471353327431], 1e-15);
  near(scaler.transform(wide).data.filter((_, i) => i % 3 === 0), wide.map((_, i) => (i - 9.5) / 5.766281297335398), 1e-15);
});

test('withMean and withStd leave out the one or the other', () => {
  const first = (/** @type {object} */ options) => [...new StandardScaler(options).fitTransform(X).data.subarray(0, 3)];
  assert.deepEqual(first({ withStd: false }), [-0.25, -4.9, 0]);
  near(first({ withMean: false }), [0.4192627457812106, -0.49326362366699006, 7], 1e-15);
  assert.deepEqual(first({ withMean: false, withStd: false }), X[0]);
});

test('inverseTransform gives the original units back', () => {
  const scaler = new StandardScaler().fit(X);
  near(scaler.inverseTransform(scaler.transform(X)).data, X.flat(), 1e-15);
  near(scaler.inverseTransform([[0, 0, 0]]).data, MEAN, 1e-15);
});

test('Rows, Matrix and Table give the same bits, and nobody\'s numbers are written to or shared', () => {
  const data = Float64Array.from(X.flat()), before = data.slice();
  const table = Table.from({ a: X.map((row) => row[0]), b: X.map((row) => row[1]), c: X.map((row) => row[2]) });
  for (const make of [() => new StandardScaler(), () => new PolynomialFeatures({ degree: 1, includeBias: false })]) {
    const expected = make().fitTransform(X);
    const transformer = make().fit({ data, rows: 5, cols: 3 });
    const result = transformer.transform({ data, rows: 5, cols: 3 });
    assert.deepEqual(result, expected);
    result.data.fill(9);
    assert.deepEqual(data, before);
    assert.deepEqual(make().fitTransform(table), expected);
    const reordered = make().fit(table).transform(table.select(['c', 'a', 'b']));
    assert.deepEqual(reordered, expected, 'a table\'s columns are found by name');
  }
  const scaler = new StandardScaler().fit(X);
  scaler.mean[0] = 99;
  scaler.scale[0] = 99;
  assert.equal(scaler.mean[0], 1.75);
  assert.notEqual(scaler.scale[0], 99);
});

test('Products come in scikit-learn\'s order with its names and powers', () => {
  const full = new PolynomialFeatures({ degree: 3 }).fit(X);
  assert.deepEqual(full.featureNamesOut(), ['1', 'x0', 'x1', 'x2', 'x0^2', 'x0 x1', 'x0 x2', 'x1^2', 'x1 x2', 'x2^2', 'x0^3', 'x0^2 x1', 'x0^2 x2', 'x0 x1^2',
    'x0 x1 x2', 'x0 x2^2', 'x1^3', 'x1^2 x2', 'x1 x2^2', 'x2^3']);
  assert.deepEqual(rowsOf(full.transform(X))[2], [1, -3, 10, 7, 9, -30, -21, 100, 70, 49, -27, 90, 63, -300, -210, -147, 1000, 700, 490, 343]);
  assert.deepEqual(rowsOf(full.powers), [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [2, 0, 0], [1, 1, 0], [1, 0, 1], [0, 2, 0], [0, 1, 1], [0, 0, 2], [3, 0, 0],
    [2, 1, 0], [2, 0, 1], [1, 2, 0], [1, 1, 1], [1, 0, 2], [0, 3, 0], [0, 2, 1], [0, 1, 2], [0, 0, 3]]);
  assert.equal(full.nOutputFeatures, 20);
});

test('interactionOnly leaves out powers, includeBias: false the 1', () => {
  const third = (/** @type {object} */ options) => rowsOf(new PolynomialFeatures(options).fitTransform(X))[2];
  assert.deepEqual(third({ degree: 3, interactionOnly: true }), [1, -3, 10, 7, -30, -21, 70, -210]);
  assert.deepEqual(third({ includeBias: false }), [-3, 10, 7, 9, -30, -21, 100, 70, 49]);
  assert.deepEqual(third({ degree: 5, interactionOnly: true, includeBias: false }), [-3, 10, 7, -30, -21, 70, -210]);
  assert.deepEqual(third({}), [1, -3, 10, 7, 9, -30, -21, 100, 70, 49]);
});

test('The number of products is what combinatorics says, up to the limit and with its reason', () => {
  const count = (/** @type {number} */ cols, /** @type {object} */ options) => new PolynomialFeatures(options).fit([Array(cols).fill(1)]).nOutputFeatures;
  assert.equal(count(1, { degree: 100 }), 101);
  assert.equal(count(9, { degree: 4 }), 715); // 13 over 4
  assert.equal(count(13, { degree: 13, interactionOnly: true }), 8192);
  assert.equal(count(139, { degree: 2 }), 9870);
  assert.equal(count(9999, { degree: 1 }), 10000);
  refuses(() => count(100, { degree: 3 }), 'RangeError', 'PolynomialFeatures: 100 columns have 176851 products up to degree 3, the limit is 10000: XᵀX of so many takes '
    + '800 MB; choose a lower degree, interactionOnly or fewer columns');
  refuses(() => count(10000, { degree: 1 }), 'RangeError', /10000 columns have 10001 products/);
  refuses(() => count(14, { degree: 14, interactionOnly: true }), 'RangeError', /14 columns have 16384 products/);
  refuses(() => count(1000, { degree: 100 }), 'RangeError', /the limit is 10000/);
});

test('Names are those of the table or those given, one for each column', () => {
  const table = Table.from({ age: [1, 2], 'body mass': [3, 5] });
  const polynomial = new PolynomialFeatures().fit(table), scaler = new StandardScaler().fit(table);
  assert.deepEqual(polynomial.featureNames, ['age', 'body mass']);
  assert.deepEqual(polynomial.featureNamesOut(), ['1', 'age', 'body mass', 'age^2', 'age body mass', 'body mass^2']);
  assert.deepEqual(polynomial.featureNamesOut(['a', 'b']), ['1', 'a', 'b', 'a^2', 'a b', 'b^2']);
  assert.deepEqual(scaler.featureNamesOut(), ['age', 'body mass']);
  assert.deepEqual(new StandardScaler().fit(X).featureNamesOut(), ['x0', 'x1', 'x2']);
  assert.equal(new StandardScaler().fit(X).featureNames, undefined);
  refuses(() => scaler.featureNamesOut(['a']), 'RangeError', 'featureNamesOut: there are 1 names; it needs 2, one for each column of X');
  refuses(() => polynomial.featureNamesOut(['a', 5]), 'TypeError', 'featureNamesOut: name 2 is 5; every name must be a string');
  refuses(() => polynomial.featureNamesOut('ab'), 'TypeError', 'featureNamesOut: names must be an array of strings, not "ab"');
});

test('What is not fitted yet says so', () => {
  for (const transformer of [new StandardScaler(), new PolynomialFeatures()]) {
    const name = transformer.constructor.name;
    for (const call of ['transform', 'featureNamesOut', 'toJSON']) {
      refuses(() => transformer[call]([[1]]), 'WasmfitError', `${name}.${call}: it is not fitted yet`, 'NOT_FITTED');
    }
  }
  refuses(() => new StandardScaler().inverseTransform(X), 'WasmfitError', /^StandardScaler\.inverseTransform/, 'NOT_FITTED');
});

test('Rows that do not fit are refused by their number, and none are none', () => {
  for (const transformer of [new StandardScaler().fit(X), new PolynomialFeatures({ degree: 1, includeBias: false }).fit(X)]) {
    refuses(() => transformer.transform([[1, 2]]), 'RangeError', 'X has 2 columns; the model has 3 features');
    refuses(() => transformer.transform([[1, 2, NaN]]), 'RangeError', 'X has NaN at row 1, column 3; every value must be finite');
    refuses(() => transformer.transform([1, 2, 3]), 'TypeError', /every row must be an array of numbers/);
    refuses(() => transformer.fit([]), 'RangeError', 'X has 0 rows; at least 1 is needed');
    refuses(() => transformer.fit([[]]), 'RangeError', 'X has 1 rows of 0 columns; at least one column is needed');
    assert.equal(transformer.nFeaturesIn, 3, 'a fit that failed has changed nothing');
    assert.deepEqual(transformer.transform([]), { data: new Float64Array(0), rows: 0, cols: 3 });
  }
});

test('A fit that fails in the middle leaves the transformer as it was', () => {
  const scaler = new StandardScaler().fit(X), polynomial = new PolynomialFeatures({ degree: 3 }).fit(X);
  refuses(() => scaler.fit([[1e308], [-1e308]]), 'RangeError', /beyond the range/);
  refuses(() => polynomial.fit([Array(100).fill(0)]), 'RangeError', /the limit is/);
  near(scaler.transform(X).data, Z.flat(), 4e-16);
  assert.equal(polynomial.transform(X).cols, 20);
});

test('A Table must hold numbers, and later tables the same columns', () => {
  const numbers = Table.from({ a: [1, 2], b: [3, 4] }), text = Table.from({ a: [1, 2], b: ['x', 'y'] });
  const scaler = new StandardScaler();
  refuses(() => scaler.fit(text), 'TypeError', 'X: column "b" holds text, which cannot be transformed; leave it out with X.without(name); models encode such columns by themselves');
  refuses(() => scaler.fit(Table.from({})), 'RangeError', 'X has 0 rows; at least 1 is needed');
  refuses(() => scaler.fit(X).transform(numbers), 'TypeError', 'X is a Table; StandardScaler was fitted on plain numbers, so pass rows of 3 numbers');
  scaler.fit(numbers);
  refuses(() => scaler.transform(text), 'TypeError', /column "b" holds text; the model was fitted with numbers there/);
  refuses(() => scaler.transform(numbers.select(['a'])), 'RangeError', /X has no column "b"/);
  refuses(() => scaler.fit(Table.from({ a: [1, NaN] })), 'RangeError', /missing value/);
});

test('Options are judged by name, type and range', () => {
  refuses(() => new StandardScaler({ withmean: false }), 'TypeError', 'StandardScaler: unknown option "withmean"; did you mean "withMean"?');
  refuses(() => new StandardScaler({ withStd: 1 }), 'TypeError', 'StandardScaler: withStd must be true or false, not 1');
  refuses(() => new PolynomialFeatures({ degree: 0 }), 'RangeError', 'PolynomialFeatures: degree is 0; it must be a whole number from 1 to 100');
  refuses(() => new PolynomialFeatures({ degree: 2.5 }), 'RangeError', /degree is 2.5/);
  refuses(() => new PolynomialFeatures({ degree: 101 }), 'RangeError', /degree is 101/);
  refuses(() => new PolynomialFeatures({ degree: '2' }), 'TypeError', /degree must be a whole number/);
  refuses(() => new PolynomialFeatures({ interactionOnly: 'no' }), 'TypeError', /interactionOnly must be true or false/);
  refuses(() => new PolynomialFeatures({ includeBias: null }), 'TypeError', /includeBias must be true or false/);
  assert.deepEqual(new PolynomialFeatures().options, { degree: 2, interactionOnly: false, includeBias: true });
  assert.ok(Object.isFrozen(new StandardScaler().options));
});

test('Results beyond the range of doubles are refused by row and column', () => {
  refuses(() => new PolynomialFeatures().fitTransform([[1, 1], [1, 1e200]]), 'RangeError',
    'PolynomialFeatures.transform: row 2 of X makes "x1^2" (column 6) Infinity; every result must be finite, so standardise the columns first (StandardScaler)');
  refuses(() => new StandardScaler().fit([[1, 1e308], [1, -1e308]]), 'RangeError',
    'X: the standard deviation of column 2 is beyond the range of doubles; divide the column by a constant first');
  refuses(() => new StandardScaler().fit(Table.from({ far: [1e308, -1e308] })), 'RangeError', /deviation of column 1 \("far"\) is beyond/);
  refuses(() => new StandardScaler().fit([[0], [1e-3]]).transform([[1e308]]), 'RangeError', /row 1 of X makes "x0" \(column 1\) Infinity/);
  refuses(() => new StandardScaler().fit([[0], [1e150]]).inverseTransform([[1], [-1e160]]), 'RangeError', /row 2 of X makes "x0" \(column 1\) -Infinity/);
});

test('Through JSON a transformer comes back to the bit', () => {
  const table = Table.from({ a: [0.1, 0.7, 1e-30], b: [3, 1 / 3, 5] });
  const cases = [new StandardScaler().fit(X), new StandardScaler({ withMean: false }).fit(table), new PolynomialFeatures({ degree: 4, interactionOnly: true }).fit(X),
    new PolynomialFeatures({ includeBias: false }).fit(table)];
  for (const transformer of cases) {
    const Class = /** @type {any} */ (transformer.constructor), rows = transformer.featureNames ? table : X;
    const back = Class.fromJSON(JSON.parse(JSON.stringify(transformer)));
    assert.ok(back instanceof Class && back.fitted);
    assert.deepEqual(back.options, transformer.options);
    assert.deepEqual(back.transform(rows), transformer.transform(rows));
    assert.deepEqual(back.featureNamesOut(), transformer.featureNamesOut());
    assert.deepEqual(back.toJSON(), transformer.toJSON());
  }
});

test('JSON that toJSON did not write is refused by what is wrong with it', () => {
  const scaler = new StandardScaler().fit(Table.from({ a: [1, 2], b: [3, 4] })).toJSON(), polynomial = new PolynomialFeatures().fit(X).toJSON();
  const broken = [
    [null, /options must be an object, not null/], ['{}', /not "\{\}"/], [{ ...scaler, code: 1 }, /unknown option "code"/], [{ ...scaler, class: 'PolynomialFeatures' }, /the class is "PolynomialFeatures"/],
    [{ ...scaler, features: 0 }, /features is 0/], [{ ...scaler, features: '2' }, /features is "2"/], [{ ...scaler, features: 3 }, /encoder has 2 columns; there are 3/],
    [{ ...scaler, mean: [1] }, /mean is array of length 1; it must be 2 finite numbers/], [{ ...scaler, mean: [1, null] }, /mean is/], [{ ...scaler, mean: undefined }, /mean is undefined/],
    [{ ...scaler, scale: [1, 0] }, /scale is array of length 2; it must be 2 finite numbers above 0/], [{ ...scaler, options: undefined }, /options must be an object/],
    [{ ...scaler, options: { withMean: 1 } }, /withMean must be true or false/], [{ ...scaler, encoder: { columns: [{ name: 'a', kind: 'numeric' }, { name: 'a', kind: 'numeric' }] } }, /used once/],
    [{ ...scaler, encoder: { columns: [{ name: 'a', kind: 'numeric' }, { name: 'b', kind: 'categorical', categories: ['x'] }] } }, /column "b" holds text/],
  ];
  for (const [json, message] of broken) refuses(() => StandardScaler.fromJSON(json), 'WasmfitError', message, 'MODEL_FILE');
  refuses(() => StandardScaler.fromJSON({ ...scaler, class: 'Scaler' }), 'WasmfitError', 'fromJSON: the class is "Scaler"; it must be "StandardScaler"', 'MODEL_FILE');
  refuses(() => PolynomialFeatures.fromJSON({ ...polynomial, features: 1e6 }), 'WasmfitError', /the limit is 10000/, 'MODEL_FILE');
  refuses(() => PolynomialFeatures.fromJSON({ ...polynomial, options: { degree: 1e9 } }), 'WasmfitError', /degree is 1000000000/, 'MODEL_FILE');
  refuses(() => PolynomialFeatures.fromJSON(scaler), 'WasmfitError', /unknown option "mean"/, 'MODEL_FILE');
});
