// the chart of a field: what the model says over two features, under its points · in: a scene with a grid · out: a canvas · next: components/fit.js
import { cividis, classRgb } from './palette.js';
import { Points } from './points.js';

export class Field extends Points {
  /** scene.field: { width, height, kind (class each cell) and sure (its probability) | share (0…1 each cell) }; cells run
   * from the lower left corner, row by row, over the ranges of the axes. */
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
      const [r, g, b, a] = field.kind ? this.#ofClass(field, i) : [...cividis(field.share[i]), 255];
      pixels.data.set([r, g, b, a], to);
    }
    ctx.putImageData(pixels, 0, 0);
    this.ctx.imageSmoothingEnabled = !field.kind;
    this.ctx.drawImage(image, this.box.left, this.box.top, this.box.width, this.box.height);
  }

  /* Classes are tints that deepen as the model grows sure; a border cell is darker. */
  #ofClass({ width, kind, sure }, i) {
    const border = ((i + 1) % width && kind[i] !== kind[i + 1]) || (i + width < kind.length && kind[i] !== kind[i + width]);
    return [...classRgb[kind[i] % classRgb.length], border ? 230 : 30 + 70 * sure[i]];
  }
}
