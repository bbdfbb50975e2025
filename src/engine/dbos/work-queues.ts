/** The queues of a cluster: one for runs, and for each role one a limit, because a queue has one limit for all its work. */
import type { WorkPlace } from '../work-order.ts';

export const runQueue = 'planwright.runs';
const rolePrefix = 'planwright.role.';

/** Roles of different teams that have the same name and the same limit share a queue, and so the limit. */
export function queueOf({ role, concurrency }: WorkPlace): string {
  return `${rolePrefix}${encodeURIComponent(role.toWellFormed())}${concurrency === undefined ? '' : `:${concurrency}`}`;
}

export interface QueueFacts {
  /** null: the queue of runs. */
  role: string | null;
  /** How many of its work may be under way at once over all workers. */
  concurrency: number | undefined;
}

/** undefined for a queue that is not Planwright's. */
export function readQueue(name: string): QueueFacts | undefined {
  if (name === runQueue) return { role: null, concurrency: undefined };
  if (!name.startsWith(rolePrefix)) return undefined;
  const [role = '', limit] = name.slice(rolePrefix.length).split(':');
  return { role: decodeURIComponent(role), concurrency: limit === undefined ? undefined : Number(limit) };
}

/** On a worker's card in place of roles. No role has such a name: names of roles are words. */
export const allRoles = '*';
/** On a worker's card: it drives runs. */
export const runsMark = '@runs';
