/** A strategy at work: what it goes by, and the one place where that changes. */
import { type Random, seededRandom } from '../random.ts';
import type {
  AllocationDecision,
  AllocationMemory,
  AllocationName,
  AllocationRecord,
  AllocationStrategy,
  MessageCounts,
  MessageKind,
  Offer,
} from './allocation-strategy.ts';
import { contractNet } from './contract-net-strategy.ts';
import { assigned, byCapability } from './declared.ts';
import { fixedThreshold, responseThreshold } from './response-threshold.ts';

export interface AllocationBook {
  strategy: AllocationStrategy;
  memory: AllocationMemory;
  random: Random;
}

const strategies: Readonly<Record<AllocationName, AllocationStrategy>> = {
  assigned,
  capability: byCapability,
  'contract-net': contractNet,
  'response-threshold': responseThreshold,
  'fixed-threshold': fixedThreshold,
};

export function findStrategy(name: AllocationName): AllocationStrategy {
  return strategies[name];
}

export function openBook(strategy: AllocationStrategy, seed: number): AllocationBook {
  return { strategy, memory: { taken: new Map(), refused: new Map(), thresholds: new Map() }, random: seededRandom(seed) };
}

/** So many roles of a decision are kept for a reader. */
const mostConsidered = 8;

/** Offers a subtask once and remembers what came of it. `record`: null when it waits. */
export function offerWork(book: AllocationBook, offer: Offer): { decision: AllocationDecision; record: AllocationRecord | null } {
  const { strategy, memory, random } = book;
  const decision = strategy.allocate(offer, memory, random);
  const before = memory.refused.get(offer.kind);
  if (decision.kind === 'waits') {
    if (decision.reason === 'nobody-took-it') {
      const messages = addCounts(before?.messages ?? {}, decision.messages);
      memory.refused.set(offer.kind, { rounds: (before?.rounds ?? 0) + 1, messages });
    }
    return { decision, record: null };
  }
  memory.refused.delete(offer.kind);
  memory.taken.set(decision.role, (memory.taken.get(decision.role) ?? 0) + 1);
  strategy.learn?.(memory, offer, decision.role);
  return {
    decision,
    record: {
      by: strategy.name,
      kind: offer.kind,
      rounds: (before?.rounds ?? 0) + 1,
      messages: addCounts(before?.messages ?? {}, decision.messages),
      considered: decision.considered.slice(0, mostConsidered),
    },
  };
}

export function addCounts(a: MessageCounts, b: MessageCounts): MessageCounts {
  const sum = { ...a };
  for (const [kind, count] of Object.entries(b) as [MessageKind, number][]) sum[kind] = (sum[kind] ?? 0) + count;
  return sum;
}
