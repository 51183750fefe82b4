// checksum.js: whether a file holds what was written · in: text, tensors · out: CRC-32 · next: load.js

/** @typedef {import('./safetensors.js').Tensor} Tensor */

/** CRC-32 of every byte, made for the first file. Source: IEEE 802.3, the one of PNG and gzip; reflected, polynomial 0xedb88320. */
const makeTable = () => Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});
/** @type {Uint32Array | undefined} */
let table;

/**
 * CRC-32 of a text and of the data of tensors in the order of their names, however a file arranges them. A flipped bit is always
 * found, other damage all but once in 2³².
 *
 * @param {string} text
 * @param {Iterable<[string, Tensor]>} tensors
 * @returns {string} 8 hexadecimal digits
 */
export function checksum(text, tensors) {
  const parts = [...tensors].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { data }]) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  const known = (table ??= makeTable());
  let crc = 0xffffffff;
  for (const bytes of [new TextEncoder().encode(text), ...parts]) {
    for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ known[(crc ^ bytes[i]) & 0xff];
  }
  return ((crc ^ 0xffffffff) >>> 0).toString(16).padStart(8, '0');
}
