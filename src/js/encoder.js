// encoder.js: what a model remembers of a table's columns · in: Table · out: plain JSON, Matrix · next: matrix.js
import { WasmfitError, checkKeys, nearest, show } from './errors.js';

/** @typedef {import('./table.js').Table} Table */
/** @typedef {import('./shapes.js').Floats} Floats */
/** @typedef {{ name: string, kind: 'numeric' } | { name: string, kind: 'categorical', categories: string[] }} EncodedColumn */
/** @typedef {{ columns: EncodedColumn[] }} Encoder plain JSON; categories are sorted by code unit */
/**
 * @template {Floats} D
 * @typedef {import('./shapes.js').Matrix<D>} Matrix
 */
/**
 * @template {Floats} D
 * @typedef {import('./shapes.js').FloatsConstructor<D>} FloatsConstructor
 */

/** The most categories a column may have: each becomes a feature of its own, and more are nearly always identifiers. */
export const MAX_CATEGORIES = 256;
const MAX_COLUMNS = 65536;

/**
 * Names, kinds and categories of all columns: how this table and every later one become features.
 *
 * @param {Table} table
 * @param {string} [name] the argument's name in messages
 * @returns {Encoder}
 * @throws {RangeError} no columns, a column without values, or one with more than MAX_CATEGORIES categories
 */
export function fitEncoder(table, name = 'X') {
  if (table.names.length === 0) throw new RangeError(`${name} has ${table.rows} rows of 0 columns; at least one column is needed`);
  return { columns: table.names.map((column) => {
    const part = table.part(column);
    if (part.kind === 'numeric') return { name: column, kind: 'numeric' };
    const { length } = part.categories;
    if (length === 0) throw new RangeError(`${name}: column ${show(column)} has no values; leave it out`);
    if (length > MAX_CATEGORIES) {
      throw new RangeError(`${name}: column ${show(column)} has ${length} categories, the limit is ${MAX_CATEGORIES}: each would become a feature of its own, `
        + 'and so many are mostly an identifier; leave the column out');
    }
    return { name: column, kind: 'categorical', categories: [...part.categories] };
  }) };
}

/**
 * The names of the encoded features in their order: 'age', and 'sex=f', 'sex=m' for the categories of a column.
 * @param {Encoder} encoder
 * @returns {string[]}
 */
export function featureNames({ columns }) {
  return columns.flatMap((column) => (column.kind === 'numeric' ? column.name : column.categories.map((category) => `${column.name}=${category}`)));
}

/**
 * @param {Table} table
 * @param {EncodedColumn} column
 * @param {string} name
 */
function findPart(table, column, name) {
  if (!table.names.includes(column.name)) {
    const guess = nearest(column.name, table.names);
    throw new RangeError(`${name} has no column ${show(column.name)}, which the model was fitted with`
      + (guess === undefined ? '' : `; is it the one named ${show(guess)}?`));
  }
  const part = table.part(column.name);
  if (part.kind !== column.kind) {
    const [now, then] = part.kind === 'numeric' ? ['numbers', 'text'] : ['text', 'numbers'];
    throw new TypeError(`${name}: column ${show(column.name)} holds ${now}; the model was fitted with ${then} there`);
  }
  return part;
}

/**
 * @param {Table} table
 * @param {number} row
 * @param {string} column
 * @param {string} name
 */
function missingCell(table, row, column, name) {
  return new RangeError(`${name} has a missing value at ${table.place(row)}, column ${show(column)}; leave out such rows or fill them in`);
}

/**
 * @param {Float64Array} values
 * @param {Table} table
 * @param {string} column
 * @param {string} name
 * @param {Floats} data written at `at`, `at + cols`, …
 * @param {number} at
 * @param {number} cols
 */
function encodeNumbers(values, table, column, name, data, at, cols) {
  for (let i = 0; i < values.length; i++) {
    const k = i * cols + at;
    data[k] = values[i];
    if (Number.isFinite(data[k])) continue;
    if (Number.isNaN(values[i])) throw missingCell(table, i, column, name);
    throw new RangeError(`${name} has ${values[i]} at ${table.place(i)}, column ${show(column)}; values must be finite and fit in 32-bit floats`);
  }
}

/**
 * @param {import('./table.js').CategoricalPart} part
 * @param {string[]} known
 * @param {Table} table
 * @param {string} column
 * @param {string} name
 * @param {Floats} data written at `at` + the category's index, and so on every `cols`
 * @param {number} at
 * @param {number} cols
 */
function encodeCategories({ codes, categories }, known, table, column, name, data, at, cols) {
  const index = new Map(known.map((category, i) => [category, i]));
  const place = categories.map((category) => index.get(category) ?? -1);
  for (let i = 0; i < codes.length; i++) {
    if (codes[i] < 0) throw missingCell(table, i, column, name);
    const c = place[codes[i]];
    if (c < 0) {
      const list = known.slice(0, 8).map(show).join(', ') + (known.length > 8 ? ', …' : '');
      throw new RangeError(`${name} has ${show(categories[codes[i]])} at ${table.place(i)}, column ${show(column)}; the model knows ${list}`);
    }
    data[i * cols + at + c] = 1;
  }
}

/**
 * A table as features: numeric columns as they are, each categorical one as 0/1 columns, one per category. Columns are found by
 * name, in any order; columns that the encoder does not know are passed over.
 *
 * @template {Floats} [D=Float64Array]
 * @param {Encoder} encoder
 * @param {Table} table
 * @param {FloatsConstructor<D>} [Type]
 * @param {string} [name] the argument's name in messages
 * @returns {Matrix<D>} (rows, featureNames(encoder).length)
 * @throws {RangeError} a missing column, a missing cell, an unseen category, a value beyond the range of Type
 * @throws {TypeError} a column of the other kind
 */
export function encode(encoder, table, Type = /** @type {any} */ (Float64Array), name = 'X') {
  const parts = encoder.columns.map((column) => findPart(table, column, name));
  const cols = encoder.columns.reduce((sum, column) => sum + (column.kind === 'numeric' ? 1 : column.categories.length), 0);
  const data = new Type(table.rows * cols);
  let at = 0;
  encoder.columns.forEach((column, i) => {
    const part = parts[i];
    if (part.kind === 'numeric') {
      encodeNumbers(part.values, table, column.name, name, data, at, cols);
      at += 1;
    } else if (column.kind === 'categorical') {
      encodeCategories(part, column.categories, table, column.name, name, data, at, cols);
      at += column.categories.length;
    }
  });
  return { data, rows: table.rows, cols };
}

/** @param {string} what */
function invalid(what) {
  return new WasmfitError(`encoder: ${what}`, { code: 'MODEL_FILE', hint: 'the model file is damaged or was made by another program' });
}

/**
 * @param {unknown} categories
 * @param {string} column
 * @returns {string[]}
 */
function checkCategories(categories, column) {
  if (!Array.isArray(categories) || categories.length === 0 || categories.length > MAX_CATEGORIES) {
    throw invalid(`column ${show(column)} needs a list of 1 to ${MAX_CATEGORIES} categories, not ${show(categories)}`);
  }
  categories.forEach((category, i) => {
    if (typeof category !== 'string' || category === '') throw invalid(`column ${show(column)} has the category ${show(category)}; it must be a text`);
    if (i > 0 && !(categories[i - 1] < category)) {
      throw invalid(`column ${show(column)} has ${show(category)} after ${show(categories[i - 1])}; categories must be sorted, each once`);
    }
  });
  return [...categories];
}

/**
 * An encoder that came from outside, checked and copied: only known keys, names used once, categories sorted.
 * @param {unknown} json
 * @returns {Encoder}
 * @throws {WasmfitError} MODEL_FILE
 */
export function checkEncoder(json) {
  try {
    checkKeys(json, ['columns'], 'encoder');
  } catch (error) {
    throw invalid(/** @type {Error} */ (error).message);
  }
  const { columns } = json;
  if (!Array.isArray(columns) || columns.length === 0 || columns.length > MAX_COLUMNS) {
    throw invalid(`columns must be a list of 1 to ${MAX_COLUMNS}, not ${show(columns)}`);
  }
  const names = new Set();
  return { columns: columns.map((column) => {
    const { name, kind, categories, ...rest } = Object(column);
    const [unknown] = Object.keys(rest);
    if (unknown !== undefined) throw invalid(`a column has the unknown key ${show(unknown)}`);
    if (typeof name !== 'string' || name === '' || names.has(name)) throw invalid(`a column is named ${show(name)}; every name must be a text used once`);
    names.add(name);
    if (kind === 'numeric' && categories === undefined) return { name, kind };
    if (kind === 'categorical') return { name, kind, categories: checkCategories(categories, name) };
    throw invalid(`column ${show(name)} is of kind ${show(kind)}; the kinds are "numeric" (without categories) and "categorical"`);
  }) };
}
