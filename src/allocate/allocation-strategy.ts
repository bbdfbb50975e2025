/** Who takes a subtask: the port that every strategy implements, what it is shown, and what it answers. */
import type { Random } from '../random.ts';

export const allocationNames = ['assigned', 'capability', 'contract-net', 'response-threshold', 'fixed-threshold'] as const;
export type AllocationName = (typeof allocationNames)[number];

/** A role that may be given work. */
export interface Participant {
  role: string;
  /** Whether it has what the work needs (capable-roles.ts). */
  can: boolean;
  /** Whether it has failed this subtask already. */
  hasFailed: boolean;
  /** Attempts under way. */
  busy: number;
  /** Attempts at once; Infinity: only the run's own limit. */
  slots: number;
  /** Of one attempt. */
  estimate: BidEstimate;
  /** How long after a call its answer arrives. Default 0: bids are computed, nobody is asked. */
  answerMs?: number;
}

export interface BidEstimate {
  /** Probability that an attempt is accepted. */
  p: number;
  /** USD, tokens or ms, the same for all participants; null: not known of all. */
  cost: number | null;
}

/** One subtask that nobody has yet. */
export interface Offer {
  subtaskId: string;
  /** The kind of work: the role that the plan names. */
  kind: string;
  /** The planned role first, then the others by how little they have beyond what the work needs. */
  participants: readonly Participant[];
}

/** What strategies go by besides the offer. The caller owns it and changes it through allocation-book.ts alone. */
export interface AllocationMemory {
  /** Subtasks given to each role so far. */
  taken: Map<string, number>;
  /** Rounds since work of a kind was last taken in which it was offered and no role took it, with what they sent. */
  refused: Map<string, { rounds: number; messages: MessageCounts }>;
  /** By role, then kind. Absent: the strategy's initial threshold. */
  thresholds: Map<string, Map<string, number>>;
}

/**
 * `order`: the scheduler gives a subtask; `claim`: a role takes it unasked; the rest is contract net's. What a role sends at
 * the end of its work, a report, is not counted here: it is one for each subtask given.
 */
export type MessageKind = 'order' | 'cfp' | 'propose' | 'refuse' | 'accept' | 'reject' | 'claim';
export type MessageCounts = Partial<Record<MessageKind, number>>;

export type WaitReason =
  /** No role that could do it is left. */
  | 'nobody-can'
  /** All that could have their slots taken. */
  | 'all-busy'
  /** Some could at once, and none did. */
  | 'nobody-took-it';

export type AllocationDecision =
  | { kind: 'given'; role: string; messages: MessageCounts; considered: Consideration[] }
  | { kind: 'waits'; reason: WaitReason; messages: MessageCounts };

/** One role as the decision saw it. */
export interface Consideration {
  role: string;
  answer: 'taken' | 'outbid' | 'late' | 'refused' | 'silent';
  /** Contract net: the lowest gets the work. */
  price?: number;
  /** Response threshold. */
  threshold?: number;
  probability?: number;
}

/** Why a role has a subtask, as the journal keeps it for a reader; nothing is decided by it again. */
export interface AllocationRecord {
  by: AllocationName;
  kind: string;
  /** Rounds it took, the last one included. */
  rounds: number;
  /** Of all those rounds. */
  messages: MessageCounts;
  /** At most 8, the one that got it first. */
  considered: Consideration[];
}

/**
 * Invariants
 * 1. Work goes to a role that can do it, has not failed it and has a free slot, or waits with a reason.
 * 2. The same offer, memory and random source give the same decision; nothing is mutated but the random source.
 * 3. After `maxRounds` rounds in which nobody took work of a kind, a role with a free slot that can do it gets it.
 */
export interface AllocationStrategy {
  readonly name: AllocationName;
  readonly maxRounds: number;
  allocate(offer: Offer, memory: AllocationMemory, random: Random): AllocationDecision;
  /** What it learns from a subtask having been given: changes `memory`. */
  learn?(memory: AllocationMemory, offer: Offer, role: string): void;
}

/** Those that can and have not failed; of them, those with a free slot. */
export function sortOut(participants: readonly Participant[]): { able: Participant[]; free: Participant[] } {
  const able = participants.filter(({ can, hasFailed }) => can && !hasFailed);
  return { able, free: able.filter(({ busy, slots }) => busy < slots) };
}

/** The decision when no role has a free slot. */
export function waitFor(able: readonly Participant[]): AllocationDecision {
  return { kind: 'waits', reason: able.length === 0 ? 'nobody-can' : 'all-busy', messages: {} };
}
