// predict.js: the command `wasmfit predict`: a model file and rows become predictions · in: options · out: CSV or JSON · next: main.js
import { Table } from '../js/table.js';
import { writeCsv } from '../js/csv.js';
import { show } from '../js/errors.js';
import { readRows, toNumbers } from './data.js';
import { badData, naming, printable } from './errors.js';
import { checkOutput, nameOf, writeOutput } from './files.js';
import { readModel } from './models.js';
import { figure } from './report.js';

/** @typedef {import('./options.js').PredictOptions} PredictOptions */

/** True values as the model has them: labels of text that a file shows as numbers are texts again. @param {any} model @param {ArrayLike<number | string>} truth @param {string} where */
function comparable(model, truth, where) {
  const kind = model.classes ? typeof model.classes[0] : 'number';
  if (kind === 'string') return Array.from(truth, String);
  if (typeof truth[0] === 'string') throw badData(`${where} holds text such as ${show(truth[0])}; the model predicts numbers`);
  return truth;
}

/** Columns of the output by name. @param {any} model @param {any} X @param {boolean} proba @returns {{ name: string, values: ArrayLike<unknown> }[]} */
function predictions(model, X, proba) {
  const predicted = model.predict(X);
  /** @param {{ data: ArrayLike<number>, rows: number, cols: number }} matrix @param {number} c */
  const column = ({ data, rows, cols }, c) => Float64Array.from({ length: rows }, (_, r) => data[r * cols + c]);
  const columns = 'cols' in predicted ? Array.from({ length: predicted.cols }, (_, c) => ({ name: `prediction ${c + 1}`, values: column(predicted, c) }))
    : [{ name: 'prediction', values: predicted }];
  if (!proba) return columns;
  const matrix = model.predictProba(X);
  return [...columns, ...Array.from({ length: matrix.cols }, (_, c) => ({ name: `P(${model.classes?.[c] ?? c + 1})`, values: column(matrix, c) }))];
}

/** @param {PredictOptions} options @returns {Promise<number>} exit code */
export async function predict(options) {
  const { model: path, data, out, proba, score, json, quiet } = options;
  await checkOutput(out, [path, data, score]);
  const model = await readModel(path);
  if (proba && typeof model.predictProba !== 'function') throw badData(`${nameOf(path)} is a regression; it has no probabilities`, 'leave --proba out');
  const { name, X: rows, truth, notes } = await readRows(data, score, options);
  if (!quiet && !json) for (const note of notes) console.error(printable(`wasmfit: note: ${note}`));
  const X = rows instanceof Table && !model.featureNames ? toNumbers(rows, name) : rows;
  const names = { file: name, target: score === undefined ? undefined : show(score) };
  const columns = await naming(names, () => predictions(model, X, proba));
  const metric = model.classes ? 'accuracy' : 'r2';
  const value = truth === undefined ? undefined : await naming(names, () => model.score(X, comparable(model, truth, show(score))));
  const table = Object.fromEntries(columns.map((column) => [column.name, Array.from(column.values)]));
  const count = columns[0].values.length;
  model.dispose();
  const result = JSON.stringify({ data: name, rows: count, ...(value === undefined ? {} : { [metric]: value }), ...(out === '-' ? { predictions: table } : { out }) });
  if (json && out === '-') console.log(result);
  else {
    await writeOutput(out, writeCsv(columns).replaceAll('\r\n', '\n'));
    const say = out === '-' ? console.error : console.log;
    if (json) say(result);
    else if (value !== undefined) say(`${count} rows, ${metric === 'r2' ? 'R²' : metric} ${figure(value)}`);
  }
  return 0;
}
