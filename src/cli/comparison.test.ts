import { expect, test } from 'vitest';
import { compareSides, describeComparison, type Side } from './comparison.ts';

const side = (changed: Partial<Side>): Side => ({
  status: 'succeeded',
  calls: 4,
  tokens: 1000,
  seconds: 0.25,
  checkedCitations: 10,
  ...changed,
});

test.each<[string, Partial<Side>, Partial<Side>, string, string]>([
  [
    'more found',
    { checkedCitations: 14, tokens: 3500 },
    {},
    'team',
    'the team has 4 more checked citations for 3.5 × the tokens',
  ],
  [
    'as much found for more',
    { tokens: 3500 },
    {},
    'single',
    'one agent was enough: as many checked citations; the team took 3.5 × the tokens',
  ],
  [
    'as much found for the same',
    {},
    {},
    'single',
    'one agent was enough: as many checked citations; the team took 1.0 × the tokens',
  ],
  ['as much found for less', { tokens: 500 }, {}, 'team', 'the team has as many checked citations for 0.5 × the tokens'],
  [
    'less found',
    { checkedCitations: 9 },
    {},
    'single',
    'one agent was enough: 1 more checked citation; the team took 1.0 × the tokens',
  ],
  [
    'nothing found',
    { checkedCitations: 0, tokens: 2000 },
    { checkedCitations: 0 },
    'single',
    'one agent was enough: neither has a checked citation; the team took 2.0 × the tokens',
  ],
  ['a team that fails', { status: 'partial', checkedCitations: 20 }, {}, 'single', 'only one agent finished (team partial)'],
  ['an agent that fails', {}, { status: 'failed' }, 'team', 'only the team finished (one agent failed)'],
  ['both fail', { status: 'failed' }, { status: 'failed' }, 'neither', 'neither finished (team failed, one agent failed)'],
])('%s', (_case, team, single, better, verdict) => {
  expect(compareSides(side(team), side(single))).toMatchObject({ better, verdict });
});

test('the line names calls, tokens, seconds and checked citations of both', () => {
  const line = describeComparison(
    compareSides(side({ calls: 9, tokens: 5210, seconds: 0.84, checkedCitations: 14 }), side({ calls: 1 })),
  );
  expect(line).toBe(
    'team: 9 calls, 5,210 tokens, 0.8 s, 14 checked citations · one agent: 1 call, 1,000 tokens, 0.3 s, 10 checked citations' +
      ' → the team has 4 more checked citations for 5.2 × the tokens',
  );
});
