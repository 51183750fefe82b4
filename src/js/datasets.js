// datasets.js: data to try things on, generated or real · in: name, options · out: X, y and where they come from · next: split.js
//
// Generated sets are the same bits on every engine. Real ones are the CSV files of src/data, read only when they are asked for.

import { WasmfitError, checkKeys, nearest, show } from './errors.js';
import { readUrl } from './platform.js';
import { Random, cosTurn, sinTurn } from './random.js';

/** @typedef {'regression' | 'classification'} Task */
/**
 * rows: 1 to 10,000,000; noise: 0 or more, what it means is said at each generator; seed: whole number from 0 to 2⁵³.
 * @typedef {{ rows?: number, noise?: number, seed?: number }} GeneratorOptions
 */
/**
 * y: numbers (regression), class names, or whole numbers where classes have no names.
 * @template [Y=Float64Array | Int32Array | string[]]
 * @typedef {{
 *   name: string, title: string, task: Task, X: { data: Float64Array, rows: number, cols: number }, y: Y,
 *   featureNames: string[], targetName: string, source: string, licence: string
 * }} Dataset
 */
/** @typedef {{ name: string, title: string, task: Task, rows: number, features: number, generated: boolean }} DatasetInfo */
/**
 * point: the features and then the target of one row. It must draw equally often for every row and whatever the noise: then fewer
 * rows are the first ones of more, and more noise moves the same points.
 * @typedef {{
 *   title: string, task: Task, rows: number, noise: number, features: number, source?: string,
 *   point: (draw: { uniform: () => number, normal: () => number, noise: number }, row: number, rows: number) => number[]
 * }} Generator
 */

const MAX_ROWS = 1e7;

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
 * The function that generates what a description says; `normal` draws with the noise as standard deviation.
 * @template {Float64Array | Int32Array} Y
 * @param {string} name
 * @param {{ new (length: number): Y }} Target
 * @param {Generator} generator
 */
function define(name, Target, generator) {
  const { title, task, features, source = 'generated', point } = generator;
  const generate = (/** @type {GeneratorOptions} */ options = {}) => {
    checkKeys(options, ['rows', 'noise', 'seed'], `datasets.${name}`);
    const { rows = generator.rows, noise = generator.noise, seed = 0 } = options;
    check('rows', rows, Number.isInteger(rows) && rows >= 1 && rows <= MAX_ROWS, `a whole number from 1 to ${MAX_ROWS}`);
    check('noise', noise, noise >= 0 && noise < Infinity, 'finite and 0 or more');
    const random = new Random(seed);
    const draw = { uniform: () => random.uniform(), normal: () => noise * random.normal(), noise };
    const data = new Float64Array(rows * features);
    const y = new Target(rows);
    for (let row = 0; row < rows; row++) {
      const values = point(draw, row, rows);
      y[row] = values[features];
      data.set(values.slice(0, features), row * features);
    }
    const featureNames = features === 1 ? ['x'] : Array.from({ length: features }, (_, i) => `x${i + 1}`);
    const targetName = task === 'regression' ? 'y' : 'class';
    const X = { data, rows, cols: features };
    return /** @type {Dataset<Y>} */ ({ name, title, task, X, y, featureNames, targetName, source, licence: 'CC0-1.0' });
  };
  generate.info = /** @type {DatasetInfo} */ ({ name, title, task, rows: generator.rows, features, generated: true });
  return generate;
}

/** y = 3x + noise · U(0, 1), x ~ U(0, 1) */
export const line = define('line', Float64Array, {
  title: 'Straight line', task: 'regression', rows: 1000, noise: 1, features: 1,
  point({ uniform, noise }) {
    const x = uniform();
    return [x, 3 * x + noise * uniform()];
  },
});

/** y = sin(2πx) + noise · N(0, 1), x ~ U(0, 1) */
export const sine = define('sine', Float64Array, {
  title: 'Sine wave', task: 'regression', rows: 400, noise: 0.1, features: 1,
  point({ uniform, normal }) {
    const x = uniform();
    return [x, sinTurn(x) + normal()];
  },
});

/**
 * y = 10 sin(π x₁ x₂) + 20 (x₃ − ½)² + 10 x₄ + 5 x₅ + noise · N(0, 1); ten features ~ U(0, 1), the last five without effect.
 * Source: Friedman, "Multivariate adaptive regression splines", Annals of Statistics 19, 1991.
 */
export const friedman1 = define('friedman1', Float64Array, {
  title: 'Friedman 1', task: 'regression', rows: 1000, noise: 1, features: 10, source: 'formula of Friedman 1991',
  point({ uniform, normal }) {
    const x = Array.from({ length: 10 }, uniform);
    return [...x, 10 * sinTurn((x[0] * x[1]) / 2) + 20 * (x[2] - 0.5) * (x[2] - 0.5) + 10 * x[3] + 5 * x[4] + normal()];
  },
});

/** Two half circles of radius 1 that reach into each other, classes 0 and 1 in turn, moved by noise · N(0, 1). */
export const moons = define('moons', Int32Array, {
  title: 'Two moons', task: 'classification', rows: 400, noise: 0.1, features: 2,
  point({ uniform, normal }, row) {
    const turn = uniform() / 2;
    const [x, y] = row % 2 ? [1 - cosTurn(turn), 0.5 - sinTurn(turn)] : [cosTurn(turn), sinTurn(turn)];
    return [x + normal(), y + normal(), row % 2];
  },
});

/** A circle of radius 1 (class 0) around one of radius ½ (class 1), in turn, moved by noise · N(0, 1). */
export const circles = define('circles', Int32Array, {
  title: 'Two circles', task: 'classification', rows: 400, noise: 0.05, features: 2,
  point({ uniform, normal }, row) {
    const turn = uniform();
    const radius = row % 2 ? 0.5 : 1;
    return [radius * cosTurn(turn) + normal(), radius * sinTurn(turn) + normal(), row % 2];
  },
});

/**
 * Two spiral arms half a turn apart, classes 0 and 1 in turn: radius r ~ U(0, 1) at the angle of 1½ r turns, moved by noise · N(0, 1).
 */
export const spirals = define('spirals', Int32Array, {
  title: 'Two spirals', task: 'classification', rows: 400, noise: 0.02, features: 2,
  point({ uniform, normal }, row) {
    const radius = uniform();
    const turn = 1.5 * radius + (row % 2) / 2;
    return [radius * cosTurn(turn) + normal(), radius * sinTurn(turn) + normal(), row % 2];
  },
});

/** Three clouds, classes 0, 1 and 2 in turn, of standard deviation noise about centres at distance 2 from the origin. */
export const blobs = define('blobs', Int32Array, {
  title: 'Three blobs', task: 'classification', rows: 300, noise: 0.6, features: 2,
  point({ normal }, row) {
    const turn = (row % 3) / 3;
    return [2 * cosTurn(turn) + normal(), 2 * sinTurn(turn) + normal(), row % 3];
  },
});

/**
 * Class 1 where exactly one of x₁, x₂ ~ U(0, 1) is above ½, then moved by noise · N(0, 1). With 4 rows the four corners of the
 * unit square: the truth table of exclusive or.
 */
export const xor = define('xor', Int32Array, {
  title: 'Exclusive or', task: 'classification', rows: 400, noise: 0, features: 2,
  point({ uniform, normal }, row, rows) {
    const [x, y] = rows === 4 ? [row >> 1, row & 1] : [uniform(), uniform()];
    return [x + normal(), y + normal(), Number(x > 0.5 !== y > 0.5)];
  },
});

const GENERATORS = [line, sine, friedman1, moons, circles, spirals, blobs, xor];

/**
 * The last column of a file is the target: numbers when there are no classes, else indices into them. Bundlers find a file by its
 * literal URL only.
 * @typedef {{
 *   title: string, rows: number, features: number, targetName: string, classes?: string[] | 'numbers', source: string, url: () => URL
 * }} Shipped
 */
/** @type {Record<string, Shipped>} */
const FILES = {
  diabetes: {
    title: 'Diabetes progression', rows: 442, features: 10, targetName: 'progression',
    source: 'Efron, Hastie, Johnstone, Tibshirani 2004',
    url: () => new URL('../data/diabetes.csv', import.meta.url),
  },
  iris: {
    title: 'Iris flowers', rows: 150, features: 4, targetName: 'species',
    classes: ['setosa', 'versicolor', 'virginica'], source: 'UCI, Fisher 1936',
    url: () => new URL('../data/iris.csv', import.meta.url),
  },
  digits: {
    title: 'Handwritten digits, 8 × 8', rows: 1797, features: 64, targetName: 'digit',
    classes: 'numbers', source: 'UCI, Alpaydin and Kaynak 1998',
    url: () => new URL('../data/digits.csv', import.meta.url),
  },
  wine: {
    title: 'Wine cultivars', rows: 178, features: 13, targetName: 'cultivar',
    classes: ['class_0', 'class_1', 'class_2'], source: 'UCI, Forina et al. 1991',
    url: () => new URL('../data/wine.csv', import.meta.url),
  },
  breastCancer: {
    title: 'Breast cancer, Wisconsin', rows: 569, features: 30, targetName: 'diagnosis',
    classes: ['malignant', 'benign'], source: 'UCI, Wolberg, Street, Mangasarian 1995',
    url: () => new URL('../data/breast_cancer.csv', import.meta.url),
  },
};

/** @param {Shipped} file @returns {Task} */
const taskOf = (file) => (file.classes ? 'classification' : 'regression');

/**
 * All data sets, real ones first; rows of a generated one: how many it has unless told otherwise.
 * @type {readonly DatasetInfo[]}
 */
export const list = [
  ...Object.entries(FILES).map(([name, file]) => (
    { name, title: file.title, task: taskOf(file), rows: file.rows, features: file.features, generated: false }
  )),
  ...GENERATORS.map(({ info }) => info),
];

/**
 * A data set by its name.
 *
 * @param {string} name one of `list`
 * @param {GeneratorOptions} [options] for generated ones; real ones take none
 * @returns {Promise<Dataset>} a new copy each time
 * @throws {RangeError} an unknown name
 * @throws {WasmfitError} NOT_FOUND when the file of a real one cannot be read, DATASET_FILE when it is another
 */
export async function load(name, options = {}) {
  const generator = GENERATORS.find(({ info }) => info.name === name);
  if (generator) return generator(options);
  if (!Object.hasOwn(FILES, name)) {
    const names = list.map((entry) => entry.name);
    const guess = nearest(String(name), names);
    throw new RangeError(`no data set is called ${show(name)}; ${guess ? `did you mean "${guess}"?` : `there are ${names.join(', ')}`}`);
  }
  checkKeys(options, [], `datasets.load("${name}")`);
  const file = FILES[name];
  const text = new TextDecoder().decode(await readUrl(file.url(), `datasets.load("${name}"): the file`));
  const { columns, X, target } = parse(text, name, file);
  const { classes } = file;
  const y = classes === undefined ? target
    : classes === 'numbers' ? Int32Array.from(target)
    : Array.from(target, (index) => classes[index]);
  return {
    name, title: file.title, task: taskOf(file), X, y, featureNames: columns.slice(0, -1), targetName: file.targetName,
    source: `${file.source}, as distributed with scikit-learn 1.2.1`, licence: 'BSD-3-Clause',
  };
}

/**
 * These files hold a line of names and then numbers only, nothing quoted, nothing missing.
 * @param {string} text
 * @param {string} name
 * @param {Shipped} file
 */
function parse(text, name, { rows, features }) {
  const [header, ...lines] = text.split('\n');
  const columns = header.split(',');
  const cells = lines.map((row) => row.split(','));
  const whole = cells.pop()?.join() === '' && cells.length === rows && [columns, ...cells].every((row) => row.length === features + 1);
  if (!whole) {
    throw new WasmfitError(`datasets.load("${name}"): the file should have ${rows} rows of ${features + 1} numbers, and has not`,
      { code: 'DATASET_FILE', hint: 'some other page or part of the file came in its place; reload, or serve src/data with the package' });
  }
  const data = new Float64Array(rows * features);
  const target = Float64Array.from(cells, (row) => Number(row.pop()));
  cells.forEach((row, i) => data.set(row.map(Number), i * features));
  return { columns, X: { data, rows, cols: features }, target };
}
