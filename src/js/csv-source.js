// csv-source.js: whatever holds the bytes of a file, as pieces of text · in: string, bytes, Blob, stream, iterable · out: text pieces · next: csv.js
import { WasmfitError, show } from './errors.js';
import { viewKind } from './shapes.js';

/** @typedef {string | Uint8Array | ArrayBuffer | Blob | ReadableStream<Uint8Array> | AsyncIterable<string | Uint8Array> | (string | Uint8Array)[]} CsvSource */
/** @typedef {(done: number, total: number | undefined) => void} Progress bytes read (characters of a string) and, where known, of how many */

const PIECE = 1 << 18;
const MAX_PAUSE = 12; // milliseconds of work before the page gets a turn

/** @type {[string, number[]][]} */
const SIGNATURES = [
  ['a PNG image', [0x89, 0x50, 0x4e, 0x47]],
  ['a zip archive or an Excel workbook', [0x50, 0x4b, 0x03, 0x04]],
  ['a gzip archive', [0x1f, 0x8b]],
  ['a PDF document', [0x25, 0x50, 0x44, 0x46]],
  ['text in UTF-16', [0xff, 0xfe]],
  ['text in UTF-16', [0xfe, 0xff]],
];

/**
 * @param {string} message
 * @param {string} [hint]
 * @param {unknown} [cause]
 */
export function badCsv(message, hint, cause) {
  return new WasmfitError(message, { code: 'BAD_CSV', hint, cause });
}

/** @param {Uint8Array} bytes */
function refuseOtherFormats(bytes) {
  const found = SIGNATURES.find(([, signature]) => signature.every((byte, i) => bytes[i] === byte));
  if (found !== undefined) throw badCsv(`the file is ${found[0]}, not a CSV text`, 'save the data as CSV in UTF-8');
}

/**
 * Bytes to text; refuses what is no text in the encoding.
 * @param {string} encoding
 */
function makeDecoder(encoding) {
  /** @type {TextDecoder} */
  let decoder;
  try {
    decoder = new TextDecoder(encoding, { fatal: true });
  } catch (cause) {
    throw new RangeError(`readCsv: encoding is ${show(encoding)}; it must be the name of an encoding such as "utf-8" or "windows-1252"`, { cause });
  }
  let first = true;
  return {
    /** @param {Uint8Array} [bytes] nothing at the end */
    decode(bytes) {
      if (first && bytes !== undefined) refuseOtherFormats(bytes);
      first = false;
      try {
        return decoder.decode(bytes, { stream: bytes !== undefined });
      } catch (cause) {
        const text = new TextDecoder(encoding).decode(bytes);
        const at = text.indexOf('\ufffd');
        const near = at < 0 ? 'at its end' : `near ${show(text.slice(Math.max(0, at - 12), at + 12))}`;
        throw badCsv(`the file is not text in ${decoder.encoding}: it has other bytes ${near}`,
          'save it as UTF-8, or name its encoding: { encoding: "windows-1252" }', cause);
      }
    },
  };
}

/**
 * Copies of small parts, so that no source, however large its pieces, blocks the page.
 * @param {string | Uint8Array} whole
 * @returns {Iterable<string | Uint8Array>}
 */
function* cut(whole) {
  for (let at = 0; at < whole.length; at += PIECE) yield whole.slice(at, at + PIECE);
}

/**
 * Gives the page a turn when the last one is long ago.
 * @param {number} rested when it was
 */
async function rest(rested) {
  if (performance.now() - rested < MAX_PAUSE) return rested;
  await new Promise((resolve) => { setTimeout(resolve, 0); });
  return performance.now();
}

/** @param {ReadableStream<Uint8Array>} stream */
function readStream(stream) {
  const reader = stream.getReader();
  return {
    next: () => reader.read(),
    return: async () => {
      await reader.cancel();
      return { done: true, value: undefined };
    },
  };
}

/**
 * @param {any} source
 * @returns {{ iterator: AsyncIterator<unknown> | Iterator<unknown>, total: number | undefined }}
 */
function open(source) {
  if (typeof source === 'string') return { iterator: [source][Symbol.iterator](), total: source.length };
  if (typeof source === 'object' && source !== null) {
    const buffer = Object.prototype.toString.call(source);
    if (viewKind(source) === 'Uint8Array') return { iterator: [source][Symbol.iterator](), total: source.length };
    if (buffer === '[object ArrayBuffer]') return { iterator: [new Uint8Array(source)][Symbol.iterator](), total: source.byteLength };
    if (typeof source.stream === 'function' && typeof source.size === 'number') return { iterator: readStream(source.stream()), total: source.size };
    if (typeof source.getReader === 'function') return { iterator: readStream(source), total: undefined };
    if (typeof source[Symbol.asyncIterator] === 'function') return { iterator: source[Symbol.asyncIterator](), total: undefined };
    if (Array.isArray(source)) return { iterator: source[Symbol.iterator](), total: undefined };
  }
  throw new TypeError('readCsv: the source must be a string, a Uint8Array, an ArrayBuffer, a Blob or File, a ReadableStream or an async iterable '
    + `of these, not ${show(source)}`);
}

/**
 * Waits for a promise, but no longer than until the signal aborts.
 * @template T
 * @param {T | Promise<T>} promise
 * @param {AbortSignal | undefined} signal
 * @returns {Promise<T>}
 */
function unlessAborted(promise, signal) {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    Promise.resolve(promise).then(resolve, reject).finally(() => signal?.removeEventListener('abort', abort));
  });
}

/**
 * The text of a source in pieces, the page getting a turn between them. However it ends, the source is closed.
 *
 * @param {CsvSource} source
 * @param {{ encoding: string, signal?: AbortSignal, onProgress?: Progress }} options
 * @returns {AsyncGenerator<string, void, void>}
 * @throws {WasmfitError} BAD_CSV: another file format, or bytes that are no text in the encoding
 */
export async function* textPieces(source, { encoding, signal, onProgress }) {
  signal?.throwIfAborted();
  const decoder = makeDecoder(encoding);
  const { iterator, total } = open(source);
  let done = 0;
  let rested = performance.now();
  let finished = false;
  try {
    for (;;) {
      const step = await unlessAborted(iterator.next(), signal);
      if (step.done) break;
      const chunk = /** @type {string | Uint8Array} */ (step.value);
      if (typeof chunk !== 'string' && viewKind(chunk) !== 'Uint8Array') {
        throw new TypeError(`readCsv: the source gave ${show(chunk)}; every piece must be a string or a Uint8Array`);
      }
      for (const piece of cut(chunk)) {
        yield typeof piece === 'string' ? piece : decoder.decode(piece);
        done += piece.length;
        onProgress?.(done, total);
        rested = await rest(rested);
        signal?.throwIfAborted();
      }
    }
    finished = true;
    yield decoder.decode();
  } finally {
    if (!finished) Promise.resolve(iterator.return?.()).catch(() => {});
  }
}
