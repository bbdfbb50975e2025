/** The plays of plays/: every module there exports one. */
import { readdirSync } from 'node:fs';
import type { PatternPlay } from './play.ts';

const folder = new URL('plays/', import.meta.url);

/** In the order of their names. @throws for a file that exports no play. */
export async function loadPlays(): Promise<PatternPlay[]> {
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts'));
  const plays = await Promise.all(
    files.map(async (file) => {
      const exported: Record<string, unknown> = await import(new URL(file, folder).href);
      const play = Object.values(exported).find(isPlay);
      if (play === undefined) throw new Error(`bench/patterns/plays/${file} exports no play.`);
      return play;
    }),
  );
  return plays.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function isPlay(value: unknown): value is PatternPlay {
  return typeof value === 'object' && value !== null && 'name' in value && 'answer' in value && 'expected' in value;
}
