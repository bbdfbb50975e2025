/** The tasks of the study: migrations of one service or of several, in a drawn order with an exact mix. */
import { seededRandom } from 'planwright';
import { mix, servicesOfLarge } from './parameters.ts';

export const kinds = ['small', 'large'] as const;
export type MigrationKind = (typeof kinds)[number];

export interface Migration {
  /** `m0042` */
  id: string;
  /** The class of its task. */
  kind: MigrationKind;
  /** Of both kinds alike: from its form the gate can't tell which it is. */
  task: string;
}

export const migrationsOfMix = mix.small + mix.large;

export function servicesOf(kind: MigrationKind): number {
  return kind === 'small' ? 1 : servicesOfLarge;
}

/** Every five in a row hold the mix; where the large one stands is drawn. */
export function drawMigrations(count: number, seed: number): Migration[] {
  const random = seededRandom(seed);
  const migrations: Migration[] = [];
  while (migrations.length < count) {
    for (const kind of shuffle(random, mixOfKinds())) {
      const id = `m${String(migrations.length + 1).padStart(4, '0')}`;
      migrations.push({ id, kind, task: `Port migration ${id} to the new framework.` });
    }
  }
  return migrations.slice(0, count);
}

function mixOfKinds(): MigrationKind[] {
  return kinds.flatMap((kind) => Array.from({ length: mix[kind] }, () => kind));
}

function shuffle<Item>(random: { next(): number }, items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, place: random.next() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
