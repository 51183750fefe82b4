// lab.test.js: the Lab as people use it, in three browsers · in: build/site · out: ok · next: lab-techniques.test.js
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Lasso, LinearRegression, LogisticRegression, MLPRegressor, datasets } from 'wasmfit';
import { Table } from 'wasmfit/preprocessing';

import { browsers, serve, STRICT } from './harness/index.js';
import { lab, overflow, site, status, words } from './lab.js';

const shown = (/** @type {string} */ text) => document.querySelector('#shape')?.textContent?.includes(text);

/** The same run through the API: the numbers that the page must show. */
async function reference() {
  const { X, y } = await datasets.load('diabetes');
  const model = new MLPRegressor({
    hiddenLayers: [16, 8], activation: 'tanh', optimizer: { name: 'adam', learningRate: 0.005, weightDecay: 0.01 },
    batchSize: 16, epochs: 40, seed: 7, standardize: true,
  });
  const history = await model.fit(X, y, { validation: 0.2, evaluateTraining: true });
  const rows = history.splits.validation;
  const pick = (/** @type {ArrayLike<number>} */ list) => Array.from(rows, (row) => list[row]);
  const held = Array.from(rows, (row) => Array.from(X.data.subarray(row * X.cols, (row + 1) * X.cols)));
  const score = model.score(held, pick(y));
  model.dispose();
  return { r2: history.r2.at(-1), valR2: history.valR2.at(-1), loss: history.loss.at(-1), score };
}

/** The Lab's own run of a linear model, through the API. */
async function linear(/** @type {any} */ model, /** @type {string} */ name) {
  const { X, y, featureNames } = await datasets.load(name);
  const columns = featureNames.map((/** @type {string} */ column, /** @type {number} */ j) => ({ name: column, values: Float64Array.from({ length: X.rows }, (_, i) => X.data[i * X.cols + j]) }));
  const table = Table.from(columns);
  const history = await model.fit(table, y, { validation: 0.2 });
  return { history, table, y, model };
}

/** In the page: the values of the rows of the summary, and of the facts below. */
const summaryShown = () => ({
  rows: [...document.querySelectorAll('table.summary tbody tr')].map((row) => Object.fromEntries([...row.querySelectorAll('td')].map((cell) => [cell.dataset.name, Number(cell.dataset.value)]))),
  facts: Object.fromEntries([...document.querySelectorAll('.beside [data-fact]')].map((fact) => [fact.dataset.fact, Number(fact.dataset.value)])),
});

/** Equal, but for what the logarithms of the engines differ in. */
function same(/** @type {any} */ seen, /** @type {any} */ wanted, /** @type {string} */ what) {
  for (const [name, value] of Object.entries(wanted)) assert.ok(Math.abs(seen[name] - value) <= 1e-12 * Math.abs(value), `${what}, ${name}: ${seen[name]} for ${value}`);
}

for (const name of browsers) {
  describe(`the Lab in ${name}`, { timeout: 120_000 }, () => {
    const the = lab(name), { open } = the;

    test(`${name} trains the diabetes data to the end and shows the numbers of the API, to the last bit`, async () => {
      const { page } = the;
      const expected = await reference();
      await open();
      await page.type('#data', 'diabetes');
      await page.waitFor(shown, 10_000, '442 × 10');
      const settings = { hidden: 16, 'hidden-2': 8, activation: 'tanh', rate: 0.005, decay: 0.01, batch: 16, epochs: 40, seed: 7 };
      for (const [id, value] of Object.entries(settings)) await page.type(`#${id}`, value);
      await page.click('#train');
      await page.waitFor(status, 20_000, 'done');
      const value = (/** @type {string} */ id) => page.evaluate((at) => Number(document.querySelector(at).dataset.value), id);
      assert.equal(await value('#r2'), expected.r2);
      assert.equal(await value('#val-r2'), expected.valR2);
      assert.equal(await value('#train-loss'), expected.loss);
      const figure = () => document.querySelector('[data-part="validation"] td[data-value]')?.dataset.value;
      assert.equal(Number(await page.waitFor(figure)), expected.score);
      const r2 = expected.r2.toFixed(3);
      assert.equal(await page.text('#r2'), r2);
      assert.match(await page.text('#status'), new RegExp(`^Done: 40 epochs, R² ${r2}, validation ${expected.valR2.toFixed(3)}, `));
    });

    test(`${name} pauses, does one epoch, goes on and stops in the middle`, async () => {
      const { page } = the;
      await open('#data=friedman1&epochs=100000');
      const epoch = () => page.evaluate(() => Number(document.querySelector('#epoch').dataset.epoch));
      await page.press(' ');
      await page.waitFor(() => Number(document.querySelector('#epoch').dataset.epoch) > 3);
      await page.press(' ');
      await page.waitFor(status, 5000, 'paused');
      await new Promise((done) => { setTimeout(done, 300); });
      const paused = await epoch();
      await page.press('s');
      await page.waitFor((n) => Number(document.querySelector('#epoch').dataset.epoch) > n, 5000, paused);
      const stepped = await epoch();
      await page.click('#train');
      await page.waitFor((n) => Number(document.querySelector('#epoch').dataset.epoch) > n + 3, 5000, stepped);
      await page.type('#rate', '0.0001');
      await page.click('#stop');
      await page.waitFor(status, 2000, 'stopped');
      const stopped = await epoch();
      assert.ok(stopped > stepped && stopped < 100_000);
      assert.match(await page.text('#status'), new RegExp(`^Stopped after epoch ${stopped}: R² `));
      await page.waitFor(() => document.querySelector('[data-part="validation"]'), 5000);
      await page.press('r');
      assert.equal(await page.waitFor(status, 2000, 'idle'), true);
      assert.equal(await epoch(), 0);
    });

    test(`${name} names the line of a broken file and keeps the former data set`, async () => {
      const { page } = the;
      await open('#data=iris');
      await page.setFiles('lab-data', [{ name: 'broken.csv', text: 'a,b,y\n1,2,3\n4,5\n' }]);
      await page.waitFor(() => document.querySelector('#data-error'));
      assert.match(await page.text('#data-error'), /broken\.csv.*line 3 has 2 fields/);
      assert.match(await page.text('#shape'), /^150 × 4 → species · classification$/);
      await page.setFiles('#file', [{ name: 'whole.csv', text: 'a,b,y\n1,2,3\n4,,6\n7,8,9.5\n1,3,3\n' }]);
      await page.waitFor(shown, 5000, '4 × 2 → y');
      await page.click('#train');
      await page.waitFor(status, 5000, 'failed');
      assert.match(await page.text('#train-error'), /row 2 \(line 3\), column "b"/);
      await page.click('#gaps');
      await page.click('#train');
      await page.waitFor(status, 20_000, 'done');
    });

    test(`${name} shows column names and labels as text, whatever they contain`, async () => {
      const { page } = the;
      await open();
      const title = await page.evaluate(() => document.title);
      const bad = '<img src=x onerror=document.title=1>';
      const rows = Array.from({ length: 30 }, (_, i) => `${i},${i % 4},${i % 5},"</script><script>document.title=2</script>${i % 2 ? bad : ''}"`);
      await page.setFiles('lab-data', [{ name: `${bad}.csv`, text: `${bad},__proto__,constructor,"<b>kind</b>"\n${rows.join('\n')}\n` }]);
      await page.waitFor(shown, 5000, '<b>kind</b>');
      await page.click('#train');
      await page.waitFor(status, 20_000, 'done');
      await page.waitFor(() => document.querySelector('table.matrix td'));
      assert.equal(await page.evaluate(() => document.title), title);
      assert.equal(await page.evaluate(() => document.querySelectorAll('main img, main b b, main script').length), 0);
      assert.equal(await page.evaluate(() => document.querySelector('.columns .name').textContent), bad);
    });

    test(`${name} says what to try when a run diverges`, async () => {
      const { page } = the;
      await open('#optimizer=sgd&rate=10&epochs=30');
      await page.click('#train');
      await page.waitFor(status, 10_000, 'diverged');
      assert.match(await page.text('#train-error'), /Try a learning rate near 1/);
    });

    test(`${name} shows coefficients, errors, residuals and quantiles of least squares as the API gives them`, async () => {
      const { page } = the;
      const { model, table, y, history } = await linear(new LinearRegression(), 'diabetes');
      await open('#data=diabetes&model=linear&see=coefficients');
      await page.click('#train');
      await page.waitFor(() => document.querySelector('table.summary'));
      for (const robust of [undefined, 'HC3']) {
        if (robust) await page.type('#errors', robust);
        const { rows, f, ...summary } = model.summary({ robust });
        const shown = await page.evaluate(summaryShown);
        assert.equal(shown.rows.length, 11);
        rows.forEach((/** @type {any} */ { name: column, t, ...row }, /** @type {number} */ i) => same(shown.rows[i], { ...row, ratio: t }, column));
        const { r2, adjustedR2, aic, bic, n } = summary;
        same(shown.facts, { r2, adjustedR2, aic, bic, n, f: f?.value, fp: f?.p }, 'facts');
      }
      const bmi = model.summary({ robust: 'HC3' }).rows[3];
      await page.evaluate(() => document.querySelector('.figure canvas').focus());
      for (let i = 0; i < 3; i++) await page.press('ArrowDown');
      assert.equal(await page.waitFor(() => document.querySelector('.point').textContent), `bmi: ${[bmi.estimate, bmi.lower, bmi.upper].map((v) => Number(v.toPrecision(4))).join(' [').replace(/ \[(?=[^[]*$)/, ', ')}]`);
      assert.match(await page.evaluate(() => document.querySelector('.figure canvas').getAttribute('aria-label')), /10 coefficients\. The 95 % intervals of \d leave 0 out\. The largest is s5: 63\.79/);
      const train = table.take(history.splits.train), truth = Array.from(history.splits.train, (row) => y[row]);
      await page.click('#see-residuals');
      const part = await page.waitFor(() => [...document.querySelectorAll('[data-part="train"] td[data-value]')].map((cell) => Number(cell.dataset.value)).at(2));
      assert.equal(part, model.predict(train).reduce((/** @type {number} */ most, /** @type {number} */ v, /** @type {number} */ i) => Math.max(most, Math.abs(truth[i] - v)), 0));
      await page.click('#see-quantiles');
      const sorted = model.diagnostics(train, truth).standardizedResiduals.sort();
      const ends = [sorted[0], sorted[sorted.length - 1]].map((v) => String(Number(v.toPrecision(3))).replace('-', '\u2212'));
      assert.match(await page.waitFor(() => document.querySelector('.see.quantiles .beside p')?.textContent), new RegExp(`^353 training rows: residuals from ${ends[0]} to ${ends[1]} `));
      assert.ok(await page.evaluate(() => document.querySelector('.figure canvas').toDataURL().length > 5000 && document.querySelector('#save-png') !== null));
      model.dispose();
    });

    test(`${name} fits lasso and logistic regression step by step to the coefficients of the API, and says which model suits no target`, async () => {
      const { page } = the;
      const lasso = await linear(new Lasso({ alpha: 2, maxIterations: 1000 }), 'diabetes');
      await open('#data=diabetes&model=lasso&alpha=2&see=coefficients');
      await page.click('#train');
      await page.waitFor(status, 20_000, 'done');
      assert.equal(await page.evaluate(() => Number(document.querySelector('#epoch').dataset.epoch)), lasso.history.epoch.length);
      const shown = await page.waitFor((/** @type {any} */ seen) => document.querySelector('table.summary') && [...document.querySelectorAll('table.summary td')].map((cell) => Number(cell.dataset.value)));
      assert.deepEqual(shown, [lasso.model.intercept, ...lasso.model.coef]);
      const logistic = await linear(new LogisticRegression({ C: 0.5, maxIterations: 1000 }), 'breastCancer');
      await open('#data=breastCancer&model=logistic&C=0.5&see=coefficients');
      await page.click('#train');
      await page.waitFor(() => document.querySelector('table.summary [data-name="p"]'), 20_000);
      const { rows, mcFaddenR2, aic } = logistic.model.summary();
      const seen = await page.evaluate(summaryShown);
      rows.forEach((/** @type {any} */ { name: column, z, ...row }, /** @type {number} */ i) => same(seen.rows[i], { ...row, ratio: z }, column));
      same(seen.facts, { mcFaddenR2, aic }, 'facts');
      await open('#data=iris&model=ridge');
      assert.match(await page.text('[data-refused="model"]'), /^Ridge regression needs a number/);
      for (const { model } of [lasso, logistic]) model.dispose();
    });

    test(`${name} keeps a run's settings in the address, over a reload in its middle, and refuses unknown ones aloud`, async () => {
      const { page } = the;
      await open('#data=moons&seed=abc&epochs=90000&nothing=1');
      assert.match(await page.text('[data-refused="seed"]'), /“abc” is refused; a whole number from 0/);
      assert.match(await page.text('[data-refused="nothing"]'), /no setting/);
      await page.type('#seed', 12);
      await page.click('#add-layer');
      await page.type('#optimizer', 'sgd');
      await page.type('#momentum', '0.5');
      await page.waitFor(() => location.hash.includes('momentum=0.5'));
      await page.click('#train');
      await page.waitFor(() => Number(document.querySelector('#epoch').dataset.epoch) > 2);
      await open(await page.evaluate(() => location.hash));
      assert.deepEqual(await page.evaluate(() => ['data', 'seed', 'hidden-3', 'optimizer', 'momentum', 'epochs'].map((id) => document.getElementById(id).value)),
        ['moons', '12', '64', 'sgd', '0.5', '90000']);
      assert.equal(await page.evaluate(status, 'idle'), true);
      assert.equal(await page.evaluate(() => document.querySelectorAll('.problem').length), 0);
    });

    test(`${name} speaks English and Chinese, jumps to a control by name and fits 360 pixels`, async () => {
      const { page } = the;
      await open();
      await page.press('/');
      await page.waitFor(() => document.querySelector('#jump[open]'));
      await page.type('#jump-name', 'batch');
      await page.press('Enter');
      await page.waitFor(() => document.activeElement?.id === 'batch');
      const chinese = await words('zh');
      await page.click('#language');
      await page.waitFor(() => document.documentElement.lang === 'zh');
      await page.waitFor((text) => document.querySelector('#train').innerText.trim() === text, 2000, chinese.train);
      await page.setViewport(1280, 800);
      const foot = await page.evaluate(() => document.querySelector('lab-curve + lab-curve').getBoundingClientRect().bottom);
      assert.ok(foot <= 800, `the charts end at ${foot} px of 800`);
      await page.setViewport(360, 740);
      assert.equal(await page.evaluate(overflow), 0);
      await page.click('#bar-train');
      await page.waitFor(status, 20_000, 'done');
      assert.match(await page.text('lab-bar'), /R² [01]\.\d{3}/);
      assert.equal(await page.evaluate(overflow), 0);
      await page.click('#language');
      await page.waitFor(() => document.documentElement.lang === 'en');
    });

    test(`${name} works offline after the first load`, async () => {
      const { page } = the;
      await open();
      await page.waitFor(() => navigator.serviceWorker.getRegistration().then((found) => found?.active?.state === 'activated'), 10_000);
      await the.server.close();
      try {
        await open('#data=digits&epochs=3');
        await page.click('#train');
        await page.waitFor(status, 20_000, 'done');
        await page.setFiles('#file', [{ name: 'late.csv', text: 'a,y\n1,2\n2,3.5\n' }]);
        await page.waitFor(shown, 5000, '2 × 1 → y');
      } finally {
        const { port } = new URL(the.server.url);
        the.server = await serve(site, { headers: STRICT, port: Number(port) });
      }
    });

    test(`${name} logs no error in all of this`, async () => {
      const { page } = the;
      assert.deepEqual(await page.consoleErrors(), []);
    });
  });
}

test('the English and the Chinese words have the same keys and the same places for values', async () => {
  const [en, zh] = await Promise.all([words('en'), words('zh')]);
  assert.deepEqual(Object.keys(zh), Object.keys(en));
  const places = (/** @type {string} */ text) => [...new Set(text.match(/\{\d\}/g))].sort();
  for (const key of Object.keys(en)) assert.deepEqual(places(zh[key]), places(en[key]), key);
});

/** A built file and all that it imports at once. */
async function closure(/** @type {string} */ file, /** @type {Map<string, string>} */ seen = new Map()) {
  if (seen.has(file)) return seen;
  const code = await readFile(`${site}/${file}`, 'utf8');
  seen.set(file, code);
  for (const [, name] of code.matchAll(/(?:from|import)\s*"\.\/([\w.-]+\.js)"/g)) await closure(`${dirname(file)}/${name}`, seen);
  return seen;
}

test('the JavaScript that opens the page stays under 60 kB, compressed, and with what the first run and its figure fetch under 85', async (context) => {
  const files = (await readdir(site, { recursive: true })).filter((file) => file.endsWith('.js'));
  const reached = async (/** @type {RegExp} */ names) => {
    const seen = new Map();
    for (const file of files.filter((one) => names.test(basename(one)))) await closure(file, seen);
    const sizes = [...seen].map(([file, code]) => ({ file: basename(file), size: gzipSync(code).length }));
    return { total: sizes.reduce((sum, { size }) => sum + size, 0), list: sizes.map(({ file, size }) => `${file} ${size}`).join(', ') };
  };
  const opening = await reached(/^(index|sw)\b/), training = await reached(/^(index|sw|worker|see|fit|generators|session|network-use|metrics-\w+)\b/);
  context.diagnostic(`${opening.total} bytes gzipped to open: ${opening.list}; ${training.total} with a run: ${training.list}`);
  assert.ok(opening.total > 30_000 && opening.total < 60_000, opening.list);
  assert.ok(training.total > opening.total + 10_000 && training.total < 85_000, training.list);
});
