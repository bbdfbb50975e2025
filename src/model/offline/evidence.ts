/** What the tools have shown about one question so far. */
import type { ReadLines } from './read-lines.ts';
import type { SearchResult } from './tool-shapes.ts';

export interface Evidence {
  searches: SearchResult[];
  read: ReadLines;
  /** Only hits of this file count. */
  file?: string;
  /** Places that may not be cited. */
  dropped: Set<string>;
}
