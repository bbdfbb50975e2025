/** A plan as text: for people (tree, Mermaid) and for files (YAML, JSON). Ids and instructions are data and cannot act as markup. */
import { stringify } from 'yaml';
import { levelNodes, orderNodes } from './dag.ts';
import type { Plan, Subtask } from './plan.ts';
import { buildSubtaskGraph } from './shape.ts';

/** A Mermaid label shows so much of an instruction. */
const labelLength = 60;
/** Columns of a terminal's id and role column at the most. */
const maxIdColumns = 24;
const maxRoleColumns = 16;

export function renderJson(plan: Plan): string {
  return `${JSON.stringify(inFileOrder(plan), null, 2)}\n`;
}

/** A plan file: parsePlanFile reads it back unchanged. */
export function renderYaml(plan: Plan): string {
  return stringify(inFileOrder(plan), { lineWidth: 100, aliasDuplicateObjects: false });
}

/** A flowchart, arrows from a subtask to those that wait for it. */
export function renderMermaid(plan: Plan): string {
  const nodes = new Map(plan.subtasks.map((subtask, position) => [subtask.id, `n${position}`]));
  const lines = ['flowchart TD'];
  for (const { id, role, instruction } of plan.subtasks) {
    const label = `${escapeMermaid(id)} · ${escapeMermaid(role)}<br/>${escapeMermaid(cutText(onOneLine(instruction), labelLength))}`;
    lines.push(`  ${nodes.get(id)}["${label}"]`);
  }
  for (const { id, dependsOn } of plan.subtasks) {
    for (const dependency of dependsOn) {
      const from = nodes.get(dependency);
      if (from !== undefined) lines.push(`  ${from} --> ${nodes.get(id)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/**
 * One line a subtask, by depth, in the plan's order within a depth: `2  report *  writer  Write …  ← research, code`, the star at the deliverable.
 * @param width Columns a line may take; an instruction keeps at least 10 of them.
 */
export function renderTree(plan: Plan, width: number): string[] {
  const graph = buildSubtaskGraph(plan.subtasks);
  const levels = levelNodes(graph, orderNodes(graph));
  const rows = plan.subtasks
    .map((subtask, position) => ({ ...toCells(subtask, plan.deliverable), level: levels[position] ?? 0 }))
    .toSorted((a, b) => a.level - b.level);
  const idColumns = columnWidth(rows, 'name', maxIdColumns);
  const roleColumns = columnWidth(rows, 'role', maxRoleColumns);
  const levelColumns = String(rows.at(-1)?.level ?? 0).length + 1;
  let shown = -1;
  return rows.map((row) => {
    const level = row.level === shown ? '' : String(row.level + 1);
    shown = row.level;
    const head = `${level.padEnd(levelColumns)} ${fit(row.name, idColumns)}  ${fit(row.role, roleColumns)}  `;
    const tail = cutText(row.after, Math.max(0, width - head.length - 10));
    const instruction = cutText(row.instruction, Math.max(10, width - head.length - tail.length));
    return `${head}${instruction}${tail}`.trimEnd();
  });
}

interface Cells {
  name: string;
  role: string;
  instruction: string;
  after: string;
}

function toCells({ id, role, instruction, dependsOn }: Subtask, deliverable: string | undefined): Cells {
  return {
    name: `${onOneLine(id)}${id === deliverable ? ' *' : ''}`,
    role: onOneLine(role),
    instruction: onOneLine(instruction),
    after: dependsOn.length === 0 ? '' : `  ← ${onOneLine(dependsOn.join(', '))}`,
  };
}

function columnWidth(rows: readonly Cells[], cell: 'name' | 'role', most: number): number {
  return rows.reduce((widest, row) => Math.max(widest, Math.min(most, countCharacters(row[cell]))), 0);
}

function fit(text: string, columns: number): string {
  const cut = cutText(text, columns);
  return cut + ' '.repeat(Math.max(0, columns - countCharacters(cut)));
}

function countCharacters(text: string): number {
  return Array.from(text).length;
}

function cutText(text: string, maxLength: number): string {
  const characters = Array.from(text.slice(0, 2 * maxLength + 2));
  return characters.length <= maxLength ? text : `${characters.slice(0, Math.max(0, maxLength - 1)).join('')}…`;
}

/** Control and direction characters could act on a terminal. */
function onOneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
}

/** Everything that Mermaid, Markdown or HTML could read as markup becomes an entity code. */
function escapeMermaid(text: string): string {
  return onOneLine(text).replace(/[^\p{L}\p{N} .,:…·-]/gu, (character) => `#${character.codePointAt(0)};`);
}

function inFileOrder({ version, task, deliverable, inputs, subtasks }: Plan): Plan {
  return {
    version,
    task,
    ...(deliverable === undefined ? {} : { deliverable }),
    ...(inputs === undefined ? {} : { inputs }),
    subtasks,
  };
}
