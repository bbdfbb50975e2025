/** The worker's side: one order, performed as the process that drives the run would perform it. */
import { PlanwrightError } from '../../errors.ts';
import type { RunEvent } from '../../events.ts';
import { redactingPerform } from '../../redact/redacting-perform.ts';
import type { RunPort } from '../drive.ts';
import { createPerformer } from '../perform.ts';
import type { RunEnvironment } from '../run-environment.ts';
import type { RunSetup } from '../run-setup.ts';
import { nodeOf, stateOf, type WorkOrder } from '../work-order.ts';

/**
 * What came of it: the attempt's end, the check's verdict, or the tool calls that a person has to decide on. Then the attempt
 * is over for this worker; after the answers it is ordered anew, and its journaled calls are replayed.
 * @throws the signal's reason.
 */
export async function carryOutOrder(
  env: RunEnvironment,
  setup: RunSetup,
  order: WorkOrder,
  signal: AbortSignal,
): Promise<RunEvent[]> {
  signal.throwIfAborted();
  const node = nodeOf(order, setup);
  const nothing = { calls: 0, tokens: 0, usd: 0 };
  const limiter = order.shares.reduce((above, share) => above.carve({ ...share, spent: nothing }), env.limiter);
  const leaving = new AbortController();
  const work = AbortSignal.any([signal, leaving.signal]);
  const performer = createPerformer({ ...env, limiter }, node, () => {
    throw new PlanwrightError('internal', `The order ${order.key} is for a sub-team, whose run its driver drives.`);
  });
  try {
    return await new Promise<RunEvent[]>((resolve, reject) => {
      const asked: RunEvent[] = [];
      let isBlocked = false;
      const park = (): void => {
        if (isBlocked && asked.length > 0) resolve(asked);
      };
      const port: RunPort = {
        runId: order.runId,
        state: stateOf(order),
        post: (event) => {
          if (event.type === 'approval-asked') asked.push(event);
          else if (signal.aborted) reject(signal.reason);
          else resolve([event]);
        },
        signalFor: () => work,
        setBlocked: (_key, blocked) => {
          isBlocked = blocked;
          // Tools of one step start one after another: the next one may be about to.
          if (blocked) setImmediate(() => setImmediate(park));
        },
      };
      redactingPerform(performer.perform, env.redactor)(order.command, port);
    });
  } finally {
    leaving.abort(new PlanwrightError('cancelled', 'The attempt waits for a person.', { details: { interrupted: true } }));
    await performer.settled();
  }
}
