/**
 * A pool of typed documents. Members watch types and produce one each; who is given what follows from that alone, so a role joins by
 * saying what it watches and what it produces.
 */
import { z } from 'zod';

/** The task itself: in the pool from the beginning. */
export const requirement = 'UserRequirement';
/** The files that have passed their tests: in the pool once they have. */
export const build = 'Build';

export const typeSchema = z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,39}$/, {
  error: 'is not a document type: use letters and digits, at most 40, starting with a letter',
});

export const memberSchema = z.strictObject({
  role: z.string().min(1).max(64),
  watches: z.array(typeSchema).min(1).max(20),
  produces: typeSchema,
  /** What is asked of the role. Default: to write the document from what it is given. */
  does: z.string().min(1).max(4000).optional(),
});
export type PoolMember = z.infer<typeof memberSchema>;

export interface Pool {
  pool: readonly PoolMember[];
  /** A member that produces a type of the pool takes its producer's place; what it is asked stays where it says nothing. */
  join: readonly PoolMember[];
}

/** In the order in which they are written. */
export function listMembers({ pool, join }: Pool): PoolMember[] {
  const joined = new Map(join.map((member) => [member.produces, member]));
  const stay = pool.map((member) => {
    const instead = joined.get(member.produces);
    return instead === undefined ? member : { ...instead, does: instead.does ?? member.does };
  });
  const known = new Set(pool.map(({ produces }) => produces));
  return [...stay, ...join.filter(({ produces }) => !known.has(produces))];
}

/** Types that rest on the build, whoever stands between. Ends with any pool. */
export function listAfterBuild(members: readonly PoolMember[]): Set<string> {
  const after = new Set<string>([build]);
  for (let before = 0; before < after.size; ) {
    before = after.size;
    for (const { produces, watches } of members) if (watches.some((type) => after.has(type))) after.add(produces);
  }
  after.delete(build);
  return after;
}

/** Types that no other member watches. */
export function listUnwatched(members: readonly PoolMember[]): string[] {
  const watched = new Set(members.flatMap(({ watches }) => watches));
  return members.map(({ produces }) => produces).filter((type) => !watched.has(type));
}

/** What is wrong with it, in words; null when every document can be written. */
export function findPoolProblem(given: Pool): string | null {
  for (const list of [given.pool, given.join]) {
    const types = list.map(({ produces }) => produces);
    const twice = types.find((type, index) => types.indexOf(type) !== index);
    if (twice !== undefined) return `"${twice}" is produced twice. One member produces a type`;
    const reserved = types.find((type) => type === requirement || type === build);
    if (reserved !== undefined) return `"${reserved}" is in the pool by itself: choose another type`;
  }
  const members = listMembers(given);
  const types = members.map(({ produces }) => produces);
  for (const { role, watches } of members) {
    const unknown = watches.find((type) => type !== requirement && type !== build && !types.includes(type));
    if (unknown !== undefined) {
      return `"${role}" watches "${unknown}", which nobody produces. Types: ${[requirement, ...types, build].join(', ')}`;
    }
  }
  const circle = findCircle(members);
  return circle.length === 0 ? null : `These wait for each other: ${circle.join(', ')}. Let one watch less`;
}

/** What is left when everything that can be written has been. */
function findCircle(members: readonly PoolMember[]): string[] {
  const written = new Set<string>([requirement, build]);
  let left = members;
  for (let before = -1; before !== left.length; ) {
    before = left.length;
    for (const { produces, watches } of left) if (watches.every((type) => written.has(type))) written.add(produces);
    left = left.filter(({ produces }) => !written.has(produces));
  }
  return left.map(({ produces }) => produces);
}
