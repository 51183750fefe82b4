// transformer.js: what StandardScaler and PolynomialFeatures share: fit, names, plain JSON · in: rows, Matrix, numeric Table · out: checked numbers · next: prepare.js
import { WasmfitError, checkKeys, show } from './errors.js';
import { checkFeatures, readFeatures } from './prepare.js';
import { Table, checkEncoder, featureNames } from './table.js';

/** @typedef {import('./shapes.js').Matrix<Float64Array>} Matrix */
/** @typedef {import('./encoder.js').Encoder} Encoder */

/** @param {string} what @param {unknown} [cause] */
const invalid = (what, cause) => new WasmfitError(`fromJSON: ${what}`, { code: 'MODEL_FILE', hint: 'pass what toJSON() gave, or JSON.parse of its text', cause });

/** @param {Encoder} encoder @param {string} advice @returns {Encoder} */
function numericOnly(encoder, advice) {
  const text = encoder.columns.find(({ kind }) => kind !== 'numeric');
  if (text) throw new TypeError(`X: column ${show(text.name)} holds text, which cannot be transformed; ${advice}`);
  return encoder;
}

/** @param {Table} table @returns {Encoder} of its numeric columns, which must be all */
const encoderOf = (table) => numericOnly(/** @type {Encoder} */ ({ columns: table.names.map((name) => ({ name, kind: table.part(name).kind })) }),
  'leave it out with X.without(name); models encode such columns by themselves');

/** What all transformers share. @abstract */
export class Transformer {
  /** @type {{ features: number, encoder: Encoder | null } | null} */ #seen = null;
  /** The options, complete. @type {Readonly<Record<string, any>>} */ options = {};

  /** Class name, also where names are shortened. @protected @returns {string} */
  get _name() {
    throw new Error('abstract');
  }

  /** Whether transform works: after a fit, or from JSON. @returns {boolean} */
  get fitted() {
    return this.#seen !== null;
  }

  /** How many columns the fit had; undefined before. @returns {number | undefined} */
  get nFeaturesIn() {
    return this.#seen?.features;
  }

  /** Names of the columns of a Table that the fit had; else undefined. @returns {string[] | undefined} */
  get featureNames() {
    return this.#seen?.encoder ? featureNames(this.#seen.encoder) : undefined;
  }

  /** @protected @param {string} what @returns {number} columns */
  _fittedFeatures(what) {
    if (!this.#seen) throw new WasmfitError(`${this._name}.${what}: it is not fitted yet`, { code: 'NOT_FITTED', hint: 'call fit(X) or fitTransform(X) first' });
    return this.#seen.features;
  }

  /**
   * Learns from the columns of X, at once: there is no run to wait for. A fit that fails leaves everything as it was.
   * @param {unknown} X (rows, features): array of rows, { data, rows, cols } or Table with numeric columns only
   * @returns {this}
   * @throws {TypeError | RangeError} by row, column, value and rule
   */
  fit(X) {
    const encoder = X instanceof Table ? encoderOf(X) : null;
    const { matrix } = readFeatures(X, encoder, Float64Array);
    if (matrix.rows === 0) throw new RangeError('X has 0 rows; at least 1 is needed');
    this._learn(matrix, encoder ? featureNames(encoder) : undefined);
    this.#seen = { features: matrix.cols, encoder };
    return this;
  }

  /** fit(X), then transform(X). @param {unknown} X @returns {Matrix} */
  fitTransform(X) {
    return this.fit(X).transform(X);
  }

  /** @param {unknown} X (rows, features) as for fit; a Table's columns are found by name @returns {Matrix} @abstract */
  transform(X) {
    throw new Error('abstract');
  }

  /** @protected @param {Matrix} matrix @param {string[]} [names] */
  _learn(matrix, names) {
    throw new Error('abstract');
  }

  /** @protected @param {unknown} X @param {string} what @returns {Matrix} */
  _read(X, what) {
    const features = this._fittedFeatures(what), known = this.#seen?.encoder ?? null;
    if (X instanceof Table && !known) throw new TypeError(`X is a Table; ${this._name} was fitted on plain numbers, so pass rows of ${features} numbers`);
    const { matrix } = readFeatures(X, known, Float64Array);
    if (matrix.rows === 0) return { data: new Float64Array(0), rows: 0, cols: features };
    checkFeatures(matrix.cols, features);
    return matrix;
  }

  /**
   * Names of the columns that transform gives.
   * @param {readonly string[]} [names] of the input's; without: those of the Table, else x0, x1, …
   * @returns {string[]}
   * @throws {WasmfitError} NOT_FITTED
   */
  featureNamesOut(names) {
    const features = this._fittedFeatures('featureNamesOut');
    const given = names ?? this.featureNames ?? Array.from({ length: features }, (_, i) => `x${i}`);
    if (!Array.isArray(given)) throw new TypeError(`featureNamesOut: names must be an array of strings, not ${show(names)}`);
    if (given.length !== features) throw new RangeError(`featureNamesOut: there are ${given.length} names; it needs ${features}, one for each column of X`);
    given.forEach((name, i) => {
      if (typeof name !== 'string') throw new TypeError(`featureNamesOut: name ${i + 1} is ${show(name)}; every name must be a string`);
    });
    return [...given];
  }

  /**
   * Finite numbers in, finite numbers out; what overflows is named.
   * @protected @param {Matrix} matrix @param {string} what @param {string} advice @returns {Matrix}
   */
  _checked(matrix, what, advice) {
    let zero = 0;
    for (let i = 0; i < matrix.data.length; i++) zero += matrix.data[i] * 0;
    if (zero === 0) return matrix;
    const at = matrix.data.findIndex((value) => !Number.isFinite(value)), col = at % matrix.cols;
    throw new RangeError(`${this._name}.${what}: row ${Math.floor(at / matrix.cols) + 1} of X makes ${show(this.featureNamesOut()[col])} (column ${col + 1}) `
      + `${matrix.data[at]}; every result must be finite, so ${advice}`);
  }

  /** @protected @returns {object} */
  _learned() {
    throw new Error('abstract');
  }

  /**
   * Everything as plain JSON, for fromJSON: it transforms to the same bits. JSON.stringify(transformer) calls this.
   * @throws {WasmfitError} NOT_FITTED
   */
  toJSON() {
    const features = this._fittedFeatures('toJSON');
    return { class: this._name, options: { ...this.options }, features, encoder: this.#seen?.encoder ?? null, ...this._learned() };
  }

  /**
   * Reads and checks what toJSON gave.
   * @template {Transformer} T
   * @protected @param {{ new (options: any): T }} Class @param {string} name @param {unknown} json
   * @param {string[]} learned further keys @param {(transformer: T, facts: Record<string, unknown>, features: number) => void} restore
   * @returns {T}
   */
  static _fromJSON(Class, name, json, learned, restore) {
    try {
      checkKeys(json, ['class', 'options', 'features', 'encoder', ...learned], name);
      if (json.class !== name) throw invalid(`the class is ${show(json.class)}; it must be "${name}"`);
      if (!Number.isSafeInteger(json.features) || Number(json.features) < 1) throw invalid(`features is ${show(json.features)}; it must be a whole number from 1`);
      const features = Number(json.features);
      const encoder = json.encoder === null ? null : numericOnly(checkEncoder(json.encoder), 'a transformer never had one');
      if (encoder && encoder.columns.length !== features) throw invalid(`the encoder has ${encoder.columns.length} columns; there are ${features} features`);
      const transformer = new Class(json.options ?? null); // missing ones are no defaults here
      restore(transformer, json, features);
      transformer.#seen = { features, encoder };
      return transformer;
    } catch (cause) {
      if (cause instanceof WasmfitError) throw cause;
      throw invalid(cause instanceof Error ? cause.message : String(cause), cause);
    }
  }
}

/**
 * The list of numbers that JSON must have held.
 * @param {unknown} values @param {number} count @param {string} name @param {boolean} positive @returns {Float64Array}
 * @throws {WasmfitError} MODEL_FILE
 */
export function checkList(values, count, name, positive) {
  const good = Array.isArray(values) && values.length === count && values.every((value) => Number.isFinite(value) && (!positive || value > 0));
  if (!good) throw invalid(`${name} is ${show(values)}; it must be ${count} finite numbers${positive ? ' above 0' : ''}`);
  return Float64Array.from(/** @type {number[]} */ (values));
}
