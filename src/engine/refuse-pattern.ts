/** What keeps a team from following its pattern, said before anything is asked. */
import { PlanwrightError } from '../errors.ts';
import { findPattern } from '../patterns/find-pattern.ts';
import type { Pattern } from '../patterns/pattern.ts';
import type { PatternChoice, Team } from '../team/team.ts';
import { modelOf } from './run-settings.ts';

export interface PatternRun {
  task: string;
  team: Team;
  defaultModel: string;
}

/** @throws {PlanwrightError} `usage`; what the pattern's plan throws. */
export function refusePattern({ task, team, defaultModel }: PatternRun): void {
  const choice = team.pattern;
  const pattern = choice === undefined ? undefined : findPattern(choice.name);
  if (choice !== undefined && pattern !== undefined) {
    // Pure: it is planned again when the run has begun.
    if (typeof pattern.plan === 'function') pattern.plan({ task, team, options: choice.options });
    refuseOffline(choice, pattern, { team, defaultModel });
  }
  // What a sub-team is asked is not known yet.
  for (const { team: below } of Object.values(team.roles)) if (below !== undefined) refuseTeamOffline(below, defaultModel);
}

function refuseTeamOffline(team: Team, defaultModel: string): void {
  const pattern = team.pattern === undefined ? undefined : findPattern(team.pattern.name);
  if (team.pattern !== undefined && pattern !== undefined) refuseOffline(team.pattern, pattern, { team, defaultModel });
  for (const { team: below } of Object.values(team.roles)) if (below !== undefined) refuseTeamOffline(below, defaultModel);
}

/** The built-in offline model works by rules: it fills no forms and writes no plan texts, and would spend its retries on nothing. */
function refuseOffline(
  { name, options }: PatternChoice,
  pattern: Pattern,
  { team, defaultModel }: Omit<PatternRun, 'task'>,
): void {
  if (typeof pattern.plan !== 'function' && (team.planner.model ?? team.model ?? defaultModel) === 'offline') {
    throw refusal(name, 'the planner writes the plan as text');
  }
  for (const role of pattern.roles(options).flatMap((needed) => team.roles[needed] ?? [])) {
    if (role.output === undefined || modelOf(role, team, defaultModel) !== 'offline') continue;
    throw refusal(name, `role "${role.name}" answers in a form`);
  }
}

function refusal(pattern: string, need: string): PlanwrightError {
  return new PlanwrightError(
    'usage',
    `Pattern "${pattern}" needs a language model: ${need}, which the built-in offline model can't. Name a model, such as --model anthropic:NAME or the address of your own server.`,
  );
}
