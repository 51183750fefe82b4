// matrix.test.js: checked numbers and labels · in: src/js/{matrix,shapes,labels}.js · out: test results · next: table.test.js
import test from 'node:test';
import assert from 'node:assert/strict';
import { toLabels, toMatrix, toTarget } from '../../src/js/matrix.js';
import { countRows, takeRows } from '../../src/js/rows.js';

/**
 * @param {() => unknown} call
 * @param {string} name
 * @param {string} message
 */
function refuses(call, name, message) {
  assert.throws(call, { name, message });
}

/** @param {unknown} array */
function detach(array) {
  structuredClone(array, { transfer: [array.buffer] });
  return array;
}

test('Rows of arrays and rows of typed arrays become one flat copy', () => {
  const rows = [[1, 2, 3], [4, 5, 6]];
  assert.deepEqual(toMatrix(rows), { data: new Float64Array([1, 2, 3, 4, 5, 6]), rows: 2, cols: 3 });
  assert.deepEqual(toMatrix([new Float32Array([1, 2]), Uint8Array.of(3, 4), [5, 6]], 'X', Float32Array),
    { data: new Float32Array([1, 2, 3, 4, 5, 6]), rows: 3, cols: 2 });
});

test('A Matrix of the asked type is passed through uncopied, one of another type is copied', () => {
  const data = new Float64Array([1, 2, 3, 4]);
  assert.equal(toMatrix({ data, rows: 2, cols: 2 }).data, data);
  const copy = toMatrix({ data, rows: 2, cols: 2 }, 'X', Float32Array).data;
  assert.deepEqual(copy, new Float32Array([1, 2, 3, 4]));
  for (const Type of [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array]) {
    assert.deepEqual(toMatrix({ data: Type.of(1, 2), rows: 1, cols: 2 }).data, Float64Array.of(1, 2), Type.name);
  }
});

test('A part of a buffer and shared memory are accepted, and shared memory is copied', () => {
  const part = new Float64Array([9, 1, 2, 9]).subarray(1, 3);
  assert.deepEqual([...toMatrix({ data: part, rows: 2, cols: 1 }).data], [1, 2]);
  const bytes = new Uint8Array(9).fill(7).subarray(1, 4);
  assert.deepEqual([...toMatrix({ data: bytes, rows: 3, cols: 1 }).data], [7, 7, 7]);
  const shared = new Float64Array(new SharedArrayBuffer(16));
  const matrix = toMatrix({ data: shared, rows: 1, cols: 2 });
  shared[0] = NaN;
  assert.deepEqual([...matrix.data], [0, 0]);
});

test('Frozen rows are read and the caller\'s values stay as they were', () => {
  const rows = Object.freeze([Object.freeze([1, 2]), Object.freeze([3, 4])]);
  const matrix = toMatrix(rows);
  matrix.data[0] = 99;
  assert.deepEqual(rows, [[1, 2], [3, 4]]);
});

test('Zero rows pass with their columns; zero columns are refused with the counts', () => {
  assert.deepEqual(toMatrix([]), { data: new Float64Array(0), rows: 0, cols: 0 });
  assert.deepEqual(toMatrix({ data: new Float64Array(0), rows: 0, cols: 4 }), { data: new Float64Array(0), rows: 0, cols: 4 });
  refuses(() => toMatrix([[], []]), 'RangeError', 'X has 2 rows of 0 columns; at least one column is needed');
  refuses(() => toMatrix({ data: new Float64Array(0), rows: 3, cols: 0 }), 'RangeError', 'X has 3 rows of 0 columns; at least one column is needed');
});

test('NaN and infinity are refused by row, column, name and value', () => {
  refuses(() => toMatrix([[1, 2], [3, 4], [5, NaN]], 'X', Float64Array, ['sex', 'age']), 'RangeError',
    'X has NaN at row 3, column 2 ("age"); every value must be finite');
  refuses(() => toMatrix({ data: new Float32Array([1, 2, -Infinity, 4]), rows: 2, cols: 2 }, 'XNew'), 'RangeError',
    'XNew has -Infinity at row 2, column 1; every value must be finite');
  refuses(() => toMatrix({ data: new Float64Array([1, NaN]), rows: 1, cols: 2 }), 'RangeError',
    'X has NaN at row 1, column 2; every value must be finite');
  refuses(() => toMatrix([new Float64Array([1, Infinity])]), 'RangeError', 'X has Infinity at row 1, column 2; every value must be finite');
  assert.deepEqual([...toMatrix([[1e308, -1e308, 1e308]]).data], [1e308, -1e308, 1e308]);
});

test('A value beyond the float32 range is refused where float32 is asked for', () => {
  const message = 'X has 1e+39 at row 1, column 2; values must fit in 32-bit floats';
  refuses(() => toMatrix([[1, 1e39]], 'X', Float32Array), 'RangeError', message);
  refuses(() => toMatrix({ data: new Float64Array([1, 1e39]), rows: 1, cols: 2 }, 'X', Float32Array), 'RangeError', message);
  assert.equal(toMatrix([[1e39]]).data[0], 1e39);
  assert.equal(toMatrix([[3.4028234663852886e38]], 'X', Float32Array).data[0], 3.4028234663852886e38);
});

test('What a typed array would turn into a number without a word is refused by kind', () => {
  const cases = [
    ['1', 'X has "1" at row 1, column 2; every value must be a number, not text'],
    ['', 'X has an empty string at row 1, column 2; every value must be a number, not text'],
    [null, 'X has null at row 1, column 2; every value must be a number'],
    [undefined, 'X has undefined at row 1, column 2; every value must be a number'],
    [true, 'X has true at row 1, column 2; every value must be a number'],
    [1n, 'X has 1n at row 1, column 2; every value must be a number; convert it with Number()'],
    [[5], 'X has an object (array of length 1) at row 1, column 2; every value must be a number'],
    [new Date(0), 'X has an object (Date) at row 1, column 2; every value must be a number'],
  ];
  for (const [value, message] of cases) refuses(() => toMatrix([[1, value]]), 'TypeError', message);
  // eslint-disable-next-line no-sparse-arrays
  refuses(() => toMatrix([[1, , 3]]), 'TypeError', 'X has a hole at row 1, column 2; every value must be a number');
});

test('Rows of different length are refused with both lengths', () => {
  refuses(() => toMatrix([[1, 2], [3]]), 'RangeError', 'X is ragged: row 2 has length 1, row 1 has 2; all rows must be equally long');
  refuses(() => toMatrix([[1], Float64Array.of(3, 4)]), 'RangeError', 'X is ragged: row 2 has length 2, row 1 has 1; all rows must be equally long');
});

test('A flat X is refused with the way to wrap it', () => {
  refuses(() => toMatrix([1, 2]), 'TypeError', 'X has 1 as row 1; every row must be an array of numbers; for one column wrap every value: [[1], [2], …]');
  refuses(() => toMatrix(Float64Array.of(1, 2)), 'TypeError',
    'X is a flat Float64Array of length 2; it needs rows and columns: { data, rows, cols } or [[1], [2], …]');
});

test('Rows that are no arrays of numbers are refused by row', () => {
  refuses(() => toMatrix([[1], 2]), 'TypeError', 'X has 2 as row 2; every row must be an array of numbers');
  refuses(() => toMatrix([[1], null]), 'TypeError', 'X has null as row 2; every row must be an array of numbers');
  refuses(() => toMatrix(['ab']), 'TypeError', 'X has "ab" as row 1; every row must be an array of numbers');
  refuses(() => toMatrix([new BigInt64Array(2)]), 'TypeError', 'X has BigInt64Array of length 2 as row 1; every row must be an array of numbers');
  refuses(() => toMatrix(new Array(2)), 'TypeError', 'X has undefined as row 1; every row must be an array of numbers');
});

test('An X of no known kind is refused', () => {
  for (const X of [null, undefined, 5, 'a', {}, { data: [], rows: 1 }, new DataView(new ArrayBuffer(8)), new BigInt64Array(1), new Map()]) {
    assert.throws(() => toMatrix(X), /^TypeError: X must be an array of rows, a matrix \{ data, rows, cols \} or a Table, not /);
  }
});

test('A Matrix whose parts do not agree is refused', () => {
  const data = new Float64Array(5);
  refuses(() => toMatrix({ data, rows: 2, cols: 3 }), 'RangeError', 'X.data has 5 values, but rows × cols is 2 × 3 = 6');
  refuses(() => toMatrix({ data, rows: 65536, cols: 65536 }), 'RangeError', 'X.data has 5 values, but rows × cols is 65536 × 65536 = 4294967296');
  refuses(() => toMatrix({ data, rows: 2.5, cols: 2 }), 'RangeError', 'X.rows is 2.5; it must be a whole number, 0 or more');
  refuses(() => toMatrix({ data, rows: -5, cols: -1 }), 'RangeError', 'X.rows is -5; it must be a whole number, 0 or more');
  refuses(() => toMatrix({ data, rows: 5, cols: NaN }), 'RangeError', 'X.cols is NaN; it must be a whole number, 0 or more');
  refuses(() => toMatrix({ data, rows: '5', cols: 1 }), 'TypeError', 'X.rows is "5"; it must be a number');
  for (const wrong of [[1, 2], new BigInt64Array(2), new DataView(new ArrayBuffer(16)), null, 'ab']) {
    assert.throws(() => toMatrix({ data: wrong, rows: 2, cols: 1 }), /^TypeError: X\.data is .*; it must be a typed array of numbers/);
  }
});

test('A detached buffer is refused as such', () => {
  const message = 'is detached: its buffer was transferred, or its memory has grown';
  refuses(() => toMatrix({ data: detach(new Float64Array(2)), rows: 2, cols: 1 }), 'TypeError', `X.data ${message}`);
  refuses(() => toTarget(detach(new Float64Array(2))), 'TypeError', `y ${message}`);
  refuses(() => toLabels(detach(new Uint8Array(2))), 'TypeError', `y ${message}`);
});

test('A target may be flat, n × 1 or of several columns', () => {
  const flat = { data: Float64Array.of(1, 2), rows: 2, cols: 1 };
  assert.deepEqual(toTarget([1, 2]), flat);
  assert.deepEqual(toTarget(Uint8Array.of(1, 2), 'y', 2), flat);
  assert.deepEqual(toTarget([[1], [2]], 'y', 2), flat);
  assert.deepEqual(toTarget({ data: Float32Array.of(1, 2), rows: 1, cols: 2 }), { data: Float64Array.of(1, 2), rows: 1, cols: 2 });
  assert.deepEqual(toTarget([Float64Array.of(1, 2)]), { data: Float64Array.of(1, 2), rows: 1, cols: 2 });
});

test('A target of another length is refused with both numbers', () => {
  for (const y of [[1, 2, 3], Float64Array.of(1, 2, 3), [[1], [2], [3]], { data: new Float64Array(3), rows: 3, cols: 1 }]) {
    refuses(() => toTarget(y, 'y', 2), 'RangeError', 'y has 3 values; it needs 2, one for each row');
  }
  refuses(() => toLabels(['a'], 'y', 2), 'RangeError', 'y has 1 values; it needs 2, one for each row');
});

test('Wrong values in a target are refused by row', () => {
  refuses(() => toTarget([1, NaN]), 'RangeError', 'y has NaN at row 2; every value must be finite');
  refuses(() => toTarget(Float32Array.of(Infinity), 'yTrue'), 'RangeError', 'yTrue has Infinity at row 1; every value must be finite');
  refuses(() => toTarget([1, '2']), 'TypeError', 'y has "2" at row 2; every value must be a number, not text');
  refuses(() => toTarget([1, [2]]), 'TypeError', 'y has an object (array of length 1) at row 2; every value must be a number');
  refuses(() => toTarget('12'), 'TypeError', 'y must be an array of numbers, a typed array or a matrix { data, rows, cols }, not "12"');
});

test('Labels are sorted by value or by code unit, and every row points to its own', () => {
  assert.deepEqual(toLabels([10, 9, 10, -0, 0]), { classes: [0, 9, 10], indices: Int32Array.of(2, 1, 2, 0, 0) });
  assert.deepEqual(toLabels(Uint8Array.of(7, 3)), { classes: [3, 7], indices: Int32Array.of(1, 0) });
  assert.deepEqual(toLabels(['b', 'a', 'Z', '__proto__']), { classes: ['Z', '__proto__', 'a', 'b'], indices: Int32Array.of(3, 2, 0, 1) });
  assert.deepEqual(toLabels([true, false]), { classes: [false, true], indices: Int32Array.of(1, 0) });
  assert.deepEqual(toLabels({ data: Float64Array.of(2, 1), rows: 2, cols: 1 }).classes, [1, 2]);
  assert.deepEqual(toLabels([]), { classes: [], indices: new Int32Array(0) });
});

test('Labels that cannot name a class are refused by row', () => {
  refuses(() => toLabels(['a', 1]), 'TypeError', 'y mixes kinds of labels: "a" at row 1, 1 at row 2');
  refuses(() => toLabels([1, NaN]), 'RangeError', 'y has NaN at row 2; every label must be finite');
  refuses(() => toLabels(['a', '']), 'RangeError', 'y has an empty string at row 2; every row must have a label');
  for (const [label, text] of [[null, 'null'], [undefined, 'undefined'], [1n, '1n'], [['a'], 'array of length 1']]) {
    refuses(() => toLabels(['a', label]), 'TypeError', `y has ${text} at row 2; a label must be a string, a number or a boolean`);
  }
  refuses(() => toLabels({ data: new Float64Array(4), rows: 2, cols: 2 }), 'RangeError',
    'y is a matrix of 2 rows × 2 columns; labels must be one per row, not one-hot');
  refuses(() => toLabels('ab'), 'TypeError', 'y must be an array of labels, not "ab"');
});

test('Rows are taken from every kind as a copy of that kind', () => {
  assert.deepEqual(takeRows(['a', 'b', 'c'], [2, 0, 2]), ['c', 'a', 'c']);
  assert.deepEqual(takeRows(Float32Array.of(1, 2, 3), Int32Array.of(1)), Float32Array.of(2));
  const matrix = { data: Float64Array.of(1, 2, 3, 4, 5, 6), rows: 3, cols: 2 };
  assert.deepEqual(takeRows(matrix, [2, 0]), { data: Float64Array.of(5, 6, 1, 2), rows: 2, cols: 2 });
  assert.deepEqual(takeRows([[1], [2]], []), []);
  assert.deepEqual([countRows([1, 2]), countRows(new Uint8Array(3)), countRows(matrix)], [2, 3, 3]);
});

test('A row index outside the rows is refused', () => {
  for (const [index, text] of [[3, '3'], [-1, '-1'], [0.5, '0.5'], [NaN, 'NaN'], ['0', '"0"']]) {
    refuses(() => takeRows([1, 2, 3], [index]), 'RangeError', `X has no row ${text}; row indices are 0 to 2`);
  }
  refuses(() => countRows(5), 'TypeError', 'X must be an array, a matrix { data, rows, cols } or a Table, not 5');
});
