import { expect, test } from 'vitest';
import { type DeclaredRole, findCapableRoles } from './capable-roles.ts';

const role = (skills?: string[], tools: string[] = [], accept: object[] = []): DeclaredRole => ({
  tools,
  accept,
  ...(skills === undefined ? {} : { skills }),
});
const capable = (roles: Record<string, DeclaredRole>) => Object.fromEntries(findCapableRoles(roles));

test('a role can do what it is named for, and others’ work by all their skills and tools', () => {
  expect(
    capable({
      coder: role(['typescript'], ['files_read']),
      porter: role(['TypeScript ', 'python'], ['files_read', 'calc']),
      scripter: role(['python']),
      reader: role(['typescript']),
    }),
  ).toEqual({
    coder: ['coder', 'porter'],
    porter: ['porter'],
    scripter: ['scripter', 'porter'],
    reader: ['reader', 'coder', 'porter'],
  });
});

test('a role without skills is the only one for its work, whatever its tools', () => {
  expect(capable({ writer: role(), other: role(['prose']), none: role([]) })).toEqual({
    writer: ['writer'],
    other: ['other'],
    none: ['none'],
  });
});

test('who is held to fewer checks cannot do the work: a check must not get lost on the way', () => {
  const quotes = { kind: 'quotes', min: 2 };
  expect(capable({ strict: role(['facts'], [], [quotes]), loose: role(['facts']) })).toEqual({
    strict: ['strict'],
    loose: ['loose', 'strict'],
  });
});

test('whose attempts no person approves cannot do what a person has to approve', () => {
  const asked: DeclaredRole = { ...role(['facts']), approval: 'required' };
  expect(capable({ asked, free: role(['facts']) })).toEqual({ asked: ['asked'], free: ['free', 'asked'] });
});

test('those who have least beyond what is needed come first, then in the order given', () => {
  expect(capable({ a: role(['x']), wide: role(['x', 'y', 'z']), b: role(['x']), c: role(['x'], ['calc']) })['a']).toEqual([
    'a',
    'b',
    'c',
    'wide',
  ]);
});
