import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type CrewNote,
  type CrewProcess,
  type ImportedCrew,
  importCrew,
  loadCrewFiles,
  PlanwrightError,
  renderTeamDefinition,
  renderYaml,
} from '../../index.ts';
import { exitCodes } from '../exit-code.ts';
import { formatNumber } from '../figures.ts';
import type { CliIo } from '../io.ts';
import { parsePairs } from '../named-values.ts';
import { printJson } from '../tell-run.ts';
import { stripControls } from '../terminal-text.ts';

export interface ImportCrewaiFlags {
  out?: string;
  process?: CrewProcess;
  manager?: string;
  input?: string[];
  assign?: string[];
  model?: string;
  json?: boolean;
}

export async function runImportCrewai(io: CliIo, folder: string, flags: ImportCrewaiFlags): Promise<number> {
  const { out, process, manager, model } = flags;
  const imported = importCrew(loadCrewFiles(folder), {
    inputs: parsePairs('--input', flags.input),
    assign: parsePairs('--assign', flags.assign),
    ...(process === undefined ? {} : { process }),
    ...(manager === undefined ? {} : { manager }),
    ...(model === undefined ? {} : { model }),
  });
  const written = out === undefined ? undefined : writeFiles(out, imported);
  if (flags.json === true) await printJson(io, { ...describe(imported), ...(written === undefined ? {} : { written }) });
  else await io.print(`${tell(imported, written).map(stripControls).join('\n')}\n`);
  return exitCodes.succeeded;
}

interface Written {
  team: string;
  plan: string;
}

/** @throws {PlanwrightError} `usage`: a file is there already, or can't be written. */
function writeFiles(folder: string, { definition, plan }: ImportedCrew): Written {
  const written = { team: join(folder, 'team.yaml'), plan: join(folder, 'plan.yaml') };
  const head = '# Imported from CrewAI by planwright import crewai.\n';
  for (const path of Object.values(written)) {
    if (existsSync(path))
      throw new PlanwrightError('usage', `${path} is there already. Give another folder, or remove it.`, {
        location: { file: path },
      });
  }
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(written.team, `${head}${renderTeamDefinition(definition)}`, { flag: 'wx' });
    writeFileSync(written.plan, `${head}${renderYaml(plan)}`, { flag: 'wx' });
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new PlanwrightError('usage', `Cannot write into ${folder}: ${reason}.`, { location: { file: folder }, cause: thrown });
  }
  return written;
}

/** What `--json` prints; docs/importing.md has the keys. */
function describe({ crew, plan, steps, manager, unresolved }: ImportedCrew) {
  // Of a sequential crew, where the role of a task that nobody is named for is in no team.
  const planned = new Map(plan.subtasks.map(({ id, role }) => [id, role]));
  const byName = new Map(steps.map((step) => [step.id, step]));
  return {
    process: crew.process,
    ...(manager === undefined ? {} : { manager }),
    agents: crew.agents.map(({ name, roleName, role, llm, model, tools }) => ({
      name,
      roleName,
      role,
      ...(llm === undefined ? {} : { llm }),
      ...(model === undefined ? {} : { model }),
      tools,
    })),
    tasks: crew.tasks.map(({ name, agent, context, outputFile, isAsync, asksPerson }) => ({
      name,
      agent,
      role: byName.get(name)?.role ?? planned.get(name) ?? null,
      context,
      dependsOn: byName.get(name)?.dependsOn,
      ...(outputFile === undefined ? {} : { outputFile }),
      async: isAsync,
      humanInput: asksPerson,
    })),
    contextEdges: crew.contextEdges,
    placeholders: crew.placeholders,
    unassigned: crew.tasks.filter(({ agent }) => agent === null).map(({ name }) => name),
    unresolved,
  };
}

function tell({ crew, unresolved, plan }: ImportedCrew, written: Written | undefined): string[] {
  const { agents, tasks, placeholders, contextEdges } = crew;
  const edges = contextEdges === 1 ? '1 context edge' : `${contextEdges} context edges`;
  const lines = [`${formatNumber(agents.length, 'agent')}, ${formatNumber(tasks.length, 'task')}, ${edges}`];
  if (placeholders.length > 0) lines.push(`inputs: ${placeholders.join(', ')}`);
  if (unresolved.length > 0)
    lines.push('not carried over as it is:', ...unresolved.map((note) => `  ${locate(note)} ${note.code} ${note.message}`));
  if (written === undefined) return [...lines, 'Nothing was written. Give --out FOLDER.'];
  const inputs = (plan.inputs ?? []).map((name) => ` --input ${name}=VALUE`).join('');
  return [...lines, `planwright run --team ${written.team} --plan ${written.plan}${inputs}`];
}

function locate({ file, line, column, path }: CrewNote): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  return [place, path].filter((part) => part !== '').join(' ');
}
