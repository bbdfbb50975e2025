/**
 * What agents do, act by act, and whether it brings anything that was not there before. An act is a call with its result, or what a
 * message says.
 */
import type { Trace, TraceStep } from '../trace.ts';
import { type LoggedCall, logCalls } from './call-log.ts';
import { countWords, jaccard, listNumbers, listWords, normalize } from './words.ts';

export interface Act {
  step: TraceStep;
  /** Place of the step among all steps. */
  at: number;
  kind: 'call' | 'text';
  /** Equal for acts that do or say the same. */
  key: string;
  /** With what came of it; equal only when nothing is different. */
  outcome: string;
  /** Of a call. */
  call: LoggedCall | null;
}

/** A shorter text is too little to say that it was said again. */
const minWords = 6;
/** Earlier texts of an agent that a new one is held against. */
const comparedTexts = 8;
const nearlySame = 0.9;

/** In order: the text of a step, then its calls. Linear in the length of the trace. */
export function listActs(trace: Trace): Act[] {
  const calls = Map.groupBy(logCalls(trace), ({ at }) => at);
  const texts = new TextKeys();
  const acts: Act[] = [];
  for (const [at, step] of trace.steps.entries()) {
    if (step.kind !== 'message') continue;
    const key = texts.keyOf(step);
    if (key !== null) acts.push({ step, at, kind: 'text', key, outcome: key, call: null });
    for (const call of calls.get(at) ?? []) {
      const callKey = keyOfCall(call);
      acts.push({ step, at, kind: 'call', key: callKey, outcome: `${callKey}\n${call.failed}\n${call.result ?? ''}`, call });
    }
  }
  return acts;
}

const functionWords = new Set(['the', 'of', 'in', 'for', 'and', 'to', 'on', 'at', 'by', 'with']);

/** The same words in another order ask the same. A letter or a figure that differs asks for something else. */
function keyOfCall({ step, tool, input }: LoggedCall): string {
  const words = (input.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => !functionWords.has(word));
  return `call\n${step.agent}\n${tool}\n${words.length === 0 ? input : words.toSorted().join(' ')}`;
}

interface KnownText {
  key: string;
  words: Set<string>;
  numbers: string;
}

class TextKeys {
  readonly #known = new Map<string, KnownText[]>();
  readonly #exact = new Map<string, string>();

  /** null: too short to be held against anything. */
  keyOf({ agent, to, text }: TraceStep): string | null {
    if (countWords(text.slice(0, 400)) < minWords) return null;
    const speaker = `text\n${agent}\n${to ?? ''}`;
    const exact = `${speaker}\n${normalize(text)}`;
    const same = this.#exact.get(exact);
    if (same !== undefined) return same;
    const words = new Set(listWords(text));
    const numbers = listNumbers(text).join(' ');
    const known = this.#known.get(speaker) ?? [];
    const near = known.find((other) => other.numbers === numbers && jaccard(other.words, words) >= nearlySame);
    const key = near?.key ?? exact;
    this.#exact.set(exact, key);
    this.#known.set(speaker, [...known, { key, words, numbers }].slice(-comparedTexts));
    return key;
  }
}
