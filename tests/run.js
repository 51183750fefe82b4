// run.js: runs the parts named on the command line and adds them up · in: c, js, browser · out: one closing line, exit code
//
// node tests/run.js c js browser
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

/** @type {{ passed: number, failed: number, failures: string[] }} */
const total = { passed: 0, failed: 0, failures: [] };

const list = (folder, pattern) =>
  existsSync(folder) ? readdirSync(folder).filter((name) => pattern.test(name)).sort().map((name) => join(folder, name)) : [];

/** Every program in build/native/<build> whose source still exists; its last line says how many checks passed and failed. */
function c() {
  for (const build of ['gcc', 'asan', 'double']) {
    for (const program of list(join('build/native', build), /^test_\w+$/)) {
      if (!existsSync(`tests/c/${basename(program)}.c`)) continue;
      const { stdout, stderr, status, signal } = spawnSync(program, { encoding: 'utf8' });
      const counts = /(\d+) passed, (\d+) failed\n$/.exec(stdout);
      const failed = Number(counts?.[2] ?? 0);
      console.log(`${build}/${stdout.trimEnd().split('\n').at(-1)}`);
      total.passed += Number(counts?.[1] ?? 0);
      total.failed += failed || Number(status !== 0);
      if (status === 0) continue;
      console.log(stdout + stderr);
      total.failures.push(`${program}: ${failed ? `${failed} checks` : signal ?? `exit code ${status}`}`);
    }
  }
}

/** Every *.test.js of a folder, each file in a process of its own. */
async function node(folder, concurrency, timeout) {
  const files = list(folder, /\.test\.js$/);
  if (!files.length) return;
  const tests = run({ files: files.map((file) => join(process.cwd(), file)), concurrency, timeout });
  tests.on('test:pass', ({ details, skip, todo }) => {
    if (details.type !== 'suite' && skip === undefined && todo === undefined) total.passed++;
  });
  tests.on('test:fail', ({ name, file, details, todo }) => {
    if (details.error?.failureType === 'subtestsFailed' || todo !== undefined) return; // its subtests are counted
    total.failed++;
    total.failures.push(`${file?.replace(process.cwd() + '/', '') ?? folder}: ${name}`);
  });
  for await (const text of tests.compose(new spec())) process.stdout.write(text);
}

const parts = {
  c: { title: 'C', run: c },
  js: { title: 'Node', run: () => node('tests/js', availableParallelism(), 600_000) },
  browser: { title: 'Browsers', run: () => node('tests/browser', 1, 900_000) },
};

for (const name of process.argv.slice(2)) {
  const started = performance.now();
  console.log(`\n== ${parts[name].title}`);
  await parts[name].run();
  console.log(`== ${parts[name].title}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

console.log();
for (const failure of total.failures) console.log(`FAILED ${failure}`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed || !total.passed ? 1 : 0;
