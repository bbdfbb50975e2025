import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, describeChanges, hashModelRequest, hashToolRequest } from './request-hash.ts';

const system = (content: string) => ({ role: 'system' as const, content });

describe('a request hash', () => {
  it('does not depend on the order of members, the abort signal, headers or absent members', () => {
    const left = hashModelRequest({
      prompt: [system('a')],
      temperature: 0,
      topP: 1,
      headers: { x: '1' },
      abortSignal: new AbortController().signal,
    });
    const right = hashModelRequest({ topP: 1, temperature: 0, prompt: [{ content: 'a', role: 'system' }] });
    expect(left).toBe(right);
  });

  it('says what changed', () => {
    const before = hashModelRequest({ prompt: [system('a'), system('b'), system('c')] }, 'm');
    const changes = (after: string) => describeChanges(before, after);
    expect(changes(before)).toEqual([]);
    expect(changes(hashModelRequest({ prompt: [system('a'), system('x'), system('y')] }, 'm'))).toEqual([
      'prompt message 2 of 3 and 1 more',
    ]);
    expect(changes(hashModelRequest({ prompt: [system('a'), system('b')] }, 'm'))).toEqual([
      'prompt message 3 of 2 (3 in the journal)',
    ]);
    expect(
      changes(
        hashModelRequest({ prompt: [system('a'), system('b'), system('c')], responseFormat: { type: 'json' }, seed: 1 }, 'n'),
      ),
    ).toEqual(['model', 'format', 'settings']);
    expect(describeChanges(hashToolRequest('t', 1), hashToolRequest('u', 1))).toEqual(['tool']);
  });

  it('tells bytes, dates and addresses apart and does not depend on how JSON was nested', () => {
    const values = [
      new Uint8Array([1]),
      new Uint8Array([2]),
      new Date(0),
      new Date(1),
      new URL('http://a/'),
      '1',
      1,
      null,
      [],
      {},
      [[]],
      [{}],
    ];
    expect(new Set(values.map((value) => canonicalJson(value))).size).toBe(values.length);
  });

  it('refuses a cycle and hostile nesting instead of overflowing the stack', () => {
    const cycle: unknown[] = [];
    cycle.push(cycle);
    expect(() => hashToolRequest('t', cycle)).toThrow('nested deeper than 1000 levels');
    expect(() => hashToolRequest('t', JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)))).toThrow(
      'nested deeper than 1000 levels',
    );
  });

  it('is equal exactly when the JSON is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (left, right) => {
        const same = JSON.stringify(sortMembers(left)) === JSON.stringify(sortMembers(right));
        expect(canonicalJson(left) === canonicalJson(right)).toBe(same);
        expect(JSON.parse(canonicalJson(left))).toEqual(JSON.parse(JSON.stringify(left)));
      }),
      { seed: 3 },
    );
  });
});

function sortMembers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortMembers);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([name, member]) => [name, sortMembers(member)]),
  );
}
