/** What a team may reach beyond its process: MCP servers, and hosts on the web. Nothing that is not named here. */
import type { ToolEffect } from '../execute/tool.ts';
import type { Role, Team } from './team.ts';

/** An MCP server: a `command` that is started, or a `url` that speaks streamable HTTP; exactly one of the two. */
export interface McpServer {
  /** `{env:NAME}` stands in args, env, url and headers. */
  command?: string;
  args?: string[];
  /** The whole environment of the process, besides PATH. */
  env?: Record<string, string>;
  /** Absolute in a team from a file. Default: the process's. */
  cwd?: string;
  url?: string;
  headers?: Record<string, string>;
  /** The only tools that roles may name. Default: any, one by one. */
  tools?: string[];
  /** Roles may take all its tools with `mcp:NAME/*`. With `tools` given they may anyway. Default false. */
  allowAll?: boolean;
  /** What a call of a tool does when it is made twice. Default `once`. */
  effects?: Record<string, ToolEffect>;
  /** `annotations`: the server's own word on the effect counts where `effects` is silent. Default: it does not. */
  trust?: 'annotations';
  /** The end of what it writes to stderr is shown in errors. Default false. */
  showStderr?: boolean;
  /** For the process and the handshake. Default 30,000. */
  startTimeoutMs?: number;
}

export const webMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type WebMethod = (typeof webMethods)[number];

/** What the tools `fetch` and `fetch_send` may ask. */
export interface WebAccess {
  /** `example.com`, `*.example.org` (below it, not itself), `localhost:8080`, `127.0.0.1:8080`. */
  hosts: string[];
  /** Default GET. */
  methods?: WebMethod[];
  /** Of one answer, decompressed. Default 1,000,000. */
  maxBytes?: number;
  /** Of one call, redirects included. Default 20,000. */
  timeoutMs?: number;
}

/** A call is allowed when one of them allows both its host and its method. */
export type WebAccesses = readonly WebAccess[];

export interface McpReference {
  server: string;
  /** `*`: every tool that may be named. */
  tool: string;
}

const prefix = 'mcp:';

export function isMcpReference(tool: string): boolean {
  return tool.startsWith(prefix);
}

/** `mcp:NAME/TOOL`; null for anything else. A tool's name may hold slashes. */
export function parseMcpReference(tool: string): McpReference | null {
  const slash = tool.indexOf('/');
  if (!isMcpReference(tool) || slash < 0) return null;
  const reference = { server: tool.slice(prefix.length, slash), tool: tool.slice(slash + 1) };
  return reference.server === '' || reference.tool === '' ? null : reference;
}

export function printMcpReference({ server, tool }: McpReference): string {
  return `${prefix}${server}/${tool}`;
}

/** The servers that a role's tools are looked up in. */
export function serversOf(role: Role, team: Team): Readonly<Record<string, McpServer>> {
  return role.mcp ?? team.mcp ?? {};
}

export function websOf(role: Role, team: Team): WebAccesses {
  return role.webs ?? (team.web === undefined ? [] : [team.web]);
}

/** Names come from files and from sub-teams: nothing that objects inherit is a server. */
export function findServer(servers: Readonly<Record<string, McpServer>>, name: string): McpServer | undefined {
  return Object.hasOwn(servers, name) ? servers[name] : undefined;
}

/** A server's name in the team that declared it; a generalist may know it by a longer one. */
export function ownServerName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

/** The texts of a server that may hold `{env:NAME}`. */
export function secretTexts({ args = [], env = {}, url, headers = {} }: McpServer): string[] {
  return [...args, ...Object.values(env), ...(url === undefined ? [] : [url]), ...Object.values(headers)];
}
