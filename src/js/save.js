// save.js: a model into a file · in: facts, tensors · out: bytes · next: safetensors-write.js
import { checksum } from './checksum.js';
import { writeSafetensors } from './safetensors-write.js';

/** What a file says it is, and what load asks for. */
export const FORMAT = 'wasmfit', VERSION = 1;

/**
 * @param {object} facts JSON-able: class, options and what else the model is
 * @param {Record<string, import('./safetensors-write.js').Tensor>} tensors
 * @returns {Uint8Array<ArrayBuffer>} a safetensors file
 */
export function writeModel(facts, tensors) {
  const model = JSON.stringify(facts);
  return writeSafetensors(tensors, { format: FORMAT, version: String(VERSION), checksum: checksum(model, Object.entries(tensors)), model });
}
