/**
 * The door: every request passes it before anything else looks at it.
 *
 * 1. Every answer carries the headers that keep a page from running or embedding what it should not.
 * 2. A request names a host that the server answers for.
 * 3. A request that changes something does not come from another site.
 * 4. Everything below /api but the opening of a session needs a session's cookie or the token.
 */
import type { Context, MiddlewareHandler } from 'hono';
import { getCookie } from 'hono/cookie';
import { ApiError } from './api-error.ts';
import { type BoundHosts, isHostAllowed } from './bound-hosts.ts';
import type { Credentials } from './credentials.ts';

/** No inline script, nothing from elsewhere. Styles: React Flow and the charts set them on elements. */
const contentPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "frame-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** A page made of reports: its own styles, and nothing else. `frame-ancestors`: the app shows it in a frame. */
export const reportPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox";

export function setHeaders(): MiddlewareHandler {
  return async (c, next) => {
    await next();
    const { headers } = c.res;
    if (!headers.has('content-security-policy')) headers.set('content-security-policy', contentPolicy);
    headers.set('x-content-type-options', 'nosniff');
    headers.set('referrer-policy', 'no-referrer');
    headers.set('cross-origin-opener-policy', 'same-origin');
    headers.set('cross-origin-resource-policy', 'same-origin');
    if (!headers.has('cache-control')) headers.set('cache-control', 'no-store');
  };
}

export function checkHost(hosts: () => BoundHosts): MiddlewareHandler {
  return async (c, next) => {
    if (!isHostAllowed(c.req.header('host'), hosts())) {
      throw new ApiError('host-refused', 'This server does not answer for that host. Allow it with --allow-host NAME.');
    }
    await next();
  };
}

/** A browser says where a request comes from; a program says nothing, and needs the token. */
export function checkOrigin(cookieName: () => string): MiddlewareHandler {
  return async (c, next) => {
    if (c.req.method === 'GET' || c.req.method === 'HEAD') return next();
    const origin = c.req.header('origin');
    const site = c.req.header('sec-fetch-site');
    const isForeign =
      (origin !== undefined && !isOwnOrigin(origin, c.req.header('host'))) ||
      (site !== undefined && site !== 'same-origin' && site !== 'none');
    const isUntold = origin === undefined && site === undefined && getCookie(c, cookieName()) !== undefined;
    if (isForeign || isUntold) {
      throw new ApiError('origin-refused', 'What changes something is taken from this server’s own pages, or with the token.');
    }
    return next();
  };
}

function isOwnOrigin(origin: string, host: string | undefined): boolean {
  const parsed = URL.parse(origin);
  return parsed !== null && (parsed.protocol === 'http:' || parsed.protocol === 'https:') && parsed.host === host?.toLowerCase();
}

export function requireCredentials(credentials: Credentials, cookieName: () => string): MiddlewareHandler {
  return async (c, next) => {
    if (!isKnown(c, credentials, cookieName())) {
      c.header('www-authenticate', 'Bearer');
      throw new ApiError(
        'unauthorized',
        'Open the link that "planwright serve" printed, or send the token: Authorization: Bearer TOKEN',
      );
    }
    await next();
  };
}

/** A page of another site may name an address here in a frame or a script: what it gets then is nothing of the user's. */
function isKnown(c: Context, credentials: Credentials, cookieName: string): boolean {
  const [, bearer] = /^Bearer ([\x21-\x7e]{1,500})$/i.exec(c.req.header('authorization') ?? '') ?? [];
  if (bearer !== undefined) return credentials.isToken(bearer);
  const secret = getCookie(c, cookieName);
  const site = c.req.header('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  return secret !== undefined && credentials.isSession(secret);
}
