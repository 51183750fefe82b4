// index.js: a browser by name, and a server for the page under test · in: WASMFIT_BROWSERS · out: Page, serve · next: ../harness.test.js
import { existsSync } from 'node:fs';

import { startChromium } from './chromium.js';
import { startFirefox } from './firefox.js';
import { Page } from './page.js';
import { startWebKit } from './webkit.js';

export { serve } from '../../../web/serve.js';

/** The content security policy under which everything has to work. */
export const STRICT = { 'content-security-policy': "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data:; object-src 'none'" };

/** Which browsers the tests drive: all three, or those named by WASMFIT_BROWSERS=chromium,firefox. */
export const browsers = (process.env.WASMFIT_BROWSERS || 'chromium,firefox,webkit').split(',').map((name) => name.trim());

/** @param {string} variable @param {string[]} paths */
function executable(variable, paths) {
  const path = process.env[variable] ?? paths.find((candidate) => existsSync(candidate));
  if (!path) throw new Error(`none of ${paths.join(', ')} is there; ${variable} can name another`);
  return path;
}

/** @type {Record<string, () => Promise<import('./page.js').Driver>>} */
const start = {
  chromium: () => startChromium(executable('CHROMIUM', ['/usr/bin/chromium', '/usr/bin/google-chrome', '/usr/bin/chromium-browser'])),
  firefox: () => startFirefox(executable('FIREFOX', ['/usr/bin/firefox-esr', '/usr/bin/firefox'])),
  webkit: startWebKit,
};

/** Starts a browser of its own with one empty page. close() ends it. @param {string} name chromium, firefox or webkit */
export async function launch(name) {
  if (!start[name]) throw new RangeError(`WASMFIT_BROWSERS names ${name}; known are ${Object.keys(start).join(', ')}`);
  return new Page(name, await start[name]());
}
