/** The plan, copied as Mermaid, SVG and JSON: each is what it says, and holds the plan that the page shows. */
import { checkPlan, type Plan, type RunReport } from 'planwright';
import { describe, expect, test } from 'vitest';
import { browserMissing, openPage, whyNoBrowser } from '../support/browser.ts';
import { holdApp } from '../support/held-app.ts';
import { harborPlan } from './harbor-plan.ts';

const awkward = 'Say "<b>so</b>" & `that`; then [stop]. [answer: So.]';
const plan: Plan = {
  ...harborPlan,
  subtasks: harborPlan.subtasks.map((one) => (one.id === 'map' ? { ...one, instruction: awkward } : one)),
};
const ids = plan.subtasks.map(({ id }) => id);
const edges = plan.subtasks.flatMap(({ id, dependsOn }) => dependsOn.map((from) => `${from} → ${id}`));

/** In the page: what an XML parser makes of it. */
const readSvg = `(text) => {
  const made = new DOMParser().parseFromString(text, 'image/svg+xml');
  const size = made.documentElement.viewBox?.baseVal;
  const inside = (box) => ['x', 'y'].every((side) => Number(box.getAttribute(side)) >= size[side])
    && Number(box.getAttribute('x')) + Number(box.getAttribute('width')) <= size.x + size.width
    && Number(box.getAttribute('y')) + Number(box.getAttribute('height')) <= size.y + size.height;
  return {
    isBroken: made.querySelector('parsererror') !== null,
    root: made.documentElement.namespaceURI + ' ' + made.documentElement.localName,
    texts: [...made.querySelectorAll('text')].map((one) => one.textContent),
    titles: [...made.querySelectorAll('title')].map((one) => one.textContent),
    boxes: [...made.querySelectorAll('rect')].map(inside),
    lines: made.querySelectorAll('path[fill="none"]').length,
    heads: made.querySelectorAll('path[transform]').length,
    scripts: made.querySelectorAll('script, foreignObject, image').length,
  };
}`;

interface ReadSvg {
  isBroken: boolean;
  root: string;
  texts: string[];
  titles: string[];
  boxes: boolean[];
  lines: number;
  heads: number;
  scripts: number;
}

describe.skipIf(browserMissing !== null)(`copying the plan${whyNoBrowser}`, { timeout: 60_000 }, () => {
  const app = holdApp({ teams: ['test/web/press.yaml'] });

  test('as Mermaid, SVG and JSON', async () => {
    const { runId } = await app.server.post<{ runId: string }>('api/runs', { team: 'press', plan });
    for (let status = 'running'; status === 'running'; ) {
      ({ status } = await app.server.get<RunReport>(`api/runs/${runId}`));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const { page, context, errors } = await openPage(app.browser);
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: app.server.url });
    await app.server.signIn(context);
    await page.goto(`${app.server.url}/#/runs/${runId}`);
    await expect.poll(() => page.locator('.node').count()).toBe(12);
    const tools = page.getByRole('group', { name: 'Copy the plan' });
    const copy = async (name: string): Promise<string> => {
      const button = tools.getByRole('button').nth(['Copy Mermaid', 'SVG', 'JSON'].indexOf(name));
      expect(await button.textContent()).toBe(name);
      await button.click();
      await tools.getByRole('button', { name: 'Copied' }).waitFor();
      const text = (await page.evaluate('navigator.clipboard.readText()')) as string;
      await tools.getByRole('button', { name, exact: true }).waitFor();
      return text;
    };

    const [head, ...lines] = (await copy('Copy Mermaid')).trimEnd().split('\n');
    expect(head).toBe('flowchart TD');
    const names = new Map<string, string>();
    const drawn: string[] = [];
    for (const line of lines) {
      const [, node, label] = /^ {2}(n\d+)\["([^"\]<>]+?) · [^"]*"\]$/.exec(line) ?? [];
      const [, from, to] = /^ {2}(n\d+) --> (n\d+)$/.exec(line) ?? [];
      if (node !== undefined && label !== undefined) names.set(node, label);
      else if (from !== undefined && to !== undefined) drawn.push(`${names.get(from)} → ${names.get(to)}`);
      else throw new Error(`Neither a node nor an edge: ${line}`);
    }
    expect([...names.values()]).toEqual(ids);
    expect(drawn).toEqual(edges);

    const svg = await copy('SVG');
    const read = (await page.evaluate(`(${readSvg})(${JSON.stringify(svg)})`)) as ReadSvg;
    expect(read).toMatchObject({ isBroken: false, root: 'http://www.w3.org/2000/svg svg', scripts: 0 });
    expect(read.boxes).toEqual(ids.map(() => true));
    expect({ lines: read.lines, heads: read.heads }).toEqual({ lines: edges.length, heads: edges.length });
    for (const { id, role } of plan.subtasks) {
      // The state is told by its sign, and by its word to who points at it.
      expect(read.texts).toContain(`✓ ${id}`);
      expect(read.titles.filter((title) => title.startsWith(`${id}: ${role}, succeeded`))).toHaveLength(1);
    }

    const copied: unknown = JSON.parse(await copy('JSON'));
    expect(copied).toEqual(plan);
    expect(checkPlan(copied)).toMatchObject({ ok: true });
    expect(errors).toEqual([]);
    await context.close();
  });

  test('a clipboard that is refused is told', async () => {
    const { runId } = await app.server.post<{ runId: string }>('api/runs', { team: 'press', plan, approve: true });
    const { page, context } = await openPage(app.browser);
    await app.server.signIn(context);
    await page.addInitScript('navigator.clipboard.writeText = () => Promise.reject(new Error("refused"))');
    await page.goto(`${app.server.url}/#/runs/${runId}`);
    await page.getByRole('button', { name: 'JSON' }).click();
    await expect.poll(() => page.getByRole('button', { name: 'Could not copy' }).count()).toBe(1);
    await context.close();
  });
});
