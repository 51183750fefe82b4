// options.js: judges options at construction and fills in defaults · in: what a caller wrote · out: plain, complete options · next: platform.js
import { checkKeys, nearest, show } from './errors.js';
import { activations, initializers, linearModels, losses, optimizers } from './registry.js';

/** @typedef {import('./registry.js').OptionInfo} OptionInfo */
/** @typedef {import('./registry.js').Entry} Entry */
/** @typedef {{ name: string, [option: string]: string | number | boolean }} Choice a name and all its options */
/** @typedef {{ type: 'dense', units: number, activation: Choice, initializer: string }} Layer */

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
  if (info.choices && (typeof value === 'string' || info.min === undefined)) return oneOf(value, info.choices, `${where}: ${info.name}`);
  if (info.list || info.each) return checkMany(value, info, where);
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
  /** @type {Record<string, unknown>} */
  const complete = {};
  for (const option of options) {
    const value = checkOption(given[option.name], option, name);
    if (value !== undefined) complete[option.name] = value;
  }
  return freeze(complete);
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
  for (const option of entry.options) complete[option.name] = checkOption(given[option.name], option, `${where} ${entry.name}`);
  return complete;
}

/** @param {unknown} choice @param {string} where */
export const checkActivation = (choice = 'identity', where) => checkChoice(choice, activations, `${where}: activation`);

/** @param {unknown} name @param {string} where */
export const checkInitializer = (name = 'auto', where) => find(name, initializers, `${where}: initializer`).name;

/** @param {unknown} name @param {string} where */
export const checkLoss = (name, where) => find(name, losses, `${where}: loss`).name;

/**
 * @param {unknown} choice
 * @param {string} where
 */
export function checkOptimizer(choice = 'adam', where) {
  const complete = checkChoice(choice, optimizers, `${where}: optimizer`);
  if (complete.nesterov && (complete.momentum === 0 || complete.dampening !== 0)) {
    throw new RangeError(`${where}: optimizer sgd with nesterov needs momentum above 0 and dampening 0, not momentum ${complete.momentum} and dampening ${complete.dampening}`);
  }
  return complete;
}

/**
 * @param {readonly Entry[]} entries
 * @param {string} name
 */
export const codeOf = (entries, name) => entries.findIndex((entry) => entry.name === name);
