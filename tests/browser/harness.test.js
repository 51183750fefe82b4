// harness.test.js: the three browsers start and run our WebAssembly under a strict policy · in: build/*.wasm · out: ok · next: lab.test.js
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { browsers, launch, serve, STRICT } from './harness/index.js';

const project = fileURLToPath(new URL('../..', import.meta.url));

for (const name of browsers) {
  describe(name, () => {
    /** @type {Awaited<ReturnType<typeof serve>>} */
    let server;
    /** @type {Awaited<ReturnType<typeof launch>>} */
    let page;
    before(async () => {
      server = await serve(project, { headers: STRICT });
      page = await launch(name);
      await page.open(`${server.url}tests/browser/harness/blank.html`);
    });
    after(async () => {
      await page?.close();
      await server?.close();
    });

    test(`${name} runs the baseline build`, async () => {
      const clean = await page.evaluate(async () => {
        const imports = { env: { emscripten_notify_memory_growth() {} } };
        const { instance } = await WebAssembly.instantiateStreaming(fetch('/build/wasmfit.wasm'), imports);
        const { _initialize, wf_alloc, memory } = instance.exports;
        _initialize();
        const bytes = 3e7; // more than there is at the start: memory grows
        const at = wf_alloc(bytes);
        return at > 0 && new Uint8Array(memory.buffer, at, bytes).fill(1).every((byte) => byte === 1);
      });
      assert.equal(clean, true);
    });

    test(`${name} refuses eval under the policy, so that the policy is really there`, async () => {
      const outcome = await page.evaluate(() => new Promise((done) => {
        setTimeout(() => { // in a task of the page: what a driver evaluates itself is exempt
          try { done(String(new Function('return "ran"')())); } catch (error) { done(error.name); }
        });
      }));
      assert.equal(outcome, 'EvalError');
    });

    test(`${name} clicks, takes files by dialog and by drop, and keeps what goes wrong in the page`, async () => {
      await page.evaluate(() => {
        const seen = window.seen = [];
        document.querySelector('button').addEventListener('click', (event) => seen.push(`click ${event.isTrusted}`));
        document.querySelector('input').addEventListener('change', (event) => seen.push(event.target.files[0].name));
        document.querySelector('p').addEventListener('drop', async (event) => seen.push(await event.dataTransfer.files[0].text()));
        setTimeout(() => { throw new Error('thrown on purpose'); });
      });
      await page.click('button');
      await page.setFiles('input', [{ name: 'a.csv', text: 'x,y' }]);
      await page.setFiles('p', [{ name: 'b.csv', base64: Buffer.from('1,2').toString('base64') }]);
      assert.deepEqual(await page.waitFor(() => window.seen.length === 3 && window.seen), ['click true', 'a.csv', '1,2']);
      assert.match((await page.consoleErrors()).join('\n'), /thrown on purpose/);
      await assert.rejects(page.click('#nowhere'), /no element #nowhere/);
    });

    test(`${name} can be as narrow as a phone`, async () => {
      await page.setViewport(360, 740);
      assert.deepEqual(await page.evaluate(() => [innerWidth, innerHeight]), [360, 740]);
    });
  });
}
