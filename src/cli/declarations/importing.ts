/** `planwright import …`: what was written for other systems. */
import { Option } from 'commander';
import { collectTexts } from '../option-values.ts';
import type { Declaring } from './declaring.ts';

export function declareImporting({ io, add, done }: Declaring): void {
  const parent = add('import', 'turn what was written for another system into plan and team files', [
    `printf '1. search("Oslo")\\n2. math("twice $1")\\n3. join()\\n' | planwright import plan - --dialect llmcompiler`,
  ]).action((_flags, command) => command.error('Say what: planwright import plan FILE, or planwright import crewai DIR.'));

  add(
    'plan <file>',
    'a plan’s text as a plan file; `-` reads stdin, a .jsonl file holds one text a line and gives one line each',
    [
      `printf 'Plan: Look it up.\\n#E1 = Wikipedia[Milhouse]\\n#E2 = LLM[Who is he named after? #E1]\\n' > plan.txt && planwright import plan plan.txt --dialect rewoo`,
      `printf '{"question":"Any small spheres?","decomposition":"return spheres ;return #1 that are small"}\\n' > plans.jsonl && planwright import plan plans.jsonl --dialect qdmr`,
    ],
    parent,
  )
    .addOption(
      new Option('--dialect <name>', 'how it is written; a line of a .jsonl file may name its own').choices([
        'rewoo',
        'llmcompiler',
        'qdmr',
      ]),
    )
    .option('--task <text>', 'the plan’s task (default: a line’s question, or a sentence that names the dialect)')
    .option('--role <name>', 'the role of every step (default: its tool’s name)')
    .addOption(new Option('--json', 'as JSON').conflicts('yaml'))
    .option('--yaml', 'as YAML (the default of a single plan)')
    .action(async (file: string, flags) =>
      done(await (await import('../commands/import-plan.ts')).runImportPlan(io, file, flags)),
    );

  add(
    'crewai <dir>',
    'agents.yaml and tasks.yaml of a CrewAI crew as a team file and a plan; what stands only in its Python is reported',
    [
      `printf 'writer:\\n  role: Writer\\n  goal: Write about {topic}\\n  backstory: You write.\\n' > agents.yaml && printf 'report:\\n  description: Write about {topic}.\\n  expected_output: A report.\\n  agent: writer\\n' > tasks.yaml && planwright import crewai . --input topic=tides --out crew && planwright run --team crew/team.yaml --plan crew/plan.yaml`,
    ],
    parent,
  )
    .option('--out <folder>', 'write team.yaml and plan.yaml there')
    .addOption(
      new Option('--process <name>', 'as the crew’s Python says it; hierarchical adds a manager').choices([
        'sequential',
        'hierarchical',
      ]),
    )
    .option('--manager <agent>', 'with --process hierarchical: the agent that manages (default: one that is made)')
    .option('--input <name=value>', 'fill a {placeholder}; may be given several times', collectTexts)
    .option(
      '--assign <task=agent>',
      'who does a task whose agent stands only in Python; may be given several times',
      collectTexts,
    )
    .option('--model <spec>', 'the model of every role, in place of what its agent’s llm says')
    .option('--json', 'print what was found as JSON')
    .action(async (dir: string, flags) =>
      done(await (await import('../commands/import-crewai.ts')).runImportCrewai(io, dir, flags)),
    );
}
