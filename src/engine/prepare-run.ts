/** From the options of a task to what is stored with its run and what its fold has to know. */
import { z } from 'zod';
import { PlanwrightError } from '../errors.ts';
import type { RunSettings } from '../events.ts';
import type { Json } from '../json.ts';
import type { RunTaskOptions } from '../run-task.ts';
import { defaultPreset } from '../team/defaults.ts';
import { loadTeam } from '../team/load-team.ts';
import type { RunLimits } from '../team/team.ts';
import { makeSettings } from './run-settings.ts';
import type { RunSetup } from './run-setup.ts';
import { takeBase } from './run-workspaces.ts';
import type { Store } from './store.ts';
import { readRoleEstimates } from './team-allocation.ts';

export interface PreparedRun {
  setup: RunSetup;
  /** null: the run's events hold them. */
  settings: RunSettings | null;
}

/**
 * @param store Whose earlier runs an allocation may go by. Default: nothing is known of the roles.
 * @throws {PlanwrightError} `team-invalid`; `usage` for an empty task class or a seed that is none.
 */
export async function prepareRun(options: RunTaskOptions<z.ZodType>, store?: Store): Promise<PreparedRun> {
  const { strategy = 'auto', plan, approve = false, taskClass, seed, output } = options;
  refuseBadNames(taskClass, seed);
  const named = typeof options.team === 'object' ? options.team : await loadTeam(options.team ?? defaultPreset);
  const limits: RunLimits = { ...named.limits, ...options.limits };
  const gate = { ...named.gate, ...options.gateWeights };
  const team = { ...named, limits, ...(Object.keys(gate).length === 0 ? {} : { gate }) };
  const setup: RunSetup = { version: 1, task: options.task, team, model: nameModel(options.model) };
  if (options.files !== undefined) setup.filesRoot = options.files;
  if (output !== undefined) setup.outputSchema = z.toJSONSchema(output) as { [key: string]: Json };
  if (taskClass !== undefined) setup.taskClass = taskClass;
  if (seed !== undefined) setup.seed = seed;
  if (team.workspace !== undefined && store !== undefined) {
    setup.workspaceBase = await takeBase(store, options.files, team.workspace.skip);
  }
  const given = plan === undefined ? {} : { plan };
  const typed = output !== undefined;
  const defaultModel = setup.model;
  const estimates = store === undefined ? {} : await readRoleEstimates(store, team);
  const settings = makeSettings({ team, strategy, limits, defaultModel, approve, typed, seed, estimates, ...given });
  return { setup, settings };
}

function nameModel(model: RunTaskOptions['model']): string {
  if (typeof model === 'string') return model;
  return model === undefined ? 'offline' : 'custom:model';
}

function refuseBadNames(taskClass: string | undefined, seed: number | undefined): void {
  if (taskClass !== undefined && (taskClass.trim() === '' || taskClass.length > 200)) {
    throw new PlanwrightError('usage', 'A task class is a name of 1 to 200 characters, such as "extraction".');
  }
  if (seed !== undefined && !Number.isSafeInteger(seed)) {
    throw new PlanwrightError('usage', `A seed is a whole number, not ${seed}.`);
  }
}
