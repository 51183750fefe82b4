// bundle.js: what a page loads at once when it imports a module · in: a module · out: modules, in gzipped bytes · next: package.test.js, ../bench/size.js
import { isAbsolute } from 'node:path';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';

/**
 * Bundles an import of a file with Vite's bundler, minified, with what an import() fetches later in files of its own.
 *
 * @param {string} file
 * @param {string} [what] of it is imported
 * @returns {Promise<{ total: number, modules: string[], later: string[] }>} total: gzipped bytes of all that is loaded at once, together and with
 *   what the later files take from it; modules: in it, by path; later: what import() fetches, and what that needs besides
 */
export async function loadedAtOnce(file, what = '* as all') {
  const entry = 'virtual:entry';
  const bundle = async (/** @type {(id: string) => boolean} */ together) => {
    const made = await rolldown({
      input: entry, logLevel: 'silent', external: /^node:/,
      plugins: [{
        name: entry,
        resolveId: (id) => (id === entry ? id : undefined),
        load: (id) => (id === entry ? `import ${what} from ${JSON.stringify(file)}; globalThis.all = ${what.replace('* as ', '')};` : undefined),
      }],
    });
    const { output } = await made.generate({ format: 'es', minify: true, chunkFileNames: '[name].js', codeSplitting: { groups: [{ name: 'atOnce', test: together }] } });
    return new Map(output.flatMap((part) => (part.type === 'chunk' ? [[part.fileName, part]] : [])));
  };
  /** The chunks that are loaded with one. @param {Map<string, import('rolldown').OutputChunk>} chunks @returns {import('rolldown').OutputChunk[]} */
  const staticOf = (chunks) => {
    const names = [...chunks.values()].filter(({ isEntry }) => isEntry).map(({ fileName }) => fileName);
    for (const name of names) names.push(...chunks.get(name)?.imports.filter((other) => chunks.has(other) && !names.includes(other)) ?? []);
    return names.map((name) => /** @type {import('rolldown').OutputChunk} */ (chunks.get(name)));
  };
  const modulesOf = (/** @type {Iterable<{ moduleIds: string[] }>} */ chunks) => [...chunks].flatMap(({ moduleIds }) => moduleIds).filter(isAbsolute);
  const split = await bundle(() => false), modules = modulesOf(staticOf(split));
  const joined = staticOf(await bundle((id) => id === entry || modules.includes(id)));
  const total = joined.reduce((sum, { code }) => sum + gzipSync(code, { level: 9 }).length, 0);
  return { total, modules, later: modulesOf(split.values()).filter((id) => !modules.includes(id)) };
}

/** One module minified by itself. @param {string} file @returns {Promise<number>} gzipped bytes */
export async function sizeAlone(file) {
  const bundle = await rolldown({ input: file, logLevel: 'silent', external: (id) => id !== file });
  const { output: [{ code }] } = await bundle.generate({ format: 'es', minify: true });
  return gzipSync(code, { level: 9 }).length;
}
