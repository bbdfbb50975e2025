import { describe, expect, it } from 'vitest';
import { checkPlan } from '../../plan/check.ts';
import type { Plan } from '../../plan/plan.ts';
import { layOutPlanPrompt, layOutReplanPrompt } from '../../planner/prompt.ts';
import { loadTeam } from '../../team/load-team.ts';
import { planByRules } from './plan-by-rules.ts';
import { readPlanRequest, readReplanRequest } from './read-plan-request.ts';
import { replanByRules } from './replan-by-rules.ts';

const team = await loadTeam('research');

function requestFor(task: string, files: string[], roles?: string): string {
  const listed = files.map((path) => `${path} (12 lines): A title (with brackets): and colons`).join('\n');
  const { prompt } = layOutPlanPrompt({ team, task, soFar: [], problems: [], ...(files.length > 0 ? { files: listed } : {}) });
  return roles === undefined ? prompt : prompt.replace(/<roles>[\s\S]*<\/roles>/, `<roles>\n${roles}\n</roles>`);
}

/** `id:role<dependencies`, after the plan has passed the check of plans. */
function planFor(task: string, files: string[] = ['a.md'], roles?: string): string[] {
  const request = readPlanRequest(requestFor(task, files, roles));
  const plan = planByRules(request);
  const names = request.roles.map((role) => role.name);
  expect(checkPlan({ version: 1, task: task === '' ? 'x' : task, ...plan }, { roles: names }).problems).toEqual([]);
  expect(plan.deliverable).toBe(plan.subtasks.at(-1)?.id);
  return plan.subtasks.map(({ id, role, dependsOn }) => `${id}:${role}<${dependsOn.join(',')}`);
}

describe('the plan follows the task and the files:', () => {
  it('one question is researched, checked and written', () => {
    expect(planFor('When do cursors expire?')).toEqual([
      'research-cursors-expire:researcher<',
      'check:critic<research-cursors-expire',
      'report:writer<research-cursors-expire,check',
    ]);
  });

  it('a sum alone is one subtask', () => {
    expect(planFor('What is 2 plus 2?', [])).toEqual(['calculate-2-2:researcher<']);
  });

  it('more than four findings are checked by a critic each', () => {
    const plan = planFor('Write a report on apples, pears, plums, figs and dates.');
    expect(plan.filter((line) => line.includes(':critic<'))).toEqual(
      ['apples', 'pears', 'plums', 'figs', 'dates'].map((fruit) => `check-${fruit}:critic<research-${fruit}`),
    );
    expect(plan).toHaveLength(11);
  });

  it('a question about each file becomes one subtask a file, at most twelve', () => {
    const files = Array.from({ length: 30 }, (_, index) => `notes/day-${index}.md`);
    const request = readPlanRequest(requestFor('For each file, list the weather.', files));
    const research = planByRules(request).subtasks.filter((subtask) => subtask.role === 'researcher');
    expect(research.map((subtask) => subtask.instruction)).toEqual(
      files.slice(0, 12).map((file) => `Find and quote what the file "${file}" says about: list the weather`),
    );
  });

  it('a survey of a few files takes each, of many at most six groups by folder', () => {
    expect(planFor('Summarize these documents', ['x.md', 'y.txt']).filter((line) => line.includes(':researcher'))).toEqual([
      'survey-x-md:researcher<',
      'survey-y-txt:researcher<',
    ]);
    const many = Array.from({ length: 300 }, (_, index) => `folder-${index % 20}/f${index}.md`);
    const request = readPlanRequest(requestFor('What is this folder about?', many));
    const surveys = planByRules(request).subtasks.filter((subtask) => subtask.id.startsWith('survey-'));
    expect(surveys).toHaveLength(6);
    for (const survey of surveys) expect(survey.instruction.split('"').length).toBeLessThanOrEqual(21);
  });

  it('parts that read alike still get ids of their own', () => {
    expect(planFor('What is the price of tea? What is the price of the tea?').slice(0, 2)).toEqual([
      'research-price-tea:researcher<',
      'research-price-tea-2:researcher<',
    ]);
  });
});

describe('the plan follows the roles on offer:', () => {
  const question = 'When do cursors expire?';

  it('roles are found by what they are called and may use', () => {
    const roles =
      '- assembler: Puts texts together\n- reviewer: Doubts (tools: files_read)\n- scout: Looks things up (tools: files_search, files_read)';
    expect(planFor(question, ['a.md'], roles).map((line) => line.split('<')[0])).toEqual([
      'research-cursors-expire:scout',
      'check:reviewer',
      'report:assembler',
    ]);
  });

  it('one role does everything, and alone when there is one part', () => {
    expect(planFor(question, ['a.md'], '- helper: Does all (tools: files, calc)')).toEqual(['research-cursors-expire:helper<']);
    expect(planFor('Compare tea with coffee', ['a.md'], '- helper: Does all (tools: files, calc)')).toEqual([
      'research-tea:helper<',
      'research-coffee:helper<',
      'report:helper<research-tea,research-coffee',
    ]);
  });

  it('a critic without files_read is left out, for it could read nothing again', () => {
    const roles = '- researcher: Finds (tools: files_search)\n- critic: Doubts (tools: calc)\n- writer: Writes';
    expect(planFor(question, ['a.md'], roles)).toHaveLength(2);
  });

  it('without any role there is no plan', () => {
    expect(planByRules(readPlanRequest('<task>\nx\n</task>'))).toEqual({ subtasks: [], deliverable: '' });
    expect(planByRules(readPlanRequest(''))).toEqual({ subtasks: [], deliverable: '' });
  });
});

describe('a plan that was cut off', () => {
  it('goes on with the subtasks that are missing', () => {
    const task = 'Write a report on apples and pears.';
    const whole = planByRules(readPlanRequest(requestFor(task, ['a.md'])));
    const soFar = whole.subtasks.slice(0, 2);
    const { prompt } = layOutPlanPrompt({ team, task, files: 'a.md (1 lines)', soFar, problems: [] });
    const rest = planByRules(readPlanRequest(prompt));
    expect([...soFar, ...rest.subtasks]).toEqual(whole.subtasks);
    expect(rest.deliverable).toBe(whole.deliverable);
  });
});

describe('a replan', () => {
  const old: Plan['subtasks'] = [
    { id: 'research-a', role: 'researcher', instruction: 'Find a', dependsOn: [] },
    { id: 'check', role: 'critic', instruction: 'Check it', dependsOn: ['research-a', 'research-b'] },
    { id: 'report', role: 'writer', instruction: 'Write it', dependsOn: ['research-a', 'research-b', 'check', 'gone'] },
  ];
  const { prompt } = layOutReplanPrompt({
    team,
    task: 'Report on a and b.',
    cause: { kind: 'subtask-failed', subtaskId: 'research-a', reason: 'no answer' },
    frozen: old,
    fixed: [{ subtask: { id: 'research-b', role: 'researcher', instruction: 'Find b', dependsOn: [] }, state: 'succeeded' }],
    usedIds: ['research-a', 'research-b', 'check', 'report', 'report-r1'],
    problems: [],
  });

  it('gives the same work new ids, keeps what is finished and ends in one deliverable', () => {
    const { subtasks, deliverable } = replanByRules(readReplanRequest(prompt));
    expect(subtasks.map(({ id, dependsOn }) => [id, dependsOn])).toEqual([
      ['research-a-r1', []],
      ['check-r1', ['research-a-r1', 'research-b']],
      ['report-r2', ['research-a-r1', 'research-b', 'check-r1']],
    ]);
    expect(deliverable).toBe('report-r2');
  });

  it('of nothing, or of a circle, is still a plan', () => {
    const empty = replanByRules(readReplanRequest(prompt.replace(/<replace>[\s\S]*<\/replace>/, '<replace>\n[]\n</replace>')));
    expect(empty.subtasks.map(({ id, dependsOn }) => [id, dependsOn])).toEqual([['report-r2', ['research-b']]]);
    const circle = [
      { id: 'a', role: 'writer', instruction: 'x', dependsOn: ['b'] },
      { id: 'b', role: 'writer', instruction: 'y', dependsOn: ['a'] },
    ];
    const cut = replanByRules(
      readReplanRequest(prompt.replace(/<replace>[\s\S]*<\/replace>/, `<replace>\n${JSON.stringify(circle)}\n</replace>`)),
    );
    expect(cut.subtasks.map(({ id, dependsOn }) => [id, dependsOn])).toEqual([
      ['a-r1', []],
      ['b-r1', []],
      ['report-r2', ['a-r1', 'b-r1']],
    ]);
  });
});
