/** The table of all patterns, as docs/patterns.md shows it. */
import { existsSync } from 'node:fs';
import { listPatterns } from '../../src/patterns/find-pattern.ts';

/** Where the founding document speaks of it. */
const sections: Readonly<Record<string, string>> = {
  'best-of-n': '3: a critic with evidence',
  chatdev: '5: software-development teams',
  'contract-net': '1: the old idea',
  'crewai-hierarchical': '4 and 5: a manager that delegates',
  'crewai-sequential': '5: a crew and its tasks',
  debate: '3: one agent’s output into another’s input',
  dialogue: '5: software-development teams',
  'group-chat': '5: conversable agents',
  llmcompiler: '5: explicit planning',
  magentic: '2: monitor and replan',
  'map-reduce': '3: the same shape',
  metagpt: '5: software-development teams',
  'response-threshold': '3: specialization without a coordinator',
  rewoo: '5: explicit planning',
  'self-refine': '3: one agent’s output into another’s input',
};

/** Of docs/patterns/: those that are told together have one page. */
const pages: Readonly<Record<string, string>> = {
  'crewai-hierarchical': 'crewai',
  'crewai-sequential': 'crewai',
  'group-chat': 'autogen',
  magentic: 'autogen',
};

/** `place`: between which comments its costs stand. */
export function pageOf(name: string): { page: string; place: string } {
  const shared = pages[name];
  return shared === undefined
    ? { page: `patterns/${name}.md`, place: 'costs' }
    : { page: `patterns/${shared}.md`, place: `costs ${name}` };
}

export function patternList(docs: URL): string {
  const rows = listPatterns().map(({ name, summary, source, calls }) => {
    const { page } = pageOf(name);
    const shown = existsSync(new URL(page, docs)) ? `[\`${name}\`](${page})` : `\`${name}\``;
    return `| ${[shown, summary, source, sections[name] ?? '', calls].join(' | ')} |`;
  });
  return ['| pattern | what it does | published by | founding document | model calls |', '|---|---|---|---|---|', ...rows].join(
    '\n',
  );
}
