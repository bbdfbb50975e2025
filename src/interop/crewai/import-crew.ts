/** A CrewAI crew as a team and a plan, with an account of everything in its files. */
import { PlanwrightError } from '../../errors.ts';
import { checkPlan } from '../../plan/check.ts';
import type { Plan } from '../../plan/plan.ts';
import { defineTeam } from '../../team/define-team.ts';
import { describeUnknown } from '../../team/schema-issues.ts';
import type { Team } from '../../team/team.ts';
import type { TeamDefinition } from '../../team/team-definition.ts';
import type { Crew, CrewNote } from './crew.ts';
import { toPlan } from './crew-plan.ts';
import { type CrewTeamOptions, nameManager, toTeamDefinition } from './crew-team.ts';
import { type CrewText, type ReadCrewOptions, readCrew } from './read-crew.ts';

export interface ImportCrewOptions extends ReadCrewOptions, CrewTeamOptions {}

export interface ImportedCrew {
  crew: Crew;
  /** What a team file holds; `team` is it with its defaults. */
  definition: TeamDefinition;
  team: Team;
  plan: Plan;
  /** Of a hierarchical crew: the role that manages. */
  manager?: string;
  /** What was not carried over as it is, each with its place. */
  unresolved: CrewNote[];
}

/**
 * Nothing is guessed: what stands only in the crew's Python is in `unresolved`.
 * @throws {PlanwrightError} `team-invalid` with `file:line:column`; `usage`: names that the crew does not have, or no tasks.
 */
export function importCrew(files: { agents: CrewText; tasks: CrewText }, options: ImportCrewOptions = {}): ImportedCrew {
  const crew = readCrew(files, options);
  refuseManager(crew, options);
  const definition = toTeamDefinition(crew, options);
  const manager = nameManager(crew, options.manager);
  const { plan: draft, notes } = toPlan(crew, manager);
  const { plan, problems } = checkPlan(draft);
  if (plan === undefined) {
    throw new PlanwrightError('plan-invalid', `${files.tasks.file}: ${problems.map(({ message }) => message).join(' ')}`, {
      location: { file: files.tasks.file },
      details: { problems },
    });
  }
  const unresolved = [...crew.notes, ...notes.map((note) => ({ ...note, file: files.tasks.file }))];
  if (manager !== undefined && options.manager === undefined) {
    unresolved.push({
      code: 'manager-in-python',
      path: '',
      message: `Which agent or model manages stands in the crew’s Python; the role "${manager}" was made for it. Say which agent it is: --manager AGENT.`,
    });
  }
  return { crew, definition, team: defineTeam(definition), plan, ...(manager === undefined ? {} : { manager }), unresolved };
}

function refuseManager({ agents, process }: Crew, { manager }: ImportCrewOptions): void {
  if (manager === undefined) return;
  if (process !== 'hierarchical')
    throw new PlanwrightError('usage', 'A manager is of a hierarchical crew. Give --process hierarchical, too.');
  const known = agents.map(({ name }) => name);
  if (!known.includes(manager))
    throw new PlanwrightError('usage', `The crew has no such manager: ${describeUnknown('agent', manager, known)}`);
}
