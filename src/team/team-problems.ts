/** What is wrong with a team, and where: many problems, one error. */
import { PlanwrightError, type SourceLocation } from '../errors.ts';

export type PathSegment = string | number;

/** A problem inside one document. */
export interface Finding {
  path: readonly PathSegment[];
  message: string;
  /** What to point at: the last key of the path, or its value. Default `value`. */
  at?: 'key' | 'value';
}

/** A finding with its place: `path` is dotted. */
export interface TeamProblem {
  location: SourceLocation;
  message: string;
}

/** Problems that the message shows, and that `details.problems` holds. */
const maxShown = 10;
const maxDetails = 100;

/** `team.yaml:4:13 roles.critic.model: must be text, not 7. (and 2 more)`, then a line for each of the others. `details.problems` has them as objects. */
export function teamProblemsError(problems: readonly TeamProblem[]): PlanwrightError {
  const sorted = sortByPlace(problems);
  const [first, ...others] = sorted;
  if (first === undefined) return new PlanwrightError('internal', 'A team was refused without a problem.');
  const lines = [printProblem(first) + (others.length > 0 ? ` (and ${others.length} more)` : '')];
  for (const other of others.slice(0, maxShown - 1)) lines.push(printProblem(other));
  if (sorted.length > maxShown) lines.push(`… ${sorted.length - maxShown} more are not shown.`);
  const details = sorted.slice(0, maxDetails).map(({ location, message }) => ({ ...location, message }));
  return new PlanwrightError('team-invalid', lines.join('\n'), { location: first.location, details: { problems: details } });
}

export function dottedPath(path: readonly PathSegment[]): string {
  return path.join('.');
}

function printProblem({ location, message }: TeamProblem): string {
  const { file, line, column, path } = location;
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  const head = [place, path].filter((part) => part !== undefined && part !== '').join(' ');
  return head === '' ? message : `${head}: ${message}`;
}

/** By line and column inside a file, files in the order in which they were first mentioned. */
function sortByPlace(problems: readonly TeamProblem[]): TeamProblem[] {
  const files = [...new Set(problems.map((problem) => problem.location.file))];
  return problems.toSorted(
    ({ location: a }, { location: b }) =>
      files.indexOf(a.file) - files.indexOf(b.file) || compare(a.line, b.line) || compare(a.column, b.column),
  );
}

/** What has no number comes last. */
function compare(a: number | undefined, b: number | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return a - b;
}
