/** Where the package lies: src/cli/ in a checkout, dist/cli/ when published, are both two folders below its root. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const packageRoot = fileURLToPath(new URL('../../', import.meta.url));

export function readPackageVersion(): string {
  const parsed: unknown = JSON.parse(readFileSync(`${packageRoot}package.json`, 'utf8'));
  const version: unknown = typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, 'version') : undefined;
  return typeof version === 'string' ? version : 'unknown';
}
