// help.js: the texts of --help, each at most 24 lines of 80 columns · in: nothing · out: texts · next: options.js

const all = `\
wasmfit trains small models on tables and images, on this machine alone.

  wasmfit train houses.csv --target price         trains, prints R² or accuracy,
                                                  writes model.safetensors
  wasmfit predict model.safetensors new.csv       prints predictions as CSV
  wasmfit train --dataset diabetes                with data that comes along

  wasmfit train --help      columns, model, training
  wasmfit help training     optimizers, schedules, losses, techniques
  wasmfit predict --help    output, score
  wasmfit --version

A file may be - for standard input or output. Nothing leaves this machine.
Exit codes: 0 done; 1 the data, a file or the training failed; 2 wrong usage;
130 interrupted, with the model so far written.`;

const train = `\
wasmfit train DATA --target COLUMN [options]
Trains on a CSV file, or on IDX images with --labels FILE; both may be gzipped.

  --target COLUMN        what to learn: numbers (regression) or text (classes)
  --classify, --regress  a target of numbers as classes, or as numbers
  --drop A,B             columns to leave out
  --categorical A,B      columns of numbers to read as text
  --skip-missing         leave out rows with an empty cell, otherwise refused
  --decimal , --encoding windows-1252   how the CSV file is written
  --labels FILE          IDX labels of the images; --test-images, --test-labels
  --dataset NAME         instead of DATA: diabetes, iris, digits, wine, moons, …
  --model mlp            or linear, ridge, lasso, elasticnet, logistic
  --alpha 1  --l1-ratio 0.5  --penalty l2  --c 1   strength of their penalties
  --hidden 32,16         units of the hidden layers
  --activation relu  --dropout 0  --optimizer adam  --learning-rate 0.001
  --schedule constant  --loss mse  --early-stopping PATIENCE  --batch-size 32
  --epochs 100  --seed 0   and many more: wasmfit help training
  --test 0.2             share of the rows held back for the test; 0: none
  --out FILE             the model; model.safetensors when not given
  --json                 the result, or the error, as one JSON object
  --quiet                no progress and no notes
  --checkpoint FILE      written on Ctrl-C; --resume FILE goes on, bit for bit
mlp standardises columns, pixels are divided by 255; the model remembers. Ctrl-C
ends the training; the model so far is written.`;

const predict = `\
wasmfit predict MODEL DATA [options]
Predicts every row of a CSV or IDX file (gzipped too) with a model that
wasmfit train, the Lab or save() wrote. Columns are found by their names, in
any order; columns that the model does not know, such as the target, are
passed over.

  --out FILE             the predictions; standard output when not given
  --proba                the probability of every class, too
  --score COLUMN         prints R² or accuracy against this column (IDX: against
                         this file of labels)
  --drop A,B             columns to leave out
  --categorical A,B      columns of numbers to read as text
  --decimal , --encoding windows-1252   how the CSV file is written
  --json                 the result, or the error, as one JSON object
  --quiet                no notes`;

export const HELP = { all, train, predict };
