// the table on the page · in: a data set's name or a file · out: table, columns in short, X and y of a run · next: run.js
import { datasets } from 'wasmfit';
import { Table } from 'wasmfit/preprocessing';

const BINS = 16;
const MOST_CLASSES = 10;

function describeNumeric(column) {
  const given = column.values.filter(value => !Number.isNaN(value));
  let min = Infinity;
  let max = -Infinity;
  for (const value of given) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const count = max - min < BINS && given.every(Number.isInteger) ? max - min + 1 : BINS;
  const bins = new Array(count).fill(0);
  for (const value of given) bins[Math.min(count - 1, Math.floor(((value - min) / (max - min || 1)) * count))]++;
  return { name: column.name, kind: column.kind, min, max, bins, missing: column.values.length - given.length };
}

function describeCategorical(column) {
  const counts = new Map();
  for (const value of column.values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const missing = counts.get('') ?? 0;
  counts.delete('');
  const bins = [...counts.values()].sort((a, b) => b - a).slice(0, BINS);
  return { name: column.name, kind: column.kind, categories: counts.size, bins, missing };
}

/** A column in short: { name, kind, bins, missing, min, max | categories }. */
export const describe = column => (column.kind === 'numeric' ? describeNumeric : describeCategorical)(column);

/** Indices of the rows without a missing cell. */
export function wholeRows(table) {
  const gaps = new Set(table.missing.map(cell => cell.row - 1));
  return Array.from({ length: table.rows }, (_, i) => i).filter(i => !gaps.has(i));
}

function looksLikeLabels(column) {
  if (column.kind === 'categorical') return true;
  const seen = new Set();
  for (const value of column.values) {
    if (!Number.isInteger(value)) return false;
    if (seen.add(value).size > MOST_CLASSES) return false;
  }
  return true;
}

function tableOf(dataset) {
  const { data, rows, cols } = dataset.X;
  const columns = dataset.featureNames.map((name, j) => ({ name, values: Float64Array.from({ length: rows }, (_, i) => data[i * cols + j]) }));
  const labels = typeof dataset.y[0] === 'string';
  return Table.from([...columns, { name: dataset.targetName, values: labels ? [...dataset.y] : Float64Array.from(dataset.y) }]);
}

/** What the page holds at present. Events: 'change' (another table), 'busy', 'error' (the former table stays). */
export class Source extends EventTarget {
  name = '';
  table = undefined;
  columns = [];
  gaps = 0;
  busy = false;
  progress = 0; // of the reading, 0 to 1
  error = undefined; // { file, message }
  withoutGaps = false;
  #file = undefined;
  #reading = new AbortController();

  /** A data set of the registry, by name. */
  load(name) {
    return this.#take(async () => {
      const dataset = await datasets.load(name);
      return { name, table: tableOf(dataset), target: dataset.targetName, task: dataset.task, note: [dataset.source, dataset.licence].filter(Boolean).join(' · ') };
    }, name);
  }

  /** A CSV file of the reader's; header: 'auto', true or false. When it is refused, everything stays. */
  open(file, header = 'auto') {
    return this.#take(async signal => {
      const { readCsv } = await import('wasmfit/csv');
      const onProgress = (done, total) => this.#report(done / (total || Infinity));
      const table = await readCsv(file, { header, signal, onProgress });
      if (table.names.length < 2) throw new RangeError(`one column; a target and at least one more are needed`);
      return { name: 'file:' + file.name, table, target: table.names.at(-1), file, header };
    }, file.name);
  }

  reopen(header) {
    return this.#file && this.open(this.#file, header);
  }

  get isFile() {
    return this.#file !== undefined;
  }

  async #take(read, label) {
    this.#reading.abort();
    const { signal } = (this.#reading = new AbortController());
    this.busy = true;
    this.error = undefined;
    this.#report(0);
    try {
      const found = await read(signal);
      if (!signal.aborted) this.#accept(found);
    } catch (error) {
      if (signal.aborted) return;
      this.busy = false;
      this.refuse(label, error);
    }
  }

  /** Says why a file was not read. */
  refuse(file, { message, hint }) {
    this.error = { file, message, hint };
    this.dispatchEvent(new Event('error'));
  }

  #report(progress) {
    this.progress = progress;
    this.dispatchEvent(new Event('busy'));
  }

  #accept({ name, table, target, task, note = '', file, header = 'auto' }) {
    Object.assign(this, { name, table, note, header, busy: false, withoutGaps: false, ownTarget: target, ownTask: task });
    this.#file = file;
    this.columns = table.names.map(column => describe(table.column(column)));
    this.gaps = this.columns.some(column => column.missing) ? table.rows - wholeRows(table).length : 0;
    this.dispatchEvent(new Event('change'));
  }

  leaveOutGaps(flag) {
    this.withoutGaps = flag;
    this.dispatchEvent(new Event('change'));
  }

  /** The task that a target column asks for when nobody says otherwise. */
  taskOf(target) {
    if (target === this.ownTarget && this.ownTask) return this.ownTask;
    const column = this.table.column(target);
    return looksLikeLabels(column) ? 'classification' : 'regression';
  }

  /** X and y of a run: the table without the target, and the target's values. */
  problem(target, task) {
    const table = this.withoutGaps ? this.table.take(wholeRows(this.table)) : this.table;
    const y = table.column(target).values;
    return { X: table.without(target), y, target, task: task === 'auto' ? this.taskOf(target) : task };
  }
}
