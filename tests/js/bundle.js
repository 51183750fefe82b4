// bundle.js: what a page loads at once when it imports a module · in: a module · out: modules, in gzipped bytes · next: package.test.js, ../bench/size.js
import { isAbsolute } from 'node:path';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';

/**
 * Bundles `import * as all from file` with Vite's bundler, minified, without what an import() fetches later.
 *
 * @param {string} file
 * @returns {Promise<{ total: number, modules: string[], later: string[] }>} total: gzipped bytes; modules: in it, by path; later: what
 *   import() would fetch, and what that needs besides
 */
export async function loadedAtOnce(file) {
  const entry = 'virtual:entry';
  const bundle = async (/** @type {boolean} */ whole) => {
    const made = await rolldown({
      input: entry, logLevel: 'silent', external: /^node:/,
      plugins: [{
        name: entry,
        resolveId: (id, _, { kind }) => (id === entry ? id : kind === 'dynamic-import' && !whole ? { id, external: true } : undefined),
        load: (id) => (id === entry ? `import * as all from ${JSON.stringify(file)}; globalThis.all = all;` : undefined),
      }],
    });
    const { output } = await made.generate({ format: 'es', minify: true });
    return output.filter((part) => part.type === 'chunk');
  };
  const modulesOf = (/** @type {{ moduleIds: string[] }[]} */ chunks) => chunks.flatMap(({ moduleIds }) => moduleIds).filter(isAbsolute);
  const atOnce = await bundle(false), modules = modulesOf(atOnce);
  return { total: gzipSync(atOnce[0].code, { level: 9 }).length, modules, later: modulesOf(await bundle(true)).filter((id) => !modules.includes(id)) };
}

/** One module minified by itself. @param {string} file @returns {Promise<number>} gzipped bytes */
export async function sizeAlone(file) {
  const bundle = await rolldown({ input: file, logLevel: 'silent', external: (id) => id !== file });
  const { output: [{ code }] } = await bundle.generate({ format: 'es', minify: true });
  return gzipSync(code, { level: 9 }).length;
}
