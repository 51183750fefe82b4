// files.js: files and standard streams · in: paths · out: pieces of bytes, files written whole or not at all · next: data.js
import { createReadStream } from 'node:fs';
import { access, constants, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable, pipeline } from 'node:stream';
import { constants as zlib, createGunzip, gunzipSync } from 'node:zlib';
import { badData, usage } from './errors.js';

const HEAD = 1024;

/** What a person calls the file. @param {string} path */
export const nameOf = (path) => (path === '-' ? 'standard input' : path);

/** @param {Uint8Array} bytes */
const isIdx = (bytes) => bytes.length >= 4 && bytes[0] === 0 && bytes[1] === 0 && bytes[2] >= 0x08 && bytes[2] <= 0x0e;

/** The beginning of a file, unpacked. @param {Buffer} head */
function peek(head) {
  if (head[0] !== 0x1f || head[1] !== 0x8b) return { bytes: head, packed: false };
  try {
    return { bytes: gunzipSync(head, { finishFlush: zlib.Z_SYNC_FLUSH }), packed: true };
  } catch {
    return { bytes: head, packed: false }; // damaged; the reader of the format says so
  }
}

/**
 * Opens a file and finds out what it holds.
 * @param {string} path - for standard input
 * @returns {Promise<{ kind: 'idx' | 'csv', pieces: AsyncIterable<Buffer>, size: number | undefined }>} pieces: of a CSV file unpacked
 */
export async function openInput(path) {
  if (path !== '-' && (await stat(path)).isDirectory()) throw badData(`${path} is a directory`, 'name a file in it');
  const iterator = (path === '-' ? process.stdin : createReadStream(path))[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  for (let step; head.length < HEAD && !(step = await iterator.next()).done;) head = Buffer.concat([head, step.value]);
  async function* whole() {
    yield head;
    yield* iterator;
  }
  const { bytes, packed } = peek(head);
  if (isIdx(bytes)) return { kind: 'idx', pieces: whole(), size: undefined };
  if (packed) return { kind: 'csv', pieces: pipeline(Readable.from(whole()), createGunzip(), () => {}), size: undefined };
  return { kind: 'csv', pieces: whole(), size: path === '-' ? undefined : (await stat(path)).size };
}

/** @param {AsyncIterable<Buffer>} pieces @returns {Promise<Uint8Array>} */
export async function readAll(pieces) {
  const all = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

/**
 * Whether the output can be written, asked before the work begins: its folder is there, and it is none of the inputs.
 * @param {string} path
 * @param {(string | undefined)[]} inputs
 */
export async function checkOutput(path, inputs) {
  if (path === '-') return;
  const place = await realpath(path).catch(() => undefined);
  if (place === undefined) return access(dirname(path), constants.W_OK);
  if ((await stat(place)).isDirectory()) throw usage(`--out ${path} is a directory`, 'name a file');
  for (const input of inputs) {
    if (input !== undefined && input !== '-' && await realpath(input).catch(() => undefined) === place) {
      throw usage(`--out ${path} would overwrite the input`, 'name another file');
    }
  }
}

/**
 * Writes a file under another name and renames it, so that it is never half there. Devices and pipes are written as they are.
 * @param {string} path - for standard output
 * @param {Uint8Array | string} data
 */
export async function writeOutput(path, data) {
  if (path === '-') {
    process.stdout.write(data);
    return;
  }
  const place = await realpath(path).catch(() => path);
  const info = await stat(place).catch(() => null);
  if (info && !info.isFile()) return writeFile(place, data);
  const part = join(dirname(place), `.${basename(place)}.${process.pid}.part`);
  try {
    await writeFile(part, data, { flag: 'wx', mode: info ? info.mode & 0o777 : 0o666 });
    await rename(part, place);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}
