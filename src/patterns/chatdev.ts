/**
 * ChatDev: a chain of phases, each a dialogue of two. A phase is a role that is a team of its own, so that nothing but the solution of
 * its dialogue crosses to the next.
 */
import { z } from 'zod';
import type { Subtask } from '../plan/plan.ts';
import { chatdevCompany, chatdevPhases } from './chatdev-company.ts';
import { definePattern, type PatternPlan, type PatternTask } from './pattern.ts';

const nameSchema = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, {
  error: 'is not a phase name: use small letters, digits and "-", at most 40, starting with a letter',
});

const phaseSchema = z.strictObject({
  name: nameSchema,
  /** The role that is the phase's team. Default: the one of the phase's name. */
  role: z.string().min(1).max(64).optional(),
  /** What the phase is to come to. */
  does: z.string().min(1).max(4000),
  /** Earlier phases whose solutions it is given. Default: the one before it. */
  from: z.array(nameSchema).max(40).optional(),
});
export type Phase = z.infer<typeof phaseSchema>;

const options = z
  .strictObject({ phases: z.array(phaseSchema).min(1).max(40).default(chatdevPhases) })
  .superRefine(({ phases }, context) => {
    for (const [at, { name, from = [] }] of phases.entries()) {
      const before = phases.slice(0, at).map((phase) => phase.name);
      if (before.includes(name)) {
        context.addIssue({ code: 'custom', path: ['phases', at, 'name'], message: `there is a phase "${name}" already` });
      }
      const unknown = from.find((phase) => !before.includes(phase));
      if (unknown === undefined) continue;
      const known = before.length === 0 ? 'there is none' : before.join(', ');
      context.addIssue({
        code: 'custom',
        path: ['phases', at, 'from'],
        message: `"${unknown}" is no earlier phase. Earlier: ${known}`,
      });
    }
  });
type Options = z.infer<typeof options>;

const roleOf = ({ role, name }: Phase): string => role ?? name;

function chain({ task, options: { phases } }: PatternTask<Options>): PatternPlan {
  const subtasks = phases.map((phase, at): Subtask => {
    const before = phases[at - 1];
    return {
      id: phase.name,
      role: roleOf(phase),
      instruction: `${task}\n\nThis phase: ${phase.does}`,
      dependsOn: [...new Set(phase.from ?? (before === undefined ? [] : [before.name]))],
    };
  });
  const last = subtasks.at(-1);
  if (last === undefined) return { subtasks };
  // Whatever nobody was given goes to the last one: it hands over the whole.
  const given = new Set(subtasks.flatMap(({ dependsOn }) => dependsOn));
  const left = subtasks.filter(({ id }) => id !== last.id && !given.has(id)).map(({ id }) => id);
  last.dependsOn.push(...left);
  return { subtasks, deliverable: last.id };
}

export const chatdev = definePattern<Options>({
  name: 'chatdev',
  summary: 'A chain of phases, each a dialogue of two; only its solution crosses to the next.',
  source: 'Qian et al. 2023, ChatDev',
  calls: '2 × phases when each first solution is agreed on, and 1 more where the instructor opens; by `dialogue` otherwise',
  options,
  team: chatdevCompany,
  roles: ({ phases }) => phases.map(roleOf),
  plan: chain,
});
