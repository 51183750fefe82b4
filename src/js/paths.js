// paths.js: coefficients for a whole list of penalties at once · in: X, y, alphas · out: alphas, coefs · next: index.js
import { checkKeys } from './errors.js';
import { engineReady } from './engine.js';
import { readWeights } from './weights.js';
import { ridgePath as solveRidge } from './least-squares.js';
import { toTarget } from './matrix.js';
import { checkNumber, checkOption, checkSwitch } from './options.js';
import { breathe } from './platform.js';
import { readFeatures } from './prepare.js';
import { linearModels } from './choices.js';
import { GRID } from './linear-fit.js';

/** @typedef {import('./options.js').OptionInfo} OptionInfo */
/** @typedef {import('./shapes.js').Matrix<Float64Array>} Matrix */
/** coefs (alphas, features), intercepts (alphas); gaps, iterations: of each alpha.
 * @typedef {{ alphas: Float64Array, coefs: Matrix, intercepts: Float64Array, gaps: Float64Array, iterations: Int32Array, warnings: string[] }} LassoPath */
/** degrees: effective degrees of freedom without the intercept; gcv: generalised cross-validation score.
 * @typedef {{ alphas: Float64Array, coefs: Matrix, intercepts: Float64Array, degrees: Float64Array, gcv: Float64Array }} RidgePath */

const SLICE_MS = 8;
const [, ridge, , elastic] = linearModels;
/** @param {import('./options.js').Entry} model @param {string} name */
const option = (model, name) => /** @type {OptionInfo} */ (model.options.find((info) => info.name === name));
const alphaList = { .../** @type {OptionInfo} */ (option(ridge, 'alphas')), above: false };

/** One column of y, rows of weight 0 left in. @param {unknown} X @param {unknown} y @param {unknown} sampleWeight @param {string} where */
function readData(X, y, sampleWeight, where) {
  const { matrix } = readFeatures(X, null, Float64Array);
  if (matrix.rows === 0) throw new RangeError('X has 0 rows; at least 1 is needed');
  const target = toTarget(y, 'y', matrix.rows);
  if (target.cols !== 1) throw new RangeError(`${where}: y has ${target.cols} columns; a path is of one output`);
  const weight = readWeights(sampleWeight, matrix.rows);
  if (weight?.every((value) => value === 0)) throw new RangeError('sampleWeight is 0 for every row; at least one must count');
  return { ...matrix, y: target.data, weight };
}

/** @param {ReturnType<typeof readData>} data @param {(values: Float64Array, what: string) => number} copy @returns {[number, number, number]} */
const pointers = ({ data, y, weight }, copy) => [copy(data, 'the data set'), copy(y, 'the targets'), weight ? copy(weight, 'the sample weights') : 0];

/**
 * Elastic nets of one output for falling alphas, each from the solution of the one before; in slices, in this thread.
 *
 * @param {unknown} X @param {unknown} y
 * @param {{ l1Ratio?: number, alphas?: number | ArrayLike<number>, epsilon?: number, fitIntercept?: boolean, maxIterations?: number, tolerance?: number,
 *   sampleWeight?: ArrayLike<number> }} [options] alphas: how many, from the least that makes all coefficients 0 down to epsilon times it,
 *   evenly in their logarithm; or a list. maxIterations: sweeps for each alpha
 * @returns {Promise<LassoPath>} alphas from the greatest down
 */
export async function lassoPath(X, y, options = {}) {
  const where = 'lassoPath';
  checkKeys(options, ['l1Ratio', 'alphas', 'epsilon', 'fitIntercept', 'maxIterations', 'tolerance', 'sampleWeight'], where);
  const { l1Ratio = 1, alphas = 100, epsilon, fitIntercept = true, maxIterations, tolerance, sampleWeight } = options;
  const ratio = checkNumber(l1Ratio, option(elastic, 'l1Ratio'), where), intercept = checkSwitch(fitIntercept, `${where}: fitIntercept`);
  const limit = checkNumber(maxIterations, option(elastic, 'maxIterations'), where), gap = checkNumber(tolerance, option(elastic, 'tolerance'), where);
  const least = checkNumber(epsilon, { name: 'epsilon', default: 1e-3, min: 0, max: 1, above: true, below: true }, where);
  const count = typeof alphas === 'number' ? checkNumber(alphas, { name: 'alphas', default: 100, min: 1, max: 1e5, integer: true }, where) : 0;
  const given = count ? [] : /** @type {number[]} */ (checkOption(alphas, alphaList, where));
  if (count && ratio === 0) throw new RangeError(`${where}: with l1Ratio 0 no alpha makes all coefficients 0; give a list of alphas`);
  const data = readData(X, y, sampleWeight, where), { rows, cols } = data;
  const engine = await engineReady('linear'), { exports } = engine;
  const solver = engine.scope((copy) => exports.wf_elastic_new(...pointers(data, copy), rows, cols, ratio, Number(intercept)) >>> 0);
  if (solver === 0) throw engine.outOfMemory('the path');
  try {
    const list = count ? grid(exports.wf_elastic_alpha_max(solver), count, least) : Float64Array.from(given).sort().reverse();
    const path = { alphas: list, coefs: { data: new Float64Array(list.length * cols), rows: list.length, cols }, intercepts: new Float64Array(list.length), gaps: new Float64Array(list.length), iterations: new Int32Array(list.length), warnings: /** @type {string[]} */ ([]) };
    for (let a = 0, start = performance.now(); a < list.length; a++) {
      for (let left = limit; left > 0 && !exports.wf_elastic_run(solver, list[a], gap, Math.min(left, 16)); left -= 16) {
        if (performance.now() - start > SLICE_MS) start = (await breathe(), performance.now());
      }
      record(engine, solver, path, a);
    }
    return path;
  } finally {
    exports.wf_elastic_free(solver);
  }
}

/** @param {number} most @param {number} count @param {number} epsilon */
function grid(most, count, epsilon) {
  const top = most || 1e-15; // of a constant y
  return Float64Array.from({ length: count }, (_, a) => (a === 0 ? top : top * epsilon ** (a / (count - 1))));
}

/** @param {import('./engine.js').Engine} engine @param {number} solver @param {LassoPath} path @param {number} a */
function record(engine, solver, path, a) {
  const { cols, data } = path.coefs;
  engine.scope((copy) => {
    const coef = copy(cols * 8, 'the coefficients'), intercept = copy(8, 'the intercept'), result = copy(40, 'the result');
    engine.exports.wf_elastic_solution(coef, intercept, result, solver);
    data.set(engine.readF64(coef, cols), a * cols);
    [path.intercepts[a]] = engine.readF64(intercept, 1);
    const [, gap, sweeps, converged] = engine.readF64(result, 5);
    path.gaps[a] = gap;
    path.iterations[a] = sweeps;
    if (!converged) path.warnings.push(`alpha ${path.alphas[a]}: not converged after ${sweeps} sweeps`);
  });
}

/**
 * Ridge regressions of one output for all alphas, from one factorisation.
 *
 * @param {unknown} X @param {unknown} y
 * @param {{ alphas?: ArrayLike<number>, fitIntercept?: boolean, sampleWeight?: ArrayLike<number> }} [options] alphas: from 0; 25 from 0.001 to 1000 when not given
 * @returns {Promise<RidgePath>} in the order of alphas
 */
export async function ridgePath(X, y, options = {}) {
  const where = 'ridgePath';
  checkKeys(options, ['alphas', 'fitIntercept', 'sampleWeight'], where);
  const { alphas = GRID, fitIntercept = true, sampleWeight } = options;
  const list = Float64Array.from(/** @type {number[]} */ (checkOption(alphas, alphaList, where))), intercept = checkSwitch(fitIntercept, `${where}: fitIntercept`);
  const data = readData(X, y, sampleWeight, where), { rows, cols } = data;
  const engine = await engineReady('linear');
  const { coefs, ...rest } = engine.scope((copy) => solveRidge(engine, copy, { alphas: list, rows, features: cols, outputs: 1, fitIntercept: intercept }, pointers(data, copy)));
  return { alphas: list, coefs: { data: coefs, rows: list.length, cols }, ...rest };
}
