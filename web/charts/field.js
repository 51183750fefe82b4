// the chart of a field: what the model says over two features, under its points · in: a scene with a grid · out: a canvas · next: components/fit.js
import { cividis, classRgb, tone } from './palette.js';
import { Points } from './points.js';

/* Where the zero line enters and leaves the cell (c, r), as offsets in it: none, two or four places. */
function crossings(values, width, c, r) {
  const at = r * width + c;
  const corners = [values[at], values[at + 1], values[at + width + 1], values[at + width]];
  const places = [(s) => [s, 0], (s) => [1, s], (s) => [1 - s, 1], (s) => [0, 1 - s]];
  const found = [];
  for (let i = 0; i < 4; i++) {
    const [a, b] = [corners[i], corners[(i + 1) % 4]];
    if (a > 0 !== b > 0) found.push(places[i](a / (a - b)));
  }
  return found;
}

export class Field extends Points {
  /** scene.field: { width, height, kind (class each cell), sure (its probability), leads (of each class: its probability less the
   * best other's) } or { width, height, share (0…1 each cell) }; cells run from the lower left corner, row by row, over the axes. */
  under() {
    const { field } = this.scene;
    if (!field) return;
    const image = document.createElement('canvas');
    image.width = field.width;
    image.height = field.height;
    const ctx = image.getContext('2d');
    const pixels = ctx.createImageData(field.width, field.height);
    for (let i = 0; i < field.width * field.height; i++) {
      const row = field.height - 1 - Math.floor(i / field.width);
      const to = 4 * (row * field.width + (i % field.width));
      pixels.data.set(field.kind ? [...classRgb[field.kind[i] % classRgb.length], 30 + 70 * field.sure[i]] : [...cividis(field.share[i]), 255], to);
    }
    ctx.putImageData(pixels, 0, 0);
    this.ctx.imageSmoothingEnabled = true;
    this.ctx.drawImage(image, this.box.left, this.box.top, this.box.width, this.box.height);
    if (field.kind) this.#borders(field);
  }

  /* Where a class stops being the likeliest: marching squares on its lead over the best other class, which is 0 there. */
  #borders({ width, height, leads }) {
    const { ctx, box } = this;
    const place = (c, r) => [box.left + ((c + 0.5) / width) * box.width, box.top + box.height - ((r + 0.5) / height) * box.height];
    const cell = (lead, c, r) => {
      const ends = crossings(lead, width, c, r).map(([u, v]) => place(c + u, r + v));
      ends.forEach((end, e) => (e % 2 ? ctx.lineTo(...end) : ctx.moveTo(...end)));
    };
    ctx.beginPath();
    for (const lead of leads) {
      for (let i = 0; i < width * (height - 1); i++) if ((i + 1) % width) cell(lead, i % width, Math.floor(i / width));
    }
    ctx.strokeStyle = tone('ink');
    ctx.lineWidth = 1.25;
    ctx.stroke();
  }
}
