// the chart of whiskers: an estimate and its interval a row · in: a scene · out: a canvas, the row at hand · next: coefficients.js
import { Points } from '../charts/points.js';

const ROW = 29; // pixels, as in the table beside

export class Whiskers extends Points {
  /** scene.points also has low and high (NaN: no interval) and order; filled marks are those whose interval leaves 0 out. */
  draw(scene) {
    this.canvas.style.height = `${Math.max(320, ROW * (scene.y.names.length + 0.5) + 56)}px`;
    super.draw(scene);
  }

  mark(i, x, y, r) {
    const { ctx, scene } = this;
    const { low, high } = scene.points;
    if (!Number.isNaN(low[i])) {
      const [a, b] = [this.px(low[i]), this.px(high[i])];
      ctx.strokeStyle = this.colour(i, false);
      ctx.lineWidth = 1.5;
      ctx.beginPath();
      for (const end of [a, b]) {
        ctx.moveTo(end, y - 4);
        ctx.lineTo(end, y + 4);
      }
      ctx.moveTo(a, y);
      ctx.lineTo(b, y);
      ctx.stroke();
    }
    super.mark(i, x, y, r + 0.5);
  }

  colour(i) {
    return super.colour(i, false);
  }

  /* A row is at hand along its whole width; marks in it by their distance. */
  far(dx, dy) {
    return Math.abs(dy) <= ROW / 2 ? dy * dy + Math.min(80, Math.abs(dx) / 20) : Infinity;
  }
}
