// the ground of all components · in: the owners' events · out: elements that render anew when something they show changes · next: controls.js
import { render } from 'lit/html.js';
import { source, state, trainer } from '../lab.js';
import { language } from '../text/text.js';

export { html, nothing } from 'lit/html.js';

const events = [[state, 'change'], [source, 'change'], [source, 'busy'], [source, 'error'], [trainer, 'status'], [language, 'change']];

/** Hands a file to the reader. */
export function download(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** Renders into the page itself, so that one stylesheet, one set of ids and one tab order serve everything. Parts live as long as
 * the page. A subclass has render(), and may have rendered(), called after each rendering. */
export class Part extends HTMLElement {
  #asked = false;

  connectedCallback() {
    for (const [owner, name] of events) owner.addEventListener(name, () => this.ask());
    this.ask();
  }

  /** Asks for a rendering; many askings in one turn make one. */
  ask() {
    if (this.#asked) return;
    this.#asked = true;
    queueMicrotask(() => {
      this.#asked = false;
      render(this.render(), this);
      this.rendered?.();
    });
  }
}
