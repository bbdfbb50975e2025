/**
 * What the quotes check sees, and what it can't: known defects in a cited report, judged by the check.
 *
 *   node --conditions=planwright:source examples/calibration/quotes.ts
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import {
  type CalibrationTable,
  calibrateCheck,
  checkQuotes,
  documentLineReader,
  type KnownWork,
  openDocumentFolder,
  seedDefects,
  seededRandom,
  type Verdict,
} from 'planwright';

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
/** Mutants of each kind, where the report has so many places. */
const perKind = 7;

/** The report, which is right, and its mutants. */
export async function seedReport(): Promise<KnownWork[]> {
  const text = await readFile(here('report.md'), 'utf8');
  const instruction = 'Say what it costs to keep the bridge, with citations.';
  const mutants = seedDefects(text, { random: seededRandom(1), perKind });
  return [
    { id: 'report', truth: 'good', instruction, text },
    ...mutants.map(({ kind, text: mutant, line }): KnownWork => {
      return { id: `${kind} in line ${line}`, truth: 'bad', kind, instruction, text: mutant };
    }),
  ];
}

/** The check takes no model, and sees only whether quotes stand where they are said to. */
export async function calibrateQuotes(works: readonly KnownWork[]): Promise<CalibrationTable> {
  const readLines = documentLineReader(await openDocumentFolder(here('documents')));
  const check = async ({ text }: { text: string }): Promise<Verdict> => {
    const { failed, checked } = await checkQuotes(text, readLines, { min: 1 });
    const reason = failed.map((citation) => citation.reason).join('\n');
    const evidence = [{ check: 'quotes', passed: failed.length === 0, detail: reason || `${checked.length} citations stand.` }];
    return failed.length === 0 ? { kind: 'accepted', evidence } : { kind: 'rejected', reason, evidence };
  };
  return (await calibrateCheck({ works, check })).table;
}

/** `| changed-number | 7 | 7 | 0.0 % (0.0 to 41.0) |` */
export function tellKinds({ byKind }: CalibrationTable): string[] {
  return Object.entries(byKind).map(
    ([
      kind,
      {
        bad,
        falseAccept: { rate, low, high },
      },
    ]) => {
      const share = `${percent(rate ?? Number.NaN)} % (${percent(low)} to ${percent(high)})`;
      return `| ${kind} | ${bad.n} | ${bad.rejected} | ${share} |`;
    },
  );
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}

if (import.meta.main) {
  const table = await calibrateQuotes(await seedReport());
  console.log(`The report itself: ${table.good.accepted} of ${table.good.n} accepted.`);
  console.log(['| kind | mutants | rejected | false accepts |', '|---|---|---|---|', ...tellKinds(table)].join('\n'));
}
