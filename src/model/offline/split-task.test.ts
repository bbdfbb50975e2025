import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitTask, topicOf } from './split-task.ts';

function shown(task: string): string[] {
  return splitTask(task).map((part) => {
    if (part.kind === 'calculation') return `= ${part.expression}`;
    return `${part.kind === 'survey' ? 'survey' : '?'}${part.perFile ? ' each' : ''} ${part.text}`;
  });
}

describe('a task is taken apart into', () => {
  it.each<[task: string, parts: string[]]>([
    ['When do cursors expire?', ['? When do cursors expire?']],
    ['What is 2 plus 2?', ['= 2 + 2']],
    ['Calculate 12*49 and list the ports', ['= 12*49', '? list the ports']],
    ['Who built the bridge? When was it opened?', ['? Who built the bridge?', '? When was it opened?']],
    ['When was the bridge built? Who designed it?', ['? When was the bridge built?', '? Who designed the bridge?']],
    ['We ship to Norway. How long does delivery take? Keep it short.', ['? How long does delivery take?']],
    ['Please explain how retries work. Cite every line.', ['? how retries work']],
    ['Write a short report on retries, timeouts and caching.', ['? retries', '? timeouts', '? caching']],
    ['Write a report about terms and conditions', ['? terms', '? conditions']],
    ['Compare the refund policy of Basic with Pro', ['? the refund policy of Basic', '? the refund policy of Pro']],
    ['Compare cats and dogs in terms of price', ['? price of cats', '? price of dogs']],
    ['What is the difference between HTTP caching and CDN caching?', ['? HTTP caching', '? CDN caching']],
    [
      'What are the default values of timeout, retries and concurrency?',
      ['timeout', 'retries', 'concurrency'].map((name) => `? What are the default values of ${name}?`),
    ],
    [
      'What is the refund window, how are returns shipped and who pays?',
      ['? What is the refund window', '? how are returns shipped', '? who pays?'],
    ],
    ['What is the cache and how long does it keep entries?', ['? What is the cache and how long does it keep entries?']],
    [
      'Answer these questions:\n1. What is X?\n2. How many retries are made?\n3. 12 * (3+4)',
      ['? What is X?', '? How many retries are made?', '= 12 * (3+4)'],
    ],
    ['Find the default of:\n- timeout\n- retries', ['? the default of: timeout', '? the default of: retries']],
    ['For each file, list the default port.', ['? each list the default port']],
    ['Summarize each document', ['survey each Summarize each document']],
    ['Summarize these documents', ['survey Summarize these documents']],
    ['Write a report about this folder.', ['survey Write a report about this folder.']],
    ['What does this project do?', ['survey What does this project do?']],
    ['', ['survey ']],
    ['¿?', ['survey ¿?']],
  ])('%j', (task, parts) => {
    expect(shown(task)).toEqual(parts);
  });

  it.each([
    '2024-05-01',
    'What happened on 2024-05-01?',
    'Is version 1.2.3 out?',
    'Is the link 10/100 Mbit?',
    'Call 555-1234',
    'pages 3-5',
  ])('a question, not a sum, though it has digits: %j', (task) => {
    expect(splitTask(task).map((part) => part.kind)).toEqual(['question']);
  });

  it.each([
    ['How much is 15% of 80?', '15 / 100 * 80'],
    ['what is twelve times 12', '12 * 12'],
    ['Compute (3 + 4) * 2', '(3 + 4) * 2'],
    ['What is the square root of 16?', 'sqrt(16)'],
    ['1,250 × 3', '1250 * 3'],
    ['10 divided by 4', '10 / 4'],
    ['What is 2 to the power of 10?', '2 ^ 10'],
  ])('the sum that %j asks for', (task, expression) => {
    expect(splitTask(task)).toMatchObject([{ kind: 'calculation', expression }]);
  });

  it('at least one part and at most 24, whatever the text, without hanging', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ maxLength: 2000 }), fc.stringMatching(/^(?:and |how |, |- |\n|2 |\+ |\(|each file |")*$/)),
        (task) => {
          const parts = splitTask(task);
          expect(parts.length).toBeGreaterThanOrEqual(1);
          expect(parts.length).toBeLessThanOrEqual(24);
        },
      ),
    );
    expect(splitTask('what is a, '.repeat(100_000)).length).toBeLessThanOrEqual(24);
    expect(splitTask(`compute ${'(1+'.repeat(50_000)}`).length).toBe(1);
  });
});

describe('a title', () => {
  it.each([
    ['Write a report on the gate. What is 2 + 2?', 'the gate'],
    ['What is a webhook?', 'What is a webhook?'],
    ['Summarize these documents.', 'Summarize these documents'],
  ])('of %j is what it is about', (task, topic) => {
    expect(topicOf(task)).toBe(topic);
  });
});
