/** Diagnoses in a terminal: what was found in one trace, in many, and how far it agrees with labels. */

import { type Diagnosis, type DiagnosisAgreement, type ModeAgreement, mastModes } from '../index.ts';
import { alignColumns } from './comparison-text.ts';
import { formatCount, formatNumber } from './figures.ts';
import { cutText, toOneLine } from './terminal-text.ts';

const evidenceColumns = 400;

/** Lines without line feeds. */
export function describeDiagnosis(diagnosis: Diagnosis): string[] {
  const { trace, findings, decisive, known, judge, coverage, outcome } = diagnosis;
  const lines = [`${toOneLine(trace)}: ${describeCoverage(coverage)}${outcome === 'unknown' ? '' : `; it ${outcome}`}.`];
  if (findings.length === 0) lines.push('No failure was found.');
  for (const { mode, agent, step, confidence, method, evidence } of findings) {
    const where = [step === undefined ? '' : `step ${step}`, agent === undefined ? '' : toOneLine(agent)]
      .filter((part) => part !== '')
      .join(', ');
    lines.push(
      '',
      `${mode} ${mastModes[mode].name}${where === '' ? '' : ` at ${where}`} (${confidence.toFixed(2)}, ${method})`,
      `    ${cutText(toOneLine(evidence), evidenceColumns)}`,
    );
  }
  if (decisive !== undefined) lines.push('', `Decisive: step ${decisive.step}, ${toOneLine(decisive.agent)}.`);
  else if (findings.length > 0)
    lines.push('', outcome === 'succeeded' ? 'None was decisive: it succeeded.' : 'None was decisive.');
  if (known !== undefined) lines.push(`Known: step ${known.step ?? 'unknown'}, ${toOneLine(known.agent)}.`);
  if (judge !== undefined) {
    lines.push(
      `The judge ${toOneLine(judge.model)}: ${formatNumber(judge.calls, 'call')}, ${formatNumber(judge.dropped.length, 'finding')} dropped.`,
    );
    if (judge.problem !== null) lines.push(`There is no judgement. ${toOneLine(judge.problem)}`);
  }
  return lines;
}

function describeCoverage({
  steps,
  messages,
  requests,
  results,
  toolCalls,
  answeredCalls,
  agents,
}: Diagnosis['coverage']): string {
  return `${formatNumber(steps, 'step')} (${formatCount(messages)} of ${formatNumber(agents, 'agent')}, ${formatCount(requests)} requests, ${formatCount(results)} results), ${formatNumber(toolCalls, 'tool call')}, ${formatCount(answeredCalls)} answered`;
}

/** Of a file with many traces: one line each that has a finding, then what was read and found. */
export function describeDiagnoses(diagnoses: readonly Diagnosis[]): string[] {
  const found = diagnoses.filter(({ findings }) => findings.length > 0);
  const lines = found.map(({ trace, findings, decisive }) => {
    const modes = findings.map(({ mode, step }) => (step === undefined ? mode : `${mode} at ${step}`));
    const decided = decisive === undefined ? '' : `; decisive: step ${decisive.step}, ${toOneLine(decisive.agent)}`;
    return `${cutText(toOneLine(trace), 60)}: ${modes.join(', ')}${decided}`;
  });
  const sum = (count: (coverage: Diagnosis['coverage']) => number): number =>
    diagnoses.reduce((total, { coverage }) => total + count(coverage), 0);
  const [steps, calls, answered] = [sum((one) => one.steps), sum((one) => one.toolCalls), sum((one) => one.answeredCalls)];
  const kinds = `${formatCount(sum((one) => one.messages))} messages, ${formatCount(sum((one) => one.requests))} requests, ${formatCount(sum((one) => one.results))} results, ${formatCount(sum((one) => one.instructions))} instructions`;
  lines.push(
    ...(found.length === 0 ? [] : ['']),
    `${formatNumber(diagnoses.length, 'trace')}: ${formatNumber(steps, 'step')} (${kinds}), ${formatNumber(calls, 'tool call')}, ${formatCount(answered)} with their results.`,
    `${formatCount(found.length)} with a finding. Findings by mode: ${describeModes(diagnoses)}.`,
  );
  lines.push(...describeKnown(diagnoses));
  return lines;
}

/** Where people have said who failed and when. */
function describeKnown(diagnoses: readonly Diagnosis[]): string[] {
  const known = diagnoses.filter((one) => one.known !== undefined);
  if (known.length === 0) return [];
  const decided = known.filter(({ decisive }) => decisive !== undefined);
  const sameAgent = decided.filter((one) => one.decisive?.agent === one.known?.agent).length;
  const sameStep = decided.filter((one) => one.decisive?.step === one.known?.step).length;
  return [
    `Of ${formatNumber(known.length, 'trace')} whose failure is known, ${formatCount(decided.length)} have a decisive step: its agent is the known one in ${formatCount(sameAgent)}, its step in ${formatCount(sameStep)}.`,
  ];
}

function describeModes(diagnoses: readonly Diagnosis[]): string {
  const counts = Map.groupBy(
    diagnoses.flatMap(({ findings }) => findings),
    ({ mode }) => mode,
  );
  const told = [...counts]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([mode, findings]) => `${mode} ${formatCount(findings.length)}`);
  return told.length === 0 ? 'none' : told.join(', ');
}

export function describeAgreement({ modes, pooled, traces, alpha, minConfidence }: DiagnosisAgreement): string[] {
  const rows = [...modes.map((row) => [`${row.mode} ${row.name}`, ...cellsOf(row)]), ['all rows', ...cellsOf(pooled)]];
  return [
    ...alignColumns([['MODE', 'ROWS', 'BOTH', 'MISSED', 'FALSE ALARMS', 'NEITHER', 'KAPPA'], ...rows]),
    '',
    `${formatNumber(traces, 'trace')}. A finding counts from a confidence of ${minConfidence} on. Ranges are ${Number((100 * (1 - alpha)).toFixed(2))} % profile-likelihood intervals; a dash: neither ever differs.`,
  ];
}

function cellsOf({
  n,
  both,
  onlyLabels,
  onlyDiagnosis,
  neither,
  kappa,
  low,
  high,
}: Omit<ModeAgreement, 'mode' | 'name'>): string[] {
  const told =
    kappa === null || low === null || high === null ? '–' : `${kappa.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
  return [...[n, both, onlyLabels, onlyDiagnosis, neither].map(formatCount), told];
}
