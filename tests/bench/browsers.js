// browsers.js: the bench's JavaScript part in Chromium and Firefox, headless · in: options · out: tables, JSON · next: roofline.js
//
//   node tests/bench/browsers.js [--browsers chromium,firefox] [--tasks T1,T3] [--peers tfjs,jax-js] [--repeat 5] [--seconds 30] [--json FILE|-]
//
// Everybody has a browser of his own; fits run in the page itself, not in a worker, so that all have the same place.
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { launch, serve } from '../browser/harness/index.js';
import { contest } from './contest.js';
import { findScripts } from './contestants.js';
import { TASKS, run } from './options.js';
import { compare, machine, machineLine, report } from './report.js';

/** @typedef {import('./contest.js').Result} Result */

/**
 * @param {string} browser @param {string} site @param {{ peer: string, variant: string }} script @param {string} task
 * @returns {Promise<import('./contestants.js').Seat>}
 */
async function openPage(browser, site, { peer, variant }, task) {
  const page = await launch(browser);
  try {
    await page.open(`${site}tests/browser/harness/blank.html`);
    await page.evaluate(async (/** @type {string} */ base, /** @type {string} */ peer, /** @type {string} */ variant, /** @type {string} */ task) => {
      const [{ sit }, { tasks }] = await Promise.all([import(`${base}seat.js`), import(`${base}tasks.js`)]);
      /** @type {any} */ (globalThis).seat = await sit(peer, variant, tasks[task]);
    }, `${site}tests/bench/`, peer, variant, task);
  } catch (error) {
    await page.close();
    throw error;
  }
  return {
    round: (ms) => page.evaluate((/** @type {number} */ least) => /** @type {any} */ (globalThis).seat.round(least), ms),
    check: () => page.evaluate(() => /** @type {any} */ (globalThis).seat.check()),
    end: () => page.close(),
  };
}

/** Name and version, as it says itself. @param {string} browser */
async function versionOf(browser) {
  const page = await launch(browser);
  try {
    return /(?:Firefox|Chrome)\/[\d.]+/.exec(await page.evaluate(() => navigator.userAgent))?.[0].replace('/', ' ') ?? browser;
  } finally {
    await page.close();
  }
}

run(TASKS, async ({ names, peers, browsers, repeat, seconds, json }) => {
  const here = machine(process.execPath), site = await serve(fileURLToPath(new URL('../..', import.meta.url)));
  const { scripts, absent } = findScripts(peers, true);
  /** @type {Record<string, Record<string, Record<string, Result>>>} */
  const results = {};
  /** @type {Record<string, string>} */
  const versions = {};
  try {
    for (const browser of browsers) {
      const contestants = scripts.map((script) => ({ ...script, open: (/** @type {string} */ task) => openPage(browser, site.url, script, task) }));
      [results[browser], versions[browser]] = [{}, await versionOf(browser)];
      for (const name of names) {
        if (json !== '-') process.stderr.write(`${browser}, ${name} …\n`);
        results[browser][name] = await contest(name, contestants, { repeat, seconds });
      }
    }
  } finally {
    await site.close();
  }
  const all = JSON.stringify({ machine: here, options: { repeat, seconds }, versions, absent, browsers: results }, null, 1);
  if (json === '-') return console.log(all);
  if (json) await writeFile(json, `${all}\n`);
  for (const [browser, of] of Object.entries(results)) {
    const where = `${versions[browser]}, headless; ${machineLine(here, 'in the page, one thread')}`;
    console.log(`${report(of, { contestants: scripts, absent, where, repeat })}\n`);
  }
  const [first, second] = browsers;
  if (second) console.log(`How many times as long ${second} takes as ${first}.\n${compare(results[first], results[second], scripts)}`);
});
