// csv-guess.js: which delimiter and decimal sign a file uses · in: its first part · out: delimiter, decimal · next: csv-rows.js
import Papa from 'papaparse';

const DELIMITERS = [',', '\t', ';', '|'];
const ROWS = 100;
const WITH_COMMA = /^\s*[+-]?\d*,\d+(?:[eE][+-]?\d+)?\s*$/;
const WITH_POINT = /^\s*[+-]?\d*\.\d+(?:[eE][+-]?\d+)?\s*$/;

/**
 * @param {string} sample
 * @param {string} delimiter '' lets the parser guess
 */
function parse(sample, delimiter) {
  const { data, meta } = Papa.parse(sample, { delimiter, delimitersToGuess: DELIMITERS, newline: '\n', preview: ROWS, skipEmptyLines: true });
  return { delimiter: meta.delimiter, rows: /** @type {string[][]} */ (data) };
}

/** @param {{ rows: string[][] }} parsed */
const isEven = ({ rows }) => rows.length > 0 && rows[0].length > 1 && rows.every((row) => row.length === rows[0].length);

/**
 * Delimiters that cut all rows into equally many cells are believed. Where a comma does so beside another one, it is the decimal sign
 * of that other one's cells, if it occurs in numbers only: 1,5;2,5 is two numbers and not 1, 5;2 and 5.
 * @param {string} sample
 */
function guessDelimiter(sample) {
  const even = DELIMITERS.map((delimiter) => parse(sample, delimiter)).filter(isEven);
  const [comma] = even.filter(({ delimiter }) => delimiter === ',');
  const others = even.filter((parsed) => parsed !== comma && (comma === undefined
    || parsed.rows.flat().every((cell) => !cell.includes(',') || WITH_COMMA.test(cell))));
  others.sort((a, b) => b.rows[0].length - a.rows[0].length);
  return others[0] ?? comma ?? parse(sample, '');
}

/**
 * @param {string} start the first part of the text
 * @param {boolean} whole whether it is all of it; else its last row may be cut
 * @param {{ delimiter?: string, decimal: 'auto' | '.' | ',' }} given
 * @returns {{ delimiter: string, decimal: '.' | ',' }} a comma as decimal sign only beside another delimiter, where the sample has
 *   numbers with a comma and none with a point
 */
export function guessDialect(start, whole, given) {
  const sample = whole ? start : start.slice(0, start.lastIndexOf('\n') + 1) || start;
  const { delimiter, rows } = given.delimiter === undefined ? guessDelimiter(sample) : parse(sample, given.delimiter);
  if (given.decimal !== 'auto') return { delimiter, decimal: given.decimal };
  const cells = rows.flat();
  const comma = delimiter !== ',' && cells.some((cell) => WITH_COMMA.test(cell)) && !cells.some((cell) => WITH_POINT.test(cell));
  return { delimiter, decimal: comma ? ',' : '.' };
}
