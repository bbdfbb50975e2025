/** A study as text: the tables of docs/migration-study.md, and what follows from them. */
import type { Proportion } from 'planwright';
import { documentFigures } from './parameters.ts';
import type { StudyArm } from './study-run.ts';
import type { ArmFigures, KindFigures, StageFigures, StudySummary } from './summarize.ts';

export const armNames: Record<StudyArm, string> = {
  team: 'pipeline always',
  single: 'one agent always',
  gate: 'the gate, learning',
  split: 'the split it learned',
};

/** Markdown, as in the docs: arms, sizes, stages. */
export function tellTables({ arms, kinds, stages }: StudySummary): string[] {
  return [
    writeTable(
      ['arm', 'migrations', 'succeeded', 'declared', 'calls', 'tokens', '÷ pipeline', 'USD', 'seconds', 'token overhead'],
      arms.map(cellsOfArm),
    ),
    writeTable(
      ['size', 'one agent', 'declared', 'pipeline', 'declared', 'to the team: first half', 'second half', 'tried on purpose'],
      kinds.map(cellsOfKind),
    ),
    writeTable(['step', 'right, given right inputs', 'declared', 'right so far'], stages.map(cellsOfStage)),
  ];
}

function cellsOfArm({ arm, part, success, declared, spending, tokenRatio, tax }: ArmFigures): string[] {
  return [
    armNames[arm],
    part === 'all' ? `all ${success.n}` : `last ${success.n}`,
    tellShare(success),
    percent(declared),
    spending.calls.toFixed(2),
    tellCount(spending.tokens),
    tokenRatio.toFixed(2),
    spending.usd.toFixed(4),
    spending.seconds.toFixed(0),
    tax.tokens.toFixed(2),
  ];
}

function cellsOfKind({ kind, single, team, gate }: KindFigures): string[] {
  return [
    kind,
    tellShare(single.success),
    percent(single.declared),
    tellShare(team.success),
    percent(team.declared),
    tellShare(gate.toTeam.firstHalf),
    tellShare(gate.toTeam.secondHalf),
    String(gate.tries),
  ];
}

function cellsOfStage({ stage, byItself, declared, soFar }: StageFigures): string[] {
  return [stage, tellShare(byItself), percent(declared), tellShare(soFar)];
}

/** What follows, a sentence a line. */
export function tellFindings(summary: StudySummary): string[] {
  const { chain, comparison, declared, kinds, judgedByItself, tasks } = summary;
  return [
    tellDocument(summary),
    ...comparison.words,
    ...(chain === null
      ? []
      : [
          `The chain: ${percent(chain.p.k / chain.p.n)} a step, counted up to each run's first wrong one, predicts ${percent(chain.predicted)}; ${percent(chain.observed.k / chain.observed.n)} came out.`,
        ]),
    `Of the pipeline's ${tellCount(tasks)} runs ${judgedByItself} were judged by a check of their own: the error rates of its steps are found from outside.`,
    ...kinds.map(({ kind, gate }) => `The gate on ${kind} migrations, at the end: ${gate.strategy}. ${gate.reasons.join(' ')}`),
    `On a large migration the team pays from $${declared.breakEvenUsd.toFixed(2)} on that a right result is worth.`,
  ];
}

function tellDocument({ arms }: StudySummary): string {
  const { pipeline, single, split, tokenRatio } = documentFigures;
  const seen = (arm: StudyArm) => arms.find((figures) => figures.arm === arm && figures.part === 'all');
  const share = (arm: StudyArm) => percent((seen(arm)?.success.k ?? 0) / (seen(arm)?.success.n ?? 1));
  return `The document has ${percent(pipeline)} for the pipeline, ${percent(single)} for one agent at ${tokenRatio} of its tokens, ${percent(split)} after the split; here ${share('team')}, ${share('single')} at ${seen('single')?.tokenRatio.toFixed(2)}, and ${share('split')}.`;
}

/** `59.0 % (55.9–62.0)` */
export function tellShare({ k, n, low, high }: Proportion): string {
  if (n === 0) return '–';
  return `${percent(k / n)} (${(100 * low).toFixed(1)}–${(100 * high).toFixed(1)})`;
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** `22,720` */
export function tellCount(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function writeTable(columns: readonly string[], rows: readonly string[][]): string {
  return [columns, columns.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
