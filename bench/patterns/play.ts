/** How a scripted model plays a pattern on the tasks of the benchmark: every part of it, without a language model. */
import type { RunTaskOptions } from 'planwright';
import type { ScriptedAnswer } from 'planwright/testing';

/**
 * `report`: the founding document's, with research, code, critique and writing. `wide`: eight questions that have nothing to do
 * with each other, and an answer over all. `deep`: eight steps of which each needs the one before.
 */
export type BenchTask = 'report' | 'wide' | 'deep';

export interface PlayedCall {
  /** Everything that the model is shown, as one text: role instructions, task, results before, instruction. */
  text: string;
  /** Of the subtask's instruction alone; '' for a planner's call. */
  instruction: string;
}

export interface PatternPlay {
  /** As in `--pattern NAME`. */
  name: string;
  /** Beside task, model and store. */
  options(task: BenchTask): Pick<RunTaskOptions, 'pattern' | 'team' | 'limits' | 'tools' | 'files'>;
  /** Depends on the call alone, so that order and concurrency change nothing. */
  answer(call: PlayedCall, task: BenchTask): string | ScriptedAnswer;
  /** By the formula of the pattern's page. */
  expected(task: BenchTask): { calls: number; toolCalls: number };
}
