/**
 * What is declared before anything runs. Each figure is the founding document's (section 5), follows from its figures by the
 * arithmetic beside it, or is an assumption, and says which. None was changed after a result had been seen.
 *
 * The document: the pipeline succeeds on .58, one agent on .74 at a fifth of the token cost, the split by size on .79; five
 * steps of about .9. With s the share of small migrations, T the pipeline's success, A₁ and Aₙ one agent's on small and large:
 *
 *     s·A₁ + (1 − s)·Aₙ = .74        one agent always
 *     s·A₁ + (1 − s)·T  = .79        small to one agent, large to the pipeline
 *     T                 = .9⁵ = .59  the pipeline, on both sizes
 *
 * The first two give (1 − s)·(T − Aₙ) = .05. Three equations leave one of s, A₁ and Aₙ free: s is assumed, the rest follows.
 */

/** The document's target figures: nothing in the simulation reads them, the report sets them beside what came out. */
export const documentFigures = { pipeline: 0.58, single: 0.74, split: 0.79, tokenRatio: 0.2 } as const;

/** Document: planner, researcher, two coders, critic, at "roughly 0.9 per-step reliability". */
export const stepReliability = 0.9;

/**
 * Assumption: four migrations of five are small. A₁ ≤ 1 and Aₙ ≥ 0 allow s from .49 to .91; the document's team ported
 * "small services", so most are. It also makes A₁ a round number.
 */
export const mix = { small: 4, large: 1 } as const;

/** Follows: A₁ = (.79 − .2 · .59) ÷ .8 = .84. */
export const singleReliability = 0.84;

/**
 * Follows, given the law that n services in one context are right with A₁ⁿ: each is as hard as a small migration, all have
 * to be right, and nothing more is lost to the longer context. Aₙ = .59 − .05 ÷ .2 = .34, and ln .34 ÷ ln .84 = 6.2: six
 * services, .84⁶ = .351. The law itself is an assumption; a context that tires would need fewer services.
 */
export const servicesOfLarge = 6;

/**
 * Assumption: a service is read with 2,000 tokens (some 200 lines and what belongs to them) and written with 400. Whoever
 * works on a service reads it: one agent once, each step of the pipeline anew. That is where the document's fifth comes from:
 * five steps read what one agent reads. The scale cancels in the ratio; only written ÷ read moves it a little.
 */
export const serviceTokens = { read: 2000, written: 400 } as const;

/** Assumption: input and output alike, in USD. Also the gate's `millionTokensUsd`, for a simulated model has no price of its own. */
export const millionTokensUsd = 3;

/** Assumption: the speed of an answer. Reading takes no time. */
export const outputTokensPerSecond = 50;

/**
 * Assumption: a migration that is right saves twenty dollars of somebody's time. Above the break-even of declared.ts the
 * best split is the same; further above it is found sooner.
 */
export const successUsd = 20;

/** Migrations of a run of the study, half of them to be learned from: intervals of 3 points, and of 4 to 5 in a half. */
export const defaultTasks = 1000;
export const defaultSeed = 1;
