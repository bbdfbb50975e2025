/**
 * 50 runs of a retail agent (AgentRx, MIT license): they are imported whole. The data are not part of the repository: they are read
 * from shared/data/traces beside one of the folders above this one, and these tests are skipped where there is none.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Diagnosis, diagnoseTrace, readTraces } from 'planwright';
import { describe, expect, test } from 'vitest';
import { findSharedData } from '../support/shared-data.ts';

const path = findSharedData('traces', 'agentrx_tau_retail.jsonl');

interface Row {
  reward: number;
  traj: { role: string; index: number; tool_calls?: { id: string }[] | null }[];
}

function format(count: number): string {
  return count.toLocaleString('en-US');
}

describe.skipIf(path === undefined)('AgentRx (skipped where shared/data/traces is not there to be read)', () => {
  const text = path === undefined ? '' : readFileSync(path, 'utf8');
  const rows = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);
  const traces = readTraces(text === '' ? '[{"messages":[{"role":"user","content":""}]}]' : text);
  const diagnoses: Diagnosis[] = traces.map(diagnoseTrace);
  const sum = (count: (diagnosis: Diagnosis) => number): number => diagnoses.reduce((total, one) => total + count(one), 0);

  test('every step and every call is there, counted from the file itself', () => {
    const messages = rows.flatMap(({ traj }) => traj);
    const byRole = (role: string): number => messages.filter((message) => message.role === role).length;
    expect(traces).toHaveLength(rows.length);
    expect(sum(({ coverage }) => coverage.steps)).toBe(messages.length);
    expect(sum(({ coverage }) => coverage.messages)).toBe(byRole('assistant'));
    expect(sum(({ coverage }) => coverage.requests)).toBe(byRole('user'));
    expect(sum(({ coverage }) => coverage.results)).toBe(byRole('tool'));
    expect(sum(({ coverage }) => coverage.instructions)).toBe(byRole('system'));
    const calls = messages.flatMap(({ tool_calls }) => tool_calls ?? []);
    expect(sum(({ coverage }) => coverage.toolCalls)).toBe(calls.length);
    expect(sum(({ coverage }) => coverage.answeredCalls)).toBe(calls.length);
    for (const [at, { steps }] of traces.entries())
      expect(steps.map(({ number }) => number)).toEqual(rows[at]?.traj.map(({ index }) => index));
  });

  test('runs that succeeded have no decisive step, and next to none of them a finding', () => {
    const succeeded = diagnoses.filter((_, at) => rows[at]?.reward === 1);
    expect(succeeded).toHaveLength(36);
    expect(succeeded.filter(({ decisive }) => decisive !== undefined)).toEqual([]);
    expect(succeeded.filter(({ findings }) => findings.length > 0).length).toBeLessThanOrEqual(2);
  });

  test('docs/diagnosis.md has these figures', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/diagnosis.md'), 'utf8');
    const { length } = diagnoses;
    const [steps, calls, answered] = [
      sum(({ coverage }) => coverage.steps),
      sum(({ coverage }) => coverage.toolCalls),
      sum(({ coverage }) => coverage.answeredCalls),
    ];
    expect(page).toContain(`${length} traces: ${format(steps)} steps (`);
    expect(page).toContain(`${format(calls)} tool calls, ${format(answered)} with their results.`);
    expect(page).toContain(`${diagnoses.filter(({ findings }) => findings.length > 0).length} with a finding.`);
  });
});
