/** A run through DBOS beside the DBOS program that starts the same child workflows without Planwright. */
import { newStore, withPostgres } from './engine-postgres.ts';
import { timeScript } from './engine-process.ts';
import { atLeast, type Figure } from './figure.ts';
import { measureInTurns } from './measure.ts';

/** Subtasks in flight, the same for both. */
const concurrency = 64;

/** Each turn is a new process, so that an idle contestant's polling does not weigh on the other. */
export function measureDbos({ subtasks, rounds }: { subtasks: number; rounds: number }): Promise<Figure[]> {
  return withPostgres(async (server) => {
    const url = await newStore(server, 'planwright');
    const size = [String(subtasks), String(concurrency)];
    const contestants = [
      () => timeScript('engine-dbos-run.ts', [url, ...size]),
      () => timeScript('engine-dbos-raw.ts', [server.url, 'raw', ...size]),
    ];
    const [ownMs = Number.NaN, rawMs = Number.NaN] = await measureInTurns(contestants, { warmUps: 1, rounds });
    const perSecond = (ms: number): number => (1000 * (subtasks + 1)) / ms;
    const what = `${subtasks} subtasks, ${concurrency} in flight`;
    return [
      { what: `${what}: Planwright`, measured: perSecond(ownMs), digits: 0, unit: ' a second' },
      { what: `${what}: raw DBOS`, measured: perSecond(rawMs), digits: 0, unit: ' a second' },
      { what: `${what}: Planwright ÷ raw`, measured: rawMs / ownMs, unit: ' ×', bound: atLeast(0.5) },
    ];
  });
}
