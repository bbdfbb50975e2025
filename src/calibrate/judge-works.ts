/**
 * Works before a judge, one at a time, in a drawn order.
 *
 * 1. The judge is handed a work without its truth, kind and id.
 * 2. The order depends on the seed and the works alone; results come back in the order of the works.
 * 3. Nothing is begun once the signal has come, the money has ended or a judge has thrown; what is under way ends, and a judge that
 *    takes a signal is interrupted.
 */
import { seededRandom } from '../clock.ts';
import { deriveSeed } from '../compare/draw-order.ts';
import { PlanwrightError } from '../errors.ts';
import type { KnownWork } from './calibration-case.ts';
import type { CalibrationVerdict } from './calibration-table.ts';

/** What a judge sees of a work. */
export type BlindWork = Pick<KnownWork, 'instruction' | 'text' | 'tests' | 'language' | 'packages'>;

export interface Judgement {
  verdict: CalibrationVerdict;
  /** What was seen: the defect, the failing test, why there is no verdict. */
  detail: string;
}

export type JudgeOutcome<Given extends Judgement> =
  | { kind: 'judged'; judgement: Given }
  /** --max-usd ended it. */
  | { kind: 'cut' }
  | { kind: 'interrupted' };

/** A judgement beside what is known. */
export type KnownJudgement<Given extends Judgement = Judgement> = Given & Pick<KnownWork, 'id' | 'truth' | 'kind'>;

export interface JudgeWorksOptions<Given extends Judgement> {
  works: readonly KnownWork[];
  /** `index`: of the work, for durable names. */
  judge: (work: BlindWork, index: number, signal: AbortSignal) => Promise<JudgeOutcome<Given>>;
  seed: number;
  /** Works at once. */
  concurrency: number;
  signal?: AbortSignal;
  onJudgement?: (judgement: KnownJudgement<Given>, progress: JudgingProgress) => void;
}

export interface JudgingProgress {
  ended: number;
  planned: number;
}

export type CalibrationStop = 'exhausted' | 'max-usd' | 'interrupted';

export interface JudgedWorks<Given extends Judgement> {
  judgements: KnownJudgement<Given>[];
  stopped: CalibrationStop;
}

/** @throws {PlanwrightError} `usage` without works or for a concurrency below 1; and what the judge throws. */
export async function judgeWorks<Given extends Judgement>(options: JudgeWorksOptions<Given>): Promise<JudgedWorks<Given>> {
  const { works, judge, seed, concurrency, onJudgement } = options;
  if (works.length === 0) throw new PlanwrightError('usage', 'There is no work to judge.');
  if (!(Number.isSafeInteger(concurrency) && concurrency >= 1)) {
    throw new PlanwrightError('usage', `concurrency is a whole number from 1 on, not ${concurrency}.`);
  }
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  const judged = new Map<number, KnownJudgement<Given>>();
  const order = drawOrder(works.length, seed);
  let stopped: CalibrationStop = 'exhausted';
  const work = async (): Promise<void> => {
    for (let index = order.pop(); index !== undefined; index = order.pop()) {
      if (signal.aborted) stopped = 'interrupted';
      const known = works[index];
      if (stopped !== 'exhausted' || known === undefined) return;
      const { id, truth, kind } = known;
      const outcome = await judge(blind(known), index, signal);
      if (outcome.kind === 'judged') {
        const judgement = { id, truth, ...(kind === undefined ? {} : { kind }), ...outcome.judgement };
        judged.set(index, judgement);
        onJudgement?.(judgement, { ended: judged.size, planned: works.length });
      } else if (outcome.kind === 'interrupted') stopped = 'interrupted';
      else if (stopped === 'exhausted') stopped = 'max-usd';
    }
  };
  const lanes = Array.from({ length: Math.min(concurrency, works.length) }, () =>
    work().catch((thrown: unknown) => {
      stop.abort(thrown);
      throw thrown;
    }),
  );
  for (const lane of await Promise.allSettled(lanes)) if (lane.status === 'rejected') throw lane.reason;
  const judgements = [...judged].toSorted(([a], [b]) => a - b).map(([, judgement]) => judgement);
  return { judgements, stopped };
}

function blind({ id: _id, truth: _truth, kind: _kind, ...work }: KnownWork): BlindWork {
  return work;
}

/** Indices from 0; the last is judged first. */
function drawOrder(count: number, seed: number): number[] {
  const random = seededRandom(deriveSeed(seed, 'calibration-order'));
  const order = [...Array(count).keys()];
  for (let last = order.length - 1; last > 0; last--) {
    const drawn = Math.floor(random.next() * (last + 1));
    [order[last], order[drawn]] = [order[drawn] as number, order[last] as number];
  }
  return order;
}
