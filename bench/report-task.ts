/**
 * The founding document's report task through the whole library and a real HTTP server on the loopback address: how many
 * calls a team of four makes, what their prompts cost beyond the work itself, and how long the run takes.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { MemoryStore } from '../src/engine/memory-store.ts';
import { runTask } from '../src/run-task.ts';
import { messageText } from '../src/testing/chat-protocol.ts';
import { type AnswerReply, type ScriptedRequest } from '../src/testing/scripted-exchange.ts';
import { startScriptedServer } from '../src/testing/scripted-server.ts';
import { atMost, exactly, type Figure, lessThan } from './figure.ts';
import { median } from './measure.ts';

const fixtureSchema = z.strictObject({
  task: z.string(),
  plan: z.strictObject({
    subtasks: z.array(
      z.strictObject({
        id: z.string(),
        role: z.string(),
        instruction: z.string(),
        dependsOn: z.array(z.string()),
        assumes: z.array(z.string()),
      }),
    ),
    deliverable: z.string(),
  }),
  /** What each role answers. */
  outputs: z.record(z.string(), z.string().min(1200).max(1800)),
});
export type ReportFixture = z.infer<typeof fixtureSchema>;

const callMs = 200;
/** Plan, researcher, critic, writer: the calls that follow from one another. */
const callsInRow = 4;
const planPieces = 20;

interface ReportRun {
  requests: readonly ScriptedRequest[];
  wallMs: number;
}

export function readReportFixture(): ReportFixture {
  return fixtureSchema.parse(JSON.parse(readFileSync(new URL('fixtures/report-task.json', import.meta.url), 'utf8')));
}

export async function measureReportTask({ rounds = 5 }: { rounds?: number } = {}): Promise<Figure[]> {
  const fixture = readReportFixture();
  // The first run also loads the AI SDK.
  const first = await runReport(fixture, { streams: false });
  const whole: number[] = [];
  const streamed: number[] = [];
  for (let round = 0; round < rounds; round++) {
    whole.push((await runReport(fixture, { streams: false })).wallMs);
    streamed.push((await runReport(fixture, { streams: true })).wallMs);
  }
  const bare = bareTokens(fixture);
  const isPlan = ({ text }: ScriptedRequest): boolean => subtaskOf(fixture, text) === undefined;
  const planTokens = tokensOf(first.requests.filter(isPlan));
  const domainTokens = tokensOf(first.requests.filter((request) => !isPlan(request)));
  const leastMs = callsInRow * callMs;
  return [
    { what: 'model calls', measured: first.requests.length, digits: 0, bound: exactly(1 + fixture.plan.subtasks.length) },
    { what: 'prompt tokens: instructions and dependencies alone', measured: bare, digits: 0 },
    { what: 'prompt tokens: the four domain calls', measured: domainTokens, digits: 0 },
    { what: 'prompt tokens: the planner’s call', measured: planTokens, digits: 0 },
    { what: 'domain calls ÷ alone', measured: domainTokens / bare, unit: ' ×' },
    { what: 'all five calls ÷ alone', measured: (planTokens + domainTokens) / bare, digits: 3, unit: ' ×', bound: atMost(1.2) },
    { what: 'wall time ÷ (plan + critical path)', measured: median(whole) / leastMs, digits: 3, unit: ' ×', bound: atMost(1.05) },
    { what: '  with a streamed plan', measured: median(streamed) / leastMs, digits: 3, unit: ' ×', bound: lessThan(1) },
  ];
}

/** `streams`: the plan comes in pieces over the time of a call, instead of whole at its end. */
export async function runReport(fixture: ReportFixture, { streams }: { streams: boolean }): Promise<ReportRun> {
  await using server = await startScriptedServer(({ text }) => answer(fixture, text, streams), { latencyMs: callMs });
  const startMs = performance.now();
  const run = await runTask({
    task: fixture.task,
    team: 'report',
    strategy: 'team',
    model: server.spec,
    store: new MemoryStore(),
  });
  const wallMs = performance.now() - startMs;
  const [last] = fixture.plan.subtasks.slice(-1);
  if (run.status !== 'succeeded' || last === undefined || run.deliverable !== fixture.outputs[last.role]) {
    throw new Error(`The report run ended as ${run.status}: ${JSON.stringify(run.deliverable)}`);
  }
  return { requests: server.requests, wallMs };
}

function answer({ plan, outputs, ...fixture }: ReportFixture, prompt: string, streams: boolean): AnswerReply {
  const subtask = subtaskOf({ plan, outputs, ...fixture }, prompt);
  if (subtask !== undefined) return { text: outputs[subtask.role] ?? '' };
  const text = JSON.stringify(plan);
  if (!streams) return { text };
  const length = Math.ceil(text.length / planPieces);
  const pieces = Array.from({ length: planPieces }, (_, at) => ({
    text: text.slice(at * length, (at + 1) * length),
    delayMs: callMs / planPieces,
  }));
  return { text: pieces, latencyMs: 0 };
}

/** Whose prompt it is; undefined: the planner's. */
function subtaskOf({ plan }: ReportFixture, prompt: string) {
  return plan.subtasks.find(({ instruction }) => prompt.includes(`<instruction>\n${instruction}\n`));
}

/** The server's own count: characters of the messages ÷ 4. */
function tokensOf(requests: readonly ScriptedRequest[]): number {
  return requests.reduce((sum, { body }) => sum + Math.ceil(messageText(body.messages).length / 4), 0);
}

function bareTokens({ plan, outputs }: ReportFixture): number {
  const outputOf = new Map(plan.subtasks.map(({ id, role }) => [id, outputs[role] ?? '']));
  return plan.subtasks.reduce((sum, { instruction, dependsOn }) => {
    const dependencies = dependsOn.reduce((length, id) => length + (outputOf.get(id)?.length ?? 0), 0);
    return sum + Math.ceil((instruction.length + dependencies) / 4);
  }, 0);
}
