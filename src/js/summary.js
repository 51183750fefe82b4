// summary.js: estimates with their errors, tests and intervals, as an object and as a table · in: a fit's statistics · out: Summary · next: diagnostics.js
import { checkKeys } from './errors.js';
import { readConfidence } from './intervals.js';
import { oneOf } from './options.js';

/** @typedef {import('./engine.js').Engine} Engine */
/** @typedef {{ names: string[] | undefined, coef: Float64Array, intercept: Float64Array, fitIntercept: boolean }} Solution */
/** @typedef {NonNullable<import('./least-squares.js').LinearState['statistics']>} Statistics */
/** @typedef {{ name: string, estimate: number, standardError: number, p: number, lower: number, upper: number }} Row */
/** Intercept first. f: null without slopes.
 * @typedef {{ rows: (Row & { t: number })[], r2: number, adjustedR2: number, residualStandardError: number,
 *   f: { value: number, df1: number, df2: number, p: number } | null, aic: number, bic: number, logLikelihood: number,
 *   degreesOfFreedom: number, n: number, robust: string | undefined, confidence: number }} Summary */
/** @typedef {{ rows: (Row & { z: number })[], deviance: number, nullDeviance: number, mcFaddenR2: number, logLikelihood: number, aic: number, bic: number,
 *   degreesOfFreedom: number, n: number, penalised: boolean, confidence: number }} LogisticSummary */

const ROBUST = ['HC0', 'HC1', 'HC2', 'HC3'];

/** Names and values of all parameters, intercept first. @param {Solution} solution */
const parameters = ({ names, coef, intercept, fitIntercept }) => [
  ...(fitIntercept ? [{ name: 'intercept', estimate: intercept[0] }] : []), ...Array.from(coef, (estimate, j) => ({ name: names?.[j] ?? `x${j + 1}`, estimate })),
];

/**
 * @param {Solution} solution @param {(i: number) => number} variance
 * @param {(ratio: number) => number} twoSided p of an estimate that many errors away @param {number} quantile
 */
const tested = (solution, variance, twoSided, quantile) => parameters(solution).map(({ name, estimate }, i) => {
  const standardError = Math.sqrt(variance(i)), ratio = estimate / standardError;
  const p = Number.isNaN(ratio) ? NaN : Math.abs(ratio) === Infinity ? 0 : twoSided(Math.abs(ratio));
  return { name, estimate, standardError, ratio, p, lower: estimate - quantile * standardError, upper: estimate + quantile * standardError };
});

/** σ² = Σ s r² / (n - p) and its degrees of freedom. @param {Statistics['facts']} facts @param {number} used */
export const residualVariance = ({ rows, residualSquare }, used) => (rows > used ? residualSquare / (rows - used) : NaN);

/** Gives a plain object a toString that JSON and Object.keys do not see. @template T @param {T} object @param {() => string} toString @returns {T} */
const printed = (object, toString) => Object.defineProperty(object, 'toString', { value: toString });

/**
 * @param {Engine} engine
 * @param {Solution & { rank: number, statistics: Statistics }} fit
 * @param {unknown} options
 * @returns {Summary}
 */
export function summarize({ exports }, fit, options) {
  checkKeys(options, ['confidence', 'robust'], 'summary');
  const confidence = readConfidence(options.confidence, 'summary');
  const robust = options.robust === undefined ? undefined : oneOf(options.robust, ROBUST, 'summary: robust');
  const { facts, tensors: { covariance, robust: variances, robustF } } = fit.statistics;
  const { rows: n, logWeight, residualSquare, totalSquare } = facts;
  const first = Number(fit.fitIntercept), used = fit.rank + first, df = n - used, P = fit.coef.length + first;
  const sigma2 = residualVariance(facts, used), kind = ROBUST.indexOf(String(robust));
  const variance = (/** @type {number} */ i) => (robust ? (df > 0 ? variances.data[kind * P + i] : NaN) : sigma2 * covariance.data[i * P + i]);
  const rows = tested(fit, variance, (t) => 2 * exports.wf_t_sf(t, df), df > 0 ? exports.wf_t_quantile((1 + confidence) / 2, df) : NaN).map(({ ratio, ...row }) => ({ ...row, t: ratio }));
  const r2 = totalSquare > 0 ? 1 - residualSquare / totalSquare : Number(residualSquare === 0);
  const value = robust ? robustF.data[kind] : Math.max(0, totalSquare - residualSquare) / fit.rank / sigma2;
  const logLikelihood = -n / 2 * (Math.log(2 * Math.PI * residualSquare / n) + 1) + logWeight / 2;
  const summary = {
    rows, r2, adjustedR2: df > 0 ? 1 - (n - first) / df * (1 - r2) : NaN, residualStandardError: Math.sqrt(sigma2),
    f: fit.rank === 0 ? null : { value, df1: fit.rank, df2: df, p: Number.isNaN(value) ? NaN : value === Infinity ? 0 : exports.wf_f_sf(value, fit.rank, df) },
    aic: 2 * used - 2 * logLikelihood, bic: Math.log(n) * used - 2 * logLikelihood, logLikelihood, degreesOfFreedom: df, n, robust, confidence,
  };
  return printed(summary, () => describe(summary));
}

/**
 * @param {Engine} engine
 * @param {Solution & { statistics: Statistics, penalised: boolean, warnings: string[] }} fit
 * @param {unknown} options
 * @returns {LogisticSummary}
 */
export function summarizeLogistic({ exports }, fit, options) {
  checkKeys(options, ['confidence'], 'summary');
  const confidence = readConfidence(options.confidence, 'summary');
  const { facts: { rows: n, logLikelihood, nullLogLikelihood }, tensors: { covariance } } = fit.statistics;
  const P = fit.coef.length + Number(fit.fitIntercept);
  const rows = tested(fit, (i) => covariance.data[i * P + i], (z) => 2 * exports.wf_normal_cdf(-z), exports.wf_normal_quantile((1 + confidence) / 2)).map(({ ratio, ...row }) => ({ ...row, z: ratio }));
  const summary = {
    rows, deviance: -2 * logLikelihood, nullDeviance: -2 * nullLogLikelihood, mcFaddenR2: 1 - logLikelihood / nullLogLikelihood, logLikelihood,
    aic: 2 * P - 2 * logLikelihood, bic: Math.log(n) * P - 2 * logLikelihood, degreesOfFreedom: n - P, n, penalised: fit.penalised, confidence,
  };
  return printed(summary, () => describeLogistic(summary, fit.warnings));
}

/** Six digits. @param {number} value */
function figure(value) {
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-4 || size >= 1e6) ? value.toExponential(4) : size < 1 ? value.toFixed(6) : value.toPrecision(6);
}

/** @param {number} p */
const probability = (p) => (p < 1e-15 ? '<1e-15' : p < 1e-4 ? p.toExponential(1) : p.toFixed(4));

/** Columns, the first to the left, the others to the right. @param {string[][]} lines */
function table(lines) {
  const widths = lines[0].map((_, c) => Math.max(...lines.map((line) => line[c].length)));
  return lines.map((line) => line.map((cell, c) => (c === 0 ? cell.padEnd(widths[c]) : cell.padStart(widths[c]))).join('  ').trimEnd());
}

/** @param {(Row & { t?: number, z?: number })[]} rows @param {number} confidence */
function estimates(rows, confidence) {
  const tail = (1 - confidence) / 2, percent = (/** @type {number} */ share) => `${Number((share * 100).toPrecision(6))} %`;
  const test = rows[0]?.z === undefined ? 't' : 'z';
  return table([['', 'estimate', 'std. error', test, 'p', percent(tail), percent(1 - tail)],
    ...rows.map(({ name, estimate, standardError, t, z, p, lower, upper }) => [name, figure(estimate), figure(standardError), Number(t ?? z).toFixed(3), probability(p), figure(lower), figure(upper)])]);
}

/** @param {Summary} summary */
function describe({ rows, r2, adjustedR2, residualStandardError, f, aic, bic, logLikelihood, degreesOfFreedom, n, robust, confidence }) {
  return [
    ...estimates(rows, confidence), '',
    `${n} rows, ${degreesOfFreedom} degrees of freedom${robust ? `, ${robust} errors` : ''}, residual standard error ${figure(residualStandardError)}`,
    `R² ${figure(r2)}, adjusted ${figure(adjustedR2)}${f ? `; F ${figure(f.value)} on ${f.df1} and ${f.df2}, p ${probability(f.p)}` : ''}`,
    `log-likelihood ${figure(logLikelihood)}, AIC ${figure(aic)}, BIC ${figure(bic)}`,
  ].join('\n');
}

/** @param {LogisticSummary} summary @param {string[]} warnings */
function describeLogistic({ rows, deviance, nullDeviance, mcFaddenR2, logLikelihood, aic, bic, degreesOfFreedom, n, penalised, confidence }, warnings) {
  return [
    ...estimates(rows, confidence), '',
    `${n} rows, ${degreesOfFreedom} degrees of freedom`,
    `deviance ${figure(deviance)}, without features ${figure(nullDeviance)}; McFadden's R² ${figure(mcFaddenR2)}`,
    `log-likelihood ${figure(logLikelihood)}, AIC ${figure(aic)}, BIC ${figure(bic)}`,
    ...(penalised ? ['The estimates are penalised: errors, p and intervals leave its bias out and are no classical ones.'] : []), ...warnings,
  ].join('\n');
}
