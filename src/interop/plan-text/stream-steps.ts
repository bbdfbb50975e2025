/** LLMCompiler's dispatch on arrival: the steps of a plan while its text is still coming in. */
import { type LlmCompilerOptions, LlmCompilerReader, type PlanStepArrival } from './llmcompiler.ts';
import { maxPlanTextLength, type PlanTextProblem } from './plan-text.ts';

export type StreamedArrival = PlanStepArrival | { kind: 'problem'; problem: PlanTextProblem };

/**
 * Each step as soon as its line is complete, problems as they are found, and once the text is over nothing more. A step that is
 * handed out refers only to steps that were handed out before it. Ends at `maxPlanTextLength` with a problem.
 */
export async function* streamPlanSteps(
  chunks: AsyncIterable<string>,
  options: LlmCompilerOptions = {},
): AsyncGenerator<StreamedArrival, void, undefined> {
  const reader = new LlmCompilerReader(options);
  let length = 0;
  let told = 0;
  const tell = function* (arrivals: readonly PlanStepArrival[]): Generator<StreamedArrival> {
    yield* arrivals;
    const problems = reader.problems();
    for (const problem of problems.slice(told)) yield { kind: 'problem', problem };
    told = problems.length;
  };
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > maxPlanTextLength) {
      const message = `The text has more than ${maxPlanTextLength} characters; the rest is not read.`;
      yield { kind: 'problem', problem: { code: 'too-large', message, line: reader.line, column: 1 } };
      return;
    }
    yield* tell(reader.push(chunk));
  }
  yield* tell(reader.end());
}
