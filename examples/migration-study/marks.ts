/**
 * How right and wrong travel. Every result carries a mark: a hash of its step, of whether the step went right, and of the
 * marks it was given. A wrong mark upstream makes another mark downstream, by what was handed over and nothing else; no agent
 * and no part of the engine can see from a mark whether it is right. The mark of the last step with every step right is
 * the migration's right answer, which the held-out check alone compares.
 */
import { createHash } from 'node:crypto';
import { seededRandom } from 'planwright';
import { type Migration, servicesOf } from './migrations.ts';
import { serviceTokens, singleReliability, stepReliability } from './parameters.ts';
import { pipelineOf, planStep } from './pipeline.ts';

/** Hexadecimal digits: 64 bits, so that two marks of a study are never equal by chance. */
const markLength = 16;

/** Characters ÷ 4 are tokens, as the ledger estimates what is handed over. */
const charactersPerToken = 4;

export interface StepWork {
  migration: Migration;
  /** A step of the pipeline, or `single`. */
  step: string;
  /** The brief and the marks of what it depends on, in order of their ids. */
  inputs: readonly string[];
  isRight: boolean;
}

export function markOf({ migration, step, inputs, isRight }: StepWork): string {
  return hash([migration.id, step, isRight, inputs]).toString('hex').slice(0, markLength);
}

/** By step, when every step goes right. */
export function rightMarks(migration: Migration): ReadonlyMap<string, string> {
  const brief = markOf({ migration, step: planStep, inputs: [], isRight: true });
  const marks = new Map([[planStep, brief]]);
  for (const { id, dependsOn } of pipelineOf(migration.kind)) {
    const given = dependsOn.toSorted().map((dependency) => marks.get(dependency) ?? '');
    marks.set(id, markOf({ migration, step: id, inputs: [brief, ...given], isRight: true }));
  }
  return marks;
}

/** A result's text: its mark, and as much more as it has tokens. */
export function writeResult(mark: string, services: number): string {
  return `mark ${mark}\n`.padEnd(services * serviceTokens.written * charactersPerToken, 'changed line; ');
}

export function readMark(result: string): string | undefined {
  return /^mark ([0-9a-f]{16})\n/.exec(result)?.[1];
}

/** The deliverable that passes the held-out check. */
export function rightAnswer(migration: Migration): string {
  const mark = rightMarks(migration).get('review') ?? '';
  return writeResult(mark, servicesOf(migration.kind));
}

/** Whether a step of the pipeline goes right by itself. */
export function drawStep(seed: number, migration: Migration, step: string): boolean {
  return draw(seed, migration, step) < stepReliability;
}

/** Whether one agent gets every service right, each by a draw of its own. */
export function drawSingle(seed: number, migration: Migration): boolean {
  return Array.from({ length: servicesOf(migration.kind) }, (_, service) => draw(seed, migration, `single ${service}`)).every(
    (chance) => chance < singleReliability,
  );
}

/**
 * By the seed, the migration and the step, whatever the order of calls: the same arm does the same migration alike wherever
 * it is asked to. The gate's runs differ from the other arms' in whom it chooses and in nothing else.
 */
function draw(seed: number, migration: Migration, step: string): number {
  return seededRandom(hash([seed, migration.id, step]).readUInt32BE(0)).next();
}

function hash(value: unknown): Buffer {
  return createHash('sha256').update(JSON.stringify(value)).digest();
}
