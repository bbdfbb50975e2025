/** From a team to what its runs' allocations go by. */
import { type AllocationSettings, makeAllocationSettings } from '../allocate/allocation-settings.ts';
import type { AllocationName } from '../allocate/allocation-strategy.ts';
import type { DeclaredRole } from '../allocate/capable-roles.ts';
import { estimateRoles } from '../measure/build-forecast-basis.ts';
import { type AttemptEstimate, findByName, priorAttempt, type RoleEstimate } from '../plan/forecast-basis.ts';
import { listTools } from '../team/defaults.ts';
import type { Role, Team } from '../team/team.ts';
import { withoutUndefined } from '../team/without-undefined.ts';
import type { Store } from './store.ts';

/** The newest outcomes that roles are judged by. */
const outcomesRead = 500;
const defaultSeed = 1;

export interface TeamAllocation {
  strategy: AllocationName;
  /** Default 1. */
  seed?: number | undefined;
  /** By role. Default: nothing is known of any. */
  estimates?: Readonly<Record<string, RoleEstimate>>;
  /** Of every other role. Default: `priorAttempt`. */
  prior?: Readonly<AttemptEstimate>;
}

/** undefined: every subtask goes to the role that the plan names. */
export function allocateTeam(
  roles: Readonly<Record<string, Pick<Role, 'skills' | 'tools' | 'accept' | 'approval'>>>,
  { strategy, seed = defaultSeed, estimates = {}, prior = priorAttempt }: TeamAllocation,
): AllocationSettings | undefined {
  const declared = Object.entries(roles).map(([name, { skills, tools, accept, approval }]): [string, DeclaredRole] => [
    name,
    { tools: listTools(tools), accept, ...withoutUndefined({ skills, approval }) },
  ]);
  const estimateOf = (role: string) => findByName(estimates, role) ?? prior;
  return makeAllocationSettings({ strategy, seed, roles: Object.fromEntries(declared), estimateOf });
}

/** What earlier runs of the team say of its roles; nothing is read for a team whose plans' roles stand. */
export async function readRoleEstimates(
  store: Store,
  { name, allocation = 'assigned' }: Team,
): Promise<Record<string, RoleEstimate>> {
  if (allocation === 'assigned') return {};
  return estimateRoles(await store.listOutcomes({ team: name, limit: outcomesRead }));
}
