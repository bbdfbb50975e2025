/** A stored comparison as it is so far, judged the way a request asks for. */
import { type JudgedComparison, judgeStoredComparison } from '../index.ts';
import type { ApiContext } from './api-context.ts';
import { asNotFound } from './api-error.ts';

/** @throws {ApiError} `not-found` */
export async function judge(
  { store }: ApiContext,
  comparisonId: string,
  { method, alpha }: { method?: 'anytime' | 'fixed' | undefined; alpha?: number | undefined },
): Promise<JudgedComparison> {
  const options = { ...(method === undefined ? {} : { method }), ...(alpha === undefined ? {} : { alpha }) };
  try {
    return await judgeStoredComparison(store, comparisonId, options);
  } catch (thrown) {
    throw asNotFound(thrown);
  }
}
