// parity.js: how near every technique is to its reference · in: tests/fixtures · out: a table, exit code 1 if one is too far off · next: seen.js
//
// node tests/bench/parity.js, or make parity. Deviation: greatest |ours - theirs| as a share of |theirs|, where a number stands for
// itself ("each"), or of the greatest of its list ("list"); of a reference of 0 it is |ours|.
import { ElasticNet, Lasso, LinearRegression, LogisticRegression, Network, Ridge, datasets, dense, init, lassoPath, minimize } from 'wasmfit';
import { deviation, fixture, rowOf, standardized } from '../js/near.js';
import { networks } from './parity-networks.js';
import { extra, extraOptions, optimizerOf, quadratic, runs, slope, x0 } from '../js/pytorch.js';

await init();
/** @type {{ technique: string, reference: string, figure: string, cases: number, worst: number, limit: number }[]} */
const lines = [];

/** @param {string} technique @param {string} reference @param {string} figure @param {ArrayLike<number>} ours @param {ArrayLike<number>} theirs @param {number} limit @param {boolean} [each] */
function compare(technique, reference, figure, ours, theirs, limit, each = false) {
  const worst = each ? Math.max(...Array.from(theirs, (value, i) => (value === 0 ? Math.abs(ours[i]) : deviation([ours[i]], [value])))) : deviation(ours, theirs);
  const line = lines.find((one) => one.technique === technique && one.reference === reference && one.figure === figure);
  if (line) Object.assign(line, { cases: line.cases + 1, worst: Math.max(line.worst, worst) });
  else lines.push({ technique, reference, figure, cases: 1, worst, limit });
}
const flat = (/** @type {any} */ matrix) => matrix.data ?? matrix;

/** Digits that hold, and so the limit, differ with the problem: what the reviewers of NIST's problems ask for. */
const NIST = { Norris: 12, Pontius: 12, NoInt1: 14, NoInt2: 14, Longley: 12, Wampler1: 9, Wampler2: 12, Wampler3: 9, Wampler4: 8, Wampler5: 6, Filip: 7 };

async function nist() {
  const errors = fixture('strd-errors');
  for (const { name, rows, degree, features, intercept, x, y, certified } of fixture('strd').problems) {
    const X = degree ? Array.from({ length: rows }, (_, r) => Array.from({ length: degree }, (_, k) => x[r] ** (k + 1))) : { data: Float64Array.from(x.flat()), rows, cols: features };
    const model = new LinearRegression({ fitIntercept: Boolean(intercept) });
    await model.fit(X, y);
    const { rows: estimates, r2, residualStandardError } = model.summary();
    const limit = 10 ** -NIST[/** @type {keyof typeof NIST} */ (name)], at = `NIST ${name}`;
    compare('least squares', at, 'coefficients', estimates.map(({ estimate }) => estimate), certified.map(Number), limit, true);
    compare('least squares', at, 'standard errors', estimates.map(({ standardError }) => standardError), errors[name].se, limit, true);
    compare('least squares', at, 'R²', [r2], [errors[name].r2], 1e-9);
    compare('least squares', at, 'residual error', [residualStandardError], [errors[name].residualStandardError], limit);
  }
}

async function linear() {
  const { raw, standardized: standard, scaled } = fixture('linear'), statistics = fixture('summary');
  const { X, y } = await datasets.load('diabetes'), Z = standardized(/** @type {any} */ (X)), S = standardized(/** @type {any} */ (X), Math.sqrt(442));
  const sharp = { tolerance: 1e-14, maxIterations: 1e5 };
  const fit = async (/** @type {any} */ model, /** @type {any} */ data, /** @type {any} */ { coef, intercept, r2 }, /** @type {any} */ more = {}, limit = 1e-10) => {
    const history = await model.fit(data, y, more), technique = model.constructor.name, at = `diabetes, ${data === X ? 'raw' : 'standardised'}${more.sampleWeight ? ', weighted' : ''}`;
    compare(technique, at, 'coefficients', flat(model.coef), coef, limit);
    compare(technique, at, 'intercept', [model.intercept], [intercept], limit);
    if (r2 !== undefined) compare(technique, at, 'R²', [history.r2.at(-1)], [r2], limit);
    return model;
  };
  const weights = { sampleWeight: Array.from(y, (_, row) => 1 + row % 3) };
  for (const [data, reference] of [[X, raw], [Z, standard]]) {
    const model = await fit(new LinearRegression(), data, reference.ols);
    compare('LinearRegression', data === X ? 'diabetes, raw' : 'diabetes, standardised', 'standard errors', model.summary().rows.map((/** @type {any} */ row) => row.standardError), reference.ols.se_intercept_first, 1e-10, true);
    for (const one of reference.ridge) await fit(new Ridge({ alpha: one.alpha }), data, one);
  }
  await fit(new LinearRegression(), Z, standard.weighted.ols, weights);
  await fit(new Ridge({ alpha: 1 }), Z, standard.weighted.ridge_alpha_1, weights);
  for (const one of standard.lasso) await fit(new Lasso({ alpha: one.alpha, ...sharp }), Z, one);
  for (const one of standard.elastic_net) await fit(new ElasticNet({ alpha: one.alpha, l1Ratio: one.l1_ratio, ...sharp }), Z, one);
  const { alphas, coef_rows_per_alpha: rows } = scaled.lasso_path;
  const path = await lassoPath(S, y, { alphas: 20, epsilon: alphas[19] / alphas[0], ...sharp });
  compare('lassoPath', 'diabetes, scaled', 'alphas', path.alphas, alphas, 1e-11, true);
  compare('lassoPath', 'diabetes, scaled', 'coefficients', path.coefs.data, rows.flat(), 1e-9);
  for (const [key, how, options, more] of /** @type {[string, any, any, any][]} */ ([['ols', {}, {}, {}], ...['HC0', 'HC1', 'HC2', 'HC3'].map((robust) => [robust, { robust }, {}, {}]),
    ['weighted', {}, {}, weights], ['weightedHC3', { robust: 'HC3' }, {}, weights], ['noIntercept', {}, { fitIntercept: false }, {}]])) {
    const model = new LinearRegression(options), expected = statistics[key];
    await model.fit(X, y, more);
    const summary = model.summary(how), at = 'statsmodels, diabetes';
    for (const [figure, ours, theirs] of [['standard errors', 'standardError', 'se'], ['t', 't', 't'], ['p', 'p', 'p'], ['intervals', 'lower', 'lower'], ['intervals', 'upper', 'upper']]) {
      compare('summary', at, figure, summary.rows.map((/** @type {any} */ row) => row[ours]), expected[theirs], 1e-8, true);
    }
    compare('summary', at, 'R², F, AIC, BIC', [summary.r2, summary.adjustedR2, Number(summary.f?.value), summary.aic, summary.bic], [expected.r2, expected.adjustedR2, expected.f, expected.aic, expected.bic], 1e-8, true);
  }
}

async function logistic() {
  const reference = fixture('logistic'), { logit } = fixture('summary');
  const iris = await datasets.load('iris'), tumours = await datasets.load('breastCancer');
  const Z = standardized(/** @type {any} */ (tumours.X)), benign = Array.from(tumours.y, (name) => Number(name === 'benign'));
  const rows = Array.from({ length: 100 }, (_, r) => rowOf(iris.X, r + 50)), names = iris.y.slice(50);
  for (const solver of /** @type {const} */ (['lbfgs', 'newton'])) {
    const sharp = { tolerance: 1e-13, maxIterations: 1e4, solver };
    const fit = async (/** @type {any} */ options, /** @type {any} */ X, /** @type {any} */ y, /** @type {any} */ { coef, intercept }, /** @type {string} */ at) => {
      const model = new LogisticRegression({ ...sharp, ...options }), technique = `LogisticRegression, ${options.penalty === 'l1' ? 'L1' : solver}`;
      await model.fit(X, y);
      compare(technique, at, 'coefficients', flat(model.coef), coef.flat(), 1e-7);
      compare(technique, at, 'intercepts', /** @type {any} */ ([model.intercept].flatMap((value) => (typeof value === 'number' ? value : [...value]))), [intercept].flat(), 1e-7);
      return model;
    };
    for (const one of reference.iris.l2) await fit({ C: one.C }, iris.X, iris.y, one, 'iris, three classes, L2');
    for (const one of reference.breast_cancer.l2) await fit({ C: one.C }, Z, benign, one, 'breast cancer, L2');
    if (solver === 'lbfgs') for (const one of reference.breast_cancer.l1) await fit({ C: one.C, penalty: 'l1' }, Z, benign, one, 'breast cancer, L1');
    const model = await fit({ penalty: 'none' }, rows, names, reference.iris_versicolor_virginica_unpenalised, 'iris, two classes, no penalty');
    const summary = model.summary();
    compare(`LogisticRegression, ${solver}`, 'statsmodels, iris', 'standard errors', summary.rows.map((row) => row.standardError), logit.se, 1e-6, true);
    compare(`LogisticRegression, ${solver}`, 'statsmodels, iris', 'z, p', summary.rows.flatMap((row) => [row.z, row.p]), logit.z.flatMap((/** @type {number} */ z, /** @type {number} */ i) => [z, logit.p[i]]), 1e-6, true);
    compare(`LogisticRegression, ${solver}`, 'statsmodels, iris', 'log-likelihood, R²', [summary.logLikelihood, summary.mcFaddenR2], [logit.llf, logit.mcFadden], 1e-9, true);
  }
}

async function optimizers() {
  const { runs, W1, W2, b1, b2, X, y } = fixture('optim');
  const options = { sgd: { name: 'sgd', learningRate: 0.05 }, momentum: { name: 'sgd', learningRate: 0.05, momentum: 0.9 }, adam: { name: 'adam', learningRate: 0.1 } };
  const turned = (/** @type {number[][]} */ W) => W[0].flatMap((_, i) => W.map((row) => row[i]));
  for (const [name, optimizer] of Object.entries(options)) {
    const net = new Network({ inputs: 3, layers: [dense(4, { activation: 'tanh' }), dense(2)], loss: 'crossEntropy', optimizer, batchSize: 8, epochs: 50 });
    net.setWeights([{ data: turned(W1) }, { data: b1 }, { data: turned(W2) }, { data: b2 }]);
    const { loss } = await net.fit(X, y, { shuffle: false });
    const [V1, c1, V2, c2] = runs[name].params_after_step[50];
    compare(`optimizer ${name}, 32 bits`, 'PyTorch, 50 steps', 'loss', loss, runs[name].loss_before_step, 1e-5);
    compare(`optimizer ${name}, 32 bits`, 'PyTorch, 50 steps', 'weights', net.getWeights().flatMap(({ data }) => [...data]), [...turned(V1), ...c1, ...turned(V2), ...c2], 1e-5);
  }
}

async function iterates() {
  const cases = Object.entries(runs).map(([name, run]) => [name, run.x, { optimizer: optimizerOf(run) }]).concat(Object.entries(extra).map(([name, { x }]) => [name, x, extraOptions[name]]));
  for (const [name, expected, options] of cases) {
    const { path } = await minimize(quadratic, x0, { gradient: slope, iterations: 50, tolerance: 0, ...options });
    for (const [t, x] of expected.entries()) compare(`minimize, ${name}`, 'PyTorch, quadratic', 'iterates', rowOf(path, t), x, 1e-12);
  }
}

for (const part of [nist, linear, logistic, optimizers, iterates, () => networks(compare)]) await part();
const table = [['technique', 'reference', 'figure', 'cases', 'deviation', 'allowed', ''], ...lines.map(({ technique, reference, figure, cases, worst, limit }) => [
  technique, reference, figure, String(cases), worst === 0 ? '0' : worst.toExponential(1), limit.toExponential(0), worst <= limit ? '' : 'TOO FAR'])];
const widths = table[0].map((_, c) => Math.max(...table.map((line) => line[c].length)));
for (const line of table) console.log(line.map((cell, c) => (c > 2 && c < 6 ? cell.padStart(widths[c]) : cell.padEnd(widths[c]))).join('  ').trimEnd());
const worse = lines.filter(({ worst, limit }) => !(worst <= limit)).length;
console.log(`\n${lines.length} comparisons, ${worse} beyond what is allowed`);
process.exitCode = worse > 0 ? 1 : 0;
