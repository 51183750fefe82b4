// csv-write.js: columns become a CSV text that is safe to open in a spreadsheet · in: Table, columns, rows · out: string · next: index.js
import { checkKeys, show } from './errors.js';
import { parseNumber } from './csv-columns.js';
import { Table } from './table.js';

const DELIMITERS = [',', ';', '\t', '|'];

/**
 * @param {unknown} cell
 * @param {string} delimiter
 * @param {string} place
 * @returns {string}
 */
function writeCell(cell, delimiter, place) {
  if (cell === null || cell === undefined || Number.isNaN(cell)) return '';
  if (typeof cell === 'number') return Object.is(cell, -0) ? '-0' : String(cell);
  if (typeof cell === 'boolean' || typeof cell === 'bigint') return String(cell);
  if (typeof cell !== 'string') throw new TypeError(`writeCsv has ${show(cell)} at ${place}; a cell must be a number, a string or a boolean`);
  // A spreadsheet would run these as formulas (OWASP "CSV injection"); a text that is a plain number is none.
  const formula = /^[=+\-@\t\r\n]/.test(cell) && Number.isNaN(parseNumber(cell, '.'));
  const text = formula ? `'${cell}` : cell;
  return text.includes(delimiter) || /["\r\n]|^ | $/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * @param {any} data
 * @returns {{ names: readonly string[] | null, columns: ArrayLike<unknown>[] | null, rows: ArrayLike<unknown>[] }}
 */
function open(data) {
  if (data instanceof Table) return { names: data.names, columns: data.names.map((name) => data.column(name).values), rows: [] };
  if (typeof data !== 'object' || data === null || ArrayBuffer.isView(data)) {
    throw new TypeError(`writeCsv needs a Table, { name: values }, a list of { name, values }, or rows, not ${show(data)}`);
  }
  if (Array.isArray(data) && data.every((row) => Array.isArray(row) || ArrayBuffer.isView(row))) return { names: null, columns: null, rows: /** @type {any} */ (data) };
  const list = Array.isArray(data) ? data : Object.entries(data).map(([name, values]) => ({ name, values }));
  for (const { name, values } of list.map(Object)) {
    if (typeof name !== 'string') throw new TypeError(`writeCsv: a column is named ${show(name)}; every name must be a string`);
    if (!Array.isArray(values) && !ArrayBuffer.isView(values)) throw new TypeError(`writeCsv: column ${show(name)} must be an array, not ${show(values)}`);
    const [rows, first] = [/** @type {any} */ (values).length, list[0].values.length];
    if (rows !== first) throw new RangeError(`writeCsv: column ${show(name)} has ${rows} values, column ${show(list[0].name)} has ${first}`);
  }
  return { names: list.map(({ name }) => name), columns: list.map(({ values }) => values), rows: [] };
}

/**
 * A CSV text by RFC 4180. Numbers are written in the shortest form that reads back as the same bits; NaN, null and undefined as empty
 * cells. Texts and names that a spreadsheet would take for a formula (= + - @ tab, line end first) get a ' before them.
 *
 * @param {Table | import('./table.js').Columns | ArrayLike<unknown>[]} data columns, or rows (arrays of cells)
 * @param {{ names?: readonly string[], delimiter?: string }} [options] names: the header of rows, or other names for the columns;
 *   delimiter: one of , ; tab |
 * @returns {string} lines that end in CR LF
 * @throws {TypeError} a cell that is no number, text or boolean, with its place
 * @throws {RangeError} columns or rows of different length, another number of names
 */
export function writeCsv(data, options = {}) {
  checkKeys(options, ['names', 'delimiter'], 'writeCsv');
  const { delimiter = ',' } = options;
  if (!DELIMITERS.includes(delimiter)) throw new RangeError(`writeCsv: delimiter is ${show(delimiter)}; it must be one of , ; tab |`);
  const { columns, rows, ...own } = open(data);
  const names = options.names ?? own.names;
  const width = columns === null ? names?.length ?? rows[0]?.length ?? 0 : columns.length;
  if (names !== null && names.length !== width) throw new RangeError(`writeCsv: ${names.length} names are given for ${width} columns`);
  const count = columns === null ? rows.length : columns[0]?.length ?? 0;
  const lines = names === null ? [] : [names.map((name, c) => writeCell(String(name), delimiter, `the name of column ${c + 1}`)).join(delimiter)];
  const cells = new Array(width);
  for (let r = 0; r < count; r++) {
    if (columns === null && rows[r].length !== width) throw new RangeError(`writeCsv: row ${r + 1} has ${rows[r].length} cells; every row must have ${width}`);
    for (let c = 0; c < width; c++) {
      const cell = columns === null ? rows[r][c] : columns[c][r];
      cells[c] = writeCell(cell, delimiter, `row ${r + 1}, column ${c + 1}`);
    }
    lines.push(cells.join(delimiter));
  }
  return lines.map((line) => `${line}\r\n`).join('');
}
