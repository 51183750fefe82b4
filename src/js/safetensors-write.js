// safetensors-write.js: tensors and text into one file · in: tensors, texts · out: bytes · next: safetensors.js
//
// The format: 8 bytes little-endian length of the header, the header (a JSON object: tensor name → dtype, shape, data_offsets; and
// "__metadata__" → text by name), then the data of all tensors without a gap. Source: github.com/huggingface/safetensors, README, "Format".

import { show } from './errors.js';
import { viewKind } from './shapes.js';

/**
 * @typedef {Float64Array | Float32Array | BigInt64Array | BigUint64Array | Int32Array | Uint32Array | Int16Array | Uint16Array
 *   | Int8Array | Uint8Array} TensorData
 */
/**
 * shape: whole numbers, none for a single value; data: row-major. F16 and BF16 are given as the bits of their values, BOOL as 0 and 1.
 * @typedef {{ dtype: string, shape: number[], data: TensorData }} Tensor
 */

export const TYPES = new Map(Object.entries({
  F64: Float64Array, F32: Float32Array, F16: Uint16Array, BF16: Uint16Array,
  I64: BigInt64Array, U64: BigUint64Array, I32: Int32Array, U32: Uint32Array,
  I16: Int16Array, U16: Uint16Array, I8: Int8Array, U8: Uint8Array, BOOL: Uint8Array,
}));
export const DTYPES = [...TYPES.keys()].join(', ');
export const METADATA = '__metadata__';
export const MAX_HEADER = 100_000_000;
export const MAX_NAMES = 10_000;

/**
 * Number of values of a shape, or undefined above 2⁵³ − 1.
 * @param {readonly number[]} shape
 */
export function countOf(shape) {
  let count = 1;
  for (const size of shape) {
    count *= size;
    if (!Number.isSafeInteger(count)) return undefined;
  }
  return count;
}

/** @param {unknown} value of the header */
export function brief(value) {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
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
