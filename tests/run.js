// run.js: runs the parts named on the command line and adds them up · in: c, js, browser · out: one closing line, exit code
//
// node tests/run.js c js browser
import { execFile } from 'node:child_process';
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

/** One C program; its last line says how many checks passed and failed. @param {string} program */
async function check(program) {
  const { stdout, stderr, code, signal } = await new Promise((done) => {
    execFile(program, { maxBuffer: 1e8 }, (error, stdout, stderr) => done({ stdout, stderr, code: error?.code ?? 0, signal: error?.signal }));
  });
  const counts = /(\d+) passed, (\d+) failed\n$/.exec(stdout);
  const failed = Number(counts?.[2] ?? 0);
  const good = counts && code === 0 && !signal;
  total.passed += Number(counts?.[1] ?? 0);
  total.failed += failed || (good ? 0 : 1);
  console.log(good ? `${program}: ${counts[1]} passed` : stdout + stderr);
  if (!good) total.failures.push(`${program}: ${failed ? `${failed} checks` : signal ?? `exit code ${code}`}`);
}

/** Every program in build/native/<build> whose source still exists, as many at once as there are cores. */
async function c() {
  const programs = ['asan', 'double', 'gcc'].flatMap((build) => list(join('build/native', build), /^test_\w+$/))
    .filter((program) => existsSync(`tests/c/${basename(program)}.c`));
  const worker = async () => { for (let next; (next = programs.shift());) await check(next); };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
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
