/**
 * Subtasks by response thresholds: nobody is asked. A role with a free slot takes waiting work by itself, with the probability
 * s² ÷ (s² + θ²), where s grows by 1 each round in which work of that kind was there to be taken and was not.
 *
 * Two forms: fixed thresholds, low for the role that the plan names and high for others that could, which are called in only
 * by what is left lying; and reinforced ones, alike at first, which fall with each subtask of a kind that a role takes and rise
 * with each of another kind.
 */

import type { Random } from '../random.ts';
import {
  type AllocationDecision,
  type AllocationMemory,
  type AllocationStrategy,
  type Offer,
  sortOut,
  waitFor,
} from './allocation-strategy.ts';
import { type Reinforcement, reinforce, responseProbability } from './threshold-model.ts';

/** Of work that nobody has been offered yet. */
const firstStimulus = 1;
/** At s = 20 even θ = 8 responds with .86; the last round takes that chance away too. */
const maxRounds = 20;

/** T(1) is .8 for a role's own kind of work, .06 for another's. */
const fixed = { own: 0.5, other: 4 } as const;
/** T(1) is .2 at first, between .015 and .96 later. Ten subtasks of a kind make a specialist. */
const initialThreshold = 2;
const reinforcement: Reinforcement = { learning: 0.2, forgetting: 0.1, least: 0.2, most: 8 };

export const responseThreshold: AllocationStrategy = {
  name: 'response-threshold',
  maxRounds,
  allocate: (offer, memory, random) => offerToIdle(offer, memory, { random, thresholdOf: reinforcedThreshold }),
  learn(memory, { kind, participants }, role) {
    for (const participant of participants) {
      const known = thresholdsOf(memory, participant.role);
      if (!known.has(kind)) known.set(kind, initialThreshold);
    }
    const own = thresholdsOf(memory, role);
    for (const [other, threshold] of own) own.set(other, reinforce(threshold, other === kind, reinforcement));
  },
};

export const fixedThreshold: AllocationStrategy = {
  name: 'fixed-threshold',
  maxRounds,
  allocate: (offer, memory, random) =>
    offerToIdle(offer, memory, { random, thresholdOf: (_, role, kind) => (role === kind ? fixed.own : fixed.other) }),
};

type ThresholdOf = (memory: AllocationMemory, role: string, kind: string) => number;

/** Each idle role decides for itself; of several that respond one gets it, each as probably as another. */
function offerToIdle(
  { kind, participants }: Offer,
  memory: AllocationMemory,
  { random, thresholdOf }: { random: Random; thresholdOf: ThresholdOf },
): AllocationDecision {
  const { able, free } = sortOut(participants);
  if (free.length === 0) return waitFor(able);
  const refused = memory.refused.get(kind)?.rounds ?? 0;
  const stimulus = firstStimulus + refused;
  const seen = free.map(({ role }) => {
    const threshold = thresholdOf(memory, role, kind);
    return { role, threshold, probability: responseProbability(stimulus, threshold) };
  });
  const responding = seen.filter(({ probability }) => random.next() < probability);
  const willing = responding.length === 0 && refused + 1 >= maxRounds ? mostReady(seen) : responding;
  const chosen = willing[Math.floor(random.next() * willing.length)];
  if (chosen === undefined) return { kind: 'waits', reason: 'nobody-took-it', messages: {} };
  const others = seen.filter((one) => one !== chosen);
  return {
    kind: 'given',
    role: chosen.role,
    messages: { claim: 1 },
    considered: [
      { ...chosen, answer: 'taken' },
      ...others.map((one) => ({ ...one, answer: willing.includes(one) ? ('outbid' as const) : ('silent' as const) })),
    ],
  };
}

/** The one with the lowest threshold. */
function mostReady<One extends { threshold: number }>(seen: readonly One[]): One[] {
  return seen.toSorted((a, b) => a.threshold - b.threshold).slice(0, 1);
}

function reinforcedThreshold(memory: AllocationMemory, role: string, kind: string): number {
  return memory.thresholds.get(role)?.get(kind) ?? initialThreshold;
}

function thresholdsOf({ thresholds }: AllocationMemory, role: string): Map<string, number> {
  let known = thresholds.get(role);
  if (known === undefined) {
    known = new Map();
    thresholds.set(role, known);
  }
  return known;
}
