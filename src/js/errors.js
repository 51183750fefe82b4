// errors.js: the one error class of the package and the words of its messages · in: any value · out: WasmfitError, printable text · next: shapes.js

/**
 * What is neither a wrong type (TypeError) nor a value out of its range (RangeError): not fitted, busy, disposed, diverged,
 * unreadable file. `code` is stable and made for programs ('NOT_FITTED'), `hint` says what to try; both are also fit to show.
 */
export class WasmfitError extends Error {
  /**
   * @param {string} message the offending value, the place and the rule
   * @param {{ code: string, hint?: string, cause?: unknown }} details
   */
  constructor(message, { code, hint, cause }) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'WasmfitError';
    /** @type {string} */
    this.code = code;
    /** @type {string | undefined} */
    this.hint = hint;
  }
}

const SHOWN = 40;
// Controls, zero-width characters, direction overrides and lone surrogates would rearrange or hide the text around them.
const UNSAFE = /["\\\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** @param {string} char */
function escapeChar(char) {
  if (!UNSAFE.test(char)) return char;
  const json = JSON.stringify(char).slice(1, -1);
  return json !== char ? json : '\\u' + /** @type {number} */ (char.codePointAt(0)).toString(16).padStart(4, '0');
}

/** @param {string} text */
function showString(text) {
  let shown = '';
  for (const char of text) {
    const piece = escapeChar(char);
    if (shown.length + piece.length > SHOWN - 3) return `"${shown}…"`;
    shown += piece;
  }
  return `"${shown}"`;
}

/** @param {object} value */
function showObject(value) {
  if (Array.isArray(value)) return `array of length ${value.length}`;
  if (ArrayBuffer.isView(value) && 'length' in value) return `${value.constructor.name} of length ${value.length}`;
  const prototype = Object.getPrototypeOf(value);
  const name = prototype === null ? 'Object' : prototype.constructor?.name;
  return name === 'Object' || typeof name !== 'string' || name === '' ? 'object' : name.slice(0, SHOWN);
}

/**
 * A short printable form of any value: strings quoted, numbers as they are, objects by their kind; at most 40 characters and
 * without characters that hide or reorder text. Never throws, whatever the value.
 * @param {unknown} value
 * @returns {string}
 */
export function show(value) {
  switch (typeof value) {
    case 'string': return showString(value);
    case 'number': return Object.is(value, -0) ? '-0' : String(value);
    case 'bigint': {
      const digits = `${value}n`;
      return digits.length > SHOWN ? `${digits.slice(0, SHOWN - 2)}…n` : digits;
    }
    case 'symbol':
    case 'function': return typeof value;
    case 'object':
      if (value === null) return 'null';
      try {
        return showObject(value);
      } catch {
        return 'object';
      }
    default: return String(value);
  }
}

/** @param {string} word */
const normal = (word) => word.toLowerCase().replace(/[\s_-]/g, '');

/**
 * Edit distance with neighbouring letters swapped counted as one (optimal string alignment).
 * @param {string} a
 * @param {string} b
 */
function distance(a, b) {
  let before = new Array(b.length + 1).fill(0);
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      next[j] = Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + same);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) next[j] = Math.min(next[j], before[j - 2] + 1);
    }
    before = row;
    row = next;
  }
  return row[b.length];
}

/**
 * The known word that somebody most likely meant, or undefined when none is near (more than a third of the letters differ).
 * Case, spaces, `_` and `-` do not count: `learning_rate` is `learningRate`.
 * @param {string} word
 * @param {Iterable<string>} words
 * @returns {string | undefined}
 */
export function nearest(word, words) {
  const wanted = normal(word.slice(0, 64));
  let best;
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const known of words) {
    const d = distance(wanted, normal(known));
    if (d < least && d < normal(known).length) {
      least = d;
      best = known;
    }
  }
  return best;
}

/**
 * Refuses an options object with a key that is not known, naming the nearest one that is.
 * @param {unknown} object
 * @param {Iterable<string>} allowed
 * @param {string} where what takes the options, as the message begins: 'MLPRegressor'
 * @returns {asserts object is Record<string, unknown>}
 */
export function checkKeys(object, allowed, where) {
  if (typeof object !== 'object' || object === null || Array.isArray(object) || ArrayBuffer.isView(object)) {
    throw new TypeError(`${where}: options must be an object, not ${show(object)}`);
  }
  const known = new Set(allowed);
  for (const key of Object.keys(object)) {
    if (known.has(key)) continue;
    const guess = nearest(key, known);
    const advice = guess !== undefined ? `did you mean "${guess}"?`
      : known.size === 0 ? 'there are no options' : `the options are ${[...known].join(', ')}`;
    throw new TypeError(`${where}: unknown option ${show(key)}; ${advice}`);
  }
}

/** @param {string} what */
export const notReady = (what) => new WasmfitError(`${what} needs the core, which is not loaded yet`, { code: 'NOT_READY', hint: 'await init() first' });
