/** What draws is loaded when something is drawn: neither the library nor a command pays for it before. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

/** Prints which of the two packages were asked for before and after the first plot. */
const script = `
  import { registerHooks } from 'node:module';
  const asked = new Set();
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier === '@observablehq/plot' || specifier === 'linkedom') asked.add(specifier);
      return next(specifier, context);
    },
  });
  const { plotSuccess } = await import('planwright');
  const before = [...asked];
  await plotSuccess([]);
  console.log(JSON.stringify({ before, after: [...asked].toSorted() }));
`;

test('the plotting library and the document are loaded at the first plot', async () => {
  const { stdout } = await run(process.execPath, ['--conditions=planwright:source', '--input-type=module', '--eval', script], {
    cwd: root,
  });
  expect(JSON.parse(stdout)).toEqual({ before: [], after: ['@observablehq/plot', 'linkedom'] });
});
