// memo.js: preparation of the same data is done once for several fits · in: pure functions · out: the same, which remember for a while · next: prepare.js

/** What was asked while remembering, and the answers. @type {Map<Function, { given: unknown[], result: any }[]> | null} */
let known = null;

/** @param {unknown} value @returns {value is Record<string, unknown>} */
const isPlain = (value) => typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** Plain objects by what they hold, everything else, lists and typed arrays too, by identity. @param {unknown} a @param {unknown} b @returns {boolean} */
function same(a, b) {
  if (Object.is(a, b)) return true;
  if (!isPlain(a) || !isPlain(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]));
}

/**
 * A function that, while remembering, gives the result it gave before for the same arguments.
 * @template {(...given: any[]) => any} F
 * @param {F} f without effects; its results are not written to
 * @returns {F}
 */
export function once(f) {
  const asked = (/** @type {any[]} */ ...given) => {
    if (!known) return f(...given);
    const calls = known.get(f) ?? [];
    known.set(f, calls);
    const found = calls.find((call) => call.given.length === given.length && given.every((value, i) => same(value, call.given[i])));
    if (found) return found.result;
    const result = f(...given);
    calls.push({ given, result });
    return result;
  };
  return /** @type {F} */ (asked);
}

/**
 * Runs `work`, during which no data change, and forgets everything after it.
 * @template T @param {() => T} work @returns {T}
 */
export function remembering(work) {
  known = new Map();
  try {
    return work();
  } finally {
    known = null;
  }
}
