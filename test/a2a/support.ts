/** Agents over A2A on loopback: by the official SDK, and by hand. */
import { randomUUID } from 'node:crypto';
import type { AgentCard, Message, Task } from '@a2a-js/sdk';
import {
  type AgentExecutor,
  DefaultRequestHandler,
  type ExecutionEventBus,
  InMemoryTaskStore,
  JsonRpcTransportHandler,
  type RequestContext,
  ServerCallContext,
} from '@a2a-js/sdk/server';
import { defineTeam, MemoryStore, type RoleDefinition, type RunTaskOptions, runTask, type Team } from 'planwright';
import { answerRpc, readBody } from '../../src/interop/a2a/rpc-answer.ts';
import { type HttpServer, serveHttp } from '../support/mcp-http.ts';
import { playModel } from '../support/small-team.ts';

export const states = {
  working: 2,
  completed: 3,
  failed: 4,
  canceled: 5,
  inputRequired: 6,
  rejected: 7,
  authRequired: 8,
} as const;

/** A web handler behind node's HTTP server. */
export function serveWeb(handle: (request: Request) => Promise<Response>): Promise<HttpServer> {
  return serveHttp(async ({ method = 'GET', url = '/', headers }, response, body) => {
    const request = new Request(`http://127.0.0.1${url}`, {
      method,
      headers: Object.entries(headers).flatMap(([name, value]) =>
        typeof value === 'string' ? [[name, value] as [string, string]] : [],
      ),
      ...(method === 'POST' ? { body } : {}),
    });
    const answer = await handle(request);
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    const reader = answer.body?.getReader();
    response.on('close', () => void reader?.cancel().catch(() => undefined));
    for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) response.write(read.value);
    response.end();
  });
}

export function makeCard(url: string, streaming: boolean): AgentCard {
  return {
    name: 'test agent',
    description: '',
    version: '1',
    provider: undefined,
    supportedInterfaces: [{ url, protocolBinding: 'JSONRPC', tenant: '', protocolVersion: '1.0' }],
    capabilities: { streaming, extensions: [] },
    securitySchemes: {},
    securityRequirements: [],
    defaultInputModes: ['text/plain'],
    defaultOutputModes: ['text/plain'],
    skills: [],
    signatures: [],
  };
}

export interface SdkAgent extends HttpServer {
  /** Messages that came, by their text. */
  messages: string[];
  messageIds: string[];
  headers: Record<string, string>[];
  canceled: string[];
}

/** What the agent does with a message; `say` publishes. */
export type Work = (said: {
  text: string;
  publish: Publish;
  /** Aborts when the task is canceled. */
  signal: AbortSignal;
}) => Promise<void> | void;

export interface Publish {
  artifact(parts: Message['parts'], append?: boolean): void;
  state(state: number, text?: string): void;
  message(text: string): void;
}

export const text = (value: string): Message['parts'][number] => ({
  content: { $case: 'text', value },
  metadata: undefined,
  filename: '',
  mediaType: 'text/plain',
});

export const data = (value: unknown): Message['parts'][number] => ({
  content: { $case: 'data', value },
  metadata: undefined,
  filename: '',
  mediaType: 'application/json',
});

/** The official SDK's server, with its own store of tasks. */
export async function serveSdkAgent(work: Work, { streaming = true } = {}): Promise<SdkAgent> {
  const seen = {
    messages: [] as string[],
    messageIds: [] as string[],
    headers: [] as Record<string, string>[],
    canceled: [] as string[],
  };
  const running = new Map<string, AbortController>();
  const executor: AgentExecutor = {
    execute: async ({ taskId, contextId, userMessage }: RequestContext, bus: ExecutionEventBus) => {
      const said = userMessage.parts.map(({ content }) => (content?.$case === 'text' ? content.value : '')).join('');
      seen.messages.push(said);
      seen.messageIds.push(userMessage.messageId);
      const stop = new AbortController();
      running.set(taskId, stop);
      await work({ text: said, signal: stop.signal, publish: publisher(bus, { taskId, contextId, userMessage }) });
      bus.finished();
    },
    cancelTask: async (taskId, bus) => {
      seen.canceled.push(taskId);
      running.get(taskId)?.abort();
      bus.publish({
        kind: 'statusUpdate',
        data: {
          taskId,
          contextId: '',
          status: { state: states.canceled, message: undefined, timestamp: undefined },
          metadata: undefined,
        },
      });
    },
  };
  let rpc: JsonRpcTransportHandler | null = null;
  let card = makeCard('', streaming);
  const server = await serveWeb(async (request) => {
    seen.headers.push(Object.fromEntries(request.headers));
    if (request.method === 'GET') return Response.json(card);
    const read = await readBody(request);
    if (read.kind === 'refused' || rpc === null) return new Response(null, { status: 500 });
    const context = new ServerCallContext({ requestedVersion: request.headers.get('a2a-version') ?? '0.3' });
    return answerRpc(rpc, { body: read.body, context, toError: (thrown) => JsonRpcTransportHandler.mapToJSONRPCError(thrown) });
  });
  card = makeCard(server.url, streaming);
  rpc = new JsonRpcTransportHandler(new DefaultRequestHandler(card, new InMemoryTaskStore(), executor));
  return { ...server, ...seen, [Symbol.asyncDispose]: () => server.close() };
}

function publisher(
  bus: ExecutionEventBus,
  { taskId, contextId, userMessage }: { taskId: string; contextId: string; userMessage: Message },
): Publish {
  let begun = false;
  const begin = (): void => {
    if (begun) return;
    begun = true;
    const status = { state: states.working, message: undefined, timestamp: undefined };
    const task: Task = { id: taskId, contextId, status, artifacts: [], history: [userMessage], metadata: undefined };
    bus.publish({ kind: 'task', data: task });
  };
  const message = (said: string): Message => ({
    messageId: randomUUID(),
    contextId,
    taskId,
    role: 2,
    parts: [text(said)],
    metadata: undefined,
    extensions: [],
    referenceTaskIds: [],
  });
  return {
    artifact: (parts, append = false) => {
      begin();
      const artifact = { artifactId: 'a', name: '', description: '', parts, metadata: undefined, extensions: [] };
      bus.publish({
        kind: 'artifactUpdate',
        data: { taskId, contextId, artifact, append, lastChunk: false, metadata: undefined },
      });
    },
    state: (state, said) => {
      begin();
      const status = { state, message: said === undefined ? undefined : message(said), timestamp: undefined };
      bus.publish({ kind: 'statusUpdate', data: { taskId, contextId, status, metadata: undefined } });
    },
    message: (said) => bus.publish({ kind: 'message', data: message(said) }),
  };
}

/** A team with one role elsewhere, `remote`, and one here, `local`. */
export function teamWith(
  a2a: RoleDefinition['a2a'],
  more: RoleDefinition = {},
  limits = { retries: 0, reroutes: 0, replans: 0 },
): Team {
  const local = { instructions: 'You are the local.' };
  return defineTeam({
    roles: { remote: { instructions: 'You are the remote.', ...(a2a === undefined ? {} : { a2a }), ...more }, local },
    limits,
  });
}

/** One subtask of the remote role. */
export function runRemote(team: Team, more: Partial<RunTaskOptions> = {}) {
  const plan = {
    version: 1 as const,
    task: 'the task',
    subtasks: [{ id: 'a', role: 'remote', instruction: 'do a', dependsOn: [] }],
  };
  return runTask({
    task: 'the task',
    team,
    plan,
    runId: 'r',
    store: new MemoryStore(),
    model: playModel(() => 'done here'),
    ...more,
  });
}
