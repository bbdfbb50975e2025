/** Options that are given as NAME=VALUE, several times. */
import { PlanwrightError } from '../index.ts';

/** A value may hold `=` and may be empty. @throws {PlanwrightError} `usage` for what has no name, and for one that is given twice. */
export function parsePairs(option: string, texts: readonly string[] = []): Record<string, string> {
  const pairs = new Map<string, string>();
  for (const text of texts) {
    const at = text.indexOf('=');
    const name = text.slice(0, Math.max(0, at)).trim();
    if (name === '') throw new PlanwrightError('usage', `${option} ${text}: write ${option} NAME=VALUE.`);
    if (pairs.has(name)) throw new PlanwrightError('usage', `${option} ${name} is given twice. Give it once.`);
    pairs.set(name, text.slice(at + 1));
  }
  return Object.fromEntries(pairs);
}
