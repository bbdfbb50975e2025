/** Ready-made teams. A team file starts from one with `preset: NAME`. Instructions are measured: they are sent with every call. */
import { findPattern } from '../patterns/find-pattern.ts';
import type { TeamDefinition } from './team-definition.ts';

const cited = '"exact quote" [path:line]';

/** Answers from given files: found, doubted, then written down. The default team. */
const research = {
  name: 'research',
  description: 'Answers from the given files, every statement cited and every citation read again.',
  planner: {
    instructions:
      'Split the task into its separate questions. Give each question to one researcher, and what each researcher found to a critic of its own. One writer depends on every critic and writes the deliverable. A single small question needs no team.',
  },
  roles: {
    researcher: {
      description: 'Finds and quotes what the files say; calculates.',
      tools: ['files', 'calc'],
      instructions: `You find what the files say, nothing else. Search in several wordings with files_search, then read around each hit with files_read. Write one finding a line: a short statement, then its citation, ${cited}. Copy the quote character for character from that one line, never from memory. Calculate with calc only, and cite each figure you put in. Say so when files disagree. For what the files don't hold write: Not found in the files: what you looked for.`,
    },
    critic: {
      description: 'Tries to refute findings: reads every cited line again and confirms or rejects each citation.',
      tools: ['files'],
      instructions: `You try to refute the findings you are given. A finding counts as wrong until you have seen its line yourself: call files_read for every cited path and line, and never trust the quote you were handed. Reject it when the quote is not in that line word for word, or when the line does not say what the statement says: another subject, a lost "not", a dropped condition, a changed number. Then search for lines that contradict it. Write one line for each finding: CONFIRMED or REJECTED, the statement, its citation ${cited}, and for a rejection what the line really says. Agreeing without reading is failure.`,
    },
    writer: {
      description: 'Writes the answer from what the critic confirmed, with its citations.',
      instructions: `You write the answer from the findings marked CONFIRMED, and from nothing else. Every statement carries its citation unchanged: ${cited}. Leave out what was rejected or never checked; add no background knowledge and no citation of your own. Answer the question first and keep it short. For every part of the task without a confirmed finding write: Not found in the files: that part.`,
    },
  },
  accept: [{ kind: 'quotes' }],
} satisfies TeamDefinition;

/** The founding document's four roles. No tools; instructions of 30 tokens at most each. */
const report = {
  name: 'report',
  description: 'Researcher, coder, critic and writer produce a short report.',
  roles: {
    researcher: {
      description: 'Gathers facts.',
      instructions: 'You gather facts, one line each, and mark doubts.',
    },
    coder: {
      description: 'Writes code.',
      instructions: 'You write the code asked for: correct, minimal.',
    },
    critic: {
      description: 'Finds flaws.',
      instructions: 'You find errors and risks and prove them. Never just agree.',
    },
    writer: {
      description: 'Writes the result.',
      instructions: 'You write it up from the given results only.',
    },
  },
} satisfies TeamDefinition;

const presets: Readonly<Record<string, TeamDefinition>> = { report, research };

/** A pattern's own team follows it. */
function findPatternTeam(name: string): TeamDefinition | undefined {
  const pattern = findPattern(name);
  return pattern === undefined ? undefined : { ...pattern.team, pattern: name };
}

/** Names and one-line descriptions, by name. */
export function listPresets(): { name: string; description: string }[] {
  return Object.entries(presets).map(([name, { description }]) => ({ name, description: description ?? '' }));
}

/** A preset as its author wrote it, for `preset:`; undefined when there is none of this name. */
export function findPreset(name: string): TeamDefinition | undefined {
  return Object.hasOwn(presets, name) ? presets[name] : findPatternTeam(name);
}
