/**
 * 43 crews of crewAI and of a course. The data are not part of the repository: they are read from shared/data/crewai beside one of
 * the folders above this one, and these tests are skipped where there is none.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  checkPlan,
  fillInputs,
  fillTeam,
  importCrew,
  type Json,
  loadCrewFiles,
  MemoryStore,
  PlanwrightError,
  parseTeamFile,
  renderTeamDefinition,
  runTask,
  type TeamDefinition,
} from 'planwright';
import { scriptedModel } from 'planwright/testing';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findSharedData } from '../support/shared-data.ts';

const folder = findSharedData('crewai') ?? '';

const rowSchema = z.object({
  dir: z.string(),
  yaml: z.string(),
  agents: z.number(),
  tasks: z.number(),
  tasks_with_agent: z.number(),
  unknown_agent_refs: z.number(),
  context_refs: z.number(),
  unknown_context_refs: z.number(),
  placeholders: z.array(z.string()),
});

const rows = folder === '' ? [] : z.array(rowSchema).parse(JSON.parse(readFileSync(join(folder, 'INDEX.json'), 'utf8')));
const filesOf = (dir: string) => loadCrewFiles(join(folder, '..', dir));

/** A value for every placeholder. */
function valuesFor(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, `<${name}>`]));
}

const linesOf = (output: Json): string[] => (typeof output === 'string' ? output.split('\n') : []);

/** Subtasks whose output does not stand in the deliverable as it is. */
const missingFrom = (deliverable: Json, subtasks: readonly { id: string; output: Json }[]): string[] =>
  subtasks.flatMap(({ id, output }) =>
    typeof output === 'string' && typeof deliverable === 'string' && deliverable.includes(output) ? [] : [id],
  );

/**
 * An agent answers with its instruction's first words and all that it was handed; a manager gives each task to the first who may
 * have it, and is content.
 */
const echo = () =>
  scriptedModel(({ prompt }) => {
    const shown = prompt
      .map(({ content }) =>
        typeof content === 'string' ? content : content.map((part) => (part.type === 'text' ? part.text : '')).join(''),
      )
      .join('\n');
    if (shown.includes('You do no task yourself.')) {
      const [, coworker = ''] = /answer "delegate": give out [^]*?It may go to:\n- (.*?):/i.exec(shown) ?? [];
      return JSON.stringify({ action: coworker === '' ? 'finish' : 'delegate', coworker, work: 'Do it.', context: '' });
    }
    const [, instruction = ''] = /<instruction>\n([^\n]{1,60})/.exec(shown) ?? [];
    return [`did: ${instruction}`, ...new Set(shown.match(/did: .*/g) ?? [])].join('\n');
  });

describe.skipIf(folder === '')('CrewAI’s crews (skipped where shared/data/crewai is not there to be read)', () => {
  it('every agent, task, context edge and placeholder is accounted for', () => {
    expect(rows).toHaveLength(43);
    const counted = rows.map(({ dir, yaml }) => {
      const refused = { dir, yaml: 'invalid' };
      try {
        const { crew, unresolved } = importCrew(filesOf(dir));
        const count = (code: string): number => unresolved.filter((note) => note.code === code).length;
        return {
          dir,
          yaml: 'ok',
          agents: crew.agents.length,
          tasks: crew.tasks.length,
          tasks_with_agent: crew.tasks.filter(({ agent }) => agent !== null).length + count('unknown-agent'),
          unknown_agent_refs: count('unknown-agent'),
          context_refs: crew.contextEdges + count('unknown-context') + count('later-context'),
          unknown_context_refs: count('unknown-context'),
          placeholders: crew.placeholders,
        };
      } catch (thrown) {
        if (!(thrown instanceof PlanwrightError) || thrown.location.line === undefined) throw thrown;
        return { ...refused, yaml: yaml === 'ok' ? 'refused although valid' : yaml };
      }
    });
    expect(counted).toEqual(rows.map((row) => (row.yaml === 'ok' ? row : { dir: row.dir, yaml: row.yaml })));
  });

  it.each(['sequential', 'hierarchical'] as const)('a %s crew’s team file reads back, and its plan fits it', (process) => {
    for (const { dir, yaml } of rows) {
      if (yaml !== 'ok') continue;
      const { definition, team, plan, crew } = importCrew(filesOf(dir), { process });
      expect(parseTeamFile(renderTeamDefinition(definition), 'team.yaml')).toEqual(team);
      const { problems, shape } = checkPlan(plan, { roles: Object.keys(team.roles) });
      const open = process === 'hierarchical' ? [] : crew.tasks.filter(({ agent }) => agent === null);
      expect({ dir, problems: problems.map(({ code, subtaskId }) => `${code} ${subtaskId}`), leaves: shape?.leaves }).toEqual({
        dir,
        problems: open.map(({ name }) => `unknown-role ${name}`),
        leaves: 1,
      });
    }
  });

  it('a sequential crew takes one call a task, and the deliverable holds what all of them put out', async () => {
    for (const { dir, yaml, tasks, tasks_with_agent } of rows) {
      if (yaml !== 'ok' || tasks !== tasks_with_agent) continue;
      const { plan: written, team: open } = importCrew(filesOf(dir), { model: 'custom:model' });
      const { plan, fill } = fillInputs(written, valuesFor(written.inputs ?? []));
      const team = fillTeam(open, fill);
      // Guardrails would be calls of their own.
      const unjudged = {
        ...plan,
        subtasks: plan.subtasks.map(({ id, role, instruction, dependsOn }) => ({ id, role, instruction, dependsOn })),
      };
      const model = echo();
      const { status, deliverable, subtasks, ledger } = await runTask({
        task: plan.task,
        plan: unjudged,
        team,
        model,
        store: new MemoryStore(),
      });
      expect({ dir, status, calls: ledger.callsByPurpose }).toEqual({ dir, status: 'succeeded', calls: { execute: tasks } });
      expect({ dir, missing: missingFrom(deliverable, subtasks) }).toEqual({ dir, missing: [] });
      expect({ dir, outputs: subtasks.filter(({ output }) => linesOf(output).length > 0).length }).toEqual({
        dir,
        // And of what puts them together, where there are several.
        outputs: tasks > 1 ? tasks + 1 : tasks,
      });
      const asked = JSON.stringify(model.requests.map(({ prompt }) => prompt));
      expect({ dir, unfilled: (written.inputs ?? []).filter((name) => asked.includes(`{${name}}`)) }).toEqual({
        dir,
        unfilled: [],
      });
    }
  }, 30_000);

  it('a sequential crew runs offline, and the deliverable holds each task’s output', async () => {
    for (const { dir, yaml, tasks, tasks_with_agent } of rows) {
      const { plan: written, team: open, crew } = importCrew(filesOf(dir), { model: 'offline' });
      // A guardrail in words is judged by a language model; a task without an agent is refused before anything runs.
      const isJudged = crew.tasks.some(({ guardrails }) => guardrails.length > 0);
      if (yaml !== 'ok' || tasks !== tasks_with_agent || isJudged) continue;
      const { plan, fill } = fillInputs(written, valuesFor(written.inputs ?? []));
      const { status, deliverable, subtasks } = await runTask({
        task: plan.task,
        plan,
        team: fillTeam(open, fill),
        model: 'offline',
        store: new MemoryStore(),
      });
      expect({ dir, status, missing: missingFrom(deliverable, subtasks) }).toEqual({ dir, status: 'succeeded', missing: [] });
    }
  }, 30_000);

  it('a hierarchical crew: its manager gives out every task, 2 × tasks + 1 calls, by its files alone', async () => {
    for (const { dir, yaml, tasks } of rows) {
      if (yaml !== 'ok') continue;
      const { definition, plan: written } = importCrew(filesOf(dir), { model: 'custom:model', process: 'hierarchical' });
      // Guardrails would be calls of their own.
      const unjudged = JSON.parse(
        JSON.stringify(definition, (key, value: unknown) => (key === 'accept' ? undefined : value)),
      ) as TeamDefinition;
      const { plan, fill } = fillInputs(written, valuesFor(written.inputs ?? []));
      const model = echo();
      const { status, deliverable, subtasks, ledger } = await runTask({
        task: plan.task,
        plan,
        team: fillTeam(parseTeamFile(renderTeamDefinition(unjudged), 'team.yaml'), fill),
        model,
        store: new MemoryStore(),
      });
      expect({ dir, status, calls: ledger.callsByPurpose }).toEqual({
        dir,
        status: 'succeeded',
        calls: { manage: tasks + 1, execute: tasks },
      });
      const lines = new Set(linesOf(deliverable));
      const work = subtasks.filter(({ id }) => !id.startsWith('manage-'));
      expect({ dir, work: work.length }).toEqual({ dir, work: tasks });
      for (const { output } of work) for (const line of linesOf(output)) expect(lines).toContain(line);
      const asked = JSON.stringify(model.requests.map(({ prompt }) => prompt));
      expect({ dir, unfilled: (written.inputs ?? []).filter((name) => asked.includes(`{${name}}`)) }).toEqual({
        dir,
        unfilled: [],
      });
    }
  }, 30_000);
});
