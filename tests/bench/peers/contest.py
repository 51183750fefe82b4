# contest.py: seat.js for Python: data, losses, rounds of fits as told on stdin · in: a task as JSON · out: times, loss · next: with_numpy.py
import json
import os
import sys
import time

import numpy as np

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../../build/bench')


def task_and_data():
    """The task as tests/bench/tasks.js has it, X (N, D), y (N), and [(W, b)] of the starting weights."""
    task = json.loads(sys.argv[1])

    def read(part):
        return np.fromfile(os.path.join(FOLDER, f"{task['data']}.{part}.f32"), '<f4')

    layers, at = [], 0
    if 'sizes' in task:
        flat = read('w')
        for rows, cols in zip(task['sizes'], task['sizes'][1:]):
            bias = at + rows * cols
            layers.append((flat[at:bias].reshape(rows, cols), flat[bias:bias + cols]))
            at = bias + cols
    return task, read('x').reshape(-1, task['cols']), read('y'), layers


def mean_square(predicted, y):
    return float(np.mean((np.asarray(predicted, 'f8').ravel() - y) ** 2))


def cross_entropy(scores, y):
    z = np.asarray(scores, 'f8')
    z = z - z.max(axis=1, keepdims=True)
    return float(np.mean(np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(y)), y.astype(int)]))


def log_loss(z, y):
    return float(np.mean(np.logaddexp(0, np.asarray(z, 'f8')) - z * y))


def loss_of(task):
    return mean_square if task['loss'] == 'mse' else cross_entropy


def take_part(fit, check):
    """Answers 'round MS' and 'check' until stdin ends. check gives the loss of what fit gave."""
    print('{}', flush=True)
    fitted = None
    for line in sys.stdin:
        what, _, least = line.strip().partition(' ')
        if what == 'round':
            cpu, start = time.process_time(), time.perf_counter()
            fits = first = elapsed = 0
            while fits == 0 or elapsed * 1e3 < float(least):
                fitted = fit()
                elapsed = time.perf_counter() - start
                first = first or elapsed
                fits += 1
            answer = {'seconds': elapsed / fits, 'cpu': (time.process_time() - cpu) / fits, 'first': first, 'fits': fits}
        else:
            answer = {'loss': float(check(fitted))}
        print(json.dumps(answer), flush=True)
