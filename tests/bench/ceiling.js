// ceiling.js: how many operations a second a core can do at most in WebAssembly · in: nothing · out: GFLOP/s · next: roofline.js
//
// A loop a = a · b + c on CHAINS values of 128 bits that never leave their registers: enough of them that the units are always busy,
// few enough for 16 registers. Assembled here by hand, as this is simpler than a build of its own. Source of the codes: the WebAssembly
// core specification, 5.4.9 and its relaxed SIMD.
//
//   node tests/bench/ceiling.js     one line of JSON
import { fileURLToPath } from 'node:url';

/** Numbers of 32 or 64 bits; with the fused instruction of our fast build, or multiply and add apart as in the exact one. 16: integers,
 * whose products are added two by two to sums of 32 bits.
 * @typedef {{ bits: 16 | 32 | 64, fused: boolean }} Kind */

const CHAINS = 12, UNROLLED = 8;
const I32 = 0x7f, F32 = 0x7d, F64 = 0x7c, V128 = 0x7b;
const GET = 0x20, SET = 0x21, TEE = 0x22, LOOP = 0x03, BR_IF = 0x0d, END = 0x0b, SIMD = 0xfd;
const CODES = {
  16: { mul: [0xba, 1], add: [0xae, 1], madd: [], lane: [0x1b, 0], result: I32, Values: Int16Array },
  32: { mul: [0xe6, 1], add: [0xe4, 1], madd: [0x85, 2], lane: [0x1f, 0], result: F32, Values: Float32Array },
  64: { mul: [0xf2, 1], add: [0xf0, 1], madd: [0x87, 2], lane: [0x21, 0], result: F64, Values: Float64Array },
};

/** LEB128 of a whole number from 0. @param {number} value @returns {number[]} */
const leb = (value) => (value < 128 ? [value] : [value & 127 | 128, ...leb(value >> 7)]);
/** With its length before it. @param {number[]} bytes */
const sized = (bytes) => [...leb(bytes.length), ...bytes];
/** @param {number} id @param {number[]} content */
const section = (id, content) => [id, ...sized(content)];
/** v128.const with the same number everywhere. @param {Kind['bits']} bits @param {number} value */
const splat = (bits, value) => [SIMD, 0x0c, ...new Uint8Array(new CODES[bits].Values(128 / bits).fill(value).buffer)];

/** The module, whose run(count) does 2 · CHAINS · UNROLLED operations on each lane count times. @param {Kind} kind */
export function assemble({ bits, fused }) {
  const { mul, add, madd, lane, result } = CODES[bits];
  const factor = CHAINS + 1, addend = CHAINS + 2, chains = Array.from({ length: CHAINS }, (_, i) => i + 1); // local 0 is the count
  const step = chains.flatMap((chain) => (fused ? [GET, chain, GET, factor, GET, addend, SIMD, ...madd, SET, chain]
    : [GET, chain, GET, factor, SIMD, ...mul, GET, addend, SIMD, ...add, SET, chain]));
  const body = [
    1, CHAINS + 2, V128, // so many locals
    ...chains.flatMap((chain) => [...splat(bits, chain / 8), SET, chain]), ...splat(bits, 0.999), SET, factor, ...splat(bits, 0.001), SET, addend,
    LOOP, 0x40, ...Array(UNROLLED).fill(step).flat(), GET, 0, 0x41, 0x7f, 0x6a, TEE, 0, BR_IF, 0, END, // i32.const -1, i32.add
    GET, 1, ...chains.slice(1).flatMap((chain) => [GET, chain, SIMD, ...add]), SIMD, ...lane, END,
  ];
  return Uint8Array.from([
    0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(1, [1, 0x60, 1, I32, 1, result]), ...section(3, [1, 0]),
    ...section(7, [1, 3, ...new TextEncoder().encode('run'), 0, 0]), ...section(10, [1, ...sized(body)]),
  ]);
}

/** GFLOP/s of the best of many runs; null where the engine has no such instruction. @param {Kind} kind */
export function ceiling(kind, runs = 40) {
  const bytes = assemble(kind);
  if (!WebAssembly.validate(bytes)) return null;
  const { run } = /** @type {{ run: (count: number) => number }} */ (new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports);
  const count = 50_000, operations = count * UNROLLED * CHAINS * 2 * 128 / kind.bits;
  let best = Infinity, sum = 0;
  for (let i = 0; i < runs; i++) {
    const before = performance.now();
    sum += run(count);
    best = Math.min(best, performance.now() - before);
  }
  if (!Number.isFinite(sum)) throw new Error('the loop left the finite numbers');
  return operations / best / 1e6;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  /** @type {Record<string, Kind>} */
  const kinds = { exact32: { bits: 32, fused: false }, fast32: { bits: 32, fused: true }, exact64: { bits: 64, fused: false }, int8: { bits: 16, fused: false } };
  console.log(JSON.stringify(Object.fromEntries(Object.entries(kinds).map(([name, kind]) => [name, ceiling(kind)]))));
}
