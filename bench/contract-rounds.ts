/**
 * Contract-net rounds among participants who refuse, bid late, bid twice, keep silent, fail, report twice or report work that is
 * not theirs. What each participant did is known here; the protocol sees only what it is told, and its message log is held
 * against that. A round that ends in a failure is announced again to the others.
 */
import {
  type Answer,
  awardContract,
  type CallForProposals,
  type ContractMessage,
  type ContractReport,
  listContractMessages,
} from '../src/allocate/contract-net.ts';
import type { Random } from '../src/clock.ts';

const replyByMs = 1000;
const mostParticipants = 12;

export interface ContractRounds {
  rounds: number;
  messages: number;
  /** What happened in them, so that nothing is promised of what never came up. */
  refusals: number;
  lateBids: number;
  failures: number;
  announcedAgain: number;
  /** By invariant: rounds that broke it. */
  broken: { proposalsAnswered: number; onlyValidAccepted: number; onlyAcceptedReport: number; messageCount: number };
}

/** What a participant does in one round. */
interface Behavior {
  name: string;
  does: 'propose' | 'propose-late' | 'refuse' | 'refuse-late' | 'nothing';
  price: number;
  /** null: it says nothing at the end, even when it was accepted. */
  reports: ContractReport['kind'] | null;
}

export function playContractRounds(most: number, random: Random): ContractRounds {
  const played: ContractRounds = {
    rounds: 0,
    messages: 0,
    refusals: 0,
    lateBids: 0,
    failures: 0,
    announcedAgain: 0,
    broken: { proposalsAnswered: 0, onlyValidAccepted: 0, onlyAcceptedReport: 0, messageCount: 0 },
  };
  for (let task = 0; played.rounds < most; task++) {
    let names = Array.from({ length: below(random, mostParticipants + 1) }, (_, at) => `p${at}`);
    for (let failed = new Set(['nobody']); failed.size > 0 && played.rounds < most; ) {
      const round = playRound(`task-${task}`, names, random);
      count(played, round);
      failed = new Set(reporting(round.log, 'failure'));
      names = names.filter((name) => !failed.has(name));
      if (failed.size > 0) played.announcedAgain += 1;
    }
  }
  return played;
}

interface PlayedRound {
  call: CallForProposals;
  behaviors: Behavior[];
  log: ContractMessage[];
}

function playRound(subtaskId: string, participants: string[], random: Random): PlayedRound {
  const call: CallForProposals = { subtaskId, participants, replyByMs, awards: below(random, 4) };
  const behaviors = participants.map((name) => drawBehavior(name, random));
  const answers = [...behaviors.flatMap((behavior) => answersOf(behavior, random)), ...strangersAnswers(random)];
  const award = awardContract(call, shuffle(answers, random));
  const reports = behaviors.flatMap(({ name, reports: kind }): ContractReport[] => {
    // Some report work they were never given, some report twice.
    if (kind === null || (!award.accepted.includes(name) && random.next() < 0.7)) return [];
    return random.next() < 0.2
      ? [
          { from: name, kind },
          { from: name, kind: 'inform-done' },
        ]
      : [{ from: name, kind }];
  });
  if (random.next() < 0.1) reports.push({ from: 'stranger', kind: 'inform-done' });
  return { call, behaviors, log: listContractMessages(award, reports) };
}

function drawBehavior(name: string, random: Random): Behavior {
  const kinds: Behavior['does'][] = ['propose', 'propose', 'propose', 'propose-late', 'refuse', 'refuse-late', 'nothing'];
  const ends: Behavior['reports'][] = ['inform-done', 'inform-result', 'failure', null];
  // Whole numbers, so that prices are often equal; now and then one that is no number.
  const price = random.next() < 0.02 ? Number.NaN : below(random, 20);
  return { name, does: drawOne(kinds, random), price, reports: drawOne(ends, random) };
}

/** A second answer contradicts the first and comes behind it. */
function answersOf({ name, does, price }: Behavior, random: Random): Answer[] {
  if (does === 'nothing') return [];
  const isLate = does.endsWith('late');
  const atMs = isLate ? replyByMs + 1 + below(random, 1000) : below(random, replyByMs + 1);
  const from = name;
  const first: Answer = does.startsWith('propose') ? { from, atMs, kind: 'propose', price } : { from, atMs, kind: 'refuse' };
  if (random.next() >= 0.15) return [first];
  const again = atMs + 1 + below(random, 500);
  return [
    first,
    first.kind === 'propose' ? { from, atMs: again, kind: 'refuse' } : { from, atMs: again, kind: 'propose', price: 0 },
  ];
}

function strangersAnswers(random: Random): Answer[] {
  return random.next() < 0.1 ? [{ from: 'stranger', atMs: 0, kind: 'propose', price: -1 }] : [];
}

function count(played: ContractRounds, { call, behaviors, log }: PlayedRound): void {
  const did = (...what: Behavior['does'][]) => behaviors.filter(({ does }) => what.includes(does));
  const named = (performative: ContractMessage['performative']) =>
    log.filter((message) => message.performative === performative).map(({ participant }) => participant);
  const accepted = named('accept-proposal');
  const reported = [...reporting(log, 'failure'), ...reporting(log, 'inform-done'), ...reporting(log, 'inform-result')];
  const proposals = did('propose', 'propose-late');
  const inTime = did('propose').map(({ name }) => name);

  played.rounds += 1;
  played.messages += log.length;
  played.refusals += did('refuse', 'refuse-late').length;
  played.lateBids += did('propose-late').length;
  played.failures += reporting(log, 'failure').length;

  if (accepted.length + named('reject-proposal').length !== proposals.length) played.broken.proposalsAnswered += 1;
  if (
    new Set(accepted).size !== Math.min(call.awards ?? 1, inTime.length) ||
    !accepted.every((name) => inTime.includes(name)) ||
    !areCheapest(accepted, did('propose'))
  ) {
    played.broken.onlyValidAccepted += 1;
  }
  if (new Set(reported).size !== reported.length || !reported.every((name) => accepted.includes(name))) {
    played.broken.onlyAcceptedReport += 1;
  }
  const answered = behaviors.length - did('nothing').length;
  const reports = behaviors.filter(({ name, reports: kind }) => kind !== null && accepted.includes(name)).length;
  if (log.length !== call.participants.length + answered + proposals.length + reports) played.broken.messageCount += 1;
}

function areCheapest(accepted: readonly string[], bids: readonly Behavior[]): boolean {
  const orderly = bids.map(({ name, price }) => ({ name, price: Number.isNaN(price) ? Number.POSITIVE_INFINITY : price }));
  const highest = Math.max(...orderly.filter(({ name }) => accepted.includes(name)).map(({ price }) => price));
  return orderly.every(({ name, price }) => accepted.includes(name) || price >= highest);
}

function reporting(log: readonly ContractMessage[], kind: ContractReport['kind']): string[] {
  return log.filter(({ performative }) => performative === kind).map(({ participant }) => participant);
}

/** An integer in [0, limit). */
function below(random: Random, limit: number): number {
  return Math.floor(random.next() * limit);
}

function drawOne<Item>(items: readonly Item[], random: Random): Item {
  return items[below(random, items.length)] as Item;
}

function shuffle<Item>(items: readonly Item[], random: Random): Item[] {
  return items
    .map((item) => ({ item, key: random.next() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
