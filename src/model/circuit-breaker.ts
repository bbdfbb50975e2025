/**
 * Whether a model is worth asking, from how its latest calls went. Pure: time is handed in, nothing waits.
 *
 * Invariants
 * 1. A circuit opens only after `failures` failures in a row, all within `windowMs`; any answer in between starts the count anew.
 * 2. While it is open no call is admitted before its cool-down is over; after it one call at a time, the probe.
 * 3. Only the probe decides an open circuit: an answer closes it, a failure opens it for twice as long (at most `maxCooldownMs`),
 *    a probe that ends without telling anything (cancelled) lets the next call be the probe.
 * 4. The ends of calls that began before the circuit opened change nothing.
 */

export interface CircuitSettings {
  /** Failures in a row that open the circuit. Default 5. */
  failures: number;
  /** Within which they have to fall. Default one minute. */
  windowMs: number;
  /** The first cool-down. Default 30 s. */
  cooldownMs: number;
  /** The longest. Default 5 min. */
  maxCooldownMs: number;
}

export const defaultCircuitSettings: Readonly<CircuitSettings> = {
  failures: 5,
  windowMs: 60_000,
  cooldownMs: 30_000,
  maxCooldownMs: 300_000,
};

export type CircuitState =
  | { kind: 'closed'; failedMs: readonly number[] }
  | { kind: 'open'; untilMs: number; cooldownMs: number }
  | { kind: 'half-open'; cooldownMs: number };

/** `wait`: ask again at `untilMs`; null while a probe is under way, whose end nobody knows. */
export type Admission = { kind: 'admitted'; probe: boolean } | { kind: 'wait'; untilMs: number | null };

/** `answered`: the provider said something, if only no. `failed`: it could not be reached, broke off or hung. `unknown`: the call was cancelled. */
export type CallNews = 'answered' | 'failed' | 'unknown';

export const closedCircuit: CircuitState = { kind: 'closed', failedMs: [] };

/** What `admit` would say, without taking the probe. */
export function lookAt(state: CircuitState, nowMs: number): Admission {
  switch (state.kind) {
    case 'closed':
      return { kind: 'admitted', probe: false };
    case 'open':
      return nowMs >= state.untilMs ? { kind: 'admitted', probe: true } : { kind: 'wait', untilMs: state.untilMs };
    case 'half-open':
      return { kind: 'wait', untilMs: null };
  }
}

/** Admits a call, which then has to be reported once, with the `probe` that it was given. */
export function admit(state: CircuitState, nowMs: number): { admission: Admission; state: CircuitState } {
  const admission = lookAt(state, nowMs);
  const probing = state.kind === 'open' && admission.kind === 'admitted';
  return { admission, state: probing ? { kind: 'half-open', cooldownMs: state.cooldownMs } : state };
}

export function report(
  state: CircuitState,
  call: { news: CallNews; probe: boolean; nowMs: number },
  settings: CircuitSettings = defaultCircuitSettings,
): CircuitState {
  const { news, probe, nowMs } = call;
  if (state.kind === 'closed') {
    if (news === 'unknown') return state;
    if (news === 'answered') return closedCircuit;
    const failedMs = [...state.failedMs.filter((ms) => nowMs - ms < settings.windowMs), nowMs];
    if (failedMs.length < settings.failures) return { kind: 'closed', failedMs };
    return { kind: 'open', untilMs: nowMs + settings.cooldownMs, cooldownMs: settings.cooldownMs };
  }
  if (state.kind === 'open' || !probe) return state;
  switch (news) {
    case 'answered':
      return closedCircuit;
    case 'unknown':
      return { kind: 'open', untilMs: nowMs, cooldownMs: state.cooldownMs };
    case 'failed': {
      const cooldownMs = Math.min(state.cooldownMs * 2, settings.maxCooldownMs);
      return { kind: 'open', untilMs: nowMs + cooldownMs, cooldownMs };
    }
  }
}
