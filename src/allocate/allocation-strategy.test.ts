/** What every strategy has to do. Numbers cite the invariants of allocation-strategy.ts. */
import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../random.ts';
import { type AllocationBook, findStrategy, offerWork, openBook } from './allocation-book.ts';
import {
  type AllocationDecision,
  type AllocationName,
  type AllocationStrategy,
  allocationNames,
  type MessageCounts,
  type Offer,
  type Participant,
} from './allocation-strategy.ts';

interface BoardRole {
  name: string;
  slots: number;
  p: number;
  cost: number | null;
  answerMs: number;
  /** Kinds of work. */
  can: string[];
}

interface BoardSubtask {
  id: string;
  kind: string;
  /** Rounds that an attempt lasts. */
  rounds: number;
  failedBy: string[];
  state: 'waiting' | 'running' | 'done';
}

interface Given {
  round: number;
  subtaskId: string;
  role: string;
}

/** Rounds of offers, each lasting 1; an attempt fails with probability `failing`. */
class Board {
  readonly given: Given[] = [];
  readonly decisions: { offer: Offer; decision: AllocationDecision }[] = [];
  readonly busy = new Map<string, number>();
  readonly #running: { subtask: BoardSubtask; role: string; until: number }[] = [];
  readonly #book: AllocationBook;
  readonly #roles: readonly BoardRole[];
  readonly #subtasks: readonly BoardSubtask[];
  readonly #fails: () => boolean;

  constructor(
    strategy: AllocationStrategy,
    { roles, subtasks, seed, failing = 0 }: { roles: BoardRole[]; subtasks: BoardSubtask[]; seed: number; failing?: number },
  ) {
    this.#book = openBook(strategy, seed);
    this.#roles = roles;
    this.#subtasks = subtasks.map((subtask) => ({ ...subtask, failedBy: [...subtask.failedBy] }));
    const chance = seededRandom(seed + 1);
    this.#fails = () => chance.next() < failing;
  }

  offerOf(subtask: BoardSubtask): Offer {
    const participants = this.#roles.map((role): Participant => {
      const { name, slots, p, cost, answerMs, can } = role;
      const busy = this.busy.get(name) ?? 0;
      const hasFailed = subtask.failedBy.includes(name);
      return { role: name, can: can.includes(subtask.kind), hasFailed, busy, slots, estimate: { p, cost }, answerMs };
    });
    const planned = participants.filter(({ role }) => role === subtask.kind);
    return {
      subtaskId: subtask.id,
      kind: subtask.kind,
      participants: [...planned, ...participants.filter((one) => !planned.includes(one))],
    };
  }

  /** Until all is done, or for so many rounds. */
  play(mostRounds: number): { unfinished: BoardSubtask[] } {
    let open = this.#subtasks.filter(({ state }) => state !== 'done');
    for (let round = 0; round < mostRounds && open.length > 0; round++) {
      this.#end(round);
      for (const subtask of open) if (subtask.state === 'waiting') this.#offer(subtask, round);
      open = open.filter(({ state }) => state !== 'done');
    }
    return { unfinished: open };
  }

  #offer(subtask: BoardSubtask, round: number): void {
    const offer = this.offerOf(subtask);
    const { decision } = offerWork(this.#book, offer);
    this.decisions.push({ offer, decision });
    if (decision.kind === 'waits') return;
    subtask.state = 'running';
    this.busy.set(decision.role, (this.busy.get(decision.role) ?? 0) + 1);
    this.given.push({ round, subtaskId: subtask.id, role: decision.role });
    this.#running.push({ subtask, role: decision.role, until: round + subtask.rounds });
  }

  #end(round: number): void {
    for (const one of this.#running.splice(0)) {
      if (one.until > round) {
        this.#running.push(one);
        continue;
      }
      this.busy.set(one.role, (this.busy.get(one.role) ?? 0) - 1);
      if (this.#fails()) {
        one.subtask.failedBy.push(one.role);
        one.subtask.state = 'waiting';
      } else one.subtask.state = 'done';
    }
  }
}

const kinds = ['a', 'b', 'c'];

const roleArbitrary = fc.record({
  slots: fc.integer({ min: 0, max: 3 }),
  p: fc.double({ min: 0, max: 1, noNaN: true }),
  cost: fc.option(fc.double({ min: 0, max: 5, noNaN: true })),
  answerMs: fc.constantFrom(0, 0, 500, 1000, 1001, 9000),
  can: fc.subarray(kinds),
});

const boardArbitrary = fc.record({
  roles: fc.array(roleArbitrary, { maxLength: 6 }).map((roles) =>
    roles.map((role, at): BoardRole => {
      const name = kinds[at] ?? `r${at}`;
      return { ...role, name, can: kinds.includes(name) ? [...new Set([...role.can, name])] : role.can };
    }),
  ),
  subtasks: fc
    .array(fc.record({ kind: fc.constantFrom(...kinds), rounds: fc.integer({ min: 1, max: 4 }) }), { maxLength: 30 })
    .map((rows) => rows.map((row, at): BoardSubtask => ({ ...row, id: `s${at}`, failedBy: [], state: 'waiting' }))),
  seed: fc.integer(),
  failing: fc.constantFrom(0, 0.3),
});

const roleOf = (name: string, over: Partial<BoardRole> = {}): BoardRole => ({
  name,
  slots: 1,
  p: 0.9,
  cost: null,
  answerMs: 0,
  can: ['a'],
  ...over,
});
const work = (count: number, kind = 'a'): BoardSubtask[] =>
  Array.from({ length: count }, (_, at) => ({ id: `s${at}`, kind, rounds: 1, failedBy: [], state: 'waiting' }));

describe.each(allocationNames)('%s', (name) => {
  const strategy = findStrategy(name);

  test('1: only to a role that can, has not failed it and has a slot; else it waits, with the reason', () => {
    fc.assert(
      fc.property(boardArbitrary, (set) => {
        const board = new Board(strategy, set);
        board.play(60);
        const wrong = board.decisions.filter(({ offer, decision }) => {
          const { able, free, reason } = look(offer, name);
          if (decision.kind === 'given') return !free.includes(decision.role);
          return decision.reason !== reason || (reason === 'nobody-took-it' && able.length === 0);
        });
        expect(wrong).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  test('no subtask has two roles at a time, and no role more than its slots', () => {
    fc.assert(
      fc.property(boardArbitrary, (set) => {
        const board = new Board(strategy, set);
        board.play(60);
        const rounds = new Map(set.subtasks.map((subtask) => [subtask.id, subtask.rounds]));
        for (const { round, role, subtaskId } of board.given) {
          const underWay = board.given.filter(
            (other) => other.round <= round && round < other.round + (rounds.get(other.subtaskId) ?? 0),
          );
          expect(underWay.filter((other) => other.subtaskId === subtaskId)).toHaveLength(1);
          const slots = set.roles.find((one) => one.name === role)?.slots ?? 0;
          expect(underWay.filter((other) => other.role === role).length).toBeLessThanOrEqual(slots);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('2: the same seed gives the same allocation, and deciding changes nothing', () => {
    fc.assert(
      fc.property(boardArbitrary, (set) => {
        const play = () => {
          const board = new Board(strategy, set);
          board.play(40);
          return board.given;
        };
        expect(play()).toEqual(play());
      }),
      { numRuns: 50 },
    );
    const book = openBook(strategy, 1);
    const board = new Board(strategy, { roles: [roleOf('a'), roleOf('b')], subtasks: [], seed: 1 });
    for (const subtask of work(20)) {
      const offer = deepFreeze(board.offerOf(subtask));
      const before = structuredClone(book.memory);
      strategy.allocate(offer, book.memory, seededRandom(1));
      expect(book.memory).toEqual(before);
      offerWork(book, offer);
    }
  });

  test('3: nothing starves: offered again while a role is free, it is given within the strategy’s bound', () => {
    fc.assert(
      fc.property(
        fc.array(roleArbitrary, { minLength: 1, maxLength: 5 }),
        fc.integer(),
        fc.boolean(),
        (rows, seed, isUnlucky) => {
          const roles = rows.map((row, at) => roleOf(`r${at}`, { ...row, slots: Math.max(1, row.slots), can: ['a'] }));
          const fair = openBook(strategy, seed);
          const book = isUnlucky ? { ...fair, random: { next: () => 1 - 2 ** -32 } } : fair;
          const [subtask] = work(1);
          if (subtask === undefined) return;
          const offer = new Board(strategy, { roles, subtasks: [], seed }).offerOf(subtask);
          let round = 1;
          while (offerWork(book, offer).decision.kind === 'waits' && round < 1000) round += 1;
          expect(round).toBeLessThanOrEqual(strategy.maxRounds);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('all work that some role can do gets done, with failures, when every role can do every kind', () => {
    const can = kinds;
    const roles = kinds.map((kind) => roleOf(kind, { can, slots: 2 }));
    const subtasks = kinds.flatMap((kind) => work(20, kind).map((one) => ({ ...one, id: `${kind}${one.id}` })));
    expect(new Board(strategy, { roles, subtasks, seed: 3 }).play(4000).unfinished).toEqual([]);
    const failing = new Board(strategy, { roles, subtasks, seed: 3, failing: 0.3 });
    const { unfinished } = failing.play(4000);
    for (const one of unfinished) expect(one.failedBy.toSorted()).toEqual(kinds);
    expect(unfinished.length).toBeLessThan(subtasks.length * 0.15);
  });

  test('after a failure another role gets it, and nobody when all have failed', () => {
    const roles = ['a', 'b', 'c'].map((role) => roleOf(role));
    const book = openBook(strategy, 5);
    const board = new Board(strategy, { roles, subtasks: [], seed: 5 });
    const failedBy: string[] = [];
    for (let attempt = 0; attempt < roles.length; attempt++) {
      const offer = board.offerOf({ id: 's', kind: 'a', rounds: 1, failedBy, state: 'waiting' });
      let { decision } = offerWork(book, offer);
      for (let round = 1; decision.kind === 'waits' && round < strategy.maxRounds; round++)
        ({ decision } = offerWork(book, offer));
      expect(decision.kind).toBe('given');
      if (decision.kind === 'given') failedBy.push(decision.role);
    }
    expect(failedBy.toSorted()).toEqual(['a', 'b', 'c']);
    const last = board.offerOf({ id: 's', kind: 'a', rounds: 1, failedBy, state: 'waiting' });
    expect(offerWork(book, last).decision).toEqual({ kind: 'waits', reason: 'nobody-can', messages: {} });
  });

  test('no roles, one role, a role without slots', () => {
    const [subtask] = work(1);
    if (subtask === undefined) return;
    const first = (roles: BoardRole[]) => {
      const board = new Board(strategy, { roles, subtasks: [subtask], seed: 1 });
      board.play(1 + strategy.maxRounds);
      return board.decisions.at(-1)?.decision;
    };
    expect(first([])).toEqual({ kind: 'waits', reason: 'nobody-can', messages: {} });
    expect(first([roleOf('a', { can: [] })])).toEqual({ kind: 'waits', reason: 'nobody-can', messages: {} });
    expect(first([roleOf('a', { slots: 0 })])).toEqual({ kind: 'waits', reason: 'all-busy', messages: {} });
    expect(first([roleOf('a')])).toMatchObject({ kind: 'given', role: 'a' });
    expect(first([roleOf('a', { slots: Number.POSITIVE_INFINITY })])).toMatchObject({ kind: 'given', role: 'a' });
  });

  test('10,000 subtasks', () => {
    const roles = Array.from({ length: 4 }, (_, at) => roleOf(at === 0 ? 'a' : `r${at}`, { slots: 1000 }));
    const board = new Board(strategy, { roles, subtasks: work(10_000), seed: 1 });
    expect(board.play(20_000).unfinished).toEqual([]);
    expect(board.given).toHaveLength(10_000);
    expect(new Set(board.given.map(({ subtaskId }) => subtaskId)).size).toBe(10_000);
  });

  test('messages are counted', () => {
    fc.assert(
      fc.property(boardArbitrary, (set) => {
        const board = new Board(strategy, set);
        board.play(30);
        const miscounted = board.decisions.filter(
          ({ offer, decision }) => !isDeepStrictEqual(decision.messages, messagesOf(offer, decision, name)),
        );
        expect(miscounted).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });
});

/** What can be said of an offer without asking the strategy. */
function look({ participants }: Offer, name: AllocationName) {
  const able = participants.filter(({ can, hasFailed }) => can && !hasFailed);
  const free = able.filter(({ busy, slots }) => busy < slots).map(({ role }) => role);
  const [planned] = able;
  const isBusy = free.length === 0 || (name === 'assigned' && planned !== undefined && planned.busy >= planned.slots);
  return { able, free, reason: able.length === 0 ? 'nobody-can' : isBusy ? 'all-busy' : 'nobody-took-it' };
}

/** By the protocol: late proposals are those that answer after a second, doubled each round before. */
function messagesOf(offer: Offer, decision: AllocationDecision, name: AllocationName): MessageCounts {
  const { able, free } = look(offer, name);
  const isGiven = decision.kind === 'given';
  if (name !== 'contract-net') return isGiven ? { [name.endsWith('threshold') ? 'claim' : 'order']: 1 } : {};
  if (free.length === 0) return {};
  const accept = isGiven ? 1 : 0;
  return {
    cfp: able.length,
    propose: free.length,
    refuse: able.length - free.length,
    accept,
    reject: free.length - accept,
  };
}

function deepFreeze<Value extends object>(value: Value): Value {
  for (const inner of Object.values(value) as unknown[]) if (typeof inner === 'object' && inner !== null) deepFreeze(inner);
  return Object.freeze(value);
}
