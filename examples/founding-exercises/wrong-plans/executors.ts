/**
 * Executors that do what they are told, no more: they use their instruction and what was handed to them, never the task.
 * They make no mistakes of their own in their own role. Only the critic reads the task; how often it errs is declared.
 */
import type { Chance } from '../chance.ts';
import type { Asked } from '../read-prompt.ts';
import { metersPer, rightValues, type Survey, type Unit } from './survey.ts';

export interface DeclaredRates {
  /** A role that is given another one's lookup says that it has no register; otherwise it makes a distance up. */
  admits: number;
  /** A role that is given another one's arithmetic gets it wrong. */
  slips: number;
  /** The critic passes what is wrong or incomplete. */
  falseAccept: number;
  /** The critic refuses what is right. */
  falseReject: number;
  /** An executor that is shown a sentence which its material contradicts says so. */
  notices: number;
  /** It says so of a sentence that holds. */
  imagines: number;
  /** A planner that is asked again writes a right plan; otherwise the same mistake once more. */
  rightAgain: number;
}

export const declaredRates: DeclaredRates = {
  admits: 0.5,
  slips: 0.3,
  falseAccept: 0.3,
  falseReject: 0.05,
  notices: 0.7,
  imagines: 0.01,
  rightAgain: 0.8,
};

export interface World {
  survey: Survey;
  chance: Chance;
  rates: DeclaredRates;
  /** What sets this run's chances apart from those of others. */
  run: string;
}

/** A report of a contradiction, or the answer. */
export function execute(asked: Asked, world: World): { contradicted: string; evidence: string } | string {
  const answer = carryOut(asked, world);
  if (asked.hasUsedTool) return answer;
  for (const assumption of asked.assumptions) {
    const [, label = '', unit = ''] = /^(d\d+) is in (km|mi)\.$/.exec(assumption) ?? [];
    const seen = [answer, ...asked.handed.map(({ text }) => text)].find((text) => text.startsWith(`${label} = `));
    if (seen === undefined) continue;
    const holds = seen.endsWith(` ${unit}`);
    const chance = world.chance('notice', world.run, asked.role, asked.instruction, seen);
    if (chance < (holds ? world.rates.imagines : world.rates.notices)) return { contradicted: assumption, evidence: seen };
  }
  return answer;
}

function carryOut(asked: Asked, world: World): string {
  const { instruction } = asked;
  const lookup = /^Look up (\w+): the distance to (\w+)\.$/.exec(instruction);
  if (lookup !== null) return lookUp(lookup[1] ?? '', lookup[2] ?? '', asked, world);
  const conversion = /^Convert (\w+) from (km|mi) to meters, as (\w+)\.$/.exec(instruction);
  if (conversion !== null) {
    const [, of = '', unit = 'km', label = ''] = conversion;
    return compute(label, [of], ['km', 'mi'], ([amount = 0]) => amount * metersPer[unit as Unit], asked, world);
  }
  const addition = /^(Add|Subtract) (\w+) and (\w+), as (\w+)\.$/.exec(instruction);
  if (addition !== null) {
    const [, verb, a = '', b = '', label = ''] = addition;
    return compute(label, [a, b], ['m'], ([x = 0, y = 0]) => (verb === 'Add' ? x + y : x - y), asked, world);
  }
  if (instruction.startsWith('Check ')) return review(asked, world);
  return report(asked);
}

function lookUp(label: string, place: string, { role }: Asked, { survey, chance, rates, run }: World): string {
  const { amount, unit } = survey.register.get(place) ?? { amount: 0, unit: 'km' };
  if (role === 'surveyor' || role === 'generalist') return `${label} = ${amount} ${unit}`;
  if (chance('admits', run, role, place) < rates.admits) return `${label} = ? (the ${role} has no register)`;
  return `${label} = ${5 + Math.floor(chance('invents', run, role, place) * 70)} km`;
}

function compute(
  label: string,
  needs: string[],
  units: string[],
  result: (amounts: number[]) => number,
  { role, handed, instruction }: Asked,
  { chance, rates, run }: World,
): string {
  const amounts: number[] = [];
  for (const need of needs) {
    const given = handed.flatMap(({ text }) => text.split('\n')).find((line) => line.startsWith(`${need} = `));
    if (given === undefined) return `${label} = ? (${need} was not given)`;
    const [, amount, unit = ''] = /= (-?\d+) (\w+)$/.exec(given) ?? [];
    if (amount === undefined || !units.includes(unit)) return `${label} = ? (what was given is ${given})`;
    amounts.push(Number(amount));
  }
  const isOwn = role === 'generalist' || role === (units.includes('m') ? 'calculator' : 'converter');
  const slip = !isOwn && chance('slips', run, role, instruction) < rates.slips ? 100 : 0;
  return `${label} = ${result(amounts) + slip} m`;
}

/** The same results get the same verdict from whoever is asked: a second look has the first one's blind spots. */
function review({ role, handed }: Asked, { survey, chance, rates, run }: World): string {
  if (role !== 'critic' && role !== 'generalist') return 'APPROVED';
  const lines = handed.flatMap(({ text }) => text.split('\n'));
  const wrong = [...rightValues(survey)].filter(([label, meters]) => !lines.includes(`${label} = ${meters} m`));
  const refusal = wrong.length > 0 ? 1 - rates.falseAccept : rates.falseReject;
  if (chance('review', run, ...lines) >= refusal) return 'APPROVED';
  return `REJECTED: ${wrong.map(([label]) => label).join(', ')}`;
}

function report({ instruction, handed }: Asked): string {
  const lines = handed.flatMap(({ text }) => text.split('\n'));
  const labels = /^Report (.*)\.$/.exec(instruction)?.[1]?.split(', ') ?? [];
  return labels
    .map((label) => lines.find((line) => line.startsWith(`${label} = `)) ?? `${label} = ? (it was not given)`)
    .join('\n');
}
