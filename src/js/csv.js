// csv.js: CSV files become tables, and tables CSV texts · in: file, stream, text · out: Table · next: csv-rows.js
import Papa from 'papaparse';
import { checkKeys, show } from './errors.js';
import { MISSING } from './csv-columns.js';
import { guessDialect } from './csv-guess.js';
import { TableBuilder, countNewlines } from './csv-rows.js';
import { badCsv, textPieces } from './csv-source.js';

/** @typedef {import('./table.js').Table} Table */

export { writeCsv } from './csv-write.js';

/**
 * @typedef {object} CsvOptions
 * @property {string} [delimiter] one character; found by itself among comma, tab, semicolon and bar when not given
 * @property {'auto' | '.' | ','} [decimal] the decimal sign; 'auto' is a comma only where the delimiter is another character and the
 *   file's first part has numbers with a comma and none with a point
 * @property {'auto' | boolean} [header] whether the first row holds the names; 'auto': it does when none of its cells is a number
 * @property {string} [encoding] 'utf-8' unless told; any other name that TextDecoder knows
 * @property {readonly string[]} [categorical] columns to be read as text even where they look like numbers
 * @property {readonly string[]} [missing] the texts that mean a missing value: '', NA, N/A, n/a, NaN, nan, null, NULL, ?, and - beside numbers
 * @property {import('./csv-source.js').Progress} [onProgress] called after every piece
 * @property {AbortSignal} [signal]
 */

const OPTIONS = ['delimiter', 'decimal', 'header', 'encoding', 'categorical', 'missing', 'onProgress', 'signal'];
const MAX_RECORD = 1 << 20;
const SAMPLE = 1 << 16;

/** @typedef {Required<Omit<CsvOptions, 'delimiter' | 'onProgress' | 'signal'>> & CsvOptions} CheckedOptions */

/**
 * @param {unknown} options
 * @returns {CheckedOptions}
 */
function checkOptions(options) {
  checkKeys(options, OPTIONS, 'readCsv');
  const { delimiter, decimal = 'auto', header = 'auto', encoding = 'utf-8', categorical = [], missing = MISSING, onProgress, signal }
    = /** @type {CsvOptions} */ (options);
  const wrong = (/** @type {string} */ option, /** @type {unknown} */ value, /** @type {string} */ rule) => {
    throw new TypeError(`readCsv: ${option} is ${show(value)}; it must be ${rule}`);
  };
  if (delimiter !== undefined && (typeof delimiter !== 'string' || !/^[^\r\n"\ufeff\w.+-]$/.test(delimiter))) {
    wrong('delimiter', delimiter, 'one character that is no letter, digit, quote, sign or line end');
  }
  if (!['auto', '.', ','].includes(decimal)) wrong('decimal', decimal, '"auto", "." or ","');
  if (!['auto', true, false].includes(header)) wrong('header', header, '"auto", true or false');
  for (const [name, list] of /** @type {const} */ ([['categorical', categorical], ['missing', missing]])) {
    if (!Array.isArray(list) || !list.every((item) => typeof item === 'string')) wrong(name, list, 'a list of strings');
  }
  if (onProgress !== undefined && typeof onProgress !== 'function') wrong('onProgress', onProgress, 'a function');
  if (signal !== undefined && typeof signal?.throwIfAborted !== 'function') wrong('signal', signal, 'an AbortSignal');
  return { delimiter, decimal, header, encoding, categorical, missing, onProgress, signal };
}

/**
 * Parses all whole rows of `text` into the builder.
 * @param {string} text line ends are '\n'
 * @param {string} delimiter
 * @param {TableBuilder} builder
 * @param {boolean} last whether nothing follows
 * @returns {string} the row at the end that may go on in the next piece
 */
function parseRows(text, delimiter, builder, last) {
  let begin = 0;
  let end = 0;
  /** @type {{ cells: string[], errors: Papa.ParseError[] } | null} */
  let held = null;
  const flush = () => {
    if (held === null) return;
    const [error] = held.errors;
    if (error !== undefined) {
      const line = builder.line + countNewlines(text.slice(begin, error.index));
      const what = error.code === 'MissingQuotes' ? `a quote opened in line ${line} never closes` : `line ${line} has text after a closing quote`;
      throw badCsv(what, 'write a quote inside a quoted text twice: ""');
    }
    builder.addRow(held.cells);
  };
  Papa.parse(text, {
    delimiter,
    newline: '\n',
    step({ data, errors, meta }) {
      flush();
      held = { cells: /** @type {string[]} */ (data), errors };
      [begin, end] = [end, meta.cursor];
    },
  });
  if (last) flush();
  builder.refuseRagged();
  return last ? '' : text.slice(begin);
}

/**
 * @param {string} text
 * @param {CheckedOptions} options
 */
function begin(text, options) {
  if (/^\s*<(?:!doctype\s+html|html)[\s>]/i.test(text)) throw badCsv('the file is an HTML page, not a CSV text', 'was the download refused?');
  const { delimiter, decimal } = guessDialect(text.slice(0, SAMPLE), text.length <= SAMPLE, options);
  return { delimiter, builder: new TableBuilder(options, decimal) };
}

/** Takes the pieces of a text as they come and hands whole rows on. */
class CsvReader {
  /** @type {{ delimiter: string, builder: TableBuilder } | null} */
  #state = null;
  #pending = '';
  #fresh = 0;
  #carriage = '';

  /** @param {CheckedOptions} options */
  constructor(options) {
    this.options = options;
  }

  /** @param {string} piece */
  add(piece) {
    // A carriage return at the end of a piece may be half of a line end.
    let text = this.#carriage + piece;
    this.#carriage = text.endsWith('\r') ? '\r' : '';
    text = text.slice(0, text.length - this.#carriage.length);
    if (text.includes('\0')) {
      throw badCsv(`the file has a NUL character after line ${this.#state?.builder.line ?? 1}`, 'it is a binary file or text in UTF-16; save it as CSV in UTF-8');
    }
    if (text.includes('\r')) text = text.replace(/\r\n?/g, '\n');
    if (this.#state === null && this.#pending === '') text = text.replace(/^\ufeff/, '');
    this.#pending += text;
    this.#fresh += text.length;
    if (this.#fresh >= SAMPLE) this.#parse(false);
  }

  /** @param {boolean} last */
  #parse(last) {
    this.#state ??= begin(this.#pending, this.options);
    const { delimiter, builder } = this.#state;
    this.#pending = parseRows(this.#pending, delimiter, builder, last);
    this.#fresh = 0;
    if (this.#pending.length <= MAX_RECORD) return builder;
    const { line } = builder;
    parseRows(this.#pending, delimiter, builder, true); // says where a quote was opened, if that is the reason
    throw badCsv(`line ${line} is longer than ${MAX_RECORD} characters, the limit of a row`, 'is a quote missing?');
  }

  /** @returns {Table} */
  finish() {
    if (this.#carriage !== '') this.#pending += '\n';
    return this.#parse(true).finish();
  }
}

/**
 * Reads a CSV file: RFC 4180, any line ends, a byte order mark, other delimiters, a decimal comma; piece by piece, in memory that
 * grows with the numbers and the different texts only. Spaces around cells are dropped; line ends inside quotes become '\n'.
 *
 * A cell is a number when it has digits, one decimal sign and an exponent, and nothing else. A column is numeric when all its cells
 * are numbers or missing, else categorical; but numbers beside texts that begin like numbers (1abc, 0x10, 1_000), fewer than one text
 * in twenty cells, or only grouped (1,234) or too large numbers (1e999) are refused as a mistake: `categorical` reads them as text.
 *
 * @param {import('./csv-source.js').CsvSource} source
 * @param {CsvOptions} [options]
 * @returns {Promise<Table>} with `warnings` (missing values, renamed columns, only one row)
 * @throws {import('./errors.js').WasmfitError} BAD_CSV, with the line: not text, ragged rows, an open quote, broken numbers, no rows, a limit
 * @throws {TypeError | RangeError} wrong source or options; an abort throws the signal's reason
 */
export async function readCsv(source, options = {}) {
  const checked = checkOptions(options);
  const reader = new CsvReader(checked);
  for await (const piece of textPieces(source, checked)) reader.add(piece);
  return reader.finish();
}
