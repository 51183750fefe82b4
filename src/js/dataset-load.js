// dataset-load.js: a data set by its name, generated or read · in: name, options · out: Dataset · next: generators.js, dataset-files.js
import { read } from './dataset-files.js';
import { list } from './datasets.js';
import { generate } from './generators.js';
import { oneOf } from './options.js';

/** See datasets.js. @param {string} name @param {import('./datasets.js').GeneratorOptions} options @returns {Promise<import('./datasets.js').Dataset>} */
export async function load(name, options) {
  const known = oneOf(name, list.map((entry) => entry.name), 'data set');
  const found = /** @type {import('./datasets.js').DatasetInfo} */ (list.find((entry) => entry.name === known));
  return found.generated ? generate(found, options) : read(found, options);
}
