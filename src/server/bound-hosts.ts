/** Which `Host` a request may name. A page that has had a name resolve to this machine (DNS rebinding) names its own. */
import { isIP } from 'node:net';

export interface BoundHosts {
  /** The address that the server listens on. */
  hostname: string;
  port: number;
  /** Further names, such as that of a reverse proxy; of any port. */
  allowed: readonly string[];
}

/** Whether an address is reached from this machine only. */
export function isLoopback(hostname: string): boolean {
  const bare = unbracket(hostname);
  return bare === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'));
}

/**
 * On loopback: `localhost` and loopback addresses, with the server's port. Elsewhere any address too, for a name can be made
 * to lead here, an address can't.
 */
export function isHostAllowed(host: string | undefined, { hostname, port, allowed }: BoundHosts): boolean {
  const named = readHost(host);
  if (named === null) return false;
  if (allowed.some((name) => unbracket(name.toLowerCase()) === named.hostname)) return true;
  if (named.port !== port) return false;
  if (isLoopback(named.hostname)) return true;
  return !isLoopback(hostname) && isIP(named.hostname) !== 0;
}

function readHost(host: string | undefined): { hostname: string; port: number } | null {
  const match = /^(?<name>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(?<port>\d{1,5}))?$/i.exec(host ?? '');
  const name = match?.groups?.['name'];
  if (name === undefined) return null;
  return { hostname: unbracket(name.toLowerCase()), port: Number(match?.groups?.['port'] ?? 80) };
}

function unbracket(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}
