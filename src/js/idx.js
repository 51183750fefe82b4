// idx.js: IDX files (MNIST and kin) become arrays · in: bytes, plain or gzip · out: shape, data · next: matrix.js
import { WasmfitError, show } from './errors.js';

/** @typedef {Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array} IdxData */
/** @typedef {{ shape: number[], data: IdxData }} IdxArray row-major */

/** @type {Map<number, { size: number, make: (length: number) => IdxData, read: (view: DataView, at: number) => number }>} */
const TYPES = new Map([
  [0x08, { size: 1, make: (n) => new Uint8Array(n), read: (view, at) => view.getUint8(at) }],
  [0x09, { size: 1, make: (n) => new Int8Array(n), read: (view, at) => view.getInt8(at) }],
  [0x0b, { size: 2, make: (n) => new Int16Array(n), read: (view, at) => view.getInt16(at) }],
  [0x0c, { size: 4, make: (n) => new Int32Array(n), read: (view, at) => view.getInt32(at) }],
  [0x0d, { size: 4, make: (n) => new Float32Array(n), read: (view, at) => view.getFloat32(at) }],
  [0x0e, { size: 8, make: (n) => new Float64Array(n), read: (view, at) => view.getFloat64(at) }],
]);
const MAX_HEADER = 4 + 4 * 255;

/**
 * @param {string} message
 * @param {unknown} [cause]
 */
function badIdx(message, cause) {
  return new WasmfitError(`the file is not an IDX file: ${message}`, { code: 'BAD_IDX', hint: 'was it downloaded whole?', cause });
}

/**
 * @param {unknown} source
 * @returns {Promise<Uint8Array>}
 */
async function toBytes(source) {
  if (source instanceof Uint8Array) return source;
  if (Object.prototype.toString.call(source) === '[object ArrayBuffer]') return new Uint8Array(/** @type {ArrayBuffer} */ (source));
  if (typeof Blob === 'function' && source instanceof Blob) return new Uint8Array(await source.arrayBuffer());
  throw new TypeError(`readIdx needs a Uint8Array, an ArrayBuffer or a Blob, not ${show(source)}`);
}

/** @param {number} byte */
const hex = (byte) => `0x${byte.toString(16).padStart(2, '0')}`;

/**
 * The header: 0, 0, type, number of dimensions, then each dimension as 32 bits, the highest byte first.
 * @param {Uint8Array} bytes
 */
function readHeader(bytes) {
  if (bytes.length < 4) throw badIdx(`it has ${bytes.length} bytes; the header alone has 4 or more`);
  for (const at of [0, 1]) if (bytes[at] !== 0) throw badIdx(`byte ${at} is ${hex(bytes[at])}; it must be 0`);
  const type = TYPES.get(bytes[2]);
  if (type === undefined) throw badIdx(`byte 2, the type, is ${hex(bytes[2])}; it must be one of ${[...TYPES.keys()].map(hex).join(', ')}`);
  const rank = bytes[3];
  if (rank === 0) throw badIdx('byte 3, the number of dimensions, is 0; there must be at least one');
  const begin = 4 + 4 * rank;
  if (bytes.length < begin) throw badIdx(`it has ${bytes.length} bytes; a header with ${rank} dimensions has ${begin}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  // In doubles: exact up to 2^53 and above that never equal to the length of a file.
  const count = shape.reduce((product, dimension) => product * dimension, 1);
  return { type, shape, count, begin, view, expected: begin + count * type.size };
}

/**
 * Unpacks gzip, but no more than the header announces: a small file cannot fill the memory.
 * @param {Uint8Array} bytes
 * @returns {Promise<Uint8Array>}
 */
async function gunzip(bytes) {
  const reader = new Blob([bytes.slice()]).stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  let whole = new Uint8Array(1 << 16);
  let length = 0;
  let limit = Infinity;
  for (;;) {
    const { done, value } = await reader.read().catch((cause) => { throw badIdx('its gzip data is damaged or cut short', cause); });
    if (done) return whole.subarray(0, length);
    if (length + value.length > whole.length) {
      const larger = new Uint8Array(Math.max(2 * whole.length, length + value.length));
      larger.set(whole.subarray(0, length));
      whole = larger;
    }
    whole.set(value, length);
    length += value.length;
    if (limit === Infinity && length >= MAX_HEADER) limit = readHeader(whole.subarray(0, length)).expected;
    if (length > limit) {
      await reader.cancel();
      throw badIdx(`it unpacks to more than the ${limit} bytes that its header announces`);
    }
  }
}

/**
 * Reads an IDX file (Y. LeCun's format of the MNIST digits): numbers of one type in any number of dimensions.
 *
 * @param {Uint8Array | ArrayBuffer | Blob} source plain or gzip, told apart by the first two bytes
 * @returns {Promise<IdxArray>} a copy: ubyte, byte, short, int, float, double as the typed array of that type
 * @throws {WasmfitError} BAD_IDX: which byte, dimension or length is wrong; damaged gzip data
 * @throws {TypeError} the source is no bytes
 */
export async function readIdx(source) {
  let bytes = await toBytes(source);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) bytes = await gunzip(bytes);
  const { type, shape, count, begin, view, expected } = readHeader(bytes);
  if (bytes.length !== expected) {
    throw badIdx(`it has ${bytes.length} bytes; ${shape.join(' × ')} values of ${type.size} byte${type.size === 1 ? '' : 's'} and the header make ${expected}`);
  }
  const data = type.make(count);
  if (type.size === 1) new Uint8Array(data.buffer).set(bytes.subarray(begin));
  else for (let i = 0; i < count; i++) data[i] = type.read(view, begin + i * type.size);
  return { shape, data };
}
