// bundle.js: the many modules of src become the few files that the package ships · in: src/js, src/cli, package.json · out: build/js · next: js/index.js
//
//   node src/bundle.js [folder]
//
// What is loaded together is one file, so that a page waits for few requests and Node for few modules. A worker is a program of its own, in one
// file with all that it needs: it starts sooner, and names no workers, where bundlers would turn in circles. Names stay readable; types and their
// comments are in build/types.
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

/** @typedef {import('rolldown').OutputChunk} Chunk */

const path = (/** @type {string} */ name) => fileURLToPath(new URL(`../${name}`, import.meta.url));

/** Shared files, by the modules they are for: all that these need and no file before has. @type {Record<string, string[]>} */
const SHARED = {
  models: ['index'], // at import
  fit: ['network-use'], // any fit, and networks
  linear: ['linear-use'], // linear models besides
};
const WORKERS = ['worker', 'linear-worker'];

const source = (/** @type {string} */ name) => [`src/js/${name}.js`, `src/cli/${name}.js`].map(path).find(existsSync) ?? name;

/** Sources of what package.json names, by name. @returns {Record<string, string>} */
const entries = () => Object.fromEntries([...readFileSync(path('package.json'), 'utf8').matchAll(/build\/js\/([\w-]+)\.js/g)].map(([, name]) => [name, source(name)]));

/** @param {Record<string, string>} input @param {import('rolldown').OutputOptions['codeSplitting']} codeSplitting @returns {Promise<Chunk[]>} */
async function bundle(input, codeSplitting) {
  const made = await rolldown({ input, external: /^(node:|papaparse$)/, checks: { ineffectiveDynamicImport: false } });
  const { output } = await made.generate({
    format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name].js', minifyInternalExports: false, comments: { jsdoc: false }, codeSplitting,
  });
  return output.flatMap((part) => (part.type === 'chunk' ? [part] : []));
}

/**
 * A file that only hands on what another has is a request for nothing: who imports it imports that other. Entries stay that show less.
 * @param {Chunk[]} chunks
 * @returns {Map<string, string>} code by file
 */
function withoutMiddlemen(chunks) {
  const names = new Map(chunks.map(({ fileName }) => [fileName, fileName]));
  /** @type {Map<Chunk, string>} */
  const more = new Map();
  const kept = chunks.filter(({ moduleIds, facadeModuleId, isEntry, fileName, code, exports }) => {
    const home = chunks.find((chunk) => chunk.moduleIds.includes(String(facadeModuleId)));
    if (moduleIds.length > 0 || !home || (isEntry && home.exports.join() !== exports.join())) return true;
    if (/ as /.test(code)) throw new Error(`${fileName} has names of its own, so that it cannot be left out:\n${code}`);
    const others = [...code.matchAll(/ \{[^}]+\} from "(.+)";/g)].filter(([, from]) => from !== `./${home.fileName}`);
    more.set(home, (more.get(home) ?? '') + others.map(([text]) => `export${text}\n`).join(''));
    const name = home.name in SHARED || home.fileName.length < fileName.length ? home.fileName : fileName; // not csv2.js
    names.set(fileName, name).set(home.fileName, name);
    return false;
  });
  const renamed = (/** @type {string} */ code) => code.replace(/(?<=(?:from |import\()"\.\/)[\w-]+\.js(?=")/g, (name) => names.get(name) ?? name);
  return new Map(kept.map((chunk) => [String(names.get(chunk.fileName)), renamed(chunk.code + (more.get(chunk) ?? ''))]));
}

const out = process.argv[2] ?? path('build/js');
const groups = Object.entries(SHARED).map(([name, modules]) => ({ name, test: (/** @type {string} */ id) => modules.map(source).includes(id) }));
const workers = await Promise.all(WORKERS.map((name) => bundle({ [name]: source(name) }, false)));
const files = [...withoutMiddlemen(await bundle(entries(), { groups })), ...workers.flat().map(({ fileName, code }) => /** @type {const} */ ([fileName, code]))];
await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
for (const [name, code] of files) await writeFile(`${out}/${name}`, code, { flag: 'wx' }); // fails where two have one name
