import { dirname, resolve } from 'node:path';
import type { McpServer } from './reach.ts';

/**
 * Servers that are started in the folder of the file that names them. The folder is absolute, for it is stored and a run is
 * resumed from anywhere.
 * @param file Absent: the definition is in no file, and its servers start in the process's folder.
 * @param cwd Where `file` starts when it is relative. Default: the process's folder.
 */
export function placeServers(
  servers: Readonly<Record<string, McpServer>>,
  file: string | undefined,
  cwd = '',
): Record<string, McpServer> {
  if (file === undefined) return { ...servers };
  const place = (server: McpServer): McpServer =>
    server.command === undefined ? server : { ...server, cwd: resolve(cwd, dirname(file), server.cwd ?? '.') };
  return Object.fromEntries(Object.entries(servers).map(([name, server]) => [name, place(server)]));
}
