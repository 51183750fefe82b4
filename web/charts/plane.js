// a canvas with two axes: the ground of points and fields · in: ranges and labels · out: pixels, scales · next: points.js
import { plain } from '../text/numbers.js';
import { tone } from './palette.js';

const PAD = { left: 60, right: 12, top: 12, bottom: 44 };

/** Round numbers inside [min, max], about `count` of them. */
export function ticks(min, max, count) {
  const raw = (max - min) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map(m => m * power).find(s => s >= raw * 0.999);
  const list = [];
  for (let i = Math.ceil(min / step - 1e-9); i * step <= max + step * 1e-9; i++) list.push(Number((i * step).toPrecision(12)));
  return list;
}

/** [min, max] of all given lists, widened by 4 % so that no mark sits on the frame. */
export function extent(...lists) {
  let min = Infinity;
  let max = -Infinity;
  for (const list of lists) {
    for (const v of list) {
      if (v < min) min = v;
      if (v > max) max = v;
    }
  }
  if (!(min <= max)) return [0, 1];
  const pad = (max - min || Math.abs(max) || 1) * 0.04;
  return [min - pad, max + pad];
}

/** Cuts text to a width in pixels. */
export function cut(ctx, text, width) {
  if (ctx.measureText(text).width <= width) return text;
  let n = text.length;
  while (n > 1 && ctx.measureText(text.slice(0, n) + '…').width > width) n--;
  return text.slice(0, n) + '…';
}

export class Plane {
  constructor(host) {
    this.canvas = document.createElement('canvas');
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute('role', 'img');
    host.replaceChildren(this.canvas);
    this.host = host;
    this.ctx = this.canvas.getContext('2d');
    this.observer = new ResizeObserver(() => this.repaint());
    this.observer.observe(host);
  }

  /** scene: { x: { label, range }, y: { label, range }, text } and what the subclass draws. y: { names, range }: rows at 0, -1, …
   * instead of numbers; left(width, ctx): room for them; x or y: { marks: [[at, text], …] }: ticks of its own. */
  draw(scene) {
    this.scene = scene;
    this.canvas.setAttribute('aria-label', scene.text);
    this.repaint();
  }

  repaint() {
    if (!this.scene) return;
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width || !height) return;
    const ratio = devicePixelRatio || 1;
    if (this.canvas.width !== Math.round(width * ratio) || this.canvas.height !== Math.round(height * ratio)) {
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = Math.round(height * ratio);
    }
    const left = this.scene.left?.(width, this.ctx) ?? PAD.left;
    this.box = { left, top: PAD.top, width: width - left - PAD.right, height: height - PAD.top - PAD.bottom };
    this.ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.ctx.fillStyle = tone('paper');
    this.ctx.fillRect(0, 0, width, height);
    this.under();
    this.#axes();
    this.ctx.save();
    this.ctx.beginPath();
    this.ctx.rect(this.box.left, this.box.top, this.box.width, this.box.height);
    this.ctx.clip();
    this.over();
    this.ctx.restore();
  }

  under() {}

  over() {}

  px(x) {
    const [min, max] = this.scene.x.range;
    return this.box.left + ((x - min) / (max - min)) * this.box.width;
  }

  py(y) {
    const [min, max] = this.scene.y.range;
    return this.box.top + this.box.height - ((y - min) / (max - min)) * this.box.height;
  }

  #axes() {
    const { ctx, box, scene } = this;
    ctx.font = '12px system-ui, sans-serif';
    ctx.strokeStyle = tone('line');
    ctx.fillStyle = tone('ink-2');
    ctx.lineWidth = 1;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'alphabetic';
    const numbers = ({ range, marks }, count) => marks ?? ticks(...range, count).map(v => [v, plain(v)]);
    for (const [v, text] of numbers(scene.x, box.width / 80)) {
      const at = Math.round(this.px(v)) + 0.5;
      this.#line(at, box.top, at, box.top + box.height + 4);
      ctx.fillText(text, at, box.top + box.height + 18);
    }
    ctx.fillText(cut(ctx, scene.x.label, box.width), box.left + box.width / 2, box.top + box.height + 38);
    ctx.textAlign = 'right';
    ctx.textBaseline = 'middle';
    const names = scene.y.names?.map((text, i) => [-i, cut(ctx, text, box.left - 16)]);
    for (const [v, text] of names ?? numbers(scene.y, box.height / 48)) {
      const at = Math.round(this.py(v)) + 0.5;
      this.#line(box.left - 4, at, box.left + box.width, at);
      ctx.fillText(text, box.left - 8, at);
    }
    if (names) return;
    ctx.save();
    ctx.translate(12, box.top + box.height / 2);
    ctx.rotate(-Math.PI / 2);
    ctx.textAlign = 'center';
    ctx.fillText(cut(ctx, scene.y.label, box.height), 0, 0);
    ctx.restore();
  }

  #line(x1, y1, x2, y2) {
    this.ctx.beginPath();
    this.ctx.moveTo(x1, y1);
    this.ctx.lineTo(x2, y2);
    this.ctx.stroke();
  }

  destroy() {
    this.observer.disconnect();
    this.canvas.remove();
  }
}
