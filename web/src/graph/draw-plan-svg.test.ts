import { expect, test } from 'vitest';
import { createRunFold, enterEvent } from '../run/run-fold.ts';
import { drawPlanSvg } from './draw-plan-svg.ts';
import { layOutGraph } from './lay-out-graph.ts';
import { buildPlanGraph } from './plan-graph.ts';

test('the drawing is well formed whatever a subtask is called', () => {
  const run = createRunFold('r');
  const subtasks = [
    { id: '<script>alert(1)</script>', role: '"&\'', instruction: 'x', dependsOn: [] },
    { id: 'b', role: 'writer', instruction: 'x', dependsOn: ['<script>alert(1)</script>'] },
  ];
  const limits = { retries: 0, reroutes: 0, replans: 0, concurrency: 1, perModel: {}, depth: 1 };
  const settings = { strategy: 'team' as const, limits, generalist: 'g', roles: {}, plan: { subtasks }, approve: false };
  const rest = { planRepairs: 0, checksDeliverable: false, typed: false };
  enterEvent(run, { version: 1, seq: 1, atMs: 0, event: { type: 'run-started', task: 't', settings: { ...settings, ...rest } } });
  const graph = buildPlanGraph(run, { open: new Set(), runs: new Map(), showsSuperseded: true });
  const svg = drawPlanSvg(graph, layOutGraph(graph.layout));
  expect(svg).not.toContain('<script');
  expect(svg).toContain('&lt;script&gt;alert(1)&lt;/script&gt;<');
  expect(svg).toContain('&quot;&amp;&#39; · running');
  expect(svg.match(/<rect /g)).toHaveLength(2);
  expect(svg.match(/<path [^>]*rotate/g)).toHaveLength(1);
});
