// safetensors.js: a file of tensors and text, strictly read · in: bytes · out: tensors, texts · next: load.js
//
// The format is that of safetensors-write.js. Everything is checked before any tensor is allocated, and nothing of a file is evaluated.

import { WasmfitError, show } from './errors.js';
import { DTYPES, MAX_HEADER, MAX_NAMES, METADATA, TYPES, brief, countOf } from './safetensors-write.js';
import { viewKind } from './shapes.js';

/** @typedef {import('./safetensors-write.js').TensorData} TensorData */
/** @typedef {import('./safetensors-write.js').Tensor} Tensor */
/** @typedef {{ name: string, dtype: string, shape: number[], begin: number, end: number }} Entry */

const FIELDS = ['dtype', 'shape', 'data_offsets'];
const MAX_DEPTH = 3;

/**
 * @param {string} problem the place, the value and the rule
 * @param {unknown} [cause]
 */
function broken(problem, cause) {
  const hint = 'the file is damaged, or it is no safetensors file';
  return new WasmfitError(`safetensors: ${problem}`, { code: 'MODEL_FILE', hint, cause });
}

/**
 * The tensors and the metadata of a file, as copies. Values are not looked at: NaN passes here.
 *
 * @param {Uint8Array | ArrayBuffer} file
 * @returns {{ tensors: Map<string, Tensor>, metadata: Map<string, string> }} tensors in the order of their data
 * @throws {TypeError} when file is no bytes
 * @throws {WasmfitError} MODEL_FILE: the file breaks a rule of the format, or holds 10,000 tensors or texts, or more
 */
export function readSafetensors(file) {
  const isBuffer = Object.prototype.toString.call(file) === '[object ArrayBuffer]';
  if (!isBuffer && viewKind(file) !== 'Uint8Array') {
    throw new TypeError(`the file must be a Uint8Array or an ArrayBuffer, not ${show(file)}`);
  }
  const bytes = isBuffer ? new Uint8Array(file) : /** @type {Uint8Array} */ (file);
  const { text, end } = readHeader(bytes);
  scan(text);
  const { [METADATA]: words = {}, ...rest } = parse(text);
  const metadata = toMetadata(words);
  const entries = Object.entries(rest).map(([name, value]) => toEntry(name, value));
  checkLayout(entries, bytes.length - end);
  const tensors = new Map(entries.map((entry) => [entry.name, toTensor(entry, bytes.subarray(end))]));
  return { tensors, metadata };
}

/**
 * The header as text, and where it ends in the file.
 * @param {Uint8Array} bytes
 */
function readHeader(bytes) {
  if (bytes.length < 8) throw broken(`the file has ${bytes.length} bytes; its first 8 must be the length of the header`);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > MAX_HEADER) throw broken(`the header is said to have ${length} bytes; at most ${MAX_HEADER} are allowed`);
  const end = 8 + Number(length);
  if (end > bytes.length) throw broken(`the header is said to have ${length} bytes, but the file ends after ${bytes.length - 8} of them`);
  if (length === 0n || bytes[8] !== 0x7b) throw broken('the header does not begin with {');
  try {
    // A copy, because a decoder refuses shared memory.
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array(bytes.subarray(8, end))), end };
  } catch (cause) {
    throw broken('the header is not UTF-8', cause);
  }
}

/**
 * @param {string} text
 * @returns {any}
 */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw broken('the header is not JSON', cause);
  }
}

/**
 * Refuses what JSON.parse lets pass: a name that stands twice (it keeps the last), depth and number without limit, and anything but
 * text and plain digits for a value.
 * @param {string} text
 */
function scan(text) {
  /** @type {Set<string>[]} the names met so far in every bracket that is open */
  const open = [];
  let place = 'the header', lastString = '';
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === '"') {
      const end = endOfString(text, i);
      lastString = text.slice(i, end);
      i = end - 1;
    } else if (char === ':') {
      const name = String(parse(lastString));
      if (open.length === 1) place = name === METADATA ? 'the metadata' : `tensor ${show(name)}`;
      addName(open.at(-1), name, place);
    } else if (char === '{' || char === '[') {
      if (open.push(new Set()) > MAX_DEPTH) throw broken(`${place} is nested deeper than ${MAX_DEPTH} levels`);
    } else if (char === '}' || char === ']') {
      open.pop();
    } else if (!'0123456789, \n\r\t'.includes(char)) {
      const value = text.slice(i, i + 20).split(/[\s,\]}]/)[0];
      throw broken(`${place} has ${show(value)} outside quotes; shapes and offsets are whole numbers of digits only`);
    }
  }
}

/**
 * @param {string} text
 * @param {number} start of the opening quote
 * @returns {number} just behind the closing one
 */
function endOfString(text, start) {
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === '"') return i + 1;
    if (text[i] === '\\') i++;
  }
  return text.length;
}

/**
 * @param {Set<string> | undefined} names
 * @param {string} name
 * @param {string} place
 */
function addName(names = new Set(), name, place) {
  if (names.has(name)) throw broken(`${place}: the name ${show(name)} stands twice`);
  names.add(name);
  if (names.size > MAX_NAMES) throw broken(`${place} comes after ${MAX_NAMES} names; a file may hold fewer tensors and texts than that`);
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * @param {unknown} words
 * @returns {Map<string, string>}
 */
function toMetadata(words) {
  if (!isObject(words)) throw broken(`the metadata is ${show(words)}; it must be an object of texts`);
  return new Map(Object.entries(words).map(([key, text]) => {
    if (typeof text !== 'string') throw broken(`the metadata has ${show(text)} as ${show(key)}; it must be text`);
    return [key, text];
  }));
}

/**
 * One tensor's description, checked by itself.
 * @param {string} name
 * @param {unknown} value
 * @returns {Entry}
 */
function toEntry(name, value) {
  const place = `tensor ${show(name)}`;
  if (!isObject(value)) throw broken(`${place} is ${show(value)}; it must be an object`);
  const unknown = Object.keys(value).find((key) => !FIELDS.includes(key));
  const missing = FIELDS.find((key) => !Object.hasOwn(value, key));
  if (unknown !== undefined) throw broken(`${place} has the unknown field ${show(unknown)}; fields are ${FIELDS.join(', ')}`);
  if (missing !== undefined) throw broken(`${place} has no ${missing}`);
  const { dtype, shape, data_offsets: offsets } = value;
  const Type = TYPES.get(/** @type {string} */ (dtype));
  if (!Type) throw broken(`${place} has dtype ${show(dtype)}; known are ${DTYPES}`);
  for (const [field, list] of [['shape', shape], ['data_offsets', offsets]]) {
    if (Array.isArray(list) && list.every(Number.isSafeInteger)) continue;
    throw broken(`${place} has ${field} ${brief(list)}; it must be an array of whole numbers up to 2^53 - 1`);
  }
  const sizes = /** @type {number[]} */ (shape), [begin, end, ...more] = /** @type {number[]} */ (offsets);
  if (end === undefined || more.length > 0 || begin > end) {
    throw broken(`${place} has data_offsets ${brief(offsets)}; they must be [begin, end], begin not above end`);
  }
  const needed = countOf([Type.BYTES_PER_ELEMENT, ...sizes]);
  if (needed === undefined) throw broken(`${place} has shape ${brief(shape)}; its size overflows 2^53 - 1 bytes`);
  if (needed !== end - begin) {
    throw broken(`${place}: shape ${brief(shape)} of ${dtype} needs ${needed} bytes, data_offsets ${brief(offsets)} give ${end - begin}`);
  }
  return { name, dtype: /** @type {string} */ (dtype), shape: sizes, begin, end };
}

/**
 * Puts the tensors into the order of their data, which must fill the rest of the file without hole or overlap.
 * @param {Entry[]} entries
 * @param {number} length
 */
function checkLayout(entries, length) {
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let next = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== next) {
      throw broken(`tensor ${show(name)}: data begins at ${begin}, the tensors before end at ${next}; no hole and no overlap is allowed`);
    }
    next = end;
  }
  if (next !== length) throw broken(`the tensors have ${next} bytes, the file has ${length} for them; they must be equal`);
}

/**
 * @param {Entry} entry
 * @param {Uint8Array} body
 * @returns {Tensor}
 */
function toTensor({ dtype, shape, begin, end }, body) {
  const Type = /** @type {new (buffer: ArrayBuffer) => TensorData} */ (TYPES.get(dtype));
  return { dtype, shape, data: new Type(new Uint8Array(body.subarray(begin, end)).buffer) };
}
