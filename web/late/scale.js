// logarithmic axes for canvases with linear ones · in: values · out: their decades, ticks · next: rates.js
import { plain } from '../text/numbers.js';

/** The decade of a value. */
export const log = value => Math.log10(value);

/** Ticks of an axis whose values are decades: powers of ten, with 2 and 5 between where there is room. */
export function decades([min, max], most = 8) {
  const steps = max - min <= most / 3 ? [1, 2, 5] : [1];
  const every = Math.max(1, Math.ceil((max - min) / most));
  const marks = [];
  for (let power = Math.floor(min); power <= max; power += every) {
    for (const step of steps) {
      const at = power + log(step);
      if (at >= min - 1e-9 && at <= max + 1e-9) marks.push([at, plain(step * 10 ** power, 3)]);
    }
  }
  return marks;
}
