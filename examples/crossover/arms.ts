/** One task of N questions by either arm: what came back for each question, and what it cost. */
import type { LanguageModelV4 } from '@ai-sdk/provider';
import { MemoryStore, PlanwrightError, type RunResult, runTask } from 'planwright';
import { isRight, type Question } from './questions.ts';
import { readAnswers } from './read-answers.ts';
import { answeringTeam, askTogether, planApart, teamTask } from './team.ts';

export const arms = ['single', 'team'] as const;
export type Arm = (typeof arms)[number];

export interface Answered {
  /** right[i]: whether question i was answered rightly. */
  right: boolean[];
  /** Calls of the model. The program that joins the team's answers is none. */
  calls: number;
  /** Input + output, as the model counts them. */
  tokens: number;
}

export interface AnswerOptions {
  model: LanguageModelV4;
  signal?: AbortSignal;
}

/** @throws {PlanwrightError} when a call failed: a model that is away has given no wrong answer. */
export async function answerBy(arm: Arm, questions: readonly Question[], options: AnswerOptions): Promise<Answered> {
  const team = answeringTeam(arm === 'single' ? questions.length : 1);
  const shared = { team, store: new MemoryStore(), ...options };
  const result =
    arm === 'single'
      ? await runTask({ ...shared, task: askTogether(questions), strategy: 'single' })
      : await runTask({ ...shared, task: teamTask, plan: planApart(questions) });
  refuseFailedCalls(result);
  const { ledger, subtasks, deliverable } = result;
  const answers =
    arm === 'single'
      ? readAnswers(asText(deliverable), questions.length)
      : questions.map((_, index) => readAnswers(asText(subtasks.find(({ id }) => id === `q${index + 1}`)?.output), 1)[0]);
  return {
    right: questions.map((question, index) => isRight(question, answers[index])),
    calls: ledger.calls - (ledger.callsByPurpose.synthesize ?? 0),
    tokens: ledger.inputTokens + ledger.outputTokens,
  };
}

/** An answer that can't be used (empty, cut off) is a wrong one; every other failure is not the model's. */
function refuseFailedCalls({ subtasks, detail }: RunResult<unknown>): void {
  for (const { error } of subtasks) {
    if (error !== undefined && error.code !== 'model-output-invalid') {
      throw new PlanwrightError('model-failed', `A question got no answer: ${error.message}`, { details: { code: error.code } });
    }
  }
  if (subtasks.length === 0)
    throw new PlanwrightError('model-failed', `The questions were not put: ${detail ?? 'no subtask ran'}`);
}

function asText(output: unknown): string {
  return typeof output === 'string' ? output : '';
}
