/** What a tool may do in the workspace of its attempt. */
import { z } from 'zod';
import type { StoredValue } from '../events.ts';
import type { ConfinedOutcome } from '../sandbox/confined-command.ts';
import type { WorkspaceCommand } from '../verify/workspace-checks.ts';

export interface WorkspaceContext {
  /** Absolute path of the attempt's own folder. */
  readonly folder: string;
  /**
   * Does something to the folder, one at a time, and says what state it left behind: to be kept in the tool's result, so that a
   * replay has the folder as it was.
   */
  change<Result>(action: () => Promise<Result>): Promise<{ result: Result; checkpoint: Checkpoint }>;
  /** Runs a program on a copy of the folder, in a sandbox; or says why there is none. */
  run(command: WorkspaceCommand, signal?: AbortSignal): Promise<ConfinedOutcome | { missing: string }>;
  /** Makes the folder what it was at a checkpoint, unless it is at a later one. */
  restore(checkpoint: Checkpoint): Promise<void>;
}

/** Plain JSON. */
export interface Checkpoint {
  /** Counts the changes of the attempt, from 1. */
  change: number;
  /** From the run's base. */
  patch: StoredValue;
}

export const checkpointSchema = z.object({
  change: z.int().positive(),
  patch: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('inline'), value: z.json() }),
    z.object({ kind: z.literal('stored'), hash: z.string(), characters: z.number() }),
  ]),
});
