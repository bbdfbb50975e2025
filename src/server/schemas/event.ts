/** What the stream of a run's events carries. */
import { z } from 'zod';
import type { LiveDelta, RunStatus, RunUpdate } from '../../index.ts';
import { epochMs, named } from './named.ts';
import { runStatusSchema } from './run.ts';

/** The data of a `run-event`: an event of the run, or of one of its sub-teams' runs, as it is journaled (docs/events.md). */
export const runUpdateSchema = named(
  'RunUpdate',
  z.object({
    runId: z.string(),
    version: z.literal(1),
    seq: z.int(),
    atMs: epochMs,
    event: z.looseObject({ type: z.string() }),
  }),
) as unknown as z.ZodType<RunUpdate>;

/** One message of the stream, by its name. Only a `run-event` has an id, which `Last-Event-ID` hands back. */
export type StreamMessage =
  | { name: 'run-event'; data: RunUpdate }
  /** When it is other than was said before. */
  | { name: 'status'; data: { status: RunStatus } }
  /** What happens between two events; may be lost. */
  | { name: 'delta'; data: { runId: string; delta: LiveDelta } }
  /** Nothing comes after it. */
  | { name: 'end'; data: { status: RunStatus } };

export const runStatusMessageSchema: z.ZodType<{ status: RunStatus }> = named(
  'RunStatusMessage',
  z.object({ status: runStatusSchema }),
);
