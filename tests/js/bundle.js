// bundle.js: what a page loads at once when it imports a module · in: a module · out: chunks and modules, in gzipped bytes · next: package.test.js, ../bench/size.js
import { isAbsolute } from 'node:path';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';

/** @param {string} text */
const gzipped = (text) => gzipSync(text, { level: 9 }).length;

/**
 * Bundles `import * as all from file` as Vite does, minified, split at every import().
 *
 * @param {string} file
 * @returns {Promise<{ total: number, modules: string[], later: string[] }>} total: of the chunks that are loaded at once, each gzipped;
 *   modules: in them, by path; later: in the others
 */
export async function loadedAtOnce(file) {
  const entry = 'virtual:entry';
  const bundle = await rolldown({
    input: entry, logLevel: 'silent', external: /^node:/,
    plugins: [{
      name: entry,
      resolveId: (id) => (id === entry ? id : undefined),
      load: (id) => (id === entry ? `import * as all from ${JSON.stringify(file)}; globalThis.all = all;` : undefined),
    }],
  });
  const { output } = await bundle.generate({ format: 'es', minify: true });
  const chunks = output.filter((part) => part.type === 'chunk');
  const atOnce = new Set(chunks.filter(({ isEntry }) => isEntry));
  for (const { imports } of atOnce) for (const name of imports) for (const chunk of chunks) if (chunk.fileName === name) atOnce.add(chunk);
  const inside = (/** @type {typeof chunks} */ parts) => parts.flatMap(({ moduleIds }) => moduleIds).filter(isAbsolute);
  return {
    total: [...atOnce].reduce((sum, { code }) => sum + gzipped(code), 0), modules: inside([...atOnce]),
    later: inside(chunks.filter((chunk) => !atOnce.has(chunk))),
  };
}

/** One module minified by itself. @param {string} file @returns {Promise<number>} gzipped bytes */
export async function sizeAlone(file) {
  const bundle = await rolldown({ input: file, logLevel: 'silent', external: (id) => id !== file });
  const { output: [{ code }] } = await bundle.generate({ format: 'es', minify: true });
  return gzipped(code);
}
