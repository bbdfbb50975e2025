/** Programs that run inside sandboxes. They are published as sources: the built package reads them from src/ as well. */
import { readFile } from 'node:fs/promises';

const folder = new URL(import.meta.url.endsWith('.ts') ? './guest/' : '../../src/sandbox/guest/', import.meta.url);

export async function readGuestFile(name: string): Promise<string> {
  return readFile(new URL(name, folder), 'utf8');
}
