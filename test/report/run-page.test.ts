/** run.html: a run as one page, and that nothing in it acts, whatever was written in the run. */
import { createHash } from 'node:crypto';
import { parseHTML } from 'linkedom';
import {
  collectRunDetails,
  defineTeam,
  defineTool,
  MemoryStore,
  type Plan,
  type RunPageDetails,
  renderRunPage,
  runTask,
} from 'planwright';
import { beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { cleanText } from '../../src/report/html.ts';
import { keepRuns, keptRuns } from '../support/kept-runs.ts';
import { planText, playModel, step } from '../support/small-team.ts';

const parse = (page: string) => parseHTML(page).document;
type Page = ReturnType<typeof parse>;
const textOf = (element: { textContent: string | null } | null | undefined) =>
  (element?.textContent ?? '').replaceAll(/\s+/g, ' ').trim();
const rowsOf = (page: Page, selector: string) =>
  [...page.querySelectorAll(`${selector} tbody tr`)].map((row) => [...row.querySelectorAll('th, td')].map(textOf));

const hostile = '"><script>alert(1)</script><img src=x onerror=alert(2)> \u202Egnp.exe {{item}} </pre></details>';

const lookTool = defineTool({
  name: 'look',
  description: 'Looks.',
  effect: 'read',
  input: z.object({ at: z.string() }),
  execute: ({ at }) => `view of ${at} ${hostile}`,
});

/** A sub-team, a rejected result, a replan, tools; with what anyone writes as hostile as can be. */
async function collectSample(mark: string): Promise<RunPageDetails> {
  const looking = { description: 'Finds.', instructions: 'You are the finder.', tools: ['look'] };
  const keeper = { description: 'Keeps.', instructions: 'You are the keeper.' };
  const crew = { description: 'A crew.', team: { name: 'inner', roles: { finder: looking, keeper } } };
  const writer = { description: 'Writes.', instructions: 'You are the writer.' };
  const team = defineTeam({
    name: 'outer',
    roles: { crew, finder: looking, writer },
    limits: { retries: 1, reroutes: 0, replans: 1 },
  });
  const model = playModel((call) => {
    if (call.schema === 'plan') {
      if (!call.text.includes('- crew:')) return planText(step('find', 'finder'), step('sum', 'keeper', ['find']));
      const risks = { ...step('risks', 'finder', [`survey${mark}`]), accept: [{ kind: 'predicate', contains: 'proof' }] };
      const survey = { ...step(`survey${mark}`, 'finder'), instruction: `Survey. ${mark}` };
      return planText(survey, step('gather', 'crew', [`survey${mark}`]), risks, step('report', 'writer', ['gather', 'risks']));
    }
    if (call.schema === 'revision')
      return planText(step('other', 'writer', [`survey${mark}`]), step('end', 'writer', ['gather', 'other']));
    if (call.role === 'finder' && !call.text.includes('view of')) return { toolCalls: [{ name: 'look', input: { at: 'x' } }] };
    return `The ${call.role} says ${mark}.`;
  });
  const store = new MemoryStore();
  await runTask({ task: `What is there? ${mark}`, team, tools: [lookTool], model, strategy: 'team', store, runId: 'sample' });
  return collectRunDetails(store, 'sample');
}

let sample: RunPageDetails;
let page: Page;
beforeAll(async () => {
  sample = await collectSample('');
  page = parse(await renderRunPage(sample));
});

test('its sections in their order, each listed at the top', () => {
  const titles = ['Summary', 'Plan', 'Timeline', 'Ledger', 'Subtasks'];
  expect([...page.querySelectorAll('h2')].map(textOf)).toEqual(titles);
  expect([...page.querySelectorAll('nav a')].map(textOf)).toEqual(titles);
  expect(textOf(page.querySelector('h1'))).toBe('Run sample');
  expect(textOf(page.querySelector('.answer'))).toBe('The run succeeded');
  const facts = [...page.querySelectorAll('#summary .facts div')].map((fact) => [...fact.querySelectorAll('dt, dd')].map(textOf));
  expect(facts.map(([name]) => name)).toEqual(['Subtasks', 'Model calls', 'Tokens', 'Cost', 'Took', 'Speed-up']);
  expect(facts[1]?.[1]).toBe(String(sample.report.ledger.calls));
});

test('the plan is drawn with what was superseded, each box leading to its subtask', () => {
  const [graph, below] = [...page.querySelectorAll('#plan .graph svg')];
  const boxes = [...(graph?.querySelectorAll('a') ?? [])];
  const named = boxes.map((box) => [
    textOf(box.querySelector('title')).split(':')[0],
    box.querySelector('rect')?.getAttribute('stroke-dasharray'),
  ]);
  expect(named).toEqual([
    ['survey', null],
    ['gather', null],
    ['risks', '4 3'],
    ['report', '4 3'],
    ['other', null],
    ['end', null],
  ]);
  for (const box of boxes) {
    const told = page.getElementById((box.getAttribute('href') ?? '').slice(1));
    expect(textOf(told?.querySelector('summary'))).toContain(textOf(box.querySelector('title')).split(':')[0]);
  }
  expect(below?.querySelectorAll('a')).toHaveLength(2);
  expect(rowsOf(page, '#plan')).toHaveLength(8);
});

test('the timeline has every attempt, and its table the critical path', () => {
  const attempts = sample.runs.flatMap(({ subtasks }) => subtasks.flatMap((subtask) => subtask.attempts)).length;
  const others = sample.runs.flatMap(({ otherCalls }) => otherCalls).length;
  for (const width of ['wide', 'narrow']) {
    expect(page.querySelectorAll(`#time .${width} svg rect title`)).toHaveLength(attempts + others);
  }
  const rows = rowsOf(page, '#time');
  expect(rows).toHaveLength(attempts + others);
  const critical = new Set(sample.runs.flatMap(({ criticalPath }) => criticalPath));
  expect(new Set(rows.filter((row) => row[4] === 'yes').map(([id]) => id))).toEqual(critical);
});

const sumColumn = (title: string, column: number) =>
  rowsOf(page, `#ledger [aria-label="${title}"]`).reduce((sum, row) => sum + Number(row[column]?.replaceAll(',', '')), 0);

test('the ledger’s tables add up to the report’s', () => {
  const { ledger } = sample.report;
  for (const title of ['By purpose', 'By role', 'By model', 'By subtask']) {
    expect(sumColumn(title, 2)).toBe(ledger.inputTokens);
    expect(sumColumn(title, 3)).toBe(ledger.outputTokens);
    expect(sumColumn(title, 4)).toBe(ledger.calls);
    // A tool is no model's.
    expect(sumColumn(title, 5)).toBe(title === 'By model' ? 0 : ledger.toolCalls);
  }
});

test('a subtask tells its instruction, what it was handed, its attempts, verdicts, calls and result', () => {
  const of = (id: string) =>
    [...page.querySelectorAll('.subtask')].find((one) => textOf(one.querySelector('summary strong')) === id);
  const risks = of('risks');
  expect([...(risks?.querySelectorAll('h3') ?? [])].map(textOf)).toEqual([
    'Instruction',
    'What was handed to it',
    'Attempts',
    'Calls',
    'Error',
    'Result',
  ]);
  const text = textOf(risks);
  expect(text).toContain('do risks');
  expect(text).toContain('survey by finder');
  expect(text).toContain('Verdict on attempt 2: rejected, 0 of 1 check passed');
  expect(text).toContain('look({"at":"x"})');
  const end = of('end');
  expect(textOf(end)).toContain('gather by crew');
  expect(textOf(end?.querySelector('h3:last-of-type'))).toBe('Result');
});

test('nothing in it acts, is fetched or hides, whatever was written', async () => {
  const text = await renderRunPage(await collectSample(hostile));
  const poisoned = parse(text);
  expect(text).toContain('alert(1)');
  const all = [...poisoned.querySelectorAll('*')];
  const names = new Set(all.map((element) => element.localName));
  for (const name of ['script', 'img', 'iframe', 'object', 'form', 'base', 'link']) expect(names).not.toContain(name);
  expect(all.flatMap((element) => element.getAttributeNames().filter((name: string) => /^on|^style$|^src$/.test(name)))).toEqual(
    [],
  );
  const ids = all.flatMap((element) => element.getAttribute('id') ?? []);
  expect(new Set(ids).size).toBe(ids.length);
  const addresses = all.flatMap((element) => element.getAttribute('href') ?? []);
  expect(addresses.filter((address) => !ids.includes(address.slice(1)))).toEqual([]);
  expect(text).toBe(cleanText(text));
  const style = /<style>(.*?)<\/style>/s.exec(text)?.[1] ?? '';
  const hash = createHash('sha256').update(style).digest('base64');
  expect(poisoned.querySelector('meta[http-equiv="Content-Security-Policy"]')?.getAttribute('content')).toBe(
    `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`,
  );
});

test('the same data give the same bytes', async () => {
  expect(await renderRunPage(sample)).toBe(await renderRunPage(sample));
});

test('runs of every kind have a page: large values, workspaces, one that waits for people, a fork', async () => {
  const store = new MemoryStore();
  await keepRuns(store);
  for (const runId of keptRuns) {
    const kept = parse(await renderRunPage({ ...(await collectRunDetails(store, runId)), store: 'runs.db' }));
    expect(textOf(kept.querySelector('h1'))).toBe(`Run ${runId}`);
    expect(textOf(kept.querySelector('#summary'))).toContain(`planwright show --store runs.db ${runId}`);
  }
});

test('long texts are cut, and a page that would be too large leaves subtasks out, and links to none of them', async () => {
  const team = defineTeam({ name: 't', roles: { finder: {}, writer: {} }, limits: { retries: 0, reroutes: 0 } });
  const finders = Array.from({ length: 200 }, (_, at) => step(`s${at}`));
  const layered = finders.map((one, at) => (at < 20 ? one : { ...one, dependsOn: finders.slice(0, 20).map(({ id }) => id) }));
  const end = step(
    'end',
    'writer',
    layered.slice(20).map(({ id }) => id),
  );
  const plan: Plan = { version: 1, task: 't', deliverable: 'end', subtasks: [...layered, end] };
  const store = new MemoryStore();
  await runTask({ task: 't', team, plan, model: playModel(() => 'x'.repeat(20_000)), store, runId: 'long' });
  const text = await renderRunPage(await collectRunDetails(store, 'long'));
  expect(text.length).toBeLessThan(5_000_000);
  const long = parse(text);
  const told = [...long.querySelectorAll('.subtask')];
  expect(told.length).toBeGreaterThan(50);
  expect(told.length).toBeLessThan(201);
  expect(textOf(long.querySelector('#subtasks > .quiet'))).toBe(`${201 - told.length} more subtasks are not shown.`);
  expect(long.querySelectorAll('#plan .graph a')).toHaveLength(told.length);
  expect(text).toContain('the first 2,000 shown');
  expect(textOf(long.querySelector('#plan figcaption'))).toMatch(/3,7\d\d arrows off the critical path are left out/);
});

async function collectLarge(count: number): Promise<RunPageDetails> {
  const team = defineTeam({ name: 't', roles: { finder: {}, writer: {} }, limits: { retries: 0, reroutes: 0, concurrency: 64 } });
  const layer = 20;
  const subtasks = Array.from({ length: count }, (_, at) => step(`s${at}`, 'finder', at < layer ? [] : [`s${at - layer}`]));
  const last = Array.from({ length: layer }, (_, at) => `s${count - 1 - at}`);
  const plan: Plan = { version: 1, task: 't', deliverable: 'end', subtasks: [...subtasks, step('end', 'writer', last)] };
  const store = new MemoryStore();
  await runTask({ task: 't', team, plan, model: playModel(() => 'done'), store, runId: 'large' });
  return collectRunDetails(store, 'large');
}

test('a run of 500 subtasks is drawn, compactly; one more is summarized, with the first 500 told', {
  timeout: 60_000,
}, async () => {
  const drawn = parse(await renderRunPage(await collectLarge(499)));
  const graph = drawn.querySelector('#plan .graph svg');
  expect(graph?.querySelectorAll('a')).toHaveLength(500);
  expect(Number(graph?.getAttribute('width'))).toBeLessThanOrEqual(20 * 188);
  const text = await renderRunPage(await collectLarge(500));
  const summarized = parse(text);
  expect(summarized.querySelector('#plan svg')).toBeNull();
  expect(textOf(summarized.querySelector('#plan'))).toContain(
    '501 subtasks: 501 succeeded. More than 500 are summarized, not drawn.',
  );
  expect(summarized.querySelectorAll('.subtask')).toHaveLength(500);
  expect(textOf(summarized.querySelector('#subtasks > .quiet'))).toBe('1 more subtask is not shown.');
  expect(text.length).toBeLessThan(4_000_000);
});
