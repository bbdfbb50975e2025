/** The routes about the server itself: what it offers, its description, and sessions of browsers. */

import type { Context } from 'hono';
import { Hono } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { type ApiContext, reply } from './api-context.ts';
import { ApiError } from './api-error.ts';
import type { Credentials } from './credentials.ts';
import { jsonBody } from './json-body.ts';
import { describeApi, type OpenApiDocument } from './openapi-document.ts';
import { closeSessionOperation, getOpenApiOperation, getServerOperation, openSessionOperation } from './operations.ts';

export interface SessionContext {
  credentials: Credentials;
  cookieName: () => string;
}

export function serverRoutes({ info }: Pick<ApiContext, 'info'>, { credentials, cookieName }: SessionContext) {
  let document: OpenApiDocument | undefined;
  return new Hono()
    .get(getServerOperation.path, (c) => reply(c, info, 200))
    .get(getOpenApiOperation.path, (c) => {
      document ??= describeApi(info.version);
      return reply(c, document, 200);
    })
    .post(
      openSessionOperation.path,
      jsonBody(openSessionOperation.body, { maxBytes: openSessionOperation.maxBodyBytes }),
      (c) => {
        if (!openSession(c, c.req.valid('json').token, { credentials, cookieName })) {
          throw new ApiError('unauthorized', 'The token is not the right one, or its link was used already.');
        }
        return c.body(null, 204);
      },
    )
    .delete(closeSessionOperation.path, (c) => {
      const secret = getCookie(c, cookieName());
      if (secret !== undefined) credentials.closeSession(secret);
      deleteCookie(c, cookieName(), { path: '/' });
      return c.body(null, 204);
    });
}

/** @returns false for a token that is none. */
export function openSession(c: Context, token: string, { credentials, cookieName }: SessionContext): boolean {
  const secret = credentials.openSession(token);
  if (secret === null) return false;
  setCookie(c, cookieName(), secret, { path: '/', httpOnly: true, sameSite: 'Strict' });
  return true;
}
