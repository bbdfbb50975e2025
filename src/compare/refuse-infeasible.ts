/** Refuses what can't work before anything is spent: teams, tools, models and prices of every arm and of every grader. */
import { checkFeasible } from '../engine/check-feasible.ts';
import { MemoryStore } from '../engine/memory-store.ts';
import { openEnvironment } from '../engine/open-environment.ts';
import { prepareRun } from '../engine/prepare-run.ts';
import { PlanwrightError } from '../errors.ts';
import type { Tool } from '../execute/tool.ts';
import { quoteText } from '../plan/quote-value.ts';
import type { Team } from '../team/team.ts';
import type { Arm } from './arms.ts';
import type { ComparisonTask } from './comparison-task.ts';
import { graderTeam } from './grade-rubric.ts';
import type { Lab } from './lab.ts';

export interface Intended {
  arms: readonly Arm[];
  tasks: readonly ComparisonTask[];
  maxUsd: number | undefined;
  /** Of rubrics that name none; undefined: the comparison's. */
  graderModel: string | undefined;
}

/** @throws {PlanwrightError} what `runTask` would, and `usage` for a rubric that `offline` would grade. */
export async function refuseInfeasible(drive: Lab['drive'], { arms, tasks, maxUsd, graderModel }: Intended): Promise<void> {
  const models = new Set<string | undefined>();
  for (const { id, check } of tasks) {
    for (const one of check) {
      if (one.kind !== 'rubric') continue;
      const model = one.model ?? graderModel;
      if (model === 'offline' || (model === undefined && (drive.model ?? 'offline') === 'offline')) {
        throw new PlanwrightError(
          'usage',
          `Task ${quoteText(id)}: a rubric is graded by a language model, and "offline" is none. Name one in the check (model: …) or with --model.`,
        );
      }
      models.add(model);
    }
  }
  const teams = [...arms.map(({ team }) => team), ...[...models].map((model) => graderTeam(model))];
  for (const team of teams) {
    refuseApprovals(team, drive.tools ?? []);
    await refuseTeam(drive, team, maxUsd);
  }
}

/** A run that waits for a person would be judged as if it had failed. */
function refuseApprovals(team: Team, tools: readonly Tool[]): void {
  const roles = [...Object.values(team.roles), team.generalist];
  const role = roles.find(({ approval }) => approval !== undefined);
  const own = tools.find(({ name, approval }) => approval !== undefined && roles.some((each) => each.tools.includes(name)));
  const tool = team.approvals?.tools[0] ?? own?.name;
  if (role !== undefined || tool !== undefined) {
    const what = role === undefined ? `tool ${quoteText(tool ?? '')}` : `role ${quoteText(role.name)}`;
    throw new PlanwrightError(
      'usage',
      `Team ${quoteText(team.name)} has a person approve ${what}; nobody can be asked in a comparison. Compare a team without approvals.`,
    );
  }
  for (const { team: below } of roles) if (below !== undefined) refuseApprovals(below, tools);
}

export async function refuseTeam(drive: Lab['drive'], team: Team, maxUsd: number | undefined): Promise<void> {
  const limits = maxUsd === undefined ? {} : { limits: { usd: maxUsd } };
  const { setup, settings } = await prepareRun({ ...drive, ...limits, task: 'Is this possible?', team, strategy: 'team' });
  const store = new MemoryStore();
  const env = await openEnvironment('@feasible', store, setup, drive, () => {});
  await checkFeasible(env, setup, settings);
  await store.close();
}
