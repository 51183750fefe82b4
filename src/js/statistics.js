// statistics.js: what a summary needs, taken at the end of a fit · in: data and solution in the core · out: numbers and tensors · next: summary.js

/** @typedef {import('./least-squares.js').LinearTask} LinearTask */
/** @typedef {NonNullable<import('./least-squares.js').LinearState['statistics']>} Statistics */

/**
 * What each class keeps: facts are finite numbers, tensors have a shape for D features and P parameters, intercept first.
 * LinearRegression: covariance (Xᵀ S X)⁻¹; center: weighted means of the columns (0 without intercept); robust: variances HC0 … HC3;
 * robustF: their Wald F. LogisticRegression: covariance: inverse of the observed information.
 * @type {Record<string, { facts: readonly string[], shapes: (D: number, P: number) => Record<string, number[]> }>}
 */
export const STATISTICS = {
  LinearRegression: {
    facts: ['rows', 'weight', 'logWeight', 'residualSquare', 'totalSquare'],
    shapes: (D, P) => ({ covariance: [P, P], center: [D], robust: [4, P], robustF: [4] }),
  },
  LogisticRegression: { facts: ['rows', 'logLikelihood', 'nullLogLikelihood'], shapes: (_, P) => ({ covariance: [P, P] }) },
};

/** @param {string} name of the class @param {number} D @param {number} P @param {Record<string, number>} facts @param {Record<string, Float64Array>} values @returns {Statistics} */
export function statisticsOf(name, D, P, facts, values) {
  const shapes = STATISTICS[name].shapes(D, P);
  return { facts, tensors: Object.fromEntries(Object.entries(shapes).map(([tensor, shape]) => [tensor, { shape, data: values[tensor] }])) };
}

/**
 * Wald's F of all slopes:   bᵀ V⁻¹ b / D, V their covariance, by Cholesky
 * @param {Float64Array} coef (D)
 * @param {Float64Array} covariance (P,P)
 * @param {number} first 1 with intercept, else 0
 */
function waldF(coef, covariance, first) {
  const D = coef.length, P = D + first;
  const L = new Float64Array(D * D), z = new Float64Array(D);
  let square = 0;
  for (let i = 0; i < D; i++) {
    let rest = coef[i];
    for (let j = 0; j <= i; j++) {
      let sum = covariance[(i + first) * P + j + first];
      for (let k = 0; k < j; k++) sum -= L[i * D + k] * L[j * D + k];
      L[i * D + j] = i === j ? Math.sqrt(sum) : sum / L[j * D + j];
      if (j < i) rest -= L[i * D + j] * z[j];
    }
    z[i] = rest / L[i * D + i];
    square += z[i] * z[i];
  }
  return square / D;
}

/**
 * @param {import('./engine.js').Engine} engine
 * @param {import('./least-squares.js').Copy} copy
 * @param {LinearTask} task
 * @param {import('./least-squares.js').Pointers} data
 * @param {[number, number]} solution pointers to coef and intercept
 * @returns {Statistics}
 */
export function leastSquaresStatistics(engine, copy, { x, weight, rows, features, fitIntercept }, data, solution) {
  const first = Number(fitIntercept), P = features + first, square = P * P;
  const { result, cov } = inference(engine, copy, data, solution, rows, features, first);
  const [n, parameters, residualSquare, totalSquare] = result;
  const total = weight ? weight.reduce((sum, value) => sum + value, 0) : rows;
  const center = new Float64Array(features);
  for (let r = 0; first && r < rows; r++) for (let c = 0; c < features; c++) center[c] += (weight ? weight[r] : 1) * (x[r * features + c] - x[c]);
  const coef = engine.readF64(solution[0], features);
  const matrices = [1, 2, 3, 4].map((kind) => cov.subarray(kind * square, (kind + 1) * square));
  return statisticsOf('LinearRegression', features, P, {
    rows: n, weight: total, logWeight: weight ? weight.reduce((sum, value) => sum + Math.log(value), 0) : 0, residualSquare, totalSquare,
  }, {
    covariance: cov.slice(0, square), center: first ? center.map((sum, c) => x[c] + sum / total) : center,
    robust: Float64Array.from(matrices.flatMap((matrix) => Array.from({ length: P }, (_, i) => matrix[i * P + i]))),
    robustF: Float64Array.from(matrices, (matrix) => (parameters < P ? NaN : waldF(coef, matrix, first))), // dependent slopes have no such test
  });
}

/** The most columns among which dependent ones are looked for: the search takes memory of the square of their number. */
const MOST_COLUMNS = 256;

/**
 * Indices of the columns that depend on others or are constant: those whose variance inflation is not finite. Null: too many to tell.
 * @param {import('./engine.js').Engine} engine @param {import('./least-squares.js').Copy} copy @param {LinearTask} task
 * @param {import('./least-squares.js').Pointers} data @param {[number, number]} solution
 * @returns {number[] | null}
 */
export function dependentColumns(engine, copy, { rows, features, fitIntercept }, data, solution) {
  if (features > MOST_COLUMNS) return null;
  const { vif } = inference(engine, copy, data, solution, rows, features, Number(fitIntercept));
  return [...vif.keys()].filter((column) => !Number.isFinite(vif[column]));
}

/**
 * wf_linear_inference: result: rows, parameters, Σ s r², Σ s (y - ȳ)²; cov (5,P,P); vif (D); leverage and residual (N)
 * @param {import('./engine.js').Engine} engine @param {import('./least-squares.js').Copy} copy
 * @param {import('./least-squares.js').Pointers} data @param {[number, number]} solution @param {number} rows @param {number} features @param {number} first
 */
export function inference(engine, copy, data, solution, rows, features, first) {
  const P = features + first, sizes = [4, 5 * P * P, features, rows, rows];
  const places = sizes.map((size) => copy(size * 8, 'the statistics'));
  const [x, y, weight] = data;
  if (!engine.exports.wf_linear_inference(...places, ...solution, x, y, weight, rows, features, first)) throw engine.outOfMemory('the statistics');
  const [result, cov, vif, leverage, residual] = places.map((place, i) => engine.readF64(place, sizes[i]));
  return { result, cov, vif, leverage, residual };
}
