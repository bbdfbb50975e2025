/** A scripted model in the place of a language model: planners of both levels, finders, reporters and the editor. */
import { type ScriptedModel, scriptedModel } from 'planwright/testing';

const answer = 'It depends on what is counted, and on who counts; the sources give two figures. '.repeat(5);

/** `fields` × `questions`: the leaves. */
export function playTeam(fields: number, questions: number): ScriptedModel {
  return scriptedModel(({ prompt, responseFormat }) => {
    const shown = JSON.stringify(prompt);
    if (responseFormat?.type === 'json') return shown.includes('- lead:') ? planFields(fields) : planQuestions(questions);
    if (shown.includes('You answer one question')) return answer;
    if (shown.includes('You report on the answers')) return 'Of this field: the figures differ by what is counted.';
    return `The survey of ${(shown.match(/<dependency id=/g) ?? []).length} fields.`;
  });
}

function planFields(count: number): string {
  const ids = Array.from({ length: count }, (_, at) => `field-${at + 1}`);
  return planOf(
    ids.map((id) => ({ id, role: 'lead', instruction: `Answer the questions of ${id}.`, dependsOn: [] })),
    { id: 'survey', role: 'editor', instruction: 'Write the survey.', dependsOn: ids },
  );
}

function planQuestions(count: number): string {
  const ids = Array.from({ length: count }, (_, at) => `question-${at + 1}`);
  return planOf(
    ids.map((id) => ({ id, role: 'finder', instruction: `Answer ${id}.`, dependsOn: [] })),
    { id: 'report', role: 'reporter', instruction: 'Report on the field.', dependsOn: ids },
  );
}

function planOf<Subtask extends { id: string }>(parts: Subtask[], last: Subtask): string {
  return JSON.stringify({ subtasks: [...parts, last], deliverable: last.id });
}
