// the chart of lines: training and validation by epoch · in: columns · out: a uPlot drawing, the epoch under the cursor · next: components/curve.js
import uPlot from 'uplot';
import { plain } from '../text/numbers.js';
import { tone } from './palette.js';

const font = '12px system-ui, sans-serif';
const FLOOR = -1; // R² below this is marked, not drawn

function axis(extra) {
  return {
    font, labelFont: font, stroke: () => tone('ink-2'), gap: 4, size: 52,
    grid: { stroke: () => tone('line'), width: 1 }, ticks: { stroke: () => tone('line'), width: 1, size: 4 },
    ...extra,
  };
}

/* Log axes carry 1, 2, 5 while a few decades fit, then powers of ten alone. */
function logLabels(u, splits) {
  const decades = Math.log10(u.scales.y.max / u.scales.y.min);
  const wanted = decades <= 0.8 ? [1, 2, 3, 4, 5, 6, 7, 8, 9] : decades <= 3 ? [1, 2, 5] : [1];
  return splits.map(v => (wanted.includes(Number((v / 10 ** Math.floor(Math.log10(v) + 1e-9)).toFixed(6))) ? v : null));
}

/* The next number of one digit below: where uPlot's log axis may begin. */
function oneDigitDown(value) {
  const unit = 10 ** Math.floor(Math.log10(value));
  return Number((Math.floor(value / unit) * unit).toPrecision(1));
}

function lossRange(log) {
  if (log) return (u, min, max) => (min > 0 ? [oneDigitDown(min), Math.max(max * 1.08, oneDigitDown(min) * 1.25)] : [0.1, 1]);
  return (u, min, max) => (max > min ? [Math.min(0, min), max * 1.05] : [0, max > 0 ? max * 1.1 : 1]);
}

const scoreRange = (u, min) => [Math.max(FLOOR, Math.min(0, Number.isFinite(min) ? min : 0)), 1];

export class Lines {
  /** options: { score: is it R² or accuracy; onCursor(index | null) } */
  constructor(host, options) {
    this.host = host;
    this.options = options;
    this.shape = '';
    this.observer = new ResizeObserver(() => this.plot?.setSize(this.#size()));
    this.observer.observe(host);
  }

  #size() {
    return { width: Math.max(120, this.host.clientWidth), height: Math.max(120, this.host.clientHeight) };
  }

  /** scene: { epoch, train, validation, total, best, below: text of the mark }; arrays may be empty. */
  draw(scene) {
    this.scene = scene;
    const log = !this.options.score && !scene.train.some(v => v <= 0) && !scene.validation.some(v => v <= 0);
    const shape = `${log} ${scene.validation.length > 0}`;
    const data = [scene.epoch, scene.train];
    if (scene.validation.length) data.push(scene.validation);
    if (shape === this.shape) return this.plot.setData(data);
    this.shape = shape;
    this.log = log;
    this.plot?.destroy();
    this.plot = new uPlot(this.#options(log, data.length), data, this.host);
    return undefined;
  }

  /* The last epoch on the axis: all of a run, but of a very long one only what is near. */
  #reach() {
    const { total, epoch } = this.scene;
    const last = epoch.at(-1) ?? 0;
    const near = 10 ** Math.ceil(Math.log10(Math.max(1000, last)));
    const round = [0.2, 0.5, 1].map(part => part * near).find(end => end >= last);
    return Math.max(1, Math.min(total, Math.max(1000, round)));
  }

  #options(log, count) {
    const alone = colour => ({ show: u => u.data[0].length === 1, size: 5, fill: () => tone(colour) });
    const line = (colour, dash) => ({ stroke: () => tone(colour), width: 1.5, dash, points: alone(colour) });
    const { score, onCursor } = this.options;
    return {
      ...this.#size(),
      legend: { show: false },
      cursor: { sync: { key: 'lab' }, drag: { x: false, y: false }, points: { size: 7, width: 1.5 }, dataIdx: (u, line, at) => at },
      scales: {
        x: { time: false, range: () => [0, this.#reach()] },
        y: { distr: log ? 3 : 1, range: score ? scoreRange : lossRange(log) },
      },
      axes: [
        axis({ size: 28, space: 64, values: (u, splits) => splits.map(v => plain(v)), incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000] }),
        axis({ space: 28, values: (u, splits) => splits.map(v => (v === null ? '' : plain(v))), ...(log && { filter: logLabels }) }),
      ],
      series: [{}, line('train'), line('validation', [6, 4])].slice(0, count),
      hooks: { setCursor: [u => onCursor(u.cursor.idx ?? null)], draw: [u => this.#marks(u)] },
    };
  }

  /* The tick of the best epoch, and the mark of values that fell below the axis. */
  #marks({ ctx, bbox, data, valToPos }) {
    const { best, epoch, validation, below } = this.scene;
    const ratio = devicePixelRatio;
    ctx.save();
    if (best >= 0 && best < epoch.length) {
      const x = Math.round(valToPos(data[0][best], 'x', true));
      const foot = bbox.top + bbox.height;
      ctx.fillStyle = tone(validation.length ? 'validation' : 'train');
      ctx.beginPath();
      ctx.moveTo(x, foot - 8 * ratio);
      ctx.lineTo(x + 4 * ratio, foot);
      ctx.lineTo(x - 4 * ratio, foot);
      ctx.fill();
    }
    const fell = this.options.score && [data[1], validation].some(values => values.some(v => v < FLOOR));
    if (fell) {
      ctx.fillStyle = tone('ink-2');
      ctx.font = `${12 * ratio}px system-ui, sans-serif`;
      ctx.textAlign = 'right';
      ctx.fillText(`\u2193 ${below}`, bbox.left + bbox.width - 6 * ratio, bbox.top + bbox.height - 10 * ratio);
    }
    ctx.restore();
  }

  /** Moves the cursor by whole epochs: the arrow keys. */
  move(by) {
    const n = this.scene.epoch.length;
    if (!n) return;
    const at = Math.max(0, Math.min(n - 1, (this.plot.cursor.idx ?? (by < 0 ? n : -1)) + by));
    const value = this.plot.data[1][at];
    this.plot.setCursor({ left: this.plot.valToPos(this.plot.data[0][at], 'x'), top: this.plot.valToPos(value, 'y') });
  }

  /** Takes the colours of the page anew. */
  repaint() {
    this.plot?.redraw(false, true);
  }

  destroy() {
    this.observer.disconnect();
    this.plot?.destroy();
  }
}
