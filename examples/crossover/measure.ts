/** The same questions at every size and by both arms. */
import type { LanguageModelV4 } from '@ai-sdk/provider';
import { type Answered, type Arm, answerBy, arms } from './arms.ts';
import type { Question } from './questions.ts';

/** One task of `size` questions, by one arm. */
export interface TaskResult extends Answered {
  block: number;
  size: number;
  arm: Arm;
  questions: readonly Question[];
}

export interface MeasureOptions {
  model: LanguageModelV4;
  /** Each as long as the largest size. */
  blocks: readonly Question[][];
  sizes: readonly number[];
  signal?: AbortSignal;
  onBlock?: (done: number) => void;
}

/** Every block is cut into tasks of each size in turn; what is left of it at a size that doesn't divide it is not asked. */
export async function measureArms(options: MeasureOptions): Promise<TaskResult[]> {
  const { model, blocks, sizes, signal, onBlock } = options;
  const results: TaskResult[] = [];
  for (const [block, all] of blocks.entries()) {
    for (const size of sizes) {
      for (const questions of cutInto(all, size)) {
        for (const arm of arms) {
          signal?.throwIfAborted();
          const answered = await answerBy(arm, questions, { model, ...(signal === undefined ? {} : { signal }) });
          results.push({ block, size, arm, questions, ...answered });
        }
      }
    }
    onBlock?.(block + 1);
  }
  return results;
}

function cutInto<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.floor(list.length / size) }, (_, part) => list.slice(part * size, (part + 1) * size));
}
