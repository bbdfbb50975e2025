/** `store export` and `store import`: runs as JSON lines, out of one store and into another. */
import { createReadStream, createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { defaultStorePath, exportRuns, importRuns, openStore, PlanwrightError } from '../../index.ts';
import { exitCodes } from '../exit-code.ts';
import { formatNumber } from '../figures.ts';
import { findRun, type StoreFlags } from '../find-run.ts';
import type { CliIo } from '../io.ts';
import { withGivenStore } from '../open-given-store.ts';
import { cannotRead, nameInput } from '../read-input.ts';
import { printJson } from '../tell-run.ts';
import { toOneLine } from '../terminal-text.ts';

export interface ExportFlags extends StoreFlags {
  out?: string;
}

export async function runStoreExport(io: CliIo, wanted: string[], { store: given, out }: ExportFlags): Promise<number> {
  return withGivenStore(given, async (store) => {
    const runIds: string[] = [];
    for (const name of wanted) runIds.push((await findRun(store, name)).runId);
    const lines = exportRuns(store, wanted.length === 0 ? {} : { runIds: [...new Set(runIds)] });
    if (out !== undefined) await writeFile(out, lines);
    else for await (const line of lines) if (!(await io.print(line))) break;
    return exitCodes.succeeded;
  });
}

/** What runs were told and have answered is in it: nobody else reads the file. */
async function writeFile(path: string, lines: AsyncIterable<string>): Promise<void> {
  try {
    await pipeline(Readable.from(lines), createWriteStream(path, { mode: 0o600 }));
  } catch (thrown) {
    if (!isSystemError(thrown)) throw thrown;
    throw new PlanwrightError('usage', `Cannot write the archive ${path}: ${thrown.message}. It is not whole.`, {
      location: { file: path },
      cause: thrown,
    });
  }
}

export async function runStoreImport(io: CliIo, path: string, { store: given, json = false }: StoreFlags): Promise<number> {
  // Opened first: a file that can't be read must not make a store.
  const bytes = await openBytes(path);
  const store = await openStore(given ?? defaultStorePath);
  try {
    const told = await importRuns(store, bytes, {
      file: nameInput(path),
      onRun: (runId, what) => {
        io.note(`${what === 'imported' ? 'imported' : 'there already'}  ${toOneLine(runId)}\n`);
      },
    });
    const { imported, skipped } = told;
    if (json) await printJson(io, told);
    else {
      const there = skipped.length === 0 ? '' : `; ${formatNumber(skipped.length, 'run')} there already`;
      await io.print(`Imported ${formatNumber(imported.length, 'run')} into ${store.location}${there}.\n`);
    }
    return exitCodes.succeeded;
  } finally {
    await store.close();
  }
}

/** @throws {PlanwrightError} `usage` when there is nothing to read. */
async function openBytes(path: string): Promise<AsyncIterable<Uint8Array>> {
  if (path === '-') return process.stdin;
  const stream = createReadStream(path);
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  const first = await readNext(path, chunks);
  return (async function* read() {
    for (let next = first; next.done !== true; next = await readNext(path, chunks)) yield next.value;
  })();
}

async function readNext(path: string, chunks: AsyncIterator<Uint8Array>): Promise<IteratorResult<Uint8Array>> {
  try {
    return await chunks.next();
  } catch (thrown) {
    throw cannotRead(path, 'archive', thrown);
  }
}

function isSystemError(thrown: unknown): thrown is NodeJS.ErrnoException {
  return thrown instanceof Error && 'syscall' in thrown;
}
