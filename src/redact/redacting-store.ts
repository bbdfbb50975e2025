/**
 * The net: a store that redacts whatever is written to it. Texts are redacted where they enter a run (models, tools, people,
 * the task), so in the ordinary case it changes nothing; it is there for what was forgotten.
 */
import type { Store } from '../engine/store.ts';
import type { Json } from '../json.ts';
import type { CallRecord } from '../model/call-record.ts';
import { redactContent } from './redact-answer.ts';
import { redactJson } from './redact-json.ts';
import { redactEvent, redactRecord, redactSignal } from './redact-run.ts';
import type { Redactor } from './redactor.ts';

/** What was written when the net changed it. */
export type NetChange = { what: 'run' | 'event' | 'value' | 'call' | 'signal'; name: string };

/** By store: what it redacts already. */
const rulesOf = new WeakMap<Store, string>();

/**
 * Events, values, calls, signals and records of runs; what it does not name is the store's own. Outcomes, forecasts and
 * calibrations are figures; blobs are files, which are kept as they are. A store that redacts by the same rules already is
 * handed back.
 */
export function redactingStore(store: Store, redactor: Redactor, onChange?: (change: NetChange) => void): Store {
  const rules = JSON.stringify(redactor.rules);
  if (rulesOf.get(store) === rules) return store;
  const changed = <Value>(before: Value, after: Value, change: NetChange): Value => {
    if (onChange !== undefined && JSON.stringify(before) !== JSON.stringify(after)) onChange(change);
    return after;
  };
  const net: Pick<Store, 'createRun' | 'updateRun' | 'appendEvents' | 'putValue' | 'putCall' | 'sendSignal' | 'readSignals'> = {
    createRun: (run) => store.createRun(changed(run, redactRecord(run, redactor), { what: 'run', name: run.runId })),
    updateRun: (runId, patch) => store.updateRun(runId, patch),
    appendEvents: (runId, entries, options) => {
      const redacted = entries.map((entry) => ({ ...entry, event: redactEvent(entry.event, redactor) }));
      for (const [index, { event }] of entries.entries())
        changed(event, redacted[index]?.event, { what: 'event', name: `${runId} ${event.type}` });
      return store.appendEvents(runId, redacted, options);
    },
    putValue: (value) => store.putValue(changed(value, redactJson(value, redactor), { what: 'value', name: '' })),
    putCall: (call) => store.putCall(changed(call, redactCall(call, redactor), { what: 'call', name: call.key })),
    sendSignal: (runId, signal) =>
      store.sendSignal(runId, changed(signal, redactSignal(signal, redactor), { what: 'signal', name: runId })),
    // One that was sent by a program which opened the store itself.
    readSignals: async (runId) =>
      (await store.readSignals(runId)).map((stored) => ({ ...stored, signal: redactSignal(stored.signal, redactor) })),
  };
  const wrapped = new Proxy(store, {
    get(target, name) {
      const own: unknown = Reflect.get(Object.hasOwn(net, name) ? net : target, name, target);
      return typeof own === 'function' ? own.bind(target) : own;
    },
  });
  rulesOf.set(wrapped, rules);
  return wrapped;
}

function redactCall(call: CallRecord, redactor: Redactor): CallRecord {
  const { response, error } = call;
  return {
    ...call,
    response: response === null ? null : redactResponse(call.kind, response, redactor),
    error: error === null ? null : redactError(call.kind, error, redactor),
  };
}

/** JSON text, of an answer or of what a tool gave. */
function redactResponse(kind: CallRecord['kind'], response: string, redactor: Redactor): string {
  let parsed: Json;
  try {
    parsed = JSON.parse(response) as Json;
  } catch {
    return redactor.text(response);
  }
  const redacted = kind === 'model' ? redactStoredAnswer(parsed, redactor) : redactJson(parsed, redactor);
  return redacted === parsed ? response : JSON.stringify(redacted);
}

function redactStoredAnswer(answer: Json, redactor: Redactor): Json {
  if (answer === null || typeof answer !== 'object' || Array.isArray(answer) || !Array.isArray(answer['content']))
    return redactJson(answer, redactor);
  const content = answer['content'] as unknown as Parameters<typeof redactContent>[0];
  const redacted = redactContent(content, redactor);
  return redacted === content ? answer : { ...answer, content: redacted as unknown as Json };
}

/** A tool's error begins with its code. */
function redactError(kind: CallRecord['kind'], error: string, redactor: Redactor): string {
  const colon = kind === 'tool' ? error.indexOf(': ') : -1;
  return colon < 0 ? redactor.text(error) : `${error.slice(0, colon + 2)}${redactor.text(error.slice(colon + 2))}`;
}
