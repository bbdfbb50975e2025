/** The software company of MetaGPT: its documents, who writes them, and what form each has. */
import { z } from 'zod';
import type { TeamDefinition } from '../team/team-definition.ts';
import { type PoolMember, requirement } from './document-pool.ts';
import { formOf } from './read-answer.ts';

const texts = z.array(z.string());

const prd = z.looseObject({
  goals: texts,
  userStories: texts,
  requirements: z.array(z.looseObject({ id: z.string(), text: z.string(), priority: z.enum(['P0', 'P1', 'P2']) })).min(1),
  unclear: texts,
});

const design = z.looseObject({
  approach: z.string(),
  files: z.array(z.looseObject({ path: z.string(), holds: z.string() })).min(1),
  interfaces: texts,
  flow: z.string(),
});

const tasks = z.looseObject({
  tasks: z.array(z.looseObject({ file: z.string(), does: z.string(), after: texts })).min(1),
  shared: z.string(),
});

const code = z.looseObject({ summary: z.string(), files: texts.min(1), run: z.string() });

const tests = z.looseObject({ summary: z.string(), files: texts.min(1), covers: texts });

export const softwarePool: PoolMember[] = [
  {
    role: 'product-manager',
    watches: [requirement],
    produces: 'PRD',
    does: 'Write the product requirements: goals, user stories, requirements by priority, and what is unclear.',
  },
  {
    role: 'architect',
    watches: [requirement, 'PRD'],
    produces: 'Design',
    does: 'Design it: the approach, the files, their interfaces with signatures, and the flow of calls.',
  },
  {
    role: 'project-manager',
    watches: ['PRD', 'Design'],
    produces: 'Tasks',
    does: 'List the work file by file, in the order in which it can be done, and what all files share.',
  },
  {
    role: 'engineer',
    watches: [requirement, 'Design', 'Tasks'],
    produces: 'Code',
    does: 'Write all the files of the design, whole: no gaps, no placeholders. Say how it is run.',
  },
  {
    role: 'qa',
    watches: [requirement, 'PRD', 'Code'],
    produces: 'Tests',
    does: 'Write tests of the code for every requirement, with edge cases, as files that the test runner finds. They state what the requirement asks for, not what the code does.',
  },
];

export const softwareCompany = {
  name: 'metagpt',
  description: 'A software company: requirements, design, tasks, code and tests, one document after the other.',
  workspace: {},
  roles: {
    'product-manager': {
      description: 'Writes the product requirements.',
      instructions: 'You are the product manager. You say what is to be built and for whom; each requirement can be tested.',
      tools: ['files'],
      output: formOf(prd),
    },
    architect: {
      description: 'Designs files and interfaces.',
      instructions: 'You are the architect. You design the simplest thing that meets the requirements, with exact names.',
      tools: ['files'],
      output: formOf(design),
    },
    'project-manager': {
      description: 'Breaks a design down into tasks.',
      instructions: 'You are the project manager. You break the design down into tasks; nothing of it is left out.',
      output: formOf(tasks),
      purpose: 'plan',
    },
    engineer: {
      description: 'Writes and mends the code.',
      instructions:
        'You are the engineer. You write code into files with your tools, by the names and interfaces of the design, and try it before you answer.',
      tools: ['workspace', 'files', 'run_program'],
      output: formOf(code),
      fallback: ['qa'],
    },
    qa: {
      description: 'Writes tests of the code.',
      instructions: 'You are the QA engineer. You write tests into files with your tools. A test that cannot fail is worthless.',
      tools: ['workspace', 'files', 'run_program'],
      output: formOf(tests),
      purpose: 'verify',
    },
    runner: { description: 'Runs the tests; no model.', tool: 'run_program' },
  },
  limits: { retries: 2, reroutes: 1 },
} satisfies TeamDefinition;
