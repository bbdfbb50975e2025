import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ElementStream, maxElementLength, type StreamEnd } from './element-stream.ts';
import { findPlan } from './find-plan.ts';

function stream(chunks: string[]): { elements: string[]; end: StreamEnd } {
  const reader = new ElementStream();
  return { elements: chunks.flatMap((chunk) => reader.push(chunk)), end: reader.end() };
}

const a = '{"id": "a", "instruction": "Braces } ] and \\" quotes \\\\"}';
const b = '{"id": "b", "accept": [{"kind": "quotes"}]}';

describe('a plan that is being written', () => {
  it('each element comes with its closing brace, not later', () => {
    const reader = new ElementStream();
    const steps = ['{"deliverable": "b", "sub', 'tasks": [', a.slice(0, 20), a.slice(20, -1), '}', ' , ', `${b},`, a, ']', '}'];
    expect(steps.map((chunk) => reader.push(chunk))).toEqual([[], [], [], [], [a], [], [b], [a], [], []]);
    expect(reader.end()).toEqual({ complete: true, found: true, deliverable: 'b' });
  });

  it.each([
    ['an object', `{"subtasks": [${a}, ${b}]}`],
    ['a bare list', `[${a},${b}]`],
    ['a fence', `Sure!\n\`\`\`json\n{ "subtasks" : [ ${a} , ${b} ] }\n\`\`\`\nDone [x].`],
    ['prose with braces', `Use {braces} like [this], [1], {"so"}, {"x": why}: {"subtasks": [${a}, ${b}]}`],
    ['thinking', `<think>maybe [{"id": "x"}]</think>{"subtasks": [${a}, ${b}]}`],
    [
      'other keys before and after',
      `{"thought": "[{", "n": -1.5e3, "o": {"subtasks": [1]}, "steps": ["x", {"id": 1}], "subtasks": [${a}, ${b}], "end": [{}], "ok": true}`,
    ],
    ['a plan within', `{"plan": {"goal": null, "subtasks": [${a}, ${b}]}, "x": 1}`],
    ['prose with a list that is no JSON', `[{braces}, {more}] {"subtasks": [${a}, ${b}]}`],
    ['an escaped key', `{"sub\\u0074asks": [${a}, ${b}]}`],
    ['another list of objects first', `[{"url": "x"}, {"steps": [{}]}] {"subtasks": [${a}, ${b}]}`],
    ['empty lists first', `[] {"tasks": [], "subtasks": [${a}, ${b}]}`],
    ['a trailing comma', `{"subtasks": [${a}, ${b}, ], }`],
  ])('is found in %s', (_name, text) => {
    expect(stream([text])).toEqual({ elements: [a, b], end: { complete: true, found: true } });
    expect(stream(text.split(''))).toEqual({ elements: [a, b], end: { complete: true, found: true } });
  });

  it.each([
    ['a text without a plan', 'Nothing {here} [0] {"x": 1}', [], { complete: false, found: false }],
    ['an empty plan', '{"subtasks": []}', [], { complete: true, found: true }],
    ['a cut within an element', `{"subtasks": [${a}, {"id": "b`, [a], { complete: false, found: true }],
    ['a cut behind the list', `{"subtasks": [${a}]`, [a], { complete: false, found: true }],
    ['a cut within the deliverable', `{"subtasks": [${a}], "deliverable": "a`, [a], { complete: false, found: true }],
    [
      'a bad element',
      `{"subtasks": [${a}, {"id": oops}, ${b}]}`,
      [a],
      { complete: false, found: true, problem: { code: 'malformed', message: 'Subtask 1 is not valid JSON.' } },
    ],
    [
      'a missing comma',
      `{"subtasks": [${a} ${b}]}`,
      [a],
      {
        complete: false,
        found: true,
        problem: { code: 'malformed', message: 'Expected a comma or the end of the list behind subtask 0.' },
      },
    ],
    [
      'rubbish behind the list',
      `{"subtasks": [${a}] oops}`,
      [a],
      {
        complete: false,
        found: true,
        problem: { code: 'malformed', message: 'The text behind the list of subtasks is not valid JSON.' },
      },
    ],
    ['single quotes', "{'subtasks': [{'id': 'a'}]}", [], { complete: false, found: false }],
    [
      'elements that are no objects',
      `{"subtasks": [${a}, 5, "x, ]", null, [1]]}`,
      [a, '5', '"x, ]"', 'null', '[1]'],
      { complete: true, found: true },
    ],
  ])('%s is told apart', (_name, text, elements, end) => {
    expect(stream([text])).toEqual({ elements, end });
    expect(stream(text.split(''))).toEqual({ elements, end });
  });

  it('an element without end is given up, and memory stays bounded', () => {
    const reader = new ElementStream();
    reader.push('{"subtasks": [{"id": "');
    for (let at = 0; at < 20; at++) expect(reader.push('x'.repeat(10_000))).toEqual([]);
    expect(reader.end()).toEqual({
      complete: false,
      found: true,
      problem: { code: 'too-large', message: `Subtask 0 has more than ${maxElementLength} characters.` },
    });
  });

  it('a text without end is given up', () => {
    const reader = new ElementStream();
    for (let at = 0; at < 50; at++) reader.push('{"x": [1, 2], "y": "z"} '.repeat(4000));
    expect(reader.end().problem?.code).toBe('too-large');
  });

  const word = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    '"',
    ':',
    ',',
    '\\',
    ' ',
    '\n',
    'a',
    '1',
    'true',
    '"subtasks"',
    '"plan":',
    '[{"id":"a"}',
    '{"id":1}',
    '"deliverable":"x"',
    '<think>',
    '</think>',
  );

  it('any division of any text into chunks gives the same', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(word, fc.string())), fc.array(fc.nat(60)), (words, cuts) => {
        const text = words.join('');
        const places = [...new Set(cuts)].toSorted((x, y) => x - y);
        const chunks = [0, ...places].map((from, at) => text.slice(from, places[at]));
        expect(stream(chunks)).toEqual(stream([text]));
        expect(stream(text.split(''))).toEqual(stream([text]));
      }),
      { numRuns: 2000 },
    );
  });

  it('for valid JSON the elements are those that JSON.parse finds', () => {
    const element = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })).map((fields) => ({ ...fields, id: 'x' }));
    const elements = fc.array(fc.oneof({ weight: 5, arbitrary: element }, fc.jsonValue({ maxDepth: 2 })));
    const extras = fc.dictionary(
      fc.oneof(fc.string(), fc.constantFrom('steps', 'tasks', 'plan')),
      fc.oneof(fc.jsonValue(), elements),
    );
    const document = fc.oneof(
      elements,
      fc
        .tuple(extras, fc.constantFrom('subtasks', 'steps', 'tasks', 'plan'), elements, extras)
        .map(([before, key, list, after]) => ({ ...before, [key]: list, ...after })),
      fc.tuple(extras, elements, extras).map(([before, list, after]) => ({ ...before, plan: { ...after, subtasks: list } })),
    );
    fc.assert(
      fc.property(document, fc.constantFrom(undefined, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const plan = findPlan(JSON.parse(text));
        if (plan === null) return;
        const { elements: streamed, end } = stream([text]);
        expect(streamed.map((one): unknown => JSON.parse(one))).toEqual(plan.elements);
        expect(end).toMatchObject({ complete: true, found: true });
      }),
      { numRuns: 2000 },
    );
  });
});
