/** Values and blobs, each once, by the hash of its content. Putting what is there already sends no content. */
import { hash } from 'node:crypto';
import { PlanwrightError } from '../../errors.ts';
import type { StoredValue } from '../../events.ts';
import type { Json } from '../../json.ts';
import { type BlobStore, hashBytes } from '../../workspace/blob-store.ts';
import { valueMissing } from '../store-errors.ts';
import { placeValue } from '../stored-value.ts';
import type { PostgresConnection } from './postgres-connection.ts';
import { storeDamaged } from './postgres-error.ts';
import type { PostgresGroup } from './postgres-group.ts';
import { readJson, readText } from './postgres-row.ts';

type ContentTable = 'pw_values' | 'pw_blobs';

/** bytea goes as hexadecimal, two characters a byte, and one message holds less than 1 GiB. */
const maximumBlobBytes = 256 * 1024 * 1024;
const groupedLength = 256 * 1024;

interface ContentHome {
  connection: PostgresConnection;
  group: PostgresGroup;
}

export class PostgresValues {
  readonly #connection: PostgresConnection;
  readonly #group: PostgresGroup;

  constructor(connection: PostgresConnection, group: PostgresGroup) {
    this.#connection = connection;
    this.#group = group;
  }

  async put(value: Json): Promise<StoredValue> {
    const { stored, text } = placeValue(value);
    if (text !== null && stored.kind === 'stored') {
      await putContent({ connection: this.#connection, group: this.#group }, 'pw_values', stored.hash, text);
    }
    return stored;
  }

  async get(stored: StoredValue): Promise<Json> {
    if (stored.kind === 'inline') return stored.value;
    const { location } = this.#connection;
    const [row] = await this.#connection.query('SELECT body FROM pw_values WHERE hash = $1', [stored.hash]);
    if (row === undefined) throw valueMissing(stored.hash, location);
    if (hash('sha256', readText(row, 'body', location)) !== stored.hash) {
      throw storeDamaged(location, `the value ${stored.hash} has another hash`);
    }
    return readJson(row, 'body', location) as Json;
  }
}

export class PostgresBlobStore implements BlobStore {
  readonly #connection: PostgresConnection;
  readonly #group: PostgresGroup;

  constructor(connection: PostgresConnection, group: PostgresGroup) {
    this.#connection = connection;
    this.#group = group;
  }

  async put(bytes: Uint8Array): Promise<string> {
    const key = hashBytes(bytes);
    if (bytes.length > maximumBlobBytes) {
      throw new PlanwrightError(
        'value-too-large',
        `A file of ${bytes.length} bytes cannot be kept in ${this.#connection.location}, which keeps at most ${maximumBlobBytes}. Leave it out of the workspace.`,
      );
    }
    await putContent({ connection: this.#connection, group: this.#group }, 'pw_blobs', key, Buffer.from(bytes));
    return key;
  }

  async get(key: string): Promise<Uint8Array> {
    const { location } = this.#connection;
    const [row] = await this.#connection.query('SELECT body FROM pw_blobs WHERE hash = $1', [key]);
    const body = row?.['body'];
    if (!(body instanceof Uint8Array)) throw new PlanwrightError('store-corrupt', `Blob ${key} is not in ${location}.`);
    if (hashBytes(body) !== key) throw storeDamaged(location, `blob ${key} has another hash`);
    return Uint8Array.from(body);
  }
}

/**
 * What is there is marked as put again, so that no collection takes it from under its new user. What is large goes beside the
 * group, which it would hold up, and only when it is not there yet.
 */
async function putContent(home: ContentHome, table: ContentTable, key: string, body: string | Buffer): Promise<void> {
  const { connection, group } = home;
  if (body.length <= groupedLength) {
    const call = table === 'pw_values' ? 'pw_put_value(?, ?)' : 'pw_put_blob(?, ?)';
    await group.write({ call, values: [key, body], locks: [], size: body.length });
    return;
  }
  const there = await connection.query(`UPDATE ${table} SET put_at = clock_timestamp() WHERE hash = $1 RETURNING 1`, [key]);
  if (there.length > 0) return;
  await connection.query(
    `INSERT INTO ${table} (hash, body) VALUES ($1, $2) ON CONFLICT (hash) DO UPDATE SET put_at = clock_timestamp()`,
    [key, body],
  );
}
