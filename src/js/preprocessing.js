// preprocessing.js: the entry wasmfit/preprocessing: named columns, splits; columns standardised or multiplied · in: rows, Matrix, Table · out: the same, plain JSON
// next: transformer.js
import { checkKeys, show } from './errors.js';
import { allocate } from './matrix.js';
import { checkNumber, checkSwitch, freeze } from './options.js';
import { fitScaler } from './prepare.js';
import { Transformer, checkList } from './transformer.js';

export { trainTestSplit } from './split.js';
export { Table } from './table.js';

/** @typedef {import('./shapes.js').Matrix<Float64Array>} Matrix */
/** @typedef {import('./prepare.js').Scaler} Scaler */
/** Output k is column[k] · output parent[k], column[k] alone where parent[k] is -1, and 1 where column[k] is -1.
 * @typedef {{ parent: number[], column: number[] }} Products */

const DEGREE = { name: 'degree', default: 2, min: 1, max: 100, integer: true, doc: 'most factors of a product' };
/** Xᵀ X of so many is 800 MB. */
const MAX_FEATURES = 10_000;

/**
 * Every column to mean 0 and standard deviation 1:   z = (x - mean) / scale
 * mean and scale (of all rows, divided by n) as the fit saw them; a constant column has scale 1. Means are taken about the first
 * value, so that a large offset costs no digits.
 */
export class StandardScaler extends Transformer {
  /** @type {Readonly<{ withMean: boolean, withStd: boolean }>} */ options;
  /** @type {Scaler | null} */ #scaler = null;

  /** @param {{ withMean?: boolean, withStd?: boolean }} [options] withMean: whether the mean is taken off; withStd: whether it is divided by the deviation */
  constructor(options = {}) {
    super();
    checkKeys(options, ['withMean', 'withStd'], 'StandardScaler');
    const { withMean = true, withStd = true } = options;
    this.options = freeze({ withMean: checkSwitch(withMean, 'StandardScaler: withMean'), withStd: checkSwitch(withStd, 'StandardScaler: withStd') });
  }

  get _name() {
    return 'StandardScaler';
  }

  /** (features), 0 where it is not taken off; a copy; undefined before a fit. @returns {Float64Array | undefined} */
  get mean() {
    return this.#scaler?.mean.slice();
  }

  /** (features), 1 where nothing is divided; a copy; undefined before a fit. @returns {Float64Array | undefined} */
  get scale() {
    return this.#scaler?.scale.slice();
  }

  /** @param {Matrix} matrix @param {string[]} [names] */
  _learn(matrix, names) {
    const { mean, scale } = fitScaler(matrix, null);
    const bad = mean.findIndex((value, c) => !Number.isFinite(value) || !Number.isFinite(scale[c]));
    if (bad >= 0) {
      throw new RangeError(`X: the standard deviation of column ${bad + 1}${names ? ` (${show(names[bad])})` : ''} is beyond the range of doubles; divide the column by a constant first`);
    }
    this.#scaler = { mean: this.options.withMean ? mean : mean.fill(0), scale: this.options.withStd ? scale : scale.fill(1) };
  }

  /** @param {unknown} X @param {string} what @param {(value: number, mean: number, scale: number) => number} change */
  #change(X, what, change) {
    const { data, rows, cols } = this._read(X, what);
    const { mean, scale } = /** @type {Scaler} */ (this.#scaler);
    const changed = allocate(Float64Array, rows, cols, `StandardScaler.${what}: the result`);
    for (let i = 0; i < changed.length; i += cols) {
      for (let c = 0; c < cols; c++) changed[i + c] = change(data[i + c], mean[c], scale[c]);
    }
    return this._checked({ data: changed, rows, cols }, what, 'this row is too far from those that were fitted');
  }

  /**
   * z = (x - mean) / scale
   * @param {unknown} X (rows, features) as for fit; a Table's columns are found by name
   * @returns {Matrix} (rows, features), never the caller's own array
   * @throws {WasmfitError} NOT_FITTED
   */
  transform(X) {
    return this.#change(X, 'transform', (value, mean, scale) => (value - mean) / scale);
  }

  /**
   * x = mean + scale z
   * @param {unknown} Z (rows, features)
   * @returns {Matrix} (rows, features)
   * @throws {WasmfitError} NOT_FITTED
   */
  inverseTransform(Z) {
    return this.#change(Z, 'inverseTransform', (value, mean, scale) => mean + scale * value);
  }

  _learned() {
    const { mean, scale } = /** @type {Scaler} */ (this.#scaler);
    return { mean: [...mean], scale: [...scale] };
  }

  /**
   * The scaler that toJSON described.
   * @param {unknown} json parsed
   * @returns {StandardScaler}
   * @throws {WasmfitError} MODEL_FILE
   */
  static fromJSON(json) {
    return Transformer._fromJSON(StandardScaler, 'StandardScaler', json, ['mean', 'scale'], (scaler, facts, features) => {
      scaler.#scaler = { mean: checkList(facts.mean, features, 'mean', false), scale: checkList(facts.scale, features, 'scale', true) };
    });
  }
}

/** @typedef {{ degree: number, interactionOnly: boolean, includeBias: boolean }} PolynomialOptions */

/** @param {number} features @param {PolynomialOptions} options */
function countProducts(features, { degree, interactionOnly, includeBias }) {
  let count = includeBias ? 1 : 0;
  for (let k = 1, products = 1; k <= degree && count <= 1e15; k++) {
    products *= (interactionOnly ? features - k + 1 : features + k - 1) / k; // k out of features, without or with repetition
    count += Math.round(products);
    if (products < 1) break;
  }
  return count;
}

/**
 * Every product of degree k is one of degree k - 1 times a column that does not come before its last: so each is there once, in the order
 * of its columns, for one multiplication.
 * @param {number} features @param {PolynomialOptions} options @returns {Products}
 */
function listProducts(features, options) {
  const { degree, interactionOnly, includeBias } = options;
  const count = countProducts(features, options);
  if (count > MAX_FEATURES) {
    throw new RangeError(`PolynomialFeatures: ${features} columns have ${count} products up to degree ${degree}, the limit is ${MAX_FEATURES}: XᵀX of so many takes `
      + `${MAX_FEATURES ** 2 * 8 / 1e6} MB; choose a lower degree, interactionOnly or fewer columns`);
  }
  /** @type {Products} */
  const products = { parent: includeBias ? [-1] : [], column: includeBias ? [-1] : [] };
  const { parent, column } = products;
  let first = column.length;
  for (let c = 0; c < features; c++) {
    parent.push(-1);
    column.push(c);
  }
  for (let k = 2; k <= degree; k++) {
    const end = column.length;
    for (let p = first; p < end; p++) {
      for (let c = column[p] + (interactionOnly ? 1 : 0); c < features; c++) {
        parent.push(p);
        column.push(c);
      }
    }
    first = end;
  }
  return products;
}

/**
 * All products of up to `degree` columns:   1, a, b, a², a b, b² for two columns and degree 2
 * in scikit-learn's order: by degree, then by column. interactionOnly leaves out powers (a²), includeBias: false the 1, which a model with
 * an intercept does not need. A fit only counts the columns. At most 10,000 products: a linear model of more needs gigabytes.
 */
export class PolynomialFeatures extends Transformer {
  /** @type {Readonly<PolynomialOptions>} */ options;
  /** @type {Products | null} */ #products = null;

  /** @param {Partial<PolynomialOptions>} [options] */
  constructor(options = {}) {
    super();
    checkKeys(options, ['degree', 'interactionOnly', 'includeBias'], 'PolynomialFeatures');
    const { degree, interactionOnly = false, includeBias = true } = options;
    this.options = freeze({
      degree: checkNumber(degree, DEGREE, 'PolynomialFeatures'), interactionOnly: checkSwitch(interactionOnly, 'PolynomialFeatures: interactionOnly'),
      includeBias: checkSwitch(includeBias, 'PolynomialFeatures: includeBias'),
    });
  }

  get _name() {
    return 'PolynomialFeatures';
  }

  /** How many columns transform gives; undefined before a fit. @returns {number | undefined} */
  get nOutputFeatures() {
    return this.#products?.column.length;
  }

  /** (nOutputFeatures, nFeaturesIn): the power of every column in every product; undefined before a fit. @returns {Matrix | undefined} */
  get powers() {
    if (!this.#products) return undefined;
    const { parent, column } = this.#products, cols = /** @type {number} */ (this.nFeaturesIn);
    const data = new Float64Array(column.length * cols);
    for (let k = 0; k < column.length; k++) {
      if (parent[k] >= 0) data.copyWithin(k * cols, parent[k] * cols, (parent[k] + 1) * cols);
      if (column[k] >= 0) data[k * cols + column[k]]++;
    }
    return { data, rows: column.length, cols };
  }

  /** @param {Matrix} matrix */
  _learn({ cols }) {
    this.#products = listProducts(cols, this.options);
  }

  /**
   * @param {unknown} X (rows, features) as for fit; a Table's columns are found by name
   * @returns {Matrix} (rows, nOutputFeatures)
   * @throws {RangeError} a product beyond the range of doubles, by row and name
   * @throws {WasmfitError} NOT_FITTED
   */
  transform(X) {
    const { data, rows, cols } = this._read(X, 'transform');
    const { parent, column } = /** @type {Products} */ (this.#products), width = column.length;
    const products = allocate(Float64Array, rows, width, 'PolynomialFeatures.transform: the result');
    for (let r = 0; r < rows; r++) {
      const from = r * cols, to = r * width;
      for (let k = 0; k < width; k++) {
        const value = column[k] < 0 ? 1 : data[from + column[k]];
        products[to + k] = parent[k] < 0 ? value : products[to + parent[k]] * value;
      }
    }
    return this._checked({ data: products, rows, cols: width }, 'transform', 'standardise the columns first (StandardScaler)');
  }

  /**
   * Names of the products as scikit-learn writes them: '1', 'x0', 'x0^2', 'x0 x1'.
   * @param {readonly string[]} [names] of the columns of X; without: those of the Table, else x0, x1, …
   * @returns {string[]}
   * @throws {WasmfitError} NOT_FITTED
   */
  featureNamesOut(names) {
    const given = super.featureNamesOut(names), { parent, column } = /** @type {Products} */ (this.#products);
    return column.map((last, k) => {
      /** @type {Map<number, number>} */
      const powers = new Map();
      for (let at = k; at >= 0 && last >= 0; at = parent[at]) powers.set(column[at], (powers.get(column[at]) ?? 0) + 1);
      const factors = [...powers].reverse().map(([c, power]) => (power === 1 ? given[c] : `${given[c]}^${power}`));
      return factors.join(' ') || '1';
    });
  }

  _learned() {
    return {};
  }

  /**
   * The transformer that toJSON described.
   * @param {unknown} json parsed
   * @returns {PolynomialFeatures}
   * @throws {WasmfitError} MODEL_FILE
   */
  static fromJSON(json) {
    return Transformer._fromJSON(PolynomialFeatures, 'PolynomialFeatures', json, [], (polynomial, _, features) => {
      polynomial.#products = listProducts(features, polynomial.options);
    });
  }
}
