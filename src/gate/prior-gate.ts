/**
 * The gate without evidence: the stated prior. One expertise, no parallelism and material that fits one context go to
 * one agent, because a team has to clear that bar first. No model is asked.
 */
import type { Gate, GateDecision, GateInput, TaskFeatures } from './gate.ts';

/** Share of a context that may be filled before one agent is likely to lose the thread. */
const comfortableShare = 0.5;

export const priorGate: Gate = {
  decide: (input) => Promise.resolve(decideByPrior(input)),
};

export function decideByPrior(input: GateInput): GateDecision {
  const parts = countIndependentParts(input.task);
  const expertise = countNamedExpertise(input.task, input.roles);
  const reasons: string[] = [];
  if (input.roles.length === 0) return { strategy: 'single', reasons: ['The team has no roles to split the work among.'], input };
  if (parts > 1) reasons.push(`The task has ${parts} parts that could be done at the same time.`);
  if (expertise > 1) reasons.push(`The task asks for ${expertise} kinds of expertise.`);
  if (!fitsOneContext(input)) {
    reasons.push(`About ${sizeTokens(input)} tokens of material exceed half of a context of ${input.contextTokens}.`);
  }
  if (reasons.length > 0) return { strategy: 'team', reasons, input };
  return {
    strategy: 'single',
    reasons: ['One expertise, no parallel parts, and the material fits one context: a team would only add coordination.'],
    input,
  };
}

/** Task and material fill at most half of a context. */
export function fitsOneContext(features: TaskFeatures): boolean {
  return sizeTokens(features) <= comfortableShare * features.contextTokens;
}

function sizeTokens({ task, materialTokens }: TaskFeatures): number {
  return materialTokens + Math.ceil(task.length / 4);
}

/**
 * Parts of a task that do not build on each other, by its form: list items, questions, sentences that ask for
 * something, members of an enumeration. A form that says "then" is a sequence and counts as one part.
 */
export function countIndependentParts(task: string): number {
  const text = task.slice(0, 20_000);
  const items = text.match(/^\s*(?:[-*•]|\d{1,3}[.)])\s+\S/gm)?.length ?? 0;
  if (items > 1) return items;
  if (/\b(?:for|of|in) (?:each|every)\b|\beach of the\b/i.test(text)) return 2;
  const sentences = text.split(/(?<=[.?!])\s+/).filter((sentence) => /\w/.test(sentence));
  const requests = sentences.filter(
    (sentence) =>
      /\?\s*$/.test(sentence) ||
      /^(?:\W*(?:please|also|and)\W+)?(?:find|list|write|compare|explain|describe|summari[sz]e|check|review|port|add|collect|report|give|tell|show|produce|create|build|analy[sz]e|research|translate|compute|calculate)\b/i.test(
        sentence,
      ),
  );
  const enumerated = Math.max(...(requests.length > 0 ? requests : [text]).map(countEnumerated));
  return Math.max(1, requests.length, enumerated);
}

/** "compare A, B and C" → 3; "A and B" alone is too weak a sign, except after compare, versus and both. */
function countEnumerated(sentence: string): number {
  if (/\bthen\b/i.test(sentence)) return 1;
  const listed = /((?:[^,;:.]+,\s+)+)(?:and|or|und)\s+[^,;:.]+/i.exec(sentence);
  if (listed !== null) return (listed[1]?.split(',').filter((part) => part.trim() !== '').length ?? 0) + 1;
  return /\b(?:compare|contrast|versus|vs\.?|both)\b/i.test(sentence) ? 2 : 1;
}

/** Roles that the task names by their own word: "research … and write code". */
function countNamedExpertise(task: string, roles: string[]): number {
  const words = new Set(task.toLowerCase().match(/[a-z]{4,}/g) ?? []);
  const stems = new Set([...words].map(stem));
  return roles.filter((role) => stems.has(stem(role))).length;
}

/** research, researcher and researching are one word. */
function stem(word: string): string {
  return word.toLowerCase().replace(/(?:er|or|ist|ing|ic)$/, '');
}
