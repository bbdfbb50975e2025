/** A team's `pattern`: found, its options read, the roles that it needs looked for. */
import { findPattern, listPatterns, readPatternChoice } from '../patterns/find-pattern.ts';
import { describeIssues, describeUnknown } from './schema-issues.ts';
import type { PatternChoice, Role } from './team.ts';
import type { CheckedDefinition } from './team-definition.ts';
import type { Finding } from './team-problems.ts';

export function buildPattern(
  given: CheckedDefinition['pattern'],
  roles: Readonly<Record<string, Role>>,
): { choice?: PatternChoice; findings: Finding[] } {
  if (given === undefined) return { findings: [] };
  const read = readPatternChoice(given);
  const name = typeof given === 'string' ? given : given.name;
  if (read.kind === 'unknown') {
    const known = listPatterns().map((pattern) => pattern.name);
    const path = typeof given === 'string' ? ['pattern'] : ['pattern', 'name'];
    return { findings: [{ path, message: describeUnknown('pattern', name, known) }] };
  }
  if (read.kind === 'refused') {
    const { name: _name, ...options } = typeof given === 'string' ? { name: given } : given;
    const schema = findPattern(name)?.options;
    const issues = schema === undefined ? [] : describeIssues(schema, options, read.error);
    return { findings: issues.map((finding) => ({ ...finding, path: ['pattern', ...finding.path] })) };
  }
  const known = Object.keys(roles);
  const missing = read.pattern.roles(read.choice.options).filter((role) => !known.includes(role));
  const findings = [...new Set(missing)].map(
    (role): Finding => ({
      path: ['pattern'],
      message: `"${name}" needs a role "${role}": ${describeUnknown('role', role, known)}`,
    }),
  );
  return findings.length > 0 ? { findings } : { choice: read.choice, findings: [] };
}
