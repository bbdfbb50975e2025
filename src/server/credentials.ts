/**
 * Who may use the server: a browser that came by the printed link, and whoever has the token.
 *
 * 1. The link's token opens one session and is useless after that.
 * 2. A session is known by the hash of its secret; secrets themselves are not kept.
 * 3. Secrets are compared by their hashes and in constant time.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../index.ts';

export interface CredentialsOptions {
  /** For programs, and for browsers that have no link. Absent: there is only the link. */
  token?: string | undefined;
  clock: Clock;
}

/** A session in a browser that is not used for so long has to be opened again. */
const sessionMs = 30 * 24 * 3_600_000;
/** Beyond it the oldest is forgotten. */
const maxSessions = 1000;
const secretBytes = 32;

export class Credentials {
  readonly #clock: Clock;
  readonly #token: Buffer | null;
  #link: Buffer | null = null;
  /** By the hash of its secret: when it was opened. */
  readonly #sessions = new Map<string, number>();

  constructor({ token, clock }: CredentialsOptions) {
    this.#clock = clock;
    this.#token = token === undefined ? null : digest(token);
  }

  /** A token for one link. The one before it is useless from now on. */
  issueLink(): string {
    const token = newSecret();
    this.#link = digest(token);
    return token;
  }

  /** @returns the secret of a new session, or null for a token that is none. */
  openSession(token: string): string | null {
    const given = digest(token);
    const isLink = this.#link !== null && timingSafeEqual(given, this.#link);
    const isToken = this.#token !== null && timingSafeEqual(given, this.#token);
    if (!isLink && !isToken) return null;
    if (isLink) this.#link = null;
    const secret = newSecret();
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size >= maxSessions && oldest !== undefined) this.#sessions.delete(oldest);
    this.#sessions.set(hashOf(secret), this.#clock.now());
    return secret;
  }

  closeSession(secret: string): void {
    this.#sessions.delete(hashOf(secret));
  }

  isSession(secret: string): boolean {
    const openedMs = this.#sessions.get(hashOf(secret));
    return openedMs !== undefined && this.#clock.now() - openedMs < sessionMs;
  }

  isToken(token: string): boolean {
    return this.#token !== null && timingSafeEqual(digest(token), this.#token);
  }
}

function newSecret(): string {
  return randomBytes(secretBytes).toString('base64url');
}

function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

function hashOf(secret: string): string {
  return digest(secret).toString('hex');
}
