/** The files of a crew in its folder: the edge where they are read. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PlanwrightError } from '../../errors.ts';
import { maxTeamFileLength } from '../../team/read-document.ts';
import type { CrewText } from './read-crew.ts';

const endings = ['.yaml', '.yml'];

/**
 * agents.yaml and tasks.yaml in the folder, in its `config/`, or in the only `src/NAME/config/` of a crew's project.
 * @throws {PlanwrightError} `usage` when one of them is not there or can't be read.
 */
export function loadCrewFiles(folder: string): { agents: CrewText; tasks: CrewText } {
  for (const place of placesOf(folder)) {
    const agents = findFile(place, 'agents');
    const tasks = findFile(place, 'tasks');
    if (agents !== undefined && tasks !== undefined) return { agents: readText(agents), tasks: readText(tasks) };
    if (agents !== undefined || tasks !== undefined) {
      const missing = agents === undefined ? 'agents.yaml' : 'tasks.yaml';
      throw new PlanwrightError('usage', `There is no ${missing} in ${place}.`, { location: { file: join(place, missing) } });
    }
  }
  throw new PlanwrightError(
    'usage',
    `There is no agents.yaml and no tasks.yaml in ${folder}, its config/ or one src/NAME/config/.`,
    {
      location: { file: folder },
    },
  );
}

function placesOf(folder: string): string[] {
  const projects = listFolder(join(folder, 'src'))
    .map((name) => join(folder, 'src', name, 'config'))
    .filter((place) => findFile(place, 'tasks') !== undefined);
  return [folder, join(folder, 'config'), ...(projects.length === 1 ? projects : [])];
}

function listFolder(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function findFile(place: string, name: string): string | undefined {
  return endings
    .map((ending) => join(place, `${name}${ending}`))
    .find((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true);
}

function readText(file: string): CrewText {
  try {
    // In bytes, of which a character takes four at the most.
    if (statSync(file).size <= 4 * maxTeamFileLength) return { text: readFileSync(file, 'utf8'), file };
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new PlanwrightError('usage', `Cannot read ${file}: ${reason}.`, { location: { file }, cause: thrown });
  }
  throw new PlanwrightError('team-invalid', `${file}: the file is larger than ${maxTeamFileLength} characters.`, {
    location: { file },
  });
}
