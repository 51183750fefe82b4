// lab.js: what the tests of the Lab share · in: build/site · out: a page with the Lab, looks into it · next: lab.test.js
import { readFile } from 'node:fs/promises';
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launch, serve, STRICT } from './harness/index.js';

export const site = fileURLToPath(new URL('../../build/site', import.meta.url));
export const words = (/** @type {string} */ name) => readFile(new URL(`../../web/text/${name}.json`, import.meta.url), 'utf8').then(JSON.parse);

/** In the page: the run is in one of these states. */
export const status = (/** @type {string[]} */ ...states) => states.includes(document.querySelector('#status')?.dataset.status ?? '');
/** In the page: how many pixels it is wider than the window. */
export const overflow = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;

/** The Lab in a browser, for the tests of one suite. @param {string} name */
export function lab(name) {
  /** @type {{ server: Awaited<ReturnType<typeof serve>>, page: Awaited<ReturnType<typeof launch>>, open: (hash?: string) => Promise<void> }} */
  const held = /** @type {any} */ ({
    /** Opens the page anew with an address and waits for its table. */
    async open(hash = '') {
      await held.page.open('about:blank');
      await held.page.open(`${held.server.url}${hash}`);
      await held.page.waitFor(() => document.querySelector('#shape'));
      await held.page.evaluate(() => {
        addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
      });
    },
  });
  before(async () => {
    held.server = await serve(site, { headers: STRICT });
    held.page = await launch(name);
  });
  after(async () => {
    await held.page?.close();
    await held.server?.close();
  });
  return held;
}
