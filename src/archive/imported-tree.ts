/** One group of an archive while it is read: checked line by line, complete only with its last one. */
import type { RunRecord, RunSignal } from '../engine/store.ts';
import { toJsonText } from '../engine/stored-value.ts';
import type { JournalEntry } from '../events.ts';
import type { RunOutcome } from '../measure/outcome.ts';
import type { CallRecord } from '../model/call-record.ts';
import { type ArchiveLine, noCounts, type TreeCounts } from './archive-format.ts';
import { foldEntries } from './fold-entries.ts';
import { isJson } from './is-json.ts';
import { type Reference, referencesOfCall, referencesOfSetup } from './references.ts';

export interface ImportedRun {
  record: RunRecord;
  /** Of its `run` line. */
  line: number;
  entries: JournalEntry[];
  signals: RunSignal[];
}

/** What one group may have beside values and blobs, which are kept as they come. */
type TreeLine = Exclude<ArchiveLine, { kind: 'archive' | 'end' | 'value' | 'blob' }>;

export class ImportedTree {
  readonly runs: ImportedRun[] = [];
  readonly calls: CallRecord[] = [];
  outcome: RunOutcome | undefined;
  /** Of values and blobs it holds. */
  readonly hashes = new Set<string>();
  readonly #runIds = new Set<string>();
  readonly #callKeys = new Set<string>();
  readonly #counts: TreeCounts = noCounts();

  constructor(root: RunRecord, line: number) {
    this.#counts.runs = 1;
    this.#runIds.add(root.runId);
    this.runs.push({ record: root, line, entries: [], signals: [] });
  }

  get rootRunId(): string {
    return this.runs[0]?.record.runId ?? '';
  }

  /** @returns what is wrong with the line, or null. */
  enter(line: TreeLine, number: number): string | null {
    switch (line.kind) {
      case 'run':
        return this.#enterRun(line.record, number);
      case 'event':
        return this.#enterEvent(line.entry);
      case 'signal':
        this.#counts.signals += 1;
        this.runs.at(-1)?.signals.push(line.signal);
        return null;
      case 'call':
        return this.#enterCall(line.call);
      case 'outcome':
        if (line.outcome.runId !== this.rootRunId) return `the outcome is that of run "${line.outcome.runId}"`;
        this.outcome = line.outcome;
        return null;
      case 'tree-end':
        return this.#end(line);
    }
  }

  enterHash(kind: 'values' | 'blobs', hashed: string): void {
    this.#counts[kind] += 1;
    this.hashes.add(hashed);
  }

  #enterRun(record: RunRecord, line: number): string | null {
    const { runId, rootRunId, parentRunId } = record;
    if (this.#runIds.has(runId)) return `run "${runId}" is there twice`;
    if (rootRunId !== this.rootRunId) return `run "${runId}" belongs to "${rootRunId}", not to "${this.rootRunId}"`;
    if (parentRunId === null || !this.#runIds.has(parentRunId) || !runId.startsWith(`${parentRunId}.`)) {
      return `run "${runId}" is below "${String(parentRunId)}", which is no run before it that its id begins with`;
    }
    this.#counts.runs += 1;
    this.#runIds.add(runId);
    this.runs.push({ record, line, entries: [], signals: [] });
    return null;
  }

  #enterEvent(entry: JournalEntry): string | null {
    const entries = this.runs.at(-1)?.entries ?? [];
    if (entry.seq !== entries.length + 1) return `event ${entry.seq} stands where event ${entries.length + 1} is due`;
    this.#counts.events += 1;
    entries.push(entry);
    return isTooLarge(entry.event) ? `event ${entry.seq} has more characters than a store keeps` : null;
  }

  #enterCall(call: CallRecord): string | null {
    const { key, runId, rootRunId, response } = call;
    if (rootRunId !== this.rootRunId || !key.startsWith(`${runId}/`)) return `call ${key} is none of this run`;
    if (runId !== rootRunId && !runId.startsWith(`${rootRunId}.`)) return `call ${key} is none of this run`;
    if (this.#callKeys.has(key)) return `call ${key} is there twice`;
    if (isTooLarge({ ...call, response: null })) return `call ${key} has more characters than a store keeps`;
    if (response !== null && !isJson(response)) return `call ${key}: its response is no JSON`;
    this.#counts.calls += 1;
    this.#callKeys.add(key);
    this.calls.push(call);
    return null;
  }

  #end({ rootRunId, ...stated }: Extract<ArchiveLine, { kind: 'tree-end' }>): string | null {
    if (rootRunId !== this.rootRunId) return `the end of run "${rootRunId}" stands in run "${this.rootRunId}"`;
    for (const [what, counted] of Object.entries(this.#counts)) {
      const said = stated[what as keyof TreeCounts];
      if (said !== counted) return `${said} ${what} are said to be above, and ${counted} are`;
    }
    return null;
  }

  /** @returns the first run whose events make no run, with what is wrong; or what its runs refer to. */
  fold(): { line: number; problem: string } | { references: Reference[] } {
    const references: Reference[] = [];
    for (const { record, line, entries } of this.runs) {
      const folded = foldEntries(entries);
      if (folded.kind === 'broken') return { line, problem: `run "${record.runId}": ${folded.problem}` };
      const end = folded.state.end?.status ?? null;
      const isOver = record.status !== 'running' && record.status !== 'waiting';
      if (isOver !== (record.endedMs !== null) || (isOver && record.status !== end)) {
        return {
          line,
          problem: `run "${record.runId}" is said to be ${record.status}; by its events it is ${end ?? 'not over'}`,
        };
      }
      references.push(...referencesOfSetup(record.setup), ...folded.references);
    }
    return { references: [...references, ...this.calls.flatMap(referencesOfCall)] };
  }
}

/** What a store would refuse is refused here, before anything of the run is written. */
function isTooLarge(part: unknown): boolean {
  try {
    toJsonText(part, 'It');
    return false;
  } catch {
    return true;
  }
}
