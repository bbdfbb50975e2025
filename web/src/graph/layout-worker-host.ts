/**
 * The layout's worker, one for the page. It is started before there is anything to lay out, so that its start passes while
 * the run is still being read.
 */
import type { LayoutGraph, Places } from './layout.ts';

export interface LaidOut {
  places: Places;
  /** From the question to the answer; null before the first. */
  tookMs: number | null;
}

interface Question {
  graph: LayoutGraph;
  onAnswer: (laidOut: LaidOut) => void;
}

let worker: Worker | null = null;
let underWay: (Question & { askedMs: number }) | null = null;
const waiting: Question[] = [];

export function startLayoutWorker(): Worker {
  if (worker !== null) return worker;
  worker = new Worker(new URL('./layout.worker.ts', import.meta.url), { type: 'module' });
  worker.addEventListener('message', ({ data }: MessageEvent<Places>) => {
    const answered = underWay;
    underWay = null;
    answered?.onAnswer({ places: data, tookMs: performance.now() - answered.askedMs });
    askNext();
  });
  return worker;
}

/** Questions are answered one after the other. @returns takes it back. */
export function askForLayout(graph: LayoutGraph, onAnswer: (laidOut: LaidOut) => void): () => void {
  const question: Question = { graph, onAnswer };
  waiting.push(question);
  askNext();
  return () => {
    const at = waiting.indexOf(question);
    if (at !== -1) waiting.splice(at, 1);
    question.onAnswer = () => {};
    if (underWay?.graph === graph) underWay.onAnswer = () => {};
  };
}

function askNext(): void {
  if (underWay !== null) return;
  const next = waiting.shift();
  if (next === undefined) return;
  underWay = { ...next, askedMs: performance.now() };
  startLayoutWorker().postMessage(next.graph, []);
}
