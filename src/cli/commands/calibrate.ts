import { realpathSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import {
  type CalibrationRecord,
  type CalibrationStop,
  type CalibrationTable,
  type CriticCalibration,
  calibrateCode,
  calibrateCritic,
  judgeCalibration,
  type KnownJudgement,
  type KnownWork,
  PlanwrightError,
  parseFieldMap,
  readCalibrationFile,
  tabulateVerdicts,
  worksOfCases,
  worksOfRun,
} from '../../index.ts';
import { describeJudgement, describeTable } from '../calibration-text.ts';
import { exitCodes } from '../exit-code.ts';
import { formatCount, formatNumber, formatUsd } from '../figures.ts';
import { withRun } from '../find-run.ts';
import { catchInterrupts } from '../interrupts.ts';
import type { CliIo } from '../io.ts';
import { nameInput, readInput } from '../read-input.ts';
import { printJson } from '../tell-run.ts';
import { cutText, toOneLine } from '../terminal-text.ts';

export interface CalibrateFlags {
  cases?: string;
  accepted?: string;
  fields?: string;
  team?: string;
  role?: string;
  focus?: string;
  model?: string;
  files?: string;
  seed?: number;
  concurrency?: number;
  maxUsd?: number;
  maxFalseAccept?: number;
  packages?: string;
  alpha?: number;
  record?: string;
  store?: string;
  json?: boolean;
}

/** What says how a critic is asked. */
const criticFlags = ['team', 'role', 'focus', 'model', 'files', 'maxUsd', 'record', 'store'] as const;
const judgingFlags = [...criticFlags, 'packages', 'concurrency', 'seed'] as const;

/** 0 whatever the rates; 1 when no work came to a verdict; 3 when --max-usd ended it; 130 when it was interrupted. */
export async function runCalibrate(io: CliIo, what: 'critic' | 'code', flags: CalibrateFlags): Promise<number> {
  const { cases, accepted, fields } = flags;
  if ((cases === undefined) === (accepted === undefined)) {
    throw new PlanwrightError('usage', 'Give either --cases FILE or --accepted RUN.');
  }
  if (what === 'code') refuseFlags(flags, [...criticFlags, 'accepted'], 'A code check asks no critic');
  if (cases === undefined) return calibrateOnRun(io, accepted ?? '', flags);
  const map = fields === undefined ? {} : { fields: parseFieldMap(fields) };
  const text = await readInput(cases, 'cases');
  const needs = [what === 'code' ? ('tests' as const) : ('instruction' as const)];
  const file = readCalibrationFile(text, { file: nameInput(cases), needs, ...map });
  if (file.kind === 'verdicts') {
    refuseFlags(flags, judgingFlags, 'These verdicts have been given');
    const { alpha } = flags;
    return tell(io, flags, { table: tabulateVerdicts(file.rows, alpha === undefined ? {} : { alpha }), more: {} });
  }
  const works = worksOfCases(file.cases);
  if (what === 'code') return judgeCode(io, works, flags);
  refuseFlags(flags, ['packages'], 'A critic runs no tests');
  refuseCasesInFolder(cases, flags.files);
  return judgeByCritic(io, works, flags);
}

async function calibrateOnRun(io: CliIo, wanted: string, flags: CalibrateFlags): Promise<number> {
  if (flags.fields !== undefined) throw new PlanwrightError('usage', '--fields reads a file of --cases.');
  return withRun(wanted, flags, async (store, { runId }) => {
    const { seed, team, model, files } = flags;
    const found = await worksOfRun(store, runId, seed === undefined ? {} : { seed });
    const folder = files ?? found.files;
    const own = { team: team ?? found.team, model: model ?? found.model, ...(folder === undefined ? {} : { files: folder }) };
    return judgeByCritic(io, found.works, { ...flags, ...own }, store);
  });
}

async function judgeByCritic(
  io: CliIo,
  works: readonly KnownWork[],
  flags: Omit<CalibrateFlags, 'team'> & Pick<Parameters<typeof calibrateCritic>[0], 'team'>,
  store: Parameters<typeof calibrateCritic>[0]['store'] = flags.store,
): Promise<number> {
  const { team, role, focus, model, files, seed, concurrency, maxUsd, alpha } = flags;
  const calibration = await calibrateCritic({
    works,
    signal: catchInterrupts(),
    onJudgement: (judgement, { ended, planned }) => io.note(describeProgress(judgement, ended, planned)),
    ...(team === undefined ? {} : { team }),
    ...(role === undefined ? {} : { role }),
    ...(focus === undefined ? {} : { focus }),
    ...(model === undefined ? {} : { model }),
    ...(files === undefined ? {} : { files }),
    ...(seed === undefined ? {} : { seed }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(maxUsd === undefined ? {} : { maxUsd }),
    ...(alpha === undefined ? {} : { alpha }),
    ...(store === undefined ? {} : { store }),
  });
  const { table, stopped, record, ...more } = calibration;
  if (flags.record !== undefined && record !== null) await writeRecord(io, flags.record, record);
  return tell(io, flags, { table, more: { stopped, ...more, record }, notes: describeCritic(calibration) });
}

async function judgeCode(io: CliIo, works: readonly KnownWork[], flags: CalibrateFlags): Promise<number> {
  const { seed, concurrency, alpha, packages = '.' } = flags;
  const { table, stopped, judgements } = await calibrateCode({
    works,
    packageFolders: { node: packages, python: packages },
    signal: catchInterrupts(),
    onJudgement: (judgement, { ended, planned }) => io.note(describeProgress(judgement, ended, planned)),
    ...(seed === undefined ? {} : { seed }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(alpha === undefined ? {} : { alpha }),
  });
  return tell(io, flags, { table, more: { stopped, judgements } });
}

interface Told {
  table: CalibrationTable;
  /** Further keys of the document; the first two when works were judged. */
  more: { stopped?: CalibrationStop; judgements?: readonly KnownJudgement[] } & Record<string, unknown>;
  notes?: string[];
}

async function tell(io: CliIo, flags: Pick<CalibrateFlags, 'json' | 'maxFalseAccept'>, told: Told): Promise<number> {
  const { table, more, notes = [] } = told;
  const { stopped, judgements = [] } = more;
  const { maxFalseAccept } = flags;
  const judgement = maxFalseAccept === undefined ? undefined : judgeCalibration(table, { maxFalseAccept });
  const judged = judgement === undefined || maxFalseAccept === undefined ? null : { judgement, maxFalseAccept };
  if (flags.json === true) await printJson(io, { ...table, ...judged, ...more });
  else {
    const lines = describeTable(table);
    if (judged !== null) lines.push(describeJudgement(judged.judgement, table, judged.maxFalseAccept));
    await io.print(`${[...lines, ...notes].join('\n')}\n`);
  }
  if (stopped === 'interrupted') return exitCodes.interrupted;
  if (stopped === 'max-usd') return exitCodes.spent;
  const first = judgements.find(({ verdict }) => verdict === 'unverified');
  if (first === undefined || table.good.n + table.bad.n > 0) return exitCodes.succeeded;
  io.note(`No work came to a verdict. The first: ${toOneLine(first.detail)}\n`);
  return exitCodes.failed;
}

function describeCritic({ withoutReceipt, judgements, cost, critic }: CriticCalibration): string[] {
  const { calls, tokens, usd } = cost;
  const price = usd === null ? 'at a price that is not known' : `for ${formatUsd(usd)}`;
  const bare = `${formatNumber(withoutReceipt.judgements, 'judgement')} of ${formatCount(judgements.length)} came without a tool call, ${formatCount(withoutReceipt.accepted)} of them approvals, which a run would not count.`;
  return [
    '',
    bare,
    `The critic ${toOneLine(critic.role)} of team ${toOneLine(critic.team)} on ${toOneLine(critic.model)}: ${formatNumber(calls, 'call')}, ${formatNumber(tokens, 'token')} ${price}.`,
  ];
}

function describeProgress({ id, truth, verdict, detail }: KnownJudgement, ended: number, planned: number): string {
  const name = cutText(toOneLine(id), 40);
  return `${formatCount(ended)}/${formatCount(planned)}  ${name} (${truth}): ${verdict}: ${cutText(toOneLine(detail), 80)}\n`;
}

function refuseFlags(flags: CalibrateFlags, names: readonly (keyof CalibrateFlags)[], why: string): void {
  const given = names.find((name) => flags[name] !== undefined);
  if (given === undefined) return;
  const option = given.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new PlanwrightError('usage', `${why}: --${option} has no use here.`);
}

/** A critic with tools for files would find there what is right. */
function refuseCasesInFolder(cases: string, files: string | undefined): void {
  if (files === undefined || cases === '-') return;
  const inside = relative(realpathSync(resolve(files)), realpathSync(resolve(cases)));
  if (inside === '..' || inside.startsWith(`..${sep}`)) return;
  throw new PlanwrightError(
    'usage',
    `The cases ${cases} lie in the folder ${files}, where the critic could read what is right. Move them.`,
    {
      location: { file: cases },
    },
  );
}

async function writeRecord(io: CliIo, path: string, record: CalibrationRecord): Promise<void> {
  try {
    await writeFile(path, `${JSON.stringify(record, null, 2)}\n`);
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new PlanwrightError('usage', `Cannot write the record ${path}: ${reason}. The same command makes no call again.`, {
      location: { file: path },
      cause: thrown,
    });
  }
  io.note(`Wrote ${path}\n`);
}
