/** A plan file as the command line gives it: read, checked, its problems located by line and column. */
import { checkPlan, type Plan, type PlanCheck, type PlanProblem, PlanwrightError, parsePlanFile } from '../index.ts';
import { nameInput, readInput } from './read-input.ts';

export interface LocatedProblem extends PlanProblem {
  column?: number;
}

export interface LocatedCheck extends PlanCheck {
  problems: LocatedProblem[];
}

export interface CheckOptions {
  roles?: readonly string[];
  workers?: number;
}

/**
 * @param file Its name, for messages.
 * @throws {PlanwrightError} `plan-unreadable`
 */
export function checkText(text: string, file: string, options: CheckOptions = {}): LocatedCheck {
  const { draft, locate } = parsePlanFile(text, file);
  const check = checkPlan(draft, { ...options, locate });
  const problems = check.problems.map((problem) => {
    const column = problem.path === undefined ? undefined : locate(splitPath(problem.path))?.column;
    return column === undefined ? problem : { ...problem, column };
  });
  return { ...check, problems };
}

function splitPath(path: string): (string | number)[] {
  return path.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

/** `plan.yaml:4:5 unknown-dependency …` */
export function describeProblem(file: string, { code, message, line, column }: LocatedProblem): string {
  const place = [file, line, line === undefined ? undefined : column].filter((part) => part !== undefined).join(':');
  return `${place} ${code} ${message}`;
}

/** @throws {PlanwrightError} `usage`, `plan-unreadable`; `plan-invalid` with all problems. */
export async function readPlanFile(path: string, options: CheckOptions = {}): Promise<Plan> {
  const file = nameInput(path);
  const { plan, problems } = checkText(await readInput(path, 'plan'), file, options);
  if (plan !== undefined) return plan;
  const [first] = problems;
  const { line, column } = first ?? {};
  const message = [`The plan ${file} is not valid:`, ...problems.map((problem) => `  ${describeProblem(file, problem)}`)].join(
    '\n',
  );
  throw new PlanwrightError('plan-invalid', message, {
    location: { file, ...(line === undefined ? {} : { line }), ...(column === undefined ? {} : { column }) },
    details: { problems },
  });
}
