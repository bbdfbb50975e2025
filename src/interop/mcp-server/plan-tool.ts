import { z } from 'zod';
import { checkPlan } from '../../plan/check.ts';
import { renderTree } from '../../plan/render.ts';
import { planTask } from '../../plan-task.ts';
import { surroundingFields, taskField } from './input-fields.ts';
import { declareTool } from './served-tool.ts';

const treeColumns = 120;

export const planTool = declareTool({
  name: 'plan',
  title: 'Plan a task',
  description:
    'Splits a task into a checked plan of subtasks with roles and dependencies, without running it. The plan can be edited and given to the tool "run".',
  readOnly: true,
  input: z.strictObject({ task: taskField, ...surroundingFields }),
  output: z.object({
    plan: z.object({
      version: z.literal(1),
      task: z.string(),
      deliverable: z.string().optional(),
      subtasks: z.array(
        z.looseObject({ id: z.string(), role: z.string(), instruction: z.string(), dependsOn: z.array(z.string()) }),
      ),
    }),
    shape: z.object({ subtasks: z.number(), depth: z.number(), width: z.number() }),
    ledger: z.object({ calls: z.number(), inputTokens: z.number(), outputTokens: z.number(), costUsd: z.number().nullable() }),
  }),
  carryOut: (desk, { task, ...asked }, { signal, report }) =>
    desk.carryOut(async () => {
      report({ done: 0, total: 1, message: 'planning' });
      const options = await desk.surroundings(asked);
      const { plan: made, ledger } = await planTask({ ...options, task, signal: AbortSignal.any([signal, desk.closing]) });
      // The single agent's subtask has an id of Planwright's own, which a given plan may not use.
      const plan = { ...made, subtasks: made.subtasks.map((subtask) => ({ ...subtask, id: subtask.id.replace(/^@/, '') })) };
      const { shape } = checkPlan(plan);
      const { calls, inputTokens, outputTokens, costUsd } = ledger;
      return {
        structured: {
          plan,
          shape: { subtasks: plan.subtasks.length, depth: shape?.depth ?? 0, width: shape?.width ?? 0 },
          ledger: { calls, inputTokens, outputTokens, costUsd },
        },
        text: renderTree(plan, treeColumns).join('\n'),
      };
    }),
});
