import { expect, test } from 'vitest';
import { defineTeam } from '../team/define-team.ts';
import { type ArmDefinition, namedArm, parseArm, resolveArms } from './arms.ts';

const team = defineTeam({ name: 'own', roles: { writer: {} }, model: 'offline' });
const both = [namedArm('single'), namedArm('team')];

test.each<[string, ArmDefinition]>([
  ['large=team,team=large.yaml', { name: 'large', strategy: 'team', team: 'large.yaml' }],
  ['b=best-of-n,n=5', { name: 'b', strategy: 'best-of-n', n: 5 }],
  ['c=cascade,model=openai:gpt-5,team=a,b.yaml', { name: 'c', strategy: 'cascade', model: 'openai:gpt-5', team: 'a,b.yaml' }],
  ['m=single,model=http://127.0.0.1:1/v1#x=y', { name: 'm', strategy: 'single', model: 'http://127.0.0.1:1/v1#x=y' }],
])('%s', (text, arm) => {
  expect(parseArm(text)).toEqual(arm);
});

test.each([
  ['large', /^An arm is written NAME=STRATEGY/],
  [
    'large=teem',
    /^Arm "large": unknown strategy "teem". Did you mean "team"\? Known strategies: single, team, cascade, best-of-n/,
  ],
  ['large=team,size=3', /^Arm "large": unknown strategy "team,size=3"/],
  ['large=team,team=', /^Arm "large": "team=" gives no value\.$/],
  ['b=best-of-n,n=0', /^Arm "b": n is a number of tries from 1 on, not "0"\.$/],
])('%s is refused', (text, message) => {
  expect(() => parseArm(text)).toThrow(message);
});

test('a name that is none is told with the known ones', () => {
  expect(() => namedArm('cascad')).toThrow(
    /^unknown arm "cascad". Did you mean "cascade"\? Known arms: single, team, cascade, best-of-n\.$/,
  );
});

test.each<[string, ArmDefinition[], RegExp]>([
  ['no single', [namedArm('team')], /^A comparison needs the arms single and team; "single" is missing\. Arms given: team\.$/],
  ['none', [], /"single" is missing\. Arms given: none\.$/],
  ['two of a name', [...both, namedArm('team')], /^There are two arms called "team"\./],
  ['another strategy', [namedArm('team'), { name: 'single', strategy: 'team' }], /"single" can't be of the strategy team/],
  ['a bad name', [...both, { name: 'a b', strategy: 'team' }], /^"a b" is no name for an arm/],
  ['n of a team', [...both, { name: 'x', strategy: 'team', n: 3 }], /n is for best-of-n, not for team/],
  ['too many tries', [...both, { name: 'x', strategy: 'best-of-n', n: 1001 }], /from 1 to 1000, not 1001/],
  [
    'too many',
    [...both, ...Array.from({ length: 19 }, (_, index): ArmDefinition => ({ name: `x${index}`, strategy: 'team' }))],
    /at most 20 arms, not 21/,
  ],
])('%s', async (_, arms, message) => {
  await expect(resolveArms(arms, team)).rejects.toThrow(message);
});

test('an arm’s model takes the place of its team’s; its team that of the comparison', async () => {
  const other = defineTeam({ name: 'other', roles: { coder: {} } });
  const arms = await resolveArms(
    [...both, { name: 'x', strategy: 'team', model: 'openai:gpt-5' }, { name: 'y', strategy: 'best-of-n', team: other, n: 3 }],
    team,
  );
  expect(arms.map(({ name, n, team: { name: teamName, model } }) => [name, n, teamName, model])).toEqual([
    ['single', 20, 'own', 'offline'],
    ['team', 20, 'own', 'offline'],
    ['x', 20, 'own', 'openai:gpt-5'],
    ['y', 3, 'other', undefined],
  ]);
});
