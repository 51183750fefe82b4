// builds the Lab into plain static files · in: web/, src/js · out: build/site · next: sw.js
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { leanPlot } from './lean-plot.js';

const here = path => fileURLToPath(new URL(path, import.meta.url));

/* Writes sw.js with the list of everything the page needs and a hash of it all. */
function offline() {
  return {
    name: 'offline',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(options, bundle) {
        const hash = createHash('sha256');
        for (const name of Object.keys(bundle).sort()) hash.update(name).update(bundle[name].type === 'chunk' ? bundle[name].code : bundle[name].source);
        const files = ['./', ...Object.keys(bundle).filter(name => name !== 'index.html')];
        if (!files.some(name => name.endsWith('.wasm'))) this.error('build/wasmfit.wasm is not there; make build makes it');
        const source = readFileSync(here('sw.js'), 'utf8')
          .replace(/\/\*[^*]*\*\/ \[\]/, () => JSON.stringify(files))
          .replace(/\/\*[^*]*\*\/ ''/, () => JSON.stringify(hash.digest('hex').slice(0, 12)));
        this.emitFile({ type: 'asset', fileName: 'sw.js', source });
      },
    },
  };
}

/* Makes the workers chunks of the same build, so that they share their modules with the page instead of carrying them twice. */
function sharedWorkers() {
  return {
    name: 'shared-workers',
    apply: 'build',
    enforce: 'pre',
    transform: {
      filter: { id: /src\/js\/thread\.js$/ },
      handler(code) {
        for (const name of ['worker', 'linear-worker']) {
          const place = `new URL('./${name}.js', import.meta.url)`;
          if (!code.includes(place)) this.error(`src/js/thread.js has no ${place}`);
          const chunk = this.emitFile({ type: 'chunk', id: here(`../src/js/${name}.js`), name });
          code = code.replaceAll(place, `new URL(import.meta.ROLLUP_FILE_URL_${chunk})`);
        }
        return { code, map: null };
      },
    },
  };
}

/* What is loaded later has no style sheet and nothing to preload: Vite's helper for both goes. */
const plainImports = {
  name: 'plain-imports',
  apply: 'build',
  enforce: 'pre',
  load: { filter: { id: /^\0vite\/preload-helper\.js$/ }, handler: () => 'export const __vitePreload = load => load();' },
};

export default {
  root: here('.'),
  base: './',
  plugins: [sharedWorkers(), plainImports, leanPlot(), offline()],
  resolve: {
    alias: [
      { find: /^wasmfit\/(\w+)$/, replacement: here('../src/js/') + '$1.js' },
      { find: /^wasmfit$/, replacement: here('../src/js/index.js') },
    ],
  },
  define: { process: 'undefined' }, // the package's ways for Node are dead here
  build: {
    outDir: here('../build/site'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0, // the page's policy forbids data: addresses
    modulePreload: false,
    rolldownOptions: { checks: { ineffectiveDynamicImport: false } }, // the package fetches late for those who import a part of it
  },
};
