/** What a manager is told of whom it may choose, and whom its answer names. */
import { PlanwrightError } from '../errors.ts';
import { parseJson } from '../handoff/digest.ts';
import type { Json } from '../json.ts';
import { quoteText } from '../plan/quote-value.ts';
import type { Team } from '../team/team.ts';

const describedCharacters = 200;

/** One line a role, in the order of the names. */
export function listRoles({ roles }: Team, names: readonly string[]): string {
  return names
    .map((name) => {
      const role = Object.hasOwn(roles, name) ? roles[name] : undefined;
      return `- ${name}: ${cutText((role?.description ?? '').replace(/\s+/g, ' '), describedCharacters)}`;
    })
    .join('\n');
}

export interface NamedBy {
  /** The role that answered. */
  by: string;
  /** What it wrote. */
  written: string;
}

/**
 * A name counts also in upper case, in quotes, with spaces for hyphens.
 * @throws {PlanwrightError} `growth-refused`, with the names that there are.
 */
export function chooseRole({ by, written }: NamedBy, names: readonly string[]): string {
  const plain = plainName(written);
  const chosen = names.find((name) => name === written) ?? names.find((name) => plainName(name) === plain);
  if (chosen !== undefined) return chosen;
  const said = plain === '' ? 'names nobody' : `names ${quoteText(written)}, who is not to be chosen now`;
  throw new PlanwrightError('growth-refused', `The answer of "${by}" ${said}. Name one of: ${names.join(', ')}.`);
}

function plainName(name: string): string {
  return name
    .slice(0, 500)
    .toLowerCase()
    .replace(/[\s_-]+/g, '-')
    .replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
}

/** An answer in JSON that arrives as text: of a role of one's own that has no `output`. */
export function asData(output: Json): Json {
  return typeof output === 'string' ? (parseJson(output) ?? output) : output;
}

export function cutText(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
