// linear-use.js: what one can do with a linear model: fit, predict, explain · in: LinearModel · out: predictions, summaries · next: linear-values.js
import { diagnose, interval } from './diagnostics.js';
import { engineNow } from './engine.js';
import { WasmfitError, checkKeys, show } from './errors.js';
import { readLike } from './job.js';
import { GRID, floatsOf } from './linear-fit.js';
import { predictLinear } from './linear-values.js';
import { STATISTICS_FEATURES, yesOrNo } from './logistic-fit.js';
import { toLabels, toTarget } from './matrix.js';
import { accuracy, r2 } from './metrics.js';
import { countRows } from './rows.js';
import { writeModel } from './save.js';
import { chances, decide } from './softmax.js';
import { summarize, summarizeLogistic } from './summary.js';
import { readWeights } from './weights.js';

export { begin, featureNames, jobOf } from './job.js';
export { prepare } from './linear-fit.js';

/** @typedef {import('./least-squares.js').LinearState} LinearState */
/** @typedef {import('./linear-model.js').LinearModel} LinearModel */
/** @typedef {import('./shapes.js').Matrix<Float64Array>} Matrix */

/** How many dependent columns a warning names. */
const NAMED = 8;

/** @param {LinearModel} model @returns {LinearState} of one that is fitted */
const stateOf = (model) => /** @type {LinearState} */ (model._state);

/** @param {LinearState} state */
const featuresOf = ({ coef, intercept }) => coef.length / intercept.length;

/** @param {LinearState} state @returns {Float64Array | Matrix} */
export const coefOf = (state) => (state.intercept.length === 1 ? state.coef.slice() : { data: state.coef.slice(), rows: state.intercept.length, cols: featuresOf(state) });

/** @param {LinearState} state @returns {number | Float64Array} */
export const interceptOf = ({ intercept }) => (intercept.length === 1 ? intercept[0] : intercept.slice());

/** @param {LinearModel} model */
function rankWarning(model) {
  const { facts: { rank, dependent } } = stateOf(model), features = featuresOf(stateOf(model)), { featureNames } = model;
  if (rank === features) return [];
  const names = dependent?.slice(0, NAMED).map((/** @type {number} */ column) => (featureNames ? show(featureNames[column]) : `column ${column + 1}`)).join(', ');
  const which = names ? `${names}${dependent.length > NAMED ? ' and others' : ''} depend on each other or are constant` : 'some depend on others or are constant';
  return [`The ${features} columns have rank ${rank}: ${which}. Of all equally good solutions this is the one of least norm.`];
}

/** @param {LinearModel} model */
function alphaWarning({ options, _state }) {
  const { alpha: wanted, alphas = GRID } = options, list = Array.from(alphas), { alpha } = /** @type {LinearState} */ (_state).facts;
  if (wanted !== 'gcv' || list.length < 2 || (alpha !== Math.min(...list) && alpha !== Math.max(...list))) return [];
  return [`The best alpha is at the end of the list, ${alpha}; a longer one may hold a better.`];
}

/** @param {LinearModel} model @returns {string[]} */
export function warningsOf(model) {
  if (model._name === 'LinearRegression') return rankWarning(model);
  if (model._name === 'Ridge') return alphaWarning(model);
  const { iterations, outcome } = stateOf(model).facts;
  if (outcome === 'separable') return ['The classes, or some rows of them, can be told apart without error, so that there is no finite optimum: the coefficients grow without end and stand where they were stopped. Use a penalty.'];
  if (outcome === 'epochs') return [`Not converged after ${iterations} iterations. Raise maxIterations, raise tolerance, or standardise the features.`];
  return outcome === 'stopped' ? [`Stopped after ${iterations} iterations, before it converged.`] : [];
}

/** X w + b @param {LinearModel} model @param {unknown} X @returns {Matrix} (rows, outputs) */
function values(model, X) {
  const state = stateOf(model), features = featuresOf(state);
  const { data, rows } = readLike(model, X, features, floatsOf(X));
  return { data: predictLinear(state, data, rows, features), rows, cols: state.intercept.length };
}

/** See LinearRegressor. @param {LinearModel} model @param {unknown} X @returns {Float64Array | Matrix} */
export function predictNumbers(model, X) {
  const found = values(model, X);
  return found.cols === 1 ? found.data : found;
}

/** See LinearRegressor. @param {import('./linear-model.js').LinearRegressor} model @param {unknown} X @param {unknown} y */
export function scoreNumbers(model, X, y) {
  const predicted = model.predict(X);
  return r2(toTarget(y, 'y', countRows(predicted)), predicted);
}

/** @param {LinearModel} model @param {unknown} X */
export const predictLabels = (model, X) => decide(values(model, X), stateOf(model).facts.classes);

/** @param {LinearModel} model @param {unknown} X */
export const probabilities = (model, X) => chances(values(model, X), stateOf(model).facts.classes);

/** See LogisticRegression. @param {import('./logistic.js').LogisticRegression} model @param {unknown} X @param {unknown} y */
export function scoreLabels(model, X, y) {
  const predicted = model.predict(X);
  if (Array.isArray(predicted)) {
    toLabels(y, 'y', predicted.length); // so that a fault is named as one of y
    return accuracy(y, predicted);
  }
  const { values: truth } = yesOrNo(y, predicted.rows, 'y');
  if (truth.cols !== predicted.cols) throw new RangeError(`y has ${truth.cols} columns; the model has ${predicted.cols} outputs`);
  return accuracy(truth.data, predicted.data);
}

/** The file of the model. @param {LinearModel} model @returns {Uint8Array<ArrayBuffer>} */
export function save(model) {
  const { coef, intercept, facts, statistics } = stateOf(model), outputs = intercept.length;
  /** @type {Record<string, import('./safetensors.js').Tensor>} */
  const tensors = {
    coef: { dtype: 'F64', shape: [outputs, featuresOf(stateOf(model))], data: coef },
    intercept: { dtype: 'F64', shape: [outputs], data: intercept },
  };
  for (const [name, { shape, data }] of Object.entries(statistics?.tensors ?? {})) tensors[`statistics.${name}`] = { dtype: 'F64', shape, data };
  return writeModel({ class: model._name, options: model.options, ...facts, ...(statistics && { statistics: statistics.facts }), encoder: model._encoder }, tensors);
}

/** Why there may be no statistics. @param {LinearModel} model */
function noStatistics(model) {
  const state = stateOf(model), several = state.intercept.length > 1;
  if (model._name === 'LinearRegression') return several ? 'fit each output in a model of its own' : "fit with statistics: 'always'; 'auto' keeps them up to 256 features and 2 million values of X";
  if (several || !state.facts.classes) return 'statistics are for two classes; fit each pair, or each column, in a model of its own';
  const { statistics } = model.options, wide = featuresOf(state) > STATISTICS_FEATURES;
  if (statistics === 'never' || (statistics === 'auto' && wide)) return `fit with statistics: 'always'; 'auto' keeps them up to ${STATISTICS_FEATURES} features`;
  return 'columns depend on each other, as all the categories of one do, so that the information matrix is singular; leave some out';
}

/** The fit and its statistics. @param {LinearModel} model @param {string} what */
function explained(model, what) {
  const { coef, intercept, statistics, facts } = stateOf(model);
  if (!statistics) throw new WasmfitError(`${model._name}.${what}: the fit kept no statistics`, { code: 'NO_STATISTICS', hint: noStatistics(model) });
  return { names: model.featureNames, coef, intercept, fitIntercept: model.options.fitIntercept, rank: Number(facts.rank), statistics };
}

/** See LinearRegression. @param {LinearModel} model @param {{ confidence?: number, robust?: 'HC0' | 'HC1' | 'HC2' | 'HC3' }} options */
export const summaryOf = (model, options) => summarize(engineNow('LinearRegression.summary', 'linear'), explained(model, 'summary'), options);

/** See LogisticRegression. @param {LinearModel} model @param {{ confidence?: number }} options */
export const summaryOfLogistic = (model, options) => summarizeLogistic(engineNow('LogisticRegression.summary', 'linear'),
  { ...explained(model, 'summary'), penalised: model.options.penalty !== 'none', warnings: warningsOf(model) }, options);

/** See LinearRegression. @param {LinearModel} model @param {unknown} X @param {{ confidence?: number }} options */
export function intervalOf(model, X, options) {
  const fit = explained(model, 'predictInterval'), features = featuresOf(stateOf(model));
  const { data, rows } = readLike(model, X, features, Float64Array);
  return interval(engineNow('LinearRegression.predictInterval', 'linear'), fit, data, predictLinear(stateOf(model), data, rows, features), options);
}

/** See LinearRegression. @param {LinearModel} model @param {unknown} X @param {unknown} y @param {{ sampleWeight?: ArrayLike<number> }} options */
export function diagnosticsOf(model, X, y, options) {
  checkKeys(options, ['sampleWeight'], 'diagnostics');
  const { coef, intercept } = stateOf(model);
  const matrix = readLike(model, X, featuresOf(stateOf(model)), Float64Array);
  if (matrix.rows === 0) throw new RangeError('X has 0 rows; at least 1 is needed');
  const target = toTarget(y, 'y', matrix.rows);
  if (target.cols !== 1 || intercept.length !== 1) throw new RangeError('diagnostics: the model has several outputs; fit each in a model of its own');
  const fit = { names: model.featureNames, coef, intercept, fitIntercept: model.options.fitIntercept };
  return diagnose(engineNow('LinearRegression.diagnostics', 'linear'), fit, matrix, target.data, readWeights(options.sampleWeight, matrix.rows));
}
