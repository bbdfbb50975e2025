import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitLines } from './archive-lines.ts';

async function split(pieces: Uint8Array[], limitBytes?: number): Promise<string[]> {
  const lines: string[] = [];
  const chunks = (async function* all() {
    yield* pieces;
  })();
  for await (const { number, text } of splitLines(chunks, { file: 'f', ...(limitBytes === undefined ? {} : { limitBytes }) })) {
    lines.push(text);
    expect(number).toBe(lines.length);
  }
  return lines;
}

test('lines come out as they went in, wherever the pieces end', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 8 }),
      fc.integer({ min: 1, max: 9 }),
      async (texts, length) => {
        const lines = texts.map((text) => text.replaceAll('\n', ' ').replaceAll('\uFEFF', ''));
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
        const pieces = Array.from({ length: Math.ceil(bytes.length / length) }, (_, at) =>
          bytes.subarray(at * length, (at + 1) * length),
        );
        expect(await split(pieces)).toEqual(lines);
      },
    ),
  );
});

test('a last line needs no end', async () => {
  expect(await split([Buffer.from('a\nb')])).toEqual(['a', 'b']);
  expect(await split([])).toEqual([]);
});

test('a line that is too long is refused before it is read to its end', async () => {
  let read = 0;
  const endless = (async function* forever() {
    for (;;) {
      read += 1;
      yield Buffer.alloc(10, 'x');
    }
  })();
  const lines = splitLines(endless, { file: 'f', limitBytes: 100 });
  await expect(lines.next()).rejects.toMatchObject({ code: 'archive-invalid', message: 'f:1: it is longer than 100 bytes.' });
  expect(read).toBe(11);
});

test('what is no UTF-8 is refused with its line', async () => {
  await expect(split([Buffer.from('a\n'), Buffer.from([0xff, 0x0a])])).rejects.toMatchObject({
    code: 'archive-invalid',
    location: { file: 'f', line: 2 },
  });
});
