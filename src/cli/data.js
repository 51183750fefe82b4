// data.js: what a model learns from, whatever file it comes in · in: paths, options · out: X, y, their names and task · next: train.js
import { datasets } from '../js/index.js';
import { Table } from '../js/table.js';
import { readCsv } from '../js/csv.js';
import { readIdx } from '../js/idx.js';
import { nearest, show } from '../js/errors.js';
import { badData, naming, usage } from './errors.js';
import { nameOf, openInput, readAll } from './files.js';

/** @typedef {import('./options.js').Shared} Shared */
/** @typedef {import('./options.js').TrainOptions} TrainOptions */
/** @typedef {'regression' | 'classification'} Task */
/** @typedef {{ data: Float32Array, rows: number, cols: number }} Images */
/** standardize: whether columns are brought to mean 0 and standard deviation 1; test: test rows of their own.
 * @typedef {{ name: string, X: Table | Images, y: ArrayLike<number | string>, target: string, task: Task, rows: number, numeric: number,
 *   categorical: number, standardize: boolean, test?: { X: Images, y: ArrayLike<number> }, notes: string[] }} Data */
/** @typedef {(done: number, total: number | undefined) => void} Reading */

const MAX_CLASSES = 256; // as many as a column may have categories: more are mostly numbers or identifiers
const FEW = 20;
const SHOWN = 5;

/** @param {number} n @param {string} word */
export const count = (n, word) => `${n} ${word}${n === 1 ? '' : 's'}`;

/** @param {readonly string[]} names */
const listed = (names) => names.slice(0, 8).map(show).join(', ') + (names.length > 8 ? ', …' : '');

/** @param {Table} table @param {string} column @param {string} file @param {string} option */
function checkColumn(table, column, file, option) {
  if (table.names.includes(column)) return;
  const guess = nearest(column, table.names);
  throw badData(`${file} has no column ${show(column)} (${option})`, guess === undefined ? `its columns are ${listed(table.names)}` : `did you mean ${show(guess)}?`);
}

/** Names with commas between them, unless the whole text is a name. @param {string[]} texts @param {readonly string[] | null} names */
const namesIn = (texts, names) => texts.flatMap((text) => (names?.includes(text) ? [text] : text.split(',').map((name) => name.trim()).filter(Boolean)));

/**
 * A CSV file without the dropped columns.
 * @param {AsyncIterable<Buffer>} pieces @param {string} file @param {Shared} options @param {Reading} [onProgress]
 */
async function readTable(pieces, file, { drop, categorical, decimal, encoding }, onProgress) {
  const table = await naming({ file }, () => readCsv(pieces, { ...(decimal && { decimal }), ...(encoding && { encoding }), categorical: namesIn(categorical, null), onProgress }));
  const dropped = [...new Set(namesIn(drop, table.names))];
  for (const column of dropped) checkColumn(table, column, file, '--drop');
  const notes = table.warnings.filter((warning) => !/missing value/.test(warning)).map((warning) => `${file}: ${warning}`); // missing ones are refused
  return { table: dropped.length > 0 ? table.without(...dropped) : table, notes };
}

/** @param {Table} table @param {string} file @param {string} target */
function refuseMissing(table, file, target) {
  const gaps = table.missing;
  if (gaps.length === 0) return;
  const first = gaps.slice(0, SHOWN).map(({ row, line, column }) => `row ${row} (line ${line}) ${show(column)}`);
  const columns = [...new Set(gaps.map(({ column }) => column))].filter((column) => column !== target);
  const rows = new Set(gaps.map(({ row }) => row)).size;
  throw badData(`${file} has ${count(gaps.length, 'missing value')} in ${count(rows, 'row')}: ${first.join(', ')}${gaps.length > SHOWN ? ', …' : ''}`,
    `leave ${rows === 1 ? 'the row' : 'these rows'} out with --skip-missing${columns.length > 0 ? `, or a column with --drop ${show(columns[0])}` : ''}, or fill them in`);
}

/** @param {Table} table @param {string} file @param {string[]} notes */
function skipMissing(table, file, notes) {
  const whole = table.dropMissing();
  if (whole.rows === 0) throw badData(`${file} has a missing value in every row`, 'leave out the columns that have them with --drop');
  if (whole.rows < table.rows) notes.push(`${file}: ${count(table.rows - whole.rows, 'row')} with a missing value left out, ${whole.rows} used`);
  return whole;
}

/**
 * Whether a target is numbers or classes.
 * @param {ArrayLike<number | string>} y @param {Task} usual @param {TrainOptions} options @param {string} where file and target in messages
 * @param {string[]} notes
 * @returns {Task}
 */
function taskOf(y, usual, { classify, regress }, where, notes) {
  const distinct = new Set(Array.from(y));
  const text = typeof y[0] === 'string';
  if (text && regress) throw badData(`${where} holds text such as ${show(y[0])}; --regress needs numbers`, 'without --regress its texts are classes');
  const task = classify || text ? 'classification' : regress ? 'regression' : usual;
  if (task === 'classification' && distinct.size > MAX_CLASSES) {
    throw badData(`${where} has ${distinct.size} different ${text ? 'texts' : 'values'}; as classes they may be ${MAX_CLASSES} at most`,
      text ? 'is it an identifier? name another target' : 'learn the numbers with --regress');
  }
  if (task === 'regression' && !regress && distinct.size > 1 && distinct.size <= FEW && [...distinct].every(Number.isInteger)) {
    notes.push(`${where} has ${count(distinct.size, 'different whole number')}, taken as numbers (regression); --classify takes them as classes`);
  }
  return task;
}

/** @param {TrainOptions} options @param {string} dataset @returns {Promise<Data>} */
async function fromDataset(options, dataset) {
  const { X, y, task: usual, featureNames, targetName } = await datasets.load(dataset);
  const columns = featureNames.map((name, c) => ({ name, values: Float64Array.from({ length: X.rows }, (_, r) => X.data[r * X.cols + c]) }));
  /** @type {string[]} */
  const notes = [];
  const task = taskOf(y, usual, options, `${dataset}: the target ${show(targetName)}`, notes);
  return { name: dataset, X: Table.from(columns), y, target: targetName, task, rows: X.rows, numeric: X.cols, categorical: 0, standardize: true, notes };
}

/** Images as rows of pixels: bytes divided by 255, other numbers as they are. @param {AsyncIterable<Buffer>} pieces @param {string} file @returns {Promise<Images>} */
async function readImages(pieces, file) {
  const { shape, data } = await naming({ file }, async () => readIdx(await readAll(pieces)));
  const pixels = new Float32Array(data);
  if (data instanceof Uint8Array) for (let i = 0; i < pixels.length; i++) pixels[i] = data[i] / 255;
  return { data: pixels, rows: shape[0], cols: shape.slice(1).reduce((product, size) => product * size, 1) };
}

/** @param {string} path @param {number} rows how many there must be @returns {Promise<ArrayLike<number>>} */
async function readLabels(path, rows) {
  const file = nameOf(path);
  const { kind, pieces } = await openInput(path);
  if (kind !== 'idx') throw badData(`${file} is no IDX file; the labels of IDX images are one`);
  const { shape, data } = await naming({ file }, async () => readIdx(await readAll(pieces)));
  if (shape.length !== 1 || shape[0] !== rows) throw badData(`${file} has the shape ${shape.join(' × ')}; it must hold one label for each of the ${rows} images`);
  return data;
}

/** @param {AsyncIterable<Buffer>} pieces @param {string} file @param {TrainOptions} options @returns {Promise<Data>} */
async function fromImages(pieces, file, options) {
  const { labels, testImages, testLabels, given } = options;
  const refused = ['target', 'drop', 'categorical', 'decimal', 'encoding', 'skip-missing'].find((name) => given.has(name));
  if (refused) throw usage(`--${refused} has no meaning for an IDX file such as ${file}`, 'its labels come from --labels FILE');
  if (labels === undefined) throw usage(`${file} is an IDX file of images; its labels are missing`, 'name their file with --labels FILE');
  const X = await readImages(pieces, file);
  const y = await readLabels(labels, X.rows);
  /** @type {Data['test']} */
  let test;
  if (testImages !== undefined && testLabels !== undefined) {
    const opened = await openInput(testImages);
    if (opened.kind !== 'idx') throw badData(`${nameOf(testImages)} is no IDX file`);
    const images = await readImages(opened.pieces, nameOf(testImages));
    if (images.cols !== X.cols) throw badData(`${nameOf(testImages)} has images of ${images.cols} pixels, ${file} of ${X.cols}; they must be equal`);
    test = { X: images, y: await readLabels(testLabels, images.rows) };
  }
  /** @type {string[]} */
  const notes = [];
  const task = taskOf(y, y instanceof Float32Array || y instanceof Float64Array ? 'regression' : 'classification', options, nameOf(labels), notes);
  return { name: file, X, y, target: 'label', task, rows: X.rows, numeric: X.cols, categorical: 0, standardize: false, test, notes };
}

/** @param {TrainOptions} options @param {Reading} onProgress @returns {Promise<Data>} */
export async function readTraining(options, onProgress) {
  const { data: path = '', dataset, target, skipMissing: skip, given } = options;
  if (dataset !== undefined) return fromDataset(options, dataset);
  const file = nameOf(path);
  const { kind, pieces, size } = await openInput(path);
  if (kind === 'idx') return fromImages(pieces, file, options);
  const foreign = ['labels', 'test-images'].find((name) => given.has(name));
  if (foreign) throw usage(`--${foreign} belongs to IDX images; ${file} is a CSV file`, 'name its target with --target COLUMN');
  const { table: read, notes } = await readTable(pieces, file, options, (done) => onProgress(done, size));
  if (target === undefined) throw usage('--target COLUMN is missing: what is to be learned', `the columns of ${file} are ${listed(read.names)}`);
  checkColumn(read, target, file, '--target');
  if (read.names.length < 2) throw badData(`${file} has no other column than the target ${show(target)}`, 'a model needs at least one column to learn from');
  const table = skip ? skipMissing(read, file, notes) : read;
  refuseMissing(table, file, target);
  const X = table.without(target);
  const y = table.column(target).values;
  const task = taskOf(y, 'regression', options, `${file}: the target ${show(target)}`, notes);
  const numeric = X.names.filter((name) => X.column(name).kind === 'numeric').length;
  return { name: file, X, y, target, task, rows: X.rows, numeric, categorical: X.names.length - numeric, standardize: true, notes };
}

/**
 * Rows to predict, and what they are scored against.
 * @param {string} path @param {string | undefined} score a column, or the file of the labels of images
 * @param {Shared} options
 * @returns {Promise<{ name: string, X: Table | Images, truth?: ArrayLike<number | string>, notes: string[] }>}
 */
export async function readRows(path, score, options) {
  const name = nameOf(path);
  const { kind, pieces } = await openInput(path);
  if (kind === 'idx') {
    const X = await readImages(pieces, name);
    return { name, X, truth: score === undefined ? undefined : await readLabels(score, X.rows), notes: [] };
  }
  const { table, notes: all } = await readTable(pieces, name, options);
  const notes = all.filter((note) => !/only one row/.test(note)); // too few to learn from, but not to predict
  if (score === undefined) return { name, X: table, notes };
  checkColumn(table, score, name, '--score');
  refuseMissing(table.select([score]), name, score);
  return { name, X: table.without(score), truth: table.column(score).values, notes };
}

/**
 * A table as plain numbers, for a model that was not fitted on a table and so knows no names.
 * @param {Table} table @param {string} file
 */
export function toNumbers(table, file) {
  const columns = table.names.map((name) => table.column(name));
  const text = columns.find(({ kind }) => kind !== 'numeric');
  if (text) throw badData(`${file}: column ${show(text.name)} holds text; the model was trained on plain numbers`, `leave it out with --drop ${show(text.name)}`);
  refuseMissing(table, file, '');
  const data = new Float64Array(table.rows * columns.length);
  columns.forEach(({ values }, c) => values.forEach((value, r) => { data[r * columns.length + c] = Number(value); }));
  return { data, rows: table.rows, cols: columns.length };
}
