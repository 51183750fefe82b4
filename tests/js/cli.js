// cli.js: runs the command in a temporary folder, for its tests · in: arguments, files · out: exit code, output · next: cli.test.js
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';

export const main = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
export const diabetes = fileURLToPath(new URL('../../src/data/diabetes.csv', import.meta.url));
export const folder = mkdtempSync(join(tmpdir(), 'wasmfit-cli-'));
after(() => rmSync(folder, { recursive: true }));

/** @param {string} name @param {string | Uint8Array} content */
export function file(name, content) {
  writeFileSync(join(folder, name), content);
  return name;
}
export const contents = (name) => readFileSync(join(folder, name));

/** Runs the command in the temporary folder. */
export function wasmfit(args, { input = '', during } = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [main, ...args], { cwd: folder });
    let stdout = '', stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => { stdout += text; });
    child.stderr.setEncoding('utf8').on('data', (text) => { stderr += text; during?.(child, stderr); });
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

/** Runs the command, which must fail with one line. */
export async function refused(args, code, ...patterns) {
  const done = await wasmfit(args);
  assert.equal(done.code, code, done.stderr);
  assert.equal(done.stdout, '');
  assert.match(done.stderr, /^wasmfit: [^\n]+\n$/);
  for (const pattern of patterns) assert.match(done.stderr, pattern);
}

const flowers = ['length,width,colour,species'];
for (let i = 0; i < 90; i++) flowers.push(`${(1 + (i % 3) * 2 + (i % 7) / 10).toFixed(2)},${((i % 5) / 4).toFixed(2)},${i % 2 ? 'blue' : 'red'},${['rose', 'iris', 'lily'][i % 3]}`);
file('flowers.csv', flowers.join('\n'));
export const flowerArgs = ['train', 'flowers.csv', '--target', 'species', '--hidden', '8', '--epochs', '60', '--quiet'];
