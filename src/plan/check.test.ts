import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkPlan } from './check.ts';
import type { PlanCheck, PlanProblem } from './plan.ts';

type Parts = Record<string, unknown>;

function subtask(id: unknown, dependsOn: unknown = [], more: Parts = {}): Parts {
  return { id, role: 'writer', instruction: `Do ${String(id)}.`, dependsOn, ...more };
}

function plan(subtasks: unknown, more: Parts = {}): Parts {
  return { version: 1, task: 'A task.', subtasks, ...more };
}

function codes({ problems }: PlanCheck): string[] {
  return problems.map((problem) => `${problem.code} ${problem.path ?? ''}`.trim());
}

function only(check: PlanCheck): PlanProblem {
  expect(check.problems).toHaveLength(1);
  return check.problems[0] ?? { code: 'malformed', message: '' };
}

describe('a valid plan', () => {
  it('is given back typed, with its shape', () => {
    const draft = plan(
      [
        subtask('report', ['facts', 'code', 'risk'], { estimate: { durationMs: 10 } }),
        subtask('facts', [], { estimate: { durationMs: 40 } }),
        subtask('code', [], { estimate: { durationMs: 20 } }),
        subtask('risk', ['facts'], { estimate: { durationMs: 5 } }),
      ],
      { deliverable: 'report' },
    );
    expect(checkPlan(draft, { workers: 1, roles: ['writer'] })).toEqual({
      ok: true,
      problems: [],
      shape: {
        subtasks: 4,
        edges: 4,
        depth: 3,
        width: 2,
        roots: 2,
        leaves: 1,
        criticalPathMs: 55,
        criticalPath: ['facts', 'risk', 'report'],
        makespanMs: { unlimited: 55, workers: 75, one: 75 },
      },
      plan: draft,
    });
  });

  it('may leave dependsOn out and repeat an entry of it', () => {
    const check = checkPlan(plan([{ id: 'a', role: 'r', instruction: 'x' }, subtask('b', ['a', 'a'])]));
    expect(check.plan?.subtasks.map(({ dependsOn }) => dependsOn)).toEqual([[], ['a']]);
    expect(check.shape?.edges).toBe(1);
  });

  it('may use the names of object internals as ids', () => {
    const ids = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length'];
    const draft = plan(ids.map((id, at) => subtask(id, ids.slice(0, at))));
    expect(checkPlan(draft)).toMatchObject({ ok: true, shape: { edges: 10, depth: 5, width: 1 } });
    expect(only(checkPlan(plan([subtask('a', ['__proto__'])])))).toMatchObject({ code: 'unknown-dependency', subtaskId: 'a' });
  });

  it('keeps its accept checks, assumptions and estimates', () => {
    const more = {
      accept: [
        { kind: 'schema', schema: { type: 'object' } },
        { kind: 'predicate', contains: ['x'], matches: 'x+' },
        { kind: 'quotes', min: 1 },
        { kind: 'critic', role: 'critic', focus: 'numbers' },
      ],
      assumes: ['It rains.', { subtask: 'b', holds: { notContains: 'dry' }, text: 'It rained.' }],
      estimate: { durationMs: 1, tokens: 2, p: 0.5 },
    };
    const draft = plan([subtask('a', ['b'], more), subtask('b')]);
    expect(checkPlan(draft)).toMatchObject({ ok: true, plan: draft });
  });
});

describe('malformed drafts', () => {
  it.each([
    ['null', null, 'A plan is an object with version, task and subtasks; got null.'],
    ['a list', [], 'A plan is an object with version, task and subtasks; got a list.'],
    ['a text', 'plan', 'A plan is an object with version, task and subtasks; got "plan".'],
    ['no version', { task: 't', subtasks: [subtask('a')] }, 'version: this Planwright reads plans of version 1, got nothing.'],
    ['a newer version', plan([subtask('a')], { version: 2 }), 'version: this Planwright reads plans of version 1, got 2.'],
    ['no task', { version: 1, subtasks: [subtask('a')] }, 'task: expected a string, got nothing.'],
    ['an unknown key', plan([subtask('a')], { stages: [] }), 'stages: unknown key.'],
    ['subtasks that are no list', plan({ a: 1 }), 'subtasks: expected a list, got an object.'],
    ['a numeric deliverable', plan([subtask('a')], { deliverable: 1 }), 'deliverable: expected a string, got 1.'],
    ['a subtask that is no object', plan([7]), 'subtasks.0: expected an object, got 7.'],
    ['a numeric id', plan([subtask(5)]), 'subtasks.0.id: expected a string, got 5.'],
    ['an empty id', plan([subtask('')]), 'subtasks.0.id: must not be empty.'],
    ['a reserved id', plan([subtask('@plan')]), 'subtasks.0.id: "@plan" begins with @, which is reserved. Choose another id.'],
    [
      'an overlong id',
      plan([subtask('x'.repeat(201))]),
      `subtasks.0.id: must be at most 200 characters, got "${'x'.repeat(59)}…".`,
    ],
    ['dependsOn as text', plan([subtask('a', 'b')]), 'subtasks.0.dependsOn: expected a list, got "b".'],
    ['a number in dependsOn', plan([subtask('a', [1])]), 'subtasks.0.dependsOn.0: expected a string, got 1.'],
    ['an unknown key of a subtask', plan([subtask('a', [], { rol: 'x' })]), 'subtasks.0.rol: unknown key.'],
    [
      'an unknown kind of check',
      plan([subtask('a', [], { accept: [{ kind: 'magic' }] })]),
      expect.stringMatching(/^subtasks\.0\.accept\.0\.kind: expected one of "schema", "predicate", .*got "magic"\.$/),
    ],
    [
      'a check of wrong type',
      plan([subtask('a', [], { accept: [{ kind: 'predicate', contains: 5 }] })]),
      'subtasks.0.accept.0.contains: expected a string or a list, got 5.',
    ],
    [
      'an assumption of neither form',
      plan([subtask('a', [], { assumes: [5] })]),
      'subtasks.0.assumes.0: expected a string or an object, got 5.',
    ],
    [
      'half an assumption',
      plan([subtask('a', [], { assumes: [{ subtask: 'a' }] })]),
      'subtasks.0.assumes.0.holds: expected an object, got nothing.',
    ],
    [
      'a probability above 1',
      plan([subtask('a', [], { estimate: { p: 2 } })]),
      'subtasks.0.estimate.p: must be at most 1, got 2.',
    ],
    [
      'a negative duration',
      plan([subtask('a', [], { estimate: { durationMs: -1 } })]),
      'subtasks.0.estimate.durationMs: must be at least 0, got -1.',
    ],
    [
      'an invalid expression',
      plan([subtask('a', [], { accept: [{ kind: 'predicate', matches: '(' }] })]),
      expect.stringMatching(/^subtasks\.0\.accept\.0\.matches: not a valid RE2 expression: .*\.$/),
    ],
    [
      'a lookahead in an assumption',
      plan([subtask('a', [], { assumes: [{ subtask: 'a', holds: { notMatches: '(?=x)' } }] })]),
      expect.stringMatching(/^subtasks\.0\.assumes\.0\.holds\.notMatches: not a valid RE2/),
    ],
  ])('%s is refused in place', (_name, draft, message) => {
    const check = checkPlan(draft);
    expect(only(check).code).toBe('malformed');
    expect(only(check).message).toEqual(message);
    expect([check.ok, check.shape, check.plan]).toEqual([false, null, undefined]);
  });

  it('a hole in the list is a malformed element, not one element fewer', () => {
    const holes: unknown[] = [subtask('a')];
    holes[2] = subtask('b');
    expect(codes(checkPlan(plan(holes)))).toEqual(['malformed subtasks.1']);
  });

  it('a schema nested 100,000 deep, or in a loop, does not overflow the stack', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    const loop: Parts = {};
    loop.self = loop;
    for (const schema of [{ deep }, loop]) {
      expect(only(checkPlan(plan([subtask('a', [], { accept: [{ kind: 'schema', schema }] })]))).message).toBe(
        'subtasks.0.accept: nested deeper than 100 levels.',
      );
    }
  });

  it('expressions that are costly to compile are refused, one by one and in sum', () => {
    const one = checkPlan(plan([subtask('a', [], { accept: [{ kind: 'predicate', matches: 'a{0,999}'.repeat(30) }] })]));
    expect(only(one).message).toBe(
      'subtasks.0.accept.0.matches: the expression repeats too much: its counts add up to more than 2000.',
    );
    const many = checkPlan(
      plan(
        Array.from({ length: 300 }, (_, at) =>
          subtask(`s${at}`, [], { accept: [{ kind: 'predicate', matches: `[a-z]{900}${at}` }] }),
        ),
      ),
    );
    expect(many.problems[0]?.message).toMatch(/the expressions of this plan are too many or too large\.$/);
  });
});

describe('the graph', () => {
  it('no subtasks is empty', () => {
    expect(only(checkPlan(plan([])))).toEqual({
      code: 'empty',
      message: 'The plan has no subtasks. A plan has at least one.',
      path: 'subtasks',
    });
  });

  it('too many subtasks are refused before they are read', () => {
    expect(only(checkPlan(plan([1, 2, 3]), { maxSubtasks: 2 })).message).toBe(
      'The plan has 3 subtasks; at most 2 are allowed. Plan larger pieces.',
    );
  });

  it('a duplicate id names the place of the first', () => {
    expect(only(checkPlan(plan([subtask('a'), subtask('b'), subtask('a')])))).toEqual({
      code: 'duplicate-id',
      message: 'Id "a" is used twice: subtasks.0 has it already. Choose another.',
      subtaskId: 'a',
      path: 'subtasks.2.id',
    });
  });

  it('a self-dependency is not called a cycle', () => {
    expect(only(checkPlan(plan([subtask('a', ['a'])])))).toEqual({
      code: 'self-dependency',
      message: 'Subtask "a" depends on itself. Remove that dependency.',
      subtaskId: 'a',
      path: 'subtasks.0.dependsOn.0',
    });
  });

  it.each([
    ['Fetch Data', 'Did you mean "fetch-data"?'],
    ['fetch-dat', 'Did you mean "fetch-data"?'],
    ['fecth-data', 'Did you mean "fetch-data"?'],
    ['something else', ''],
    ['x', ''],
  ])('the unknown dependency %s is located, with the nearest id if there is one', (target, suggestion) => {
    expect(only(checkPlan(plan([subtask('fetch-data'), subtask('b', ['fetch-data', target])])))).toEqual({
      code: 'unknown-dependency',
      message: `Subtask "b" depends on ${JSON.stringify(target)}, which is not in the plan.${suggestion === '' ? '' : ` ${suggestion}`}`,
      subtaskId: 'b',
      path: 'subtasks.1.dependsOn.1',
    });
  });

  it('positions count repeated entries of dependsOn', () => {
    expect(only(checkPlan(plan([subtask('a'), subtask('b', ['a', 'a', 'zzz'])]))).path).toBe('subtasks.1.dependsOn.2');
  });

  it('an assumption about a subtask that does not exist is an unknown dependency', () => {
    const check = checkPlan(plan([subtask('a', [], { assumes: [{ subtask: 'gone', holds: { contains: 'x' } }] })]));
    expect(codes(check)).toEqual(['unknown-dependency subtasks.0.assumes.0.subtask']);
  });

  it('a cycle is shown as one walk along the edges, closed', () => {
    const check = checkPlan(plan([subtask('plan'), subtask('fetch', ['parse', 'plan']), subtask('parse', ['fetch'])]));
    expect(only(check)).toEqual({
      code: 'cycle',
      message: 'Plan has a cycle: fetch → parse → fetch. Remove one dependency.',
      subtaskId: 'fetch',
      path: 'subtasks.1.dependsOn.0',
    });
    expect(check.shape).toBeNull();
  });

  it('two independent cycles are reported once each, also when one leads to the other', () => {
    const draft = plan([
      subtask('a', ['b']),
      subtask('b', ['a']),
      subtask('c', ['d', 'b']),
      subtask('d', ['e']),
      subtask('e', ['c']),
    ]);
    expect(checkPlan(draft).problems.map(({ message }) => message)).toEqual([
      'Plan has a cycle: a → b → a. Remove one dependency.',
      'Plan has a cycle: c → e → d → c. Remove one dependency.',
    ]);
  });

  it('a long cycle is abbreviated and odd ids are quoted', () => {
    const ring = Array.from({ length: 30 }, (_, at) => subtask(`n ${at}`, [`n ${(at + 29) % 30}`]));
    expect(only(checkPlan(plan(ring))).message).toMatch(
      /^Plan has a cycle: "n 0" → "n 1" → .* → "n 9" → \(19 more\) → "n 29" → "n 0"\. Remove/,
    );
  });

  it('roles are checked only when the team is known; the shape stays', () => {
    const draft = plan([subtask('a'), { ...subtask('b', ['a']), role: 'painter' }]);
    expect(checkPlan(draft).ok).toBe(true);
    const check = checkPlan(draft, { roles: ['writer', 'critic'] });
    expect(only(check)).toEqual({
      code: 'unknown-role',
      message: 'Role "painter" is not in the team. Known roles: "writer", "critic".',
      subtaskId: 'b',
      path: 'subtasks.1.role',
    });
    expect(check.shape).toMatchObject({ depth: 2 });
  });

  it('depth is limited only on request', () => {
    const draft = plan([subtask('a'), subtask('b', ['a']), subtask('c', ['b'])]);
    expect(checkPlan(draft, { maxDepth: 3 }).ok).toBe(true);
    expect(only(checkPlan(draft, { maxDepth: 2 }))).toMatchObject({ code: 'too-deep', path: 'subtasks' });
  });

  it('an unknown deliverable and subtasks it does not need are problems; without a deliverable, several sinks are fine', () => {
    const subtasks = [subtask('a'), subtask('b', ['a']), subtask('c')];
    expect(checkPlan(plan(subtasks)).ok).toBe(true);
    expect(codes(checkPlan(plan(subtasks, { deliverable: 'b' })))).toEqual(['unreachable subtasks.2']);
    const unknown = checkPlan(plan(subtasks, { deliverable: 'B' }));
    expect(only(unknown).message).toBe('The deliverable "B" is not in the plan. Did you mean "b"?');
    expect(unknown.shape).not.toBeNull();
  });

  it('a broken reference does not make the rest unreachable', () => {
    expect(codes(checkPlan(plan([subtask('facts'), subtask('out', ['fact'])], { deliverable: 'out' })))).toEqual([
      'unknown-dependency subtasks.1.dependsOn.0',
    ]);
  });

  it('problems of every kind come together, in one order', () => {
    const draft = plan([subtask('a', ['b', 'a']), subtask('b', ['a', 'nope']), subtask('a', [], { role: 'ghost' }), 5], {
      deliverable: 'z',
      extra: 1,
    });
    const first = checkPlan(draft, { roles: ['writer'] });
    expect(codes(first)).toEqual([
      'malformed extra',
      'malformed subtasks.3',
      'unknown-role subtasks.2.role',
      'duplicate-id subtasks.2.id',
      'self-dependency subtasks.0.dependsOn.1',
      'unknown-dependency subtasks.1.dependsOn.1',
      'cycle subtasks.0.dependsOn.0',
      'unknown-deliverable deliverable',
    ]);
    expect(checkPlan(draft, { roles: ['writer'] })).toEqual(first);
  });

  it('ten thousand problems of a kind are listed as 100 and a count', () => {
    const { problems } = checkPlan(plan(Array.from({ length: 10_000 }, (_, at) => subtask(`s${at}`, ['nowhere']))));
    expect(problems).toHaveLength(101);
    expect(problems.at(-1)).toEqual({
      code: 'unknown-dependency',
      message: '9900 more problems of the kind unknown-dependency. Correct those listed first.',
    });
  });

  it('problems carry lines where the file is known', () => {
    const check = checkPlan(plan([subtask('a', ['x'])]), { locate: (path) => ({ line: path.length, column: 1 }) });
    expect(only(check).line).toBe(4);
  });
});

describe('any draft at all', () => {
  const loosePlan = fc.record(
    {
      version: fc.constantFrom(1, 2, '1'),
      task: fc.oneof(fc.string(), fc.anything()),
      deliverable: fc.oneof(fc.constantFrom('a', 'b', 'z'), fc.anything()),
      subtasks: fc.array(
        fc.oneof(
          fc.anything(),
          fc.record(
            {
              id: fc.oneof(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.anything()),
              role: fc.oneof(fc.constantFrom('writer', 'ghost'), fc.anything()),
              instruction: fc.oneof(fc.string(), fc.anything()),
              dependsOn: fc.oneof(fc.array(fc.constantFrom('a', 'b', 'c', 'x')), fc.anything()),
              accept: fc.anything(),
              assumes: fc.oneof(fc.array(fc.anything()), fc.anything()),
              estimate: fc.anything(),
            },
            { requiredKeys: [] },
          ),
        ),
      ),
    },
    { requiredKeys: [] },
  );

  it('is judged without a throw, and ok means no problems, a shape and a plan that passes again', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), loosePlan), (draft) => {
        const check = checkPlan(draft, { roles: ['writer'], maxDepth: 3, workers: 2 });
        expect(check.ok).toBe(check.problems.length === 0);
        expect(check.plan !== undefined && check.shape !== null).toBe(check.ok);
        const again = check.plan === undefined ? check : checkPlan(check.plan, { roles: ['writer'], maxDepth: 3, workers: 2 });
        expect(again).toEqual(check);
      }),
      { numRuns: 1000 },
    );
  });

  it('the order of subtasks means nothing', () => {
    const links = fc.array(fc.tuple(fc.nat(6), fc.nat(6)), { maxLength: 12 });
    fc.assert(
      fc.property(links, fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6], { minLength: 7 }), (edges, order) => {
        const subtasks = Array.from({ length: 7 }, (_, at) =>
          subtask(
            `s${at}`,
            edges.filter(([to]) => to === at).map(([, from]) => `s${from}`),
            { estimate: { durationMs: at } },
          ),
        );
        const straight = checkPlan(plan(subtasks));
        const shuffled = checkPlan(plan(order.map((at) => subtasks[at])));
        expect(shuffled.problems.map(({ code }) => code)).toEqual(straight.problems.map(({ code }) => code));
        // Of several critical paths of one weight, the order may choose another.
        expect({ ...shuffled.shape, criticalPath: 0 }).toEqual({ ...straight.shape, criticalPath: 0 });
      }),
    );
  });
});

describe('size', () => {
  it('100,000 subtasks with 300,000 dependencies are a matter of seconds, valid or not', () => {
    const subtasks = Array.from({ length: 100_000 }, (_, at) =>
      subtask(`s${at}`, at < 3 ? [] : [`s${(at * 7919) % at}`, `s${(at * 104_729) % at}`, `s${at - 1}`], {
        estimate: { durationMs: 1 },
      }),
    );
    const valid = checkPlan(plan(subtasks), { workers: 8 });
    expect([valid.ok, valid.shape?.depth]).toEqual([true, 99_998]);
    subtasks[3] = subtask('s3', ['s99999']);
    expect(checkPlan(plan(subtasks)).problems.map(({ code }) => code)).toEqual(['cycle']);
    const typos = subtasks.map((one, at) => ({ ...one, dependsOn: [`t${at}`] }));
    expect(checkPlan(plan(typos)).problems).toHaveLength(101);
  }, 30_000);
});
