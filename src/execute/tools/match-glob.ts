import { matchesGlob } from 'node:path/posix';

/** True when `path` holds `pattern`, whatever the case, or matches it as a glob; a glob without a slash is matched against the file's name. */
export function matchGlob(pattern: string, path: string): boolean {
  if (!/[*?[{]/.test(pattern)) return path.toLowerCase().includes(pattern.toLowerCase());
  const subject = pattern.includes('/') ? path : path.slice(path.lastIndexOf('/') + 1);
  return matchesGlob(subject, pattern);
}
