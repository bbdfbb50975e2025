/** The lines that files_read has given in this conversation. */
import type { ToolExchange } from './read-prompt.ts';
import type { ReadLine } from './tool-shapes.ts';
import { readRead } from './tool-shapes.ts';

export class ReadLines {
  #files = new Map<string, Map<number, string>>();
  #errors = new Map<string, string>();
  #requests = new Set<string>();

  constructor(exchanges: ToolExchange[]) {
    for (const exchange of exchanges) {
      if (exchange.toolName !== 'files_read') continue;
      const asked = typeof exchange.input.path === 'string' ? exchange.input.path : '';
      this.#requests.add(`${asked}:${String(exchange.input.from)}-${String(exchange.input.to)}`);
      const read = readRead(exchange.result);
      if (read === undefined) {
        this.#errors.set(asked, exchange.error ?? 'the tool gave no lines');
        continue;
      }
      for (const path of new Set([asked, read.path])) {
        const lines = this.#files.get(path) ?? new Map<number, string>();
        for (const { line, text } of read.lines) lines.set(line, text);
        this.#files.set(path, lines);
      }
    }
  }

  wasAsked(path: string, from: number, to: number): boolean {
    return this.#requests.has(`${path}:${from}-${to}`);
  }

  /** The lines from `from` to `to` that were read, in order. */
  lines(path: string, from: number, to: number): ReadLine[] {
    const file = this.#files.get(path);
    if (file === undefined) return [];
    if (to - from > file.size)
      return [...file]
        .filter(([line]) => line >= from && line <= to)
        .toSorted(([a], [b]) => a - b)
        .map(([line, text]) => ({ line, text }));
    const lines: ReadLine[] = [];
    for (let line = from; line <= to; line += 1) {
      const text = file.get(line);
      if (text !== undefined) lines.push({ line, text });
    }
    return lines;
  }

  /** Why nothing could be read from `path`. */
  error(path: string): string | undefined {
    return this.#errors.get(path);
  }
}
