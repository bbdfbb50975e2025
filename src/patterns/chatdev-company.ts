/** ChatDev's company: its phases, and for each the two who talk. */
import type { TeamDefinition } from '../team/team-definition.ts';
import type { Phase } from './chatdev.ts';
import { instructorSchema } from './dialogue.ts';
import { formOf } from './read-answer.ts';

export const chatdevPhases: Phase[] = [
  {
    name: 'demand-analysis',
    does: 'decide what the product is: its form, whom it is for, what it does and what it leaves out.',
  },
  { name: 'language', does: 'choose the programming language and what it is run with, and say why.' },
  {
    name: 'coding',
    from: ['demand-analysis', 'language'],
    does: 'write the program into files, whole. The solution names the files and says how it is run.',
  },
  {
    name: 'completion',
    from: ['demand-analysis', 'coding'],
    does: 'find what is missing in the files (placeholders, empty functions, demands not met) and write it.',
  },
  {
    name: 'review',
    from: ['demand-analysis', 'completion'],
    does: 'review the files for mistakes and mend them. The solution says what was changed.',
  },
  {
    name: 'test',
    from: ['demand-analysis', 'review'],
    does: 'run the program and its tests, and mend what fails. The solution says what was run and what came out.',
  },
  {
    name: 'manual',
    from: ['demand-analysis', 'test'],
    does: 'write the manual for its users: what it is, how it is installed, run and used.',
  },
];

const personas = {
  ceo: 'You are the chief executive: you decide what is wanted and why.',
  cpo: 'You are the chief product officer: you know users and say what serves them.',
  cto: 'You are the chief technology officer: you decide how it is built.',
  programmer: 'You are the programmer: you write complete, working code into files with your tools.',
  reviewer: 'You are the code reviewer: you read the files and name mistakes that you can show.',
  tester: 'You are the tester: you run the program and go by what it printed.',
} as const;
type Persona = keyof typeof personas;

const personaTools: Readonly<Record<Persona, string[]>> = {
  ceo: ['files'],
  cpo: ['files', 'workspace'],
  cto: ['files'],
  programmer: ['files', 'workspace', 'run_program'],
  reviewer: ['files'],
  tester: ['files', 'run_program'],
};

/** The team of a phase. `opens`: of a phase about work that is there already, the instructor. */
function pair(instructor: Persona, assistant: Persona, opens: 'assistant' | 'instructor' = 'assistant') {
  return {
    name: `${instructor}-${assistant}`,
    description: `${instructor} and ${assistant}.`,
    roles: {
      [instructor]: {
        description: 'Says what is wanted, answers questions, judges solutions.',
        instructions: `${personas[instructor]} You instruct the ${assistant}. Accept nothing that is not done.`,
        tools: personaTools[instructor],
        output: formOf(instructorSchema),
        purpose: 'manage',
      },
      [assistant]: {
        description: 'Gives the solution; asks first where something is not said.',
        instructions: `${personas[assistant]} The ${instructor} instructs you.`,
        tools: personaTools[assistant],
      },
      counselor: {
        description: 'Writes down what a dialogue came to.',
        instructions: 'You sum up: what was decided stands, what was left open you settle.',
        tools: personaTools[assistant],
        purpose: 'synthesize',
      },
    },
    pattern: { name: 'dialogue', instructor, assistant, reflector: 'counselor', opens },
  } satisfies TeamDefinition;
}

export const chatdevCompany = {
  name: 'chatdev',
  description: 'A software company of pairs: one dialogue a phase, from the demand to the manual.',
  workspace: {},
  roles: {
    'demand-analysis': { description: 'What the product is.', team: pair('ceo', 'cpo') },
    language: { description: 'What it is written in.', team: pair('ceo', 'cto') },
    coding: { description: 'The first version.', team: pair('cto', 'programmer') },
    completion: { description: 'What is missing.', team: pair('cto', 'programmer') },
    review: { description: 'What is wrong.', team: pair('reviewer', 'programmer', 'instructor') },
    test: { description: 'What fails.', team: pair('tester', 'programmer', 'instructor') },
    manual: { description: 'How it is used.', team: pair('ceo', 'cpo') },
  },
} satisfies TeamDefinition;
