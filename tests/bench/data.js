// data.js: the numbers of the tasks, made from seeds · in: a name · out: build/bench/*.f32 · next: contest.js
//
// Raw little-endian float32: x (rows, cols) row-major, y (rows): numbers or class indices, w: starting weights, layer by layer W (in,
// out) and b (out). Uniform numbers by mulberry32 (T. Ettinger, public domain), normal ones by Box and Muller's cosine from two of them.
import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { ROWS, tasks } from './tasks.js';

/** Where everybody finds the files. */
const FOLDER = fileURLToPath(new URL('../../build/bench/', import.meta.url));

/** @typedef {ReturnType<typeof randomOf>} Random */

/** @param {number} seed */
function randomOf(seed) {
  let state = seed | 0;
  const uniform = () => {
    state = state + 0x6d2b79f5 | 0;
    let word = Math.imul(state ^ state >>> 15, state | 1);
    word ^= word + Math.imul(word ^ word >>> 7, word | 61);
    return ((word ^ word >>> 14) >>> 0) / 2 ** 32;
  };
  const normal = () => {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    return radius * Math.cos(2 * Math.PI * uniform());
  };
  return { uniform, normal, normals: (/** @type {number} */ count) => Array.from({ length: count }, normal) };
}

/** W: U(±range), Glorot's √(6 / (in + out)) if none is given; b: 0. @param {number[]} sizes @param {number} seed @param {number} [range] */
function startingWeights(sizes, seed, range) {
  const { uniform } = randomOf(seed);
  return Float32Array.from(sizes.slice(1).flatMap((out, l) => {
    const limit = range ?? Math.sqrt(6 / (sizes[l] + out));
    return Array.from({ length: (sizes[l] + 1) * out }, (_, i) => (i < sizes[l] * out ? (2 * uniform() - 1) * limit : 0));
  }));
}

/** @param {number[]} values */
function standardized(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return values.map((value) => (value - mean) / deviation);
}

/**
 * Rows of standard normal features; y of a row is what `rule` says, which may draw further numbers.
 * @param {number} seed @param {number} rows @param {number} cols
 * @param {(random: Random) => (row: number[]) => number} begin gives the rule, after it has drawn what that needs
 */
function normalRows(seed, rows, cols, begin) {
  const random = randomOf(seed), rule = begin(random);
  const x = new Float32Array(rows * cols), y = [];
  for (let i = 0; i < rows; i++) {
    const row = random.normals(cols);
    x.set(row, i * cols);
    y.push(rule(row));
  }
  return { x, y };
}

/** from + Σ wⱼ xⱼ @param {number[]} w @param {number[]} row */
const dot = (w, row, from = 0) => row.reduce((sum, value, j) => sum + w[j] * value, from);

/** Ten overlapping normal clusters of one width. @param {number} rows @param {number} cols */
function clusters(rows, cols, classes = 10) {
  const { uniform, normal } = randomOf(5);
  const centres = Float32Array.from({ length: classes * cols }, () => 0.06 * normal());
  const x = new Float32Array(rows * cols), y = new Float32Array(rows);
  for (let i = 0; i < rows; i++) {
    y[i] = Math.floor(uniform() * classes);
    for (let j = 0; j < cols; j++) x[i * cols + j] = centres[y[i] * cols + j] + 0.5 * normal();
  }
  return { x, y };
}

/** By name. @type {Record<string, () => { x: ArrayLike<number>, y: ArrayLike<number>, w?: ArrayLike<number> }>} */
export const makers = {
  line() {
    const { uniform } = randomOf(1), pairs = Array.from({ length: ROWS.line }, () => [uniform(), uniform()]);
    return { x: pairs.map(([x]) => x), y: pairs.map(([x, noise]) => 3 * x + noise), w: new Float32Array(2) };
  },
  xor: () => ({ x: [0, 0, 0, 1, 1, 0, 1, 1], y: [0, 1, 1, 0], w: startingWeights([2, 8, 1], 2, 1) }),
  diabetesLike() { // mostly linear; R² is about a half
    const { x, y } = normalRows(3, ROWS.diabetesLike, 10, ({ normal, normals }) => {
      const w = normals(10);
      return (row) => dot(w, row) + row[0] * row[1] + 2.5 * normal();
    });
    return { x, y: standardized(y), w: startingWeights([10, 32, 16, 1], 33) };
  },
  curved() {
    const { x, y } = normalRows(4, ROWS.curved, 8, ({ normal }) => ([a, b, c, d, e, f]) =>
      Math.sin(2 * a) + b * c + 0.5 * d ** 2 + e - 0.3 * f + 0.3 * normal());
    return { x, y: standardized(y), w: startingWeights([8, 64, 64, 1], 44) };
  },
  clusters: () => ({ ...clusters(ROWS.clusters, 784), w: startingWeights([784, 128, 10], 55) }),
  plane: () => normalRows(7, ROWS.plane, 50, ({ normal, normals }) => {
    const w = normals(50);
    return (row) => dot(w, row, 1.5) + 0.5 * normal();
  }),
  odds: () => normalRows(8, ROWS.odds, 30, ({ uniform, normals }) => {
    const w = normals(30).map((value) => 0.5 * value);
    return (row) => Number(uniform() < 1 / (1 + Math.exp(-dot(w, row, 0.3))));
  }),
};

/** Writes the files of a data set unless they are there; whole files appear at once, as others may be reading. @param {string} name */
async function provide(name) {
  const file = (/** @type {string} */ part) => `${FOLDER}${name}.${part}.f32`;
  if (existsSync(file('y'))) return; // the last to be written
  await mkdir(FOLDER, { recursive: true });
  const { x, y, w = [] } = makers[name]();
  for (const [part, values] of Object.entries({ x, w, y })) {
    await writeFile(`${file(part)}.${process.pid}`, Float32Array.from(values));
    await rename(`${file(part)}.${process.pid}`, file(part));
  }
}

/** The data of these tasks. @param {string[]} names of tasks */
export async function provideData(names) {
  for (const name of new Set(names.map((task) => tasks[task].data))) await provide(name);
}
