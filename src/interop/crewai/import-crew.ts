/** A CrewAI crew as a team and a plan, with an account of everything in its files. */
import { PlanwrightError } from '../../errors.ts';
import { type CrewStep, maxCrewTasks } from '../../patterns/crew-tasks.ts';
import { maxCoworkers } from '../../patterns/crewai-hierarchical.ts';
import { checkPlan } from '../../plan/check.ts';
import type { Plan } from '../../plan/plan.ts';
import { defineTeam } from '../../team/define-team.ts';
import { maxTeamFileLength } from '../../team/read-document.ts';
import { describeUnknown } from '../../team/schema-issues.ts';
import type { Team } from '../../team/team.ts';
import type { TeamDefinition } from '../../team/team-definition.ts';
import type { Crew, CrewNote } from './crew.ts';
import { toManagedPlan, toPlan, toSteps } from './crew-plan.ts';
import { type CrewTeamOptions, nameManager, renderTeamDefinition, toTeamDefinition } from './crew-team.ts';
import { type CrewText, type ReadCrewOptions, readCrew } from './read-crew.ts';

export interface ImportCrewOptions extends ReadCrewOptions, CrewTeamOptions {}

export interface ImportedCrew {
  crew: Crew;
  /** What a team file holds; `team` is it with its defaults. A hierarchical crew's has the tasks, too: they are its pattern's. */
  definition: TeamDefinition;
  team: Team;
  /** The tasks; of a hierarchical crew the manager's first answer alone, from which the plan grows. */
  plan: Plan;
  /** The tasks, in order; without a role where nobody is named. */
  steps: CrewStep[];
  /** Of a hierarchical crew: the role that manages. */
  manager?: string;
  /** What was not carried over as it is, each with its place. */
  unresolved: CrewNote[];
}

/**
 * Nothing is guessed: what stands only in the crew's Python is in `unresolved`.
 * @throws {PlanwrightError} `team-invalid` with `file:line:column`; `usage`: names that the crew does not have, no tasks, or a
 *   hierarchical crew that nobody can manage or that is too large for it.
 */
export function importCrew(files: { agents: CrewText; tasks: CrewText }, options: ImportCrewOptions = {}): ImportedCrew {
  const crew = readCrew(files, options);
  refuseManager(crew, options);
  const { steps, notes } = toSteps(crew);
  const manager = nameManager(crew, options.manager);
  if (manager !== undefined) refuseUnmanageable(crew, manager, files);
  const definition = toTeamDefinition(crew, steps, options);
  const team = defineTeam(definition);
  if (manager !== undefined) refuseLongFile(definition, files.tasks);
  const { plan, problems } = checkPlan(manager === undefined ? toPlan(crew, steps) : toManagedPlan(crew, team));
  if (plan === undefined) {
    throw new PlanwrightError('plan-invalid', `${files.tasks.file}: ${problems.map(({ message }) => message).join(' ')}`, {
      location: { file: files.tasks.file },
      details: { problems },
    });
  }
  const { file } = files.tasks;
  const unresolved = [
    ...crew.notes,
    ...notes.map((note) => ({ ...note, file })),
    ...noteManager(crew, options, { manager, file }),
  ];
  return { crew, definition, team, plan, steps, ...(manager === undefined ? {} : { manager }), unresolved };
}

function noteManager(
  { tasks }: Crew,
  options: ImportCrewOptions,
  { manager, file }: { manager: string | undefined; file: string },
): CrewNote[] {
  if (manager === undefined) return [];
  if (options.manager === undefined) {
    const message = `Which agent or model manages stands in the crew’s Python; the role "${manager}" was made for it. Say which agent it is: --manager AGENT.`;
    return [{ code: 'manager-in-python', path: '', message }];
  }
  return tasks
    .filter(({ agent }) => agent === options.manager)
    .map(({ name }) => ({
      code: 'differs',
      file,
      path: `${name}.agent`,
      message: `"${options.manager}" manages and does no task itself: it gives "${name}" to any of the others.`,
    }));
}

/** @throws {PlanwrightError} `usage` */
function refuseUnmanageable({ agents, tasks }: Crew, manager: string, files: { agents: CrewText; tasks: CrewText }): void {
  const coworkers = agents.filter(({ roleName }) => roleName !== manager).length;
  if (coworkers === 0) {
    const message = `${files.agents.file}: the crew has nobody besides its manager, and a manager does no task itself.`;
    throw new PlanwrightError('usage', message, { location: { file: files.agents.file } });
  }
  const tooMany = [
    coworkers > maxCoworkers ? { file: files.agents.file, what: `${coworkers} agents`, most: maxCoworkers } : undefined,
    tasks.length > maxCrewTasks ? { file: files.tasks.file, what: `${tasks.length} tasks`, most: maxCrewTasks } : undefined,
  ].find((one) => one !== undefined);
  if (tooMany === undefined) return;
  const { file, what, most } = tooMany;
  throw new PlanwrightError(
    'usage',
    `${file}: the crew has ${what}; a manager is given at most ${most}. Import it with --process sequential.`,
    {
      location: { file },
    },
  );
}

/** @throws {PlanwrightError} `usage`: the team file, which holds the tasks, could not be read back. */
function refuseLongFile(definition: TeamDefinition, { file }: CrewText): void {
  const { length } = renderTeamDefinition(definition);
  if (length <= maxTeamFileLength) return;
  throw new PlanwrightError(
    'usage',
    `${file}: agents and tasks together would be a team file of ${length} characters; at most ${maxTeamFileLength} are read. Import the crew with --process sequential.`,
    { location: { file } },
  );
}

function refuseManager({ agents, process }: Crew, { manager }: ImportCrewOptions): void {
  if (manager === undefined) return;
  if (process !== 'hierarchical')
    throw new PlanwrightError('usage', 'A manager is of a hierarchical crew. Give --process hierarchical, too.');
  const known = agents.map(({ name }) => name);
  if (!known.includes(manager))
    throw new PlanwrightError('usage', `The crew has no such manager: ${describeUnknown('agent', manager, known)}`);
}
