/** Random rounds: test/allocation-figures.test.ts. */
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../random.ts';
import type { AllocationMemory, Participant } from './allocation-strategy.ts';
import { type Answer, awardContract, type CallForProposals, listContractMessages } from './contract-net.ts';
import { contractNet, priceOf } from './contract-net-strategy.ts';

const call: CallForProposals = { subtaskId: 's', participants: ['a', 'b', 'c', 'd', 'e'], replyByMs: 100 };
const bid = (from: string, price: number, atMs = 10): Answer => ({ from, atMs, kind: 'propose', price });

const idleRole = (role: string, over: Partial<Participant> = {}): Participant => ({
  role,
  can: true,
  hasFailed: false,
  busy: 0,
  slots: 4,
  estimate: { p: 0.9, cost: 1 },
  ...over,
});
const memoryOf = (taken: [string, number][] = []): AllocationMemory => ({
  taken: new Map(taken),
  refused: new Map(),
  thresholds: new Map(),
});
const winner = (participants: Participant[], memory = memoryOf()) => {
  const decision = contractNet.allocate({ subtaskId: 's', kind: 'a', participants }, memory, seededRandom(1));
  return decision.kind === 'given' ? decision.role : decision.reason;
};

describe('one round', () => {
  const answers: Answer[] = [bid('a', 3), bid('b', 2, 100), bid('c', 1, 101), { from: 'd', atMs: 5, kind: 'refuse' }];

  test('the cheapest bid in time wins; an answer at the deadline is in time', () => {
    expect(awardContract(call, answers)).toEqual({
      call,
      accepted: ['b'],
      outbid: ['a'],
      late: ['c'],
      refused: ['d'],
      silent: ['e'],
    });
  });

  test('its messages, in their order: 5 calls + 4 answers + 3 proposals answered + 1 report', () => {
    const log = listContractMessages(awardContract(call, answers), [
      { from: 'a', kind: 'inform-done' },
      { from: 'b', kind: 'failure' },
      { from: 'b', kind: 'inform-result' },
    ]);
    expect(log.map(({ performative, participant }) => `${performative} ${participant}`)).toEqual([
      'cfp a',
      'cfp b',
      'cfp c',
      'cfp d',
      'cfp e',
      'refuse d',
      'propose b',
      'propose a',
      'propose c',
      'accept-proposal b',
      'reject-proposal a',
      'reject-proposal c',
      'failure b',
    ]);
  });

  test('with all bidding and one award there are 3m + 1 messages', () => {
    const bids = call.participants.map((from, at) => bid(from, at));
    expect(listContractMessages(awardContract(call, bids), [{ from: 'a', kind: 'inform-done' }])).toHaveLength(16);
  });

  test('the first answer of each counts, strangers and second answers do not', () => {
    const award = awardContract(call, [bid('a', 1, 50), { from: 'a', atMs: 20, kind: 'refuse' }, bid('x', 0), bid('b', 9)]);
    expect(award).toMatchObject({ accepted: ['b'], refused: ['a'], silent: ['c', 'd', 'e'] });
  });

  test('equal prices go to the one who stands first; what is no number loses', () => {
    expect(awardContract({ ...call, awards: 3 }, [bid('e', Number.NaN), bid('d', 1), bid('c', 1), bid('b', 5)])).toMatchObject({
      accepted: ['c', 'd', 'b'],
      outbid: ['e'],
    });
  });

  test('nobody called', () => {
    const award = awardContract({ ...call, participants: [] }, [bid('a', 1)]);
    expect(listContractMessages(award, [{ from: 'a', kind: 'inform-done' }])).toEqual([]);
  });
});

describe('the strategy', () => {
  test('the price is cost ÷ p · (1 + load)', () => {
    expect(priceOf({ p: 0.5, cost: 3 }, { busy: 1, slots: 4 })).toBe(7.5);
    expect(priceOf({ p: 0.5, cost: null }, { busy: 0, slots: 1 })).toBe(2);
    expect(priceOf({ p: 0.5, cost: 3 }, { busy: 7, slots: Number.POSITIVE_INFINITY })).toBe(6);
    expect(priceOf({ p: 0, cost: 1 }, { busy: 0, slots: 1 })).toBe(100);
  });

  test('success, cost and load each decide when the others are equal', () => {
    expect(winner([idleRole('a'), idleRole('b', { estimate: { p: 0.95, cost: 1 } })])).toBe('b');
    expect(winner([idleRole('a'), idleRole('b', { estimate: { p: 0.9, cost: 0.9 } })])).toBe('b');
    expect(winner([idleRole('a', { busy: 1 }), idleRole('b')])).toBe('b');
    expect(winner([idleRole('a'), idleRole('b')], memoryOf([['a', 2]]))).toBe('b');
    expect(winner([idleRole('a'), idleRole('b')])).toBe('a');
  });

  test('each call again that nobody answers in time waits twice as long', () => {
    const slow = [idleRole('a', { answerMs: 3000 })];
    expect(winner(slow)).toBe('nobody-took-it');
    const later = { ...memoryOf(), refused: new Map([['a', { rounds: 2, messages: {} }]]) };
    expect(winner(slow, later)).toBe('a');
  });
});
