import { describe, expect, test } from 'vitest';
import { type ImportUse, judgeImport } from '../../scripts/lint/import-rules.ts';

type Case = [from: string, what: 'type' | 'value', target: string];

function judge([from, what, target]: Case): string | null {
  const use: ImportUse = { from, target, isRelative: /^(src|web|examples|test)\//.test(target), typeOnly: what === 'type' };
  return judgeImport(use);
}

const allowed: Case[] = [
  ['src/plan/check-plan.ts', 'value', 'src/plan/dag.ts'],
  ['src/plan/plan.ts', 'value', 'zod'],
  ['src/plan/plan.ts', 'type', 'src/json.ts'],
  ['src/plan/plan.ts', 'value', 'src/errors.ts'],
  ['src/plan/plan.ts', 'type', 'src/schedule/command.ts'],
  ['src/plan/plan.ts', 'type', 'src/clock.ts'],
  ['src/schedule/state.ts', 'type', 'src/plan/plan.ts'],
  ['src/schedule/decide.ts', 'value', 'src/allocate/allocation-book.ts'],
  ['src/allocate/allocation-book.ts', 'value', 'src/random.ts'],
  ['src/allocate/allocation-settings.ts', 'type', 'src/plan/forecast-basis.ts'],
  ['src/schedule/decide.test.ts', 'value', 'fast-check'],
  ['src/events.ts', 'type', 'src/gate/gate.ts'],
  ['src/cli/main.ts', 'value', 'src/index.ts'],
  ['src/cli/main.ts', 'value', 'src/testing/index.ts'],
  ['src/cli/commands/run.ts', 'value', 'src/cli/exit-codes.ts'],
  ['src/cli/main.ts', 'value', 'commander'],
  ['src/cli/commands/serve.ts', 'value', 'src/server/index.ts'],
  ['src/server/app.ts', 'value', 'src/index.ts'],
  ['examples/report.ts', 'value', 'planwright'],
  ['examples/report.ts', 'value', 'examples/documents.ts'],
  ['web/src/app.tsx', 'value', 'planwright/browser'],
  ['web/src/app.tsx', 'value', 'react'],
  ['src/testing/index.ts', 'value', 'src/engine/memory.ts'],
  ['test/crash.test.ts', 'value', 'src/engine/drive.ts'],
];

const refused: [...Case, message: string][] = [
  [
    'src/plan/plan.ts',
    'value',
    'src/schedule/command.ts',
    "src/plan/ may import types only from src/schedule/command.ts: use 'import type'.",
  ],
  [
    'src/schedule/state.ts',
    'value',
    'src/plan/dag.ts',
    "src/schedule/ may import types only from src/plan/dag.ts: use 'import type'.",
  ],
  [
    'src/schedule/state.ts',
    'type',
    'src/engine/store.ts',
    'src/schedule/ imports from src/plan/, src/schedule/, src/allocate/ and the files directly in src/ only, not src/engine/store.ts.',
  ],
  [
    'src/plan/plan.ts',
    'value',
    'src/model/model.ts',
    'src/plan/ imports from src/plan/, src/schedule/, src/allocate/ and the files directly in src/ only, not src/model/model.ts.',
  ],
  [
    'src/plan/plan.ts',
    'value',
    'src/allocate/allocation-book.ts',
    "src/plan/ may import types only from src/allocate/allocation-book.ts: use 'import type'.",
  ],
  [
    'src/allocate/declared.ts',
    'value',
    'src/schedule/decide.ts',
    "src/allocate/ may import types only from src/schedule/decide.ts: use 'import type'.",
  ],
  ['src/allocate/declared.ts', 'value', 'src/clock.ts', 'src/allocate/ is pure: of src/clock.ts it may import types only.'],
  ['src/allocate/declared.ts', 'value', 'zod', "src/allocate/ is pure: it imports no package, so not 'zod'."],
  ['src/plan/plan.ts', 'value', 'node:fs', "src/plan/ is pure: it imports no package but zod, yaml, re2js, so not 'node:fs'."],
  ['src/schedule/state.ts', 'value', 'zod', "src/schedule/ is pure: it imports no package, so not 'zod'."],
  ['src/schedule/state.ts', 'value', 'src/clock.ts', 'src/schedule/ is pure: of src/clock.ts it may import types only.'],
  ['src/plan/plan.ts', 'value', 'src/index.ts', 'src/plan/ is pure: of src/index.ts it may import types only.'],
  [
    'src/cli/main.ts',
    'value',
    'src/engine/store.ts',
    'src/cli/ uses public exports only: import from src/index.ts, src/testing/index.ts or src/server/index.ts, not src/engine/store.ts.',
  ],
  [
    'src/cli/main.ts',
    'type',
    'src/errors.ts',
    'src/cli/ uses public exports only: import from src/index.ts, src/testing/index.ts or src/server/index.ts, not src/errors.ts.',
  ],
  [
    'src/server/serve.ts',
    'value',
    'src/cli/main.ts',
    'src/server/ uses public exports only: import from src/index.ts, src/testing/index.ts or src/server/index.ts, not src/cli/main.ts.',
  ],
  [
    'src/cli/commands/serve.ts',
    'value',
    'src/server/app.ts',
    'src/cli/ uses public exports only: import from src/index.ts, src/testing/index.ts or src/server/index.ts, not src/server/app.ts.',
  ],
  [
    'examples/report.ts',
    'value',
    'src/index.ts',
    "examples/ uses public exports only: import from 'planwright', not src/index.ts.",
  ],
  ['web/app.ts', 'type', 'src/events.ts', "web/ uses public exports only: import from 'planwright/browser', not src/events.ts."],
  ['web/app.ts', 'value', 'planwright', "web/ runs in a browser: import from 'planwright/browser', not 'planwright'."],
  ['web/app.ts', 'value', 'node:fs', "web/ runs in a browser, which has no 'node:fs'."],
  ['src/engine/drive.ts', 'value', 'src/cli/main.ts', 'The library does not import src/cli/main.ts, which is built on it.'],
  ['src/model/meter.ts', 'value', 'src/index.ts', 'The library does not import src/index.ts, which is built on it.'],
];

describe('the import rule', () => {
  test.each(allowed)('%s may import (%s) %s', (...use) => {
    expect(judge(use)).toBeNull();
  });

  test.each(refused)('%s may not import (%s) %s', (from, what, target, message) => {
    expect(judge([from, what, target])).toBe(message);
  });
});
