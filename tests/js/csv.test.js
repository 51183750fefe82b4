// csv.test.js: CSV texts to tables and back · in: src/js/csv*.js · out: test results · next: csv-stream.test.js
import test from 'node:test';
import assert from 'node:assert/strict';
import { readCsv, writeCsv } from '../../src/js/csv.js';
import { Table, fitEncoder } from '../../src/js/table.js';

/**
 * @param {import('../../src/js/csv.js').CsvOptions} [options]
 * @param {string} text
 */
async function columns(text, options) {
  const table = await readCsv(text, options);
  return Object.fromEntries(table.names.map((name) => [name, [...table.column(name).values]]));
}

/**
 * @param {string | Uint8Array} source
 * @param {string} message
 * @param {import('../../src/js/csv.js').CsvOptions} [options]
 */
async function refuses(source, message, options) {
  await assert.rejects(readCsv(source, options), (error) => {
    assert.equal(error.code, 'BAD_CSV', String(error));
    assert.equal(error.message.slice(0, message.length), message);
    return true;
  });
}

const wanted = { a: [1, 4], b: [2.5, -5], y: ['x', 'z'] };

test('The same table comes from every line end, with a byte order mark, with and without a last line end', async () => {
  const lines = ['a,b,y', '1,2.5,x', '4,-5,z'];
  for (const end of ['\n', '\r\n', '\r']) {
    for (const last of ['', end, end + end]) {
      assert.deepEqual(await columns(lines.join(end) + last), wanted);
      assert.deepEqual(await columns(`\ufeff${lines.join(end)}${last}`), wanted);
    }
  }
  assert.deepEqual(await columns('a,b,y\r\n1,2.5,x\n4,-5,z\r'), wanted);
  assert.deepEqual(await columns(new TextEncoder().encode('\ufeffa,b,y\n1,2.5,x\n4,-5,z')), wanted);
});

test('Tabs, semicolons and bars are found, also with a decimal comma', async () => {
  for (const d of ['\t', ';', '|']) {
    assert.deepEqual(await columns(`a,b,y\n1,2.5,x\n4,-5,z`.replaceAll(',', d)), wanted);
    assert.deepEqual(await columns(`a${d}b${d}y\n1${d}2,5${d}x\n4${d}-5${d}z`), wanted);
  }
  assert.deepEqual(await columns('a~b\n1~2', { delimiter: '~' }), { a: [1], b: [2] });
  assert.deepEqual(await columns('a,b\n"1,5",2', { decimal: ',' }), { a: [1.5], b: [2] });
});

test('A comma between digits is the decimal sign where another delimiter cuts all rows evenly', async () => {
  assert.deepEqual(await columns('1,5;2,5\n3,5;4,5\n'), { 'column 1': [1.5, 3.5], 'column 2': [2.5, 4.5] });
  assert.deepEqual(await columns('a;b\n1,5;2,5\n3,5;4,5'), { a: [1.5, 3.5], b: [2.5, 4.5] });
  assert.deepEqual(await columns('1,p;q\n2,r;s\n'), { 'column 1': [1, 2], 'column 2': ['p;q', 'r;s'] });
  assert.deepEqual(await columns('x,t\n1,p;q\n2,r\n'), { x: [1, 2], t: ['p;q', 'r'] });
  const wide = await readCsv(`${new Array(200).fill('1,5').join(';')}\n`.repeat(100));
  assert.deepEqual([wide.names.length, wide.rows, wide.column('column 200').values[99]], [200, 100, 1.5]);
  assert.deepEqual(await columns('a|b;c|d\n1|x;y|4'), { a: [1], 'b;c': ['x;y'], d: [4] });
  assert.deepEqual(await columns('a;b|c;d\n1;x|y;4'), { a: [1], 'b|c': ['x|y'], d: [4] });
  await refuses('y\n1,5\n2,5', 'line 2 has 2 fields, line 3 has 2 fields; every row must have 1');
});

test('A decimal comma is not guessed where numbers with a point are', async () => {
  await refuses('a;b\n1,5;2.5\n', 'line 2: column "a" has "1,5"');
  await refuses('a;b\n1,5;2.5\n', 'line 2: column "b" has "2.5"', { decimal: ',' });
});

test('Quotes keep delimiters, quotes and line ends', async () => {
  assert.deepEqual(await columns('n,"a ""b""","c,d","e\r\nf"\nx,1,2,3\n"y\ry",4,5,6'),
    { n: ['x', 'y\ny'], 'a "b"': [1, 4], 'c,d': [2, 5], 'e\nf': [3, 6] });
  assert.deepEqual(await columns('a,b\n5\'11",1\n"",2'), { a: ['5\'11"', ''], b: [1, 2] });
});

test('Every usual form of a number is read, spaces around it are dropped', async () => {
  const text = 'a\n1e-3\n1E+5\n-1.5e300\n.5\n5.\n+1\n 7 \n-0\n007\n1e-999\n';
  assert.deepEqual((await columns(text)).a, [1e-3, 1e5, -1.5e300, 0.5, 5, 1, 7, -0, 7, 0]);
});

test('What only begins like a number is none and is refused beside numbers, with its line', async () => {
  for (const bad of ['1abc', '0x10', '1_000', '1 000', '"1,234"', '1e999', '-1e999', '1e', '12%', '1.2.3', '--1', '+', 'e5', '.', 'Infinity', '٣', '１']) {
    const rows = Array.from({ length: 40 }, (_, i) => `${i},2`);
    rows[20] = `${bad},2`;
    await refuses(`a,y\n${rows.join('\n')}`, `line 22: column "a" has ${JSON.stringify(bad.replaceAll('"', ''))} where other cells hold numbers ("0" in line 2)`);
  }
  for (const bad of ['1abc', '0x10', '1_000', '"1,234"', '1e999']) await refuses(`a,y\n${bad},2\nx,3\n5,3`, 'line 2: column "a"');
});

test('A column of nothing but grouped or too large numbers is refused, dates and versions are text', async () => {
  await refuses('a,y\n"1,234",1\n"2,345",2', 'line 2: column "a" has "1,234"; a number has digits');
  await refuses('a,y\n1e999,1\n', 'line 2: column "a" has "1e999"');
  assert.deepEqual((await columns('a,y\n2020-01-31,1\n2020-02-01,2')).a, ['2020-01-31', '2020-02-01']);
  assert.deepEqual((await columns('a,y\n1.2.3,1\n1.2.3-rc,2')).a, ['1.2.3', '1.2.3-rc']);
});

test('One text in twenty cells or more makes a column categorical, fewer are taken for mistakes', async () => {
  const text = (/** @type {number} */ n) => `a\n${Array.from({ length: n }, (_, i) => i).join('\n')}\nx`;
  assert.equal((await columns(text(19))).a[19], 'x');
  await refuses(text(20), 'line 22: column "a" has "x" where other cells hold numbers ("0" in line 2)');
});

test('A text after more than a thousand different numbers is refused at once', async () => {
  const numbers = Array.from({ length: 2000 }, (_, i) => i).join('\n');
  await refuses(`a\n${numbers}\n${'x\n'.repeat(1000)}`, 'line 2002: column "a" has "x" where other cells hold numbers');
  assert.equal((await columns(`a\n${numbers}\n${'x\n'.repeat(1000)}`, { categorical: ['a'] })).a[1999], '1999');
});

test('A column named categorical keeps its texts as they are', async () => {
  assert.deepEqual(await columns('zip,y\n007,1\n7,2\n12a,3', { categorical: ['zip'] }), { zip: ['007', '7', '12a'], y: [1, 2, 3] });
  await assert.rejects(readCsv('a\n1', { categorical: ['b'] }), { name: 'RangeError', message: 'readCsv: categorical has "b", but the file has no column of that name' });
});

test('Empty cells and the usual marks are missing, by row and line, and never zero', async () => {
  const table = await readCsv('a,b,c\n1,,x\nNA,2,\n?,2,-\nnull,2,NA\nNaN,2,x\n-,2,x\n');
  assert.deepEqual(table.column('a').values, Float64Array.of(1, NaN, NaN, NaN, NaN, NaN));
  assert.deepEqual(table.column('c').values, ['x', '', '-', '', 'x', 'x']);
  assert.deepEqual(table.missing.slice(0, 3), [{ row: 1, line: 2, column: 'b' }, { row: 2, line: 3, column: 'a' }, { row: 2, line: 3, column: 'c' }]);
  assert.deepEqual(table.warnings, ['column "a" has 5 missing values', 'column "b" has 1 missing value', 'column "c" has 2 missing values']);
  assert.deepEqual(await columns('a\nNA\nx', { missing: ['x'] }), { a: ['NA', ''] });
  assert.deepEqual(await columns('a,b\n,1\nNA,2'), { a: [NaN, NaN], b: [1, 2] });
});

test('The first row is the header when none of its cells is a number', async () => {
  assert.deepEqual(await columns('1,2\n3,4'), { 'column 1': [1, 3], 'column 2': [2, 4] });
  assert.deepEqual(await columns('a,2\nb,4'), { 'column 1': ['a', 'b'], 'column 2': [2, 4] });
  assert.deepEqual(await columns('a,2\nb,4', { header: true }), { a: ['b'], 2: [4] });
  assert.deepEqual(await columns('a,b\nc,d', { header: false }), { 'column 1': ['a', 'c'], 'column 2': ['b', 'd'] });
  assert.deepEqual(await columns(',b\n1,2'), { 'column 1': [1], b: [2] });
});

test('Names that come twice are made different, with a warning', async () => {
  const table = await readCsv('a,a,a (2),a\n1,2,3,4\n5,6,7,8');
  assert.deepEqual(table.names, ['a', 'a (3)', 'a (2)', 'a (4)']);
  assert.equal(table.warnings[0], 'two columns are named "a"; column 2 is now "a (3)"');
  assert.deepEqual((await readCsv('column 2,\n1,2\n3,4')).names, ['column 2', 'column 2 (2)']);
});

test('Names of inherited members are plain names', async () => {
  const table = await readCsv('__proto__,constructor,toString\n1,2,x\n');
  assert.deepEqual(table.names, ['__proto__', 'constructor', 'toString']);
  assert.equal(Object.keys(Object.prototype).length, 0);
});

test('Rows of another length are refused with their lines and counts', async () => {
  await refuses('a,b,y\n1,2,3\n4,5\n6,7,8,9\n', 'line 3 has 2 fields, line 4 has 4 fields; every row must have 3, as the first has');
  await refuses('a,b\n"x\ny",2\n\n3\n', 'line 5 has 1 field; every row must have 2');
  await refuses('a,b\n1,2\n,,\n', 'line 3 has 3 fields');
});

test('A quote that never closes or closes too early is refused with its line', async () => {
  await refuses('a,b\n1,"2\n3,4', 'a quote opened in line 2 never closes');
  await refuses('a,b\n"x\ny","2\n3,4', 'a quote opened in line 3 never closes');
  await refuses('a,b\n1,2\n"x"y,4\n', 'line 3 has text after a closing quote');
});

test('Blank lines are passed over, but between the values of a single column they are missing values', async () => {
  assert.deepEqual(await columns('\n\na,b\n\n1,2\n \n3,4\n\n'), { a: [1, 3], b: [2, 4] });
  const table = await readCsv('\na\n\n1\n\n\n4\n\n');
  assert.deepEqual([...table.column('a').values], [1, NaN, NaN, 4]);
  assert.deepEqual(table.missing, [{ row: 2, line: 5, column: 'a' }, { row: 3, line: 6, column: 'a' }]);
});

test('A file without rows is refused, one with a single row says so', async () => {
  for (const text of ['', '\n\n\n', '\ufeff', '  \n']) await refuses(text, 'the file has no data');
  await refuses('a,b\n', 'the file has a header ("a", …) but no rows');
  assert.deepEqual((await readCsv('a,b\n1,2')).warnings, ['the file has only one row']);
});

test('Files of other kinds are refused as what they are', async () => {
  await refuses(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a), 'the file is a PNG image');
  await refuses(Uint8Array.of(0x50, 0x4b, 3, 4, 9), 'the file is a zip archive or an Excel workbook');
  await refuses(Uint8Array.of(0x1f, 0x8b, 8), 'the file is a gzip archive');
  await refuses(Uint8Array.of(0xff, 0xfe, 0x61, 0), 'the file is text in UTF-16');
  await refuses('<!DOCTYPE html>\n<title>404</title>', 'the file is an HTML page');
  await refuses('a,b\n1,2\n\0,3', 'the file has a NUL character');
});

test('Bytes that are not UTF-8 are refused, and read when their encoding is named', async () => {
  const latin = Uint8Array.of(0x67, 0x72, 0xf6, 0xdf, 0x65, 0x2c, 0x79, 0x0a, 0x31, 0x2c, 0x32);
  await refuses(latin, 'the file is not text in utf-8: it has other bytes near "gr');
  await refuses(new TextEncoder().encode('a\né').slice(0, 3), 'the file is not text in utf-8: it has other bytes at its end');
  assert.deepEqual((await readCsv(latin, { encoding: 'windows-1252' })).names, ['größe', 'y']);
  await assert.rejects(readCsv(latin, { encoding: 'klingon' }), { name: 'RangeError', message: /encoding is "klingon"/ });
});

test('Cells of 100,000 characters and 4,096 columns are read, one more is refused', async () => {
  const cell = 'x'.repeat(100_000);
  assert.equal((await columns(`a\n${cell}`)).a[0], cell);
  await refuses(`a,y\n${cell}x,1`, 'line 2: column "a" has a cell of 100001 characters, the limit is 100000');
  const names = (/** @type {number} */ n) => Array.from({ length: n }, (_, i) => `c${i}`).join(',');
  const ones = (/** @type {number} */ n) => new Array(n).fill('1').join(',');
  assert.equal((await readCsv(`${names(4096)}\n${ones(4096)}`)).names.length, 4096);
  await refuses(`${names(4097)}\n${ones(4097)}`, 'line 1 has 4097 columns, the limit is 4096');
});

test('A column of 300 categories is read and refused when it is encoded', async () => {
  const table = await readCsv(`id,y\n${Array.from({ length: 300 }, (_, i) => `id${i},1`).join('\n')}`);
  assert.throws(() => fitEncoder(table), /^RangeError: X: column "id" has 300 categories, the limit is 256/);
  assert.equal(fitEncoder(table.without('id')).columns.length, 1);
});

test('Wrong options are refused by name and value', async () => {
  const cases = [
    [{ delimeter: ';' }, 'readCsv: unknown option "delimeter"; did you mean "delimiter"?'],
    [{ delimiter: ';;' }, 'readCsv: delimiter is ";;"; it must be one character that is no letter, digit, quote, sign or line end'],
    [{ delimiter: '"' }, 'readCsv: delimiter is "\\""; it must be one character that is no letter, digit, quote, sign or line end'],
    [{ decimal: ';' }, 'readCsv: decimal is ";"; it must be "auto", "." or ","'],
    [{ header: 1 }, 'readCsv: header is 1; it must be "auto", true or false'],
    [{ categorical: 'a' }, 'readCsv: categorical is "a"; it must be a list of strings'],
    [{ onProgress: 1 }, 'readCsv: onProgress is 1; it must be a function'],
    [{ signal: {} }, 'readCsv: signal is object; it must be an AbortSignal'],
  ];
  for (const [options, message] of cases) await assert.rejects(readCsv('a\n1', options), { name: 'TypeError', message });
});

test('Columns are written by RFC 4180 and read back as they were', async () => {
  const data = { 'a,b': [1, -2.5], 't': ['x "y"', 'line\nend'] };
  const text = writeCsv(data);
  assert.equal(text, '"a,b",t\r\n1,"x ""y"""\r\n-2.5,"line\nend"\r\n');
  assert.deepEqual(await columns(text), data);
  assert.equal(writeCsv(Table.from(data)), text);
  assert.equal(writeCsv([{ name: 'a', values: Float32Array.of(0.5) }], { delimiter: ';' }), 'a\r\n0.5\r\n');
});

test('Rows are written with and without names', () => {
  assert.equal(writeCsv([[1, 'a'], [2, true]], { names: ['n', 't'] }), 'n,t\r\n1,a\r\n2,true\r\n');
  assert.equal(writeCsv([Float64Array.of(1, 2)]), '1,2\r\n');
  assert.equal(writeCsv([[' a', 'b ', 'c d']]), '" a","b ",c d\r\n');
  assert.equal(writeCsv([]), '');
  assert.equal(writeCsv({ a: [1] }, { names: ['b'] }), 'b\r\n1\r\n');
});

test('Numbers are written in the shortest form that reads back as the same bits', async () => {
  const a = [0.1, 1 / 3, 1e21, 5e-324, -0, 123456789.125, Number.MAX_VALUE, -1e-7];
  const read = (await columns(writeCsv({ a }))).a;
  assert.deepEqual(read, a);
  assert.equal(writeCsv({ a: [NaN, null, undefined, 1], b: [1, 2, 3, 4] }), 'a,b\r\n,1\r\n,2\r\n,3\r\n1,4\r\n');
});

test('Texts that a spreadsheet would run get an apostrophe, numbers do not', () => {
  const t = ['=1+1', '+1+1', '-1+1', '@SUM(1)', '=HYPERLINK("http://127.0.0.1/","x")', '\t=1', '\r=1', '-5', '+1e3', 'a=1'];
  assert.equal(writeCsv({ '=t': t, n: t.map((_, i) => -i) }), '\'=t,n\r\n\'=1+1,-0\r\n\'+1+1,-1\r\n\'-1+1,-2\r\n\'@SUM(1),-3\r\n'
    + '"\'=HYPERLINK(""http://127.0.0.1/"",""x"")",-4\r\n\'\t=1,-5\r\n"\'\r=1",-6\r\n-5,-7\r\n+1e3,-8\r\na=1,-9\r\n');
});

test('What cannot be written is refused with its place', () => {
  const cases = [
    [() => writeCsv({ a: [{}] }), 'writeCsv has object at row 1, column 1; a cell must be a number, a string or a boolean'],
    [() => writeCsv([[1], [[2]]]), 'writeCsv has array of length 1 at row 2, column 1; a cell must be a number, a string or a boolean'],
    [() => writeCsv({ a: [1], b: [1, 2] }), 'writeCsv: column "b" has 2 values, column "a" has 1'],
    [() => writeCsv([[1], [1, 2]]), 'writeCsv: row 2 has 2 cells; every row must have 1'],
    [() => writeCsv({ a: [1] }, { names: ['a', 'b'] }), 'writeCsv: 2 names are given for 1 columns'],
    [() => writeCsv({ a: [1] }, { delimiter: '-' }), 'writeCsv: delimiter is "-"; it must be one of , ; tab |'],
    [() => writeCsv({ a: 'xyz' }), 'writeCsv: column "a" must be an array, not "xyz"'],
    [() => writeCsv(5), 'writeCsv needs a Table, { name: values }, a list of { name, values }, or rows, not 5'],
  ];
  for (const [call, message] of cases) assert.throws(call, { message });
});
