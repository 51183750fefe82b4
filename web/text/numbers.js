// numbers as people read them · in: number · out: short text, of steady width where digits run · next: components/, charts/
const minus = text => text.replace(/-/g, '\u2212');

/** R² or accuracy: three decimals, or an exponent where three decimals would be noise. */
export function score(value) {
  if (value === undefined || Number.isNaN(value)) return '\u2013';
  if (!Number.isFinite(value)) return minus(value > 0 ? '\u221e' : '-\u221e');
  return minus(Math.abs(value) < 1000 ? value.toFixed(3).replace(/^-(0\.0+)$/, '$1') : value.toExponential(1));
}

/** A loss or another positive size: `digits` significant digits. */
export function size(value, digits = 3) {
  if (value === undefined || Number.isNaN(value)) return '\u2013';
  if (!Number.isFinite(value)) return minus(value > 0 ? '\u221e' : '-\u221e');
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-3 || magnitude >= 1e6)) return minus(value.toExponential(digits - 1));
  const shape = { useGrouping: false, minimumSignificantDigits: digits, maximumSignificantDigits: digits };
  return minus(value.toLocaleString('en', shape));
}

/** A number of a column: as short as `digits` significant digits allow. */
export function plain(value, digits = 4) {
  if (!Number.isFinite(value)) return size(value);
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e7)) return minus(value.toExponential(2).replace(/\.?0+e/, 'e'));
  return minus(String(Number(value.toPrecision(digits))));
}

/** Seconds with two digits that mean something. */
export function seconds(value) {
  if (value === undefined) return '\u2013';
  if (value < 0.1) return value.toPrecision(2);
  if (value < 10) return value.toFixed(2);
  return value < 100 ? value.toFixed(1) : value.toFixed(0);
}

/** A count a second: [number, prefix], as 1.4 and 'M'. */
export function perSecond(value) {
  if (!Number.isFinite(value)) return ['\u2013', ''];
  const step = value >= 1e9 ? [1e9, 'G'] : value >= 1e6 ? [1e6, 'M'] : value >= 1e3 ? [1e3, 'k'] : [1, ''];
  const share = value / step[0];
  return [share < 100 ? share.toPrecision(2) : share.toFixed(0), step[1]];
}
