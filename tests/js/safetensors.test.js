// safetensors.test.js: files written, read back, and refused · in: src/js/safetensors.js, hostile files where present · out: test report

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { writeSafetensors } from '../../src/js/safetensors-write.js';
import { readSafetensors } from '../../src/js/safetensors.js';

const HOSTILE = new URL('../../../shared/data/hostile/', import.meta.url);

/** A file with this header and so many bytes of data, written by hand. @param {string} header @param {number} [data] @param {number} [length] */
function file(header, data = 0, length) {
  const text = Buffer.from(header);
  const bytes = Buffer.alloc(8 + text.length + data);
  bytes.writeBigUInt64LE(BigInt(length ?? text.length));
  text.copy(bytes, 8);
  return bytes;
}

/** @param {RegExp | string} message */
const refused = (message) => ({ name: 'WasmfitError', code: 'MODEL_FILE', message });
const tensor = (/** @type {string} */ name, /** @type {string} */ rest) => `{"${name}":{${rest}}}`;

function sample() {
  return {
    'layers.0.weight': { dtype: 'F32', shape: [2, 3], data: Float32Array.of(1, -0, 3.5, 1e-45, 3.4e38, 0.1) },
    'layers.0.bias': { dtype: 'F64', shape: [3], data: Float64Array.of(Math.PI, 5e-324, -1e308) },
    classes: { dtype: 'I32', shape: [1], data: Int32Array.of(-7) },
    pixel: { dtype: 'U8', shape: [], data: Uint8Array.of(255) },
    big: { dtype: 'I64', shape: [2], data: BigInt64Array.of(-(2n ** 63n), 2n ** 53n + 1n) },
    none: { dtype: 'F32', shape: [0, 4], data: new Float32Array(0) },
    __proto: { dtype: 'I8', shape: [1], data: Int8Array.of(-1) },
  };
}

test('tensors and metadata come back bit for bit and in order', () => {
  const tensors = sample();
  const metadata = { format: 'wasmfit', text: 'naïve "quoted"\n\\ 中文' };
  const bytes = writeSafetensors(tensors, metadata);
  for (const source of [bytes, bytes.buffer, Buffer.from(bytes), new Uint8Array([9, ...bytes, 9]).subarray(1, bytes.length + 1)]) {
    const read = readSafetensors(source);
    assert.deepEqual([...read.metadata], Object.entries(metadata));
    assert.deepEqual([...read.tensors], Object.entries(tensors));
  }
  assert.ok(Object.is(readSafetensors(bytes).tensors.get('layers.0.weight')?.data[1], -0));
});

test('the header begins with { at byte 8 and is padded to 8 bytes, so that the data is aligned', () => {
  const bytes = writeSafetensors({ a: { dtype: 'F64', shape: [1], data: Float64Array.of(2) } }, { note: 'x' });
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  assert.equal(length % 8, 0);
  assert.equal(new TextDecoder().decode(bytes.subarray(8, 8 + length)).trimEnd(),
    '{"__metadata__":{"note":"x"},"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}');
  assert.equal(new DataView(bytes.buffer).getFloat64(8 + length, true), 2);
  assert.equal(bytes.length, 8 + length + 8);
});

test('part of a larger array is written, and what is read is a copy of its own', () => {
  const whole = Float32Array.of(0, 1, 2, 3);
  const bytes = writeSafetensors(new Map([['part', { dtype: 'F32', shape: [2], data: whole.subarray(1, 3) }]]));
  const { data } = /** @type {any} */ (readSafetensors(bytes).tensors.get('part'));
  bytes.fill(0);
  assert.deepEqual(data, Float32Array.of(1, 2));
  assert.equal(data.buffer.byteLength, 8);
});

test('names that live on Object.prototype are names like others and change no prototype', () => {
  const data = { dtype: 'U8', shape: [1], data: Uint8Array.of(1) };
  const names = ['__proto__', 'constructor', 'toString'];
  const bytes = writeSafetensors(new Map(names.map((name) => [name, data])));
  const before = Object.getOwnPropertyNames(Object.prototype).length;
  assert.deepEqual([...readSafetensors(bytes).tensors.keys()], names);
  const words = file('{"__metadata__":{"__proto__":"a","constructor":"b"}}');
  assert.deepEqual([...readSafetensors(words).metadata], [['__proto__', 'a'], ['constructor', 'b']]);
  assert.equal(Object.getOwnPropertyNames(Object.prototype).length, before);
  assert.equal(/** @type {any} */ ({}).dtype, undefined);
});

test('16-bit floats come as their bits and BOOL as bytes; spaces and escapes in the header are read', () => {
  const header = '{ "h" : {"dtype":"F16", "shape":[1], "data_offsets":[0,2]},"\\u0062":{"dtype":"BOOL","shape":[2],"data_offsets":[2,4]} }  ';
  const bytes = file(header, 4);
  bytes.set([0x00, 0x3c, 1, 0], bytes.length - 4);
  const { tensors } = readSafetensors(bytes);
  assert.deepEqual(tensors.get('h'), { dtype: 'F16', shape: [1], data: Uint16Array.of(0x3c00) });
  assert.deepEqual(tensors.get('b'), { dtype: 'BOOL', shape: [2], data: Uint8Array.of(1, 0) });
});

test('what the writer is given wrongly is refused by name', () => {
  const write = (/** @type {any} */ entry, name = 'w') => () => writeSafetensors({ [name]: entry });
  const data = Float32Array.of(1, 2);
  assert.throws(write({ dtype: 'F64', shape: [2], data }), { name: 'TypeError', message: 'tensor "w": data is Float32Array of length 2; F64 needs Float64Array' });
  assert.throws(write({ dtype: 'F32', shape: [3], data }), { name: 'RangeError', message: 'tensor "w": shape [3] does not hold 2 values' });
  assert.throws(write({ dtype: 'F32', shape: [-1, -2], data }), { name: 'RangeError', message: /shape \[-1,-2\]/ });
  assert.throws(write({ dtype: 'float32', shape: [2], data }), { name: 'RangeError', message: /dtype "float32" cannot be written; dtypes are F64, F32/ });
  assert.throws(write({ dtype: 'F32', shape: [2], data }, '__metadata__'), { name: 'RangeError', message: /"__metadata__"/ });
  assert.throws(() => writeSafetensors({}, /** @type {any} */ ({ epochs: 3 })), { name: 'TypeError', message: 'metadata "epochs" is 3; it must be text' });
});

test('what is no bytes is a TypeError, and too few bytes an error', () => {
  for (const wrong of [undefined, null, 'text', [1, 2], {}, new Float32Array(8)]) {
    assert.throws(() => readSafetensors(/** @type {any} */ (wrong)), { name: 'TypeError', message: /the file must be a Uint8Array or an ArrayBuffer, not / });
  }
  for (const length of [0, 1, 7]) assert.throws(() => readSafetensors(new Uint8Array(length)), refused(new RegExp(`the file has ${length} bytes`)));
  assert.throws(() => readSafetensors(Buffer.from('<!DOCTYPE html><title>404</title>')), refused(/header is said to have \d+ bytes; at most 100000000/));
  assert.throws(() => readSafetensors(Buffer.from('PK\x03\x04\0\0\0\0 a zip file')), refused(/header is said to have 67324752 bytes, but the file ends/));
});

test('a header of wrong length, beginning, text or form is refused', () => {
  const cases = [
    [file('{}', 0, 100_000_001), /100000001 bytes; at most 100000000 are allowed/],
    [file('{}', 0, 3), /said to have 3 bytes, but the file ends after 2/],
    [file('', 0), /does not begin with \{/],
    [file('[]'), /does not begin with \{/],
    [file(' {}'), /does not begin with \{/],
    [file('\ufeff{}'), /does not begin with \{/],
    [file('{'), /not JSON/],
    [file('{"a'), /not JSON/],
    [file('{:'), /not JSON/],
    [file('{}:'), /not JSON/],
    [file('{"\\x":{}}'), /not JSON/],
    [file('{}{}'), /not JSON/],
    [file('{},'), /not JSON/],
    [file(tensor('w', '"dtype":"U8","shape":[01],"data_offsets":[0,1]'), 1), /not JSON/],
    [file('{"a":[[[]]]}'), /tensor "a" is nested deeper than 3 levels/],
    [file(`{"a":${'['.repeat(50000)}`), /nested deeper/],
  ];
  for (const [bytes, message] of cases) assert.throws(() => readSafetensors(bytes), refused(message), String(message));
  const latin1 = file('{"a":"b"}');
  latin1[10] = 0xe4;
  assert.throws(() => readSafetensors(latin1), refused(/not UTF-8/));
});

test('a name that stands twice is refused, also spelt with escapes, in a tensor and in the metadata', () => {
  const entry = '{"dtype":"U8","shape":[0],"data_offsets":[0,0]}';
  assert.throws(() => readSafetensors(file(`{"a":${entry},"a":${entry}}`)), refused(/tensor "a": the name "a" stands twice/));
  assert.throws(() => readSafetensors(file(`{"a":${entry},"\\u0061"          :${entry}}`)), refused(/the name "a" stands twice/));
  assert.throws(() => readSafetensors(file(tensor('a', '"dtype":"U8","dtype":"U8","shape":[0],"data_offsets":[0,0]'))), refused(/tensor "a": the name "dtype" stands twice/));
  assert.throws(() => readSafetensors(file('{"__metadata__":{"k":"1","k":"2"}}')), refused(/the metadata: the name "k" stands twice/));
});

test('a tensor that breaks a rule is refused by its name, the value and the rule', () => {
  const cases = [
    ['"shape":[0],"data_offsets":[0,0]', /tensor "w" has no dtype/],
    ['"dtype":"F32","data_offsets":[0,0]', /tensor "w" has no shape/],
    ['"dtype":"F32","shape":[0]', /tensor "w" has no data_offsets/],
    ['"dtype":"F32","shape":[0],"data_offsets":[0,0],"stride":[1]', /unknown field "stride"/],
    ['"dtype":"F31","shape":[0],"data_offsets":[0,0]', /tensor "w" has dtype "F31"; known are F64/],
    ['"dtype":"constructor","shape":[0],"data_offsets":[0,0]', /has dtype "constructor"/],
    ['"dtype":["F32"],"shape":[0],"data_offsets":[0,0]', /has dtype array of length 1/],
    ['"dtype":"F32","shape":0,"data_offsets":[0,0]', /has shape 0; it must be an array of whole numbers/],
    ['"dtype":"F32","shape":["1"],"data_offsets":[0,4]', /has shape \["1"\]; it must be an array of whole numbers/],
    ['"dtype":"F32","shape":[9007199254740993],"data_offsets":[0,4]', /whole numbers up to 2\^53 - 1/],
    ['"dtype":"F32","shape":[-1],"data_offsets":[0,4]', /tensor "w" has "-1" outside quotes; shapes and offsets are whole numbers/],
    ['"dtype":"F32","shape":[1.0],"data_offsets":[0,4]', /tensor "w" has "\.0" outside quotes/],
    ['"dtype":"F32","shape":[1e0],"data_offsets":[0,4]', /has "e0" outside quotes/],
    ['"dtype":"F32","shape":null,"data_offsets":[0,4]', /has "null" outside quotes/],
    ['"dtype":"F32","shape":[1],"data_offsets":[0]', /has data_offsets \[0\]; they must be \[begin, end\]/],
    ['"dtype":"F32","shape":[1],"data_offsets":[0,4,4]', /they must be \[begin, end\]/],
    ['"dtype":"F32","shape":[1],"data_offsets":[4,0]', /has data_offsets \[4,0\]; they must be \[begin, end\], begin not above end/],
    ['"dtype":"F32","shape":[2],"data_offsets":[0,4]', /tensor "w": shape \[2\] of F32 needs 8 bytes, data_offsets \[0,4\] give 4/],
    ['"dtype":"F32","shape":[94906266,94906266],"data_offsets":[0,4]', /its size overflows/],
    ['"dtype":"F32","shape":[4294967296,4294967296,0],"data_offsets":[0,4]', /its size overflows/],
    ['"dtype":"F32","shape":[1],"data_offsets":[1,5]', /tensor "w": data begins at 1, the tensors before end at 0/],
  ];
  for (const [rest, message] of cases) assert.throws(() => readSafetensors(file(tensor('w', String(rest)), 4)), refused(/** @type {RegExp} */ (message)), String(message));
  assert.throws(() => readSafetensors(file('{"w":"x"}')), refused(/tensor "w" is "x"; it must be an object/));
  assert.throws(() => readSafetensors(file('{"__metadata__":{"k":1}}')), refused(/the metadata has 1 as "k"; it must be text/));
  assert.throws(() => readSafetensors(file('{"__metadata__":[]}')), refused(/the metadata is array of length 0/));
});

test('holes, overlaps, missing and trailing bytes are refused; empty tensors anywhere between others are not', () => {
  const u8 = (/** @type {number} */ begin, /** @type {number} */ end) => `{"dtype":"U8","shape":[${end - begin}],"data_offsets":[${begin},${end}]}`;
  const read = (/** @type {string} */ header, /** @type {number} */ data) => () => readSafetensors(file(header, data));
  assert.throws(read(`{"a":${u8(0, 2)},"b":${u8(3, 4)}}`, 4), refused(/tensor "b": data begins at 3, the tensors before end at 2/));
  assert.throws(read(`{"a":${u8(0, 2)},"b":${u8(1, 3)}}`, 3), refused(/no hole and no overlap is allowed/));
  assert.throws(read(`{"a":${u8(0, 2)},"b":${u8(0, 2)}}`, 2), refused(/no hole and no overlap is allowed/));
  assert.throws(read(`{"a":${u8(0, 2)}}`, 1), refused(/the tensors have 2 bytes, the file has 1 for them/));
  assert.throws(read(`{"a":${u8(0, 2)}}`, 3), refused(/the tensors have 2 bytes, the file has 3 for them/));
  assert.throws(read('{}', 1), refused(/the tensors have 0 bytes, the file has 1/));
  const { tensors } = read(`{"later":${u8(2, 3)},"nothing":${u8(2, 2)},"first":${u8(0, 2)}}`, 3)();
  assert.deepEqual([...tensors.keys()], ['first', 'nothing', 'later']);
  assert.equal(read('{}', 0)().tensors.size, 0);
});

test('9,999 tensors are read, one more is refused, by the reader and by the writer', () => {
  const empty = { dtype: 'U8', shape: [0], data: new Uint8Array(0) };
  const many = (/** @type {number} */ n) => new Map(Array.from({ length: n }, (_, i) => [`t${i}`, empty]));
  assert.equal(readSafetensors(writeSafetensors(many(9999))).tensors.size, 9999);
  assert.throws(() => writeSafetensors(many(10000)), { name: 'RangeError', message: /10000 tensors, 0 texts are too many/ });
  const header = (/** @type {number} */ n) => `{"__metadata__":{},${Array.from({ length: n }, (_, i) => `"t${i}":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}`).join()}}`;
  assert.equal(readSafetensors(file(header(9999))).tensors.size, 9999);
  assert.throws(() => readSafetensors(file(header(10000))), refused(/tensor "t9999" comes after 10000 names/));
});

test('a long header full of quotes and backslashes is read in time that grows with its length only', () => {
  const bytes = file(`{"${'\\"'.repeat(1_000_000)}`);
  const start = performance.now();
  assert.throws(() => readSafetensors(bytes), refused(/not JSON/));
  assert.ok(performance.now() - start < 2000);
});

test('a file cut at any byte is refused', () => {
  const bytes = writeSafetensors(sample(), { format: 'wasmfit' });
  for (let length = 0; length < bytes.length; length++) {
    assert.throws(() => readSafetensors(bytes.subarray(0, length)), { code: 'MODEL_FILE' }, `cut at ${length}`);
  }
});

test('with any single bit flipped a file is refused or still well formed', () => {
  const bytes = writeSafetensors(sample(), { format: 'wasmfit' });
  let refusals = 0;
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = bytes.slice();
    flipped[bit >> 3] ^= 1 << (bit & 7);
    try {
      const { tensors, metadata } = readSafetensors(flipped);
      for (const { shape, data } of tensors.values()) assert.equal(shape.reduce((a, b) => a * b, 1), data.length);
      for (const text of metadata.values()) assert.equal(typeof text, 'string');
    } catch (error) {
      assert.equal(/** @type {any} */ (error).code, 'MODEL_FILE', `bit ${bit}: ${error}`);
      refusals++;
    }
  }
  assert.ok(refusals > bytes.length, `${refusals} refusals`);
});

const manifest = new URL('manifest.json', HOSTILE);
const hostile = existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')) : [{ file: 'safetensors/*', why: 'the collection is not here', absent: true }];
for (const { file: name, expect, why, absent } of hostile.filter((/** @type {any} */ entry) => entry.file.startsWith('safetensors/'))) {
  test(`the hostile file ${name} gets what it must: ${why}`, { skip: absent }, () => {
    const read = () => readSafetensors(readFileSync(new URL(name, HOSTILE)));
    if (expect === 'accept') assert.ok(read().tensors.size > 0);
    else assert.throws(read, { name: 'WasmfitError', code: 'MODEL_FILE' });
  });
}
