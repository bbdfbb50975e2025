/**
 * One round of the contract net: FIPA's Contract Net Interaction Protocol (SC00029H, 2002), after R. G. Smith (1980).
 *
 * Invariants
 * 1. accepts + rejects = proposals.
 * 2. Nobody that refused, was late or was not called is accepted.
 * 3. Only an accepted participant reports, and once.
 * 4. Messages: m calls + n answers + an accept or a reject for each of j proposals + l reports.
 */

export interface CallForProposals {
  subtaskId: string;
  /** m of them, each once. Equal prices go to the earlier one. */
  participants: readonly string[];
  /** After the call. An answer at this very time is in time. */
  replyByMs: number;
  /** How many may win. Default 1. */
  awards?: number;
}

/** `price`: the lower the better; what is not a number loses against every number. */
export type Answer = { from: string; atMs: number } & ({ kind: 'propose'; price: number } | { kind: 'refuse' });

export interface Award {
  call: CallForProposals;
  /** By price. */
  accepted: string[];
  /** Proposals that came in time and were not chosen. */
  outbid: string[];
  /** Proposals after the deadline: rejected. */
  late: string[];
  refused: string[];
  /** No answer. */
  silent: string[];
}

/** How an accepted participant ends. */
export interface ContractReport {
  from: string;
  kind: 'failure' | 'inform-done' | 'inform-result';
}

export interface ContractMessage {
  performative: 'cfp' | 'propose' | 'refuse' | 'accept-proposal' | 'reject-proposal' | ContractReport['kind'];
  /** The other side is the initiator. */
  participant: string;
}

/** Each participant's first answer counts; answers of strangers and second answers are dropped. */
export function awardContract(call: CallForProposals, answers: readonly Answer[]): Award {
  const places = new Map(call.participants.map((participant, place) => [participant, place]));
  const first = new Map<string, Answer>();
  for (const answer of answers.toSorted((a, b) => a.atMs - b.atMs)) {
    if (places.has(answer.from) && !first.has(answer.from)) first.set(answer.from, answer);
  }
  const award: Award = { call, accepted: [], outbid: [], late: [], refused: [], silent: [] };
  const bids: { from: string; price: number }[] = [];
  for (const participant of places.keys()) {
    const answer = first.get(participant);
    if (answer === undefined) award.silent.push(participant);
    else if (answer.kind === 'refuse') award.refused.push(participant);
    else if (answer.atMs > call.replyByMs) award.late.push(participant);
    else bids.push({ from: participant, price: Number.isNaN(answer.price) ? Number.POSITIVE_INFINITY : answer.price });
  }
  // Infinity − Infinity is no order.
  bids.sort((a, b) => (a.price === b.price ? 0 : a.price < b.price ? -1 : 1));
  const { awards = 1 } = call;
  award.accepted = bids.slice(0, awards).map(({ from }) => from);
  award.outbid = bids.slice(awards).map(({ from }) => from);
  return award;
}

/** Every message of the round in its order. Reports of others than the accepted, and second ones, are dropped. */
export function listContractMessages(award: Award, reports: readonly ContractReport[]): ContractMessage[] {
  const { call, accepted, outbid, late, refused } = award;
  const say = (performative: ContractMessage['performative'], participants: readonly string[]): ContractMessage[] =>
    participants.map((participant) => ({ performative, participant }));
  const open = new Set(accepted);
  return [
    ...say('cfp', [...new Set(call.participants)]),
    ...say('refuse', refused),
    ...say('propose', [...accepted, ...outbid, ...late]),
    ...say('accept-proposal', accepted),
    ...say('reject-proposal', [...outbid, ...late]),
    ...reports.filter(({ from }) => open.delete(from)).map(({ kind, from }) => ({ performative: kind, participant: from })),
  ];
}
