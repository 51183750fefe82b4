// package.test.js: what is published: its border, its files, its life in somebody else's project · in: build, npm pack · out: ok · next: ../browser
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { gzipSync } from 'node:zlib';

import { loadedAtOnce } from './bundle.js';
import { browsers, launch, serve, STRICT } from '../browser/harness/index.js';

const project = fileURLToPath(new URL('../..', import.meta.url));
const read = (path) => readFileSync(join(project, path), 'utf8');
const manifest = JSON.parse(read('package.json'));
/** Every .wasm, and the list of what it exports. */
const cores = Object.entries({
  'build/wasmfit.wasm': 'src/exports.txt', 'build/wasmfit-fast.wasm': 'src/exports.txt', 'build/wasmfit-linear.wasm': 'src/exports-linear.txt',
  'build/wasmfit-double.wasm': 'src/exports-double.txt', 'build/wasmfit-int8.wasm': 'src/exports-int8.txt',
});
const builds = cores.map(([build]) => build);
/** Bytes of a .wasm, gzipped, at most: of a baseline build, and of that with relaxed SIMD, whose compiler inlines more. */
const BUDGET = 40_000, FAST_BUDGET = 43_000;
/** Bytes of the JavaScript that import 'wasmfit' loads, minified and gzipped, at most. */
const BUDGET_AT_ONCE = 15_000;

/** What can be seen of a build from outside. */
function facts(file) {
  const module = new WebAssembly.Module(readFileSync(join(project, file)));
  const { wf_alloc, wf_free, memory, _initialize } = new WebAssembly.Instance(module, { env: { emscripten_notify_memory_growth() {} } }).exports;
  _initialize();
  const allocated = [1, 24, 1000, 3e7].map((bytes) => {
    const at = wf_alloc(bytes) >>> 0;
    const taken = new Uint8Array(memory.buffer, at, bytes);
    const apart = taken.every((byte) => byte !== 255);
    taken.fill(255);
    return { bytes, at, apart };
  });
  const refused = [0xffffffff, 0xfffffff0, 0xffff0000].map((bytes) => wf_alloc(bytes));
  const first = wf_alloc(1e6);
  wf_free(first);
  const reused = [first, wf_alloc(1e6)];
  return { imports: WebAssembly.Module.imports(module), exports: WebAssembly.Module.exports(module), allocated, refused, reused };
}

describe('the border between C and JavaScript', () => {
  const list = (file) => read(file).trim().split('\n');

  test('the lists of exports have exactly the functions that the headers declare, and the double core no others but to minimise', () => {
    const headers = readdirSync(join(project, 'src')).filter((name) => name.endsWith('.h')).map((name) => read(`src/${name}`)).join('\n');
    const header = headers.replace(/\/\*[^]*?\*\//g, '').replace(/^#(.*\\\n)*.*$/gm, '');
    const declared = [...header.matchAll(/\b(wf_\w+)\s*\([^;{}]*\)\s*;/g)].map(([, name]) => name);
    assert.ok(declared.length > 20);
    const [networks, linear, double, int8] = ['src/exports.txt', 'src/exports-linear.txt', 'src/exports-double.txt', 'src/exports-int8.txt'].map(list);
    assert.deepEqual([...new Set([...networks, ...linear, ...double, ...int8])].sort(), declared.sort());
    assert.deepEqual(double.filter((name) => !networks.includes(name) && !name.startsWith('wf_minimize_')), []);
  });

  if (process.versions.node.startsWith('20.')) setFlagsFromString('--experimental-wasm-relaxed-simd'); // on by default since Node 22

  for (const [build, exports] of cores) {
    const seen = facts(build);

    test(`${build} exports the same functions, and its memory`, () => {
      const names = seen.exports.map(({ name }) => name);
      assert.deepEqual(names.filter((name) => name.startsWith('wf_')).sort(), list(exports).sort());
      assert.ok(names.includes('memory'));
    });

    const budget = build.includes('fast') ? FAST_BUDGET : BUDGET;
    test(`${build} has at most ${budget / 1000} kB, gzipped`, () => {
      const { length } = gzipSync(readFileSync(join(project, build)), { level: 9 });
      assert.ok(length <= budget, `${length} bytes`);
    });

    test(`${build} imports nothing but the notice of memory growth`, () => {
      assert.deepEqual(seen.imports, [{ module: 'env', name: 'emscripten_notify_memory_growth', kind: 'function' }]);
    });

    test(`${build} hands out memory that is aligned and apart, and 0 where there is none`, () => {
      let end = 0;
      for (const { bytes, at, apart } of seen.allocated) {
        assert.equal(at % 64, 0, `wf_alloc(${bytes}) is ${at}; wasmfit.h promises a cache line of 64 bytes`);
        assert.ok(apart, `wf_alloc(${bytes}) overlaps an earlier one`);
        assert.ok(at >= end, `wf_alloc(${bytes}) is ${at}, inside what was taken before`);
        end = at + bytes;
      }
      assert.deepEqual(seen.refused, [0, 0, 0]);
      assert.equal(seen.reused[1], seen.reused[0], 'freed memory is used again');
    });
  }
});

describe('the package in an empty project', { timeout: 300_000 }, () => {
  let folder;
  let files;
  const npm = (...args) => execFileSync('npm', [...args, '--no-audit', '--no-fund', '--no-update-notifier'], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  /** Runs a module in the project and gives what it prints. */
  const node = (source) => {
    writeFileSync(join(folder, 'run.mjs'), source);
    return execFileSync(process.execPath, ['run.mjs'], { cwd: folder, encoding: 'utf8' });
  };

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'wasmfit-package-'));
    const [packed] = JSON.parse(npm('pack', project, '--ignore-scripts', '--json'));
    files = packed.files.map(({ path }) => path);
    writeFileSync(join(folder, 'package.json'), '{ "name": "empty", "private": true, "type": "module" }');
    npm('install', `./${packed.filename}`, '--prefer-offline');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('the tarball holds the files made of the sources, every core and the types, and nothing else', () => {
    const allowed = /^(build\/js\/[\w-]+\.js|src\/data\/[\w-]+\.csv|build\/wasmfit(-fast|-linear|-double|-int8)?\.wasm|build\/types\/[\w-]+\.d\.ts|package\.json|README\.md|LICENSE)$/;
    assert.deepEqual(files.filter((path) => !allowed.test(path)), []);
    for (const path of [...builds, 'LICENSE', 'README.md', ...Object.values(manifest.bin)]) assert.ok(files.includes(path), `${path} is missing`);
  });

  test('every entry of the exports map is there', () => {
    const targets = Object.values(manifest.exports).flatMap((entry) => (typeof entry === 'string' ? [entry] : Object.values(entry)));
    for (const target of targets) assert.ok(files.includes(target.replace('./', '')), `${target} is missing`);
  });

  test('nothing runs on install, nothing has side effects, and one dependency at most comes along', () => {
    for (const script of ['preinstall', 'install', 'postinstall', 'preprepare', 'prepare', 'postprepare']) {
      assert.equal(manifest.scripts[script], undefined, script);
    }
    assert.equal(manifest.sideEffects, false);
    const installed = readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'));
    assert.deepEqual(installed.sort(), ['papaparse', 'wasmfit']);
  });

  const xor = `
    import { MLPClassifier, load } from 'wasmfit';
    const X = [[0, 0], [0, 1], [1, 0], [1, 1]], y = ['no', 'yes', 'yes', 'no'];
    const model = new MLPClassifier({ hiddenLayers: [8], activation: 'tanh', optimizer: { name: 'adam', learningRate: 0.05 }, batchSize: 4, epochs: 300, seed: 1 });
    await model.fit(X, y);
    const copy = await load(model.save());
    console.log(JSON.stringify([model.predict(X), copy.predict(X)]));`;

  test("import 'wasmfit' trains XOR in Node, saves and loads", () => {
    assert.deepEqual(JSON.parse(node(xor)), Array(2).fill(['no', 'yes', 'yes', 'no']));
  });

  test("'wasmfit/csv', 'wasmfit/idx', 'wasmfit/preprocessing', 'wasmfit/inference' and the .wasm files can be imported by name", () => {
    const output = node(`
      import { readCsv } from 'wasmfit/csv';
      import * as idx from 'wasmfit/idx';
      import { PolynomialFeatures, StandardScaler, Table, trainTestSplit } from 'wasmfit/preprocessing';
      import { conformal, normalQuantile } from 'wasmfit/inference';
      const table = await readCsv('a,b\\n1,x\\n2,y\\n');
      console.log(table instanceof Table, [idx.readIdx, PolynomialFeatures, StandardScaler, trainTestSplit, conformal, normalQuantile].every((one) => typeof one === 'function'), ['', '-fast', '-linear', '-double'].map((core) => 'wasmfit/wasmfit' + core + '.wasm').concat('wasmfit/package.json').every((name) => import.meta.resolve(name)));`);
    assert.equal(output, 'true true true\n');
  });

  const installed = (/** @type {string} */ file) => join(folder, 'node_modules/wasmfit', file);

  test('the files made of the sources are those of the sources as they are, and each finds all that it imports', () => {
    const now = join(folder, 'now');
    execFileSync(process.execPath, [join(project, 'src/bundle.js'), now]);
    const names = readdirSync(now).sort(), code = (/** @type {string} */ name) => readFileSync(installed(`build/js/${name}`), 'utf8');
    assert.deepEqual(files.filter((path) => path.startsWith('build/js/')).sort(), names.map((name) => `build/js/${name}`));
    for (const name of names) {
      assert.equal(code(name), readFileSync(join(now, name), 'utf8'), `build/js/${name} is old: make build`);
      for (const [, other] of code(name).matchAll(/(?:from |import\(|new URL\()"\.\/([^"]+)"/g)) assert.ok(names.includes(other), `${name} imports ${other}`);
    }
  });

  test(`import 'wasmfit' loads at most ${BUDGET_AT_ONCE / 1000} kB of JavaScript, minified and gzipped, and none of what fits; of a part of it a bundler takes less`, async () => {
    const { total, modules, later } = await loadedAtOnce(installed('build/js/index.js'));
    const names = (/** @type {string[]} */ files) => files.map((file) => basename(file));
    assert.ok(total <= BUDGET_AT_ONCE, `${total} bytes: ${names(modules).join(' ')}`);
    assert.deepEqual(names(modules).sort(), ['index.js', 'models.js']);
    assert.ok(['fit.js', 'linear.js', 'load.js', 'fit-many.js'].every((name) => names(later).includes(name)), names(later).join(' '));
    const part = await loadedAtOnce(installed('build/js/index.js'), '{ MLPRegressor }');
    assert.ok(part.total < total - 3000, `${part.total} of ${total} bytes for { MLPRegressor }`);
  });

  test('a fit needs one file more than the import, that of a linear model two', () => {
    for (const [model, ...needed] of [['MLPRegressor', 'fit.js'], ['Ridge', 'fit.js', 'linear.js']]) {
      const few = join(folder, `few-${model}`);
      cpSync(installed('.'), join(few, 'node_modules/wasmfit'), { recursive: true, filter: (path) => !path.endsWith('.js') || ['index.js', 'models.js', ...needed].includes(basename(path)) });
      writeFileSync(join(few, 'run.mjs'), `import { ${model} } from 'wasmfit'; const model = new ${model}(), { epoch } = await model.fit([[1], [2], [3]], [1, 2, 3]);
        console.log(epoch.length > 0, model.predict([[1]]).length, model.save().length > 0);`);
      assert.equal(execFileSync(process.execPath, ['run.mjs'], { cwd: few, encoding: 'utf8' }), 'true 1 true\n');
    }
  });

  test('many fits run in workers, networks and linear models', () => {
    assert.equal(node(`
      import { LinearRegression, MLPRegressor, fitMany } from 'wasmfit';
      const X = [[1], [2], [3], [4]], y = [2, 4, 6, 8], network = (seed) => new MLPRegressor({ hiddenLayers: [2], epochs: 5, seed });
      const alike = await fitMany([1, 2].map((seed) => ({ model: network(seed), X, y })), { workers: 2 });
      const mixed = await fitMany([new LinearRegression(), network(3)].map((model) => ({ model, X, y })), { workers: 1 });
      console.log([...alike, ...mixed].map(({ epoch }) => epoch.length).join());`), '5,5,1,5\n');
  });

  test('the command works from node_modules/.bin, trains and predicts', () => {
    const command = (/** @type {string[]} */ ...args) => execFileSync(join(folder, 'node_modules/.bin/wasmfit'), args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    writeFileSync(join(folder, 'line.csv'), `x,y\n${Array.from({ length: 20 }, (_, i) => `${i},${2 * i + 1}`).join('\n')}\n`);
    assert.match(command('--help'), /wasmfit train/);
    assert.equal(command('--version').trim(), manifest.version);
    command('train', 'line.csv', '--target', 'y', '--model', 'linear', '--out', 'line.safetensors');
    assert.match(command('predict', 'line.safetensors', 'line.csv').split('\n')[1], /1(\.0*\d*)?$|0\.9999/);
  });

  test("import 'wasmfit' needs no other package", () => {
    rmSync(join(folder, 'node_modules/papaparse'), { recursive: true });
    assert.deepEqual(JSON.parse(node(xor))[0], ['no', 'yes', 'yes', 'no']);
  });

  test('a Vite app with it builds, finds the .wasm and the worker, and trains in Chromium under a strict policy',
    { skip: !browsers.includes('chromium') && 'WASMFIT_BROWSERS leaves Chromium out' }, async () => {
      await mkdir(join(folder, 'app'));
      writeFileSync(join(folder, 'app/index.html'), '<!doctype html><link rel="icon" href="data:,"><script type="module" src="main.js"></script>');
      writeFileSync(join(folder, 'app/main.js'), `${xor.replace('await model.fit(X, y);', 'await model.fit(X, y, { worker: true });')
        .replace(/console\.log\(JSON\.stringify\((.*)\)\);/, 'globalThis.outcome = $1;')}`);
      const { build } = await import('vite');
      await build({ root: join(folder, 'app'), base: './', configFile: false, logLevel: 'error', build: { outDir: '../dist/sub/path', emptyOutDir: true } });
      const assets = readdirSync(join(folder, 'dist/sub/path/assets'));
      assert.ok(assets.some((name) => /^wasmfit-[\w-]+\.wasm$/.test(name)) && assets.some((name) => /^worker-.*\.js$/.test(name)), assets.join());
      const server = await serve(join(folder, 'dist'), { headers: STRICT });
      const page = await launch('chromium');
      try {
        await page.open(`${server.url}sub/path/`);
        assert.deepEqual(await page.waitFor(() => globalThis.outcome, 20_000), Array(2).fill(['no', 'yes', 'yes', 'no']));
        assert.deepEqual(await page.consoleErrors(), []);
      } finally {
        await page.close();
        await server.close();
      }
    });
});
