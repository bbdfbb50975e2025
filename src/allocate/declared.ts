/** The planner's choice stands; and, by declared capability, whoever else could do it when that role has no slot. */
import { type AllocationStrategy, sortOut, waitFor } from './allocation-strategy.ts';

/** The role that the plan names, and no other while that one has not failed. */
export const assigned: AllocationStrategy = {
  name: 'assigned',
  maxRounds: 1,
  allocate({ participants }) {
    const { able } = sortOut(participants);
    const [first] = able;
    if (first === undefined || first.busy >= first.slots) return waitFor(able);
    return { kind: 'given', role: first.role, messages: { order: 1 }, considered: [{ role: first.role, answer: 'taken' }] };
  },
};

/** The closest match with a free slot: the planned role, then whoever declares least beyond what the work needs. */
export const byCapability: AllocationStrategy = {
  name: 'capability',
  maxRounds: 1,
  allocate({ participants }) {
    const { able, free } = sortOut(participants);
    const [first] = free;
    if (first === undefined) return waitFor(able);
    return { kind: 'given', role: first.role, messages: { order: 1 }, considered: [{ role: first.role, answer: 'taken' }] };
  },
};
