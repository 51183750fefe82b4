// files.test.js: real and hostile files get what their list says · in: ../shared/data, where it is there · out: test results · next: split.test.js
import test from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, openAsBlob, readFileSync } from 'node:fs';
import { readCsv, writeCsv } from '../../src/js/csv.js';
import { readIdx } from '../../src/js/idx.js';
import { encode, fitEncoder } from '../../src/js/table.js';

const folder = new URL('../../../shared/data/', import.meta.url);
const skip = existsSync(folder) ? false : 'the folder ../shared/data is absent';
/** @param {string} name */
const path = (name) => new URL(name, folder);

const manifest = skip ? [] : JSON.parse(readFileSync(path('hostile/manifest.json'), 'utf8'));
const hostile = manifest.filter(({ file }) => file.startsWith('csv/'));

test('The list of hostile files names CSV files', { skip }, () => assert.ok(hostile.length > 20));

for (const { file, expect, why, rows, columns, names, missing } of hostile) {
  test(`${file} (${why}) is given the verdict "${expect}"`, { skip }, async () => {
    const bytes = readFileSync(path(`hostile/${file}`));
    if (expect === 'error') {
      await assert.rejects(async () => fitEncoder(await readCsv(bytes)), (error) => error.code === 'BAD_CSV' || /categories, the limit/.test(error.message));
      return;
    }
    const table = await readCsv(bytes);
    assert.deepEqual([table.rows, table.names.length], [rows ?? table.rows, columns ?? table.names.length]);
    if (names !== undefined) assert.deepEqual(table.names, names);
    assert.equal(table.missing.length, missing ?? 0);
    assert.equal(Object.keys(Object.prototype).length, 0);
  });
}

test('Errors in hostile files name the lines', { skip }, async () => {
  await assert.rejects(readCsv(readFileSync(path('hostile/csv/ragged.csv'))), /line 3 .*line 4 /);
  await assert.rejects(readCsv(readFileSync(path('hostile/csv/unterminated_quote.csv'))), /line 2 /);
  await assert.rejects(readCsv(readFileSync(path('hostile/csv/text_in_numbers.csv'))), /line 3: column "a" has "1abc"/);
  const warned = ['one_row', 'missing_values', 'duplicate_names'];
  for (const name of warned) assert.ok((await readCsv(readFileSync(path(`hostile/csv/${name}.csv`)))).warnings.length > 0, name);
});

test('A decimal comma is never read as 1', { skip }, async () => {
  const table = await readCsv(readFileSync(path('hostile/csv/good_semicolon_decimal_comma.csv')));
  assert.deepEqual(table.names.map((name) => table.column(name).values[0]), [1.5, 2.5, 3.5]);
});

test('Formula cells are harmless again when they are written', { skip }, async () => {
  const lines = writeCsv(await readCsv(readFileSync(path('hostile/csv/formula_cells.csv')))).split('\r\n');
  assert.deepEqual(lines.slice(1, 5), ["'=1+1,1", "'+1+1,2", "'-1+1,3", "'@SUM(1),4"]);
  assert.ok(lines.slice(1, -1).every((line) => /^"?'/.test(line)));
});

test('The California houses: 207 empty total_bedrooms, five kinds of ocean_proximity', { skip }, async () => {
  const table = await readCsv(await openAsBlob(path('csv/california_housing_ageron.csv')));
  assert.deepEqual([table.rows, table.names.length, table.missing.length], [20640, 10, 207]);
  assert.deepEqual(table.missing[0], { row: 183, line: 184, column: 'total_bedrooms' });
  const ocean = table.column('ocean_proximity');
  assert.deepEqual(ocean.kind === 'categorical' && ocean.categories, ['<1H OCEAN', 'INLAND', 'ISLAND', 'NEAR BAY', 'NEAR OCEAN']);
  assert.throws(() => encode(fitEncoder(table), table), /X has a missing value at row 183 \(line 184\), column "total_bedrooms"/);
  const whole = table.dropMissing();
  assert.deepEqual([whole.rows, encode(fitEncoder(whole), whole).cols], [20433, 14]);
});

test('Cars, penguins and wines are read as their tables say', { skip }, async () => {
  const mpg = await readCsv(readFileSync(path('csv/mpg.csv')));
  assert.deepEqual([mpg.rows, mpg.missing.length, mpg.column('horsepower').kind, mpg.column('origin').kind], [398, 6, 'numeric', 'categorical']);
  assert.throws(() => fitEncoder(mpg), /column "name" has 305 categories/);
  const penguins = await readCsv(readFileSync(path('csv/penguins.csv')));
  assert.deepEqual([penguins.rows, penguins.dropMissing().rows, penguins.missing.length], [344, 333, 19]);
  const wine = await readCsv(readFileSync(path('csv/winequality_red.csv')));
  assert.deepEqual([wine.rows, wine.names[0], wine.names.at(-1), wine.column('column 1').values[0]], [1599, 'column 1', 'column 12', 7.4]);
});

test('A real file, written and read again, is the same table', { skip }, async () => {
  const table = await readCsv(readFileSync(path('csv/penguins.csv')));
  const again = await readCsv(writeCsv(table));
  assert.deepEqual(again.names.map((name) => again.column(name)), table.names.map((name) => table.column(name)));
});

test('The MNIST digits: 10,000 images of 28 × 28 and their labels', { skip }, async () => {
  const images = await readIdx(readFileSync(path('mnist/t10k-images-idx3-ubyte.gz')));
  const labels = await readIdx(readFileSync(path('mnist/t10k-labels-idx1-ubyte.gz')));
  assert.deepEqual([images.shape, images.data.length, labels.shape], [[10000, 28, 28], 7840000, [10000]]);
  assert.deepEqual([...labels.data.slice(0, 5)], [7, 2, 1, 0, 4]);
});
