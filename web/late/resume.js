// goes on from a checkpoint that the Lab saved · in: a file, the settings on the page · out: a run, or why not · next: ../run.js
import { load } from 'wasmfit';
import { source, state, targetName, trainer } from '../lab.js';
import { newNetwork } from '../techniques.js';
import { t } from '../text/text.js';

const text = value => JSON.stringify(value);

/** Takes the run up where the checkpoint left it. The page must have the settings it was made with: its link brings them. */
export async function resume(file) {
  try {
    const model = await load(await file.arrayBuffer());
    const problem = source.problem(targetName(), state.values.task);
    const wanted = newNetwork(state.values, problem.task).options;
    const names = [...new Set([...Object.keys(wanted), ...Object.keys(model.options)])].filter(name => name !== 'epochs' && text(wanted[name]) !== text(model.options[name]));
    if (names.length) throw new Error(t('checkpoint.other', names.join(', ')));
    trainer.start(problem, { ...state.values }, { model });
  } catch (error) {
    source.refuse(file.name, error);
  }
}
