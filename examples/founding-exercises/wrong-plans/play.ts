/** One run: a planner that makes a declared mistake, and the team that carries its plan out. */
import { defineTeam, type JournalEntry, MemoryStore, type RunResult, runTask } from 'planwright';
import { type ScriptedAnswer, type ScriptedModel, scriptedModel } from 'planwright/testing';
import { createChoose } from '../chance.ts';
import { type Asked, readPrompt, readSection } from '../read-prompt.ts';
import { type DefectKind, writeDraft } from './defects.ts';
import { execute, type World } from './executors.ts';
import { tellTask } from './survey.ts';

const number = (label: string, units: string) => ({ kind: 'predicate' as const, matches: `^${label}\\d+ = -?\\d+ ${units}$` });

/** Acceptance checks look at form alone: what they have to hold is known before any plan is. The ladder has its default limits. */
export const surveyTeam = defineTeam({
  name: 'survey',
  roles: {
    surveyor: { description: 'Looks distances up.', instructions: 'You are the surveyor.', accept: [number('d', '(km|mi)')] },
    converter: { description: 'Converts units.', instructions: 'You are the converter.', accept: [number('m', 'm')] },
    calculator: { description: 'Adds and subtracts.', instructions: 'You are the calculator.', accept: [number('t', 'm')] },
    critic: {
      description: 'Checks results against the task.',
      instructions: 'You are the critic.',
      accept: [{ kind: 'predicate', notMatches: '^REJECTED' }],
    },
    writer: {
      description: 'Writes the report.',
      instructions: 'You are the writer.',
      accept: [{ kind: 'predicate', matches: String.raw`^([mt]\d+ = -?\d+ m\n?)+$` }],
    },
  },
  generalist: {
    instructions: 'You are the generalist.',
    accept: [{ kind: 'predicate', notMatches: String.raw`\?|^REJECTED` }],
  },
});

export interface PlayedRun {
  result: RunResult;
  entries: JournalEntry[];
}

export async function play(kind: DefectKind, world: World): Promise<PlayedRun> {
  const store = new MemoryStore();
  const model = surveyModel(kind, world);
  const result = await runTask({ task: tellTask(world.survey), team: surveyTeam, strategy: 'team', model, store });
  return { result, entries: await store.readEvents(result.runId) };
}

function surveyModel(kind: DefectKind, world: World): ScriptedModel {
  return scriptedModel((request) => {
    const asked = readPrompt(request);
    return asked.schema === null ? act(asked, world) : plan(kind, asked, world);
  });
}

function act(asked: Asked, world: World): string | ScriptedAnswer {
  const done = execute(asked, world);
  if (typeof done === 'string') return done;
  const input = { assumption: done.contradicted, evidence: done.evidence };
  return { toolCalls: [{ name: 'report_contradiction', input }] };
}

/** The first draft has the defect; a later one, a revision too, is right with the declared probability or has it again. */
function plan(kind: DefectKind, { schema, user }: Asked, { survey, chance, rates, run }: World): string {
  const isFirst = schema === 'plan' && readSection(user, 'problems') === undefined;
  const suffix = schema === 'revision' ? findSuffix(readSection(user, 'used_ids') ?? '') : '';
  const isRight = !isFirst && chance('again', run, schema ?? '', suffix) < rates.rightAgain;
  return JSON.stringify(writeDraft(isRight ? 'none' : kind, survey, createChoose(chance, 'defect', run), suffix));
}

/** A revision makes all of it anew, under ids that were not used yet. */
function findSuffix(usedIds: string): string {
  let epoch = 1;
  while (usedIds.includes(`-r${epoch}`)) epoch += 1;
  return `-r${epoch}`;
}
