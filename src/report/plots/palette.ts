/**
 * How series look. The colors are Okabe and Ito's (2008), which people with any common color blindness tell apart; a
 * symbol and a dash stand beside each. On a page the variables of page-style.ts apply; alone, the colors after them.
 */

export interface SeriesLook {
  color: string;
  /** Of text on the color. */
  ink: string;
  symbol: 'circle' | 'square' | 'diamond' | 'triangle' | 'cross' | 'star' | 'wye' | 'hexagon';
  /** `stroke-dasharray` */
  dash: string;
}

const looks: readonly SeriesLook[] = [
  { color: 'var(--pw-1, #0072b2)', ink: 'var(--pw-on-1, #ffffff)', symbol: 'circle', dash: 'none' },
  { color: 'var(--pw-2, #d55e00)', ink: '#111111', symbol: 'square', dash: '7 3' },
  { color: 'var(--pw-3, #009e73)', ink: '#111111', symbol: 'diamond', dash: '2 3' },
  { color: 'var(--pw-4, #cc79a7)', ink: '#111111', symbol: 'triangle', dash: '8 3 2 3' },
  { color: 'var(--pw-5, #e69f00)', ink: '#111111', symbol: 'cross', dash: '12 4' },
  { color: 'var(--pw-6, #56b4e9)', ink: '#111111', symbol: 'star', dash: '4 2' },
  { color: 'var(--pw-7, #6e7781)', ink: 'var(--pw-on-7, #ffffff)', symbol: 'wye', dash: '1 2' },
  { color: 'var(--pw-8, #f0e442)', ink: '#111111', symbol: 'hexagon', dash: '10 3 2 3 2 3' },
];

export const paper = 'var(--pw-paper, #ffffff)';
export const quiet = 'var(--pw-quiet, #57606a)';

/** The look of the series with this place; after eight, colors begin again with another symbol. */
export function lookOf(place: number): SeriesLook {
  const look = at(place);
  const round = Math.floor(place / looks.length);
  return round === 0 ? look : { ...look, symbol: at(place + 3 * round).symbol, dash: at(place + 3 * round).dash };
}

/** One agent and the team look the same in every plot; other arms follow in their order. */
export function placeArms(arms: readonly string[]): Map<string, number> {
  const places = new Map<string, number>();
  for (const arm of ['single', 'team', ...arms]) if (!places.has(arm)) places.set(arm, places.size);
  return places;
}

/** One agent first, then the team, then the others in their order. */
export function orderArms<Item extends { arm: string }>(items: readonly Item[]): Item[] {
  const places = placeArms(items.map(({ arm }) => arm));
  return items.toSorted((a, b) => (places.get(a.arm) ?? 0) - (places.get(b.arm) ?? 0));
}

function at(place: number): SeriesLook {
  return looks[place % looks.length] ?? { color: 'currentColor', ink: paper, symbol: 'circle', dash: 'none' };
}
