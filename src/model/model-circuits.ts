/**
 * The circuits of all models that this process asks, shared by its runs. A model that a program hands over as an object has one
 * for each object: its spec says nothing about who answers.
 */
import type { LanguageModelV4 } from '@ai-sdk/provider';
import {
  type Admission,
  admit,
  type CallNews,
  type CircuitSettings,
  type CircuitState,
  closedCircuit,
  defaultCircuitSettings,
  lookAt,
  report,
} from './circuit-breaker.ts';
import type { Model, ModelSpec } from './model.ts';

/** One model's circuit as a person or a metric sees it. */
export interface CircuitView {
  model: ModelSpec;
  state: CircuitState['kind'];
  /** Failures in a row that count; 0 unless it is closed. */
  failures: number;
  /** When an open circuit lets a probe through, ms since the epoch; null unless it is open. */
  untilMs: number | null;
  /** What the latest failure said; null when there was none since it was last closed. */
  lastError: string | null;
}

export interface ModelCircuits {
  /** What `admit` would say, without taking the probe. */
  lookAt(model: Model, nowMs: number): Admission;
  /** Every admitted call is to be reported once. */
  admit(model: Model, nowMs: number): Admission;
  /** @returns until when the circuit is open now, when this report opened it. */
  report(model: Model, call: { news: CallNews; probe: boolean; nowMs: number; error?: string }): number | undefined;
  view(model: Model): CircuitView;
  /** Every model with a spec of its own that was asked so far, in order of first asking; not those handed over as objects. */
  list(): CircuitView[];
}

interface Circuit {
  model: ModelSpec;
  state: CircuitState;
  lastError: string | null;
}

export function createModelCircuits(settings: Partial<CircuitSettings> = {}): ModelCircuits {
  const chosen = { ...defaultCircuitSettings, ...settings };
  const bySpec = new Map<ModelSpec, Circuit>();
  // Objects come and go with their runs.
  const byObject = new WeakMap<LanguageModelV4, Circuit>();
  const find = (model: Model): Circuit =>
    (isObject(model) ? byObject.get(model.languageModel) : bySpec.get(model.spec)) ?? {
      model: model.spec,
      state: closedCircuit,
      lastError: null,
    };
  const keep = (model: Model, circuit: Circuit): void => {
    if (isObject(model)) byObject.set(model.languageModel, circuit);
    else bySpec.set(model.spec, circuit);
  };
  return {
    lookAt: (model, nowMs) => lookAt(find(model).state, nowMs),
    admit: (model, nowMs) => {
      const circuit = find(model);
      const { admission, state } = admit(circuit.state, nowMs);
      keep(model, { ...circuit, state });
      return admission;
    },
    report: (model, { error, ...call }) => {
      const circuit = find(model);
      const state = report(circuit.state, call, chosen);
      const lastError = call.news === 'failed' ? (error ?? null) : state === closedCircuit ? null : circuit.lastError;
      keep(model, { ...circuit, state, lastError });
      const opened = call.news === 'failed' && state.kind === 'open' && circuit.state.kind !== 'open';
      return opened ? state.untilMs : undefined;
    },
    view: (model) => show(find(model)),
    list: () => [...bySpec.values()].map(show),
  };
}

/** Those of this process. */
export const processCircuits: ModelCircuits = createModelCircuits();

function show({ model, state, lastError }: Circuit): CircuitView {
  return {
    model,
    state: state.kind,
    failures: state.kind === 'closed' ? state.failedMs.length : 0,
    untilMs: state.kind === 'open' ? state.untilMs : null,
    lastError,
  };
}

function isObject({ spec }: Model): boolean {
  return spec.startsWith('custom:') || spec === 'offline' || spec.startsWith('recorded:');
}
