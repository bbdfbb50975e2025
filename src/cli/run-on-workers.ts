/** Runs that workers carry out, as the command line starts and follows them. */

import { loadCluster, type Store, type Team } from '../index.ts';
import type { CliIo } from './io.ts';
import type { FollowedRun } from './progress/follow-run.ts';
import { isAddress } from './store-place.ts';

export type Cluster = Awaited<ReturnType<Awaited<ReturnType<typeof loadCluster>>['openDbosEngine']>>;

/**
 * Hands over the workers of the store, when it is one that workers meet in and one that drives runs is there.
 * @returns undefined when this process has to do the work itself.
 */
export async function withWorkers<Result>(
  io: CliIo,
  location: string,
  use: (cluster: Cluster) => Promise<Result>,
): Promise<Result | undefined> {
  if (!isAddress(location)) return undefined;
  const { openDbosEngine } = await loadCluster(location);
  const cluster = await openDbosEngine(location);
  try {
    const workers = await cluster.workers();
    const driving = workers.filter(({ runs }) => runs).length;
    if (driving === 0) {
      io.note('No worker is there that drives runs: this process does the work. (planwright worker --store … starts one.)\n');
      return undefined;
    }
    return await use(cluster);
  } finally {
    await cluster.close();
  }
}

/** What a person should know before it starts: roles whose subtasks would wait, because no worker takes them now. */
export async function tellMissingRoles(io: CliIo, cluster: Cluster, team: Team): Promise<void> {
  const workers = await cluster.workers();
  const taken = (role: string): boolean => workers.some(({ roles }) => roles === null || roles.includes(role));
  const missing = listRoles(team).filter((role) => !taken(role));
  if (missing.length === 0) return;
  io.note(
    `No worker takes ${missing.join(', ')} now; subtasks of ${missing.length === 1 ? 'this role' : 'these roles'} wait for one.\n`,
  );
}

/** The run is the workers': interrupting the command ends only the following. */
export function tellGoesOn(io: CliIo, followed: FollowedRun, storeFlag: string): void {
  const runId = followed.kind === 'told' ? followed.result.runId : followed.runId;
  if (followed.kind === 'told' && followed.result.status !== 'running') return;
  io.note(`The run goes on at its workers. Look at it with: planwright show ${runId}${storeFlag}\n`);
}

/** Whether workers drive this run, whoever asks. */
export async function isWorkersRun(store: Store, runId: string): Promise<boolean> {
  return (await store.getRun(runId))?.drivenBy === 'workers';
}

function listRoles(team: Team): string[] {
  const own = [...Object.values(team.roles), team.generalist];
  const roles = own.flatMap((role) => (role.team === undefined ? [role.name] : listRoles(role.team)));
  return [...new Set(roles)];
}
