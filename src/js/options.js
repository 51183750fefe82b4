// options.js: judges options at construction and fills in defaults · in: what a caller wrote · out: plain, complete options · next: platform.js
import { checkKeys, nearest, show } from './errors.js';
import { activations, averages, batchSchedules, initializers, linearModels, losses, optimizers, schedules, techniques, training } from './choices.js';

/** @typedef {import('./choices.js').Option} OptionInfo */
/** @typedef {import('./choices.js').Choices} Entry */
/** @typedef {{ name: string, [option: string]: any }} Choice a name and all its options */

/** @param {OptionInfo} info */
function ruleOf({ min = -Infinity, max = Infinity, above, below, integer, choices = [] }) {
  const kind = integer ? 'a whole number' : 'a number';
  return `${kind} ${above ? 'above' : 'from'} ${min} ${below ? 'to below' : 'to'} ${max === 2 ** 53 ? '2^53' : max}${choices.map((word) => ` or "${word}"`).join('')}`;
}

/**
 * @param {unknown} value
 * @param {OptionInfo} info
 * @param {string} where
 * @returns {any}
 */
export function checkOption(value, info, where) {
  if (value === undefined) return info.default;
  if (typeof info.default === 'boolean') return checkSwitch(value, `${where}: ${info.name}`);
  const words = info.choices ?? [];
  if (words.length > 0 && (info.min === undefined || (typeof value === 'string' && nearest(value, words)))) return oneOf(value, words, `${where}: ${info.name}`);
  if (info.each || (info.list && (typeof value !== 'number' || info.default === undefined))) return checkMany(value, info, where);
  if (typeof value !== 'number') throw new TypeError(`${where}: ${info.name} must be ${ruleOf(info)}, not ${show(value)}`);
  const { min = -Infinity, max = Infinity, above, below, integer } = info;
  const inside = (above ? value > min : value >= min) && (below ? value < max : value <= max);
  if (!inside || (integer && !Number.isInteger(value))) {
    throw new RangeError(`${where}: ${info.name} is ${show(value)}; it must be ${ruleOf(info)}`);
  }
  return value;
}

/** A list of numbers, or a number for every label. @param {unknown} value @param {OptionInfo} info @param {string} where */
function checkMany(value, { list, each, choices, ...info }, where) {
  const one = (/** @type {unknown} */ item, /** @type {string | number} */ at) => checkGiven(item, { ...info, name: `${info.name}[${show(at)}]` }, where);
  if (list) {
    if (!Array.isArray(value) && !(value instanceof Float64Array)) throw new TypeError(`${where}: ${info.name} must be a list of numbers, not ${show(value)}`);
    if (value.length === 0) throw new RangeError(`${where}: ${info.name} is empty; at least one number is needed`);
    return Array.from(value, one);
  }
  const words = choices?.map((word) => `"${word}" or `).join('');
  if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) throw new TypeError(`${where}: ${info.name} must be ${words}an object of a number for each label, not ${show(value)}`);
  return Object.fromEntries(Object.entries(value).map(([label, item]) => [label, one(item, label)]));
}

/**
 * Every option of a linear model, judged, and defaults for the rest.
 * @param {unknown} given
 * @param {string} name of the model
 * @returns {any}
 */
export function checkModel(given, name) {
  const { options } = find(name, linearModels, 'model');
  checkKeys(given, options.map((option) => option.name), name);
  return freeze(checkAll(given, options, name));
}

/**
 * @param {unknown} value
 * @param {OptionInfo} info
 * @param {string} where
 */
export const checkNumber = (value, info, where) => /** @type {number} */ (checkOption(value, info, where));

/**
 * A number without a default.
 * @param {unknown} value
 * @param {OptionInfo} info
 * @param {string} where
 */
export function checkGiven(value, info, where) {
  if (value === undefined) throw new TypeError(`${where}: ${info.name} must be ${ruleOf(info)}, not undefined`);
  return checkNumber(value, info, where);
}

/**
 * Frozen through and through: options are checked once and used later.
 * @template T
 * @param {T} options
 * @returns {Readonly<T>}
 */
export function freeze(options) {
  if (typeof options === 'object' && options !== null) Object.values(options).forEach(freeze);
  return Object.freeze(options);
}

/**
 * @param {unknown} value
 * @param {string} where
 * @returns {boolean}
 */
export function checkSwitch(value, where) {
  if (typeof value !== 'boolean') throw new TypeError(`${where} must be true or false, not ${show(value)}`);
  return value;
}

/**
 * @param {unknown} name
 * @param {readonly Entry[]} entries
 * @param {string} where
 * @returns {Entry}
 */
function find(name, entries, where) {
  const known = oneOf(name, entries.map((entry) => entry.name), where);
  return /** @type {Entry} */ (entries.find((entry) => entry.name === known));
}

/**
 * @param {unknown} name
 * @param {readonly string[]} names
 * @param {string} where
 * @returns {string}
 */
export function oneOf(name, names, where) {
  if (typeof name !== 'string') throw new TypeError(`${where} must be a name, not ${show(name)}`);
  if (names.includes(name)) return name;
  const guess = nearest(name, names);
  throw new RangeError(`${where} ${show(name)} is unknown; ${guess ? `did you mean "${guess}"?` : `there are ${names.join(', ')}`}`);
}

/** Options of which the first must not be above the second. */
const ORDERED = [['least', 'most'], ['begin', 'end'], ['leastMomentum', 'mostMomentum']];

/** @param {Record<string, unknown>} given @param {readonly OptionInfo[]} options @param {string} where @returns {Record<string, any>} without those that have no value */
function checkAll(given, options, where) {
  /** @type {Record<string, any>} */
  const complete = {};
  for (const option of options) {
    const value = checkOption(given[option.name], option, where);
    if (value !== undefined) complete[option.name] = value;
  }
  for (const [low, high] of ORDERED) {
    if (complete[low] > complete[high]) throw new RangeError(`${where}: ${low} is ${complete[low]}, ${high} is ${complete[high]}; ${low} must not be above ${high}`);
  }
  return complete;
}

/**
 * 'adam' or { name: 'adam', learningRate: 1e-3 } → name and every option.
 * @param {unknown} choice
 * @param {readonly Entry[]} entries
 * @param {string} where
 * @returns {Choice}
 */
function checkChoice(choice, entries, where) {
  const given = typeof choice === 'object' && choice !== null ? /** @type {Record<string, unknown>} */ (choice) : { name: choice };
  const entry = find(given.name, entries, where);
  checkKeys(given, ['name', ...entry.options.map((option) => option.name)], `${where} ${entry.name}`);
  /** @type {Choice} */
  const complete = { name: entry.name };
  return Object.assign(complete, checkAll(given, entry.options, `${where} ${entry.name}`));
}

/** @param {unknown} choice @param {string} where */
export const checkActivation = (choice = 'identity', where) => checkChoice(choice, activations, `${where}: activation`);

/** @param {unknown} name @param {string} where */
export const checkInitializer = (name = 'auto', where) => find(name, initializers, `${where}: initializer`).name;

/** @param {unknown} choice @param {string} where */
export const checkLoss = (choice, where) => checkChoice(choice, losses, `${where}: loss`);

/** What y is for a loss: N numbers, C classes, B zeros and ones, S shares of classes. @param {string} name */
export const targetsOf = (name) => losses[codeOf(losses, name)].targets;

/**
 * @param {unknown} choice
 * @param {string} where
 */
export function checkOptimizer(choice = 'adam', where) {
  const complete = checkChoice(choice, optimizers, `${where}: optimizer`);
  if (complete.nesterov && (complete.momentum === 0 || complete.dampening !== 0)) {
    throw new RangeError(`${where}: optimizer sgd with nesterov needs momentum above 0 and dampening 0, not ${complete.momentum} and ${complete.dampening}`);
  }
  return complete;
}

/** @param {unknown} choice @param {string} where @returns {Choice} */
export function checkSchedule(choice, where) {
  const complete = checkChoice(choice, schedules, `${where}: schedule`);
  const { milestones = [1] } = complete;
  const wrong = milestones.findIndex((/** @type {number} */ at, /** @type {number} */ i) => i > 0 && at <= milestones[i - 1]);
  const none = complete.name === 'multiStep' && complete.milestones === undefined;
  if (none || wrong > 0 || milestones.length > 32) {
    throw new (none ? TypeError : RangeError)(`${where}: schedule multiStep: milestones are ${show(complete.milestones)}; they must be whole numbers that increase, at most 32`);
  }
  return complete;
}

/** A number, 'full', or how it changes. @param {unknown} value @param {string} where @returns {number | 'full' | Choice} */
export function checkBatchSize(value, where) {
  if (typeof value !== 'object' || value === null || !('name' in value)) return checkOption(value, training.batchSize, where);
  return checkChoice(value, batchSchedules, `${where}: batchSize`);
}

/** @param {unknown} value @param {string} where */
export const checkClassWeight = (value, where) => checkOption(value, /** @type {OptionInfo} */ (linearModels[4].options.find(({ name }) => name === 'classWeight')), where);

/** @param {unknown} choice @param {string} where */
export const checkAverage = (choice, where) => checkChoice(choice, averages, `${where}: averaging`);

/** Options of clip, earlyStopping or pruning. @param {'clip' | 'earlyStopping' | 'pruning'} name @param {unknown} given @param {string} where @returns {Record<string, any>} */
export function checkTechnique(name, given, where) {
  checkKeys(given, techniques[name].map((option) => option.name), `${where}: ${name}`);
  return checkAll(given, techniques[name], `${where}: ${name}`);
}

/**
 * @param {readonly Entry[]} entries
 * @param {string} name
 */
export const codeOf = (entries, name) => entries.findIndex((entry) => entry.name === name);
