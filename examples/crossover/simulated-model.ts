/** A model that is declared, not measured: how often it answers a question rightly, by the number of questions in its prompt. */
import type { LanguageModelV4, LanguageModelV4CallOptions } from '@ai-sdk/provider';
import { seededRandom } from 'planwright';
import { scriptedModel } from 'planwright/testing';
import type { Question } from './questions.ts';

/** The founding document's reliability of one step. */
export const reliabilityAlone = 0.9;
/** An assumption: each further question in the same prompt costs 3 % of the reliability of all. */
export const keptPerQuestion = 0.97;

/** Of one question in a prompt of `together`. */
export function declaredReliability(together: number): number {
  return reliabilityAlone * keptPerQuestion ** (together - 1);
}

/** Knows these questions and no others. Chance depends on the seed, the question and the number of questions, not on the order of calls. */
export function simulatedModel(questions: readonly Question[], seed: number): LanguageModelV4 {
  const places = new Map(questions.map((question, place) => [question.text, { question, place }]));
  return scriptedModel(
    (request) => {
      const asked = linesOf(request).flatMap((line) => places.get(line.replace(/^\d+\. /, '')) ?? []);
      const answers = asked.map(({ question, place }) => {
        const chance = seededRandom(seed + 1000 * place + asked.length).next();
        return sayAnswer(question, chance < declaredReliability(asked.length));
      });
      const [only] = answers;
      return only !== undefined && answers.length === 1 ? only : answers.map((answer, at) => `${at + 1}. ${answer}`).join('\n');
    },
    { modelId: 'simulated' },
  );
}

function linesOf({ prompt }: LanguageModelV4CallOptions): string[] {
  return prompt
    .flatMap((message) => (message.role === 'user' ? message.content : []))
    .flatMap((part) => (part.type === 'text' ? part.text.split('\n') : []));
}

function sayAnswer({ marking }: Question, rightly: boolean): string {
  switch (marking.kind) {
    case 'word':
      return rightly ? marking.right : (marking.wrong[0] ?? '?');
    case 'number':
      return String(rightly ? marking.right : marking.right + 1);
    case 'order':
      return (rightly ? marking.right : marking.right.toReversed()).join(', ');
  }
}
