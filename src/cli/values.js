// values.js: texts of arguments become numbers and names, by the rules of the registry · in: arguments · out: values · next: techniques.js
import { nearest, show } from '../js/errors.js';
import { usage } from './errors.js';

/** @typedef {import('../js/registry.js').OptionInfo} OptionInfo */
/** @typedef {{ given: Map<string, string[]>, last: (name: string) => string | undefined }} Given */

export const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** @param {string} name of an option in JavaScript */
export const kebab = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** What a number may be, in words. @param {OptionInfo} info */
export function ruleOf({ min = -Infinity, max = Infinity, above, below, integer, list }) {
  const most = max === 2 ** 53 ? '2^53' : max;
  const one = `${integer ? 'whole ' : ''}number${list ? 's' : ''} ${above ? 'above' : 'from'} ${min} to ${below ? `below ${most}` : most}`;
  return list ? `${one} with commas between them` : `a ${one}`;
}

/** @param {string} text @param {OptionInfo} info */
function inside(text, { min = -Infinity, max = Infinity, above, below, integer }) {
  const value = NUMBER.test(text) ? Number(text) : NaN;
  return (above ? value > min : value >= min) && (below ? value < max : value <= max) && (!integer || Number.isInteger(value)) ? value : undefined;
}

/** @param {Given} parsed @param {string} name @param {OptionInfo} info @returns {any} a number, or a list of them; undefined: not given */
export function number({ last }, name, info) {
  const text = last(name);
  if (text === undefined) return undefined;
  const values = (info.list ? text.split(',') : [text]).map((part) => inside(part.trim(), info));
  if (values.includes(undefined)) throw usage(`--${name} is ${show(text)}; it must be ${ruleOf(info)}`);
  return info.list ? values : values[0];
}

/** @param {Given} parsed @param {string} name @param {readonly string[]} names @returns {string | undefined} */
export function choice({ last }, name, names) {
  const value = last(name);
  if (value === undefined || names.includes(value)) return value;
  const guess = nearest(value, names);
  throw usage(`--${name} is ${show(value)}`, guess ? `did you mean ${guess}?` : `it must be one of ${names.join(', ')}`);
}
