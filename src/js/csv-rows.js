// csv-rows.js: rows of cells become a table: names, width, line numbers · in: rows · out: Table · next: csv-columns.js
import { show } from './errors.js';
import { ColumnBuilder, Growing, parseNumber } from './csv-columns.js';
import { badCsv } from './csv-source.js';
import { Table } from './table.js';

const MAX_COLUMNS = 4096;
const SHOWN_LINES = 5;

/** @param {string} text */
export function countNewlines(text) {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

/**
 * Names that are all different: a second "a" becomes "a (2)", an empty name "column 3".
 * @param {string[]} cells
 * @param {string[]} warnings
 */
function uniqueNames(cells, warnings) {
  const given = new Set(cells);
  const taken = new Set();
  return cells.map((cell, i) => {
    const wanted = cell || `column ${i + 1}`;
    let name = wanted;
    for (let n = 2; taken.has(name) || (name !== cell && given.has(name)); n++) name = `${wanted} (${n})`;
    taken.add(name);
    if (cell !== '' && name !== cell) warnings.push(`two columns are named ${show(cell)}; column ${i + 1} is now ${show(name)}`);
    return name;
  });
}

/** @param {import('./table.js').Part} part */
function countGaps(part) {
  let gaps = 0;
  if (part.kind === 'numeric') for (const value of part.values) gaps += Number.isNaN(value) ? 1 : 0;
  else for (const code of part.codes) gaps += code < 0 ? 1 : 0;
  return gaps;
}

/** Rows as they come out of the parser, into columns. The first row decides how many columns there are and what they are called. */
export class TableBuilder {
  /**
   * @param {import('./csv.js').CheckedOptions} options
   * @param {'.' | ','} decimal
   */
  constructor(options, decimal) {
    this.options = options;
    this.decimal = decimal;
    /** @type {ColumnBuilder[]} */
    this.columns = [];
    this.lines = new Growing(Int32Array);
    this.line = 1;
    this.blankLines = 0;
    this.hasHeader = false;
    /** @type {string[]} */
    this.warnings = [];
    /** @type {string[]} */
    this.ragged = [];
  }

  /** @param {string[]} cells */
  addRow(cells) {
    const { line } = this;
    this.line += 1;
    for (const cell of cells) if (cell.includes('\n')) this.line += countNewlines(cell);
    if (cells.length === 1 && cells[0].trim() === '') {
      this.blankLines++;
      return;
    }
    const first = this.columns.length === 0;
    if (first) this.#begin(cells, line);
    if (!first || !this.hasHeader) this.#data(cells, line);
    this.blankLines = 0;
  }

  /**
   * @param {string[]} cells the first row that is not blank
   * @param {number} line
   */
  #begin(cells, line) {
    const { header, categorical, missing } = this.options;
    if (cells.length > MAX_COLUMNS) {
      throw badCsv(`line ${line} has ${cells.length} columns, the limit is ${MAX_COLUMNS}`, 'keep the columns that matter');
    }
    const trimmed = cells.map((cell) => cell.trim());
    this.hasHeader = header === 'auto' ? trimmed.every((cell) => Number.isNaN(parseNumber(cell, this.decimal))) : header;
    const names = this.hasHeader ? uniqueNames(trimmed, this.warnings) : cells.map((_, i) => `column ${i + 1}`);
    const unknown = categorical.find((name) => !names.includes(name));
    if (unknown !== undefined) throw new RangeError(`readCsv: categorical has ${show(unknown)}, but the file has no column of that name`);
    const texts = new Set([...missing, '']);
    this.columns = names.map((name) => new ColumnBuilder(name, { decimal: this.decimal, missing: texts, categorical: categorical.includes(name) }));
  }

  /**
   * @param {string[]} cells
   * @param {number} line
   */
  #data(cells, line) {
    const { columns } = this;
    if (cells.length !== columns.length) {
      this.ragged.push(`line ${line} has ${cells.length} field${cells.length === 1 ? '' : 's'}`);
      return;
    }
    // In a file of one column a blank line between two values is a missing cell; elsewhere it is nothing.
    if (columns.length === 1 && this.lines.length > 0) {
      for (let k = this.blankLines; k > 0; k--) this.#push([''], line - k);
    }
    this.#push(cells, line);
  }

  /**
   * @param {string[]} cells
   * @param {number} line
   */
  #push(cells, line) {
    for (let c = 0; c < cells.length; c++) this.columns[c].add(cells[c], line);
    this.lines.push(line);
  }

  refuseRagged() {
    const { ragged, columns } = this;
    if (ragged.length === 0) return;
    const listed = ragged.slice(0, SHOWN_LINES).join(', ') + (ragged.length > SHOWN_LINES ? ', …' : '');
    throw badCsv(`${listed}; every row must have ${columns.length}, as the first has`,
      'is a delimiter or a quote missing or too many? A text that holds the delimiter must be in quotes');
  }

  /** @returns {Table} */
  finish() {
    this.refuseRagged();
    const rows = this.lines.length;
    if (this.columns.length === 0) throw badCsv('the file has no data: it is empty or has blank lines only');
    if (rows === 0) throw badCsv(`the file has a header (${show(this.columns[0].name)}, …) but no rows`, 'if the first row is data, read with { header: false }');
    const parts = new Map(this.columns.map((column) => [column.name, column.finish()]));
    if (rows === 1) this.warnings.push('the file has only one row');
    for (const [name, part] of parts) {
      const gaps = countGaps(part);
      if (gaps > 0) this.warnings.push(`column ${show(name)} has ${gaps} missing value${gaps === 1 ? '' : 's'}`);
    }
    return new Table(parts, { lines: this.lines.finish(), warnings: this.warnings });
  }
}
