// the chart of points: rows as marks, hollow in training, filled when held out · in: a scene · out: a canvas, the point at hand · next: field.js
import { cividis, classTone, rgb, tone } from './palette.js';
import { Plane } from './plane.js';

const REACH = 16; // how near, in pixels, the pointer must be to a point

/* Marks tell classes apart where colours do not. */
const marks = [
  (c, x, y, r) => c.arc(x, y, r, 0, 7),
  (c, x, y, r) => c.rect(x - r * 0.9, y - r * 0.9, r * 1.8, r * 1.8),
  (c, x, y, r) => { c.moveTo(x, y - r * 1.2); c.lineTo(x + r * 1.1, y + r * 0.8); c.lineTo(x - r * 1.1, y + r * 0.8); c.closePath(); },
  (c, x, y, r) => { c.moveTo(x, y - r * 1.3); c.lineTo(x + r * 1.3, y); c.lineTo(x, y + r * 1.3); c.lineTo(x - r * 1.3, y); c.closePath(); },
];

export class Points extends Plane {
  /** onPoint(index | -1): the point under the pointer or the arrow keys. */
  constructor(host, onPoint) {
    super(host);
    this.onPoint = onPoint;
    this.at = -1;
    this.canvas.addEventListener('pointermove', event => this.#seek(event));
    this.canvas.addEventListener('pointerleave', () => this.#hold(-1));
    this.canvas.addEventListener('keydown', event => this.#key(event));
    this.canvas.addEventListener('blur', () => this.#hold(-1));
  }

  /** scene.points: { x, y, held?: 0|1 each, kind?: class each, share?: magnitude 0…1 each }; scene.line: { x, y }; scene.diagonal;
   * scene.zero: 'x' or 'y', a line where it is 0 */
  draw(scene) {
    if (this.at >= scene.points.x.length) this.at = -1;
    super.draw(scene);
    if (this.at >= 0) this.onPoint(this.at);
  }

  over() {
    const { ctx, scene } = this;
    this.rules();
    const { x, y } = scene.points;
    const r = x.length > 800 ? 2.5 : 3.5;
    ctx.lineWidth = 1.25;
    for (let i = 0; i < x.length; i++) this.mark(i, this.px(x[i]), this.py(y[i]), r);
    if (scene.line) this.#curve(scene.line);
    if (this.at >= 0) this.#ring(this.px(x[this.at]), this.py(y[this.at]));
  }

  mark(i, x, y, r) {
    const { ctx, scene } = this;
    const { held, kind } = scene.points;
    const shape = kind ? marks[kind[i] % marks.length] : marks[0];
    const out = held?.[i];
    const colour = this.colour(i, out);
    ctx.beginPath();
    shape(ctx, x, y, r);
    if (scene.field) {
      ctx.fillStyle = out ? colour : tone('paper');
      ctx.fill();
      ctx.strokeStyle = out ? tone('ink') : colour;
      ctx.stroke();
    } else if (out) {
      ctx.fillStyle = colour;
      ctx.fill();
    } else {
      ctx.strokeStyle = colour;
      ctx.stroke();
    }
  }

  colour(i, out) {
    const { kind, share } = this.scene.points;
    if (share) return rgb(cividis(share[i]));
    return kind ? classTone(kind[i]) : tone(out ? 'validation' : 'train');
  }

  /* The lines that the marks are read against. */
  rules() {
    const { ctx, scene } = this;
    const [x, y] = [scene.x.range, scene.y.range];
    const [low, high] = [Math.max(x[0], y[0]), Math.min(x[1], y[1])];
    const ends = scene.diagonal ? [low, low, high, high] : scene.zero === 'x' ? [0, y[0], 0, y[1]] : scene.zero && [x[0], 0, x[1], 0];
    if (!ends) return;
    ctx.strokeStyle = tone('ink-2');
    ctx.lineWidth = 1;
    ctx.beginPath();
    ctx.moveTo(this.px(ends[0]), this.py(ends[1]));
    ctx.lineTo(this.px(ends[2]), this.py(ends[3]));
    ctx.stroke();
  }

  #curve({ x, y }) {
    const { ctx } = this;
    ctx.strokeStyle = tone('ink');
    ctx.lineWidth = 2;
    ctx.lineJoin = 'round';
    ctx.beginPath();
    for (let i = 0; i < x.length; i++) ctx.lineTo(this.px(x[i]), this.py(y[i]));
    ctx.stroke();
  }

  #ring(x, y) {
    this.ctx.strokeStyle = tone('ink');
    this.ctx.lineWidth = 1.5;
    this.ctx.beginPath();
    this.ctx.arc(x, y, 7, 0, 7);
    this.ctx.stroke();
  }

  #hold(index) {
    if (index === this.at) return;
    this.at = index;
    this.repaint();
    this.onPoint(index);
  }

  #seek(event) {
    if (!this.scene) return;
    const { x, y } = this.scene.points;
    let best = REACH * REACH;
    let at = -1;
    for (let i = 0; i < x.length; i++) {
      const d = this.far(this.px(x[i]) - event.offsetX, this.py(y[i]) - event.offsetY);
      if (d < best) [best, at] = [d, i];
    }
    this.#hold(at);
  }

  /* How far a point so many pixels away is. */
  far(dx, dy) {
    return dx * dx + dy * dy;
  }

  /* The arrow keys walk through the points from left to right. */
  #key(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    const n = this.scene?.points.x.length;
    if (!by || !n) return;
    event.preventDefault();
    const { x } = this.scene.points;
    const order = this.scene.points.order ?? Array.from(x.keys()).sort((a, b) => x[a] - x[b] || a - b);
    const place = this.at < 0 ? (by > 0 ? -1 : n) : order.indexOf(this.at);
    this.#hold(order[Math.max(0, Math.min(n - 1, place + by))]);
  }
}
