// firefox.js: Firefox through WebDriver BiDi · in: an installed Firefox · out: Driver · next: webkit.js
import puppeteer from 'puppeteer-core';

/** @param {string} executablePath @returns {Promise<import('./page.js').Driver>} */
export async function startFirefox(executablePath) {
  const browser = await puppeteer.launch({ browser: 'firefox', executablePath, headless: true, protocolTimeout: 600_000 });
  const page = await browser.newPage();
  await page.setViewport({ width: 1280, height: 900 });
  /** @type {string[]} */
  const errors = [];
  page.on('console', (message) => { if (message.type() === 'error') errors.push(message.text()); });
  page.on('pageerror', (error) => errors.push(error instanceof Error ? String(error.stack) : String(error)));
  return {
    go: (url) => page.goto(url, { waitUntil: 'load' }),
    run: async (source) => /** @type {string} */ (await page.evaluate(source)),
    async clickOn(finder) {
      const element = (await page.evaluateHandle(finder)).asElement();
      await /** @type {import('puppeteer-core').ElementHandle<Element> | null} */ (element)?.click();
    },
    async press(keys) {
      for (const key of keys) await page.keyboard.down(/** @type {import('puppeteer-core').KeyInput} */ (key));
      for (const key of keys.reverse()) await page.keyboard.up(/** @type {import('puppeteer-core').KeyInput} */ (key));
    },
    resize: (width, height) => page.setViewport({ width, height }),
    shot: (path) => page.screenshot({ path: /** @type {`${string}.png`} */ (path) }),
    errors: async () => errors,
    quit: () => browser.close(),
  };
}
