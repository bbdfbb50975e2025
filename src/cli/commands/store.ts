import {
  checkStore,
  initStore,
  PlanwrightError,
  retainRuns,
  type StoreCheck,
  type StoreInitialization,
  type StoreProblem,
} from '../../index.ts';
import { exitCodes } from '../exit-code.ts';
import { formatCount, formatNumber } from '../figures.ts';
import type { StoreFlags } from '../find-run.ts';
import type { CliIo } from '../io.ts';
import { withGivenStore } from '../open-given-store.ts';
import { parseStorePath } from '../option-values.ts';
import { printJson } from '../tell-run.ts';
import { toOneLine } from '../terminal-text.ts';

export interface GcFlags extends StoreFlags {
  keepDays?: number;
  dryRun?: boolean;
}

export async function runStoreInit(io: CliIo, location: string, { json = false }: StoreFlags): Promise<number> {
  const done = await initStore(parseStorePath(location));
  if (json) await printJson(io, done);
  else await io.print(`${describeInit(done)}\n`);
  return exitCodes.succeeded;
}

function describeInit({ location, fromVersion, version }: StoreInitialization): string {
  if (version === null) return `${location} is a store of this version.`;
  if (fromVersion === version) return `${location} is a store of this version (${version}) already.`;
  if (fromVersion === 0) return `Made ${location}, a store of version ${version}.`;
  return `Brought ${location} from version ${fromVersion} to version ${version}.`;
}

/** 0 when all is well, 1 when something is wrong. */
export async function runStoreCheck(io: CliIo, { store: given, json = false }: StoreFlags): Promise<number> {
  return withDamagedStore(
    () =>
      withGivenStore(given, async (store) => {
        const check = await checkStore(store);
        if (json) await printJson(io, check);
        else await io.print(`${describeCheck(check).join('\n')}\n`);
        return check.ok ? exitCodes.succeeded : exitCodes.failed;
      }),
    async (damage) => {
      const problems = [{ code: 'file', message: damage.message }];
      if (json) await printJson(io, { ok: false, location: damage.location.file ?? null, counts: null, problems });
      else await io.print(`file: ${toOneLine(damage.message)}\n`);
      return exitCodes.failed;
    },
  );
}

/** A store that can't even be opened is what a check is for. */
async function withDamagedStore(
  check: () => Promise<number>,
  tell: (damage: PlanwrightError) => Promise<number>,
): Promise<number> {
  try {
    return await check();
  } catch (thrown) {
    if (thrown instanceof PlanwrightError && thrown.code === 'store-corrupt') return tell(thrown);
    throw thrown;
  }
}

function describeCheck({ ok, location, counts, problems }: StoreCheck): string[] {
  const { runs, events, calls, values, blobs } = counts;
  const read = [
    formatNumber(runs, 'run'),
    formatNumber(events, 'event'),
    formatNumber(calls, 'call'),
    formatNumber(values, 'value'),
    formatNumber(blobs, 'file'),
  ].join(', ');
  const verdict = ok ? 'nothing is wrong' : formatNumber(problems.length, 'problem');
  return [...problems.map(describeProblem), `${location}: ${read}; ${verdict}.`];
}

function describeProblem({ code, message, runId, seq, callKey }: StoreProblem): string {
  const place = [
    ...(runId === undefined ? [] : [`run ${runId}`]),
    ...(seq === undefined ? [] : [`event ${seq}`]),
    ...(callKey === undefined ? [] : [`call ${callKey}`]),
  ];
  return toOneLine(`${code}${place.length === 0 ? '' : ` (${place.join(', ')})`}: ${message}`);
}

export async function runStoreGc(io: CliIo, { store: given, keepDays, dryRun = false, json = false }: GcFlags): Promise<number> {
  return withGivenStore(given, async (store) => {
    const retention = keepDays === undefined ? null : await retainRuns(store, { keepDays, dryRun });
    const garbage = dryRun ? null : await store.collectGarbage();
    const removed = retention?.removed ?? [];
    if (json) {
      await printJson(io, { location: store.location, dryRun, runs: removed, kept: retention?.kept ?? null, garbage });
      return exitCodes.succeeded;
    }
    const lines = [`${dryRun ? 'Would remove' : 'Removed'} ${formatNumber(removed.length, 'run')}.`];
    if (dryRun)
      lines.push(...removed.map((runId) => `  ${toOneLine(runId)}`), 'What they alone refer to is counted when it is removed.');
    if (garbage !== null) {
      const { values, blobs, bytes } = garbage;
      lines.push(
        `Removed ${formatNumber(values, 'value')} and ${formatNumber(blobs, 'file')} that nothing refers to: ${formatCount(bytes)} bytes.`,
      );
    }
    await io.print(`${lines.join('\n')}\n`);
    return exitCodes.succeeded;
  });
}
