// table.test.js: tables and their way to features · in: src/js/{table,encoder}.js · out: test results · next: csv.test.js
import test from 'node:test';
import assert from 'node:assert/strict';
import { Table, checkEncoder, encode, featureNames, fitEncoder } from '../../src/js/table.js';
import { countRows, takeRows } from '../../src/js/rows.js';

const people = () => Table.from({ age: [30, 40, 50], sex: ['m', 'f', 'm'], smokes: [true, false, true] });

/**
 * @param {() => unknown} call
 * @param {string} name
 * @param {string} message
 */
function refuses(call, name, message) {
  assert.throws(call, { name, message });
}

test('A table knows its names, rows and the kind of every column', () => {
  const table = people();
  assert.deepEqual([table.names, table.rows, table.missing, table.warnings], [['age', 'sex', 'smokes'], 3, [], []]);
  assert.deepEqual(table.column('age'), { name: 'age', kind: 'numeric', values: Float64Array.of(30, 40, 50) });
  assert.deepEqual(table.column('sex'), { name: 'sex', kind: 'categorical', values: ['m', 'f', 'm'], categories: ['f', 'm'] });
  assert.deepEqual(table.column('smokes').categories, ['false', 'true']);
});

test('A table may be made from a list of columns and from typed arrays', () => {
  const table = Table.from([{ name: 'b', values: Uint8Array.of(1, 2) }, { name: 'a', values: ['x', 'y'] }]);
  assert.deepEqual(table.names, ['b', 'a']);
  assert.deepEqual(table.column('b').values, Float64Array.of(1, 2));
  assert.deepEqual(Table.from({}).rows, 0);
});

test('Changing what went in or came out does not change the table', () => {
  const values = Float64Array.of(1, 2);
  const table = Table.from({ a: values, b: ['x', 'y'] });
  values[0] = 9;
  table.column('a').values[1] = 9;
  table.column('b').categories[0] = 'z';
  assert.deepEqual(table.column('a').values, Float64Array.of(1, 2));
  assert.deepEqual(table.column('b').categories, ['x', 'y']);
  assert.throws(() => table.names.push('c'), TypeError);
});

test('Empty cells are missing: NaN, null, undefined, and in text the empty string', () => {
  const table = Table.from({ a: [1, NaN, null, undefined], b: ['x', '', null, undefined], c: [null, NaN, '', undefined] });
  assert.deepEqual(table.column('a').values, Float64Array.of(1, NaN, NaN, NaN));
  assert.deepEqual(table.column('b').values, ['x', '', '', '']);
  assert.deepEqual(table.column('c'), { name: 'c', kind: 'numeric', values: new Float64Array(4).fill(NaN) });
  assert.deepEqual(table.missing.slice(0, 3), [{ row: 1, column: 'c' }, { row: 2, column: 'a' }, { row: 2, column: 'b' }]);
  assert.equal(table.missing.length, 10);
  assert.deepEqual(table.without('c').dropMissing().column('b').values, ['x']);
});

test('Columns of mixed or other values are refused by row', () => {
  const rule = 'a column holds numbers, or strings, or booleans';
  refuses(() => Table.from({ a: [1, 'x'] }), 'TypeError', `Table: column "a" has "x" at row 2; ${rule}`);
  refuses(() => Table.from({ a: ['x', 1] }), 'TypeError', `Table: column "a" has 1 at row 2; ${rule}`);
  refuses(() => Table.from({ a: ['x', true] }), 'TypeError', `Table: column "a" has true at row 2; ${rule}`);
  refuses(() => Table.from({ a: [1n] }), 'TypeError', `Table: column "a" has 1n at row 1; ${rule}`);
  refuses(() => Table.from({ a: [1, Infinity] }), 'RangeError',
    'Table: column "a" has Infinity at row 2; every number must be finite, NaN where it is missing');
  refuses(() => Table.from({ a: 'xyz' }), 'TypeError', 'Table: column "a" must be an array or a typed array of numbers, not "xyz"');
  refuses(() => Table.from({ a: new BigInt64Array(1) }), 'TypeError',
    'Table: column "a" must be an array or a typed array of numbers, not BigInt64Array of length 1');
});

test('Columns that do not fit together are refused', () => {
  refuses(() => Table.from({ a: [1, 2], b: [1] }), 'RangeError',
    'Table: column "b" has 1 values, column "a" has 2; all columns must be equally long');
  refuses(() => Table.from([{ name: 'a', values: [1] }, { name: 'a', values: [2] }]), 'RangeError',
    'Table: two columns are named "a"; every name must be used once');
  for (const list of [[{ name: '', values: [1] }], [{ values: [1] }], [null], [5]]) assert.throws(() => Table.from(list), /every column needs a name/);
  for (const wrong of [null, undefined, 5, 'a', new Float64Array(2)]) assert.throws(() => Table.from(wrong), /^TypeError: Table\.from needs/);
});

test('An unknown column is refused with the nearest name', () => {
  refuses(() => people().column('Age'), 'RangeError', 'Table has no column "Age"; did you mean "age"?');
  refuses(() => people().select(['zebra']), 'RangeError', 'Table has no column "zebra"; the columns are "age", "sex", "smokes"');
  refuses(() => people().without('constructor'), 'RangeError', 'Table has no column "constructor"; the columns are "age", "sex", "smokes"');
  refuses(() => people().select(['age', 'age']), 'RangeError', 'Table.select: a name is given twice in "age", "age"');
});

test('Columns are selected in the asked order, left out, and rows taken', () => {
  const table = people();
  assert.deepEqual(table.select(['sex', 'age']).names, ['sex', 'age']);
  assert.deepEqual(table.without('age', 'smokes').names, ['sex']);
  const taken = takeRows(table, [2, 0, 2]);
  assert.deepEqual([taken.rows, countRows(taken)], [3, 3]);
  assert.deepEqual(taken.column('age').values, Float64Array.of(50, 30, 50));
  refuses(() => table.take([3]), 'RangeError', 'Table has no row 3; row indices are 0 to 2');
});

test('A category that no taken row has is no category of the taken table', () => {
  assert.deepEqual(people().take([0, 2]).column('sex'), { name: 'sex', kind: 'categorical', values: ['m', 'm'], categories: ['m'] });
});

test('Names of inherited members are plain names', () => {
  const table = Table.from(JSON.parse('{"__proto__":[1],"constructor":[2],"toString":["x"]}'));
  assert.deepEqual(table.names, ['__proto__', 'constructor', 'toString']);
  assert.deepEqual(table.column('__proto__').values, Float64Array.of(1));
  assert.deepEqual(encode(checkEncoder(JSON.parse(JSON.stringify(fitEncoder(table)))), table).data, Float64Array.of(1, 2, 1));
  assert.equal(Object.keys(Object.prototype).length, 0);
});

test('Numbers are encoded as they are and every category as a column of zeros and ones', () => {
  const table = people();
  const encoder = fitEncoder(table);
  assert.deepEqual(featureNames(encoder), ['age', 'sex=f', 'sex=m', 'smokes=false', 'smokes=true']);
  assert.deepEqual(encode(encoder, table), { data: Float64Array.of(30, 0, 1, 0, 1, 40, 1, 0, 1, 0, 50, 0, 1, 0, 1), rows: 3, cols: 5 });
  assert.ok(encode(encoder, table, Float32Array).data instanceof Float32Array);
});

test('Columns are found by name in any order, and others are passed over', () => {
  const encoder = fitEncoder(people().select(['age', 'sex']));
  const other = Table.from({ extra: [1], sex: ['f'], age: [7] });
  assert.deepEqual(encode(encoder, other), { data: Float64Array.of(7, 1, 0), rows: 1, cols: 3 });
});

test('A missing column, an unseen category and another kind are refused by name', () => {
  const encoder = fitEncoder(people().select(['age', 'sex']));
  refuses(() => encode(encoder, Table.from({ Age: [1], sex: ['f'] })), 'RangeError',
    'X has no column "age", which the model was fitted with; is it the one named "Age"?');
  refuses(() => encode(encoder, Table.from({ age: [1, 2], sex: ['f', 'x'] }), Float64Array, 'XNew'), 'RangeError',
    'XNew has "x" at row 2, column "sex"; the model knows "f", "m"');
  refuses(() => encode(encoder, Table.from({ age: [1], sex: [0] })), 'TypeError', 'X: column "sex" holds numbers; the model was fitted with text there');
  refuses(() => encode(encoder, Table.from({ age: ['a'], sex: ['f'] })), 'TypeError', 'X: column "age" holds text; the model was fitted with numbers there');
});

test('A missing cell is refused by row and column, with the file\'s line where there is one', () => {
  const table = Table.from({ age: [1, 2, NaN], sex: ['f', '', 'm'] });
  const encoder = fitEncoder(table);
  refuses(() => encode(encoder, table), 'RangeError', 'X has a missing value at row 3, column "age"; leave out such rows or fill them in');
  refuses(() => encode(fitEncoder(table.select(['sex'])), table), 'RangeError',
    'X has a missing value at row 2, column "sex"; leave out such rows or fill them in');
  const read = new Table(new Map([['age', { kind: 'numeric', values: Float64Array.of(1, NaN) }]]), { lines: Int32Array.of(2, 5) });
  refuses(() => encode(fitEncoder(read), read.take([1])), 'RangeError',
    'X has a missing value at row 1 (line 5), column "age"; leave out such rows or fill them in');
  for (const each of [read, read.select(['age'])]) assert.deepEqual(each.missing, [{ row: 2, line: 5, column: 'age' }]);
});

test('A number beyond the float32 range is refused where float32 is asked for', () => {
  const table = Table.from({ a: [1, 1e39] });
  refuses(() => encode(fitEncoder(table), table, Float32Array), 'RangeError', 'X has 1e+39 at row 2, column "a"; values must be finite and fit in 32-bit floats');
  assert.equal(encode(fitEncoder(table), table).data[1], 1e39);
});

test('Up to 256 categories are encoded and 257 are refused with the reason', () => {
  const ids = (/** @type {number} */ n) => Table.from({ id: Array.from({ length: n }, (_, i) => `id${i}`) });
  assert.equal(featureNames(fitEncoder(ids(256))).length, 256);
  refuses(() => fitEncoder(ids(257)), 'RangeError',
    'X: column "id" has 257 categories, the limit is 256: each would become a feature of its own, and so many are mostly an identifier; leave the column out');
});

test('A table without columns or a text column without values is refused', () => {
  refuses(() => fitEncoder(Table.from({})), 'RangeError', 'X has 0 rows of 0 columns; at least one column is needed');
  const empty = people().take([]);
  refuses(() => fitEncoder(empty), 'RangeError', 'X: column "sex" has no values; leave it out');
});

test('An encoder survives JSON', () => {
  const encoder = fitEncoder(people());
  assert.deepEqual(checkEncoder(JSON.parse(JSON.stringify(encoder))), encoder);
});

test('An encoder that is not as written is refused', () => {
  const column = { name: 'a', kind: 'categorical', categories: ['x', 'y'] };
  const cases = [
    [null, 'options must be an object'], [[], 'options must be an object'], [{}, 'columns must be a list'], [{ columns: [] }, 'columns must be a list'],
    [{ columns: [column], more: 1 }, 'unknown option "more"'], [{ columns: [null] }, 'a column is named undefined'],
    [{ columns: [{ ...column, extra: 1 }] }, 'unknown key "extra"'], [{ columns: [column, column] }, 'a column is named "a"'],
    [{ columns: [{ ...column, name: '' }] }, 'a column is named ""'], [{ columns: [{ ...column, name: 5 }] }, 'a column is named 5'],
    [{ columns: [{ ...column, kind: 'ordinal' }] }, 'is of kind "ordinal"'], [{ columns: [{ ...column, kind: 'numeric' }] }, 'is of kind "numeric"'],
    [{ columns: [{ name: 'a', kind: 'categorical' }] }, 'needs a list of 1 to 256'], [{ columns: [{ ...column, categories: [] }] }, 'needs a list of 1 to 256'],
    [{ columns: [{ ...column, categories: ['y', 'x'] }] }, 'has "x" after "y"'], [{ columns: [{ ...column, categories: ['x', 'x'] }] }, 'has "x" after "x"'],
    [{ columns: [{ ...column, categories: ['x', 5] }] }, 'has the category 5'], [{ columns: [{ ...column, categories: [''] }] }, 'has the category ""'],
    [{ columns: [{ ...column, categories: Array.from({ length: 257 }, (_, i) => String(1000 + i)) }] }, 'needs a list of 1 to 256'],
  ];
  for (const [json, message] of cases) {
    assert.throws(() => checkEncoder(json), (error) => error.name === 'WasmfitError' && error.code === 'MODEL_FILE' && error.message.includes(message), message);
  }
});
