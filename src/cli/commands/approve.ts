import { userInfo } from 'node:os';
import {
  answerRun,
  listWaiting,
  loadRunTeam,
  type Plan,
  PlanwrightError,
  type RunAnswer,
  reportRun,
  type Store,
  systemClock,
} from '../../index.ts';
import { exitCodes } from '../exit-code.ts';
import { type StoreFlags, withRun } from '../find-run.ts';
import { catchInterrupts } from '../interrupts.ts';
import type { CliIo } from '../io.ts';
import { readPlanFile } from '../plan-input.ts';
import { printJson } from '../tell-run.ts';
import { driveOn } from './resume.ts';

export interface ApproveFlags extends StoreFlags {
  deny?: string;
  edit?: string;
  subtask?: string;
}

/** How long a process that drives the run is given to take an answer up; it looks every 250 ms. */
const takeUpMs = 5000;
const lookEveryMs = 100;

export async function runApprove(io: CliIo, wanted: string, flags: ApproveFlags): Promise<number> {
  if (flags.edit !== undefined && (flags.deny !== undefined || flags.subtask !== undefined)) {
    throw new PlanwrightError('usage', 'An edited plan is approved as a whole: leave out --deny and --subtask, or --edit.');
  }
  const interrupted = catchInterrupts();
  return withRun(wanted, flags, async (store, { runId }) => {
    const plan = flags.edit === undefined ? undefined : await readEdited(store, runId, flags.edit);
    const answered = await answerRun(store, runId, toAnswer(flags, plan));
    if (!(await isTakenUp(store, runId, new Set(answered.map(({ id }) => id))))) {
      return driveOn(io, { store, runId, interrupted, flags });
    }
    io.note('Answered. The process that drives the run goes on with it.\n');
    if (flags.json === true) await printJson(io, await reportRun(store, runId));
    return exitCodes.succeeded;
  });
}

function toAnswer({ deny, subtask }: ApproveFlags, plan: Plan | undefined): RunAnswer {
  const about = { by: nameUser(), ...(subtask === undefined ? {} : { only: subtask }) };
  if (deny !== undefined) return { type: 'deny', reason: deny, ...about };
  return { type: 'approve', ...about, ...(plan === undefined ? {} : { plan }) };
}

async function readEdited(store: Store, runId: string, path: string): Promise<Plan> {
  const { roles, generalist } = await loadRunTeam(store, runId);
  return readPlanFile(path, { roles: [...new Set([...Object.keys(roles), generalist.name])] });
}

/** False when no process drives the run, or the one that did has stopped without taking the answers up. */
async function isTakenUp(store: Store, runId: string, answered: ReadonlySet<string>): Promise<boolean> {
  for (let waitedMs = 0; await store.isDriven(runId); waitedMs += lookEveryMs) {
    const isOpen = waitedMs < takeUpMs && (await listWaiting(store, runId)).some(({ id }) => answered.has(id));
    if (!isOpen) return true;
    await systemClock.sleep(lookEveryMs);
  }
  return false;
}

/** The system has no name for some users, such as one in a container. */
function nameUser(): string {
  try {
    return userInfo().username;
  } catch {
    return 'a person';
  }
}
