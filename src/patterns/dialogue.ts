/**
 * Dialogue: an instructor and an assistant, in turns, until both agree on the assistant's solution or the turns are used up. The
 * assistant asks before it answers where something is not said (ChatDev's communicative dehallucination).
 *
 * `answer-N` is what the assistant says; `reply-N` follows a question, `review-N` a solution. Only the last solution goes out, or
 * `conclusion`, where somebody who has read the dialogue writes down what it came to (self-reflection).
 */
import { z } from 'zod';
import { PlanwrightError } from '../errors.ts';
import type { Subtask } from '../plan/plan.ts';
import { definePattern, type Growth, type GrowthView, type PatternPlan, type PatternTask } from './pattern.ts';
import { formOf, readAnswer } from './read-answer.ts';

const options = z.strictObject({
  instructor: z.string().default('instructor'),
  assistant: z.string().default('assistant'),
  /** Writes the conclusion. Not needed with `reflect: never`. */
  reflector: z.string().default('reflector'),
  /** Who speaks first. The instructor's first word costs a call, and finds what is wrong with work that is there already. */
  opens: z.enum(['assistant', 'instructor']).default('assistant'),
  /** Solutions of the assistant. */
  turns: z.int().min(1).max(20).default(3),
  /** Of the assistant to the instructor, in the whole dialogue. */
  questions: z.int().min(0).max(20).default(3),
  /** `unsettled`: a conclusion only when they have not agreed. */
  reflect: z.enum(['unsettled', 'always', 'never']).default('unsettled'),
});
type Options = z.infer<typeof options>;

export const instructorSchema = z.object({
  /** Only of a solution. */
  agreed: z.boolean(),
  /** The instruction, the reply, or what has to change. */
  says: z.string(),
});

const opening = 'opening';
const conclusion = 'conclusion';
const answerId = (n: number): string => `answer-${n}`;
const replyId = (n: number): string => `reply-${n}`;
const reviewId = (n: number): string => `review-${n}`;

/** A question by its first word, whatever marks stand before it. */
const questionMark = /^[\s*_#>`-]*QUESTION\b/;

/** What has been said, by the ids that are there: each number is an answer's. */
interface Said {
  opening: string[];
  asked: number[];
  solved: number[];
}

const nothing: Said = { opening: [], asked: [], solved: [] };

function listen(ids: ReadonlySet<string>): Said {
  const numbers = [...ids].flatMap((id) => (id.startsWith('answer-') ? [Number(id.slice('answer-'.length))] : []));
  return {
    opening: ids.has(opening) ? [opening] : [],
    asked: numbers.filter((n) => ids.has(replyId(n))),
    solved: numbers.filter((n) => ids.has(reviewId(n))),
  };
}

/** What a speaker builds on: the opening, what has been asked, and the last solution with what was said of it. */
function recall(said: Said): string[] {
  const last = said.solved.at(-1);
  return [
    ...said.opening,
    ...said.asked.flatMap((n) => [answerId(n), replyId(n)]),
    ...(last === undefined ? [] : [answerId(last), reviewId(last)]),
  ];
}

function answer(n: number, said: Said, { task, options: given }: PatternTask<Options>): Subtask {
  const last = said.solved.at(-1);
  const work =
    last === undefined
      ? ''
      : ` Your last solution is "${answerId(last)}", and "${reviewId(last)}" says what has to change: mend that and keep what is right.`;
  const asks = said.asked.length < given.questions;
  const how = asks
    ? 'Do not guess what you have not been told: when you need to know something first, answer "QUESTION:" and one question, and nothing else. Otherwise give'
    : 'Give';
  return {
    id: answerId(n),
    role: given.assistant,
    instruction: `${task}\n\n${how} the whole solution and nothing beside it.${work}`,
    dependsOn: recall(said),
    grow: true,
  };
}

function ask(id: string, instruction: string, dependsOn: string[], { team, options: given }: PatternTask<Options>): Subtask {
  // A role that declares the form of its answers is asked for it anyway.
  const form =
    team.roles[given.instructor]?.output === undefined ? ' Answer with JSON: {"agreed": true or false, "says": "…"}' : '';
  return { id, role: given.instructor, instruction: `${instruction}${form}`, dependsOn };
}

function begin(planning: PatternTask<Options>): PatternPlan {
  const { task, options: given } = planning;
  if (given.opens === 'assistant') return { subtasks: [answer(1, nothing, planning)] };
  const first = ask(
    opening,
    `${task}\n\nSay in "says" what is to be done, or what of the work that is there has to change and why. "agreed" is false.`,
    [],
    planning,
  );
  return { subtasks: [first, answer(1, { ...nothing, opening: [opening] }, planning)] };
}

function goOn(view: GrowthView<Options>): Growth {
  const { subtask } = view;
  const n = Number(subtask.id.slice(subtask.id.indexOf('-') + 1));
  return subtask.id === reviewId(n) ? afterReview(n, view) : afterAnswer(n, view);
}

function afterAnswer(n: number, view: GrowthView<Options>): Growth {
  const { task, output, ids, options: given } = view;
  const said = listen(ids);
  const dependsOn = [...recall(said), answerId(n)];
  if (typeof output === 'string' && questionMark.test(output)) {
    if (said.asked.length >= given.questions) {
      const message = 'No question is left: answer with the solution, and say in it what you assumed.';
      throw new PlanwrightError('growth-refused', message);
    }
    const reply = ask(
      replyId(n),
      `${task}\n\n"${answerId(n)}" is a question: answer it in "says", exactly and for good. "agreed" is false.`,
      dependsOn,
      view,
    );
    return { add: [reply, answer(n + 1, { ...said, asked: [...said.asked, n] }, view)] };
  }
  // Nobody would read what is said of the last one.
  if (said.solved.length + 1 >= given.turns && given.reflect !== 'unsettled') return close(n, said, view);
  const review = ask(
    reviewId(n),
    `${task}\n\nJudge the solution "${answerId(n)}". "agreed" only if nothing has to change; otherwise "says" is what has to, and why.`,
    dependsOn,
    view,
  );
  return { add: [{ ...review, grow: true }] };
}

function afterReview(n: number, view: GrowthView<Options>): Growth {
  const { output, subtask, ids, options: given } = view;
  const { agreed } = readAnswer(output, instructorSchema, subtask.role);
  const said = listen(ids);
  if (agreed && given.reflect !== 'always') return { add: [], deliverable: answerId(n) };
  if (agreed || said.solved.length >= given.turns) return close(n, said, view);
  return { add: [answer(n + 1, said, view)] };
}

/** After the last turn, or when all dialogues end so. */
function close(n: number, said: Said, { task, options: given }: GrowthView<Options>): Growth {
  if (given.reflect === 'never') return { add: [], deliverable: answerId(n) };
  const all = [...said.opening, ...said.asked.flatMap((k) => [answerId(k), replyId(k)])];
  const solutions = said.solved.flatMap((k) => [answerId(k), reviewId(k)]);
  const add: Subtask = {
    id: conclusion,
    role: given.reflector,
    instruction: `${task}\n\nYou have read a dialogue about this. Write the solution that it comes to: the last one, with what was still asked for mended. Nothing beside it.`,
    dependsOn: [...new Set([...all, ...solutions, answerId(n)])],
  };
  return { add: [add], deliverable: conclusion };
}

export const dialogue = definePattern<Options>({
  name: 'dialogue',
  summary:
    'An instructor and an assistant who asks before it answers, until they agree on its solution or the turns are used up.',
  source: 'Qian et al. 2023, ChatDev; Li et al. 2023, CAMEL',
  calls: '2 when the first solution is agreed on; 2 more for each question and each solution after it, and 1 for a conclusion',
  options,
  team: {
    name: 'dialogue',
    description: 'An instructor, an assistant, and who sums up when they do not agree.',
    roles: {
      instructor: {
        description: 'Says what is wanted, answers questions, judges solutions.',
        instructions: 'You instruct an assistant. Be exact; decide what was left open; accept nothing that is not done.',
        tools: ['files', 'calc'],
        output: formOf(instructorSchema),
        purpose: 'manage',
      },
      assistant: {
        description: 'Gives the solution; asks first where something is not said.',
        instructions: 'You do what you are instructed to do, whole and to the point.',
        tools: ['files', 'calc'],
      },
      reflector: {
        description: 'Writes down what a dialogue came to.',
        instructions: 'You sum up: what was decided stands, what was left open you settle.',
        purpose: 'synthesize',
      },
    },
  },
  roles: ({ instructor, assistant, reflector, reflect }) => [instructor, assistant, ...(reflect === 'never' ? [] : [reflector])],
  plan: begin,
  grow: goOn,
});
