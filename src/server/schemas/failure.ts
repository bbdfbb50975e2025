/** What every answer that is no success carries. */
import { z } from 'zod';
import type { PlanProblem } from '../../index.ts';
import { named } from './named.ts';
import { planProblemSchema } from './plan.ts';

export interface ApiFailure {
  error: {
    /** One of docs/errors.md, or of the server's own (docs/server.md). */
    code: string;
    message: string;
    /** What is wrong with a plan that was given. */
    problems?: PlanProblem[];
  };
}

export const failureSchema: z.ZodType<ApiFailure> = named(
  'Failure',
  z.object({
    error: z.object({ code: z.string(), message: z.string(), problems: z.array(planProblemSchema).exactOptional() }),
  }),
);
