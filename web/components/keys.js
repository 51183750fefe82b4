// the keys of the page · in: key strokes · out: actions, dialogs · next: ../main.js
import { step, toggle, trainer } from '../lab.js';

const writing = 'input:not([type=checkbox]):not([type=range]):not([type=file]), select, textarea, dialog';
const pressing = 'button, summary, a, input, label';

/** Opens the dialog 'keys' or 'jump'. */
export async function openDialog(name) {
  const { Dialogs } = await import('../late/dialogs.js');
  if (!customElements.get('lab-dialogs')) customElements.define('lab-dialogs', Dialogs);
  await Promise.resolve(); // its first rendering
  document.querySelector('lab-dialogs').open(name);
}

/** Listens to the page's keys: not while somebody writes, and not where the key already means something. */
export function listenToKeys() {
  const actions = { ' ': toggle, s: step, r: () => trainer.clear(), '/': () => openDialog('jump'), '?': () => openDialog('keys') };
  addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector('dialog[open]')) return;
    const action = Object.hasOwn(actions, event.key) ? actions[event.key] : undefined;
    if (!action || event.target.closest?.(event.key === ' ' ? `${writing}, ${pressing}` : writing) || (event.repeat && event.key !== 's')) return;
    event.preventDefault();
    action();
  });
}
