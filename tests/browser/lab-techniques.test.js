// lab-techniques.test.js: every technique of the registry has its control in the Lab, and does there what it does in Node · in: build/site · out: ok
// next: harness/index.js
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MLPClassifier, MLPRegressor, Network, datasets, dense, dropout, findLearningRate } from 'wasmfit';
import * as registry from 'wasmfit/registry';

import { browsers } from './harness/index.js';
import { lab, overflow, status, words } from './lab.js';

/** In the page: the values of the choice, and the ids of the controls of the open panel. */
const valuesOf = (/** @type {string} */ id) => [...document.querySelectorAll(`#${id} option`)].map((option) => option.value);
const controls = () => [...document.querySelectorAll('#more .row input, #more .row select')].map((control) => control.id);
const opened = () => document.querySelector('#more .groups') !== null;
const number = (/** @type {string} */ id) => Number(document.getElementById(id)?.dataset.value);

/** The controls that options have outside the panel. @type {Record<string, string>} */
const IN_VIEW = { learningRate: 'rate', momentum: 'momentum', weightDecay: 'decay', size: 'batch' };

/** Control, its entries, the address that shows them. Losses are chosen by the kind of target; shares of classes are no target of a table. */
const lossesFor = (/** @type {string} */ kinds) => registry.losses.filter((entry) => kinds.includes(/** @type {any} */ (entry).targets));
/** @type {[string, readonly registry.Entry[], string][]} */
const FAMILIES = [
  ['activation', registry.activations, ''], ['optimizer', registry.optimizers, ''], ['loss', lossesFor('N'), ''], ['classLoss', lossesFor('CB'), '#data=moons'],
  ['initializer', registry.initializers, ''], ['schedule', registry.schedules, ''], ['batchSchedule', registry.batchSchedules, ''], ['averaging', registry.averages, ''],
  ['resample', registry.resamples, '#data=moons'],
];
const DIABETES = { hiddenLayers: [16, 8], activation: { name: 'tanh' }, batchSize: 16, seed: 7, standardize: true };

for (const name of browsers) {
  describe(`the Lab's techniques in ${name}`, { timeout: 180_000 }, () => {
    const the = lab(name), { open } = the;

    async function openPanel(hash = '') {
      await open(hash);
      await the.page.click('#more summary');
      await the.page.waitFor(opened);
    }

    test(`${name} has a control for every entry of the registry and for each of its options`, async () => {
      const { page } = the;
      for (const [family, entries, hash] of FAMILIES) {
        await openPanel(hash);
        assert.deepEqual(await page.evaluate(valuesOf, family), entries.map((entry) => entry.name), family);
        for (const entry of entries) {
          await page.type(`#${family}`, entry.name);
          const wanted = entry.options.map((option) => (['optimizer', 'batchSchedule'].includes(family) && IN_VIEW[option.name]) || `${entry.name}-${option.name}`);
          await page.waitFor((/** @type {string[]} */ ids) => ids.every((id) => document.getElementById(id)), 3000, wanted);
        }
      }
      await openPanel();
      const own = ['dropout', 'l1', 'l2', 'maxNorm', 'inputNoise', 'mixup'];
      for (const id of ['earlyStopping', 'pruning', 'normalization', 'recordGradient', ...own]) assert.ok((await page.evaluate(controls)).includes(id), id);
      await page.click('#earlyStopping');
      await page.click('#pruning');
      const options = Object.entries(registry.techniques).flatMap(([technique, list]) => list.map((option) => `${technique}-${option.name}`));
      await page.waitFor((/** @type {string[]} */ ids) => ids.every((id) => document.getElementById(id)), 3000, options);
      assert.ok(await page.evaluate(() => [...document.querySelectorAll('#more .row')].every((row) => row.querySelector('label').textContent.trim() && row.querySelector('small').textContent.trim())));
    });

    test(`${name} trains with early stopping, a schedule, dropout, clipping and penalties to the numbers of Node`, async () => {
      const { page } = the;
      const { X, y } = await datasets.load('diabetes');
      const model = new MLPRegressor({
        ...DIABETES, epochs: 80, optimizer: { name: 'nadam', learningRate: 0.005, weightDecay: 0.01, beta1: 0.8 }, loss: { name: 'huber', delta: 0.7 }, dropout: 0.1, l1: 1e-4, normalization: 'layer',
        schedule: { name: 'cosine', warmup: 5 }, clip: { globalNorm: 1 }, earlyStopping: { patience: 6 }, recordGradient: true,
      });
      const history = await model.fit(X, y, { validation: 0.2, evaluateTraining: true });
      assert.equal(history.stopped, 'earlyStopping');
      const best = history.valLoss.indexOf(Math.min(...history.valLoss));
      await openPanel('#data=diabetes&hidden=16,8&activation=tanh&optimizer=nadam&rate=0.005&decay=0.01&batch=16&epochs=80&seed=7&see=course');
      const settings = { loss: 'huber', 'huber-delta': 0.7, 'nadam-beta1': 0.8, dropout: 0.1, l1: 1e-4, normalization: 'layer', schedule: 'cosine', 'cosine-warmup': 5, 'clip-globalNorm': 1 };
      for (const [id, value] of Object.entries(settings)) await page.type(`#${id}`, value);
      await page.click('#earlyStopping');
      await page.type('#earlyStopping-patience', 6);
      await page.click('#recordGradient');
      await page.click('#train');
      await page.waitFor(status, 20_000, 'done');
      assert.deepEqual(await Promise.all(['r2', 'val-r2', 'train-loss', 'val-loss'].map((id) => page.evaluate(number, id))),
        [history.r2[best], history.valR2[best], history.loss[best], history.valLoss[best]]);
      assert.match(await page.text('#status'), new RegExp(`^Stopped early after ${history.epoch.length} epochs; back at the best, ${best + 1}: R² `));
      assert.equal(await page.evaluate(() => Number(document.querySelector('[data-best]').dataset.best)), best + 1);
      await page.waitFor(() => document.querySelector('#column'));
      await page.type('#column', 'gradientNorm');
      assert.equal(await page.waitFor(() => Number(document.querySelector('.see.course [data-value]')?.dataset.value)), history.gradientNorm.at(-1));
      model.dispose();
    });

    test(`${name} trains classes with weights, averages and a loss of two classes to the numbers of Node`, async () => {
      const { page } = the;
      const { X, y } = await datasets.load('breastCancer');
      const common = { optimizer: { name: 'adam', weightDecay: 0.01 }, batchSize: 32, epochs: 12, seed: 3, standardize: true };
      const cases = /** @type {[string, any][]} */ ([
        ['classLoss=focal&focal.gamma=1&classWeight=balanced&averaging=ema&ema.decay=0.9', new MLPClassifier({ ...common, hiddenLayers: [8], loss: { name: 'focal', gamma: 1 }, classWeight: 'balanced', averaging: { name: 'ema', decay: 0.9 } })],
        ['classLoss=squaredHinge&dropout=0.2', new Network({ ...common, loss: 'squaredHinge', layers: [dense(8, { activation: 'relu' }), dropout(0.2), dense(1)] })],
      ]);
      for (const [address, model] of cases) {
        const history = await model.fit(X, y, { validation: 0.2, evaluateTraining: true });
        await open(`#data=breastCancer&hidden=8&epochs=12&seed=3&${address}`);
        await page.click('#train');
        await page.waitFor(status, 20_000, 'done');
        assert.deepEqual(await Promise.all(['r2', 'val-r2', 'train-loss'].map((id) => page.evaluate(number, id))), [history.accuracy.at(-1), history.valAccuracy.at(-1), history.loss.at(-1)]);
        if (history.valF1) assert.deepEqual(await Promise.all(['balanced', 'f1'].map((id) => page.evaluate(number, id))), [history.valBalancedAccuracy.at(-1), history.valF1.at(-1)]);
        model.dispose();
      }
    });

    test(`${name} keeps techniques in the address, only those that were changed, refuses what their rules refuse, and takes them back`, async () => {
      const { page } = the;
      await openPanel('#data=moons&dropout=1&schedule=multiStep&multiStep.milestones=9,4');
      assert.match(await page.text('[data-refused="dropout"]'), /Dropout: “1” is refused; a number from 0 to below 1/);
      assert.match(await page.text('[data-refused="multiStep.milestones"]'), /whole numbers from 1 that rise/);
      await page.type('#multiStep-milestones', '5, 9');
      await page.type('#l2', 0.001);
      await page.click('#earlyStopping');
      await page.type('#earlyStopping-monitor', 'valAccuracy');
      await page.type('#maxNorm', 0);
      await page.waitFor(() => location.hash.includes('earlyStopping.monitor'));
      const hash = await page.evaluate(() => location.hash);
      assert.deepEqual([...new URLSearchParams(hash.slice(1))].filter(([key]) => /[.]|schedule|dropout|l2|maxNorm|earlyStopping|clip/.test(key)).map((pair) => pair.join('=')).sort(),
        ['earlyStopping.monitor=valAccuracy', 'earlyStopping=yes', 'l2=0.001', 'multiStep.milestones=5,9', 'schedule=multiStep']);
      await openPanel(hash);
      assert.equal(await page.evaluate(() => document.querySelectorAll('.problem').length), 0);
      assert.deepEqual(await page.evaluate(() => ['schedule', 'multiStep-milestones', 'l2', 'earlyStopping-monitor'].map((id) => document.getElementById(id).value)), ['multiStep', '5,9', '0.001', 'valAccuracy']);
      await page.click('#more-reset');
      await page.waitFor(() => !location.hash.includes('schedule'));
    });

    test(`${name} finds a learning rate, draws it and uses it`, async () => {
      const { page } = the;
      const { X, y } = await datasets.load('diabetes');
      const model = new MLPRegressor({ ...DIABETES, optimizer: { name: 'adam', weightDecay: 0.01 } });
      const { suggestion } = await findLearningRate(model, X, y);
      model.dispose();
      await open('#data=diabetes&hidden=16,8&activation=tanh&batch=16&seed=7');
      await page.click('#find-rate');
      const found = await page.waitFor(() => Number(document.querySelector('#rate-found')?.dataset.value));
      assert.equal(found, Number(Number(suggestion).toPrecision(2)));
      assert.match(await page.evaluate(() => document.querySelector('.figure canvas').getAttribute('aria-label')), /falls most steeply at a learning rate of 0\.\d+/);
      assert.ok(await page.evaluate(() => document.querySelector('.figure canvas').toDataURL().length > 5000));
      await page.click('#use-rate');
      await page.waitFor((/** @type {number} */ rate) => document.querySelector('#rate').value === String(rate), 2000, found);
    });

    test(`${name} saves a checkpoint in the middle of a run and goes on from it to the bits of the whole run, with the same settings only`, async () => {
      const { page } = the;
      const settings = '#data=iris&hidden=8&epochs=4000&dropout=0.1&schedule=cosine&optimizer=sgd&rate=0.01&averaging=ema';
      await open(settings);
      await page.click('#train');
      await page.waitFor(status, 20_000, 'done');
      const whole = await Promise.all(['train-loss', 'val-loss'].map((id) => page.evaluate(number, id)));
      await open(settings);
      await page.evaluate(() => {
        URL.createObjectURL = (/** @type {Blob} */ blob) => {
          blob.arrayBuffer().then((bytes) => { Object.assign(globalThis, { saved: btoa(String.fromCharCode(...new Uint8Array(bytes))) }); });
          return '#';
        };
        HTMLAnchorElement.prototype.click = () => {};
      });
      for (let i = 1; i <= 3; i++) {
        await page.press('s');
        await page.waitFor((/** @type {number} */ n) => document.querySelector('#epoch').dataset.epoch === String(n), 5000, i);
      }
      await page.click('#checkpoint');
      const base64 = await page.waitFor(() => /** @type {any} */ (globalThis).saved);
      await open(settings.replace('dropout=0.1', 'dropout=0.2'));
      await page.setFiles('lab-data', [{ name: 'three.safetensors', base64 }]);
      await page.waitFor(() => document.querySelector('#data-error'));
      assert.match(await page.text('#data-error'), /three\.safetensors was not read: the checkpoint was made with other settings \(dropout\)/);
      await open(settings);
      await page.setFiles('#file', [{ name: 'three.safetensors', base64 }]);
      await page.waitFor(status, 20_000, 'done');
      assert.deepEqual(await Promise.all(['train-loss', 'val-loss'].map((id) => page.evaluate(number, id))), whole);
      assert.equal(await page.evaluate(() => document.querySelector('#epoch').dataset.epoch), '4000');
      assert.equal(await page.evaluate(() => document.querySelector('#epoch').dataset.from), '4'); // it did not begin anew
    });

    test(`${name} says when all rows are seen at each step and what then has no meaning, and fits 360 pixels in Chinese`, async () => {
      const { page } = the;
      await openPanel('#data=diabetes&optimizer=lbfgs&hidden=8&epochs=500&schedule=cosine&clip.norm=1');
      assert.deepEqual(await page.evaluate(() => ['rate', 'batch', 'schedule', 'clip-norm', 'lbfgs-memory'].filter((id) => document.getElementById(id))), ['lbfgs-memory']);
      await page.click('#train');
      await page.waitFor(status, 20_000, 'done');
      assert.match(await page.text('#status'), /^(Converged after|Done:) \d+ epochs/);
      await page.setViewport(360, 740);
      await page.click('#language');
      await page.waitFor(() => document.documentElement.lang === 'zh');
      assert.equal(await page.evaluate(overflow), 0);
      await page.click('#language');
      await page.waitFor(() => document.documentElement.lang === 'en');
    });

    test(`${name} logs no error in all of this`, async () => {
      assert.deepEqual(await the.page.consoleErrors(), []);
    });
  });
}

test('every entry and option of the registry has Chinese words', async () => {
  const chinese = await words('registry.zh');
  const has = (/** @type {string} */ key, /** @type {string} */ doc) => chinese[key]?.includes(' | ') && (doc === '' || chinese[key].split(' | ')[1].length > 0);
  const lists = { activation: registry.activations, optimizer: registry.optimizers, loss: registry.losses, initializer: registry.initializers, schedule: registry.schedules,
    batchSchedule: registry.batchSchedules, averaging: registry.averages, resample: registry.resamples };
  const options = (/** @type {string} */ owner, /** @type {readonly registry.OptionInfo[]} */ list) => list.filter(({ name }) => !(name in IN_VIEW && name !== 'size'))
    .map(({ name, doc }) => [has(`option.${owner}.${name}`, doc) || has(`option.${name}`, doc), `${owner}.${name}`]);
  for (const [family, entries] of Object.entries(lists)) {
    for (const entry of entries) {
      assert.ok(has(`${family}.${entry.name}`, entry.doc), `${family}.${entry.name}`);
      for (const [good, key] of options(entry.name, entry.options)) assert.ok(good, String(key));
    }
  }
  for (const [technique, list] of Object.entries(registry.techniques)) for (const [good, key] of options(technique, list)) assert.ok(good, String(key));
  for (const [good, key] of options('training', ['dropout', 'l1', 'l2', 'maxNorm', 'inputNoise', 'mixup'].map((one) => registry.training[one]))) assert.ok(good, String(key));
});
