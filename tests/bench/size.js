// size.js: what `import 'wasmfit'` loads at once, module by module, every file of the package and every .wasm, gzipped · in: src/js, build · out: a table
// next: seen.js
//
//   node tests/bench/size.js
//
// A module's bytes are those of it alone, minified and gzipped: together they are more than the whole, which is compressed together.
import { readFileSync, readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { loadedAtOnce, sizeAlone } from '../js/bundle.js';

const path = (/** @type {string} */ name) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const say = (/** @type {string} */ what, /** @type {number} */ bytes) => console.log(`${what.padEnd(28)} ${String(bytes).padStart(6)}`);

/** @param {string} title @param {string[]} files */
async function list(title, files) {
  console.log(`\n${title}`);
  const sizes = await Promise.all(files.map(async (file) => /** @type {const} */ ([basename(file), await sizeAlone(file)])));
  for (const [name, bytes] of sizes.sort((a, b) => b[1] - a[1])) say(`  ${name}`, bytes);
}

const { total } = await loadedAtOnce(path('build/js/index.js')), { modules, later } = await loadedAtOnce(path('src/js/index.js'));
say('at once, all together', total);
await list('at once, each alone', modules);
await list('fetched when needed, each alone', later);
await list('the files that the package ships', readdirSync(path('build/js')).map((file) => path(`build/js/${file}`)));
console.log('\ncores');
for (const name of readdirSync(path('build')).filter((file) => file.endsWith('.wasm'))) say(`  ${name}`, gzipSync(readFileSync(path(`build/${name}`)), { level: 9 }).length);
