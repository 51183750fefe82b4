// refused.js: what the tests of wrong calls share: the error wanted, frozen arguments, a console that must stay silent · next: misuse.test.js
import assert from 'node:assert/strict';
import { after } from 'node:test';

/** Frozen to the depth of its plain objects and arrays. @param {any} value @returns {any} */
export function frozen(value) {
  const plain = Array.isArray(value) || (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype);
  if (plain) Object.values(value).forEach(frozen);
  return plain ? Object.freeze(value) : value;
}

/** @param {Function} Class @param {RegExp} message @param {string} [code] */
const wanted = (Class, message, code) => (/** @type {any} */ error) => {
  assert.equal(error.constructor, Class, String(error));
  assert.match(error.message, message);
  assert.equal(error.code, code);
  return true;
};

/** @param {() => unknown} call throws at once @param {Function} Class @param {RegExp} message @param {string} [code] */
export const refused = (call, Class, message, code) => assert.throws(call, wanted(Class, message, code));

/** @param {() => PromiseLike<unknown>} call rejects later @param {Function} Class @param {RegExp} message @param {string} [code] */
export const rejected = (call, Class, message, code) => assert.rejects(async () => { await call(); }, wanted(Class, message, code));

/** @param {string} text as it stands */
export const literal = (text) => new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));

/** From now on, whatever the package prints fails the file's tests. */
export function silent() {
  /** @type {unknown[]} */
  const printed = [];
  const methods = /** @type {const} */ (['log', 'info', 'warn', 'error', 'debug', 'trace']);
  const originals = methods.map((name) => console[name]);
  for (const name of methods) console[name] = (...words) => { printed.push([name, ...words]); };
  process.on('warning', (warning) => printed.push(warning));
  after(() => {
    methods.forEach((name, i) => { console[name] = originals[i]; });
    assert.deepEqual(printed, [], 'nothing is printed');
  });
}
