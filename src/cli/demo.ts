/** `planwright demo`: the founding document's demonstration and its two exercises, on the real engine. */
import { defineTeam, type Json, MemoryStore, type RunReport, runTask, type Team } from '../index.ts';
import { demoModel, reportTask, sumTask, unluckyRole } from './demo-model.ts';

const roles = {
  researcher: { description: 'Gathers facts.', instructions: 'You are the researcher.' },
  coder: { description: 'Writes code.', instructions: 'You are the coder.' },
  critic: { description: 'Names risks.', instructions: 'You are the critic.' },
  writer: { description: 'Assembles the result.', instructions: 'You are the writer.' },
};

/** A result that says FAILED is not accepted; no retry, so that the next rung shows. */
const failedIsNoResult = [{ kind: 'predicate', notMatches: '^FAILED\\b' }] as const;

const flatTeam = defineTeam({ name: 'demo', roles, generalist: 'writer' });

const reroutingTeam = defineTeam({
  name: 'demo-failing',
  roles: { ...roles, coder: { ...roles.coder, accept: [...failedIsNoResult], fallback: ['researcher'] } },
  generalist: 'writer',
  limits: { retries: 0, reroutes: 1 },
});

const { researcher, coder, critic, writer } = roles;
const hierarchicalTeam = defineTeam({
  name: 'demo-hierarchy',
  roles: {
    gatherers: { description: 'A team of a researcher and a coder.', team: { name: 'gatherers', roles: { researcher, coder } } },
    editors: { description: 'A team of a critic and a writer.', team: { name: 'editors', roles: { critic, writer } } },
  },
  limits: { depth: 2 },
});

/** Prints to `print`, one line a call. @returns the exit code. */
export async function runDemo(print: (line: string) => void): Promise<number> {
  print('=== 1. A task that is decomposed ===');
  const flat = await run(flatTeam, reportTask);
  showRun(flat, print);
  print('');
  print('=== 2. A task for one agent ===');
  const sum = await run(flatTeam, sumTask);
  showRun(sum, print);
  print('');
  print(`=== 3. Exercise: the ${unluckyRole} answers FAILED ===`);
  const rerouted = await run(reroutingTeam, reportTask, unluckyRole, print);
  showRun(rerouted, print);
  print('');
  print('=== 4. Exercise: the same task as a two-level hierarchy ===');
  const deep = await run(hierarchicalTeam, reportTask);
  showRun(deep, print);
  print('');
  print(`model calls: flat ${flat.ledger.calls} (${purposes(flat)}) · two levels ${deep.ledger.calls} (${purposes(deep)})`);
  print('The second level pays when one planner cannot hold the whole plan; here it only adds rounds of planning and synthesis.');
  return [flat, sum, rerouted, deep].every(({ status }) => status === 'succeeded') ? 0 : 1;
}

async function run(team: Team, task: string, failing?: string, print?: (line: string) => void): Promise<RunReport> {
  const store = new MemoryStore();
  const handle = runTask({ task, team, model: demoModel(failing), strategy: 'team', store });
  if (print !== undefined) {
    for await (const { event } of handle.events) {
      if (event.type === 'verdict-given' && event.verdict.kind === 'rejected') {
        print(`monitor: subtask ${event.subtaskId} was rejected: ${event.verdict.reason.split('\n')[0] ?? ''}`);
      }
      if (event.type === 'attempt-started' && event.attempt > 1) {
        print(`monitor: subtask ${event.subtaskId} is re-routed to ${event.role} (attempt ${event.attempt})`);
      }
    }
  }
  return handle;
}

function showRun(report: RunReport, print: (line: string) => void): void {
  const { subtasks, deliverable } = report;
  print(`task: ${report.task}`);
  print(`planner: ${subtasks.length} subtask${subtasks.length === 1 ? '' : 's'}`);
  showSubtasks(subtasks, '  ', print);
  print(`deliverable: ${textOf(deliverable)}`);
}

function showSubtasks(subtasks: RunReport['subtasks'], indent: string, print: (line: string) => void): void {
  for (const { id, role, dependsOn, output, subtasks: inner } of subtasks) {
    const used = dependsOn.length === 0 ? '' : ` (uses ${dependsOn.join(', ')})`;
    print(`${indent}${id} ${role}${used}: ${textOf(output)}`);
    if (inner !== undefined) showSubtasks(inner, `${indent}  `, print);
  }
}

function textOf(output: Json): string {
  return typeof output === 'string' ? output : JSON.stringify(output);
}

function purposes({ ledger }: RunReport): string {
  return Object.entries(ledger.callsByPurpose)
    .map(([purpose, calls]) => `${calls} ${purpose}`)
    .join(', ');
}
