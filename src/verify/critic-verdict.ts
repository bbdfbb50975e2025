/**
 * What a critic says, and whether it counts. A rejection names a defect and shows it; an acceptance names what was tried to
 * refute the result, and each of those tries has its receipt: a tool call that stands in the journal. Anything else
 * is void, whatever it claims.
 */
import { z } from 'zod';
import type { Json } from '../json.ts';

/** A succeeded tool call of this verification, as journaled. */
export interface Receipt {
  tool: string;
  /** The key of its record. */
  key: string;
}

const line = z.string().max(4000);

export const criticVerdictSchema = z.object({
  verdict: z.enum(['accept', 'reject']),
  /** Each with what shows it: a failing input and what came out, the line as it really is. */
  defects: z.array(z.object({ what: line, evidence: line })).max(50),
  /** What was done to refute the result, by which tool, and what was seen. */
  tried: z.array(z.object({ tool: line, what: line, seen: line })).max(50),
});
export type CriticVerdict = z.infer<typeof criticVerdictSchema>;

export type JudgedVerdict =
  | { kind: 'passed' | 'failed'; detail: string; receipts: string[] }
  /** `problem` is written for the critic, which is asked once more. */
  | { kind: 'void'; problem: string };

/** @param receipts Every succeeded tool call of the critic, in order. */
export function judgeCriticVerdict(value: Json, receipts: readonly Receipt[]): JudgedVerdict {
  const parsed = criticVerdictSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return {
      kind: 'void',
      problem: `Your verdict does not have the asked form: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`,
    };
  }
  const { verdict, defects, tried } = parsed.data;
  return verdict === 'reject' ? judgeRejection(defects, receipts) : judgeAcceptance(defects, tried, receipts);
}

function judgeRejection(defects: CriticVerdict['defects'], receipts: readonly Receipt[]): JudgedVerdict {
  const shown = defects.filter(({ what, evidence }) => what.trim() !== '' && evidence.trim() !== '');
  if (shown.length === 0) {
    return {
      kind: 'void',
      problem: 'You reject the result and show no defect. Name at least one, with the evidence that shows it.',
    };
  }
  const detail = shown.map(({ what, evidence }) => `${what.trim()}\n  Evidence: ${evidence.trim()}`).join('\n');
  return { kind: 'failed', detail, receipts: receipts.map(({ key }) => key) };
}

function judgeAcceptance(
  defects: CriticVerdict['defects'],
  tried: CriticVerdict['tried'],
  receipts: readonly Receipt[],
): JudgedVerdict {
  if (defects.length > 0) return { kind: 'void', problem: 'You accept the result and name defects of it. Do one or the other.' };
  if (receipts.length === 0) {
    return {
      kind: 'void',
      problem:
        'You accept the result and have run nothing. Try to refute it with your tools first: an approval without a tool call does not count.',
    };
  }
  if (tried.length === 0)
    return { kind: 'void', problem: 'You accept the result and do not say what you tried. List each try with its tool.' };
  const used = new Set(receipts.map(({ tool }) => tool));
  const claimed = tried.find(({ tool }) => !used.has(tool));
  if (claimed !== undefined) {
    return {
      kind: 'void',
      problem: `You say that you tried "${claimed.what}" with the tool "${claimed.tool}"; there is no such call. Tools you called: ${[...used].join(', ')}.`,
    };
  }
  const named = new Set(tried.map(({ tool }) => tool));
  return {
    kind: 'passed',
    detail: `No defect found. Tried: ${tried.map(({ tool, what, seen }) => `${what.trim()} (${tool}): ${seen.trim()}`).join('; ')}`,
    receipts: receipts.filter(({ tool }) => named.has(tool)).map(({ key }) => key),
  };
}
