// linear-fit.js: from X and y to the task of a linear model: rows, weights, validation, solver · in: arguments of fit · out: tasks · next: logistic-fit.js
import { beginHolding } from './descent.js';
import { checkKeys } from './errors.js';
import { another } from './job.js';
import { toTarget } from './matrix.js';
import { checkSwitch } from './options.js';
import { STATISTICS_FEATURES, logisticSolver, logisticTruth } from './logistic-fit.js';
import { canStratify, checkFeatures, readFeatures, splitValidation } from './prepare.js';
import { takeRows } from './rows.js';
import { countedRows, readWeights } from './weights.js';

/** @typedef {import('./least-squares.js').LinearState} LinearState */
/** @typedef {import('./least-squares.js').LinearTask} LinearTask */
/** @typedef {import('./linear-model.js').LinearModel} LinearModel */
/** @typedef {import('./encoder.js').Encoder} Encoder */
/** @typedef {import('./labels.js').Label} Label */
/** What is to be predicted: numbers (rows, cols), or of a classifier indices of classes.
 * @typedef {{ values: { data: Float64Array | Int32Array, rows: number, cols: number }, classes: Label[] | null, outputs: number }} Truth */
/** rows: that train, null: all; count, weight: of those; features: of X.
 * @typedef {{ truth: Truth, rows: Int32Array | null, count: number, weight: Float64Array | null, features: number }} Data */
/** @typedef {{ solver: LinearTask['solver'], weight?: Float64Array | null, statistics?: boolean, [option: string]: any }} Solver */

/** Up to so many values of X statistics are kept, unless told otherwise. */
const STATISTICS_VALUES = 2e6;

/** Bytes of X up to which a fit in this thread keeps it in the core and nowhere else. */
const HELD_BYTES = 2 ** 28;

/** 25 from 1e-3 to 1e3, evenly in their logarithm; spelt out, as powers differ in the last bit from one engine to another. */
export const GRID = Array.from({ length: 25 }, (_, i) => Number(`${['1', '1.7782794100389228', '3.1622776601683795', '5.623413251903491'][i % 4]}e${(i >> 2) - 3}`));

/** Names of the facts that a fit of each class finds, and a file holds. @type {Record<string, readonly string[]>} */
export const FACTS = {
  LinearRegression: ['rank', 'dependent'], Ridge: ['alpha'], Lasso: ['iterations', 'outcome'], ElasticNet: ['iterations', 'outcome'],
  LogisticRegression: ['iterations', 'outcome', 'classes'],
};

/** @param {any} options @returns {Solver} */
const elastic = ({ alpha, l1Ratio = 1, maxIterations, tolerance }) => ({ solver: 'elastic', alpha, ratio: l1Ratio, maxIterations, tolerance });

/** Which solver, with which numbers, by class. @type {Record<string, (options: any, data: Data) => Solver>} */
const SOLVERS = {
  LinearRegression: ({ statistics }, { truth, count, features }) => ({
    solver: 'leastSquares',
    statistics: truth.outputs === 1 && (statistics === 'auto' ? features <= STATISTICS_FEATURES && count * features <= STATISTICS_VALUES : statistics === 'always'),
  }),
  Ridge: ({ alpha, alphas = GRID }) => ({ solver: 'ridge', alphas: alpha === 'gcv' ? Float64Array.from(alphas) : Float64Array.of(Number(alpha)) }),
  Lasso: elastic,
  ElasticNet: elastic,
  LogisticRegression: logisticSolver,
};

/** The columns of a history, and their places in a report. @param {string} metric @param {boolean} validated @returns {[string, number][]} */
const columnsOf = (metric, validated) => [['epoch', 0], ['loss', 1], [metric, 2],
  .../** @type {[string, number][]} */ (validated ? [['valLoss', 3], [metric === 'r2' ? 'valR2' : 'valAccuracy', 4]] : []), ['rowsSeen', 6]];

/** Floats as they are: what a caller has in f32 is widened in the core. @param {unknown} X @returns {import('./shapes.js').FloatsConstructor<any>} */
export const floatsOf = (X) => (Object(X).data instanceof Float32Array ? Float32Array : Float64Array);

/** y as numbers or indices. @param {LinearModel} model @param {unknown} y @param {number} rows @param {string} name @param {Label[] | null} classes known already @returns {Truth} */
function truthOf(model, y, rows, name, classes) {
  if (model._name === 'LogisticRegression') return logisticTruth(y, rows, name, classes);
  const values = toTarget(y, name, rows);
  return { values, classes: null, outputs: values.cols };
}

/**
 * @param {LinearModel} model @param {unknown} X @param {unknown} y @param {import('./estimator.js').FitOptions} options
 * @returns {any} of a Job what is the model's
 */
export function prepare(model, X, y, { validation, sampleWeight, stratify }) {
  const { _name: name, options } = model;
  const { matrix, encoder } = readFeatures(X, null, floatsOf(X));
  const { rows, cols: features } = matrix;
  const truth = truthOf(model, y, rows, 'y', null);
  const weights = readWeights(sampleWeight, rows);
  if (stratify !== undefined) checkSwitch(stratify, `${name}.fit: stratify`);
  const splits = validation === undefined || Object(validation) === validation ? undefined : split(truth, /** @type {number} */ (validation), options.seed, stratify);
  const used = countedRows(splits?.train ?? null, weights);
  const weight = weights && used ? takeRows(weights, used) : weights;
  const solver = SOLVERS[name](options, { truth, rows: used, count: used ? used.length : rows, weight, features });
  const train = used ? takeRows(matrix, used) : matrix;
  const held = splits ? { X: takeRows(matrix, splits.validation), values: takeRows(truth.values, splits.validation) }
    : validation === undefined ? null : readValidation(model, validation, encoder, features, truth);
  const task = /** @type {LinearTask} */ ({
    kind: 'linear', weight, ...solver, x: train.data, y: used ? takeRows(truth.values, used).data : truth.values.data, rows: train.rows, features,
    outputs: truth.outputs, fitIntercept: options.fitIntercept, validation: held && { x: held.X.data, y: held.values.data, rows: held.X.rows },
  });
  const complete = (/** @type {LinearState} */ state) => ({ ...state, facts: { ...state.facts, ...(FACTS[name].includes('classes') && { classes: truth.classes }) } });
  const plain = !held && !weight && (solver.solver === 'logistic' || (solver.solver === 'leastSquares' && !solver.statistics));
  return {
    task, splits, begin: plain && train.data.byteLength <= HELD_BYTES ? beginHolding : undefined, columns: columnsOf(solver.solver === 'logistic' ? 'accuracy' : 'r2', held !== null),
    finish: (/** @type {LinearState} */ state) => { if (state.facts.iterations !== 0) model._restore(complete(state), encoder); },
    copy(/** @type {LinearState} */ state) {
      const copy = another(model);
      copy._restore(complete(state), encoder);
      return copy;
    },
  };
}

/** @param {Truth} truth @param {number} fraction @param {number} seed @param {boolean | undefined} stratify */
function split({ values, classes }, fraction, seed, stratify) {
  const labels = /** @type {Int32Array} */ (values.data);
  const strata = classes && stratify !== false && (stratify || canStratify(labels, classes.length, fraction));
  return splitValidation(values.rows, fraction, seed, strata ? labels : null);
}

/** @param {LinearModel} model @param {unknown} validation @param {Encoder | null} encoder @param {number} features @param {Truth} truth */
function readValidation(model, validation, encoder, features, truth) {
  checkKeys(validation, ['X', 'y'], 'fit: validation');
  const X = readFeatures(validation.X, encoder, floatsOf(validation.X), 'validation.X').matrix;
  if (X.rows === 0) throw new RangeError('validation.X has 0 rows; at least 1 is needed');
  checkFeatures(X.cols, features, 'validation.X');
  const { values } = truthOf(model, validation.y, X.rows, 'validation.y', truth.classes);
  if (values.cols !== truth.values.cols) throw new RangeError(`validation.y has ${values.cols} columns, y has ${truth.values.cols}; they must be equal`);
  return { X, values };
}
