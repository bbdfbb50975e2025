/**
 * Map-reduce: a splitter answers with a list of parts, one subtask does each of them, a reducer puts their results together. The
 * list is read before anything runs over it, so that one that is none, or too long, goes back to the splitter.
 */
import { z } from 'zod';
import { parseJson } from '../handoff/digest.ts';
import type { Json } from '../json.ts';
import { definePattern, type Growth, type GrowthView } from './pattern.ts';
import { formOf, readAnswer } from './read-answer.ts';

const options = z.strictObject({
  splitter: z.string().default('splitter'),
  mapper: z.string().default('mapper'),
  reducer: z.string().default('reducer'),
  /** The most parts. */
  parts: z.int().min(1).max(1000).default(50),
});
type Options = z.infer<typeof options>;

const part = z.union([z.string().min(1), z.record(z.string(), z.json())]);
/** What is asked for. */
const formSchema = z.object({ parts: z.array(z.string().min(1)) });

/** A splitter of one's own may answer with the bare list. */
function answerSchema(most: number) {
  const parts = z
    .array(part)
    .min(1, { error: 'The list is empty. What can’t be split is one part.' })
    .max(most, { error: `At most ${most} parts are allowed. Make larger ones.` });
  return z.preprocess((value) => (Array.isArray(value) ? { parts: value } : value), z.object({ parts }));
}

function isBareList(output: Json): boolean {
  return Array.isArray(typeof output === 'string' ? parseJson(output) : output);
}

function fanOut({ subtask, output, task, options: { mapper, reducer, parts } }: GrowthView<Options>): Growth {
  readAnswer(output, answerSchema(parts), subtask.role);
  return {
    add: [
      {
        id: 'part',
        role: mapper,
        instruction: 'Do this part of the task, and nothing beyond it.',
        dependsOn: [subtask.id],
        map: { over: subtask.id, ...(isBareList(output) ? {} : { path: 'parts' }), max: parts },
      },
      {
        id: 'whole',
        role: reducer,
        instruction: `${task}\n\nIts parts were done by others; their results are in the order of the parts. Put them together into the answer to the whole.`,
        dependsOn: ['part'],
      },
    ],
    deliverable: 'whole',
  };
}

export const mapReduce = definePattern<Options>({
  name: 'map-reduce',
  summary: 'A splitter lists the parts, one subtask does each of them, and a reducer puts the results together.',
  source: 'Dean and Ghemawat 2004, MapReduce',
  calls: '1 + parts + 1',
  options,
  team: {
    name: 'map-reduce',
    description: 'A splitter, mappers and a reducer.',
    roles: {
      splitter: {
        description: 'Splits a task into parts that stand alone.',
        instructions:
          'You split tasks into parts that others do without knowledge of each other: each says all that is needed to do it. You do none of it yourself.',
        tools: ['files'],
        output: formOf(formSchema),
        purpose: 'plan',
      },
      mapper: {
        description: 'Does one part.',
        instructions: 'You do the part that you are given, whole and to the point.',
        tools: ['files', 'calc'],
      },
      reducer: {
        description: 'Puts the results of all parts together.',
        instructions: 'You put results together from what you are given only. Say where they disagree and what is missing.',
        purpose: 'synthesize',
      },
    },
  },
  roles: ({ splitter, mapper, reducer }) => [splitter, mapper, reducer],
  plan: ({ task, options: { splitter, parts } }) => ({
    subtasks: [
      {
        id: 'split',
        role: splitter,
        instruction: `Split this task into at most ${parts} parts that can be done at the same time; what can't be split is one part.\n\n${task}`,
        dependsOn: [],
        grow: true,
      },
    ],
  }),
  grow: fanOut,
});
