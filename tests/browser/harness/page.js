// page.js: one small page interface over any browser · in: a driver · out: Page · next: chromium.js
//
// A driver answers run(source), press(key), clickOn(finder), resize(width, height), go(url), shot(path), errors() and quit().
// What differs between browsers is there; everything else is here, once.

/**
 * @typedef {{
 *   go(url: string): Promise<unknown>,
 *   run(source: string): Promise<string | undefined>,       an expression whose promise gives a string
 *   clickOn(finder: string): Promise<void>,                 an expression that gives an element; a real mouse click on its middle
 *   press(keys: string[]): Promise<unknown>,                all down in this order, then up
 *   resize(width: number, height: number): Promise<unknown>,
 *   shot(path: string): Promise<unknown>,
 *   errors(): Promise<string[]>,
 *   quit(): Promise<void>,
 * }} Driver
 * @typedef {{ name: string, text?: string, base64?: string, type?: string }} FileLike
 */

/** In the page: the first element for a CSS selector, looked for inside open shadow roots too. */
function find(/** @type {string} */ selector) {
  const search = (/** @type {Document | ShadowRoot} */ root) => {
    let found = root.querySelector(selector);
    for (const element of found ? [] : root.querySelectorAll('*')) {
      if (element.shadowRoot) found ??= search(element.shadowRoot);
    }
    return found;
  };
  const found = search(document);
  if (!found) throw new Error(`no element ${selector}`);
  return found;
}

/** In the page: gives files to an <input type=file>, or drops them on any other element. */
function giveFiles(/** @type {Element} */ target, /** @type {FileLike[]} */ files) {
  const transfer = new DataTransfer();
  for (const { name, text, base64, type = '' } of files) {
    const content = text ?? Uint8Array.from(atob(base64 ?? ''), (c) => c.charCodeAt(0));
    transfer.items.add(new File([content], name, { type }));
  }
  if (target instanceof HTMLInputElement) {
    target.files = transfer.files;
    target.dispatchEvent(new Event('input', { bubbles: true, composed: true }));
    target.dispatchEvent(new Event('change', { bubbles: true }));
    return;
  }
  for (const kind of ['dragenter', 'dragover', 'drop']) {
    target.dispatchEvent(new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true, composed: true }));
  }
}

/** In the page: a new value as if a person had put it there, for text fields, ranges and selects. */
function fill(/** @type {Element} */ element, /** @type {string} */ value) {
  const field = /** @type {HTMLInputElement | HTMLSelectElement} */ (element);
  field.focus();
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), 'value')?.set?.call(field, value);
  if (field.value !== value) throw new Error(`the field does not take the value ${value}; it is now ${field.value}`);
  field.dispatchEvent(new Event('input', { bubbles: true, composed: true }));
  field.dispatchEvent(new Event('change', { bubbles: true }));
}

const at = (/** @type {string} */ selector) => `(${find})(${JSON.stringify(selector)})`;

export class Page {
  #driver;

  /** @param {string} name chromium, firefox or webkit @param {Driver} driver */
  constructor(name, driver) {
    this.name = name;
    this.#driver = driver;
  }

  /** Goes there and waits for the load event. @param {string} url */
  async open(url) {
    await this.#driver.go(url);
  }

  /**
   * Runs a function in the page and waits for its promise. It sees its arguments only; they and the result travel as JSON.
   * @param {Function} fn @param {...unknown} args
   */
  async evaluate(fn, ...args) {
    return this.#evaluate(`(${fn})(...${JSON.stringify(args)})`);
  }

  async #evaluate(/** @type {string} */ expression) {
    const text = await this.#driver.run(`(async () => JSON.stringify({ value: await ${expression} }))()`);
    return JSON.parse(text ?? '{}').value;
  }

  /** A real mouse click in the middle of the element. @param {string} selector */
  async click(selector) {
    await this.#driver.clickOn(at(selector));
  }

  /** Replaces the value of a field. @param {string} selector @param {string | number} text */
  async type(selector, text) {
    await this.#evaluate(`(${fill})(${at(selector)}, ${JSON.stringify(String(text))})`);
  }

  /** A real key press where the focus is. @param {string} keys 'Tab', 'Shift+Tab', 'Enter', 'Escape', ' ', 'a', ... */
  async press(keys) {
    await this.#driver.press(keys.length > 1 ? keys.split('+') : [keys]);
  }

  /** For an <input type=file>; on any other element the files are dropped. @param {string} selector @param {FileLike[]} files */
  async setFiles(selector, files) {
    await this.#evaluate(`(${giveFiles})(${at(selector)}, ${JSON.stringify(files)})`);
  }

  /** The text that a person sees in the element. @param {string} selector @returns {Promise<string>} */
  async text(selector) {
    return this.#evaluate(`${at(selector)}.innerText`);
  }

  /** The value of a field. @param {string} selector @returns {Promise<string>} */
  async value(selector) {
    return this.#evaluate(`${at(selector)}.value`);
  }

  /**
   * Asks every 50 ms until the function gives something true, and returns that.
   * @param {Function} fn @param {number} [timeout] ms @param {...unknown} args
   */
  async waitFor(fn, timeout = 30_000, ...args) {
    const end = Date.now() + timeout;
    for (;;) {
      const value = await this.evaluate(fn, ...args);
      if (value) return value;
      if (Date.now() > end) {
        throw new Error([`${this.name}: after ${timeout} ms still not true: ${fn}`, ...await this.consoleErrors()].join('\n'));
      }
      await new Promise((done) => { setTimeout(done, 50); });
    }
  }

  /** The size of the page itself, in CSS pixels. @param {number} width @param {number} height */
  async setViewport(width, height) {
    await this.#driver.resize(width, height);
  }

  /** @param {string} path of a .png */
  async screenshot(path) {
    await this.#driver.shot(path);
  }

  /**
   * What the page wrote with console.error and what it threw without a catch. Chromium and Firefox: since they started; WebKit: since
   * the load event of the last open().
   */
  async consoleErrors() {
    return this.#driver.errors();
  }

  /** Ends the browser. */
  async close() {
    await this.#driver.quit();
  }
}
