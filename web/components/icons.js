// the signs on the buttons · in: name · out: SVG · next: train.js, bar.js
import { html } from './base.js';

const paths = {
  train: 'M4 2.5v11l9-5.5z',
  pause: 'M4 2.5h3v11H4zM9 2.5h3v11H9z',
  step: 'M3 2.5v11L10 8zM11 2.5h2v11h-2z',
  stop: 'M3.5 3.5h9v9h-9z',
  reset: 'M8 3V.5L4 4l4 3.5V5a3.75 3.75 0 1 1-3.75 3.75h-2A5.75 5.75 0 1 0 8 3z',
};

/** A sign of 16 × 16 pixels in the colour of the text. */
export const icon = name => html`<svg class="icon" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true"><path d=${paths[name]}></path></svg>`;
