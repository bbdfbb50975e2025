import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  admit,
  type CallNews,
  type CircuitSettings,
  type CircuitState,
  closedCircuit,
  defaultCircuitSettings,
  lookAt,
  report,
} from './circuit-breaker.ts';

const settings: CircuitSettings = { failures: 3, windowMs: 1000, cooldownMs: 100, maxCooldownMs: 400 };

function failAt(state: CircuitState, ...timesMs: number[]): CircuitState {
  return timesMs.reduce((next, nowMs) => report(next, { news: 'failed', probe: false, nowMs }, settings), state);
}

describe('a circuit', () => {
  test('opens after so many failures in a row, and lets one probe through when its cool-down is over', () => {
    const open = failAt(closedCircuit, 0, 1, 2);
    expect(open).toEqual({ kind: 'open', untilMs: 102, cooldownMs: 100 });
    expect(lookAt(open, 101)).toEqual({ kind: 'wait', untilMs: 102 });
    const { admission, state } = admit(open, 102);
    expect(admission).toEqual({ kind: 'admitted', probe: true });
    expect(admit(state, 103)).toEqual({ admission: { kind: 'wait', untilMs: null }, state });
    expect(report(state, { news: 'answered', probe: true, nowMs: 110 }, settings)).toBe(closedCircuit);
  });

  test('stays closed when an answer or a minute lies between the failures', () => {
    const answered = report(failAt(closedCircuit, 0, 1), { news: 'answered', probe: false, nowMs: 2 }, settings);
    expect(failAt(answered, 3, 4).kind).toBe('closed');
    expect(failAt(closedCircuit, 0, 1, 1001)).toEqual({ kind: 'closed', failedMs: [1001] });
  });

  test('waits twice as long after each failed probe, up to the longest', () => {
    let state = failAt(closedCircuit, 0, 1, 2);
    const waits: number[] = [];
    for (let round = 0; round < 4 && state.kind === 'open'; round += 1) {
      const nowMs: number = state.untilMs;
      state = report(admit(state, nowMs).state, { news: 'failed', probe: true, nowMs }, settings);
      if (state.kind === 'open') waits.push(state.untilMs - nowMs);
    }
    expect(waits).toEqual([200, 400, 400, 400]);
  });

  test('a cancelled probe makes room for the next one', () => {
    const probing = admit(failAt(closedCircuit, 0, 1, 2), 102).state;
    const after = report(probing, { news: 'unknown', probe: true, nowMs: 150 }, settings);
    expect(admit(after, 150).admission).toEqual({ kind: 'admitted', probe: true });
  });

  test('has the documented defaults', () => {
    expect(defaultCircuitSettings).toEqual({ failures: 5, windowMs: 60_000, cooldownMs: 30_000, maxCooldownMs: 300_000 });
  });
});

type Action = { kind: 'begin' } | { kind: 'end'; which: number; news: CallNews } | { kind: 'pass'; ms: number };

const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ kind: fc.constant('begin' as const) }),
  fc.record({
    kind: fc.constant('end' as const),
    which: fc.nat(20),
    news: fc.constantFrom<CallNews[]>('answered', 'failed', 'failed', 'failed', 'unknown'),
  }),
  fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(300) }),
);

/** What goes against the invariants while the actions are carried out. */
function findViolations(actions: readonly Action[]): string[] {
  const violations: string[] = [];
  const demand = (holds: boolean, invariant: string): void => {
    if (!holds) violations.push(invariant);
  };
  let state: CircuitState = closedCircuit;
  let nowMs = 0;
  let inARow: number[] = [];
  const underWay: { probe: boolean }[] = [];
  const probes = () => underWay.filter(({ probe }) => probe).length;

  const begin = (before: CircuitState): CircuitState => {
    const { admission, state: after } = admit(before, nowMs);
    if (admission.kind === 'wait') {
      demand(after === before, 'a refusal changes nothing');
      demand(admission.untilMs === null ? probes() === 1 : admission.untilMs > nowMs, 'a wait has an end or a probe');
      return after;
    }
    demand(before.kind !== 'open' || nowMs >= before.untilMs, '2: nobody before the cool-down is over');
    demand(before.kind !== 'half-open' && (!admission.probe || probes() === 0), '2: one probe at a time');
    demand(admission.probe === (before.kind !== 'closed'), '2: a probe is admitted by an open circuit only');
    underWay.push({ probe: admission.probe });
    return after;
  };
  const end = (before: CircuitState, which: number, news: CallNews): CircuitState => {
    const [call] = underWay.splice(which % Math.max(1, underWay.length), 1);
    if (call === undefined) return before;
    const after = report(before, { news, probe: call.probe, nowMs }, settings);
    if (before.kind !== 'closed') {
      if (!call.probe) demand(after === before, '4: late ends change nothing');
      else demand(after.kind === (news === 'answered' ? 'closed' : 'open'), '3: the probe decides');
    } else {
      if (news === 'answered') inARow = [];
      if (news === 'failed') inARow = [...inARow.filter((ms) => nowMs - ms < settings.windowMs), nowMs];
      demand(after.kind === (inARow.length >= settings.failures ? 'open' : 'closed'), '1: so many in a row open it');
    }
    if (after.kind !== before.kind) inARow = [];
    return after;
  };

  for (const step of actions) {
    if (step.kind === 'pass') nowMs += step.ms;
    else state = step.kind === 'begin' ? begin(state) : end(state, step.which, step.news);
    if (state.kind === 'open') demand(state.cooldownMs <= settings.maxCooldownMs, '3: the longest cool-down');
  }
  return violations;
}

test('invariants 1 to 4 hold for any calls that overlap in any way', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 200 }), (actions) => {
      expect(findViolations(actions)).toEqual([]);
    }),
    { numRuns: 1000 },
  );
});
