import { expect, test } from 'vitest';
import { pageStyle } from '../page-style.ts';
import { lookOf, placeArms } from './palette.ts';

test('24 series differ in color or symbol, neighbors in both', () => {
  const looks = Array.from({ length: 24 }, (_, place) => lookOf(place));
  expect(new Set(looks.map(({ color, symbol }) => `${color} ${symbol}`)).size).toBe(24);
  for (const [index, look] of looks.slice(1).entries()) {
    expect(look.color).not.toBe(looks[index]?.color);
    expect(look.symbol).not.toBe(looks[index]?.symbol);
  }
});

test('one agent and the team keep their places whatever the order of the arms', () => {
  expect([...placeArms(['cascade', 'team'])]).toEqual([
    ['single', 0],
    ['team', 1],
    ['cascade', 2],
  ]);
});

test('every color has a variable in the page’s style, in both themes or the same in both', () => {
  for (let place = 0; place < 8; place++) {
    expect(pageStyle).toContain(`${/--pw-\d/.exec(lookOf(place).color)?.[0]}: #`);
  }
});
