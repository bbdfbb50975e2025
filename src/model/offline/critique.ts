/**
 * The critic's work: every citation of the results it was given is read again in its file, and confirmed or rejected by
 * what stands there, not by the quote it was handed.
 */
import { standsIn } from '../../verify/quotes.ts';
import type { Citation } from './citations.ts';
import { formatPlace } from './citations.ts';
import { readFindings } from './read-findings.ts';
import { ReadLines } from './read-lines.ts';
import type { PromptReading } from './read-prompt.ts';
import type { Dependency } from './read-sections.ts';
import type { Reply } from './reply.ts';
import { textReply } from './reply.ts';
import { namesOnlyMaterial, sameTerm, termsOf } from './words.ts';

interface Claim {
  citation: Citation;
  /** The question that the citation is given for. */
  part: string;
}

const maxCallsPerStep = 20;
/** A list item or a table row is about what stands above it. */
const contextLines = 8;

export function critique(dependencies: Dependency[], reading: PromptReading, canCall: boolean): Reply {
  const claims = claimsOf(dependencies);
  const read = new ReadLines(reading.exchanges);
  const unread = claims.filter(({ citation }) => !read.wasAsked(citation.path, contextStart(citation), citation.to));
  if (canCall && unread.length > 0) {
    const calls = unread.slice(0, maxCallsPerStep).map(({ citation }) => ({
      toolName: 'files_read',
      input: { path: citation.path, from: contextStart(citation), to: citation.to },
    }));
    return { kind: 'tool-calls', calls };
  }
  return textReply(report(claims, read));
}

function report(claims: Claim[], read: ReadLines): string {
  if (claims.length === 0) return 'Checked 0 citations: nothing to confirm.';
  const lines: string[] = [];
  let confirmed = 0;
  for (const claim of claims) {
    const objection = objectionTo(claim, read);
    if (objection === undefined) confirmed += 1;
    const at = formatPlace(claim.citation);
    lines.push(objection === undefined ? `- confirmed ${at}` : `- rejected ${at}: ${objection}`);
  }
  const rejected = claims.length - confirmed;
  return [...lines, `Checked ${claims.length} citations: ${confirmed} confirmed, ${rejected} rejected.`].join('\n');
}

function objectionTo({ citation, part }: Claim, read: ReadLines): string | undefined {
  const { path, from, to, quote } = citation;
  const cited = read.lines(path, from, to);
  if (cited.length === 0) {
    if (!read.wasAsked(path, contextStart(citation), to)) return 'it was not read again';
    const error = read.error(path);
    return error === undefined
      ? 'there is no such line'
      : `the file could not be read (${error.replace(/\s+/g, ' ').slice(0, 200)})`;
  }
  if (quote === '') return 'it quotes nothing';
  if (
    !standsIn(
      quote,
      cited.map((line) => line.text),
    )
  )
    return 'the quote does not stand there';
  if (part === '' || namesOnlyMaterial(part)) return undefined;
  const context = read.lines(path, contextStart(citation), to).map((line) => line.text);
  const found = termsOf([path, ...context].join('\n').slice(0, 20_000));
  const about = termsOf(part).some((term) => found.some((other) => sameTerm(term, other)));
  return about ? undefined : 'the quote has no word of the question in common';
}

/** Each quote at each place once, in order. */
function claimsOf(dependencies: Dependency[]): Claim[] {
  const claims = new Map<string, Claim>();
  for (const dependency of dependencies) {
    for (const section of readFindings(dependency.text).sections) {
      for (const citation of section.statements.flatMap((statement) => statement.citations)) {
        const key = `${formatPlace(citation)} ${citation.quote}`;
        if (!claims.has(key)) claims.set(key, { citation, part: section.part });
      }
    }
  }
  return [...claims.values()];
}

function contextStart({ from }: Citation): number {
  return Math.max(1, from - contextLines);
}
