/** How long a model double takes: by the tokens of its answer, four characters each. */
import type { ScriptedAnswer } from 'planwright/testing';

/** Before the first token of any answer. */
export const firstTokenMs = 500;
/** For each token of an answer: 100 tokens a second. Reading a prompt takes no time. */
export const tokenMs = 10;
/** Of a result, synthesized ones included. */
export const resultTokens = 300;

/** An answer in pieces, or whole at the same end when it is not streamed. */
export function paceAnswer(pieces: readonly string[], streamed: boolean): ScriptedAnswer {
  const text = pieces.join('');
  const pieceMs = Math.round((tokenMs * text.length) / 4 / pieces.length);
  if (streamed) return { text: pieces, latencyMs: firstTokenMs + pieceMs, deltaMs: pieceMs };
  return { text, latencyMs: firstTokenMs + pieceMs * pieces.length };
}

/** A plan's or a revision's text, an element a piece. */
export function writeElements(subtasks: readonly object[]): string[] {
  const last = subtasks.length - 1;
  return subtasks.map((subtask, at) => {
    const element = JSON.stringify({ dependsOn: [], assumes: [], ...subtask });
    return `${at === 0 ? '{"subtasks":[' : ','}${element}${at === last ? '],"deliverable":""}' : ''}`;
  });
}

/** A result of the usual length that begins with the text. */
export function writeResult(text: string): string {
  return `${text} `.padEnd(4 * resultTokens, 'What was changed, and why. ').slice(0, 4 * resultTokens);
}
