import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkPlan } from './check.ts';
import type { Plan } from './plan.ts';
import { parsePlanFile } from './plan-file.ts';
import { renderJson, renderMermaid, renderTree, renderYaml } from './render.ts';

const plan: Plan = {
  version: 1,
  task: 'Report.',
  deliverable: 'report',
  subtasks: [
    { id: 'report', role: 'writer', instruction: 'Write the report from all that was found.', dependsOn: ['facts', 'risk'] },
    { id: 'facts', role: 'researcher', instruction: 'Find the facts.', dependsOn: [] },
    { id: 'risk', role: 'critic', instruction: 'Name\nthe risk.', dependsOn: ['facts'] },
    { id: 'code', role: 'coder', instruction: 'Sketch.', dependsOn: [] },
  ],
};

const hostile = '"]; click n0 "javascript:alert(1)" <script>`#quot;\u001b[31m\u202e';

describe('the tree', () => {
  it('shows levels, roles, instructions and dependencies in columns', () => {
    expect(renderTree(plan, 80)).toEqual([
      '1  facts     researcher  Find the facts.',
      '   code      coder       Sketch.',
      '2  risk      critic      Name the risk.  ← facts',
      '3  report *  writer      Write the report from all that was foun…  ← facts, risk',
    ]);
  });

  it('cuts lines to the width', () => {
    expect(renderTree(plan, 50).map((line) => Array.from(line).length <= 50)).toEqual([true, true, true, true]);
  });

  it('ids and instructions cannot act on the terminal', () => {
    const lines = renderTree({ ...plan, subtasks: [{ id: hostile, role: hostile, instruction: hostile, dependsOn: [] }] }, 200);
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toMatch(/[\p{Cc}\u202e]/u);
  });
});

describe('Mermaid', () => {
  it('draws arrows from a subtask to those that wait for it', () => {
    expect(renderMermaid(plan)).toBe(
      [
        'flowchart TD',
        '  n0["report · writer<br/>Write the report from all that was found."]',
        '  n1["facts · researcher<br/>Find the facts."]',
        '  n2["risk · critic<br/>Name the risk."]',
        '  n3["code · coder<br/>Sketch."]',
        '  n1 --> n0',
        '  n2 --> n0',
        '  n1 --> n2',
        '',
      ].join('\n'),
    );
  });

  it('ids and instructions cannot act as markup', () => {
    const text = renderMermaid({ ...plan, subtasks: [{ id: hostile, role: 'r', instruction: hostile, dependsOn: [] }] });
    expect(text.split('\n')[1]).toMatch(/^ {2}n0\["[\p{L}\p{N} .,:…·#;-]*<br\/>[\p{L}\p{N} .,:…·#;-]*"\]$/u);
    expect(text.split('\n')[1]).toContain(
      '#34;#93;#59; click n0 #34;javascript:alert#40;1#41;#34; #60;script#62;#96;#35;quot#59;',
    );
  });
});

describe('plan files', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }).filter((value) => value.isWellFormed()),
    fc.constantFrom(
      '1',
      'true',
      'null',
      '1e3',
      '- a',
      'a: b',
      '# c',
      '  x  ',
      'a\nb\n',
      '2024-01-01',
      '~',
      '*a',
      '"',
      "'",
      hostile,
    ),
  );
  const id = text.filter((value) => value.length > 0 && value.length < 100 && !value.startsWith('@'));
  const anyPlan = fc.uniqueArray(id, { minLength: 1, maxLength: 5 }).chain((ids) =>
    fc.record({
      version: fc.constant(1 as const),
      task: text.filter((value) => value !== ''),
      subtasks: fc.tuple(
        ...ids.map((own, at) =>
          fc.record({
            id: fc.constant(own),
            role: id,
            instruction: id,
            dependsOn: fc.subarray(ids.slice(0, at)),
            assumes: fc.array(id, { maxLength: 2 }),
            accept: fc.array(fc.record({ kind: fc.constant('predicate' as const), contains: text }), { maxLength: 1 }),
          }),
        ),
      ),
    }),
  );

  it('YAML and JSON are read back unchanged', () => {
    fc.assert(
      fc.property(anyPlan, (original) => {
        expect(checkPlan(original).plan).toEqual(original);
        expect(parsePlanFile(renderYaml(original), 'p.yaml').draft).toEqual(original);
        expect(parsePlanFile(renderJson(original), 'p.json').draft).toEqual(original);
      }),
      { numRuns: 300 },
    );
  });
});
