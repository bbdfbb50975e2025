/** The task that plans are made for: distances from a register, converted, added up and reported. Its truth is known. */
import type { Subtask } from 'planwright';
import { type Chance, shuffle } from '../chance.ts';

export type Unit = 'km' | 'mi';
export const metersPer: Record<Unit, number> = { km: 1000, mi: 1609 };

export interface Distance {
  amount: number;
  unit: Unit;
}

export interface Total {
  label: string;
  verb: 'Add' | 'Subtract';
  /** Places of the two distances, from 1. */
  of: [number, number];
}

export interface Survey {
  /** What only a surveyor can look up, by place. */
  register: ReadonlyMap<string, Distance>;
  /** Place of d1, d2, … */
  places: string[];
  totals: Total[];
}

/** Places and totals of a survey; its plan has 2 × places + totals + 2 subtasks: 4 to 20. */
const sizes: readonly [places: number, totals: number][] = [
  [1, 0],
  [2, 1],
  [3, 2],
  [4, 2],
  [5, 3],
  [6, 4],
  [7, 4],
];

const names = ['harbor', 'mill', 'chapel', 'station', 'quarry', 'bridge', 'market', 'tower', 'spring', 'ferry', 'school', 'dam'];

/** The n-th survey of a seed. Sizes take turns; `leastTotals` leaves the smaller ones out. */
export function drawSurvey(chance: Chance, n: number, leastTotals = 0): Survey {
  const allowed = sizes.filter(([, totals]) => totals >= leastTotals);
  const [placeCount, totalCount] = allowed[n % allowed.length] ?? [1, 0];
  const draw = (low: number, high: number, ...words: (string | number)[]) =>
    low + Math.floor(chance('survey', n, ...words) * (high - low + 1));
  const register = new Map(
    names.map((name): [string, Distance] => [
      name,
      { amount: draw(3, 80, name), unit: chance('unit', n, name) < 0.6 ? 'km' : 'mi' },
    ]),
  );
  const totals = Array.from({ length: totalCount }, (_, at): Total => {
    const first = 2 * at + 1;
    // Every place is used; the last totals use some again.
    const a = first <= placeCount ? first : draw(1, placeCount - 1, 'a', at);
    const b = first + 1 <= placeCount ? first + 1 : (a % placeCount) + 1;
    return { label: `t${at + 1}`, verb: chance('verb', n, at) < 0.6 ? 'Add' : 'Subtract', of: [a, b] };
  });
  return { register, places: shuffle(names, chance, 'place', n).slice(0, placeCount), totals };
}

export function tellTask({ places, totals }: Survey): string {
  const distance = (place: number) => `the distance to ${places[place - 1]}`;
  const asked =
    totals.length === 0
      ? [`m1: ${distance(1)}.`]
      : totals.map(
          ({ label, verb, of: [a, b] }) => `${label}: ${distance(a)} ${verb === 'Add' ? 'plus' : 'minus'} ${distance(b)}.`,
        );
  return `Report in meters. ${asked.join(' ')}`;
}

/** What the report has to hold, by label, in meters. */
export function rightValues({ register, places, totals }: Survey): Map<string, number> {
  const meters = (place: number): number => {
    const { amount, unit } = register.get(places[place - 1] ?? '') ?? { amount: 0, unit: 'km' };
    return amount * metersPer[unit];
  };
  if (totals.length === 0) return new Map([['m1', meters(1)]]);
  return new Map(
    totals.map(({ label, verb, of: [a, b] }) => [label, verb === 'Add' ? meters(a) + meters(b) : meters(a) - meters(b)]),
  );
}

/** What a planner's draft may be: defects are put into it before anybody has looked at it. */
export interface Draft {
  subtasks: Subtask[];
  deliverable: string;
}

/** A right plan. `suffix` sets the ids of a later draft apart. */
export function writeRightPlan({ register, places, totals }: Survey, suffix = ''): Draft {
  const id = (name: string) => `${name}${suffix}`;
  const reported = totals.length === 0 ? ['m1'] : totals.map(({ label }) => label);
  const results = totals.length === 0 ? [id('convert-1')] : totals.map(({ label }) => id(`total-${label}`));
  const finds = places.map(
    (place, at): Subtask => ({
      id: id(`find-${at + 1}`),
      role: 'surveyor',
      instruction: `Look up d${at + 1}: the distance to ${place}.`,
      dependsOn: [],
    }),
  );
  const conversions = places.map((place, at): Subtask => {
    const unit = register.get(place)?.unit ?? 'km';
    return {
      id: id(`convert-${at + 1}`),
      role: 'converter',
      instruction: `Convert d${at + 1} from ${unit} to meters, as m${at + 1}.`,
      dependsOn: [id(`find-${at + 1}`)],
      assumes: [`d${at + 1} is in ${unit}.`],
    };
  });
  const additions = totals.map(
    ({ label, verb, of: [a, b] }): Subtask => ({
      id: id(`total-${label}`),
      role: 'calculator',
      instruction: `${verb} m${a} and m${b}, as ${label}.`,
      dependsOn: [id(`convert-${a}`), id(`convert-${b}`)],
    }),
  );
  const list = reported.join(', ');
  const check = { id: id('check'), role: 'critic', instruction: `Check ${list} against the task.`, dependsOn: results };
  const report = { id: id('report'), role: 'writer', instruction: `Report ${list}.`, dependsOn: [...results, id('check')] };
  return { subtasks: [...finds, ...conversions, ...additions, check, report], deliverable: id('report') };
}
