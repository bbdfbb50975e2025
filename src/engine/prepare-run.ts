/** From the options of a task to what is stored with its run and what its fold has to know. */
import { z } from 'zod';
import { PlanwrightError } from '../errors.ts';
import type { RunSettings } from '../events.ts';
import type { Json } from '../json.ts';
import { findPattern, listPatterns } from '../patterns/find-pattern.ts';
import { refuseOpenInputs } from '../plan/inputs.ts';
import { refuseMatchingFiles } from '../redact/matching-files.ts';
import { readRedact, uniteRedact } from '../redact/redact-rules.ts';
import { redactPlan } from '../redact/redact-run.ts';
import { createRedactor } from '../redact/redactor.ts';
import type { RunTaskOptions } from '../run-task.ts';
import { buildPattern } from '../team/build-pattern.ts';
import { defaultPreset } from '../team/defaults.ts';
import { loadTeam } from '../team/load-team.ts';
import type { RunLimits, Team } from '../team/team.ts';
import { withoutUndefined } from '../team/without-undefined.ts';
import { refusePattern } from './refuse-pattern.ts';
import { makeSettings } from './run-settings.ts';
import type { RunSetup } from './run-setup.ts';
import { takeBase } from './run-workspaces.ts';
import type { Store } from './store.ts';
import { readRoleEstimates } from './team-allocation.ts';

export interface PreparedRun {
  setup: RunSetup;
  /** null: the run's events hold them. */
  settings: RunSettings | null;
  /** Of a new run. */
  priority?: number;
}

const maxPriority = 1_000_000;

/**
 * @param store Whose earlier runs an allocation may go by. Default: nothing is known of the roles.
 * @throws {PlanwrightError} `team-invalid`; `usage` for an empty task class, a seed that is none, a plan whose inputs are not filled, or a pattern that can't be followed.
 */
export async function prepareRun(options: RunTaskOptions<z.ZodType>, store?: Store): Promise<PreparedRun> {
  const { plan, approve = false, taskClass, seed, output, priority } = options;
  refuseBadNames(taskClass, seed);
  refuseBadPriority(priority);
  if (plan !== undefined) refuseOpenInputs(plan);
  const named = await findTeam(options);
  // A team that says how it works as one is asked to.
  const { strategy = named.pattern === undefined ? 'auto' : 'team' } = options;
  const limits: RunLimits = { ...named.limits, ...options.limits };
  const gate = { ...named.gate, ...options.gateWeights };
  const redact = uniteRedact([options.redact === undefined ? undefined : readRedact(options.redact), named.redact]);
  const team = withoutUndefined({ ...named, limits, gate: Object.keys(gate).length === 0 ? undefined : gate, redact });
  const redactor = redact === undefined ? undefined : createRedactor(redact);
  await refuseMatchingFiles(redact, options.files);
  const task = redactor?.text(options.task) ?? options.task;
  const setup: RunSetup = { version: 1, task, team, model: nameModel(options.model) };
  if (plan === undefined && strategy !== 'single') refusePattern({ task, team, defaultModel: setup.model });
  if (options.files !== undefined) setup.filesRoot = options.files;
  if (output !== undefined) setup.outputSchema = z.toJSONSchema(output) as { [key: string]: Json };
  if (taskClass !== undefined) setup.taskClass = taskClass;
  if (seed !== undefined) setup.seed = seed;
  if (team.workspace !== undefined && store !== undefined) {
    setup.workspaceBase = await takeBase(store, options.files, team.workspace.skip);
  }
  const given = plan === undefined ? {} : { plan: redactor === undefined ? plan : redactPlan(plan, redactor) };
  const typed = output !== undefined;
  const defaultModel = setup.model;
  const estimates = store === undefined ? {} : await readRoleEstimates(store, team);
  const settings = makeSettings({ team, strategy, limits, defaultModel, approve, typed, seed, estimates, ...given });
  return { setup, settings, ...(priority === undefined ? {} : { priority }) };
}

/** @throws {PlanwrightError} `team-invalid`; `usage` for a pattern that there is not, or that the team has not the roles for. */
async function findTeam({ team, pattern }: Pick<RunTaskOptions, 'team' | 'pattern'>): Promise<Team> {
  const name = typeof pattern === 'object' ? pattern.name : pattern;
  if (name !== undefined && findPattern(name) === undefined) {
    const known = listPatterns().map((one) => one.name);
    throw new PlanwrightError('usage', `There is no pattern "${name}". Patterns: ${known.join(', ')}.`);
  }
  const found = typeof team === 'object' ? team : await loadTeam(team ?? name ?? defaultPreset);
  if (pattern === undefined) return found;
  const { choice, findings } = buildPattern(pattern, found.roles);
  const [first] = findings;
  if (choice !== undefined) return { ...found, pattern: choice };
  throw new PlanwrightError('usage', `${first?.path.join('.') ?? 'pattern'}: ${first?.message ?? 'is not valid'}`);
}

function nameModel(model: RunTaskOptions['model']): string {
  if (typeof model === 'string') return model;
  return model === undefined ? 'offline' : 'custom:model';
}

function refuseBadPriority(priority: number | undefined): void {
  if (priority === undefined || (Number.isInteger(priority) && priority >= 0 && priority <= maxPriority)) return;
  throw new PlanwrightError(
    'usage',
    `A priority is a whole number from 0 to ${maxPriority}, not ${priority}; the lowest goes first.`,
  );
}

function refuseBadNames(taskClass: string | undefined, seed: number | undefined): void {
  if (taskClass !== undefined && (taskClass.trim() === '' || taskClass.length > 200)) {
    throw new PlanwrightError('usage', 'A task class is a name of 1 to 200 characters, such as "extraction".');
  }
  if (seed !== undefined && !Number.isSafeInteger(seed)) {
    throw new PlanwrightError('usage', `A seed is a whole number, not ${seed}.`);
  }
}
