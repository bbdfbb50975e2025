/** What the routes that do something answer. */
import { z } from 'zod';
import type { WaitingItem } from '../../index.ts';
import { named } from './named.ts';
import { waitingItemSchema } from './run.ts';

/** Who drives a run now: this server, the workers of the store, another process, or nobody. */
export type Driver = 'server' | 'workers' | 'elsewhere' | 'nobody';
const driverSchema = z.enum(['server', 'workers', 'elsewhere', 'nobody']);

export interface RunAccepted {
  runId: string;
  drivenBy: Driver;
}

export const runAcceptedSchema: z.ZodType<RunAccepted> = named(
  'RunAccepted',
  z.object({ runId: z.string(), drivenBy: driverSchema }),
);

export interface RunForked extends RunAccepted {
  forkedFrom: { runId: string; seq: number };
}

export const runForkedSchema: z.ZodType<RunForked> = named(
  'RunForked',
  z.object({
    runId: z.string(),
    drivenBy: driverSchema,
    forkedFrom: z.object({ runId: z.string(), seq: z.int() }),
  }),
);

export interface RunCancelled {
  runId: string;
  /** `requested`: the process that drives it has been asked. */
  outcome: 'cancelled' | 'requested';
}

export const runCancelledSchema: z.ZodType<RunCancelled> = named(
  'RunCancelled',
  z.object({ runId: z.string(), outcome: z.enum(['cancelled', 'requested']) }),
);

export interface RunAnswered extends RunAccepted {
  answered: WaitingItem[];
}

export const runAnsweredSchema: z.ZodType<RunAnswered> = named(
  'RunAnswered',
  z.object({ runId: z.string(), drivenBy: driverSchema, answered: z.array(waitingItemSchema) }),
);

/** What a client has to know of the server before it offers anything. */
export interface ServerInfo {
  name: 'planwright';
  version: string;
  /** Where runs are kept: a path, or an address without its password. */
  store: string;
  /** The model for roles that name none. */
  model: string;
  /** Teams by name, presets and the operator's own. */
  teams: { name: string; description: string; roles: { name: string; description: string }[] }[];
  /** Folders that a task's files may lie below, as the operator named them. */
  filesRoots: string[];
  /** Whether the web app is served too. */
  app: boolean;
}

export const serverInfoSchema: z.ZodType<ServerInfo> = named(
  'ServerInfo',
  z.object({
    name: z.literal('planwright'),
    version: z.string(),
    store: z.string(),
    model: z.string(),
    teams: z.array(
      z.object({
        name: z.string(),
        description: z.string(),
        roles: z.array(z.object({ name: z.string(), description: z.string() })),
      }),
    ),
    filesRoots: z.array(z.string()),
    app: z.boolean(),
  }),
);
