/**
 * A task as the parts that can be worked on apart from each other. By rules on English sentences: what no rule takes
 * apart stays whole. A part keeps the words of the task.
 */
import { findArithmetic } from './find-arithmetic.ts';
import { splitClauses, splitComparison, splitEnumeration, splitTopics, startsRequest } from './split-list.ts';
import { namesOnlyMaterial, termsOf } from './words.ts';

export type TaskPart =
  /** Something the files may answer. `perFile`: to be answered for each file. */
  | { kind: 'question'; text: string; perFile: boolean }
  | { kind: 'calculation'; text: string; expression: string }
  /** The main points of the material as a whole. */
  | { kind: 'survey'; text: string; perFile: boolean };

export const maxParts = 24;
const maxTaskChars = 20_000;
const maxPartChars = 600;

export function splitTask(task: string): TaskPart[] {
  const requests = requestsOf(task.slice(0, maxTaskChars));
  const asking = requests.filter(
    (request) => startsRequest(request) || request.includes('?') || findArithmetic(request) !== undefined,
  );
  const kept = (asking.length > 0 ? asking : requests).filter((request, _, all) => all.length === 1 || !isAboutForm(request));
  const parts = kept.map((request, at) => nameSubject(request, kept[at - 1])).flatMap(partsOfRequest);
  const seen = new Set<string>();
  const distinct = parts.filter((part) => {
    const key = part.kind === 'survey' ? `survey ${part.perFile}` : part.text.toLowerCase();
    return seen.has(key) ? false : seen.add(key);
  });
  const questions = distinct.filter((part) => part.kind !== 'survey' || distinct.every((other) => other.kind !== 'question'));
  if (questions.length > 0) return questions.slice(0, maxParts);
  const text = clean(task);
  return text === '' || namesOnlyMaterial(text)
    ? [{ kind: 'survey', text, perFile: false }]
    : [{ kind: 'question', text, perFile: false }];
}

const listItem = /^\s{0,8}(?:[-*•+]|\(?(?:\d{1,3}|[a-z])[.)])\s+(.+)$/;

/** Sentences and list items, in order. A short item takes its list's lead with it when the lead has a topic. */
function requestsOf(task: string): string[] {
  const requests: string[] = [];
  let prose = '';
  let lead = '';
  for (const line of [...task.split('\n'), '']) {
    const item = listItem.exec(line)?.[1]?.trim();
    if (item === undefined && line.trim() !== '') {
      prose += ` ${line.trim()}`;
      continue;
    }
    if (prose !== '') {
      const sentences = sentencesOf(prose);
      lead = item !== undefined && sentences.at(-1)?.endsWith(':') === true ? (sentences.pop() ?? '') : '';
      requests.push(...sentences);
      prose = '';
    }
    if (item === undefined) lead = '';
    else
      requests.push(...(lead === '' || !needsLead(item, lead) ? sentencesOf(item) : [`${lead.replace(/\s*:$/, '')}: ${item}`]));
  }
  return requests.map(clean).filter((request) => request !== '');
}

function needsLead(item: string, lead: string): boolean {
  const ownWords = item.split(/\s+/).length;
  const leadTopic = lead.replace(/\b(?:answer|following|questions?|points?|items?|topics?|tasks?)\b/gi, '');
  return !item.includes('?') && ownWords <= 6 && !startsRequest(item) && !namesOnlyMaterial(leadTopic);
}

function sentencesOf(prose: string): string[] {
  return prose.trim().split(/(?<=[?!]["”')]?)\s+|(?<=(?:[^\s.]{3}|\d)\.["”')]?)\s+(?=["“'(¿]?[\p{Lu}\d])|(?<=;)\s+/u);
}

/** "Keep it short.", "Cite every line.": how to answer, not what about. */
function isAboutForm(request: string): boolean {
  return (
    /^(?:please\s+)?(?:keep|cite|use|be|make sure|ensure|include|add|answer|reply|respond|limit|format|return|output|do not|don't|avoid|quote|state|say|give|write|no|in)\b/i.test(
      request,
    ) &&
    /\b(?:short|brief|concise|cite|cited|citations?|sources?|lines?|quotes?|words?|sentences?|paragraphs?|bullets?|tables?|markdown|language|tone|english|guess|invent|plain|format)\b/i.test(
      request,
    ) &&
    !request.includes('?')
  );
}

const subjectPronoun = /\b(?:it|they|them)\b(?!\s+(?:is|was)\s+(?:that|possible|necessary))/i;
const subject = /\b(?:is|are|was|were|do|does|did|can|has|have|should|will)\s+((?:the|a|an|our|my|your)\s+[\w-]+|[A-Z][\w-]+)/;

/** "What is the cache? Who built it?": the second question asks about the cache. */
function nameSubject(request: string, previous: string | undefined): string {
  const named = previous === undefined || termsOf(request).length > 2 ? undefined : subject.exec(previous)?.[1];
  return named === undefined ? request : request.replace(subjectPronoun, named);
}

const politeness =
  /^(?:(?:please|kindly|hi|hello|so|then|also|and|first|second|third|next|finally|lastly)[,\s]+|(?:can|could|would|will) you (?:please )?|(?:i|we)(?:'d| would) like (?:you )?to (?:know )?|(?:i|we) (?:want|need)(?: you)? to (?:know )?|(?:based on|using|according to|from|in) (?:the|these|this|our|my) (?:\w+ ){0,2}(?:docs?|documents?|files?|folder|documentation|text|pages?)[,\s]+)+/i;

const reportFrame =
  /^(?:write|produce|prepare|create|draft|compile|give(?: me| us)?|make|provide|do|generate|assemble|i need|put together)\s+(?:me |us )?(?:an?|the|some|one)?\s*(?:[\w-]+\s+){0,3}?(?:report|summary|overview|brief|briefing|description|explanation|essay|article|document|analysis|review|guide|introduction|note|notes|memo|outline|research|account|paper)\s+(?::|(?:about|on|of|for|covering|that covers|which covers|describing|explaining|regarding)\s)\s*/i;
const topicVerb =
  /^(?:summari[sz]e|explain(?: to me)?|describe|outline|research|investigate|discuss|report on|tell (?:me|us)(?: about)?|find out(?: about)?|find|analy[sz]e|look into|look up|show(?: me)?|cover|what (?:do|does) (?:the|these|this) (?:\w+ ){0,2}(?:docs?|documents?|files?|folder|documentation|text|pages?) (?:say|tell us|state|mention)(?: about| on)?)\s+/i;

const everyFile =
  /[,:]?\s*\b(?:(?:for|of|in|from|about|on|per)\s+)?(?:each|every)(?:\s+(?:one\s+)?of\s+(?:the|these|those))?\s+(?:\w+\s+)?(?:files?|documents?|docs?|pages?)\b[,:]?\s*/i;

function partsOfRequest(request: string): TaskPart[] {
  const asked = request.replace(politeness, '').trim();
  const expression = findArithmetic(asked);
  if (expression !== undefined) return [{ kind: 'calculation', text: clean(asked), expression }];
  if (everyFile.test(asked)) {
    const topic = trimPart(asked.replace(everyFile, ' ').replace(reportFrame, '').replace(topicVerb, ''));
    return [
      namesOnlyMaterial(topic)
        ? { kind: 'survey', text: clean(asked), perFile: true }
        : { kind: 'question', text: topic, perFile: true },
    ];
  }
  if (namesOnlyMaterial(asked)) return [{ kind: 'survey', text: clean(asked), perFile: false }];
  const clauses = splitClauses(asked);
  if (clauses.length > 1) return clauses.flatMap(partsOfRequest);
  const framed = asked.replace(reportFrame, '');
  const topic = framed.replace(topicVerb, '');
  const pieces = splitComparison(asked) ?? (topic === asked ? splitEnumeration(asked) : splitTopics(topic)) ?? [topic];
  return pieces.map(trimPart).flatMap((text): TaskPart[] => {
    if (text === '') return [];
    const inner = findArithmetic(text);
    if (inner !== undefined) return [{ kind: 'calculation', text, expression: inner }];
    return [termsOf(text).length === 0 ? { kind: 'survey', text, perFile: false } : { kind: 'question', text, perFile: false }];
  });
}

/** What a task is about, for a title: its first sentence without "write a report on". */
export function topicOf(task: string): string {
  const first = requestsOf(task.slice(0, maxTaskChars))[0] ?? '';
  const topic = trimPart(first.replace(politeness, '').replace(reportFrame, ''));
  if (namesOnlyMaterial(topic)) return trimPart(first);
  return topic.endsWith('?') || !first.endsWith('?') ? topic : `${topic}?`;
}

function clean(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, maxPartChars);
}

function trimPart(text: string): string {
  return clean(text).replace(/^[,;:.\s-]+|[,;:.\s]+$/g, '');
}
