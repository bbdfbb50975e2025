/** The verifier: runs the checks of one result in order of cost and stops at the first that fails. */
import type { Json } from '../json.ts';
import type { AcceptCheck, CodeCheck } from '../plan/plan.ts';
import { evaluatePredicate } from '../plan/predicate.ts';
import { checkCode, type PackageFolders, toCheckOutcome } from './code-check.ts';
import type { Judges } from './judge.ts';
import { checkQuotes, type LineReader } from './quotes.ts';
import { checkSchema } from './schema-check.ts';
import type { Evidence, Verdict } from './verdict.ts';
import type { CheckOutcome } from './verdict-parts.ts';
import { checkCommand, checkFile, type WorkspaceCommand, type WorkspaceView } from './workspace-checks.ts';

export interface VerifyRequest {
  output: Json;
  checks: readonly AcceptCheck[];
  /** Absent when the run was given no files: then every citation fails. */
  readLines?: LineReader;
  /** Absent: checks that a model makes are undecided. */
  judges?: Judges;
  /** The files of the result. Absent in a run without workspaces: checks of files are undecided. */
  workspace?: WorkspaceView;
  /** Where the packages that code checks name are taken from. Absent: such a check is undecided. */
  packageFolders?: PackageFolders;
  signal?: AbortSignal;
}

/** Failed quotes that the reason and the evidence name. */
const maxNamed = 10;

/**
 * No checks give `unverified`: an acceptance without evidence does not exist.
 * @throws the signal's reason when it aborts.
 */
export async function verify({ output, checks, readLines, signal, ...means }: VerifyRequest): Promise<Verdict> {
  const ordered = orderByCost(checks);
  const evidence: Evidence[] = [];
  if (ordered.length === 0) return { kind: 'unverified', reason: 'There are no checks for this result.', evidence };
  for (const check of ordered) {
    signal?.throwIfAborted();
    const outcome = await runCheck(check, output, { readLines: readLines ?? readNothing, signal, ...means });
    const receipts = 'receipts' in outcome && outcome.receipts !== undefined ? { receipts: outcome.receipts } : {};
    evidence.push({ check: check.kind, passed: outcome.kind === 'passed', detail: writeDetail(outcome), ...receipts });
    if (outcome.kind === 'failed') return { kind: 'rejected', reason: writeReason(check, outcome.detail), evidence };
    if (outcome.kind === 'undecided') return { kind: 'unverified', reason: outcome.detail, evidence };
  }
  return { kind: 'accepted', evidence };
}

/** A result as the text that predicates and quotes look at: text as it is, anything else as compact JSON. */
export function textOf(output: Json): string {
  return typeof output === 'string' ? output : JSON.stringify(output);
}

function writeDetail(outcome: CheckOutcome): string {
  const facts = 'facts' in outcome ? (outcome.facts ?? '') : '';
  return facts === '' ? outcome.detail : `${outcome.detail}\n${facts}`;
}

/** Cheapest first. */
const kindsByCost: readonly AcceptCheck['kind'][] = [
  'schema',
  'predicate',
  'file',
  'quotes',
  'code',
  'command',
  'rubric',
  'critic',
];

function orderByCost(checks: readonly AcceptCheck[]): AcceptCheck[] {
  return checks.toSorted((a, b) => kindsByCost.indexOf(a.kind) - kindsByCost.indexOf(b.kind));
}

interface Means {
  readLines: LineReader;
  judges?: Judges;
  workspace?: WorkspaceView;
  packageFolders?: PackageFolders;
  signal: AbortSignal | undefined;
}

async function runCheck(check: AcceptCheck, output: Json, means: Means): Promise<CheckOutcome> {
  const { readLines, judges } = means;
  switch (check.kind) {
    case 'schema':
      return checkSchema(output, check.schema);
    case 'predicate': {
      const { kind: _, ...predicate } = check;
      const broken = evaluatePredicate(predicate, textOf(output));
      return broken === null
        ? { kind: 'passed', detail: 'Every condition on the text holds.' }
        : { kind: 'failed', detail: broken };
    }
    case 'quotes':
      return checkAllQuotes(textOf(output), readLines, check.min);
    case 'code':
      return judgeCode(check, output, means);
    case 'file': {
      const { kind: _, path, ...predicate } = check;
      return checkFile(path, predicate, means.workspace);
    }
    case 'command':
      return checkCommand(commandOf(check), means.workspace, means.signal);
    case 'rubric':
      return judges === undefined ? noJudge : judges.rubric(check, output);
    case 'critic':
      return judges === undefined ? noJudge : judges.critic(check, output);
  }
}

async function judgeCode(check: CodeCheck, output: Json, { packageFolders, signal }: Means): Promise<CheckOutcome> {
  const given = packageFolders === undefined ? {} : { packageFolders };
  return toCheckOutcome(await checkCode({ result: output, check, ...given, ...(signal === undefined ? {} : { signal }) }));
}

function commandOf({ run, timeoutMs, memoryMb }: CommandCheck): WorkspaceCommand {
  const [program, ...args] = run;
  const limits = { ...(timeoutMs === undefined ? {} : { timeoutMs }), ...(memoryMb === undefined ? {} : { memoryMb }) };
  return { program, args, limits };
}

type CommandCheck = Extract<AcceptCheck, { kind: 'command' }>;

const noJudge: CheckOutcome = { kind: 'undecided', detail: 'Nobody was there to judge the result.' };

async function checkAllQuotes(text: string, readLines: LineReader, min: number | undefined): Promise<CheckOutcome> {
  const { checked, failed, missing } = await checkQuotes(text, readLines, min === undefined ? {} : { min });
  if (failed.length > 0) {
    const named = failed.slice(0, maxNamed).map(({ reason }) => reason);
    const more = failed.length > maxNamed ? `\n… and ${failed.length - maxNamed} more` : '';
    return { kind: 'failed', detail: named.join('\n') + more };
  }
  if (missing > 0) {
    return {
      kind: 'failed',
      detail: `The text has ${checked.length} citations; it must have at least ${checked.length + missing}, each as "exact quote" [path:line].`,
    };
  }
  const counted = checked.length === 1 ? '1 citation stands in its file.' : `${checked.length} citations stand in their files.`;
  return { kind: 'passed', detail: checked.length === 0 ? 'The text cites nothing.' : counted };
}

async function readNothing(file: string): Promise<string[]> {
  throw new Error(`no files were given, so ${file} cannot be cited`);
}

/** Written for the executor that tries again: what is wrong, and what to hand back. */
function writeReason(check: AcceptCheck, detail: string): string {
  switch (check.kind) {
    case 'schema':
      return `Your result does not have the required form. ${detail}\nAnswer again with the corrected JSON, whole, and nothing around it.`;
    case 'predicate':
      return `Your result does not meet a condition. ${detail}\nAnswer again with the whole corrected result.`;
    case 'quotes':
      return `Citations in your result do not hold:\n${detail}\nRead each cited line again. Correct the citation or leave the statement out, and answer with the whole corrected result.`;
    case 'file':
      return `A file is not as it has to be. ${detail}\nMend it in your folder and answer again.`;
    case 'command':
      return `${detail}\nMend your files and answer again.`;
    case 'code':
      return `Your code does not pass its tests. ${detail}\nAnswer again with the whole corrected code in one code block.`;
    case 'rubric':
      return `Your result does not meet the rubric. ${detail}\nAnswer again with the whole corrected result.`;
    case 'critic':
      return `A critic has refuted your result:\n${detail}\nCorrect every defect and answer with the whole corrected result.`;
  }
}
