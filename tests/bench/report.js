// report.js: the results as tables for people · in: results, machine · out: text · next: bench.js
import { spawnSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { tasks } from './tasks.js';

/** @typedef {import('./contest.js').Result} Result */
/** @typedef {import('./contest.js').Times} Times */
/** By task, by name. @typedef {Record<string, Record<string, Result>>} Results */
/** @typedef {Pick<import('./contestants.js').Contestant, 'name' | 'group' | 'version' | 'sameWork'>} Who */

/** What ratios are taken to. */
const OURS = 'ours exact';

/** load: what others do on it, before the bench begins. @param {string} node */
export function machine(node) {
  const { status, stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' });
  if (status !== 0) throw new RangeError(`--node is ${node}, which does not run`);
  const processor = cpus()[0]?.model.trim() ?? 'unknown processor', memoryGB = Math.round(totalmem() / 2 ** 30);
  return { processor, cores: availableParallelism(), memoryGB, load: loadavg()[0], node: stdout.trim().slice(1) };
}

/** @param {ReturnType<typeof machine>} machine @param {string} more */
export const machineLine = ({ processor, cores, memoryGB, load, node }, more) => `${cores} × ${processor}, ${memoryGB} GB, load ${load.toFixed(1)} before; Node ${node}; ${more}`;

/** Digits that count, without an exponent where that is short. @param {number} value */
function short(value, digits = 3) {
  if (value >= 10 ** digits) return String(Math.round(value));
  const rounded = Number(value.toPrecision(digits));
  return rounded < 1e-6 ? value.toExponential(1) : String(rounded);
}

/** @param {number} value */
const ratio = (value) => `${short(value, 2)}×`;

/** Seconds in the unit of the task. @param {string} task @param {number} seconds */
function inUnit(task, seconds) {
  const { unit, calls = 1 } = tasks[task];
  return unit === 'rows/s' ? `${short(60 / seconds)}k/s` : unit === 'µs a row' ? `${short(seconds / calls * 1e6)} µs` : short(seconds);
}

/** @param {string[][]} lines the first line and column are headings */
export function table(lines) {
  const widths = lines[0].map((_, c) => Math.max(...lines.map((line) => line[c].length)));
  return lines.map((line) => line.map((cell, c) => (c === 0 ? cell.padEnd(widths[c]) : cell.padStart(widths[c]))).join('  ').trimEnd()).join('\n');
}

/** A line a task, a column for everybody. @param {Results} results @param {Who[]} who @param {(task: string, one: Who) => string} cell */
const grid = (results, who, cell) => table([
  ['', ...who.map(({ name }) => name)], ...Object.keys(results).map((task) => [task, ...who.map((one) => cell(task, one))]),
]);

/** @param {Result | undefined} result @returns {result is Times} */
const ran = (result) => result !== undefined && 'seconds' in result;

/** Whether a loss is what the task leads to. @param {string} task @param {number} loss */
export function agrees(task, loss) {
  const { expected, spread } = tasks[task];
  return Math.abs(loss - expected) <= spread * (Math.abs(expected) || 1);
}

/** One figure, and how many times ours it is. @param {Results} results @param {Who[]} who @param {(times: Times) => number | null} figure */
const timesTable = (results, who, figure) => grid(results, who, (task, { name }) => {
  const [ours, one] = [results[task][OURS], results[task][name]].map((result) => (ran(result) ? figure(result) : null));
  if (one === null) return '–';
  return inUnit(task, one) + (ours === null || name === OURS ? '' : ` (${ratio(one / ours)})`);
});

/** @param {Results} results @param {Who[]} who */
const lossTable = (results, who) => grid(results, who, (task, { name, sameWork }) => {
  const one = results[task][name];
  if (!ran(one) || one.loss === null) return '–';
  const { loss } = one, text = loss === 0 ? '0' : Math.abs(loss) < 1e-3 ? loss.toExponential(0) : loss.toPrecision(5);
  return sameWork ? `${text}${agrees(task, loss) ? '' : ' !'}` : `(${text})`;
});

/** Seconds of the second as a multiple of the first. @param {Results} first @param {Results} second @param {Who[]} who */
export const compare = (first, second, who) => grid(first, who, (task, { name }) => {
  const [one, other] = [first[task][name], second[task][name]];
  return ran(one) && ran(other) ? ratio(other.seconds / one.seconds) : '–';
});

/** Who could not, why, and in which tasks. @param {Results} results */
function failures(results) {
  /** @type {Record<string, string[]>} */
  const tasksOf = {};
  for (const [task, of] of Object.entries(results)) {
    for (const [name, result] of Object.entries(of)) if ('failed' in result) (tasksOf[`${name}: ${result.failed}`] ??= []).push(task);
  }
  return Object.entries(tasksOf).map(([what, names]) => `– ${what} (${names.join(', ')})`);
}

/**
 * @param {Results} results
 * @param {{ contestants: Who[], absent: string[], where: string, repeat: number }} about where: the machine
 */
export function report(results, { contestants, absent, where, repeat }) {
  const all = Object.values(results);
  const who = contestants.filter(({ name, group }) => group === 'ours' || all.some((of) => ran(of[name])));
  const processor = all.some((of) => Object.values(of).some((one) => ran(one) && one.cpu !== null));
  const versions = new Map(who.filter(({ version }) => version).map(({ group, version }) => [group, version]));
  return [
    [where, ...[...versions].map((pair) => pair.join(' '))].join('; '), '',
    ...Object.keys(results).map((task) => `${task.padEnd(4)} ${tasks[task].what}`), '',
    `Seconds for the whole fit, or as said; in brackets how many times ${OURS}. Medians of up to ${repeat} rounds by turns.`,
    timesTable(results, who, ({ seconds }) => seconds), '',
    ...(processor ? ['Seconds of processor time, of all threads.', timesTable(results, who, ({ cpu }) => cpu), ''] : []),
    'Final loss over all rows (T9b: mean prediction); !: outside of what the peers reach; in brackets: of other work, see tests/bench/peers.',
    lossTable(results, who), '',
    ...failures(results), ...absent.map((name) => `– not here: ${name}`),
  ].join('\n').trimEnd();
}
