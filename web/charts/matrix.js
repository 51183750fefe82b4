// the chart of a matrix: counts of true against predicted labels as a table · in: labels and counts · out: table cells · next: components/fit.js
import { cividis, inkOn, rgb } from './palette.js';

function cell(name, text, scope) {
  const element = document.createElement(name);
  element.textContent = text;
  element.title = text;
  if (scope) element.scope = scope;
  return element;
}

export class Matrix {
  constructor(host) {
    this.table = document.createElement('table');
    this.table.className = 'matrix';
    host.replaceChildren(this.table);
  }

  /** scene: { labels, counts (counts[true][predicted]), corner, text } */
  draw(scene) {
    this.scene = scene;
    const { labels, counts, corner, text } = scene;
    const caption = document.createElement('caption');
    caption.textContent = text;
    const head = document.createElement('tr');
    head.append(cell('td', corner), ...labels.map(label => cell('th', String(label), 'col')));
    const body = labels.map((label, i) => {
      const line = document.createElement('tr');
      const total = counts[i].reduce((a, b) => a + b, 0);
      line.append(cell('th', String(label), 'row'), ...counts[i].map(count => this.#count(count, total)));
      return line;
    });
    this.table.replaceChildren(caption, head, ...body);
  }

  /* The tint is the share of the row, so that rare classes read as well as common ones; little is near the colour of the page. */
  #count(count, total) {
    const element = cell('td', String(count));
    if (count) {
      const dark = document.documentElement.dataset.theme === 'dark';
      const colour = cividis(dark ? count / total : 1 - count / total);
      element.style.backgroundColor = rgb(colour);
      element.style.color = inkOn(colour);
    }
    return element;
  }

  repaint() {
    this.draw(this.scene);
  }

  destroy() {
    this.table.remove();
  }
}
