/** Which hosts may be asked: the entries of a team's `web.hosts`, and the judgment of a URL against them. */
import { isIP } from 'node:net';

/** One entry, normalized: lower case, international names as punycode, IP literals without brackets. */
export interface HostPattern {
  host: string;
  /** null: the default one of the URL's scheme. */
  port: number | null;
  /** Any name below `host`, not `host` itself. */
  isWildcard: boolean;
}

export type HostJudgment = { kind: 'allowed'; pattern: HostPattern } | { kind: 'refused'; reason: string };

const wildcard = '*.';

/** null when the entry is no host. */
export function parseHostPattern(entry: string): HostPattern | null {
  const isWildcard = entry.startsWith(wildcard);
  const text = isWildcard ? entry.slice(wildcard.length) : entry;
  if (!/^[^\s/?#@\\%*]+$/.test(text)) return null;
  const probe = URL.canParse(`http://${text}`) ? new URL(`http://${text}`) : null;
  if (probe === null || probe.hostname === '' || probe.hostname.endsWith('.')) return null;
  const host = bareHost(probe.hostname);
  const written = /:(\d+)$/.exec(text.replace(/^\[[^\]]*\]/, ''))?.[1];
  const port = written === undefined ? null : Number(written);
  if (port !== null && (port < 1 || port > 65_535)) return null;
  // An address in another spelling than its own ("127.1") would allow what it does not show.
  if (isIP(host) !== 0 && !isCanonicalAddress(text, host)) return null;
  if (isWildcard && (isIP(host) !== 0 || !host.includes('.'))) return null;
  return { host, port, isWildcard };
}

function isCanonicalAddress(text: string, host: string): boolean {
  const withoutPort = text.replace(/:\d+$/, '');
  return isIP(host) === 4 ? withoutPort === host : text.startsWith('[');
}

/** By scheme, userinfo, host and port; addresses that a name leads to are judged when it is looked up. */
export function judgeUrl(url: URL, patterns: readonly HostPattern[]): HostJudgment {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return { kind: 'refused', reason: `Only http and https addresses can be fetched, not "${url.protocol}".` };
  }
  if (url.username !== '' || url.password !== '') {
    return { kind: 'refused', reason: 'An address with a user name or a password in it is not fetched.' };
  }
  const host = bareHost(url.hostname);
  const pattern = patterns.find((one) => matchesHost(one, host) && matchesPort(one, url));
  if (pattern !== undefined) return { kind: 'allowed', pattern };
  return {
    kind: 'refused',
    reason: `"${url.host.slice(0, 200)}" is not an allowed host. Allowed: ${patterns.map(printPattern).join(', ')}.`,
  };
}

/** `[::1]` → `::1`. */
export function bareHost(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

function matchesHost({ host, isWildcard }: HostPattern, asked: string): boolean {
  return isWildcard ? asked.endsWith(`.${host}`) && asked.length > host.length + 1 : asked === host;
}

function matchesPort({ port }: HostPattern, url: URL): boolean {
  if (port === null) return url.port === '';
  return port === Number(url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : url.port);
}

function printPattern({ host, port, isWildcard }: HostPattern): string {
  const shown = isIP(host) === 6 ? `[${host}]` : host;
  return `${isWildcard ? wildcard : ''}${shown}${port === null ? '' : `:${port}`}`;
}
