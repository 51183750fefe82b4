// chromium.js: Chromium through Playwright · in: an installed Chromium · out: Driver · next: firefox.js
import { chromium } from 'playwright-core';

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];

/** @param {string} executablePath @returns {Promise<import('./page.js').Driver>} */
export async function startChromium(executablePath) {
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  /** @type {string[]} */
  const errors = [];
  page.on('console', (message) => { if (message.type() === 'error') errors.push(message.text()); });
  page.on('pageerror', (error) => errors.push(String(error.stack ?? error)));
  return {
    go: (url) => page.goto(url, { waitUntil: 'load' }),
    run: (source) => page.evaluate(source),
    async clickOn(finder) {
      const element = (await page.evaluateHandle(finder)).asElement();
      await element?.click();
    },
    async press(keys) {
      for (const key of keys) await page.keyboard.down(key);
      for (const key of keys.reverse()) await page.keyboard.up(key);
    },
    resize: (width, height) => page.setViewportSize({ width, height }),
    shot: (path) => page.screenshot({ path }),
    errors: async () => errors,
    quit: () => browser.close(),
  };
}
