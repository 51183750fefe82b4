// the one drawing loop · in: painters and their marks · out: at most one call of each a frame · next: charts/
const still = matchMedia('(prefers-reduced-motion: reduce)');
const marked = new Set();
let waiting = false;

function tick() {
  waiting = false;
  const now = performance.now();
  for (const painter of [...marked]) {
    if (painter.next > now) continue;
    marked.delete(painter);
    painter.paint();
    const end = performance.now();
    painter.next = still.matches ? now + 500 : end + 2 * Math.max(0, end - now - 8);
  }
  if (marked.size) wait();
}

function wait() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(tick);
}

/** A painter: mark() asks for one paint() at the next frame; slow ones and reduced motion get fewer frames. */
export function painter(paint) {
  const entry = { paint, next: 0 };
  return {
    mark() {
      marked.add(entry);
      wait();
    },
    /** The next mark draws whatever the clock says: the end of a run must not wait. */
    now() {
      entry.next = 0;
      this.mark();
    },
  };
}
