/** What the parameters amount to, by arithmetic: no draw, no run. The truths that the measurement has to find again. */
import { type MigrationKind, servicesOf } from './migrations.ts';
import { millionTokensUsd, mix, serviceTokens, singleReliability, stepReliability } from './parameters.ts';
import { pipelineOf } from './pipeline.ts';

export interface DeclaredArm {
  success: Record<MigrationKind, number>;
  /** Over the mix of both kinds. */
  overall: number;
  /** Read, written and handed over; without the prompts' own words and the plan. */
  tokens: Record<MigrationKind, number>;
  overallTokens: number;
}

export interface Declared {
  single: DeclaredArm;
  team: DeclaredArm;
  /** Small to one agent, large to the team. */
  split: DeclaredArm;
  /** USD that a right migration has to be worth for the team to pay on a large one. Waiting counts nothing. */
  breakEvenUsd: number;
}

/**
 * All steps of a pipeline have to be right for the whole, those side by side as well as those in a row: with independent
 * steps both multiply. What runs side by side saves time, not success.
 */
function pipelineSuccess(kind: MigrationKind): number {
  const steps = 1 + pipelineOf(kind).length;
  return stepReliability ** steps;
}

function pipelineTokens(kind: MigrationKind): number {
  const { read, written } = serviceTokens;
  const steps = pipelineOf(kind);
  const handed = (ids: readonly string[]): number =>
    steps.filter(({ id }) => ids.includes(id)).reduce((sum, { services }) => sum + services * written, 0);
  return steps.reduce(
    (sum, { services, dependsOn }) => sum + services * (read + written) + handed(dependsOn),
    // The planner reads everything.
    servicesOf(kind) * read,
  );
}

function describeArm(success: Record<MigrationKind, number>, tokens: Record<MigrationKind, number>): DeclaredArm {
  return { success, overall: overMix(success), tokens, overallTokens: overMix(tokens) };
}

function overMix(values: Record<MigrationKind, number>): number {
  return (mix.small * values.small + mix.large * values.large) / (mix.small + mix.large);
}

function byKind(value: (kind: MigrationKind) => number): Record<MigrationKind, number> {
  return { small: value('small'), large: value('large') };
}

export function declareTruth(): Declared {
  const { read, written } = serviceTokens;
  const single = describeArm(
    byKind((kind) => singleReliability ** servicesOf(kind)),
    byKind((kind) => servicesOf(kind) * (read + written)),
  );
  const team = describeArm(byKind(pipelineSuccess), byKind(pipelineTokens));
  const split = describeArm(
    { small: single.success.small, large: team.success.large },
    { small: single.tokens.small, large: team.tokens.large },
  );
  const moreUsd = ((team.tokens.large - single.tokens.large) * millionTokensUsd) / 1e6;
  return { single, team, split, breakEvenUsd: moreUsd / (team.success.large - single.success.large) };
}
