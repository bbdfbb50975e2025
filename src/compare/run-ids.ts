/**
 * Names of a comparison's runs, from what they depend on and nothing else: the same comparison finds its finished runs
 * again, and one that was given more tasks, more repeats or another check goes on from those it has.
 */
import { createHash } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { walkFolder } from '../documents/walk-folder.ts';
import type { Json } from '../json.ts';
import { teamToJson } from '../team/team-json.ts';
import type { Arm } from './arms.ts';
import type { ComparisonTask, RubricCheck } from './comparison-task.ts';

/** Hexadecimal characters of a hash in an id: 48 bits. */
const hashLength = 12;

export interface ComparisonIdentity {
  arms: readonly Arm[];
  /** Spec of the model for roles that name none; for an object its provider and id. */
  model: string;
  seed: number;
  repeats: number;
  alpha: number;
  method: 'anytime' | 'fixed';
}

export class RunIds {
  readonly comparisonId: string;
  readonly #lanes: ReadonlyMap<string, string>;
  readonly #taskKeys: readonly string[];
  readonly #slugs: readonly string[];

  /** @param contents Of each folder that tasks name, by path: hashFolder. */
  constructor(identity: ComparisonIdentity, tasks: readonly ComparisonTask[], contents: ReadonlyMap<string, string>) {
    const { arms, model, seed, ...rest } = identity;
    this.#lanes = new Map(arms.map(({ name, strategy, team }) => [name, hash([1, strategy, teamToJson(team), model, seed])]));
    this.#taskKeys = tasks.map(({ id, task, files, accept }) =>
      hash([id, task, files === undefined ? null : (contents.get(files) ?? null), accept as Json]),
    );
    this.#slugs = tasks.map(({ id }) => id.replace(/[^A-Za-z0-9]+/g, '_').slice(0, 24));
    const armKeys = arms.map(({ name, n }) => [name, n, this.#lanes.get(name) ?? '']);
    const checks = tasks.map((task) => [task.check as Json, task.class ?? null]);
    this.comparisonId = hash([{ ...rest }, armKeys, [...this.#taskKeys], checks]).slice(0, hashLength);
  }

  /** `cmp-1f0c…-q7-team-0`: what it depends on, the task, the arm, the repeat. */
  runId(taskIndex: number, arm: string, repeat: number): string {
    const key = hash([this.#lanes.get(arm) ?? '', this.#taskKeys[taskIndex] ?? '']).slice(0, hashLength);
    return `cmp-${key}-${this.#slugs[taskIndex] ?? ''}-${arm}-${repeat}`;
  }
}

/** Tries of a best-of-n count from 1. */
export function tryRunId(runId: string, attempt: number): string {
  return `${runId}-try${attempt}`;
}

/** The next run in the place of one that an earlier --max-usd had cut off; `generation` from 2. */
export function laterRunId(runId: string, generation: number): string {
  return `${runId}-again${generation}`;
}

/** Another rubric is another run. */
export function checkRunId(runId: string, check: RubricCheck, grader: string): string {
  return `${runId}-check-${hash([check as Json, grader]).slice(0, 8)}`;
}

/** Of the names and bytes of its documents: a changed folder makes other runs. */
export async function hashFolder(root: string): Promise<string> {
  const folder = await realpath(root);
  const { files } = await walkFolder(folder);
  const sum = createHash('sha256');
  for (const { path } of files) {
    const bytes = await readFile(join(folder, path)).catch(() => null);
    if (bytes === null) continue;
    sum.update(`${path}\0${bytes.byteLength}\0`).update(bytes);
  }
  return sum.digest('hex');
}

function hash(value: Json): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
