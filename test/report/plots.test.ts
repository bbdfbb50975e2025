/** Each plot alone: one mark a datum, the same bytes for the same data, text that stays inside. */
import { parseHTML } from 'linkedom';
import {
  plotCalibration,
  plotLines,
  plotPareto,
  plotReliability,
  plotSuccess,
  plotTimeOnPath,
  plotTokensByPurpose,
} from 'planwright';
import { expect, test } from 'vitest';
import { wilsonInterval } from '../../src/measure/statistics/proportion.ts';

const hostile = '<script>alert("1")</script>';
const arms = [
  { arm: 'single', success: wilsonInterval(74, 100) },
  { arm: 'team', success: wilsonInterval(58, 100) },
  { arm: hostile, success: wilsonInterval(79, 100) },
  { arm: 'never ran', success: wilsonInterval(0, 0) },
];
const costs = arms.map((arm, index) => ({ ...arm, cost: [0.04, 0.2, 0.09, 0.01][index] ?? 0 }));
const lines = {
  xLabel: 'N',
  yLabel: 'Answered right',
  xScale: 'log' as const,
  yKind: 'share' as const,
  references: [
    { axis: 'x' as const, value: 3, label: 'crossing' },
    { axis: 'y' as const, value: 0.5, label: 'a coin' },
  ],
  series: ['one agent', 'team'].map((name, at) => ({
    name,
    points: [1, 2, 4].map((x) => ({ x, y: 0.9 - at * 0.1 - x / 20, low: 0.4, high: 0.95 })),
  })),
};
const bins = [
  { mean: 0.25, k: 2, n: 9, interval: { low: 0.06, high: 0.55 } },
  { mean: 0.81, k: 7, n: 8, interval: { low: 0.53, high: 0.98 } },
  { mean: 0.95, k: 0, n: 0, interval: { low: 0, high: 1 } },
];

const plots: Record<string, (width: number) => Promise<string>> = {
  success: (width) =>
    plotSuccess(
      [
        { title: 'All tasks', arms },
        { title: hostile, arms },
      ],
      { width },
    ),
  pareto: (width) => plotPareto(costs, 'usd', { width }),
  tokens: (width) =>
    plotTokensByPurpose(
      [
        { arm: 'single', tokens: { execute: 9_000 } },
        { arm: hostile, tokens: { execute: 20_000, plan: 3_000, verify: 0 } },
      ],
      { width },
    ),
  time: (width) => plotTimeOnPath([{ arm: 'team', criticalMs: 58_000, otherMs: 39_000 }], { width }),
  reliability: (width) =>
    plotReliability([{ title: 'Role', parts: [{ name: hostile, reliability: wilsonInterval(9, 10) }] }], { width }),
  calibration: (width) => plotCalibration(bins, { width }),
  lines: (width) => plotLines(lines, { width }),
};

test.each([
  ['success', { '.interval path': 8, '.point path': 6, 'text.none': 0, '.group text': 2, '.row text': 8 }],
  ['pareto', { '.interval path': 3, '.point path': 3, '.name text': 3, '.front path, path.front': 1 }],
  // An amount of 0 has no segment and no place in the legend.
  ['tokens', { '.segment rect': 3, '.row text': 2, '.value text': 2, '.legend text': 2 }],
  ['time', { '.segment rect': 2, '.row text': 1, '.value text': 1 }],
  ['reliability', { '.interval path': 1, '.point path': 1, '.group text': 1 }],
  ['calibration', { '.interval path': 2, '.point circle': 2, '.diagonal path': 1 }],
  ['lines', { '.line path': 2, '.band path': 2, '.point circle, .point path': 6, '.reference line': 2, '.legend text': 2 }],
] as const)('%s has one mark a datum', async (name, counts) => {
  const { document } = parseHTML(await draw(name, 760));
  const found = Object.keys(counts).map((selector) => [selector, document.querySelectorAll(selector).length]);
  expect(Object.fromEntries(found)).toEqual(counts);
});

test.each(Object.keys(plots))('%s: same data, same bytes; a name, a role, and nothing that acts', async (name) => {
  const svg = await draw(name, 760);
  expect(await draw(name, 760)).toBe(svg);
  const { document } = parseHTML(svg);
  const root = document.querySelector('svg');
  expect(root?.getAttribute('role')).toBe('img');
  expect(root?.getAttribute('aria-label')?.length).toBeGreaterThan(20);
  expect(document.querySelectorAll('script, style, image, a, use, foreignObject, [style], [id], [href]')).toHaveLength(0);
  expect(svg).not.toContain('<script');
  // A ⚠ is how the plotting library reports a warning.
  expect(svg).not.toMatch(/⚠|NaN|undefined|Infinity/);
});

test.each(Object.keys(plots))('%s fits a phone: no text ends outside', async (name) => {
  const { document } = parseHTML(await draw(name, 350));
  const root = document.querySelector('svg');
  expect(root?.getAttribute('width')).toBe('350');
  const outside = [...document.querySelectorAll('text')].filter((text) => {
    const { left, right } = extentOf(text);
    return left < -1 || right > 351;
  });
  expect(outside.map(({ textContent }) => textContent)).toEqual([]);
});

test('a hostile name is text in the plot', async () => {
  const { document } = parseHTML(await draw('success', 760));
  expect([...document.querySelectorAll('.row text')].map(({ textContent }) => textContent)).toEqual([
    'one agent',
    'team',
    hostile,
    'never ran',
    'one agent',
    'team',
    hostile,
    'never ran',
  ]);
});

test('places follow the data: the success of an arm is where its share is on the axis', async () => {
  const { document } = parseHTML(await draw('success', 760));
  const ticks = [...document.querySelectorAll('text')].filter(({ textContent }) => /^(?:0|100)\u00A0%$/.test(textContent ?? ''));
  const [zero = 0, hundred = 0] = ticks.map((tick) => translationOf(tick).x);
  const points = [...document.querySelectorAll('.point path')].slice(0, 3).map((point) => translationOf(point).x);
  const shares = points.map((x) => (x - zero) / (hundred - zero));
  expect(hundred - zero).toBeGreaterThan(300);
  for (const [index, share] of [0.74, 0.58, 0.79].entries()) expect(shares[index]).toBeCloseTo(share, 2);
});

test('arms too close for names get a legend, and then no names', async () => {
  const crowd = Array.from({ length: 10 }, (_, index) => ({
    arm: `variant number ${index}`,
    cost: 0.1 + index / 1e5,
    success: wilsonInterval(50, 100),
  }));
  const { document } = parseHTML(await plotPareto(crowd, 'usd'));
  expect(document.querySelectorAll('.name text')).toHaveLength(0);
  expect(document.querySelectorAll('.legend text')).toHaveLength(10);
});

test('a long series is drawn with at most 1,000 points, its ends among them', async () => {
  const points = Array.from({ length: 50_000 }, (_, x) => ({ x, y: x ** 0.5 }));
  const svg = await plotLines({ xLabel: 'Tasks', yLabel: 'Regret', series: [{ name: 'gate', points }] });
  const { document } = parseHTML(svg);
  expect(document.querySelector('.line path')?.getAttribute('d')?.match(/[ML]/g)).toHaveLength(1000);
  expect(document.querySelector('svg')?.getAttribute('aria-label')).toContain('gate: 0 at 0, 224 at 49,999.');
  expect(svg.length).toBeLessThan(60_000);
});

test('nothing to draw is drawn as nothing, without a warning', async () => {
  const empty = await Promise.all([
    plotSuccess([]),
    plotPareto([], 'tokens'),
    plotTokensByPurpose([]),
    plotTimeOnPath([]),
    plotReliability([]),
    plotCalibration([]),
    plotLines({ xLabel: 'x', yLabel: 'y', series: [{ name: 'none', points: [{ x: Number.NaN, y: 1 }] }] }),
  ]);
  for (const svg of empty) {
    expect(svg).toMatch(/^<svg /);
    expect(svg).not.toMatch(/⚠|NaN|Infinity/);
  }
});

async function draw(name: string, width: number): Promise<string> {
  const svg = await plots[name]?.(width);
  if (svg === undefined) throw new Error(`No plot ${name}.`);
  return svg;
}

interface Drawn {
  textContent: string | null;
  getAttribute(name: string): string | null;
  parentElement: Drawn | null;
}

function translationOf(element: Drawn): { x: number; y: number } {
  const [, x = '0', y = '0'] = /translate\((-?[\d.]+),(-?[\d.]+)\)/.exec(element.getAttribute('transform') ?? '') ?? [];
  return { x: Number(x), y: Number(y) };
}

/** By 6 px a character, which is what a narrow sans-serif of 12 px takes. */
function extentOf(element: Drawn): { left: number; right: number } {
  const start = translationOf(element).x + (element.parentElement === null ? 0 : translationOf(element.parentElement).x);
  const width = (element.textContent ?? '').length * 6;
  const anchor = element.getAttribute('text-anchor') ?? element.parentElement?.getAttribute('text-anchor') ?? 'middle';
  const left = anchor === 'start' ? start : anchor === 'end' ? start - width : start - width / 2;
  return { left, right: left + width };
}
