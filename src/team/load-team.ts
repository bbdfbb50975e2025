/** A team by the name of a preset or the path of a file: the edge where team files are read. */
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, extname, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PlanwrightError } from '../errors.ts';
import { buildFromValue, defineTeam } from './define-team.ts';
import { findPreset, listPresets } from './presets.ts';
import { maxTeamFileLength } from './read-document.ts';
import type { Team } from './team.ts';
import { parseTeamFile } from './team-file.ts';
import { teamFromJson } from './team-json.ts';

export interface LoadTeamOptions {
  /** The folder that relative paths start from. Default: the process's. */
  cwd?: string;
  /** Names of the tools that exist besides the built-in ones. Without them tool names are not checked. */
  tools?: readonly string[];
}

const textFormats = ['.yaml', '.yml', '.json'];
const moduleFormats = ['.ts', '.mts', '.js', '.mjs'];

/**
 * A preset's name, or a .yaml, .yml, .json, .ts, .mts, .js or .mjs file; a module exports the team as its default.
 * @throws {PlanwrightError} `team-invalid`: no such file or preset (the presets are listed), or what is wrong in the file.
 */
export async function loadTeam(reference: string, options: LoadTeamOptions = {}): Promise<Team> {
  const preset = findPreset(reference);
  if (preset !== undefined) return defineTeam(preset);
  const path = resolve(options.cwd ?? process.cwd(), reference);
  const format = extname(reference).toLowerCase();
  const toolNames = options.tools === undefined ? {} : { tools: options.tools };
  if (textFormats.includes(format)) {
    const text = readTeamText(path, reference);
    const cwd = options.cwd ?? process.cwd();
    return parseTeamFile(text, reference, { ...toolNames, cwd, readFile: subTeamReader(path, cwd) });
  }
  if (moduleFormats.includes(format)) {
    requireFile(path, reference);
    return importTeam(path, reference, toolNames);
  }
  throw new PlanwrightError(
    'team-invalid',
    `There is no preset "${reference}", and a team file ends in ${[...textFormats, ...moduleFormats].join(', ')}. Presets: ${presetNames()}.`,
    { location: { file: reference } },
  );
}

function readTeamText(path: string, shown: string): string {
  requireFile(path, shown);
  const { size } = statSync(path);
  if (size > maxTeamFileLength * 4)
    throw new PlanwrightError('team-invalid', `${shown}: the file is larger than ${maxTeamFileLength} characters.`, {
      location: { file: shown },
    });
  return readFileSync(path, 'utf8');
}

/** @throws {PlanwrightError} `team-invalid` unless a regular file is there. */
function requireFile(path: string, shown: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile()) return;
  const what = found === undefined ? 'There is no team file' : 'Not a file:';
  throw new PlanwrightError('team-invalid', `${what} "${shown}" (${path}). Presets: ${presetNames()}.`, {
    location: { file: shown },
  });
}

/** Reads below the folder of the team file only, links followed. */
function subTeamReader(teamPath: string, cwd: string): (path: string) => string {
  const root = realpathSync(dirname(teamPath));
  return (path) => {
    const real = realpathSync(resolve(cwd, path));
    const inside = relative(root, real);
    if (inside === '..' || inside.startsWith(`..${sep}`)) throw new Error(`a link leads out of the folder ${root}`);
    return readTeamText(real, path);
  };
}

async function importTeam(path: string, shown: string, options: { tools?: readonly string[] }): Promise<Team> {
  let exported: unknown;
  try {
    const module: { default?: unknown } = await import(pathToFileURL(path).href);
    exported = module.default;
  } catch (thrown) {
    throw inFile(shown, thrown, 'cannot be loaded: ');
  }
  if (typeof exported !== 'object' || exported === null) {
    throw new PlanwrightError(
      'team-invalid',
      `${shown}: the module has no team as its default export. Write: export default defineTeam({ … })`,
      {
        location: { file: shown },
      },
    );
  }
  try {
    return isFinished(exported) ? teamFromJson(exported) : buildFromValue(exported, options);
  } catch (thrown) {
    throw inFile(shown, thrown, '');
  }
}

/** Only a resolved team has its generalist as a role with a name. */
function isFinished(exported: object): boolean {
  const generalist: unknown = 'generalist' in exported ? exported.generalist : undefined;
  return typeof generalist === 'object' && generalist !== null && 'name' in generalist;
}

function inFile(shown: string, thrown: unknown, prefix: string): PlanwrightError {
  if (thrown instanceof PlanwrightError) {
    return new PlanwrightError(thrown.code, `${shown} ${thrown.message}`, {
      cause: thrown,
      location: { ...thrown.location, file: shown },
      details: thrown.details,
    });
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new PlanwrightError('team-invalid', `${shown}: ${prefix}${message}`, { cause: thrown, location: { file: shown } });
}

function presetNames(): string {
  return listPresets()
    .map(({ name }) => name)
    .join(', ');
}
