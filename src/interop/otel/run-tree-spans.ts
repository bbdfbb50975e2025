/** The spans of a run and of the runs of its sub-teams: one trace, whoever made which part of it. */
import type { JournalEntry } from '../../events.ts';
import { subRunId } from '../../ids.ts';
import type { CallRecord } from '../../model/call-record.ts';
import { findRole } from '../../team/find-role.ts';
import type { Team } from '../../team/team.ts';
import { type CallParent, spanOfCall } from './call-spans.ts';
import { type RunPlace, RunSpans } from './run-spans.ts';
import { type TraceSpan, traceIdOf } from './trace-span.ts';

export class RunTreeSpans {
  readonly #rootRunId: string;
  readonly #team: Team;
  readonly #runs = new Map<string, RunSpans>();
  /** Sub-teams' runs whose attempts have started. */
  readonly #below = new Map<string, Pick<RunPlace, 'team' | 'parent'>>();
  /** Calls that came before their run's first event: the gate asks before there is one. */
  #early: CallRecord[] = [];
  #traceId: string | null = null;

  /** @param team The outermost run's. */
  constructor(rootRunId: string, team: Team) {
    this.#rootRunId = rootRunId;
    this.#team = team;
  }

  /** @param entries Of one run in order, each once; a run's own before those of the runs below it. */
  enter(runId: string, entries: readonly JournalEntry[]): TraceSpan[] {
    const [first] = entries;
    if (first === undefined) return [];
    if (runId === this.#rootRunId) this.#traceId ??= traceIdOf(runId, first.atMs);
    const run = this.#runs.get(runId) ?? this.#openRun(runId);
    if (run === undefined) return [];
    const spans = run.enter(entries);
    if (this.#early.length === 0) return spans;
    const early = this.#early.splice(0);
    return [...spans, ...early.flatMap((call) => this.enterCall(call) ?? [])];
  }

  /** @returns null while its outcome is not known, or its run has not begun: then it is told with the run's first event. */
  enterCall(call: CallRecord): TraceSpan | null {
    const parent = this.#runs.get(call.runId)?.parentOf(call.subtaskId, call.attempt);
    if (this.#traceId !== null && parent !== undefined) return spanOfCall(call, this.#traceId, parent);
    this.#early.push(call);
    return null;
  }

  #openRun(runId: string): RunSpans | undefined {
    const place = runId === this.#rootRunId ? { team: this.#team } : this.#below.get(runId);
    if (place === undefined || this.#traceId === null) return undefined;
    const run = new RunSpans({
      ...place,
      runId,
      rootRunId: this.#rootRunId,
      traceId: this.#traceId,
      onComposite: (subtaskId, attempt, role, parent) =>
        this.#openBelow(place.team, subRunId(runId, subtaskId, attempt), role, parent),
    });
    this.#runs.set(runId, run);
    return run;
  }

  #openBelow(team: Team, runId: string, role: string, parent: CallParent): void {
    const below = findRole(team, role)?.team;
    if (below !== undefined) this.#below.set(runId, { team: below, parent });
  }
}
