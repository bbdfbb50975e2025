/** The run server with the web app, as a process of its own on a store of its own, and a scripted model beside it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type ScriptedReply, type ScriptedRequest, type ScriptedServer, startScriptedServer } from 'planwright/testing';
import type { BrowserContext } from 'playwright-core';
import { buildWeb } from '../../scripts/build-web.ts';

/** For a server that is to be reached by programs too. */
export const serverToken = 'a-token-for-the-tests-of-the-app';

export interface AppServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  url: string;
  /** Opens a browser's session, once. */
  link: string;
  /** Where its runs are. */
  store: string;
  model: ScriptedServer;
  /** Gives a browser a session. `url`: where it will look, when that is not the server itself. */
  signIn(context: BrowserContext, url?: string): Promise<void>;
  /** What a program would ask of it. */
  post<Answer>(path: string, body?: unknown): Promise<Answer>;
  get<Answer>(path: string): Promise<Answer>;
  /** Whole: of a stream, once it has ended. */
  text(path: string): Promise<string>;
}

export interface AppServerOptions {
  /** Team files that runs may name. */
  teams?: readonly string[];
  /** Answers of the model. Default: `playInstruction`. */
  script?: (request: ScriptedRequest) => ScriptedReply | Promise<ScriptedReply>;
  /** A store that is there already; it is kept. */
  store?: string;
}

export async function startAppServer(options: AppServerOptions = {}): Promise<AppServer> {
  await buildWeb({ ifStale: true });
  const folder = mkdtempSync(join(tmpdir(), 'planwright-app-'));
  const store = options.store ?? join(folder, 'store');
  const model = await startScriptedServer(options.script ?? playInstruction);
  const flags = ['--store', store, '--port', '0', '--model', model.spec];
  for (const team of options.teams ?? []) flags.push('--team', team);
  const child = spawn(process.execPath, ['--conditions=planwright:source', 'src/cli/main.ts', 'serve', ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PLANWRIGHT_TOKEN: serverToken },
  });
  const link = await readLink(child);
  const url = new URL(link).origin;
  const read = async (path: string, body?: string): Promise<string> => {
    const headers = {
      authorization: `Bearer ${serverToken}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const answer = await fetch(`${url}/${path}`, body === undefined ? { headers } : { method: 'POST', headers, body });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text}`);
    return text;
  };
  const ask = async <Answer>(path: string, body?: string): Promise<Answer> => JSON.parse(await read(path, body)) as Answer;
  return {
    url,
    link,
    store,
    model,
    async signIn(context, at = url) {
      const headers = { 'content-type': 'application/json', origin: url };
      const answer = await fetch(`${url}/api/session`, { method: 'POST', headers, body: JSON.stringify({ token: serverToken }) });
      const [, name = '', value = ''] = /^([^=]+)=([^;]+)/.exec(answer.headers.get('set-cookie') ?? '') ?? [];
      await context.addCookies([{ name, value, url: at }]);
    },
    post: (path, body = {}) => ask(path, JSON.stringify(body)),
    get: (path) => ask(path),
    text: (path) => read(path),
    async [Symbol.asyncDispose]() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
      await model.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function readLink(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) throw new Error('The server’s words are not piped.');
      createInterface(stream).on('line', (line) => {
        said.push(line);
        const link = /https?:\/\/\S+token=\S+/.exec(line)?.[0];
        if (link !== undefined) resolve(link);
      });
    }
    child.once('exit', (code) => reject(new Error(`The server ended with ${code}:\n${said.join('\n')}`)));
  });
}

/**
 * Does what a subtask's instruction says in brackets: `[wait 300]` ms before the answer, `[at first: TEXT]` as the answer of the
 * first attempt, and last `[answer: TEXT]`. A planner's call is answered with the
 * `[plan: JSON]` that stands in the task, a replan with its `[revision: JSON]`.
 */
export function playInstruction({ text, body }: ScriptedRequest): ScriptedReply {
  const asked = body.response_format;
  if (asked?.type === 'json_schema' && asked.json_schema.name === 'revision') {
    return { text: /\[revision: (.*)\]\s*$/m.exec(text)?.[1] ?? '{"subtasks":[],"deliverable":""}' };
  }
  if (asked?.type === 'json_schema' && asked.json_schema.name === 'plan') {
    const plan = /\[plan: (.*)\]\s*$/m.exec(text)?.[1] ?? '{"subtasks":[]}';
    const delayMs = Number(/\[plan slowly (\d+)\]/.exec(text)?.[1] ?? 0);
    return { text: plan.split(/(?<=\},)/).map((piece) => ({ text: piece, delayMs })) };
  }
  const instruction = text.slice(text.lastIndexOf('<instruction>'));
  const latencyMs = Number(/\[wait (\d+)\]/.exec(instruction)?.[1] ?? 0);
  const first = /\[at first: ([^\]]*)\]/.exec(instruction)?.[1];
  const isAgain = instruction.includes('was not accepted');
  const answer = /\[answer: (.*)\]$/ms.exec(instruction.replace(/\s*<\/instruction>[^]*$/, ''))?.[1] ?? 'Done, as it was asked.';
  return { text: first !== undefined && !isAgain ? first : answer, latencyMs };
}
