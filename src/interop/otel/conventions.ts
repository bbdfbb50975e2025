/**
 * Names of OpenTelemetry's conventions for generative AI, as of their release v0.1.0 (github.com/open-telemetry/semantic-conventions-genai),
 * and of Planwright's own attributes beside them. The conventions are "in development": names may change with a release, and
 * then they change here.
 */
import type { CallRecord } from '../../model/call-record.ts';

export const genAi = {
  operation: 'gen_ai.operation.name',
  provider: 'gen_ai.provider.name',
  requestModel: 'gen_ai.request.model',
  responseModel: 'gen_ai.response.model',
  responseId: 'gen_ai.response.id',
  finishReasons: 'gen_ai.response.finish_reasons',
  inputTokens: 'gen_ai.usage.input_tokens',
  cacheReadTokens: 'gen_ai.usage.cache_read.input_tokens',
  cacheWriteTokens: 'gen_ai.usage.cache_creation.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  reasoningTokens: 'gen_ai.usage.reasoning.output_tokens',
  agent: 'gen_ai.agent.name',
  tool: 'gen_ai.tool.name',
  toolType: 'gen_ai.tool.type',
  systemInstructions: 'gen_ai.system_instructions',
  inputMessages: 'gen_ai.input.messages',
  outputMessages: 'gen_ai.output.messages',
  toolCallId: 'gen_ai.tool.call.id',
  toolArguments: 'gen_ai.tool.call.arguments',
  toolResult: 'gen_ai.tool.call.result',
} as const;

export const errorType = 'error.type';
export const serverAddress = 'server.address';
export const serverPort = 'server.port';

export const planwright = {
  runId: 'planwright.run.id',
  rootRunId: 'planwright.run.root_id',
  runStatus: 'planwright.run.status',
  endReason: 'planwright.run.end_reason',
  strategy: 'planwright.run.strategy',
  subtask: 'planwright.subtask.id',
  attempt: 'planwright.attempt',
  outcome: 'planwright.attempt.outcome',
  purpose: 'planwright.call.purpose',
  callKey: 'planwright.call.key',
  callOutcome: 'planwright.call.outcome',
  costUsd: 'planwright.cost_usd',
  estimatedTokens: 'planwright.tokens_estimated',
  verdict: 'planwright.verdict',
  checks: 'planwright.verdict.checks',
  failedChecks: 'planwright.verdict.failed_checks',
  reason: 'planwright.verdict.reason',
  evidence: 'planwright.verdict.evidence',
  planAttempt: 'planwright.plan.attempt',
  planSubtasks: 'planwright.plan.subtasks',
  problems: 'planwright.plan.problems',
  epoch: 'planwright.replan.epoch',
  cause: 'planwright.replan.cause',
} as const;

export interface ModelNames {
  /** By the format it speaks; `planwright` for what answers within this process. */
  provider: string;
  model: string;
  server?: { address: string; port: number };
}

const providers: Readonly<Record<string, string>> = { anthropic: 'anthropic', openai: 'openai', google: 'gcp.gemini' };

/** @param spec As calls are journaled with it: `anthropic:ID`, `http://HOST/v1#ID`, `offline`, … */
export function namesOfModel(spec: string): ModelNames {
  if (/^https?:\/\//i.test(spec)) return namesOfServer(spec);
  const colon = spec.indexOf(':');
  const known = colon < 0 ? undefined : providers[spec.slice(0, colon)];
  if (known !== undefined) return { provider: known, model: spec.slice(colon + 1) };
  return { provider: 'planwright', model: spec };
}

/** The conventions name a provider by the format that is spoken, whoever serves the model. */
function namesOfServer(spec: string): ModelNames {
  const mark = spec.indexOf('#');
  const model = mark < 0 ? '' : spec.slice(mark + 1);
  if (!URL.canParse(spec)) return { provider: 'openai', model };
  const { hostname, port, protocol } = new URL(spec);
  const address = hostname.replace(/^\[|\]$/g, '');
  return { provider: 'openai', model, server: { address, port: port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port) } };
}

/** A tool's own code; what a provider said has no class that could be told for sure. undefined: it is no error, as a withdrawn call is none. */
export function errorTypeOf({ kind, outcome, error }: CallRecord): string | undefined {
  if (outcome !== 'failed') return undefined;
  const code = kind === 'tool' ? /^([a-z][a-z-]{1,40}): /.exec(error ?? '')?.[1] : undefined;
  return code ?? '_OTHER';
}

/** The switch of the conventions' own instrumentations: `true`, `SPAN_ONLY` and `SPAN_AND_EVENT` put content on spans. */
export const captureVariable = 'OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT';

export function capturesContent(env: Readonly<Record<string, string | undefined>>): boolean {
  return /^(true|1|span_only|span_and_event)$/i.test(env[captureVariable]?.trim() ?? '');
}
