// colours of the charts · in: names of custom properties, classes, magnitudes · out: CSS colours and RGB · next: the other charts
/** The colour of a custom property as the page has it now, light or dark. */
export const tone = name => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();

/* Okabe and Ito 2008, the ones that stand out from white and from black first. */
export const classTones = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9', '#7F7F7F', '#F0E442'];

export const classTone = k => classTones[k % classTones.length];

const channels = hex => [1, 3, 5].map(i => parseInt(hex.slice(i, i + 2), 16));
export const classRgb = classTones.map(channels);

/* Cividis at six even stations (Nuñez, Anderton, Renslow 2018). */
const stations = ['#00204D', '#31446B', '#666970', '#958F78', '#CBBA69', '#FFEA46'].map(channels);

/** Magnitude 0…1 → [r, g, b]. */
export function cividis(u) {
  const at = Math.max(0, Math.min(1, u)) * (stations.length - 1);
  const i = Math.min(stations.length - 2, Math.floor(at));
  return stations[i].map((c, k) => Math.round(c + (stations[i + 1][k] - c) * (at - i)));
}

export const rgb = ([r, g, b]) => `rgb(${r},${g},${b})`;

/** Black or white, whichever reads better on [r, g, b]. */
export function inkOn(colour) {
  const [r, g, b] = colour.map(c => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? '#000' : '#fff';
}
