// dataset-files.js: the data sets that come as files · in: what a set is, src/data · out: X, y · next: split.js
import { WasmfitError, checkKeys } from './errors.js';
import { readUrl } from './platform.js';

/**
 * The last column of a file is the target: numbers when there are no classes, else indices into them. Bundlers find a file by its
 * literal URL only.
 * @typedef {{
 *   targetName: string, classes?: string[] | 'numbers', source: string, url: () => URL
 * }} Shipped
 */
/** By name; what each is stands in datasets.js. @type {Record<string, Shipped>} */
const FILES = {
  diabetes: {
    targetName: 'progression',
    source: 'Efron, Hastie, Johnstone, Tibshirani 2004',
    url: () => new URL('../../src/data/diabetes.csv', import.meta.url),
  },
  iris: {
    targetName: 'species',
    classes: ['setosa', 'versicolor', 'virginica'], source: 'UCI, Fisher 1936',
    url: () => new URL('../../src/data/iris.csv', import.meta.url),
  },
  digits: {
    targetName: 'digit',
    classes: 'numbers', source: 'UCI, Alpaydin and Kaynak 1998',
    url: () => new URL('../../src/data/digits.csv', import.meta.url),
  },
  wine: {
    targetName: 'cultivar',
    classes: ['class_0', 'class_1', 'class_2'], source: 'UCI, Forina et al. 1991',
    url: () => new URL('../../src/data/wine.csv', import.meta.url),
  },
  breastCancer: {
    targetName: 'diagnosis',
    classes: ['malignant', 'benign'], source: 'UCI, Wolberg, Street, Mangasarian 1995',
    url: () => new URL('../../src/data/breast_cancer.csv', import.meta.url),
  },
};

/**
 * @param {import('./datasets.js').DatasetInfo} info of a real one
 * @param {object} options none
 * @returns {Promise<import('./datasets.js').Dataset>}
 */
export async function read(info, options) {
  const { name, title, task } = info, where = `datasets.load("${name}")`;
  checkKeys(options, [], where);
  const { url, classes, targetName, source } = FILES[name];
  const text = new TextDecoder().decode(await readUrl(url(), `${where}: the file`));
  const { columns, X, target } = parse(text, info);
  const y = classes === undefined ? target
    : classes === 'numbers' ? Int32Array.from(target)
    : Array.from(target, (index) => classes[index]);
  return {
    name, title, task, X, y, featureNames: columns.slice(0, -1), targetName,
    source: `${source}, as distributed with scikit-learn 1.2.1`, licence: 'BSD-3-Clause',
  };
}

/**
 * These files hold a line of names and then numbers only, nothing quoted, nothing missing.
 * @param {string} text
 * @param {import('./datasets.js').DatasetInfo} info
 */
function parse(text, { name, rows, features }) {
  const [header, ...lines] = text.split('\n');
  const columns = header.split(',');
  const cells = lines.map((row) => row.split(','));
  const whole = cells.pop()?.join() === '' && cells.length === rows && [columns, ...cells].every((row) => row.length === features + 1);
  if (!whole) {
    throw new WasmfitError(`datasets.load("${name}"): the file should have ${rows} rows of ${features + 1} numbers, and has not`,
      { code: 'DATASET_FILE', hint: 'some other page or part of the file came in its place; reload, or serve src/data with the package' });
  }
  const data = new Float64Array(rows * features);
  const target = Float64Array.from(cells, (row) => Number(row.pop()));
  cells.forEach((row, i) => data.set(row.map(Number), i * features));
  return { columns, X: { data, rows, cols: features }, target };
}
