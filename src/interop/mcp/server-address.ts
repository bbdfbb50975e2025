/** Where a server is, with its secrets put in. What is resolved here is used for the connection and kept nowhere. */
import { PlanwrightError } from '../../errors.ts';
import { type McpServer, secretTexts } from '../../team/reach.ts';
import { type Environment, listSecretNames, redactSecrets, resolveSecrets } from '../../team/secrets.ts';

export type ServerAddress =
  /** `env` is the whole environment of the process. */
  | { kind: 'stdio'; command: string; args: string[]; env: Record<string, string>; cwd?: string }
  | { kind: 'http'; url: URL; headers: Record<string, string> };

/** @throws {PlanwrightError} `secret-missing`; `usage` when the url is none once its variables are put in. */
export function resolveAddress(name: string, server: McpServer, env: Environment): ServerAddress {
  const { command, args = [], url, cwd } = server;
  const resolve = (texts: Record<string, string> = {}): Record<string, string> =>
    Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, resolveSecrets(text, env)]));
  if (command !== undefined) {
    const path = env['PATH'] ?? process.env['PATH'];
    return {
      kind: 'stdio',
      command,
      args: args.map((text) => resolveSecrets(text, env)),
      env: { ...(path === undefined ? {} : { PATH: path }), ...resolve(server.env) },
      ...(cwd === undefined ? {} : { cwd }),
    };
  }
  const address = URL.parse(resolveSecrets(url ?? '', env));
  if (address === null || !/^https?:$/.test(address.protocol)) {
    throw new PlanwrightError(
      'usage',
      `The url of the MCP server "${name}" is no http or https address: ${url ?? 'none is given'}.`,
    );
  }
  return { kind: 'http', url: address, headers: resolve(server.headers) };
}

/** What one connection is: two servers with the same are one. */
export function addressKey({ command, args, env, cwd, url, headers }: McpServer): string {
  return JSON.stringify([command, args, env, cwd, url, headers]);
}

/** Takes the server's secrets out of whatever it says. */
export function createRedactor(server: McpServer, env: Environment): (text: string) => string {
  const names = secretTexts(server).flatMap(listSecretNames);
  return names.length === 0 ? (text) => text : (text) => redactSecrets(text, names, env);
}
