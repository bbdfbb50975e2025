/** The form of `mcp`, `web` and `a2a` in a team, as a person writes it and as a run stores it. */
import { z } from 'zod';
import { parseHostPattern } from '../execute/tools/fetch-hosts.ts';
import { type McpServer, webMethods } from './reach.ts';
import { hasMalformedSecret } from './secrets.ts';

const maxTimeoutMs = 2_147_483_647;
const timeoutMs = z.int().min(1).max(maxTimeoutMs);

const text = (maxLength: number) =>
  z
    .string()
    .max(maxLength)
    .refine((value) => !value.includes('\0'), { error: 'holds a NUL character' });

const secretText = (maxLength: number) =>
  text(maxLength).refine((value) => !hasMalformedSecret(value), {
    error: 'holds an {env:…} that is not {env:NAME} (letters, digits and _, not starting with a digit)',
  });

/** Letters, digits, `_` and `-`, at most 32: it becomes part of the tools' names. */
export const serverNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/, {
    error: 'is not a server name: use letters, digits, "_" and "-", at most 32, starting with a letter or digit',
  })
  .refine((name) => !(name in Object.prototype), { error: 'is a reserved word of JavaScript: choose another server name' });

const variableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: 'is not the name of an environment variable' });
const headerName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}$/, { error: 'is not the name of an HTTP header' });
const headerValue = secretText(10_000).refine((value) => !/[\r\n]/.test(value), { error: 'must be one line' });
const toolName = text(1000).min(1);

/** Of every request: names and values of HTTP headers. */
const headersSchema = z.record(headerName, headerValue);

/** http or https, without a password. */
const serverUrlSchema = secretText(4000).superRefine((value, context) => {
  const problem = findUrlProblem(value.replace(/\{env:\w+\}/g, '1'));
  if (problem !== null) context.addIssue({ code: 'custom', message: problem });
});

export const mcpServerSchema = z
  .strictObject({
    command: text(4000).min(1).exactOptional(),
    args: z.array(secretText(10_000)).max(500).exactOptional(),
    env: z.record(variableName, secretText(10_000)).exactOptional(),
    cwd: text(4000).min(1).exactOptional(),
    url: serverUrlSchema.exactOptional(),
    headers: headersSchema.exactOptional(),
    tools: z.array(toolName).max(1000).exactOptional(),
    allowAll: z.boolean().exactOptional(),
    effects: z.record(toolName, z.enum(['read', 'idempotent', 'once'])).exactOptional(),
    trust: z.literal('annotations').exactOptional(),
    showStderr: z.boolean().exactOptional(),
    startTimeoutMs: timeoutMs.exactOptional(),
  })
  .superRefine((server, context) => {
    for (const { path, message } of findContradictions(server)) context.addIssue({ code: 'custom', path, message });
  });

/** An agent elsewhere, as a run stores it. */
export const remoteAgentSchema = z.strictObject({ url: serverUrlSchema, headers: headersSchema.exactOptional() });

/** As a person writes it: the address alone will do. */
export const writtenAgentSchema = z.union([serverUrlSchema, remoteAgentSchema]);

const hostSchema = z
  .string()
  .max(300)
  .refine((host) => parseHostPattern(host) !== null, {
    error: 'is not a host: write example.com, *.example.org, localhost:8080 or 127.0.0.1:8080, without scheme and path',
  });

export const webAccessSchema = z.strictObject({
  hosts: z.array(hostSchema).max(1000),
  methods: z.array(z.enum(webMethods)).max(webMethods.length).exactOptional(),
  maxBytes: z.int().min(1000).max(20_000_000).exactOptional(),
  timeoutMs: z.int().min(10).max(600_000).exactOptional(),
});

function findUrlProblem(address: string): string | null {
  if (!URL.canParse(address)) return 'is not a valid address';
  const { protocol, username, password } = new URL(address);
  if (protocol !== 'http:' && protocol !== 'https:') return 'must start with http:// or https://';
  if (username !== '' || password !== '') return 'must hold no password: it is stored. Use headers with {env:NAME}';
  return null;
}

function findContradictions(server: McpServer): { path: string[]; message: string }[] {
  const { command, url, tools, allowAll, effects } = server;
  const found: { path: string[]; message: string }[] = [];
  if (command === undefined && url === undefined) found.push({ path: [], message: 'needs a command or a url' });
  if (command !== undefined && url !== undefined) found.push({ path: ['url'], message: 'has a command as well: write only one' });
  if (command === undefined && url !== undefined) {
    for (const key of ['args', 'env', 'cwd', 'showStderr'] as const) {
      if (server[key] !== undefined)
        found.push({ path: [key], message: 'belongs to a server with a command; this one has a url' });
    }
  }
  if (url === undefined && server.headers !== undefined) {
    found.push({ path: ['headers'], message: 'belong to a server with a url' });
  }
  if (tools !== undefined && allowAll === true) {
    found.push({ path: ['allowAll'], message: 'contradicts "tools": write the tools, or allowAll' });
  }
  for (const tool of Object.keys(effects ?? {})) {
    if (tools !== undefined && !tools.includes(tool)) {
      found.push({ path: ['effects', tool], message: 'is a tool that "tools" does not list' });
    }
  }
  return found;
}
