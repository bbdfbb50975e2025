import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { StateIcon, StateLabel, type StateName, stateOfStatus, stateWords } from './state-icon.tsx';

const states = Object.keys(stateWords) as StateName[];
/** Without its class, which its color hangs on. */
const shapeOf = (state: StateName) =>
  renderToStaticMarkup(createElement(StateIcon, { state })).replace(/ class="state-[^"]*"/, '');

test('each state has a shape and a word of its own', () => {
  expect(states.length).toBeGreaterThan(10);
  expect(new Set(states.map((state) => shapeOf(state))).size).toBe(states.length);
  expect(new Set(Object.values(stateWords)).size).toBe(states.length);
});

test('a label has the shape and the word', () => {
  for (const state of states) {
    const label = renderToStaticMarkup(createElement(StateLabel, { state }));
    expect(label).toContain('<svg');
    expect(label.replace(/<[^>]*>/g, '')).toBe(stateWords[state]);
  }
});

test('a run’s status that is not known yet is no other one', () => {
  expect(stateOfStatus('waiting')).toBe('asking');
  expect(stateOfStatus('of a later version')).toBe('interrupted');
});
