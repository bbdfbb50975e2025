/**
 * What the largest prompt of a run holds: one flat plan of n leaves against three levels of ten each, by the tokens of the
 * prompts (characters ÷ 4) of a scripted model. Every leaf and every report has 400 characters.
 */
import { MemoryStore } from '../src/engine/memory-store.ts';
import { runTask } from '../src/run-task.ts';
import { defineTeam } from '../src/team/define-team.ts';
import type { TeamDefinition } from '../src/team/team-definition.ts';
import { scriptedModel } from '../src/testing/scripted-model.ts';
import { atMost, type Figure } from './figure.ts';

const branching = 10;
const answer = 'What was found. '.repeat(25);

const leaf = { description: 'Does one piece.', instructions: 'You do one piece of the work.' };
const writer = { description: 'Puts pieces together.', instructions: 'You write one report from what you are given.' };

/** A plan of so many pieces of the role, and a report on all of them. */
function planOf(role: string, pieces: number): string {
  const subtasks = Array.from({ length: pieces }, (_, at) => ({
    id: `p${at + 1}`,
    role,
    instruction: `Do piece ${at + 1}.`,
    dependsOn: [] as string[],
  }));
  const dependsOn = subtasks.map(({ id }) => id);
  return JSON.stringify({
    subtasks: [...subtasks, { id: 'report', role: 'writer', instruction: 'Write the report.', dependsOn }],
    deliverable: 'report',
  });
}

async function measureRun(definition: TeamDefinition, plan: (prompt: string) => string) {
  const model = scriptedModel((request) =>
    request.responseFormat?.type === 'json' ? plan(JSON.stringify(request.prompt)) : answer,
  );
  const team = defineTeam(definition);
  const result = await runTask({ task: 'Report on everything.', team, model, strategy: 'team', store: new MemoryStore() });
  if (result.status !== 'succeeded') throw new Error(`The run ended ${result.status}: ${result.detail ?? ''}`);
  const { levels } = result.hierarchy ?? { levels: [] };
  const largest = Math.max(
    ...result.subtasks.map(({ promptTokens }) => promptTokens),
    ...levels.map((level) => level.largestPromptTokens),
  );
  return { largest, leaves: levels.at(-1)?.leaves ?? result.subtasks.length, calls: result.ledger.calls };
}

/** Its writer is given every piece whole: by default it would be given 32,000 tokens of them. */
function measureFlat(leaves: number) {
  const roles = { leaf, writer: { ...writer, limits: { handoffTokens: 1_000_000 } } };
  return measureRun({ name: 'flat', roles, planner: { maxSubtasks: leaves + 1 } }, () => planOf('leaf', leaves));
}

function measureThreeLevels() {
  const lower: TeamDefinition = { name: 'lower', roles: { leaf, writer } };
  const middle: TeamDefinition = { name: 'middle', roles: { lead: { description: 'Leads a few.', team: lower }, writer } };
  return measureRun(
    { name: 'top', roles: { manager: { description: 'Manages leads.', team: middle }, writer }, limits: { depth: 3 } },
    (prompt) => planOf(prompt.includes('- manager:') ? 'manager' : prompt.includes('- lead:') ? 'lead' : 'leaf', branching),
  );
}

export async function measureHierarchyPrompts(quick: boolean): Promise<Figure[]> {
  const flat = [];
  for (const leaves of quick ? [30, 100] : [30, 100, 300, 1000]) flat.push({ leaves, run: await measureFlat(leaves) });
  const deep = await measureThreeLevels();
  const base = flat[0]?.run.largest ?? 0;
  return [
    ...flat.map(({ leaves, run }) => ({
      what: `flat, ${leaves} leaves: largest prompt, tokens`,
      measured: run.largest,
      digits: 0,
    })),
    { what: 'three levels of ten, 1,000 leaves: largest prompt, tokens', measured: deep.largest, digits: 0 },
    { what: '  ÷ that of the flat plan of 30', measured: deep.largest / base, unit: ' ×', bound: atMost(1.1) },
    { what: '  model calls', measured: deep.calls, digits: 0 },
  ];
}
