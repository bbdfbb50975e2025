/** The two ways to put the same questions: one agent with one prompt, or a plan with one question a subtask. */
import { defineTeam, type Plan, type Team } from 'planwright';
import type { Question } from './questions.ts';

/** Both arms answer by this role, in these words. */
const instructions = 'You answer questions. Give the answer only, as short as possible, without an explanation.';

/** What the plan is for. The same at every size, so that a subtask's prompt is. */
export const teamTask = 'Answer each question by itself.';

/** A synthesizer with these instructions is a program: see join-by-program.ts. */
export const joinInstructions = 'Put the answers one below the other, each behind its number.';

const tokensBeside = 40;
const tokensPerQuestion = 24;

/** @param questions In one prompt: bounds the answer's length. An answer that is cut off there can't be used. */
export function answeringTeam(questions: number): Team {
  return defineTeam({
    name: 'answering',
    defaults: { temperature: 0, limits: { maxSteps: 1, maxOutputTokens: tokensBeside + tokensPerQuestion * questions } },
    roles: { solver: { description: 'Answers questions.', instructions } },
    generalist: 'solver',
    synthesizer: { instructions: joinInstructions },
    limits: { retries: 0, reroutes: 0, replans: 0, concurrency: 1 },
  });
}

/** The single agent's task. One question stands as it is; several are numbered from 1. */
export function askTogether(questions: readonly Question[]): string {
  const [only] = questions;
  if (only !== undefined && questions.length === 1) return only.text;
  const numbered = questions.map(({ text }, index) => `${index + 1}. ${text}`);
  return `${numbered.join('\n')}\nAnswer all ${questions.length} questions: one line each, its number and the answer.`;
}

/** Subtasks q1 to qN without dependencies. */
export function planApart(questions: readonly Question[]): Plan {
  const subtasks = questions.map(({ text }, index) => ({
    id: `q${index + 1}`,
    role: 'solver',
    instruction: text,
    dependsOn: [],
  }));
  return { version: 1, task: teamTask, subtasks };
}
