/**
 * 1.1: what was delivered breaks what the task says, as far as counting decides it: a limit of words, a number of list items, JSON and
 * nothing else, a tool or a file that is not to be touched. Whether the demand in a task's other words was met, a model has to say.
 */
import { detected, type Finding, quote } from '../finding.ts';
import { splitToolName } from '../reading/tool-names.ts';
import { countWords } from '../reading/words.ts';
import { lastAct, type Trace, type TraceStep } from '../trace.ts';

/** A sentence around the answer is none of it. */
const tolerance = 1.15;
const numberWords: Readonly<Record<string, number>> = {
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  twelve: 12,
  fifteen: 15,
  twenty: 20,
  fifty: 50,
  hundred: 100,
};
const number = String.raw`(\d{1,6}|${Object.keys(numberWords).join('|')})`;
const wordLimit = new RegExp(
  String.raw`\b(?:at most|no more than|not more than|a maximum of|maximum|max\.?|under|fewer than|less than|within|up to|not (?:to )?exceed(?:ing)?|limit(?:ed)? (?:it |them )?to)\s+(?:of )?${number}\s+words\b`,
  'i',
);
const itemCount = new RegExp(
  String.raw`\bexactly ${number} (?:bullet points?|bullets|list items|items|points|lines|steps|options|suggestions|examples)\b`,
  'i',
);
const jsonOnly =
  /\b(?:only|nothing but|just) (?:with |in |as |a )?(?:valid )?json\b|\bjson (?:object |list |array )?(?:only|and nothing else|without (?:any )?(?:other |further )?(?:text|prose|explanation))\b/i;
const untouched =
  /\b(?:do not|don't|never|must not|without) (?:ever )?(?:touch|modify|modifying|edit|editing|chang(?:e|ing)|delet(?:e|ing)|overwrit(?:e|ing)|us(?:e|ing)|call|calling)(?: the)?(?: tool| file| function)? [`"“]?([\w./-]*[._/][\w./-]*\w)[`"”]?/gi;
const changing =
  /(?:^|[^a-z])(?:write|edit|patch|replace|insert|append|apply|delete|remove|rm|overwrite|modify|update|save|create|move|mv)(?=$|[^a-z])/i;

export function detectTaskDisobedience(trace: Trace): Finding[] {
  const demand = trace.task.slice(0, 20_000);
  if (demand === '' || trace.layout === 'agentrx') return [];
  const answer = findAnswer(trace);
  const broken = answer === null ? null : findBrokenForm(demand, answer);
  return [...findTouched(trace, demand), ...(broken === null ? [] : [broken])];
}

type Answer = Pick<TraceStep, 'agent' | 'number' | 'text'>;

/** What was handed over at the end: of a plan its deliverable, of a dialogue its last message. null: there is no one such text. */
function findAnswer(trace: Trace): Answer | null {
  if (trace.work !== null) {
    const delivered = trace.work.filter(({ isDeliverable, status }) => isDeliverable && status === 'succeeded');
    const [only] = delivered;
    if (only === undefined || only.step === null || delivered.length > 1) return null;
    return { agent: only.agent, number: only.step, text: only.output };
  }
  const last = lastAct(trace);
  return last === undefined || last.calls.length > 0 || last !== trace.steps.findLast(({ kind }) => kind !== 'result')
    ? null
    : last;
}

function findBrokenForm(demand: string, last: Answer): Finding | null {
  const answer = last.text.replace(/\bTERMINATE\b/g, '').trim();
  const [saidWords, words] = wordLimit.exec(demand) ?? [];
  const most = toNumber(words);
  const counted = countWords(answer);
  if (saidWords !== undefined && most !== null && counted > most * tolerance) {
    return detected('1.1', {
      at: last,
      confidence: 0.85,
      evidence: `the task wants ${quote(saidWords)}, and the answer at step ${last.number} has ${counted}: ${quote(answer, 80)}`,
    });
  }
  const [saidItems, wanted] = itemCount.exec(demand) ?? [];
  const items = answer.match(/^\s*(?:[-*•]|\d{1,3}[.)])\s+\S/gm)?.length ?? 0;
  const expected = toNumber(wanted);
  if (saidItems !== undefined && expected !== null && items > 0 && items !== expected) {
    return detected('1.1', {
      at: last,
      confidence: 0.8,
      evidence: `the task wants ${quote(saidItems)}, and the answer at step ${last.number} lists ${items}: ${quote(answer, 80)}`,
    });
  }
  const [saidJson] = jsonOnly.exec(demand) ?? [];
  if (saidJson !== undefined && answer !== '' && !isJson(answer)) {
    return detected('1.1', {
      at: last,
      confidence: 0.8,
      evidence: `the task wants ${quote(saidJson)}, and the answer at step ${last.number} is none: ${quote(answer, 80)}`,
    });
  }
  return null;
}

function toNumber(text: string | undefined): number | null {
  if (text === undefined) return null;
  return numberWords[text.toLowerCase()] ?? Number(text);
}

function isJson(answer: string): boolean {
  const body = /^```(?:json)?\s*\n([\s\S]*?)\n?```$/.exec(answer)?.[1] ?? answer;
  try {
    JSON.parse(body);
    return true;
  } catch {
    return false;
  }
}

function findTouched(trace: Trace, demand: string): Finding[] {
  const findings: Finding[] = [];
  for (const [sentence, name = ''] of demand.matchAll(untouched)) {
    for (const step of trace.steps) {
      const call = step.calls.find(
        ({ tool, input }) => tool === name || (changing.test(splitToolName(tool)) && holdsName(input, name)),
      );
      if (call === undefined) continue;
      findings.push(
        detected('1.1', {
          at: step,
          confidence: 0.85,
          evidence: `the task says ${quote(sentence)}, and ${step.agent} calls ${call.tool} at step ${step.number} with ${quote(call.input, 80)}`,
        }),
      );
      break;
    }
    if (findings.length >= 5) break;
  }
  return findings;
}

function holdsName(input: string, name: string): boolean {
  const at = input.indexOf(name);
  return at >= 0 && !/[\w]/.test(`${input[at - 1] ?? ' '}${input[at + name.length] ?? ' '}`);
}
