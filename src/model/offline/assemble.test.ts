import { describe, expect, it } from 'vitest';
import { assembleReport } from './assemble.ts';
import type { Dependency } from './read-sections.ts';

const apples: Dependency = {
  id: 'research-apples',
  role: 'researcher',
  text: '## apples\n\n- "Apples are red." [fruit.md:1]\n- "Apples have "seeds"." [app/[id]/fruit.md:2-3]',
};
const pears: Dependency = { id: 'research-pears', role: 'researcher', text: 'Not found in the files: pears.' };
const sum: Dependency = { id: 'calculate-2-2', role: 'researcher', text: '2 + 2 = 4' };
const confirmed: Dependency = {
  id: 'check',
  role: 'critic',
  text: '- confirmed [fruit.md:1]\n- confirmed [app/[id]/fruit.md:2-3]\nChecked 2 citations: 2 confirmed, 0 rejected.',
};
const task = 'Write a report on pears and apples. What is 2 + 2?';

describe('the report', () => {
  it('holds every confirmed statement, the sums and what was not found, whatever the order of the results', () => {
    const report = [
      '# Pears and apples',
      '## Apples',
      '- "Apples are red." [fruit.md:1]\n- "Apples have "seeds"." [app/[id]/fruit.md:2-3]',
      '## Calculations',
      '- 2 + 2 = 4',
      '## Not found',
      '- Not found in the files: pears',
    ].join('\n\n');
    expect(assembleReport({ task, dependencies: [apples, pears, sum, confirmed], feedback: '' })).toBe(report);
    expect(assembleReport({ task, dependencies: [confirmed, sum, pears, apples], feedback: '' })).toBe(report);
  });

  it('leaves out what the critic rejected or did not look at, and says how much', () => {
    const text = '- confirmed [fruit.md:1]\n- rejected [app/[id]/fruit.md:2-3]: the quote does not stand there: "x" [y]';
    const report = assembleReport({ task, dependencies: [apples, { ...confirmed, text }], feedback: '' });
    expect(report).toContain('[fruit.md:1]');
    expect(report).not.toContain('seeds');
    expect(report).toContain('Not found again where they were cited, and left out: 1 statement.');
    const unseen = assembleReport({
      task,
      dependencies: [apples, { ...confirmed, text: 'Checked 0 citations: nothing to confirm.' }],
      feedback: '',
    });
    expect(unseen).toBe(
      '# Pears and apples\n\nNot found: the files do not hold an answer.\n\n- Not found in the files: apples\n\nNot found again where they were cited, and left out: 2 statements.',
    );
  });

  it("reads another model's verdicts, which give the quote before the place", () => {
    const text =
      '* **CONFIRMED**: Apples are red "Apples are red." [fruit.md:1]\nREJECTED seeds "Apples have seeds" [app/[id]/fruit.md:2-3] no';
    const report = assembleReport({ task, dependencies: [apples, { ...confirmed, text }], feedback: '' });
    expect(report).toContain('- "Apples are red." [fruit.md:1]');
    expect(report).not.toContain('seeds');
  });

  it('keeps nothing that is not cited: another model may have made it up', () => {
    const loose: Dependency = {
      id: 'x',
      role: 'coder',
      text: 'Apples cure colds.\ntimeout = 30\nThey are red "Apples are red." [fruit.md:1]',
    };
    expect(assembleReport({ task: 'Apples?', dependencies: [loose], feedback: '' })).toBe(
      '# Apples?\n\n- They are red "Apples are red." [fruit.md:1]\n\nNot found to be cited, and left out: 2 lines.',
    );
  });

  it('leaves out the places that a verdict on the attempt before named', () => {
    const report = assembleReport({ task, dependencies: [apples], feedback: '"Apples are red." [fruit.md:1] is not there.' });
    expect(report).not.toContain('red');
    expect(report).toContain('seeds');
  });
});
