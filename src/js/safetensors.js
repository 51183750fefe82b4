// safetensors.js: tensors and text in one file, written and strictly read · in: tensors or bytes · out: the other · next: model-file.js
//
// The format: 8 bytes little-endian length of the header, the header (a JSON object: tensor name → dtype, shape, data_offsets; and
// "__metadata__" → text by name), then the data of all tensors without a gap. Source: github.com/huggingface/safetensors, README,
// "Format". Everything is checked before any tensor is allocated, and nothing of a file is evaluated.

import { WasmfitError, show } from './errors.js';
import { viewKind } from './shapes.js';

/**
 * @typedef {Float64Array | Float32Array | BigInt64Array | BigUint64Array | Int32Array | Uint32Array | Int16Array | Uint16Array
 *   | Int8Array | Uint8Array} TensorData
 */
/**
 * shape: whole numbers, none for a single value; data: row-major. F16 and BF16 are given as the bits of their values, BOOL as 0 and 1.
 * @typedef {{ dtype: string, shape: number[], data: TensorData }} Tensor
 */
/** @typedef {{ name: string, dtype: string, shape: number[], begin: number, end: number }} Entry */

const TYPES = new Map(Object.entries({
  F64: Float64Array, F32: Float32Array, F16: Uint16Array, BF16: Uint16Array,
  I64: BigInt64Array, U64: BigUint64Array, I32: Int32Array, U32: Uint32Array,
  I16: Int16Array, U16: Uint16Array, I8: Int8Array, U8: Uint8Array, BOOL: Uint8Array,
}));
const DTYPES = [...TYPES.keys()].join(', ');
const METADATA = '__metadata__';
const MAX_HEADER = 100_000_000;
const MAX_NAMES = 10_000;
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
 * Number of values of a shape, or undefined above 2⁵³ − 1.
 * @param {readonly number[]} shape
 */
function countOf(shape) {
  let count = 1;
  for (const size of shape) {
    count *= size;
    if (!Number.isSafeInteger(count)) return undefined;
  }
  return count;
}

/**
 * One safetensors file; tensors stand in the order given, their data aligned to 8 bytes at the start.
 *
 * @param {Record<string, Tensor> | Map<string, Tensor>} tensors
 * @param {Record<string, string>} [metadata]
 * @returns {Uint8Array<ArrayBuffer>}
 * @throws {TypeError | RangeError} data of another type or length than dtype and shape say, text that is not text
 */
export function writeSafetensors(tensors, metadata = {}) {
  const entries = tensors instanceof Map ? [...tensors] : Object.entries(tensors);
  const texts = Object.entries(metadata);
  if (Math.max(entries.length, texts.length) >= MAX_NAMES) {
    throw new RangeError(`${entries.length} tensors, ${texts.length} texts are too many; a file may hold fewer than ${MAX_NAMES} of each`);
  }
  for (const [key, text] of texts) {
    if (typeof text !== 'string') throw new TypeError(`metadata ${show(key)} is ${show(text)}; it must be text`);
  }
  const parts = [`"${METADATA}":${JSON.stringify(metadata)}`];
  let end = 0;
  for (const [name, { dtype, shape, data }] of entries) {
    const Type = TYPES.get(dtype);
    if (name === METADATA || !Type) {
      throw new RangeError(`tensor ${show(name)} of dtype ${show(dtype)} cannot be written; dtypes are ${DTYPES}`);
    }
    if (viewKind(data) !== Type.name) throw new TypeError(`tensor ${show(name)}: data is ${show(data)}; ${dtype} needs ${Type.name}`);
    if (!shape.every((size) => size >= 0) || countOf(shape) !== data.length) {
      throw new RangeError(`tensor ${show(name)}: shape ${brief(shape)} does not hold ${data.length} values`);
    }
    const begin = end;
    end += data.byteLength;
    parts.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [begin, end] })}`);
  }
  const text = new TextEncoder().encode(`{${parts.join(',')}}`);
  const length = Math.ceil(text.length / 8) * 8;
  if (length > MAX_HEADER) throw new RangeError(`the header has ${length} bytes; at most ${MAX_HEADER} are allowed`);
  const bytes = new Uint8Array(8 + length + end);
  new DataView(bytes.buffer).setUint32(0, length, true);
  bytes.fill(0x20, 8, 8 + length);
  bytes.set(text, 8);
  let at = 8 + length;
  for (const [, { data }] of entries) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
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

/** @param {unknown} value of the header */
function brief(value) {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
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
