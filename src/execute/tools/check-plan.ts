import { z } from 'zod';
import type { Json } from '../../json.ts';
import { checkPlan } from '../../plan/check.ts';
import { defineTool, type Tool } from '../tool.ts';

/** Problems named to a model: beyond these it has enough to do. */
const mostProblems = 20;

/** What `planwright check` says of a plan. */
export function checkPlanTool(): Tool {
  return defineTool({
    name: 'check_plan',
    description: 'Checks a plan: problems of its form, and its shape (depth, width, roots, leaves).',
    effect: 'read',
    input: z.object({ plan: z.unknown().describe('The plan as JSON: { version: 1, task, deliverable?, subtasks: [...] }.') }),
    execute: ({ plan }) => {
      const { ok, problems, shape } = checkPlan(typeof plan === 'string' ? parseText(plan) : plan);
      const named = problems
        .slice(0, mostProblems)
        .map(({ code, message, path }) => ({ code, message, ...(path === undefined ? {} : { path }) }));
      return JSON.parse(JSON.stringify({ ok, problems: named, problemsInAll: problems.length, shape })) as Json;
    },
  });
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
