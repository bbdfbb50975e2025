/** Which roles can do which roles' work, by what they declare. */

export interface DeclaredRole {
  skills?: readonly string[];
  /** Single tools: groups are written out. */
  tools: readonly string[];
  /** Checks on its results; plain data. */
  accept: readonly unknown[];
  /** Whether a person has to approve its attempts. */
  approval?: 'required';
}

/**
 * By role: that role first, then those that can do its work, by how little they have beyond what it needs, then in the order
 * given. A role can do another's work when it declares all of its skills (there must be some; upper and lower case are
 * alike), has all of its tools, and is held to all of its checks and to its approval. A role that declares no skill is its work's only one.
 */
export function findCapableRoles(roles: Readonly<Record<string, DeclaredRole>>): Map<string, string[]> {
  const declared = Object.entries(roles).map(([name, role]) => ({ name, ...normalize(role) }));
  return new Map(
    declared.map((own) => {
      const others = own.skills.size === 0 ? [] : declared.filter((other) => other !== own && covers(other, own));
      return [own.name, [own.name, ...others.toSorted((a, b) => sizeOf(a) - sizeOf(b)).map(({ name }) => name)]];
    }),
  );
}

interface NormalizedRole {
  skills: Set<string>;
  tools: Set<string>;
  checks: Set<string>;
  needsApproval: boolean;
}

function normalize({ skills = [], tools, accept, approval }: DeclaredRole): NormalizedRole {
  return {
    skills: new Set(skills.map((skill) => skill.trim().toLowerCase())),
    tools: new Set(tools),
    checks: new Set(accept.map((check) => JSON.stringify(check))),
    needsApproval: approval === 'required',
  };
}

function covers(other: NormalizedRole, own: NormalizedRole): boolean {
  const has = (what: 'skills' | 'tools' | 'checks'): boolean => [...own[what]].every((item) => other[what].has(item));
  return has('skills') && has('tools') && has('checks') && (other.needsApproval || !own.needsApproval);
}

function sizeOf({ skills, tools }: NormalizedRole): number {
  return skills.size + tools.size;
}
