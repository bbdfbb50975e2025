/** report.html: what it holds, and that nothing in it acts, whatever the tasks and models wrote. */
import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { parseHTML } from 'linkedom';
import { type ComparisonDetails, listRunsToEmbed, renderComparisonPage } from 'planwright';
import { expect, test } from 'vitest';
import type { ComparisonReport } from '../../src/measure/comparison-report.ts';
import { cleanText } from '../../src/report/html.ts';
import { judgeRows, sampleDetails, sampleRows, sampleRun } from './sample-comparison.ts';

const full = await renderSample(60);
const bare: ComparisonDetails = { title: 'A comparison', runs: {}, notes: [] };
const parse = (page: string) => parseHTML(page).document;
type Page = ReturnType<typeof parse>;
const textOf = (element: { textContent: string | null } | null) => (element?.textContent ?? '').replaceAll(/\s+/g, ' ').trim();
const titlesOf = (page: Page) => [...page.querySelectorAll('h2')].map(textOf);

test('the sections of a full page, in their order, each listed at the top', async () => {
  const page = parse(full.text);
  const titles = [
    'Verdict',
    'Success',
    'Cost against success',
    'Where tokens went',
    'Time on the critical path and off it',
    'Reliability by role and stage',
    'Forecasts',
    'Tasks on which they differ',
    'Method',
    'The runs behind them',
  ];
  expect(titlesOf(page)).toEqual(titles);
  expect([...page.querySelectorAll('nav a')].map(textOf)).toEqual(titles);
  expect(page.documentElement.getAttribute('lang')).toBe('en');
  expect(page.querySelectorAll('h1')).toHaveLength(1);
  expect(textOf(page.querySelector('.answer'))).toBe(full.report.words[0]?.replaceAll(/\s+/g, ' '));
});

test('every figure has a caption, two named images of the same marks, and its data as a table', async () => {
  const page = parse(full.text);
  const figures = [...page.querySelectorAll('figure')];
  expect(figures).toHaveLength(6);
  for (const figure of figures) {
    const images = [...figure.querySelectorAll('svg')];
    expect(images.map((image) => image.getAttribute('role'))).toEqual(['img', 'img']);
    const [wide, narrow] = images.map((image) => image.querySelectorAll('.point > *, .segment > *').length);
    expect(wide).toBeGreaterThan(1);
    expect(narrow).toBe(wide);
    expect(textOf(figure.querySelector('figcaption')).length).toBeGreaterThan(20);
    expect(figure.querySelectorAll('details tbody tr').length).toBeGreaterThan(1);
  }
  const drawn = page.querySelectorAll('#success .wide .point > *').length;
  expect(page.querySelectorAll('#success details tbody tr')).toHaveLength(drawn);
});

test('nothing is fetched and nothing runs: policy, references, handlers', async () => {
  const { text } = full;
  expectHarmless(text);
  expect(text).not.toMatch(/https?:/);
  const page = parse(text);
  const policy = page.querySelector('meta[http-equiv="Content-Security-Policy"]')?.getAttribute('content') ?? '';
  const style = /<style>(.*?)<\/style>/s.exec(text)?.[1] ?? '';
  const hash = createHash('sha256').update(style).digest('base64');
  expect(policy).toBe(`default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`);
});

test('each discordant task leads to both of its runs', async () => {
  const rows = sampleRows(30);
  const report = judgeRows(rows);
  const page = parse(await renderComparisonPage(report, sampleDetails(report)));
  const lines = [...page.querySelectorAll('#discordant tbody tr')];
  expect(lines).toHaveLength(report.discordant.length);
  expect(lines.length).toBeGreaterThan(5);
  for (const [index, { task, singleRunId, teamRunId, winner }] of report.discordant.entries()) {
    const line = lines[index];
    expect(textOf(line?.querySelector('th') ?? null)).toBe(task);
    expect(textOf(line ?? null)).toContain(winner === 'team' ? 'only the team' : 'only one agent');
    const articles = [...(line?.querySelectorAll('a') ?? [])].map((link) =>
      page.getElementById((link.getAttribute('href') ?? '').slice(1)),
    );
    expect(articles.map((article) => textOf(article?.querySelector('h3') ?? null))).toEqual([
      `One agent: run ${singleRunId}`,
      `Team: run ${teamRunId}`,
    ]);
    expect(textOf(articles[1] ?? null)).toContain(`planwright show ${teamRunId}`);
    expect(articles[1]?.querySelectorAll('tbody tr')).toHaveLength(4);
  }
});

test('of a run the page has task, status, subtasks with seconds, error and deliverable', async () => {
  const report = judgeRows(sampleRows(30));
  const lost = report.discordant.find(({ winner }) => winner === 'single');
  const page = parse(await renderComparisonPage(report, sampleDetails(report)));
  const article = [...page.querySelectorAll('article')].find((item) =>
    textOf(item.querySelector('h3')).endsWith(` ${lost?.teamRunId}`),
  );
  const facts = [...(article?.querySelectorAll('dd') ?? [])].map(textOf);
  expect(facts).toEqual([
    `Migrate the module ${lost?.task} to the new interface and say what has changed.`,
    `${lost?.task}: only one agent succeeded`,
    'partial',
    'team',
    '1 min 01 s, 9 calls, 47,000 tokens, $0.2100',
    `planwright show ${lost?.teamRunId}`,
  ]);
  expect([...(article?.querySelectorAll('tbody tr') ?? [])].map(textOf).at(-1)).toBe(
    'summarywriterfailed28.5verdict-rejected: The schema asks for "changes"; it is missing.',
  );
  expect(article?.querySelector('pre')?.textContent).toContain('- 14 files changed\n- 2 tests added');
});

test('rows alone give a page; what rows can’t tell is said', async () => {
  const rows = sampleRows(40, { withRuns: false });
  const text = await renderComparisonPage(judgeRows(rows), bare);
  expectHarmless(text);
  const page = parse(text);
  expect(page.querySelectorAll('figure')).toHaveLength(2);
  expect(titlesOf(page)).not.toContain('Forecasts');
  expect(titlesOf(page)).not.toContain('The runs behind them');
  expect(textOf(page.querySelector('#tokens'))).toContain('The results state tokens by run, not by purpose.');
  expect(textOf(page.querySelector('#time'))).toContain('not which of it lay on a critical path');
  expect(textOf(page.querySelector('#reliability'))).toContain('No runs are at hand');
  expect(textOf(page.querySelector('#discordant'))).toContain('The results name no runs.');
});

test('rows without costs, and no rows at all, give a page too', async () => {
  const rows = sampleRows(40).map(({ task, arm, success }) => ({ task, arm, success }));
  const costless = parse(await renderComparisonPage(judgeRows(rows), bare));
  expect(textOf(costless.querySelector('#cost'))).toContain('No result states what it cost');
  expect(textOf(costless.querySelector('#tokens'))).toContain('No result states its tokens.');
  expect(textOf(costless.querySelector('#time'))).toContain('No result states how long it took.');
  const empty = await renderComparisonPage(judgeRows([]), bare);
  expectHarmless(empty);
  expect(textOf(parse(empty).querySelector('#success'))).toContain('There are no finished runs');
  expect(textOf(parse(empty).querySelector('#discordant'))).toContain('There are no pairs.');
});

test.each([
  [5, /^too few pairs$/],
  [60, /^[−+]?[\d.]+ to [−+]?[\d.]+$/],
])('the intervals of %i pairs: none of fewer than 6, which can decide nothing', async (tasks, form) => {
  const page = parse(await renderComparisonPage(judgeRows(sampleRows(tasks)), bare));
  const intervals = [...page.querySelectorAll('#verdict tbody tr')]
    .slice(0, 3)
    .map((row) => textOf(row.querySelector('td:last-child')));
  expect(intervals).toHaveLength(3);
  for (const interval of intervals) expect(interval).toMatch(form);
});

test('one agent comes first and the team second, whichever the report has first', async () => {
  const judged = judgeRows(sampleRows(20));
  const report = { ...judged, arms: judged.arms.toReversed() };
  const page = parse(
    await renderComparisonPage(report, {
      ...bare,
      time: ['cascade', 'team', 'single'].map((arm) => ({ arm, criticalMs: 5, otherMs: 1 })),
    }),
  );
  const rowsOf = (section: string) => [...page.querySelectorAll(`#${section} .wide .row text`)].map(textOf);
  expect(rowsOf('success').slice(0, 2)).toEqual(['one agent', 'team']);
  expect(rowsOf('time')).toEqual(['one agent', 'team', 'cascade']);
});

test('the same data give the same bytes; the date stands only when it is given', async () => {
  const rows = sampleRows(40);
  const report = judgeRows(rows);
  const once = await renderComparisonPage(report, sampleDetails(report, rows));
  expect(await renderComparisonPage(structuredClone(report), sampleDetails(report, rows))).toBe(once);
  expect(once).toContain('Made 2025-11-25 22:14 UTC');
  expect(await renderComparisonPage(report, bare)).not.toMatch(/Made \d/);
});

test('the method names alpha, the test, the pairs, the lonely rows and the command', async () => {
  const rows = sampleRows(20).filter(({ task, arm }) => !(task === 'migrate-7' && arm === 'team'));
  const report: ComparisonReport = { ...judgeRows(rows), method: 'fixed' };
  const command = 'planwright compare --results "a b.csv" --html report.html';
  const page = parse(await renderComparisonPage(report, { ...bare, command, notes: ['Seed 7.'] }));
  const method = textOf(page.querySelector('#method'));
  expect(method).toContain('Fixed beforehand at α = 0.05');
  expect(method).toContain('19 pairs');
  expect(method).toContain('1 run without a partner counts for its own arm only');
  expect(method).toContain('Seed 7.');
  expect(page.querySelector('#method pre')?.textContent).toBe(command);
});

const hostileTexts = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  `' onmouseover='alert(1)`,
  '</title></style></pre><svg onload=alert(1)>',
  '--><!--<b>',
  'javascript:alert(1)',
  '&lt;script&gt;',
  '\u202Egnp.exe\u0000\u001B[2J\uD800',
  '$(reboot); `reboot`',
];

test('a task named <script>alert(1)</script> and a run id with quotes are text', async () => {
  const report = poison(judgeRows(sampleRows(20)), (at) => hostileTexts[at % hostileTexts.length] ?? '');
  const text = await renderComparisonPage(
    report,
    poisonDetails(report, (at) => hostileTexts[at % hostileTexts.length] ?? ''),
  );
  expectHarmless(text);
  const page = parse(text);
  const names = [...page.querySelectorAll('#discordant tbody th')].map((cell) => cell.textContent);
  expect(names).toContain('0 <script>alert(1)</script>');
  const commands = [...page.querySelectorAll('article dd code')].map((code) => code.textContent);
  expect(commands).toContain(`planwright show 's1 "><img src=x onerror=alert(1)>'`);
  expect(text).not.toContain('<img');
});

test('property: whatever texts there are, the page has the elements and attributes of a page', async () => {
  const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.constantFrom(...hostileTexts));
  await fc.assert(
    fc.asyncProperty(fc.array(text, { minLength: 40, maxLength: 40 }), async (texts) => {
      const say = (at: number) => texts[at % texts.length] ?? '';
      const report = poison(judgeRows(sampleRows(8)), say);
      expectHarmless(await renderComparisonPage(report, poisonDetails(report, say)));
    }),
    { seed: 12, numRuns: 4 },
  );
});

test('10,000 tasks of as many classes, with endless texts, give less than 2 MB', async () => {
  // A quote takes six bytes, more than any other character.
  const long = '"'.repeat(1200);
  const endless = '"'.repeat(90_000);
  const arms = ['single', 'team', ...Array.from({ length: 60 }, (_, index) => `${index}${long.slice(0, 2000)}`)];
  const base = judgeRows(sampleRows(50));
  const report: ComparisonReport = {
    ...base,
    words: Array.from({ length: 100 }, () => endless),
    classes: Array.from({ length: 10_000 }, (_, index) => ({ ...base, class: `${index}${long}` })),
    arms: arms.map((arm) => ({ arm, success: base.success.team, usd: 1, tokens: 1, seconds: 1 })),
    others: arms.slice(2).map((arm) => ({ ...base, arm })),
    discordant: Array.from({ length: 10_000 }, (_, index) => ({
      task: `${index}${long}`,
      repeat: 0,
      class: long,
      winner: 'team' as const,
      singleRunId: `s${index}${long}`,
      teamRunId: `t${index}${long}`,
    })),
  };
  const details = sampleDetails(base, sampleRows(5));
  for (const runId of listRunsToEmbed(report)) {
    const run = sampleRun(runId, endless, 'team', false);
    const [subtask] = run.subtasks;
    const subtasks = Array.from({ length: 1000 }, (_, index) => ({ ...subtask, id: `${index}${long}`, role: long }));
    details.runs[runId] = { ...run, deliverable: endless, detail: endless, subtasks: subtasks as typeof run.subtasks };
  }
  const [reliability] = details.reliability ?? [];
  const [figures] = reliability?.report.roles ?? [];
  const roles = figures === undefined ? [] : Array.from({ length: 500 }, (_, index) => ({ ...figures, role: `${index}${long}` }));
  const text = await renderComparisonPage(report, {
    ...details,
    title: endless,
    tokensByPurpose: arms.map((arm) => ({ arm, tokens: { execute: 5, plan: 2 } })),
    time: arms.map((arm) => ({ arm, criticalMs: 5, otherMs: 2 })),
    command: endless,
    reliability: arms.map((arm) => ({
      arm,
      report: { runs: 9, roles, stages: roles.map((role, stage) => ({ ...role, stage })) },
    })),
    notes: Array.from({ length: 500 }, () => endless),
  });
  expect(Buffer.byteLength(text)).toBeLessThan(2_000_000);
  expect(text).toContain('9,800 more tasks are not shown.');
  expect(text).toMatch(/19,9\d\d of 20,000 runs behind these tasks are not embedded/);
  expect(text).toContain('9,900 more classes are not shown.');
  expect(text).toContain('900 more subtasks are not shown.');
  expect(text).toContain('Deliverable, the first 4,000 of 90,000 characters');
});

test('at most 50 runs are embedded, those of the first tasks', async () => {
  const report = judgeRows(sampleRows(200));
  const page = parse(await renderComparisonPage(report, sampleDetails(report)));
  expect(page.querySelectorAll('article')).toHaveLength(50);
  expect(page.querySelectorAll('#discordant a')).toHaveLength(50);
  expect(textOf(page.querySelector('#runs > p'))).toBe(
    `${2 * report.discordant.length - 50} of ${2 * report.discordant.length} runs behind these tasks are not embedded in this page: planwright show RUN prints them.`,
  );
});

test('a page of 500 tasks takes less than 2 s', async () => {
  const rows = sampleRows(500);
  const report = judgeRows(rows);
  const details = sampleDetails(report, rows);
  const startedMs = performance.now();
  await renderComparisonPage(report, details);
  expect(performance.now() - startedMs).toBeLessThan(2000);
});

async function renderSample(tasks: number): Promise<{ report: ComparisonReport; text: string }> {
  const rows = sampleRows(tasks);
  const report = judgeRows(rows);
  return { report, text: await renderComparisonPage(report, sampleDetails(report, rows)) };
}

/** Every name and id of the report replaced by a text from outside. */
function poison(report: ComparisonReport, say: (at: number) => string): ComparisonReport {
  return {
    ...report,
    words: report.words.map((_, at) => say(at)),
    classes: report.classes.map((item, at) => ({ ...item, class: say(at) })),
    arms: report.arms.map((item, at) => ({ ...item, arm: at < 2 ? item.arm : say(at) })),
    others: report.others.map((item, at) => ({ ...item, arm: say(at) })),
    discordant: report.discordant.map((item, at) => ({
      ...item,
      task: `${at} ${say(at)}`,
      class: say(at),
      singleRunId: `s${at} ${say(at)}`,
      teamRunId: `t${at} ${say(at)}`,
    })),
  };
}

function poisonDetails(report: ComparisonReport, say: (at: number) => string): ComparisonDetails {
  const details = sampleDetails(report);
  for (const [at, [runId, run]] of Object.entries(details.runs).entries()) {
    details.runs[runId] = {
      ...run,
      runId,
      task: say(at),
      detail: say(at),
      deliverable: say(at),
      subtasks: run.subtasks.map((subtask) => ({
        ...subtask,
        id: say(at),
        role: say(at + 1),
        error: { code: say(at), message: say(at) },
      })),
    };
  }
  const reliability = details.reliability?.map(({ report: figures, ...rest }) => ({
    ...rest,
    arm: say(0),
    report: { ...figures, roles: figures.roles.map((role, at) => ({ ...role, role: say(at) })) },
  }));
  return {
    ...details,
    title: say(0),
    command: say(1),
    notes: [say(2), say(3)],
    tokensByPurpose: [{ arm: say(4), tokens: { execute: 5, plan: 2 } }],
    time: [{ arm: say(5), criticalMs: 5, otherMs: 2 }],
    ...(reliability === undefined ? {} : { reliability }),
  };
}

const elements = new Set(
  'html head meta title style body header main nav section article h1 h2 h3 p ul li a dl div dt dd span code pre table caption thead tbody tr th td figure figcaption details summary svg g path line rect circle text title'.split(
    ' ',
  ),
);
const attributes = new Set(
  `lang charset http-equiv content name class id href aria-label aria-labelledby aria-hidden role scope tabindex open xmlns viewBox width
  height x y x1 x2 y1 y2 r cx cy rx dx dy d points transform fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-linejoin
  stroke-linecap stroke-miterlimit stroke-dasharray paint-order text-anchor font-size font-family font-weight font-variant`.split(
    /\s+/,
  ),
);

/** Only known elements and attributes; ids once; every address an anchor that is there. */
function expectHarmless(text: string): void {
  const page = parse(text);
  const all = [...page.querySelectorAll('*')];
  const strange = all.flatMap((element) => [
    ...(elements.has(element.localName) ? [] : [element.localName]),
    ...element.getAttributeNames().filter((name: string) => !attributes.has(name)),
  ]);
  expect(strange).toEqual([]);
  const ids = all.flatMap((element) => element.getAttribute('id') ?? []);
  expect(new Set(ids).size).toBe(ids.length);
  const addresses = all.flatMap((element) => element.getAttribute('href') ?? []);
  expect(addresses.length).toBeGreaterThan(5);
  expect(addresses.filter((address) => !(address.startsWith('#') && ids.includes(address.slice(1))))).toEqual([]);
  expect(page.querySelectorAll('style')).toHaveLength(1);
  expect(text).toBe(cleanText(text));
}
