// cli.test.js: the command as a person runs it: files in, files and messages out · in: temporary files · out: test results · next: cli-refuses.test.js
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { ElasticNet, Lasso, MLPClassifier, MLPRegressor, Ridge, datasets, load } from '../../src/js/index.js';
import { Table } from '../../src/js/table.js';
import { readCsv } from '../../src/js/csv.js';
import * as registry from '../../src/js/registry.js';
import { HELP } from '../../src/cli/help.js';
import { parseTrain } from '../../src/cli/options.js';
import { contents, diabetes, file, flowerArgs, folder, main, refused, wasmfit } from './cli.js';

const shared = fileURLToPath(new URL('../../../shared/data/csv/', import.meta.url));
const skip = existsSync(shared) ? false : 'the folder ../shared/data is absent';

describe('wasmfit train', { concurrency: 4 }, () => {
  test('The figures of the diabetes data are those of the same call of the API, and so are the predictions', async () => {
    const { code, stdout, stderr } = await wasmfit(['train', diabetes, '--target', 'target', '--seed', '7', '--hidden', '32,16', '--epochs', '30', '--json', '--out', 'diabetes.safetensors']);
    assert.equal(code, 0, stderr);
    const result = JSON.parse(stdout);
    const table = await readCsv(readFileSync(diabetes));
    const y = table.column('target').values;
    const model = new MLPRegressor({ hiddenLayers: [32, 16], activation: 'relu', optimizer: 'adam', batchSize: 32, epochs: 30, seed: 7, standardize: true });
    const history = await model.fit(table.without('target'), y, { validation: 0.2 });
    assert.deepEqual(result.test, { rows: 89, loss: history.valLoss.at(-1), r2: history.valR2.at(-1) });
    const { X } = await datasets.load('diabetes');
    const plain = await new MLPRegressor(model.options).fit(X, y, { validation: 0.2 });
    assert.deepEqual(plain.valR2, history.valR2, 'the data set of the package gives the same');
    const training = Array.from(history.splits.train);
    const rows = table.without('target').take(training);
    assert.ok(Math.abs(result.train.r2 - model.score(rows, training.map((row) => y[row]))) < 1e-6, 'training figures are those of the final model');
    const predicted = await wasmfit(['predict', 'diabetes.safetensors', diabetes, '--score', 'target']);
    assert.deepEqual(predicted.stdout.trim().split('\n'), ['prediction', ...Array.from(model.predict(table), String)]);
    assert.match(predicted.stderr, new RegExp(`442 rows, R² ${model.score(table, y).toFixed(6)}`));
  });

  test('A target of text is classes, columns of text are features, and both are found again by name', async () => {
    const trained = await wasmfit(flowerArgs);
    assert.equal(trained.code, 0, trained.stderr);
    assert.equal(trained.stderr, '');
    assert.match(trained.stdout, /90 rows, 3 columns \(2 of numbers, 1 of text\), 4 features → species \(classification\)/);
    assert.match(trained.stdout, /accuracy\ntrain +72 +0\.\d{6} +[01]\.\d{6}\ntest +18 +/);
    file('new.csv', 'colour,extra,width,length\nred,1,0.5,1.1\nblue,2,0.5,5.2\n');
    const { stdout } = await wasmfit(['predict', 'model.safetensors', 'new.csv', '--proba']);
    const lines = stdout.trim().split('\n').map((line) => line.split(','));
    assert.deepEqual(lines[0], ['prediction', 'P(iris)', 'P(lily)', 'P(rose)']);
    const model = await load(contents('model.safetensors'));
    const X = Table.from({ length: [1.1, 5.2], width: [0.5, 0.5], colour: ['red', 'blue'] });
    assert.ok(model instanceof MLPClassifier);
    assert.deepEqual(lines.slice(1).map(([label]) => label), model.predict(X));
    assert.deepEqual(lines.slice(1).flatMap(([, ...row]) => row.map(Number)), Array.from(model.predictProba(X).data));
  });

  test('The same seed twice gives the same bytes, another seed others', async () => {
    const seeds = [['a', '3'], ['b', '3'], ['c', '4']];
    await Promise.all(seeds.map(([name, seed]) => wasmfit([...flowerArgs, '--seed', seed, '--out', `${name}.safetensors`])));
    const [a, b, c] = seeds.map(([name]) => contents(`${name}.safetensors`));
    assert.ok(a.equals(b));
    assert.ok(!a.equals(c));
  });

  test('--model linear gives the coefficients of a target of numbers, softmax regression for classes', async () => {
    file('line.csv', ['x,z,y', ...Array.from({ length: 40 }, (_, i) => `${i},${(i * 7) % 11},${3 * i - 2 * ((i * 7) % 11) + 5}`)].join('\n'));
    const { model, coefficients, intercept, test: held } = JSON.parse((await wasmfit(['train', 'line.csv', '--target', 'y', '--model', 'linear', '--json', '-o', 'l.safetensors'])).stdout);
    assert.equal(model, 'LinearRegression');
    for (const [value, expected] of [[coefficients.x, 3], [coefficients.z, -2], [intercept, 5], [held.r2, 1]]) assert.ok(Math.abs(value - expected) < 1e-12);
    const classes = JSON.parse((await wasmfit(['train', 'flowers.csv', '--target', 'species', '--model', 'linear', '--json', '-o', 's.safetensors'])).stdout);
    assert.deepEqual([classes.model, classes.layers], ['MLPClassifier', [4, 3]]);
    await refused(['train', 'line.csv', '--target', 'y', '--model', 'linear', '--epochs', '5'], 2, /--epochs has no meaning for --model linear/);
  });

  test('--model linear prints the table of standard errors, and gives it as JSON', async () => {
    const { stdout } = await wasmfit(['train', diabetes, '--target', 'target', '--model', 'linear', '--test', '0', '-o', 'table.safetensors']);
    assert.match(stdout, /\n +estimate +std\. error +t +p +2\.5 % +97\.5 %\nintercept +-334\.567 +67\.4546 +-4\.960 /);
    assert.match(stdout, /\n442 rows, 431 degrees of freedom, residual standard error 54\.1542\nR² 0\.517748, adjusted 0\.506559; F 46\.2724 on 10 and 431/);
    const { summary } = JSON.parse((await wasmfit(['train', diabetes, '--target', 'target', '--model', 'linear', '--test', '0', '--json', '-o', 'table.safetensors'])).stdout);
    assert.deepEqual([summary.rows.length, summary.rows[3].name, summary.n], [11, 'bmi', 442]);
    assert.ok(Math.abs(summary.rows[3].standardError - 0.7171055005609109) < 1e-12);
  });

  test('--model ridge, lasso and elasticnet give the coefficients of the API, with --alpha and --l1-ratio', async () => {
    const { X, y } = await datasets.load('diabetes');
    const cases = [['ridge', new Ridge({ alpha: 0.5 }), '--alpha', '0.5'], ['ridge', new Ridge({ alpha: 'gcv' }), '--alpha', 'gcv'], ['lasso', new Lasso({ alpha: 2 }), '--alpha', '2'],
      ['elasticnet', new ElasticNet({ alpha: 0.1, l1Ratio: 0.9 }), '--alpha', '0.1', '--l1-ratio', '0.9'], ['lasso', new Lasso()]];
    for (const [name, model, ...args] of cases) {
      const result = JSON.parse((await wasmfit(['train', '--dataset', 'diabetes', '--model', name, ...args, '--json', '-o', 'p.safetensors'])).stdout);
      const history = await model.fit(X, y, { validation: 0.2 });
      assert.deepEqual([result.model, Object.values(result.coefficients), result.intercept, result.test.r2], [model.constructor.name, [...model.coef], model.intercept, history.valR2.at(-1)]);
      if (name === 'ridge') assert.equal(result.alpha, model.alpha);
    }
    const { stdout } = await wasmfit(['train', '--dataset', 'diabetes', '--model', 'elasticnet', '--l1-ratio', '0.9', '-o', 'p.safetensors']);
    assert.match(stdout, /\nElasticNet, alpha 1, l1-ratio 0\.9, seed 0\n/);
    assert.match(stdout, /fitted in \d+\.\d\d s, \d+ iterations?\n/);
    const predicted = await wasmfit(['predict', 'p.safetensors', diabetes, '--score', 'target']);
    assert.match(predicted.stderr, /442 rows, R² 0\.4/);
  });

  test('--model logistic takes numbers as classes, prints z of two classes and the log-odds of several, and predicts', async () => {
    const { stdout } = await wasmfit(['train', '--dataset', 'breastCancer', '--model', 'logistic', '--c', '0.1', '-o', 'lr.safetensors']);
    assert.match(stdout, /\nLogisticRegression, penalty l2, C 0\.1, seed 0\n[^]*estimate +std\. error +z +p [^]*McFadden's R²[^]*The estimates are penalised/);
    const grades = file('pass.csv', ['hours,pass', ...Array.from({ length: 40 }, (_, i) => `${i / 4},${Number(i + (i * 7) % 13 * 2 > 32)}`)].join('\n'));
    const two = JSON.parse((await wasmfit(['train', grades, '--target', 'pass', '--model', 'logistic', '--penalty', 'none', '--json', '-o', 'lr.safetensors'])).stdout);
    assert.deepEqual([two.task, two.summary.penalised, two.positive, two.notes], ['classification', false, '1', []]);
    const proba = (await wasmfit(['predict', 'lr.safetensors', grades, '--proba'])).stdout.split('\n');
    assert.equal(proba[0], 'prediction,P(0),P(1)');
    const several = await wasmfit(['train', 'flowers.csv', '--target', 'species', '--model', 'logistic', '-o', 'lr.safetensors']);
    assert.match(several.stdout, /log-odds of species =\n +iris +lily +rose\n( +-?[\d.e-]+){3}\n( +-?[\d.e-]+){3}  length\n/);
    const apart = await wasmfit(['train', 'flowers.csv', '--target', 'species', '--model', 'logistic', '--penalty', 'none', '-o', 'lr.safetensors']);
    assert.match(apart.stderr, /note: The classes, or some rows of them, can be told apart without error, so that there is no finite optimum/);
  });

  test('Options that do not belong to the model, and models that do not fit the target, are refused', async () => {
    const of = (...args) => ['train', diabetes, '--target', 'target', ...args];
    await refused(of('--model', 'linear', '--alpha', '1'), 2, /--alpha has no meaning for --model linear.*use --model ridge/);
    await refused(of('--alpha', '1'), 2, /--alpha has no meaning for --model mlp.*use --model ridge/);
    await refused(of('--model', 'ridge', '--epochs', '9'), 2, /--epochs has no meaning for --model ridge.*use --model mlp/);
    await refused(of('--model', 'ridge', '--l1-ratio', '0.5'), 2, /--l1-ratio has no meaning for --model ridge/);
    await refused(of('--model', 'lasso', '--alpha', 'gcv'), 2, /--alpha gcv is for --model ridge/);
    await refused(of('--model', 'lasso', '--alpha', '-1'), 2, /--alpha is "-1"; it must be a number from 0/);
    await refused(of('--model', 'ridg'), 2, /--model is "ridg"; did you mean ridge\?/);
    await refused(of('--model', 'logistic', '--regress'), 2, /--model and --regress exclude each other/);
    await refused(['train', 'flowers.csv', '--target', 'species', '--model', 'lasso'], 1, /--model lasso is for numbers; the target "species" is classes; use --model logistic/);
    await refused(['train', 'flowers.csv', '--target', 'species', '--model', 'logistic', '--l1-ratio', '0.5'], 2, /--l1-ratio has no meaning without --penalty elasticnet/);
    await refused(['train', 'flowers.csv', '--target', 'species', '--model', 'logistic', '--penalty', 'l3'], 2, /--penalty is "l3"/);
    await refused(['train', 'flowers.csv', '--target', 'species', '--model', 'logistic', '--c', '0'], 2, /--c is "0"; it must be a number above 0/);
  });

  test('A target of few whole numbers is numbers and a note says so; --classify makes it classes', async () => {
    file('grades.csv', ['x,grade', ...Array.from({ length: 30 }, (_, i) => `${i},${i % 3}`)].join('\n'));
    const numbers = await wasmfit(['train', 'grades.csv', '--target', 'grade', '--epochs', '10', '-o', 'g.safetensors']);
    assert.match(numbers.stderr, /note: grades\.csv: the target "grade" has 3 different whole numbers, taken as numbers \(regression\); --classify takes them as classes\n/);
    assert.match(numbers.stderr, /epoch 10\/10: loss/);
    assert.match(numbers.stdout, /\(regression\)/);
    const classes = await wasmfit(['train', 'grades.csv', '--target', 'grade', '--classify', '--epochs', '2', '--json', '-o', 'g.safetensors']);
    assert.deepEqual([JSON.parse(classes.stdout).task, classes.stderr], ['classification', '']);
  });

  test('A diverging run says what to try, ends with 1 and leaves the model of the last finite epoch', async () => {
    file('steep.csv', ['x,y', ...Array.from({ length: 200 }, (_, i) => `${i},${i * i}`)].join('\n'));
    const early = await wasmfit(['train', 'steep.csv', '--target', 'y', '--optimizer', 'sgd', '--learning-rate', '1e5', '--out', 'never.safetensors', '--quiet']);
    assert.equal(early.code, 1);
    assert.match(early.stderr, /^wasmfit: the loss became infinite or not a number in epoch 1\b.*; try --learning-rate 10000\n$/);
    assert.ok(!existsSync(join(folder, 'never.safetensors')), 'an untrained model is not written');
    const late = await wasmfit(['train', 'steep.csv', '--target', 'y', '--optimizer', 'sgd', '--learning-rate', '1.05', '--weight-decay', '1', '--hidden', '1', '--activation', 'identity',
      '--batch-size', '200', '--epochs', '100000', '--out', 'late.safetensors', '--json']);
    const { stopped, epochs } = JSON.parse(late.stdout);
    assert.deepEqual([late.code, stopped], [1, 'diverged']);
    assert.ok(epochs > 0 && (await load(contents('late.safetensors'))).fitted);
    assert.match(JSON.parse(late.stderr).error.message, new RegExp(`back at epoch ${epochs}`));
  });

  test('Ctrl-C ends the run with 130 and the model so far is written', { skip: process.platform === 'win32' }, async () => {
    const during = (child, text) => { if (text.includes('epoch 10000/')) child.kill('SIGINT'); };
    file('long.csv', ['x,y', ...Array.from({ length: 100 }, (_, i) => `${i},${i % 7}`)].join('\n'));
    const { code, stdout } = await wasmfit(['train', 'long.csv', '--target', 'y', '--hidden', '1', '--test', '0', '--epochs', '100000', '--out', 'so-far.safetensors'], { during });
    assert.equal(code, 130);
    assert.match(stdout, /interrupted/);
    assert.ok((await load(contents('so-far.safetensors'))).fitted);
  });

  test('SIGTERM leaves a checkpoint, and --resume ends at the bytes of the run that was never interrupted', { skip: process.platform === 'win32' }, async () => {
    const common = ['--target', 'species', '--hidden', '4', '--dropout', '0.1', '--optimizer', 'rmsprop', '--momentum', '0.5', '--schedule', 'cosine', '--epochs', '20000'];
    const during = (child, text) => { if (text.includes('epoch 4000/')) child.kill('SIGTERM'); };
    const stopped = await wasmfit(['train', 'flowers.csv', ...common, '--checkpoint', 'half.ckpt', '-o', 'half.safetensors'], { during });
    assert.equal(stopped.code, 130, stopped.stderr);
    const resumed = await wasmfit(['train', 'flowers.csv', '--target', 'species', '--resume', 'half.ckpt', '-o', 'resumed.safetensors']);
    assert.match(resumed.stdout, /^20000 epochs in /m);
    assert.ok(Number(/^epoch (\d+)\/20000/.exec(resumed.stderr)?.[1]) > 4000, resumed.stderr); // it did not begin anew
    await wasmfit(['train', 'flowers.csv', ...common, '-o', 'whole.safetensors', '--quiet']);
    const [one, two] = await Promise.all(['resumed.safetensors', 'whole.safetensors'].map((name) => load(contents(name))));
    assert.deepEqual(one.getWeights(), two.getWeights());
    await refused(['train', 'flowers.csv', '--target', 'species', '--resume', 'half.ckpt', '--dropout', '0.2'], 2, /--dropout has no meaning with --resume/);
  });

  test('Every technique is a flag: the figures are those of the same call of the API', async () => {
    const { X, y } = await datasets.load('diabetes');
    const model = new MLPRegressor({
      hiddenLayers: [16], activation: { name: 'leakyRelu', negativeSlope: 0.1 }, loss: { name: 'huber', delta: 0.5 }, optimizer: { name: 'sgd', learningRate: 0.05, momentum: 0.9, nesterov: true },
      schedule: { name: 'step', period: 20, factor: 0.5, warmup: 3 }, dropout: 0.1, normalization: 'batch', l1: 1e-4, maxNorm: 4, clip: { globalNorm: 1 }, averaging: { name: 'ema', decay: 0.9 },
      inputNoise: 0.05, earlyStopping: { patience: 5, monitor: 'valR2' }, batchSize: { name: 'growing', size: 16, factor: 2 }, epochs: 60, seed: 4, standardize: true,
    });
    const history = await model.fit(X, y, { validation: 0.2, evaluateTraining: true });
    const flags = '--hidden 16 --activation leakyRelu --activation-negative-slope 0.1 --loss huber --delta 0.5 --optimizer sgd --learning-rate 0.05 --momentum 0.9 --nesterov --schedule step --period 20 '
      + '--factor 0.5 --warmup 3 --dropout 0.1 --normalization batch --l1 1e-4 --max-norm 4 --clip-global-norm 1 --averaging ema --averaging-decay 0.9 --input-noise 0.05 --early-stopping 5 '
      + '--early-stopping-monitor valR2 --batch-schedule growing --batch-size 16 --batch-factor 2 --epochs 60 --seed 4';
    const { stdout, stderr } = await wasmfit(['train', '--dataset', 'diabetes', ...flags.split(' '), '--json', '-o', 'techniques.safetensors']);
    assert.equal(stderr, '');
    const result = JSON.parse(stdout), best = history.valR2.indexOf(Math.max(...history.valR2));
    assert.deepEqual(result.options, JSON.parse(JSON.stringify(model.options)));
    assert.deepEqual([result.stopped, result.epochs, result.best ?? result.epochs], [history.stopped, history.epoch.length, best + 1]);
    assert.deepEqual([result.train.loss, result.test.r2], [history.loss[best], history.valR2[best]]);
    assert.deepEqual((await load(contents('techniques.safetensors'))).getWeights(), model.getWeights());
    model.dispose();
  });

  test('Standard input is read and standard output written; the report then goes to standard error', async () => {
    const { code, stdout, stderr } = await wasmfit(['train', '-', '--target', 'species', '--epochs', '1', '--out', '-'], { input: contents('flowers.csv') });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /"__metadata__"/);
    assert.match(stderr, /standard input: 90 rows/);
    file('flowers.csv.gz', gzipSync(contents('flowers.csv')));
    assert.match((await wasmfit(['train', 'flowers.csv.gz', '--target', 'species', '--epochs', '1', '-o', 'z.safetensors'])).stdout, /90 rows/);
  });
});

test('A model that was fitted on plain numbers takes the columns of a CSV file in their order', async () => {
  const { X, y } = await datasets.load('line');
  const model = new MLPRegressor({ hiddenLayers: [], epochs: 2 });
  await model.fit(X, y);
  file('plain.safetensors', model.save());
  file('plain.csv', ['y,x', ...Array.from(y, (value, i) => `${value},${X.data[i]}`)].join('\n'));
  const { stdout } = await wasmfit(['predict', 'plain.safetensors', 'plain.csv', '--score', 'y', '--json']);
  assert.deepEqual(JSON.parse(stdout), { data: 'plain.csv', rows: 1000, r2: model.score(X, y), predictions: { prediction: Array.from(model.predict(X)) } });
  await refused(['predict', 'plain.safetensors', 'plain.csv'], 1, /plain\.csv has 2 columns; the model has 1 feature/);
});

describe('IDX files', () => {
  const images = Uint8Array.from({ length: 60 * 4 }, (_, i) => ((Math.floor(i / 4) + i) % 2 ? 250 : 5));
  const labels = Uint8Array.from({ length: 60 }, (_, i) => i % 2);
  const idx = (shape, data) => Buffer.concat([Buffer.from([0, 0, 8, shape.length]), ...shape.map((n) => Buffer.from([0, 0, 0, n])), data]);
  file('images', idx([60, 2, 2], images));
  file('labels.gz', gzipSync(idx([60], labels)));

  test('are read, plain and gzipped, with pixels from 0 to 1, and predicted', async () => {
    const { code, stdout, stderr } = await wasmfit(['train', 'images', '--labels', 'labels.gz', '--test-images', 'images', '--test-labels', 'labels.gz', '--hidden', '4', '--epochs', '40', '--json']);
    assert.equal(code, 0, stderr);
    const result = JSON.parse(stdout);
    assert.deepEqual([result.rows, result.layers, result.test.rows, result.test.accuracy], [60, [4, 4, 2], 60, 1]);
    const model = new MLPClassifier({ hiddenLayers: [4], epochs: 40 });
    const X = { data: Float32Array.from(images, (pixel) => pixel / 255), rows: 60, cols: 4 };
    await model.fit(X, labels);
    assert.deepEqual((await load(contents('model.safetensors'))).getWeights(), model.getWeights());
    const predicted = await wasmfit(['predict', 'model.safetensors', 'images', '--score', 'labels.gz', '--json']);
    assert.deepEqual(JSON.parse(predicted.stdout), { data: 'images', rows: 60, accuracy: 1, predictions: { prediction: Array.from(labels) } });
  });

  test('are refused without labels, or with too few', async () => {
    await refused(['train', 'images'], 2, /labels are missing; name their file with --labels FILE/);
    file('few', idx([2], labels.slice(0, 2)));
    await refused(['train', 'images', '--labels', 'few'], 1, /one label for each of the 60 images/);
    await refused(['train', 'images', '--labels', 'labels.gz', '--target', 'y'], 2, /--target has no meaning/);
  });
});

describe('The files of the shared folder', { skip }, () => {
  test('mpg.csv is refused for 6 empty cells by row, and trains without that column or those rows', async () => {
    const mpg = join(shared, 'mpg.csv');
    await refused(['train', mpg, '--target', 'mpg'], 1, /6 missing values in 6 rows: row 33 \(line 34\) "horsepower"/);
    await refused(['train', mpg, '--target', 'mpg', '--skip-missing', '--quiet'], 1, /column "name" has \d+ categories.*--drop/);
    const { stdout } = await wasmfit(['train', mpg, '--target', 'mpg', '--skip-missing', '--drop', 'name', '--quiet']);
    assert.match(stdout, /392 rows, 7 columns \(6 of numbers, 1 of text\), 9 features/);
  });

  test('california_housing_ageron.csv is refused for 207 empty cells', () =>
    refused(['train', join(shared, 'california_housing_ageron.csv'), '--target', 'median_house_value'], 1, /207 missing values in 207 rows/));

  test('winequality_red.csv, which has no header, has its columns by number', async () => {
    const { stdout } = await wasmfit(['train', join(shared, 'winequality_red.csv'), '--target', 'column 12', '--model', 'linear', '--json']);
    const { rows, train: { r2 } } = JSON.parse(stdout);
    assert.equal(rows, 1599);
    assert.ok(r2 > 0.3 && r2 < 0.4, `R² is ${r2}; least squares on all rows gives 0.36`);
  });
});

test('wasmfit help training has a line for every entry and option of the registry, and train takes each of its flags', async () => {
  const { stdout } = await wasmfit(['help', 'training']);
  for (const kind of ['optimizers', 'schedules', 'activations', 'averages', 'batchSchedules']) {
    for (const { name, doc, options } of registry[kind]) {
      assert.ok(stdout.includes(`${name}: ${doc}`), name);
      for (const option of options) if (!(kind === 'batchSchedules' && option.name === 'size')) assert.ok(stdout.includes(option.doc), `${name} ${option.name}`);
    }
  }
  for (const option of Object.values(registry.techniques).flat()) assert.ok(stdout.includes(option.doc), option.name);
  const flags = [...new Set([...stdout.matchAll(/--([\w-]+)/g)].map(([, flag]) => flag))].filter((flag) => flag !== 'model');
  assert.ok(flags.length > 70, String(flags.length));
  for (const flag of flags) assert.throws(() => parseTrain(['x.csv', `--${flag}=\u0000`]), new RegExp(`--${flag} (is|takes|has no meaning)`));
});

describe('The command itself', () => {
  test('has help that fits on a screen of 80 × 24, and a version', async () => {
    for (const [args, text] of [[['--help'], HELP.all], [['train', '--help'], HELP.train], [['help', 'predict'], HELP.predict]]) {
      const { code, stdout } = await wasmfit(args);
      assert.deepEqual([code, stdout], [0, `${text}\n`]);
      assert.ok(text.split('\n').length <= 24);
      for (const line of text.split('\n')) assert.ok(line.length <= 80, line);
    }
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    assert.equal((await wasmfit(['--version'])).stdout, `${version}\n`);
  });

  test('ends quietly when nobody reads its output', async () => {
    file('many.csv', `length,width,colour\n${'1,0.5,red\n'.repeat(60000)}`);
    await wasmfit(flowerArgs.concat('--out', 'pipe.safetensors'));
    const child = spawn(process.execPath, [main, 'predict', 'pipe.safetensors', 'many.csv'], { cwd: folder });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text) => { stderr += text; });
    child.stdout.once('data', () => child.stdout.destroy());
    assert.deepEqual([await new Promise((resolve) => { child.on('close', resolve); }), stderr], [0, '']);
  });

  test('leaves no half-written files behind', () => assert.deepEqual(readdirSync(folder).filter((name) => name.endsWith('.part')), []));
});
