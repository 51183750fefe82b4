// generators.js: data sets that are made, the same bits on every engine · in: what a set is, options · out: X, y · next: draws.js
import { checkKeys, show } from './errors.js';
import { Random, cosTurn, sinTurn } from './draws.js';

/** @typedef {import('./datasets.js').GeneratorOptions} GeneratorOptions */
/**
 * noise: when none is given; point: the features and then the target of one row, `normal` has the noise as standard deviation. It must
 * draw equally often for every row and whatever the noise: then fewer rows are the first ones of more, and more noise moves the same points.
 * @typedef {{
 *   noise: number, source?: string,
 *   point: (draw: { uniform: () => number, normal: () => number, noise: number }, row: number, rows: number) => number[]
 * }} Generator
 */

const MAX_ROWS = 1e7;

/** By name; what each is stands in datasets.js. @type {Record<string, Generator>} */
const GENERATORS = {
  line: {
    noise: 1,
    point({ uniform, noise }) {
      const x = uniform();
      return [x, 3 * x + noise * uniform()];
    },
  },
  sine: {
    noise: 0.1,
    point({ uniform, normal }) {
      const x = uniform();
      return [x, sinTurn(x) + normal()];
    },
  },
  friedman1: {
    noise: 1, source: 'formula of Friedman 1991',
    point({ uniform, normal }) {
      const x = Array.from({ length: 10 }, uniform);
      return [...x, 10 * sinTurn((x[0] * x[1]) / 2) + 20 * (x[2] - 0.5) * (x[2] - 0.5) + 10 * x[3] + 5 * x[4] + normal()];
    },
  },
  moons: {
    noise: 0.1,
    point({ uniform, normal }, row) {
      const turn = uniform() / 2;
      const [x, y] = row % 2 ? [1 - cosTurn(turn), 0.5 - sinTurn(turn)] : [cosTurn(turn), sinTurn(turn)];
      return [x + normal(), y + normal(), row % 2];
    },
  },
  circles: {
    noise: 0.05,
    point({ uniform, normal }, row) {
      const turn = uniform();
      const radius = row % 2 ? 0.5 : 1;
      return [radius * cosTurn(turn) + normal(), radius * sinTurn(turn) + normal(), row % 2];
    },
  },
  spirals: {
    noise: 0.02,
    point({ uniform, normal }, row) {
      const radius = uniform();
      const turn = 1.5 * radius + (row % 2) / 2;
      return [radius * cosTurn(turn) + normal(), radius * sinTurn(turn) + normal(), row % 2];
    },
  },
  blobs: {
    noise: 0.6,
    point({ normal }, row) {
      const turn = (row % 3) / 3;
      return [2 * cosTurn(turn) + normal(), 2 * sinTurn(turn) + normal(), row % 3];
    },
  },
  xor: {
    noise: 0,
    point({ uniform, normal }, row, rows) {
      const [x, y] = rows === 4 ? [row >> 1, row & 1] : [uniform(), uniform()];
      return [x + normal(), y + normal(), Number(x > 0.5 !== y > 0.5)];
    },
  },
};

/**
 * @param {string} what
 * @param {unknown} value
 * @param {boolean} good
 * @param {string} rule
 */
function check(what, value, good, rule) {
  if (typeof value !== 'number') throw new TypeError(`${what} must be a number, not ${show(value)}`);
  if (!good) throw new RangeError(`${what} is ${show(value)}; it must be ${rule}`);
}

/**
 * @param {import('./datasets.js').DatasetInfo} info of a generated one
 * @param {GeneratorOptions} options
 * @returns {import('./datasets.js').Dataset}
 */
export function generate({ name, title, task, rows: usual, features }, options) {
  checkKeys(options, ['rows', 'noise', 'seed'], `datasets.${name}`);
  const generator = GENERATORS[name];
  const { rows = usual, noise = generator.noise, seed = 0 } = options;
  check('rows', rows, Number.isInteger(rows) && rows >= 1 && rows <= MAX_ROWS, `a whole number from 1 to ${MAX_ROWS}`);
  check('noise', noise, noise >= 0 && noise < Infinity, 'finite and 0 or more');
  const random = new Random(seed);
  const draw = { uniform: () => random.uniform(), normal: () => noise * random.normal(), noise };
  const data = new Float64Array(rows * features);
  const y = task === 'regression' ? new Float64Array(rows) : new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    const values = generator.point(draw, row, rows);
    y[row] = values[features];
    data.set(values.slice(0, features), row * features);
  }
  const featureNames = features === 1 ? ['x'] : Array.from({ length: features }, (_, i) => `x${i + 1}`);
  const targetName = task === 'regression' ? 'y' : 'class';
  return { name, title, task, X: { data, rows, cols: features }, y, featureNames, targetName, source: generator.source ?? 'generated', licence: 'CC0-1.0' };
}
