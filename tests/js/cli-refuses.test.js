// cli-refuses.test.js: what the command refuses, and in which words · in: wrong files and options · out: test results · next: package.test.js
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { printable, refusal } from '../../src/cli/errors.js';
import { parsePredict, parseTrain } from '../../src/cli/options.js';
import { diabetes, file, flowerArgs, refused, wasmfit } from './cli.js';

describe('wasmfit refuses', { concurrency: 4 }, () => {
  test('missing values, with the rows, the columns, how many, and what to do', async () => {
    file('gaps.csv', 'a,b,y\n1,x,3\n,y,4\n2,,5\n3,x,\n4,y,6\n5,x,7\n');
    await refused(['train', 'gaps.csv', '--target', 'y'], 1, /gaps\.csv has 3 missing values in 3 rows: row 2 \(line 3\) "a", row 3 \(line 4\) "b", row 4 \(line 5\) "y"/, /--skip-missing/, /--drop "a"/);
    const { stdout, stderr } = await wasmfit(['train', 'gaps.csv', '--target', 'y', '--skip-missing', '--epochs', '2']);
    assert.match(stdout, /gaps\.csv: 3 rows, 2 columns/);
    assert.match(stderr, /3 rows with a missing value left out, 3 used/);
  });

  test('a broken CSV file, with the line', async () => {
    file('ragged.csv', 'a,y\n1,2\n3\n4,5\n');
    await refused(['train', 'ragged.csv', '--target', 'y'], 1, /ragged\.csv: line 3 has 1 field; every row must have 2/);
    file('text.csv', `a,y\n${'1,2\n'.repeat(5)}1abc,3\n`);
    await refused(['train', 'text.csv', '--target', 'y'], 1, /line 7: column "a" has "1abc"/, /--categorical "a"/);
    file('latin.csv', Buffer.from('gr\xf6\xdfe,y\n1,2\n', 'latin1'));
    await refused(['train', 'latin.csv', '--target', 'y'], 1, /--encoding "windows-1252"/);
  });

  test('a column that is not there, with the nearest one', async () => {
    await refused(['train', 'flowers.csv', '--target', 'specis'], 1, /flowers\.csv has no column "specis" \(--target\); did you mean "species"\?/);
    await refused(['train', 'flowers.csv', '--target', 'species', '--drop', 'color'], 1, /"color" \(--drop\); did you mean "colour"\?/);
    await refused(['train', 'flowers.csv'], 2, /--target COLUMN is missing/, /"length", "width", "colour", "species"/);
  });

  test('wrong usage with exit code 2', () => Promise.all([
    refused(['trian'], 2, /"trian" is no command; did you mean train\?/),
    refused([], 2, /a command is missing/),
    refused(['train', 'x.csv', '--lerning-rate', '1'], 2, /train has no option "--lerning-rate"; did you mean --learning-rate\?/),
    refused(['train', 'flowers.csv', '--target', 'species', '--out', './flowers.csv'], 2, /would overwrite the input/),
    refused(['train', 'flowers.csv', '--target', 'species', '--optimizer', 'lbfgs', '--mixup', '0.2'], 2, /mixup does not go with the optimizer lbfgs/),
    refused(['train', 'flowers.csv', '--target', 'species', '--loss', 'huber'], 2, /loss is "huber", which is not for classes/),
  ]));

  for (const [parse, args, pattern] of [
    [parseTrain, ['x.csv', '--activation', 'leaky-relu'], /did you mean leakyRelu\?/],
    [parseTrain, ['x.csv', '--epochs', '1.5'], /--epochs is "1\.5"; it must be a whole number from 1/],
    [parseTrain, ['x.csv', '--epochs', '0x10'], /--epochs is "0x10"/],
    [parseTrain, ['x.csv', '--learning-rate', '-1'], /--learning-rate is "-1"/],
    [parseTrain, ['x.csv', '--test', '1'], /--test is "1"; it must be a number from 0 to below 1/],
    [parseTrain, ['x.csv', '--target', '--json'], /--target needs a value, not the option "--json"/],
    [parseTrain, ['x.csv', '--target'], /--target needs a value/],
    [parseTrain, ['x.csv', '--quiet=yes'], /--quiet takes no value/],
    [parseTrain, ['x.csv', '--hidden', '8,,4'], /--hidden is "8,,4"/],
    [parseTrain, ['x.csv', '--classify', '--regress'], /--classify and --regress exclude each other/],
    [parseTrain, ['x.csv', '--momentum', '0.9'], /--momentum has no meaning for adam/],
    [parseTrain, ['x.csv', '--momentum', '0.9', '--optimizer', 'lbfgs'], /--momentum has no meaning for lbfgs; use it with --optimizer sgd or rmsprop/],
    [parseTrain, ['x.csv', '--averaging-decay', '0.9'], /--averaging-decay has no meaning without --averaging; use it with --averaging ema/],
    [parseTrain, ['x.csv', '--schedule', 'cosin'], /--schedule is "cosin"; did you mean cosine\?/],
    [parseTrain, ['x.csv', '--schedule', 'multiStep', '--milestones', '5,x'], /--milestones is "5,x"; it must be whole numbers from 1 to/],
    [parseTrain, ['x.csv', '--dropout', '1'], /--dropout is "1"; it must be a number from 0 to below 1/],
    [parseTrain, ['x.csv', '--pruning-scope', 'global'], /--pruning is missing/],
    [parseTrain, ['x.csv', '--no-cycle-momentum', '--schedule', 'step'], /--no-cycle-momentum has no meaning for step/],
    [parseTrain, ['a.csv', 'b.csv'], /train has no use for "b\.csv"/],
    [parseTrain, ['--dataset', 'diabetis'], /did you mean diabetes\?/],
    [parseTrain, ['--dataset', 'iris', '--target', 'y'], /--dataset and --target exclude each other/],
    [parseTrain, [], /train needs DATA/],
    [parseTrain, ['x.csv', '--constructor'], /train has no option "--constructor"/],
    [parsePredict, ['model.safetensors'], /predict needs DATA/],
    [parsePredict, ['m', 'x', '--epochs', '3'], /predict has no option "--epochs"/],
  ]) {
    test(`the arguments ${args.join(' ')}`, () => assert.throws(() => parse(args), (error) => {
      const { exit, message, hint } = refusal(error);
      assert.equal(exit, 2);
      assert.match(`${message}; ${hint}`, pattern);
      return true;
    }));
  }

  test('files that are not there or are something else', async () => {
    await refused(['train', 'nothing.csv', '--target', 'y'], 1, /nothing\.csv: no such file/);
    await refused(['train', '.', '--target', 'y'], 1, /\. is a directory/);
    await refused(['predict', 'flowers.csv', 'flowers.csv'], 1, /flowers\.csv: .*it is no safetensors file/);
    await refused(['train', 'flowers.csv', '--target', 'species', '--out', 'no/such/place'], 1, /no such file or directory/);
  });

  test('to predict from other columns, unseen categories and missing cells', async () => {
    await wasmfit(flowerArgs.concat('--out', 'f.safetensors'));
    const predict = async (text, pattern) => refused(['predict', 'f.safetensors', file('odd.csv', text)], 1, pattern);
    await predict('length,width\n1,2\n', /odd\.csv has no column "colour"/);
    await predict('length,width,colour\n1,2,red\n1,2,green\n', /odd\.csv has "green" at row 2 \(line 3\), column "colour"; the model knows "blue", "red"/);
    await predict('length,width,colour\n1,,red\n2,2,red\n', /odd\.csv has a missing value at row 1 \(line 2\), column "width"/);
  });

  test('with one object as JSON when --json is given', async () => {
    const { code, stdout, stderr } = await wasmfit(['train', 'flowers.csv', '--target', 'x', '--json']);
    assert.deepEqual([code, stdout], [1, '']);
    const { error } = JSON.parse(stderr);
    assert.deepEqual([error.code, error.message], ['DATA', 'flowers.csv has no column "x" (--target)']);
  });

  test('and never lets a name from a file break the line or move the cursor', async () => {
    file('evil.csv', '"a\u001b[2J\nb",y\n1,2\n2,3\n3,5\n4,7\n');
    const { stdout, stderr } = await wasmfit(['train', 'evil.csv', '--target', 'y', '--model', 'linear']);
    assert.match(stdout, /a\\u001b\[2J/);
    assert.ok(!(stdout + stderr).includes('\u001b'));
    assert.equal(printable('a\nb\u202e'), 'a\\u000ab\\u202e');
  });
});
