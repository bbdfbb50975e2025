import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import {
  type Diagnosis,
  diagnoseTrace,
  diagnoseWithJudge,
  loadLabeledTraces,
  measureAgreement,
  PlanwrightError,
  readTraceLabels,
  readTraces,
  type Trace,
  traceOfRun,
} from '../../index.ts';
import { describeAgreement, describeDiagnoses, describeDiagnosis } from '../diagnosis-text.ts';
import { exitCodes } from '../exit-code.ts';
import { withRun } from '../find-run.ts';
import { catchInterrupts } from '../interrupts.ts';
import type { CliIo } from '../io.ts';
import { nameInput, readInput } from '../read-input.ts';
import { printJson } from '../tell-run.ts';
import { toOneLine } from '../terminal-text.ts';

export interface DiagnoseFlags {
  labels?: string;
  model?: string;
  alpha?: number;
  store?: string;
  json?: boolean;
}

/** 0 whatever is found; 1 when a judge was asked and gave no judgement. */
export async function runDiagnose(io: CliIo, what: string | undefined, flags: DiagnoseFlags): Promise<number> {
  const { labels } = flags;
  if (labels !== undefined) return diagnoseLabeled(io, what, labels, flags);
  if (what === undefined) {
    throw new PlanwrightError('usage', 'There is nothing to diagnose. Give a run, a file with traces, or --labels FILE.');
  }
  if (isTraceFile(what)) return tell(io, await diagnoseAll(await readTraceFile(what), flags), flags);
  return withRun(what, flags, async (store, { runId }) => {
    const trace = await traceOfRun(store, runId);
    return tell(io, await diagnoseAll([trace], flags), flags);
  });
}

/** A file comes before a run of that name. What looks like a path is meant as one. */
function isTraceFile(what: string): boolean {
  if (what === '-' || /[\\/]|\.jsonl?$/i.test(what)) return true;
  try {
    return statSync(what).isFile();
  } catch {
    return false;
  }
}

async function readTraceFile(path: string): Promise<Trace[]> {
  return readTraces(await readInput(path, 'trace'), { file: nameInput(path) });
}

async function diagnoseAll(traces: readonly Trace[], { model, store }: DiagnoseFlags): Promise<Diagnosis[]> {
  if (model === undefined) return traces.map(diagnoseTrace);
  const signal = catchInterrupts();
  const diagnoses: Diagnosis[] = [];
  for (const trace of traces)
    diagnoses.push(await diagnoseWithJudge(trace, { model, signal, ...(store === undefined ? {} : { store }) }));
  return diagnoses;
}

async function tell(io: CliIo, diagnoses: readonly Diagnosis[], { json }: DiagnoseFlags): Promise<number> {
  const [only] = diagnoses;
  if (json === true && diagnoses.length > 1) await io.print(diagnoses.map((one) => `${JSON.stringify(one)}\n`).join(''));
  else if (json === true) await printJson(io, only);
  else
    await io.print(
      `${(only !== undefined && diagnoses.length === 1 ? describeDiagnosis(only) : describeDiagnoses(diagnoses)).join('\n')}\n`,
    );
  return noteProblems(io, diagnoses);
}

function noteProblems(io: CliIo, diagnoses: readonly Diagnosis[]): number {
  const judged = diagnoses.flatMap(({ judge }) => (judge === undefined ? [] : [judge]));
  const problem = judged.find((judge) => judge.problem !== null)?.problem;
  if (problem === undefined || problem === null) return exitCodes.succeeded;
  io.note(
    `${judged.filter((judge) => judge.problem !== null).length} of ${judged.length} judgements failed. The first: ${toOneLine(problem)}\n`,
  );
  return judged.every((judge) => judge.problem !== null) ? exitCodes.failed : exitCodes.succeeded;
}

async function diagnoseLabeled(io: CliIo, what: string | undefined, path: string, flags: DiagnoseFlags): Promise<number> {
  const file = nameInput(path);
  const labels = readTraceLabels(await readInput(path, 'labels'), { file });
  const folder = path === '-' ? '.' : dirname(resolve(path));
  const given = what === undefined ? {} : { traces: await readTraceFile(what) };
  const traces = await loadLabeledTraces(labels, { folder, file, ...given });
  const names = [...traces.keys()];
  const diagnoses = await diagnoseAll([...traces.values()], flags);
  const byName = new Map(names.flatMap((name, at) => (diagnoses[at] === undefined ? [] : [[name, diagnoses[at]] as const])));
  const agreement = measureAgreement(labels, byName, flags.alpha === undefined ? {} : { alpha: flags.alpha });
  if (flags.json === true) await printJson(io, agreement);
  else await io.print(`${describeAgreement(agreement).join('\n')}\n`);
  return noteProblems(io, diagnoses);
}
