// progress.js: how far it is, on standard error · in: bytes read, epochs done · out: a bar on a terminal, lines elsewhere · next: report.js

/** @typedef {import('../js/run.js').Epoch} Epoch */

const FRAME_MS = 100;
const BAR = 12;
const LINES = 10;

/** Four digits. @param {number | undefined} value */
const short = (value = 0) => (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e4 ? value.toExponential(1) : Math.abs(value) < 1 ? value.toFixed(4) : value.toPrecision(4));

/** On a terminal one line that is drawn again, at most ten times a second; elsewhere a line for every tenth of the epochs. */
export class Progress {
  #drawn = -Infinity;
  #open = false;

  /** @param {{ silent: boolean, stream?: NodeJS.WriteStream }} options */
  constructor({ silent, stream = process.stderr }) {
    this.stream = stream;
    this.silent = silent;
  }

  /** @param {() => string} text @param {boolean} [last] */
  #draw(text, last = false) {
    const now = performance.now();
    if (this.silent || !this.stream.isTTY || (!last && now - this.#drawn < FRAME_MS)) return;
    this.#drawn = now;
    this.#open = true;
    this.stream.write(`\r\u001b[K${text().slice(0, (this.stream.columns || 80) - 1)}`);
  }

  /** @param {number} done @param {number} total */
  #bar(done, total) {
    const full = Math.round((BAR * Math.min(done, total)) / total);
    return '█'.repeat(full) + '░'.repeat(BAR - full);
  }

  /** @param {number} done bytes @param {number | undefined} total */
  reading(done, total) {
    this.#draw(() => `reading ${total ? `${this.#bar(done, total)} ` : ''}${(done / 1e6).toFixed(0)} MB`);
  }

  /** @param {Epoch} epoch @param {number} epochs */
  epoch(epoch, epochs) {
    const text = () => {
      const metric = epoch.r2 === undefined ? 'accuracy' : 'R²';
      const test = epoch.valLoss === undefined ? '' : ` · test ${short(epoch.valLoss)}, ${metric} ${short(epoch.valR2 ?? epoch.valAccuracy)}`;
      return `loss ${short(epoch.loss)}, ${metric} ${short(epoch.r2 ?? epoch.accuracy)}${test}`;
    };
    const last = epoch.epoch === epochs;
    this.#draw(() => `${this.#bar(epoch.epoch, epochs)} ${epoch.epoch}/${epochs} ${text()}`, last);
    const every = Math.max(1, Math.floor(epochs / LINES));
    if (!this.silent && !this.stream.isTTY && (last || epoch.epoch % every === 0)) this.stream.write(`epoch ${epoch.epoch}/${epochs}: ${text()}\n`);
  }

  /** Ends the line that is being drawn; what follows stands below it, and reading is gone. @param {boolean} [keep] */
  end(keep = true) {
    if (this.#open) this.stream.write(keep ? '\n' : '\r\u001b[K');
    this.#open = false;
  }
}
