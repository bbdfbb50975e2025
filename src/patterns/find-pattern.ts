/** The patterns by name, and a team's choice of one with its options filled in. */
import type { z } from 'zod';
import type { PatternChoice } from '../team/team.ts';
import { bestOfN } from './best-of-n.ts';
import { chatdev } from './chatdev.ts';
import { contractNet } from './contract-net.ts';
import { crewaiHierarchical } from './crewai-hierarchical.ts';
import { crewaiSequential } from './crewai-sequential.ts';
import { debate } from './debate.ts';
import { dialogue } from './dialogue.ts';
import { groupChat } from './group-chat.ts';
import { llmcompiler } from './llmcompiler.ts';
import { magentic } from './magentic.ts';
import { mapReduce } from './map-reduce.ts';
import { metagpt } from './metagpt.ts';
import type { Pattern } from './pattern.ts';
import { responseThreshold } from './response-threshold.ts';
import { rewoo } from './rewoo.ts';
import { selfRefine } from './self-refine.ts';

const patterns: ReadonlyMap<string, Pattern> = new Map(
  [
    bestOfN,
    chatdev,
    contractNet,
    crewaiHierarchical,
    crewaiSequential,
    debate,
    dialogue,
    groupChat,
    llmcompiler,
    magentic,
    mapReduce,
    metagpt,
    responseThreshold,
    rewoo,
    selfRefine,
  ].map((pattern) => [pattern.name, pattern]),
);

export interface PatternListing {
  name: string;
  summary: string;
  source: string;
  calls: string;
}

/** In the order of their names. */
export function listPatterns(): PatternListing[] {
  return [...patterns.values()]
    .map(({ name, summary, source, calls }) => ({ name, summary, source, calls }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

export function findPattern(name: string): Pattern | undefined {
  return patterns.get(name);
}

export type ReadChoice =
  | { kind: 'read'; choice: PatternChoice; pattern: Pattern }
  | { kind: 'unknown' }
  | { kind: 'refused'; error: z.ZodError };

/** @param given A name, or options with the name among them. */
export function readPatternChoice(given: string | ({ name: string } & Record<string, unknown>)): ReadChoice {
  const { name, ...options } = typeof given === 'string' ? { name: given } : given;
  const pattern = findPattern(name);
  if (pattern === undefined) return { kind: 'unknown' };
  const parsed = pattern.options.safeParse(options);
  if (!parsed.success) return { kind: 'refused', error: parsed.error };
  return { kind: 'read', choice: { name, options: parsed.data }, pattern };
}
