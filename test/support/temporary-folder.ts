/** A new folder for each test, removed after it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

export function makeTemporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'planwright-test-'));
  folders.push(folder);
  return folder;
}
