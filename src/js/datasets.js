// datasets.js: data to try things on, generated or real · in: name, options · out: X, y and where they come from · next: dataset-load.js
//
// Generated sets are the same bits on every engine. Real ones are the CSV files of src/data. Code and files are fetched when they are
// asked for.

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

/** @param {string} name @param {string} title @param {number} rows @param {number} features @param {Task} task @param {boolean} generated @returns {DatasetInfo} */
const info = (name, title, rows, features, task, generated) => ({ name, title, task, rows, features, generated });

/**
 * All data sets, real ones first; rows of a generated one: how many it has unless told otherwise.
 * @type {readonly DatasetInfo[]}
 */
export const list = [
  info('diabetes', 'Diabetes progression', 442, 10, 'regression', false),
  info('iris', 'Iris flowers', 150, 4, 'classification', false),
  info('digits', 'Handwritten digits, 8 × 8', 1797, 64, 'classification', false),
  info('wine', 'Wine cultivars', 178, 13, 'classification', false),
  info('breastCancer', 'Breast cancer, Wisconsin', 569, 30, 'classification', false),
  info('line', 'Straight line', 1000, 1, 'regression', true),
  info('sine', 'Sine wave', 400, 1, 'regression', true),
  info('friedman1', 'Friedman 1', 1000, 10, 'regression', true),
  info('moons', 'Two moons', 400, 2, 'classification', true),
  info('circles', 'Two circles', 400, 2, 'classification', true),
  info('spirals', 'Two spirals', 400, 2, 'classification', true),
  info('blobs', 'Three blobs', 300, 2, 'classification', true),
  info('xor', 'Exclusive or', 400, 2, 'classification', true),
];

/**
 * A data set by its name.
 *
 * @param {string} name one of `list`
 * @param {GeneratorOptions} [options] for generated ones; real ones take none
 * @returns {Promise<Dataset>} a new copy each time
 * @throws {TypeError | RangeError} no name, an unknown one
 * @throws {import('./errors.js').WasmfitError} NOT_FOUND when the file of a real one cannot be read, DATASET_FILE when it is another
 */
export const load = async (name, options = {}) => (await import('./dataset-load.js')).load(name, options);

/** @type {(name: string) => (options?: GeneratorOptions) => Promise<Dataset<any>>} */
const generator = (name) => (options) => load(name, options);

/** @typedef {(options?: GeneratorOptions) => Promise<Dataset<Float64Array>>} Regression */
/** @typedef {(options?: GeneratorOptions) => Promise<Dataset<Int32Array>>} Classification */

/** y = 3x + noise · U(0, 1), x ~ U(0, 1) @type {Regression} */
export const line = /* @__PURE__ */ generator('line');

/** y = sin(2πx) + noise · N(0, 1), x ~ U(0, 1) @type {Regression} */
export const sine = /* @__PURE__ */ generator('sine');

/**
 * y = 10 sin(π x₁ x₂) + 20 (x₃ − ½)² + 10 x₄ + 5 x₅ + noise · N(0, 1); ten features ~ U(0, 1), the last five without effect.
 * Source: Friedman, "Multivariate adaptive regression splines", Annals of Statistics 19, 1991.
 * @type {Regression}
 */
export const friedman1 = /* @__PURE__ */ generator('friedman1');

/** Two half circles of radius 1 that reach into each other, classes 0 and 1 in turn, moved by noise · N(0, 1). @type {Classification} */
export const moons = /* @__PURE__ */ generator('moons');

/** A circle of radius 1 (class 0) around one of radius ½ (class 1), in turn, moved by noise · N(0, 1). @type {Classification} */
export const circles = /* @__PURE__ */ generator('circles');

/**
 * Two spiral arms half a turn apart, classes 0 and 1 in turn: radius r ~ U(0, 1) at the angle of 1½ r turns, moved by noise · N(0, 1).
 * @type {Classification}
 */
export const spirals = /* @__PURE__ */ generator('spirals');

/** Three clouds, classes 0, 1 and 2 in turn, of standard deviation noise about centres at distance 2 from the origin. @type {Classification} */
export const blobs = /* @__PURE__ */ generator('blobs');

/**
 * Class 1 where exactly one of x₁, x₂ ~ U(0, 1) is above ½, then moved by noise · N(0, 1). With 4 rows the four corners of the
 * unit square: the truth table of exclusive or.
 * @type {Classification}
 */
export const xor = /* @__PURE__ */ generator('xor');
