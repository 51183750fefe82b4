// builds the Lab into plain static files · in: web/, src/js · out: build/site · next: sw.js
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

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
        const source = readFileSync(here('sw.js'), 'utf8')
          .replace(/\/\*[^*]*\*\/ \[\]/, () => JSON.stringify(files))
          .replace(/\/\*[^*]*\*\/ ''/, () => JSON.stringify(hash.digest('hex').slice(0, 12)));
        this.emitFile({ type: 'asset', fileName: 'sw.js', source });
      },
    },
  };
}

export default {
  root: here('.'),
  base: './',
  plugins: [offline()],
  resolve: {
    alias: [
      { find: /^wasmfit\/(csv|idx)$/, replacement: here('../src/js/') + '$1.js' },
      { find: /^wasmfit$/, replacement: here('../src/js/index.js') },
    ],
  },
  worker: { format: 'es' },
  build: {
    outDir: here('../build/site'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0, // the page's policy forbids data: addresses
    modulePreload: { polyfill: false },
  },
};
