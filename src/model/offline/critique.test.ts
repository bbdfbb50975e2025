import { describe, expect, it } from 'vitest';
import { loadTeam } from '../../team/load-team.ts';
import { runSubtask, writeFolder } from './fixtures/run-offline.ts';
import { checkInstruction } from './instructions.ts';

const team = await loadTeam('research');
const role = team.roles.critic ?? team.generalist;
const root = await writeFolder({
  'tea.md': '# Tea\n\nGreen tea is brewed at **70 °C**.\nBlack tea&nbsp;steeps for *four* minutes.\n\nThe kettle is blue.\n',
  'page.html': '<p>Tea was first\nsold in <b>1657</b>.</p>\n',
});

async function check(findings: string): Promise<{ text: string; calls: string[] }> {
  const dependencies = [{ subtaskId: 'research', role: 'researcher', output: findings }];
  return runSubtask({ root, role, task: 'Tea', instruction: checkInstruction(), dependencies });
}

describe('the critic', () => {
  it('confirms quotes that stand there, whatever marks stand between the words', async () => {
    const { text } = await check(
      '## How hot is tea?\n\n- "Green tea is brewed at 70 °C." [tea.md:3]\n- "Black tea steeps for four minutes." [tea.md:4]\n- "Tea was first sold in 1657." [page.html:1-2]',
    );
    expect(text).toBe(
      '- confirmed [tea.md:3]\n- confirmed [tea.md:4]\n- confirmed [page.html:1-2]\nChecked 3 citations: 3 confirmed, 0 rejected.',
    );
  });

  it('rejects a changed number, another line, a line or a file that is not there, and a path out of the folder', async () => {
    const { text } = await check(
      [
        '## Tea',
        '- "Green tea is brewed at 90 °C." [tea.md:3]',
        '- "Green tea is brewed at 70 °C." [tea.md:4]',
        '- "Green tea is brewed" [tea.md:99]',
        '- "Green tea is brewed" [coffee.md:1]',
        '- "root" [../../etc/passwd:1]',
      ].join('\n'),
    );
    expect(text.split('\n').map((line) => line.replace(/: .*/, ''))).toEqual([
      '- rejected [tea.md:3]',
      '- rejected [tea.md:4]',
      '- rejected [tea.md:99]',
      '- rejected [coffee.md:1]',
      '- rejected [../../etc/passwd:1]',
      'Checked 5 citations',
    ]);
    expect(text).toContain('Checked 5 citations: 0 confirmed, 5 rejected.');
  });

  it('rejects a quote that stands there but has nothing to do with its question', async () => {
    const { text } = await check('## Who invented the steam engine?\n\n- "The kettle is blue." [tea.md:6]');
    expect(text).toContain('- rejected [tea.md:6]: the quote has no word of the question in common');
  });

  it('reads each place once, and says so when there is nothing to read', async () => {
    const twice = await check('## Tea\n- "The kettle is blue." [tea.md:6]\n- again "The kettle is blue." [tea.md:6]');
    expect(twice.calls).toEqual(['files_read']);
    expect(twice.text).toContain('Checked 1 citations: 1 confirmed, 0 rejected.');
    expect((await check('Not found in the files: coffee.')).text).toBe('Checked 0 citations: nothing to confirm.');
  });

  it('never confirms what it had no steps left to read', async () => {
    const many = Array.from({ length: 200 }, (_, index) => `- "The kettle is blue number ${index}" [tea.md:${index + 1}]`).join(
      '\n',
    );
    const { text, calls } = await check(`## Tea\n${many}`);
    expect(calls).toHaveLength(120);
    expect(text).toContain('- rejected [tea.md:200]: it was not read again');
    expect(text).toContain('Checked 200 citations: 0 confirmed, 200 rejected.');
  });
});
