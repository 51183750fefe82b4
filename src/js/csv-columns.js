// csv-columns.js: cells become numbers or categories while they arrive · in: cell texts · out: columns of a Table · next: table.js
import { show } from './errors.js';
import { badCsv } from './csv-source.js';
import { categoricalPart } from './table.js';

/** The texts that stand for a missing value. */
export const MISSING = Object.freeze(['', 'NA', 'N/A', 'n/a', 'NaN', 'nan', 'null', 'NULL', '?', '-']);

const MAX_CELL = 100_000;
const SURELY_NUMERIC = 1000; // that many different numbers and no text: the texts are no longer kept
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const NUMBER_COMMA = /^[+-]?(?:\d+,?\d*|,\d+)(?:[eE][+-]?\d+)?$/;
const LIKE_A_NUMBER = /^[+-]?[.,]?\d/;
const GROUPED = /^[+-]?\d+(?:[.,_' ]\d+)+$/;

/**
 * The number that a text is, NaN when it is none: digits, one decimal sign, an exponent, nothing else. Too large gives Infinity.
 * @param {string} text
 * @param {'.' | ','} decimal
 */
export function parseNumber(text, decimal) {
  if (decimal === '.') return NUMBER.test(text) ? Number(text) : NaN;
  return NUMBER_COMMA.test(text) ? Number(text.replace(',', '.')) : NaN;
}

/**
 * Typed arrays that grow by doubling.
 * @template {Float64Array | Int32Array} A
 */
export class Growing {
  /** @param {{ new (length: number): A }} Type */
  constructor(Type) {
    this.Type = Type;
    this.data = new Type(64);
    this.length = 0;
  }

  /** @param {number} value */
  push(value) {
    if (this.length === this.data.length) {
      const larger = new this.Type(2 * this.length);
      larger.set(this.data);
      this.data = larger;
    }
    this.data[this.length++] = value;
  }

  /** @returns {A} exactly the values pushed */
  finish() {
    return /** @type {A} */ (this.data.slice(0, this.length));
  }
}

/** @param {string} text */
function trimSpaces(text) {
  const padded = text.charCodeAt(0) === 32 || text.charCodeAt(text.length - 1) === 32;
  return padded ? text.replace(/^ +| +$/g, '') : text;
}

/**
 * A text of its own: a long slice would keep the whole piece of the file alive that it was cut from.
 * @param {string} text
 */
function detached(text) {
  return text.length < 13 ? text : JSON.parse(JSON.stringify(text));
}

/**
 * Collects one column. Numbers and texts are both kept until it is clear which of them the column is.
 *   numeric       all cells that are not missing are numbers
 *   categorical   some are not, and it does not look like a mistake
 *   refused       numbers beside texts that begin like numbers (1abc, 0x10, 1_000), or less than one text in twenty cells,
 *                 or nothing but numbers that are grouped (1,234) or too large (1e999)
 */
export class ColumnBuilder {
  /**
   * @param {string} name
   * @param {{ decimal: '.' | ',', missing: Set<string>, categorical: boolean }} options
   */
  constructor(name, { decimal, missing, categorical }) {
    this.name = name;
    this.decimal = decimal;
    this.missing = missing;
    this.categorical = categorical;
    this.values = new Growing(Float64Array);
    /** @type {Growing<Int32Array> | null} */
    this.codes = new Growing(Int32Array);
    /** @type {Map<string, number>} */
    this.texts = new Map();
    this.numberCount = 0;
    this.textCount = 0;
    /** @type {{ text: string, line: number } | null} */
    this.firstNumber = null;
    /** @type {{ text: string, line: number } | null} */
    this.firstText = null;
    /** @type {{ text: string, line: number } | null} */
    this.oddNumber = null;
  }

  /**
   * @param {string} cell
   * @param {number} line
   */
  add(cell, line) {
    if (cell.length > MAX_CELL) {
      throw badCsv(`line ${line}: column ${show(this.name)} has a cell of ${cell.length} characters, the limit is ${MAX_CELL}`, 'is a quote missing?');
    }
    const text = trimSpaces(cell);
    const value = parseNumber(text, this.decimal);
    if (Number.isFinite(value)) {
      this.numberCount++;
      this.firstNumber ??= { text, line };
    } else if (!this.missing.has(text)) {
      this.#noteText(text, line);
    }
    this.values.push(Number.isFinite(value) ? value : NaN);
    if (this.codes !== null) this.#keepText(text, this.codes);
  }

  /**
   * @param {string} text
   * @param {number} line
   */
  #noteText(text, line) {
    this.textCount++;
    this.firstText ??= { text, line };
    if (LIKE_A_NUMBER.test(text)) this.oddNumber ??= { text, line };
    if (this.codes === null) throw this.#broken({ text, line });
  }

  /**
   * @param {string} text
   * @param {Growing<Int32Array>} codes
   */
  #keepText(text, codes) {
    let code = this.texts.get(text);
    if (code === undefined) {
      code = this.texts.size;
      this.texts.set(detached(text), code);
    }
    codes.push(code);
    if (this.texts.size > SURELY_NUMERIC && this.textCount === 0 && !this.categorical) {
      this.codes = null;
      this.texts.clear();
    }
  }

  /** @param {{ text: string, line: number }} cell */
  #broken({ text, line }) {
    const beside = this.firstNumber === null ? '' : ` where other cells hold numbers (${show(this.firstNumber.text)} in line ${this.firstNumber.line})`;
    const other = this.decimal === '.' ? ',' : '.';
    const hint = Number.isFinite(parseNumber(text, other)) ? `if ${text} is meant as a number, read the file with { decimal: "${other}" }`
      : `correct the cell, or read the column as text with { categorical: [${JSON.stringify(this.name)}] }`;
    return badCsv(`line ${line}: column ${show(this.name)} has ${show(text)}${beside}; a number has digits, one "${this.decimal}", an exponent such as e-3, `
      + 'nothing else, and is below 1.8e308', hint);
  }

  /**
   * @returns {import('./table.js').Part}
   * @throws {import('./errors.js').WasmfitError} BAD_CSV: a numeric column with texts in it
   */
  finish() {
    const { firstText, codes } = this;
    if (codes === null || (firstText === null && !this.categorical)) return { kind: 'numeric', values: this.values.finish() };
    if (!this.categorical && firstText !== null) this.#refuseBroken(firstText);
    const texts = [...this.texts.keys()].map((text) => (this.missing.has(text) && text !== '-' ? '' : text));
    return categoricalPart(texts, codes.finish());
  }

  /** @param {{ text: string, line: number }} firstText */
  #refuseBroken(firstText) {
    if (this.numberCount > 0) {
      if (this.oddNumber !== null) throw this.#broken(this.oddNumber);
      if (this.textCount < 0.05 * (this.textCount + this.numberCount)) throw this.#broken(firstText);
      return;
    }
    const texts = [...this.texts.keys()].filter((text) => !this.missing.has(text));
    const odd = texts.every((text) => GROUPED.test(text) || parseNumber(text, this.decimal) === Infinity || parseNumber(text, this.decimal) === -Infinity);
    if (odd) throw this.#broken(firstText);
  }
}
