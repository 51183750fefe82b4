// contest.js: one task, everybody by turns · in: contestants, limits · out: medians, losses · next: report.js
//
// A round is fits for a tenth of a second, at least one. Rounds go by turns: ours, the first peer, the second, …, and again.
import { provideData } from './data.js';

/** @typedef {import('./contestants.js').Contestant} Contestant */
/** @typedef {import('./contestants.js').Seat} Seat */
/** @typedef {import('./seat.js').Round} Round */
/** seconds and cpu (of all threads) a fit: medians of the rounds; first: of the very first fit; loss of the last.
 * @typedef {{ seconds: number, cpu: number | null, first: number, rounds: Round[], loss: number | null, iterations?: number }} Times */
/** @typedef {Times | { failed: string }} Result */

const ROUND_MS = 100;

/** @param {number[]} values */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b), middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** @param {Seat} seat @param {Round[]} rounds @returns {Promise<Times>} */
async function summarize(seat, rounds) {
  const cpu = rounds.flatMap((round) => round.cpu ?? []);
  const seconds = median(rounds.map((round) => round.seconds));
  return { seconds, cpu: cpu.length > 0 ? median(cpu) : null, first: rounds[0].first, rounds, ...await seat.check() };
}

/**
 * @param {string} task @param {Contestant[]} contestants
 * @param {{ repeat: number, seconds: number }} limits rounds; how many seconds of them end the rounds of one contestant before that
 * @returns {Promise<Record<string, Result>>} by name of those who do the task
 */
export async function contest(task, contestants, { repeat, seconds }) {
  await provideData([task]);
  /** @type {Record<string, Result>} */
  const results = {};
  /** @param {string} name @param {() => Promise<void>} what */
  const guarded = (name, what) => what().catch((error) => { results[name] = { failed: String(error.message).split('\n')[0] }; });
  /** @type {{ name: string, seat: Seat, rounds: Round[], used: number }[]} */
  const seats = [];
  for (const { name, open } of contestants.filter(({ does }) => does(task))) {
    await guarded(name, async () => { seats.push({ name, seat: await open(task), rounds: [], used: 0 }); });
  }
  for (let turn = 0; turn < repeat; turn++) {
    for (const one of seats.filter(({ name, used }) => !results[name] && (turn === 0 || used < seconds))) {
      await guarded(one.name, async () => {
        const round = await one.seat.round(ROUND_MS);
        one.rounds.push(round);
        one.used += round.seconds * round.fits;
      });
    }
  }
  for (const { name, seat, rounds } of seats.filter((one) => !results[one.name])) {
    await guarded(name, async () => { results[name] = await summarize(seat, rounds); });
  }
  await Promise.all(seats.map(({ seat }) => seat.end()));
  return results;
}
