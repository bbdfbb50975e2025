/**
 * Subtasks by contract net. Whoever can do the work is called; who has no slot refuses; the others bid the expected cost
 * of an accepted result, no model asked:
 *
 *     price = cost ÷ p · (1 + busy ÷ slots)
 *
 * With independent attempts 1 ÷ p of them are expected until one is accepted, so an idle role may cost up to twice as much as
 * before one whose slots are nearly all taken is called instead. Unknown costs count 1. Equal prices go to whoever was given least.
 */
import {
  type AllocationMemory,
  type AllocationStrategy,
  type BidEstimate,
  type Consideration,
  type Participant,
  sortOut,
  waitFor,
} from './allocation-strategy.ts';
import { type Answer, type Award, awardContract, type CallForProposals } from './contract-net.ts';

/** Of a first call; each call again that nobody answers in time waits twice as long. */
const replyByMs = 1000;
/** Below this a bid says only that it is hopeless. */
const leastP = 0.01;

export const contractNet: AllocationStrategy = {
  name: 'contract-net',
  /** The last deadline is 32,768 s: who answers later than that is not bound to get anything. */
  maxRounds: 16,
  allocate({ subtaskId, kind, participants }, memory) {
    const { able, free } = sortOut(participants);
    if (free.length === 0) return waitFor(able);
    const call: CallForProposals = {
      subtaskId,
      participants: byWorkTaken(able, memory),
      replyByMs: replyByMs * 2 ** (memory.refused.get(kind)?.rounds ?? 0),
    };
    const answers = able.map(answerCall);
    const award = awardContract(call, answers);
    const messages = countMessages(award);
    const [winner] = award.accepted;
    if (winner === undefined) return { kind: 'waits', reason: 'nobody-took-it', messages };
    return { kind: 'given', role: winner, messages, considered: describeAward(award, answers) };
  },
};

export function priceOf({ p, cost }: BidEstimate, { busy, slots }: { busy: number; slots: number }): number {
  return ((cost ?? 1) / Math.max(leastP, p)) * (1 + busy / slots);
}

function answerCall(participant: Participant): Answer {
  const { role, busy, slots, estimate, answerMs = 0 } = participant;
  if (busy >= slots) return { from: role, atMs: answerMs, kind: 'refuse' };
  return { from: role, atMs: answerMs, kind: 'propose', price: priceOf(estimate, participant) };
}

function byWorkTaken(participants: readonly Participant[], { taken }: AllocationMemory): string[] {
  return participants.map(({ role }) => role).toSorted((a, b) => (taken.get(a) ?? 0) - (taken.get(b) ?? 0));
}

function countMessages({ call, accepted, outbid, late, refused }: Award) {
  return {
    cfp: call.participants.length,
    propose: accepted.length + outbid.length + late.length,
    refuse: refused.length,
    accept: accepted.length,
    reject: outbid.length + late.length,
  };
}

function describeAward({ accepted, outbid, late, refused, silent }: Award, answers: readonly Answer[]): Consideration[] {
  const prices = new Map(answers.map((answer) => [answer.from, answer.kind === 'propose' ? answer.price : undefined]));
  const describe = (roles: readonly string[], answer: Consideration['answer']): Consideration[] =>
    roles.map((role) => {
      const price = prices.get(role);
      return { role, answer, ...(price === undefined ? {} : { price }) };
    });
  return [
    ...describe(accepted, 'taken'),
    ...describe(outbid, 'outbid'),
    ...describe(late, 'late'),
    ...describe(refused, 'refused'),
    ...describe(silent, 'silent'),
  ];
}
