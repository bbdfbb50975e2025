/** Carries out the checks of results and of the deliverable. */
import { toErrorRecord } from '../errors.ts';
import type { Contradiction, RunEvent, StoredValue, Verdict } from '../events.ts';
import type { Command } from '../schedule/command.ts';
import { candidateDeliverable } from '../schedule/finish.ts';
import { findContradictedAssumptions } from '../verify/assumptions.ts';
import { type VerifyRequest, verify } from '../verify/verifier.ts';
import { attemptKey, type RunPort } from './drive.ts';
import { createJudges } from './judge-by-model.ts';
import { roleOf } from './role-of.ts';
import type { RunEnvironment, RunNode } from './run-environment.ts';
import { viewWorkspace } from './workspace-view.ts';

type CommandOf<Kind extends Command['kind']> = Extract<Command, { kind: Kind }>;

export async function checkResult(
  env: RunEnvironment,
  node: RunNode,
  command: CommandOf<'verify'>,
  port: RunPort,
): Promise<void> {
  const { subtask, attempt, assumptions } = command;
  const role = roleOf(node, command.role);
  const output = await env.store.getValue(command.output);
  const signal = port.signalFor(attemptKey(subtask.id, attempt));
  // Those of a mapped subtask are checks of its items.
  const checks = subtask.map === undefined ? [...role.accept, ...(subtask.accept ?? [])] : [];
  const { instruction } = subtask;
  const patch = port.state.subtasks.get(subtask.id)?.patch ?? null;
  const judges = createJudges(env, node, { subtaskId: subtask.id, attempt, instruction, signal, patch });
  const contradicted = findContradictedAssumptions(output, assumptions);
  const verdict: Verdict =
    checks.length > 0
      ? await verify({ output, checks, signal, judges, ...(await meansOf(env, patch)) })
      : acceptAsIs(contradicted);
  port.post({
    type: 'verdict-given',
    subtaskId: subtask.id,
    attempt,
    verdict,
    ...(contradicted.length === 0 ? {} : { contradicted }),
  });
}

/** Only what later work assumes of it was tested: whether that holds or not, the result stands. */
function acceptAsIs(contradicted: Contradiction[]): Verdict {
  const detail =
    contradicted.length === 0
      ? 'Later work assumes nothing that it contradicts.'
      : contradicted.map(({ evidence }) => evidence).join('\n');
  return { kind: 'accepted', evidence: [{ check: 'assumptions', passed: contradicted.length === 0, detail }] };
}

export async function checkDeliverable(
  env: RunEnvironment,
  node: RunNode,
  command: CommandOf<'check-deliverable'>,
  port: RunPort,
): Promise<void> {
  const output = await env.store.getValue(command.output);
  const checks = [...node.team.accept];
  if (node.outputSchema !== undefined) checks.push({ kind: 'schema', schema: node.outputSchema });
  const signal = port.signalFor('@deliverable');
  const made = candidateDeliverable(port.state)?.item ?? null;
  const whose =
    made === null
      ? { subtaskId: '@synthesize', attempt: port.state.syntheses + 1 }
      : { subtaskId: made.subtask.id, attempt: made.attempt };
  const judges = createJudges(env, node, {
    ...whose,
    subtaskId: `@deliverable.${whose.subtaskId}`,
    instruction: node.task,
    signal,
    patch: made?.patch ?? null,
  });
  const verdict = await verify({ output, checks, signal, judges, ...(await meansOf(env, made?.patch)) });
  port.post({ type: 'deliverable-checked', verdict });
}

export function unverified({ subtask, attempt }: CommandOf<'verify'>, thrown: unknown): RunEvent {
  const reason = `The result could not be checked: ${toErrorRecord(thrown).message}`;
  return { type: 'verdict-given', subtaskId: subtask.id, attempt, verdict: { kind: 'unverified', reason, evidence: [] } };
}

type Means = Pick<VerifyRequest, 'readLines' | 'packageFolders' | 'workspace'>;

async function meansOf(env: RunEnvironment, patch: StoredValue | null | undefined): Promise<Means> {
  const { files, packageFolders, workspaces, store } = env;
  return {
    ...(files === undefined ? {} : { readLines: (file, from, to) => files.readLines(file, from, to) }),
    ...(packageFolders === undefined ? {} : { packageFolders }),
    ...(workspaces === undefined || !patch ? {} : { workspace: await viewWorkspace(workspaces, store, patch) }),
  };
}
