/** The colors of states, as the browser resolves them, to those who see all colors and to those who lack a cone. */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { browserMissing, openPage, whyNoBrowser } from '../support/browser.ts';
import { holdApp } from '../support/held-app.ts';
import { differenceAsSeen, type Rgb, see, visions } from './color-difference.ts';

/**
 * The least CIEDE2000 of two states that touch with nothing but color between them. Of large fields side by side 1 is about
 * the least that is noticed; the marks here are bars of 6 to 14 px, and the smaller a mark, the more it takes (Stone, Szafir
 * and Setlur, "An Engineering Model for Color Difference as a Function of Size", Color and Imaging Conference 22, 2014). 15
 * leaves room for poor screens; the colors have 16. A search for six colors that keep their hues and the contrast below found
 * no more than 27 (and a black for what is set aside).
 */
const leastDifference = 15;
/** WCAG 2.2, 1.4.11: of a mark to what it lies on. */
const leastContrast = 3;

/**
 * What stands side by side without a shape or a word: the parts of a bar (progress, levels of a large plan), the nodes of the
 * overview, the solid bars of the timeline. `set aside` is one color for skipped, cancelled and superseded, which the list
 * beside the bar tells apart by icon and word; a rejected attempt is hatched and a cancelled one has an outline only.
 */
const marks = {
  bars: {
    element: 'rect',
    property: 'fill',
    classes: {
      succeeded: ['fill-succeeded'],
      failed: ['fill-failed'],
      running: ['fill-running'],
      verifying: ['fill-verifying'],
      waiting: ['fill-waiting'],
      'set aside': ['fill-skipped', 'fill-cancelled', 'fill-superseded'],
    },
  },
  overview: {
    element: 'rect',
    property: 'fill',
    classes: {
      succeeded: ['react-flow__minimap-node overview-succeeded'],
      failed: ['react-flow__minimap-node overview-failed'],
      running: ['react-flow__minimap-node overview-running'],
      verifying: ['react-flow__minimap-node overview-verifying'],
      waiting: ['react-flow__minimap-node overview-waiting'],
      'set aside': ['skipped', 'cancelled', 'superseded'].map((state) => `react-flow__minimap-node overview-${state}`),
    },
  },
  timeline: {
    element: 'span',
    property: 'backgroundColor',
    classes: { accepted: ['bar bar-accepted'], open: ['bar bar-open'] },
  },
} as const;

type Mark = (typeof marks)[keyof typeof marks];

/** By state; what is translucent would look otherwise than it says. */
async function resolveColors(page: Page, { element, property, classes }: Mark): Promise<Map<string, Rgb>> {
  const colors = new Map<string, Rgb>();
  for (const [state, names] of Object.entries(classes)) {
    for (const name of names) {
      const [red, green, blue] = await resolveColor(page, element, property, name);
      const before = colors.get(state) ?? [red, green, blue];
      expect({ name, color: [red, green, blue] }).toEqual({ name, color: before });
      colors.set(state, before);
    }
  }
  return colors;
}

/** In the page: a mark of its own, asked for its color and taken away again. */
const readMark = `([tag, property, classes]) => {
  const make = (name) => tag === 'rect' ? document.createElementNS('http://www.w3.org/2000/svg', name) : document.createElement(name);
  const host = document.body.appendChild(make(tag === 'rect' ? 'svg' : 'div'));
  const mark = host.appendChild(make(tag));
  mark.setAttribute('class', classes);
  const style = getComputedStyle(mark);
  const found = { color: style[property], opacity: style.opacity };
  host.remove();
  return found;
}`;

async function resolveColor(page: Page, ...asked: [tag: string, property: string, classes: string]): Promise<Rgb> {
  const found = await page.evaluate(`(${readMark})(${JSON.stringify(asked)})`);
  const { color, opacity } = found as { color: string; opacity: string };
  const numbers = /^rgb\((\d+), (\d+), (\d+)\)$/.exec(color);
  const name = asked[2];
  expect({ name, opacity, isSolid: numbers !== null }).toEqual({ name, opacity: '1', isSolid: true });
  const [, red = '0', green = '0', blue = '0'] = numbers ?? [];
  return [Number(red), Number(green), Number(blue)];
}

function luminanceOf(color: Rgb): number {
  const [red, green, blue] = see(color, 'all colors');
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrastOf(a: Rgb, b: Rgb): number {
  const [dark = 0, light = 0] = [luminanceOf(a), luminanceOf(b)].toSorted((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

describe.skipIf(browserMissing !== null)(`colors of states${whyNoBrowser}`, { timeout: 60_000 }, () => {
  const app = holdApp();

  /** `chosen`: by the switch, against the system. */
  async function open(colorScheme: 'light' | 'dark', chosen?: 'light' | 'dark') {
    const watched = await openPage(app.browser, { colorScheme });
    await app.server.signIn(watched.context);
    await watched.page.goto(`${app.server.url}/#/runs`);
    if (chosen !== undefined) await watched.page.getByRole('combobox', { name: 'Colors' }).selectOption(chosen);
    await watched.page.getByRole('heading', { name: 'Runs', exact: true }).waitFor();
    return watched;
  }

  test.each(['light', 'dark'] as const)('any two that may touch are told apart by everybody, %s', async (scheme) => {
    const { page, context } = await open(scheme);
    const tooClose: string[] = [];
    let compared = 0;
    for (const [where, mark] of Object.entries(marks)) {
      const colors = [...(await resolveColors(page, mark))];
      for (const vision of visions) {
        for (const [index, [one, a]] of colors.entries()) {
          for (const [other, b] of colors.slice(index + 1)) {
            const difference = differenceAsSeen(a, b, vision);
            compared += 1;
            if (difference < leastDifference) tooClose.push(`${where}, ${vision}: ${one}, ${other}: ${difference.toFixed(1)}`);
          }
        }
      }
    }
    expect(tooClose).toEqual([]);
    expect(compared).toBe((15 + 15 + 1) * visions.length);
    await context.close();
  });

  test.each(['light', 'dark'] as const)('what has begun is seen against what it lies on, %s', async (scheme) => {
    const { page, context } = await open(scheme);
    const surface = (await page.evaluate('getComputedStyle(document.querySelector(".app-head")).backgroundColor')) as string;
    const [red = 0, green = 0, blue = 0] = (surface.match(/\d+/g) ?? []).map(Number);
    const tooFaint: string[] = [];
    for (const [state, color] of await resolveColors(page, marks.bars)) {
      const contrast = contrastOf(color, [red, green, blue]);
      if (state !== 'waiting' && contrast < leastContrast) tooFaint.push(`${state}: ${contrast.toFixed(2)}`);
    }
    expect(tooFaint).toEqual([]);
    await context.close();
  });

  test('a scheme that is chosen has the colors of the system’s', async () => {
    const system = await open('dark');
    const chosen = await open('light', 'dark');
    for (const mark of Object.values(marks)) {
      expect(await resolveColors(chosen.page, mark)).toEqual(await resolveColors(system.page, mark));
    }
    await system.context.close();
    await chosen.context.close();
  });
});
