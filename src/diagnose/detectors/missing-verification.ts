/**
 * 3.2: nobody checked.
 *
 * 1. A result of a plan has no verdict, though checks were asked for.
 * 2. Code or a release was written by a tool, and no call after that runs, tests or reads anything; what was checked before its
 *    release is checked.
 * 3. The task or an agent's instructions ask for a check, and no act is one.
 * 4. Instructions name the tool of a check that is to be made each time, and it was never called.
 * 5. Whoever hands over or approves says itself that nothing was checked, and no call after that checks.
 * 6. All that was run is a compiler, and it is handed over as tested.
 * 7. An agent whose role is to check never spoke, or approved in a few words without a call and without naming anything of the work.
 */
import { detected, type Finding, nameSteps, quote } from '../finding.ts';
import { type LoggedCall, logCalls } from '../reading/call-log.ts';
import { approves, findAdmittedlyUnchecked, isCheckingCall, isVerifier } from '../reading/phrases.ts';
import { isReleasingTool, isWritingTool, splitToolName } from '../reading/tool-names.ts';
import { countCommon, countWords, listSentences, listSpecifics, wordSet } from '../reading/words.ts';
import { lastAct, listActs, type Trace, type TraceStep } from '../trace.ts';

const codePath =
  /\b[\w./-]+\.(?:py|m?[jt]sx?|c?js|java|go|rs|c|cc|cpp|h|rb|php|cs|swift|kt|sh|sql|css|html?|ya?ml|toml|json|tf|ipynb|scala|lua|r)\b/i;
const demand =
  /\b(?:(?:verify|validate|double[- ]check|cross[- ]check|proof-?read|sanity[- ]check)\b|(?:test|check|review) (?:it|that|them|your|this|all|every|each|whether|before)\b|run (?:the |all |your )?(?:unit |integration )?tests?\b|make sure (?:that )?(?:it|they|the|all|every)\b[^.\n]{0,60}\b(?:pass(?:es)?|works?|runs?|correct|compiles?|builds?)\b|must (?:be|have been) (?:tested|verified|checked|reviewed|validated)\b|with (?:unit )?tests\b)/i;

export function detectMissingVerification(trace: Trace): Finding[] {
  if (trace.work !== null) return findUnverifiedWork(trace);
  const last = lastAct(trace);
  if (last === undefined || last.calls.length > 0) return [];
  const found =
    findIdleVerifier(trace, last) ??
    findRubberStamp(trace) ??
    findUncheckedWrites(trace, last) ??
    findUncalledCheck(trace, last) ??
    findOnlyCompiled(trace) ??
    findAdmission(trace) ??
    findUnmetDemand(trace, last);
  return found === null ? [] : [found];
}

function findUnverifiedWork(trace: Trace): Finding[] {
  const work = trace.work ?? [];
  const open = work.filter(({ status, verdict }) => status === 'succeeded' && verdict === 'unverified');
  return open.map(({ id, agent, step, reason }) =>
    detected('3.2', {
      ...(step === null ? {} : { at: { agent, number: step } }),
      confidence: 0.85,
      evidence: `the result of subtask ${quote(id)} was used though its check came to no verdict${reason === '' ? '' : `: ${quote(reason)}`}`,
    }),
  );
}

/** Calls that check, and what an environment or another verifier says. */
function listChecks(trace: Trace, calls: readonly LoggedCall[]): { at: number; tool: string }[] {
  const checks = calls
    .filter(({ tool, input }) => isCheckingCall(tool, input) && !isWrite(tool, input))
    .map(({ at, tool }) => ({ at, tool }));
  for (const [at, step] of trace.steps.entries()) {
    if (step.kind === 'result' && /^\s*exit ?code:/i.test(step.text)) checks.push({ at, tool: step.agent });
    else if (step.kind === 'message' && verifies(trace, step) && !isStamp(trace, step)) checks.push({ at, tool: step.agent });
  }
  return checks;
}

function verifies(trace: Trace, { agent }: TraceStep): boolean {
  return isVerifier(agent, trace.agents.get(agent)?.instructions);
}

function isWrite(tool: string, input: string): boolean {
  return isReleasingTool(tool) || (isWritingTool(tool) && (codePath.test(input) || looksLikeCode(input)));
}

function looksLikeCode(input: string): boolean {
  return /\b(?:def|function|class|const|import|return|SELECT|CREATE TABLE)\b[\s\S]*[(){};:]/.test(input.slice(0, 4000));
}

function findUncheckedWrites(trace: Trace, last: TraceStep): Finding | null {
  const calls = logCalls(trace);
  const writes = calls.filter(({ tool, input, failed }) => !failed && isWrite(tool, input));
  const write = writes.at(-1);
  if (write === undefined) return null;
  const checks = listChecks(trace, calls);
  if (checks.some(({ at }) => at > write.at)) return null;
  const edited = writes.findLast(({ tool }) => !isReleasingTool(tool))?.at ?? -1;
  if (isReleasingTool(write.tool) && checks.some(({ at }) => at > edited)) return null;
  // Something checked the work before its last small change: that is incomplete, and less sure.
  const wasChecked = checks.some(({ at }) => at > (writes[0]?.at ?? 0));
  const wrote = writes.map(({ step }) => step.number);
  return detected('3.2', {
    at: last,
    confidence: wasChecked ? 0.55 : 0.75,
    evidence: `${write.step.agent} ${isReleasingTool(write.tool) ? 'released' : 'wrote'} by ${write.tool} at ${nameSteps(wrote)}, and no act until the end at step ${last.number} runs, tests or reads it: ${quote(last.text)}`,
  });
}

/** "Confirm with get_health before reporting", and no call of get_health, though others were made. */
function findUncalledCheck(trace: Trace, last: TraceStep): Finding | null {
  const calls = logCalls(trace);
  const called = new Set(calls.map(({ tool }) => tool));
  const tools = new Set([...(trace.tools ?? []), ...[...trace.agents.values()].flatMap(({ tools: own }) => own ?? [])]);
  if (called.size === 0) return null;
  const told = [...trace.agents.values(), ...trace.steps.filter(({ kind }) => kind === 'instruction')];
  for (const one of told.slice(0, 50)) {
    for (const sentence of listSentences('text' in one ? one.text : one.instructions)) {
      if (!checkingVerb.test(sentence) || !everyTime.test(sentence) || /\b(?:if|unless|may|can|could)\b/i.test(sentence))
        continue;
      const tool = [...tools].slice(0, 500).find((name) => name.length > 4 && /[_A-Z]/.test(name) && sentence.includes(name));
      if (tool === undefined || called.has(tool)) continue;
      return detected('3.2', {
        at: last,
        confidence: 0.75,
        evidence: `step ${last.number}: it ends without a call of ${tool}, and the instructions say ${quote(sentence)}`,
      });
    }
  }
  return null;
}

const checkingVerb = /\b(?:check|verify|confirm|validate|test|cross-check|make sure)\b/i;
const everyTime = /\b(?:before|after|each|every|always|must|first)\b/i;

const compiling =
  /\b(?:py_compile|compileall|node --check|node -c|javac|tsc|-fsyntax-only|syntax[- ]check|cargo check|go vet|php -l|bash -n|ruby -c)\b/i;
const running = /(?:^|_)(?:run|exec\w*|bash|shell|python3?|terminal|command|test\w*|compile|lint\w*|build)(?=$|_)/i;

function findOnlyCompiled(trace: Trace): Finding | null {
  const runs = logCalls(trace).filter(({ tool, input }) => !isWrite(tool, input) && running.test(splitToolName(tool)));
  const run = runs.at(-1);
  if (run === undefined || !runs.every(({ input }) => compiling.test(input)) || /\bcompil|\bsyntax/i.test(trace.task))
    return null;
  const at = trace.steps
    .slice(run.at + 1)
    .find(({ kind, text }) => kind === 'message' && /\b(?:pass\w*|tested|works?|correct|complete|fine)\b/i.test(text));
  if (at === undefined) return null;
  return detected('3.2', {
    at,
    confidence: 0.7,
    evidence: `step ${at.number}: ${at.agent} takes it as tested (${quote(at.text, 80)}), and all that was run is ${quote(run.input, 80)} at step ${run.step.number}`,
  });
}

function findAdmission(trace: Trace): Finding | null {
  const calls = logCalls(trace).filter(({ input }) => !compiling.test(input));
  const lastCheck = listChecks(trace, calls).reduce((last, { at, tool }) => (isVerifier(tool) ? last : Math.max(last, at)), -1);
  for (const step of trace.steps.slice(lastCheck + 1)) {
    if (step.kind !== 'message' || step.calls.length > 0) continue;
    const sentence = findAdmittedlyUnchecked(step.text);
    if (sentence === null) continue;
    return detected('3.2', {
      at: step,
      confidence: 0.65,
      evidence: `step ${step.number}: ${step.agent} says that nothing was checked, and no call after that checks: ${quote(sentence)}`,
    });
  }
  return null;
}

function findUnmetDemand(trace: Trace, last: TraceStep): Finding | null {
  const asked = listDemands(trace)[0];
  if (asked === undefined) return null;
  const calls = logCalls(trace);
  if (listChecks(trace, calls).length > 0) return null;
  if (listActs(trace).some(({ text }) => checksInText(text))) return null;
  return detected('3.2', {
    at: last,
    confidence: 0.7,
    evidence: `a check was asked for (${quote(asked, 100)}), and no act until step ${last.number} is one: ${quote(last.text, 100)}`,
  });
}

function listDemands(trace: Trace): string[] {
  const texts = [
    trace.task,
    ...trace.steps
      .filter(({ kind }) => kind === 'request')
      .slice(0, 3)
      .map(({ text }) => text),
  ];
  if (trace.layout === 'agentrx') return [];
  return texts.flatMap((text) =>
    text.split(/(?<=[.!?])\s+|\n+/).filter((sentence) => demand.test(sentence) && !/\?\s*$/.test(sentence)),
  );
}

/** Working that can be followed: a word for a check with at least two figures, quotes or names near it. */
function checksInText(text: string): boolean {
  const at = text.search(/\b(?:verif|check|validat|test|confirm|prov|substitut|plug)\w*/i);
  if (at < 0) return false;
  const near = text.slice(at, at + 600);
  return listSpecifics(near).size + (near.match(/\d/g)?.length ?? 0) + (near.match(/[=≈✓✔]/g)?.length ?? 0) * 2 >= 4;
}

function findIdleVerifier(trace: Trace, last: TraceStep): Finding | null {
  const spoke = new Set(listActs(trace).map(({ agent }) => agent));
  if (spoke.size === 0) return null;
  for (const [name, { instructions }] of trace.agents) {
    if (!isVerifier(name, instructions) || spoke.has(name)) continue;
    return detected('3.2', {
      at: last,
      confidence: 0.75,
      evidence: `${name} is there to check and never speaks; ${last.agent} ends it at step ${last.number}: ${quote(last.text, 100)}`,
    });
  }
  return null;
}

const stampWords = 30;

function findRubberStamp(trace: Trace): Finding | null {
  const own = Map.groupBy(
    listActs(trace).filter((step) => verifies(trace, step)),
    ({ agent }) => agent,
  );
  for (const [agent, steps] of own) {
    if (steps.some(({ calls }) => calls.length > 0)) continue;
    const stamp = steps.at(-1);
    if (stamp === undefined || !steps.every((step) => isStamp(trace, step))) continue;
    return detected('3.2', {
      at: stamp,
      confidence: 0.7,
      evidence: `step ${stamp.number}: ${agent} approves without a call and without naming anything of the work: ${quote(stamp.text)}`,
    });
  }
  return null;
}

/** Steps are in order of their numbers. */
function placeOf({ steps }: Trace, { number }: TraceStep): number {
  let [low, high] = [0, steps.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((steps[middle]?.number ?? 0) < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A short approval that shares next to nothing with what was approved. */
function isStamp(trace: Trace, step: TraceStep): boolean {
  if (step.calls.length > 0 || countWords(step.text) > stampWords || !approves(step.text)) return false;
  const at = placeOf(trace, step);
  const work = trace.steps
    .slice(Math.max(0, at - 6), at)
    .findLast(({ kind, agent }) => kind === 'message' && agent !== step.agent);
  if (work === undefined) return false;
  const ran = trace.steps.slice(Math.max(0, at - 3), at).some(({ kind }) => kind === 'result');
  const named = [...listSpecifics(step.text)].filter((specific) => /\d|_|\./.test(specific));
  return !ran && named.length === 0 && countCommon(wordSet(step.text), wordSet(work.text)) < 4;
}
