/** Where work is carried out when it is not by the process that drives its run. */
import type { RunEvent } from '../events.ts';
import type { WorkOrder } from './work-order.ts';

export interface Dispatcher {
  /**
   * Has the work done by whoever takes it, and resolves to what came of it. Asked again with the same key, after a crash as
   * well, it resolves to the same: the work is done once. When the signal aborts, the work is withdrawn, unless it aborts for
   * an interruption of the run: then it goes on and the next driver gets its result.
   * @throws the signal's reason; {PlanwrightError} `worker-lost` when the work ended one worker after another.
   */
  dispatch(order: WorkOrder, signal: AbortSignal): Promise<RunEvent[]>;
}
