/** The arms of a comparison: what is run on every task, as it is asked for and as it is carried out. */
import { PlanwrightError } from '../errors.ts';
import { quoteText } from '../plan/quote-value.ts';
import { defaultPreset } from '../team/defaults.ts';
import { loadTeam } from '../team/load-team.ts';
import { describeUnknown } from '../team/schema-issues.ts';
import type { Team } from '../team/team.ts';

/** `best-of-n` repeats the single agent until its own checks pass, for at most the tokens that the team took on the task. */
export const armStrategies = ['single', 'team', 'cascade', 'best-of-n'] as const;
export type ArmStrategy = (typeof armStrategies)[number];

export interface ArmDefinition {
  /** Letters, digits, `.`, `_` and `-`, at most 40. `single` and `team` are the two that the verdict is about. */
  name: string;
  strategy: ArmStrategy;
  /** A team, the path of a team file, or a preset's name. Default: the comparison's. */
  team?: Team | string;
  /** In the place of the team's model. Roles that name a model keep it. */
  model?: string;
  /** The most tries of a best-of-n. Default 20. */
  n?: number;
}

/** An arm with its team read. */
export interface Arm {
  name: string;
  strategy: ArmStrategy;
  team: Team;
  n: number;
}

export const defaultArms: readonly ArmStrategy[] = ['single', 'team'];
const defaultTries = 20;
const maxTries = 1000;
const maxArms = 20;
const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/;

/** `single`, `team`, `cascade` or `best-of-n`. @throws {PlanwrightError} `usage` */
export function namedArm(name: string): ArmDefinition {
  const strategy = armStrategies.find((known) => known === name);
  if (strategy === undefined) throw usage(describeUnknown('arm', name, armStrategies));
  return { name, strategy };
}

/** `NAME=STRATEGY[,team=FILE][,model=SPEC][,n=N]`. @throws {PlanwrightError} `usage` */
export function parseArm(text: string): ArmDefinition {
  const form = `An arm is written NAME=STRATEGY[,team=FILE][,model=SPEC][,n=N], such as "large=team,team=large.yaml"`;
  const equals = text.indexOf('=');
  if (equals < 0) throw usage(`${form}; ${quoteText(text)} is not.`);
  const name = text.slice(0, equals);
  const [strategyName = '', ...settings] = splitSettings(text.slice(equals + 1));
  const strategy = armStrategies.find((known) => known === strategyName);
  if (strategy === undefined)
    throw usage(`Arm ${quoteText(name)}: ${describeUnknown('strategy', strategyName, armStrategies, 'strategies')}`);
  const arm: ArmDefinition = { name, strategy };
  for (const setting of settings) {
    const at = setting.indexOf('=');
    const key = setting.slice(0, at);
    const value = setting.slice(at + 1);
    if (value === '') throw usage(`Arm ${quoteText(name)}: ${quoteText(setting)} gives no value.`);
    if (key === 'team') arm.team = value;
    else if (key === 'model') arm.model = value;
    else if (/^[1-9]\d*$/.test(value)) arm.n = Number(value);
    else throw usage(`Arm ${quoteText(name)}: n is a number of tries from 1 on, not ${quoteText(value)}.`);
  }
  return arm;
}

/** At commas before a key: a file's name may hold others. */
function splitSettings(text: string): string[] {
  return text.split(/,(?=(?:team|model|n)=)/);
}

/** Teams named twice are read once. @throws {PlanwrightError} `usage`, `team-invalid` */
export async function resolveArms(definitions: readonly ArmDefinition[], team: Team | string | undefined): Promise<Arm[]> {
  refuseArms(definitions);
  const loaded = new Map<Team | string, Promise<Team>>();
  const load = (reference: Team | string): Promise<Team> => {
    const known = loaded.get(reference) ?? (typeof reference === 'string' ? loadTeam(reference) : Promise.resolve(reference));
    loaded.set(reference, known);
    return known;
  };
  const arms: Arm[] = [];
  for (const { name, strategy, model, n, ...own } of definitions) {
    const resolved = await load(own.team ?? team ?? defaultPreset);
    arms.push({ name, strategy, team: model === undefined ? resolved : { ...resolved, model }, n: n ?? defaultTries });
  }
  return arms;
}

function refuseArms(arms: readonly ArmDefinition[]): void {
  const names = new Set<string>();
  for (const { name, strategy, n } of arms) {
    if (!namePattern.test(name))
      throw usage(`${quoteText(name)} is no name for an arm: use letters, digits, ".", "_" and "-", at most 40.`);
    if (names.has(name)) throw usage(`There are two arms called "${name}". Give one another name.`);
    names.add(name);
    if ((name === 'single' || name === 'team') && strategy !== name)
      throw usage(
        `The verdict is about the arms "single" and "team": "${name}" can't be of the strategy ${strategy}. Rename it.`,
      );
    if (n !== undefined && strategy !== 'best-of-n') throw usage(`Arm "${name}": n is for best-of-n, not for ${strategy}.`);
    if (n !== undefined && !(Number.isInteger(n) && n >= 1 && n <= maxTries))
      throw usage(`Arm "${name}": n is a number of tries from 1 to ${maxTries}, not ${n}.`);
  }
  for (const needed of ['single', 'team']) {
    if (!names.has(needed)) {
      const given = [...names].join(', ') || 'none';
      throw usage(`A comparison needs the arms single and team; "${needed}" is missing. Arms given: ${given}.`);
    }
  }
  if (arms.length > maxArms) throw usage(`A comparison has at most ${maxArms} arms, not ${arms.length}.`);
}

function usage(message: string): PlanwrightError {
  return new PlanwrightError('usage', message);
}
