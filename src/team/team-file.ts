/** Team files: YAML or JSON text becomes a team, or one error that names every problem with its line and column. */
import { dirname, isAbsolute, join, normalize, relative, sep } from 'node:path';
import { buildTeam, type OpenedTeam, type OpenTeam } from './build-team.ts';
import { readDocument } from './read-document.ts';
import type { Team } from './team.ts';
import { teamProblemsError } from './team-problems.ts';

export interface TeamFileOptions {
  /**
   * Gives the text of a sub-team's file. The path starts as `file` does: `teams/main.yaml` with `team: parts/b.yaml`
   * asks for `teams/parts/b.yaml`. Without it a team file cannot name another.
   */
  readFile?: (path: string) => string;
  /** Names of the tools that exist besides `files`, `calc` and their members. Without them tool names are not checked. */
  tools?: readonly string[];
  /** Where `file` starts when it is relative. Default: the process's folder. */
  cwd?: string;
}

/** Characters of a team file and all the files it leads to. */
const maxTotalLength = 2_000_000;

/**
 * `file` is the name that messages show. A sub-team's path is relative to the file that names it, and stays in the
 * folder of the outermost file: absolute paths and paths out of it are refused.
 * @throws {PlanwrightError} `team-invalid`: `team.yaml:4:13 roles.critic.model: …`, every problem in `details.problems`;
 */
export function parseTeamFile(text: string, file: string, options: TeamFileOptions = {}): Team {
  const opened = openText(text, file, [file]);
  if (opened.kind === 'refused') throw teamProblemsError(opened.problems);
  const { tools, cwd } = options;
  const built = buildTeam(opened, { tools, cwd, openTeam: subTeamOpener(text.length, options.readFile) });
  if (built.team === null) throw teamProblemsError(built.problems);
  return built.team;
}

function openText(
  text: string,
  file: string,
  trail: readonly string[],
): OpenedTeam | Extract<ReturnType<OpenTeam>, { kind: 'refused' }> {
  const reading = readDocument(text, file);
  if (reading.kind === 'read') return { kind: 'opened', document: reading, trail };
  return {
    kind: 'refused',
    problems: reading.problems.map((problem) => ({ ...problem, message: `${problem.message}.` })),
  };
}

function subTeamOpener(firstLength: number, readFile: TeamFileOptions['readFile']): OpenTeam {
  let totalLength = firstLength;
  return (reference, trail) => {
    const target = locateSubTeam(reference, trail);
    if (target.kind === 'unknown') return target;
    if (trail.some((file) => normalize(file) === target.file)) {
      return { kind: 'unknown', message: `the teams form a cycle: ${[...trail, target.file].join(' → ')}` };
    }
    if (readFile === undefined)
      return { kind: 'unknown', message: `the team file ${target.file} cannot be read here: no way to read files was given` };
    let text: string;
    try {
      text = readFile(target.file);
    } catch (thrown) {
      return {
        kind: 'unknown',
        message: `cannot read the team file ${target.file}: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
      };
    }
    totalLength += text.length;
    if (totalLength > maxTotalLength)
      return { kind: 'unknown', message: `the team files together are larger than ${maxTotalLength} characters` };
    return openText(text, target.file, [...trail, target.file]);
  };
}

function locateSubTeam(
  reference: string,
  trail: readonly string[],
): { kind: 'found'; file: string } | { kind: 'unknown'; message: string } {
  const [outermost = '', naming = ''] = [trail[0], trail.at(-1)];
  if (!/\.(ya?ml|json)$/i.test(reference)) {
    return {
      kind: 'unknown',
      message: `must be the path of a .yaml, .yml or .json team file, the name of a preset, or a team written here, not "${reference.slice(0, 200)}"`,
    };
  }
  if (isAbsolute(reference))
    return { kind: 'unknown', message: 'must be a relative path: a sub-team lives in the folder of the team file' };
  const file = join(dirname(naming), reference);
  const fromRoot = relative(dirname(outermost), file);
  if (fromRoot === '..' || fromRoot.startsWith(`..${sep}`) || isAbsolute(fromRoot)) {
    return { kind: 'unknown', message: `leads to ${file}, out of the folder of ${outermost}` };
  }
  return { kind: 'found', file };
}
