/** A plan from the parts of the task, the roles on offer and the files at hand. */

import type { ChosenRoles } from './choose-roles.ts';
import { chooseRoles } from './choose-roles.ts';
import { groupFiles } from './group-files.ts';
import {
  calculateInstruction,
  checkInstruction,
  researchInstruction,
  surveyInstruction,
  writeInstruction,
} from './instructions.ts';
import type { DraftSubtask, PlanRequest } from './read-plan-request.ts';
import type { TaskPart } from './split-task.ts';
import { splitTask } from './split-task.ts';
import { slugOf } from './words.ts';

export interface DraftPlan {
  subtasks: DraftSubtask[];
  deliverable: string;
}

/** Files that "for each file" is carried out for; further ones are left out. */
const maxFilesEach = 12;
/** Up to here one critic checks everything; beyond, each finding has its own, so that checking runs in parallel too. */
const maxFindingsPerCritic = 4;

/** The same request always gives the same plan, so a plan that was cut off goes on where it stopped. */
export function planByRules(request: PlanRequest, maxSubtasks = 200): DraftPlan {
  const chosen = chooseRoles(request.roles);
  if (chosen === null) return { subtasks: [], deliverable: '' };
  const ids = new IdSource();
  const findings: DraftSubtask[] = [];
  const sums: DraftSubtask[] = [];
  for (const part of splitTask(request.task)) {
    if (part.kind === 'calculation' && chosen.calculate !== undefined) {
      sums.push(
        subtask(ids.take(`calculate-${slugOf(part.expression, 20)}`), chosen.calculate, calculateInstruction(part.expression)),
      );
    } else {
      findings.push(...findingsOf(part, request.files, chosen.research, ids));
    }
  }
  const room = Math.max(1, Math.floor((maxSubtasks - 2) / 2));
  const plan = assemble(request.task, chosen, [...findings.slice(0, room), ...sums.slice(0, room)], ids);
  return { subtasks: plan.filter((planned) => !request.soFar.includes(planned.id)), deliverable: plan.at(-1)?.id ?? '' };
}

function findingsOf(part: TaskPart, files: string[], role: string, ids: IdSource): DraftSubtask[] {
  if (part.kind === 'survey') {
    const groups = part.perFile ? files.slice(0, maxFilesEach).map((file) => ({ name: file, files: [file] })) : groupFiles(files);
    if (groups.length > 0)
      return groups.map((group) => subtask(ids.take(`survey-${slugOf(group.name)}`), role, surveyInstruction(group.files)));
  }
  if (part.kind === 'question' && part.perFile && files.length > 0) {
    return files
      .slice(0, maxFilesEach)
      .map((file) => subtask(ids.take(`research-${slugOf(file)}`), role, researchInstruction(part.text, file)));
  }
  return [subtask(ids.take(`research-${slugOf(part.text)}`), role, researchInstruction(part.text))];
}

/** Findings, then their checks, then the report; the last subtask is the deliverable. */
function assemble(task: string, chosen: ChosenRoles, work: DraftSubtask[], ids: IdSource): DraftSubtask[] {
  const findings = work.filter((planned) => !planned.id.startsWith('calculate-'));
  const checks: DraftSubtask[] = [];
  if (chosen.check !== undefined && findings.length > 0) {
    const checkedApart = findings.length > maxFindingsPerCritic;
    for (const group of checkedApart ? findings.map((finding) => [finding]) : [findings]) {
      const id = ids.take(checkedApart ? `check-${(group[0]?.id ?? '').replace(/^(?:research|survey)-/, '')}` : 'check');
      checks.push(
        subtask(
          id,
          chosen.check,
          checkInstruction(),
          group.map((finding) => finding.id),
        ),
      );
    }
  }
  const plan = [...work, ...checks];
  if (plan.length === 1 && (chosen.write === undefined || findings.length === 0)) return plan;
  const inputs = plan.map((planned) => planned.id);
  return [...plan, subtask(ids.take('report'), chosen.write ?? chosen.research, writeInstruction(task.slice(0, 4000)), inputs)];
}

function subtask(id: string, role: string, instruction: string, dependsOn: string[] = []): DraftSubtask {
  return { id, role, instruction, dependsOn, assumes: [] };
}

/** Ids that are given out once. */
class IdSource {
  #taken = new Set<string>();

  take(wanted: string): string {
    let id = wanted;
    for (let n = 2; this.#taken.has(id); n += 1) id = `${wanted}-${n}`;
    this.#taken.add(id);
    return id;
  }
}
