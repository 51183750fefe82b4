// report.js: results as text for people or JSON for programs · in: a result · out: lines · next: predict.js
import { losses } from '../js/registry.js';
import { printable } from './errors.js';
import { count } from './data.js';

/** loss: mean squared error (of the standardised target where the model standardises) or cross-entropy.
 * @typedef {{ rows: number, loss: number, r2?: number, accuracy?: number }} Part */
/** What train found. train and test are of the last whole epoch, or of the best one where early stopping goes back to it; of a run that came
 * to its end that is the model written.
 * @typedef {{ data: string, rows: number, columns: { numeric: number, categorical: number }, features: number, target: string,
 *   task: import('./data.js').Task, model: string, layers?: number[], options: Record<string, any>, stopped: string, epochs: number, best?: number, seconds: number,
 *   train: Part | null, test: Part | null, alpha?: number, iterations?: number, intercept?: number, coefficients?: Record<string, number>,
 *   classCoefficients?: Record<string, { intercept: number, coefficients: Record<string, number> }>, positive?: string, summary?: object, out: string | null, notes: string[] }} Result */

/** Six digits. @param {number | undefined} value */
export function figure(value) {
  if (value === undefined) return '';
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-4 || size >= 1e9) ? value.toExponential(5) : size < 1 ? value.toFixed(6) : value.toPrecision(6);
}

/** @param {Result} result */
function describe({ model, layers, options, task, alpha }) {
  if (!layers) {
    const { penalty, C, l1Ratio, seed } = options;
    const strength = penalty === undefined ? `${options.alpha === 'gcv' ? 'alpha by cross-validation' : 'alpha'} ${alpha ?? options.alpha}${l1Ratio === undefined ? '' : `, l1-ratio ${l1Ratio}`}`
      : penalty === 'none' ? 'no penalty' : `penalty ${penalty}, C ${C}${penalty === 'elasticnet' ? `, l1-ratio ${l1Ratio}` : ''}`;
    return `${model}, ${model === 'LinearRegression' ? 'ordinary least squares' : strength}, seed ${seed}`;
  }
  const { optimizer, activation, batchSize, seed } = options;
  const { dropout, normalization, schedule, averaging, earlyStopping, pruning } = options;
  const used = [dropout > 0 && `dropout ${dropout}`, normalization !== 'none' && `${normalization} normalization`, schedule && `${schedule.name} schedule`,
    averaging && averaging.name !== 'none' && averaging.name, earlyStopping && 'early stopping', pruning && `pruning ${pruning.sparsity}`].filter(Boolean);
  const hidden = layers.length > 2 ? `, ${activation.name ?? activation}` : task === 'classification' ? ', softmax regression' : '';
  return `${model} ${layers.join('-')}${hidden}, ${optimizer.name}${optimizer.learningRate === undefined ? '' : ` ${optimizer.learningRate}, batch ${batchSize.name ?? batchSize}`}${used.length > 0 ? `, ${used.join(', ')}` : ''}, seed ${seed}`;
}

/** What the loss is called; linear models have none to choose. @param {Record<string, any>} options @param {boolean} regression */
const lossOf = ({ loss }, regression) => losses.find(({ name }) => name === (loss?.name ?? (regression ? 'mse' : 'crossEntropy')))?.label;

/** @param {Result} result @returns {string[]} */
function figures({ train, test, task, options }) {
  if (!train) return [];
  const regression = task === 'regression';
  const line = (/** @type {(string | number)[]} */ ...[name, rows, loss, metric]) =>
    `${String(name).padEnd(6)}${String(rows).padStart(8)}${String(loss).padStart(14)}${String(metric).padStart(12)}`;
  const part = (/** @type {string} */ name, /** @type {Part} */ { rows, loss, r2, accuracy }) => line(name, rows, figure(loss), figure(r2 ?? accuracy));
  return [
    line('', 'rows', 'loss', regression ? 'R²' : 'accuracy'), part('train', train), ...(test ? [part('test', test)] : []),
    `loss: ${lossOf(options, regression)}${regression && options.standardize ? ' of the standardised target' : ''}`,
  ];
}

/** @param {Result} result @returns {string[]} */
function equation({ coefficients, intercept, target, positive, summary, classCoefficients }) {
  if (summary) return String(summary).split('\n');
  if (classCoefficients) {
    const classes = Object.entries(classCoefficients), names = Object.keys(classes[0][1].coefficients);
    const widths = classes.map(([label]) => Math.max(14, label.length + 2));
    const line = (/** @type {string[]} */ cells, /** @type {string} */ name) => cells.map((cell, k) => cell.padStart(widths[k])).join('') + (name && `  ${name}`);
    return [`log-odds of ${target} =`, line(classes.map(([label]) => label), ''), line(classes.map(([, part]) => figure(part.intercept)), ''),
      ...names.map((name) => line(classes.map(([, part]) => figure(part.coefficients[name])), name))];
  }
  if (!coefficients) return [];
  return [positive === undefined ? `${target} =` : `log-odds of ${target} ${positive} =`, `  ${figure(intercept).padStart(14)}`, ...Object.entries(coefficients).map(([name, value]) => `  ${figure(value).padStart(14)}  ${name}`)];
}

/** How a run ended, where it was not by its last epoch. @type {Record<string, string>} */
const ENDS = { stopped: ', interrupted; the model has part of the next one, too', diverged: ', then diverged', earlyStopping: ', stopped early', converged: ', converged' };

/** @param {Result} result @returns {string} */
export function describeResult(result) {
  const { data, rows, columns, features, target, task, stopped, epochs, best = epochs, seconds, layers, iterations, out } = result;
  const kinds = columns.categorical === 0 ? 'of numbers' : `(${columns.numeric} of numbers, ${columns.categorical} of text), ${count(features, 'feature')}`;
  const time = `${seconds.toFixed(2)} s`;
  const lines = [
    `${data}: ${count(rows, 'row')}, ${count(columns.numeric + columns.categorical, 'column')} ${kinds} → ${target} (${task})`,
    describe(result), '', ...figures(result), '', ...equation(result), '',
    layers ? `${count(epochs, 'epoch')} in ${time}${ENDS[stopped] ?? ''}${best < epochs ? `; the model is that of epoch ${best}, its best` : ''}`
      : `fitted in ${time}${iterations === undefined ? '' : `, ${count(iterations, 'iteration')}`}${stopped === 'stopped' ? ', interrupted' : ''}`,
    ...(out === null ? ['no model written'] : out === '-' ? [] : [`wrote ${out}`]),
  ];
  return lines.map(printable).filter((line, i) => line !== '' || lines[i - 1] !== '').join('\n');
}
