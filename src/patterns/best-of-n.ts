/**
 * Best of n: several candidates at once, each the whole task. The team's checks decide which stand; of these a judge picks one by
 * evidence, or the first stands. When none does, the run fails with what the checks said.
 */
import { z } from 'zod';
import { definePattern, type PatternPlan, type PatternTask } from './pattern.ts';
import { growContest, verdictSchema } from './pick-candidate.ts';
import { formOf } from './read-answer.ts';

const noJudge = 'none';

const options = z.strictObject({
  n: z.int().min(2).max(16).default(3),
  /** The roles that make candidates, in turn. Default: `candidate`. */
  by: z.array(z.string()).min(1).max(16).default(['candidate']),
  /** A role, or `none`: the first that is accepted stands. */
  judge: z.string().default('judge'),
});
type Options = z.infer<typeof options>;

const idsOf = (n: number): string[] => Array.from({ length: n }, (_, at) => `candidate-${at + 1}`);

function planCandidates({ task, team, options: { n, by } }: PatternTask<Options>): PatternPlan {
  const subtasks = idsOf(n).map((id, at) => ({
    id,
    role: by[at % by.length] ?? '',
    instruction: task,
    dependsOn: [],
    // What the deliverable has to pass, each candidate has to.
    ...(team.accept.length === 0 ? {} : { accept: team.accept }),
    grow: true as const,
    optional: true as const,
  }));
  return { subtasks };
}

export const bestOfN = definePattern<Options>({
  name: 'best-of-n',
  summary: 'Several do the whole task; checks decide whose work stands, and a judge picks among it by evidence.',
  source: 'Cobbe et al. 2021, verifiers; Chen et al. 2021, Codex: many samples, checked by tests',
  calls: 'n + 1 judge; n without a judge, or when one stands',
  options,
  team: {
    name: 'best-of-n',
    description: 'Candidates of the whole task, and a judge.',
    roles: {
      candidate: {
        description: 'Does the whole task.',
        instructions: 'You do the task, whole and to the point, with reasons that can be checked.',
        tools: ['files', 'calc'],
      },
      judge: {
        description: 'Picks among works by their evidence.',
        instructions: 'You judge works by their evidence alone. Check what can be checked; length and tone are no evidence.',
        tools: ['files', 'calc'],
        output: formOf(verdictSchema),
        purpose: 'verify',
      },
    },
  },
  roles: ({ by, judge }) => (judge === noJudge ? by : [...by, judge]),
  plan: planCandidates,
  grow: (view) => {
    const { n, judge } = view.options;
    return growContest(view, { candidates: idsOf(n), judge: judge === noJudge ? null : judge });
  },
});
