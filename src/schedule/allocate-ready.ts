/**
 * Work that more than one role could take: which role takes which subtask, decided when it could start and not before.
 *
 * A round offers each kind's first waiting subtask to the roles that can do it, longest remaining path first, until one is
 * taken. Rounds follow each other at once, in no time, until nothing is left that a role with a free slot could take: no
 * slot stays idle because nobody responded. All that is decided here follows from the settings and the events before.
 */
import type { AllocationBook } from '../allocate/allocation-book.ts';
import { offerWork } from '../allocate/allocation-book.ts';
import type { Offer, Participant } from '../allocate/allocation-strategy.ts';
import { goesFirst, peekReady, type RoleQueue } from './ready-queue.ts';
import { isFree } from './slots.ts';
import type { RunState, SubtaskState } from './state.ts';

/** Whether work of this kind is given out instead of going to the role that the plan names. */
export function isGivenOut(state: RunState, kind: string): boolean {
  return candidatesFor(state, kind).length > 0;
}

/** Gives a subtask out again to those that have not failed it. @returns false when there is nobody else. */
export function giveOutAgain(state: RunState, item: SubtaskState): boolean {
  const { role: kind } = item.subtask;
  const others = candidatesFor(state, kind).filter((role) => role !== item.role && !item.triedRoles.includes(role));
  if (others.length === 0) return false;
  item.triedRoles.push(item.role);
  item.role = kind;
  item.allocation = 'open';
  return true;
}

/** Takes the next subtask off its queue, with its role decided. Cost of a round: kinds × roles. */
export function takeAllocated(state: RunState, book: AllocationBook): SubtaskState | undefined {
  for (let round = 0; round < book.strategy.maxRounds; round++) {
    for (const { item, queue, offer } of listStartable(state).toSorted((a, b) => (goesFirst(a.item, b.item) ? -1 : 1))) {
      if (offer !== null) {
        const { decision, record } = offerWork(book, offer);
        if (decision.kind === 'waits') continue;
        item.role = decision.role;
        item.allocation = record;
      }
      queue.pop();
      return item;
    }
  }
  return undefined;
}

interface Startable {
  item: SubtaskState;
  /** Where it is the first. */
  queue: RoleQueue;
  /** null: its role is decided. */
  offer: Offer | null;
}

/** The first of each queue for which a slot is free. */
function listStartable(state: RunState): Startable[] {
  const startable: Startable[] = [];
  for (const queues of state.ready.decided) {
    for (const [role, queue] of queues) {
      if (queue.size === 0 || !isFree(state, role)) continue;
      const item = peekReady(queue, role);
      if (item !== undefined) startable.push({ item, queue, offer: null });
    }
  }
  for (const [kind, queue] of state.ready.open) {
    if (queue.size === 0) continue;
    const item = peekReady(queue, kind, 'open');
    if (item === undefined) continue;
    const participants = candidatesFor(state, kind).map((role) => toParticipant(state, item, role));
    if (participants.some(({ hasFailed, busy, slots }) => !hasFailed && busy < slots)) {
      startable.push({ item, queue, offer: { subtaskId: item.subtask.id, kind, participants } });
    }
  }
  return startable;
}

/** A role that the run's or its model's limit holds back counts as busy. */
function toParticipant(state: RunState, item: SubtaskState, role: string): Participant {
  const { allocation, roles, limits } = state.settings;
  const settings = roles[role];
  const estimate = allocation?.estimates[role] ?? { p: 1, cost: null };
  const hasFailed = item.triedRoles.includes(role);
  if (settings?.composite === true) {
    return { role, can: true, hasFailed, busy: 0, slots: Number.POSITIVE_INFINITY, estimate };
  }
  const slots = Math.min(settings?.concurrency ?? limits.concurrency, limits.concurrency);
  const busy = isFree(state, role) ? (state.slots.byRole.get(role) ?? 0) : slots;
  return { role, can: true, hasFailed, busy, slots, estimate };
}

/** Kinds are named by plans: nothing that objects inherit is a list of candidates. */
function candidatesFor({ settings }: RunState, kind: string): readonly string[] {
  const candidates = settings.allocation?.candidates;
  return candidates !== undefined && Object.hasOwn(candidates, kind) ? (candidates[kind] ?? []) : [];
}
