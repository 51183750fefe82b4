// table.js: named columns of numbers or categories · in: arrays, or columns read from a file · out: Table · next: encoder.js
import { nearest, show } from './errors.js';
import { takeRows } from './rows.js';
import { isNumbers } from './shapes.js';

export { checkEncoder, encode, featureNames, fitEncoder } from './encoder.js';

/** @typedef {{ kind: 'numeric', values: Float64Array }} NumericPart NaN is a missing cell */
/** @typedef {{ kind: 'categorical', codes: Int32Array, categories: string[] }} CategoricalPart code −1 is a missing cell */
/** @typedef {NumericPart | CategoricalPart} Part a column as the table holds it */
/** @typedef {{ name: string, kind: 'numeric', values: Float64Array }} NumericColumn */
/** @typedef {{ name: string, kind: 'categorical', values: string[], categories: string[] }} CategoricalColumn */
/** @typedef {Record<string, ArrayLike<unknown>> | { name: string, values: ArrayLike<unknown> }[]} Columns */

/**
 * @param {string} name
 * @param {ArrayLike<unknown>} values
 * @returns {Part}
 */
function numericPart(name, values) {
  const numbers = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? NaN;
    if (typeof value !== 'number') throw mixed(name, values, i);
    if (Math.abs(value) === Infinity) throw new RangeError(`Table: column ${show(name)} has ${value} at row ${i + 1}; every number must be finite, NaN where it is missing`);
    numbers[i] = value;
  }
  return { kind: 'numeric', values: numbers };
}

/**
 * @param {string} name
 * @param {ArrayLike<unknown>} values
 * @param {number} at
 */
function mixed(name, values, at) {
  return new TypeError(`Table: column ${show(name)} has ${show(values[at])} at row ${at + 1}; a column holds numbers, or strings, or booleans`);
}

/**
 * Texts as codes into the sorted categories; an empty text is missing.
 * @param {ArrayLike<string>} texts the distinct texts
 * @param {Int32Array} codes index of each row's text, changed in place
 * @returns {CategoricalPart}
 */
export function categoricalPart(texts, codes) {
  const used = new Uint8Array(texts.length);
  for (let i = 0; i < codes.length; i++) if (codes[i] >= 0) used[codes[i]] = 1;
  const kept = Array.from(texts, (text, code) => ({ text, code })).filter(({ text, code }) => used[code] === 1 && text !== '');
  kept.sort((a, b) => (a.text < b.text ? -1 : 1));
  const rank = new Int32Array(texts.length).fill(-1);
  kept.forEach(({ code }, i) => { rank[code] = i; });
  for (let i = 0; i < codes.length; i++) if (codes[i] >= 0) codes[i] = rank[codes[i]];
  return { kind: 'categorical', codes, categories: kept.map(({ text }) => text) };
}

/**
 * @param {string} name
 * @param {ArrayLike<unknown>} values
 * @param {string} type
 * @returns {Part}
 */
function textPart(name, values, type) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  const codes = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? '';
    if (typeof value !== type && value !== '') throw mixed(name, values, i);
    const text = String(value);
    const code = seen.get(text) ?? seen.size;
    seen.set(text, code);
    codes[i] = code;
  }
  return categoricalPart([...seen.keys()], codes);
}

/**
 * The first cell that is not missing decides the kind of the column.
 * @param {string} name
 * @param {unknown} values
 * @returns {Part}
 */
function toPart(name, values) {
  if (isNumbers(values)) return numericPart(name, values);
  if (!Array.isArray(values)) throw new TypeError(`Table: column ${show(name)} must be an array or a typed array of numbers, not ${show(values)}`);
  const first = values.findIndex((value) => value !== null && value !== undefined && value !== '' && !Number.isNaN(value));
  const type = first < 0 ? 'number' : typeof values[first];
  if (first < 0) return { kind: 'numeric', values: new Float64Array(values.length).fill(NaN) };
  if (type === 'number') return numericPart(name, values);
  if (type === 'string' || type === 'boolean') return textPart(name, values, type);
  throw mixed(name, values, first);
}

/**
 * Named columns of equal length, numeric or categorical. A table never changes; its methods give new ones, which share columns.
 * Rows are counted from 1 in messages and in `missing`.
 */
export class Table {
  /** @type {Map<string, Part>} */
  #parts;
  /** @type {Int32Array | null} */
  #lines;

  /**
   * For the package itself; everybody else uses Table.from or readCsv.
   * @param {Map<string, Part>} parts
   * @param {{ lines?: Int32Array | null, warnings?: string[] }} [origin] the file line of every row, what was odd about the file
   */
  constructor(parts, { lines = null, warnings = [] } = {}) {
    this.#parts = parts;
    this.#lines = lines;
    const [first] = parts.values();
    /** @type {number} */
    this.rows = first === undefined ? 0 : (first.kind === 'numeric' ? first.values : first.codes).length;
    /** Column names in their order. @type {readonly string[]} */
    this.names = Object.freeze([...parts.keys()]);
    /** What a reader found odd but readable, as sentences. @type {readonly string[]} */
    this.warnings = Object.freeze([...warnings]);
  }

  /**
   * @param {Columns} columns by name, or a list of { name, values }: numbers (NaN, null or undefined where missing), or strings
   *   or booleans ('', null or undefined where missing)
   * @returns {Table}
   * @throws {TypeError} mixed kinds or other values, with the row
   * @throws {RangeError} another length, a name twice, an infinite number
   */
  static from(columns) {
    if (typeof columns !== 'object' || columns === null || ArrayBuffer.isView(columns)) {
      throw new TypeError(`Table.from needs { name: values } or a list of { name, values }, not ${show(columns)}`);
    }
    const list = Array.isArray(columns) ? columns : Object.entries(columns).map(([name, values]) => ({ name, values }));
    /** @type {Map<string, Part>} */
    const parts = new Map();
    for (const column of list) {
      const { name, values } = Object(column);
      if (typeof name !== 'string' || name === '') throw new TypeError(`Table: a column is named ${show(name)}; every column needs a name, a string`);
      if (parts.has(name)) throw new RangeError(`Table: two columns are named ${show(name)}; every name must be used once`);
      const part = toPart(name, values);
      const rows = list[0].values.length;
      if (values.length !== rows) {
        throw new RangeError(`Table: column ${show(name)} has ${values.length} values, column ${show(list[0].name)} has ${rows}; all columns must be equally long`);
      }
      parts.set(name, part);
    }
    return new Table(parts);
  }

  /**
   * A column as the table holds it, uncopied; for the package itself, which only reads it.
   * @param {string} name
   * @returns {Part}
   * @throws {RangeError} no such column
   */
  part(name) {
    const part = this.#parts.get(name);
    if (part !== undefined) return part;
    const guess = typeof name === 'string' ? nearest(name, this.names) : undefined;
    const listed = this.names.slice(0, 8).map(show).join(', ') + (this.names.length > 8 ? ', …' : '');
    throw new RangeError(`Table has no column ${show(name)}; ${guess === undefined ? `the columns are ${listed}` : `did you mean ${show(guess)}?`}`);
  }

  /**
   * A copy of one column. Missing cells are NaN in numeric columns and '' in categorical ones; categories are sorted by code unit.
   * @param {string} name
   * @returns {NumericColumn | CategoricalColumn}
   * @throws {RangeError} no such column
   */
  column(name) {
    const part = this.part(name);
    if (part.kind === 'numeric') return { name, kind: 'numeric', values: part.values.slice() };
    const { codes, categories } = part;
    return { name, kind: 'categorical', values: Array.from(codes, (code) => categories[code] ?? ''), categories: [...categories] };
  }

  /**
   * Where a row is, for messages: 'row 3', and 'row 3 (line 4)' when the table was read from a file.
   * @param {number} row counted from 0
   */
  place(row) {
    return `row ${row + 1}${this.#lines === null ? '' : ` (line ${this.#lines[row]})`}`;
  }

  /**
   * The missing cells by row: `row` counts the table's rows from 1, `line` those of the file it was read from.
   * @returns {{ row: number, line?: number, column: string }[]}
   */
  get missing() {
    const parts = [...this.#parts];
    const cells = [];
    for (let i = 0; i < this.rows; i++) {
      for (const [column, part] of parts) {
        const gap = part.kind === 'numeric' ? Number.isNaN(part.values[i]) : part.codes[i] < 0;
        if (gap) cells.push(this.#lines === null ? { row: i + 1, column } : { row: i + 1, line: this.#lines[i], column });
      }
    }
    return cells;
  }

  /**
   * The table without the rows that have a missing cell.
   * @returns {Table}
   */
  dropMissing() {
    const gaps = new Set(this.missing.map(({ row }) => row - 1));
    return this.take(Array.from({ length: this.rows }, (_, i) => i).filter((i) => !gaps.has(i)));
  }

  /**
   * The table with only these columns, in this order.
   * @param {readonly string[]} names
   * @returns {Table}
   * @throws {RangeError} no such column, a name twice
   */
  select(names) {
    const parts = new Map(names.map((name) => [name, this.part(name)]));
    if (parts.size < names.length) throw new RangeError(`Table.select: a name is given twice in ${names.map(show).join(', ')}`);
    return new Table(parts, { lines: this.#lines });
  }

  /**
   * The table without these columns.
   * @param {...string} names
   * @returns {Table}
   * @throws {RangeError} no such column
   */
  without(...names) {
    names.forEach((name) => this.part(name));
    return this.select(this.names.filter((name) => !names.includes(name)));
  }

  /**
   * The rows at these indices (counted from 0, repeats allowed). Categories that no row has any more are gone.
   * @param {ArrayLike<number>} indices
   * @returns {Table}
   * @throws {RangeError} an index outside 0 … rows − 1
   */
  take(indices) {
    /** @type {Map<string, Part>} */
    const parts = new Map();
    for (const [name, part] of this.#parts) {
      parts.set(name, part.kind === 'numeric' ? { kind: 'numeric', values: takeRows(part.values, indices, 'Table') }
        : categoricalPart(part.categories, takeRows(part.codes, indices, 'Table')));
    }
    return new Table(parts, { lines: this.#lines && takeRows(this.#lines, indices, 'Table') });
  }
}
