/** Servers that die, hang, flood and lie: an error with a reason each time, and a run that ends. */
import { MemoryStore, runTask } from 'planwright';
import { expect, test } from 'vitest';
import { callingModel, callTools, failureOf, hostile, linesOf, teamWith } from '../support/mcp-run.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const call = { name: 's_t', input: {} };
const reading = { effects: { t: 'read' as const } };

/** What the model is told when it calls `t` once. */
async function callHostile(mode: string, more: Parameters<typeof hostile>[1] = reading, toolTimeoutMs = 5000): Promise<unknown> {
  const team = teamWith({ s: hostile(mode, more) }, ['mcp:s/t']);
  const role = team.roles['w'];
  if (role !== undefined) role.limits.toolTimeoutMs = toolTimeoutMs;
  const [output] = await callTools(team, call);
  return output?.value;
}

test.concurrent.each([
  ['die', 'Error: The MCP server "s" has not carried out "t": Connection closed; it ended (exit code 3).'],
  ['garbage', expect.stringMatching(/^Error: The MCP server "s" has not carried out "t": Invalid result for tools\/call/)],
  ['no-answer', 'Error: The MCP server "s" has not carried out "t": The answer is no JSON-RPC message.'],
  ['refused', 'Error: The MCP server "s" has not carried out "t": text is missing.'],
  [
    'flood',
    'Error: The MCP server "s" has not carried out "t": Connection closed; it sent a message of more than 8388608 bytes.',
  ],
  [
    'flood-lines',
    'Error: The MCP server "s" has not carried out "t": Connection closed; it sent more than 33554432 bytes without being asked.',
  ],
  ['flood-stderr', 'done'],
])('a call of a server that is %s', async (mode, told) => {
  expect(await callHostile(mode)).toEqual(told);
});

test.concurrent('a call that hangs is stopped by the tool’s time limit; so is one whose server writes something else', async () => {
  const late = 'Error: Tool "s_t" took longer than 300 ms and was stopped.';
  expect(await callHostile('hang', reading, 300)).toBe(late);
  expect(await callHostile('noise', reading, 300)).toBe(late);
});

test.concurrent('a tool that may act only once and whose server is gone ends the run: nobody knows whether it acted', async () => {
  for (const mode of ['die', 'garbage', 'no-answer']) {
    expect(await failureOf(mode)).toMatchObject({
      code: 'tool-outcome-unknown',
      message: expect.stringMatching(
        /^The MCP server "s" has not carried out "t": .* Whether it acted is not known; look before/,
      ),
    });
  }
});

test('a server that died is started once more, and a call that changes nothing is repeated', async () => {
  const folder = makeTemporaryFolder();
  const log = `${folder}/log`;
  expect(await callHostile('die-once', { ...reading, log, env: { FLAG: `${folder}/flag` } })).toBe('alive');
  const once = ['start', 'initialize', 'notifications/initialized'];
  expect(linesOf(log)).toEqual([...once, 'tools/list', 'call t', ...once, 'call t']);
});

test('a server that always dies is started twice in a run, whatever is asked of it', async () => {
  const log = `${makeTemporaryFolder()}/log`;
  const team = teamWith({ s: hostile('die', { ...reading, log }) }, ['mcp:s/t']);
  const outputs = await callTools(team, call, { ...call, input: { again: true } }, { ...call, input: { again: 2 } });
  expect(outputs.map(({ type }) => type)).toEqual(['error-text', 'error-text', 'error-text']);
  expect(linesOf(log).filter((line) => line === 'start')).toHaveLength(2);
});

test.concurrent.each<[string, number, unknown]>([
  ['hang-silently', 300, 'The MCP server "s" could not be started: it did not answer within 300 ms.'],
  [
    'hang-list',
    1500,
    expect.stringMatching(/^The MCP server "s" has not listed its tools within 1500 ms\. Raise mcp\.s\.startTimeoutMs/),
  ],
  ['old', 10_000, expect.stringMatching(/^The MCP server "s" could not be started: .*1999-01-01/)],
])('a server that is %s when it starts fails the attempt', async (mode, startTimeoutMs, message) => {
  expect(await failureOf(mode, { startTimeoutMs })).toMatchObject({ code: 'tool-unavailable', message });
});

async function messageOfStart(server: Parameters<typeof teamWith>[0][string]): Promise<string | undefined> {
  const team = teamWith({ s: server }, ['mcp:s/t']);
  const { subtasks } = await runTask({
    task: 't',
    team,
    model: callingModel(call),
    strategy: 'single',
    store: new MemoryStore(),
  });
  return subtasks[0]?.error?.message;
}

test.concurrent('a command that is not there, and one that ends at once, say so; stderr is shown when it is asked for', async () => {
  const could = 'The MCP server "s" could not be started: Connection closed; ';
  expect(await messageOfStart({ command: 'no-such-command' })).toMatch(
    `${could}it ended (there is no command "no-such-command")`,
  );
  const broken = { command: 'sh', args: ['-c', 'echo "no licence" >&2; exit 4'] };
  expect(await messageOfStart(broken)).toBe(`${could}it ended (exit code 4); stderr has 11 bytes (showStderr: true shows them).`);
  expect(await messageOfStart({ ...broken, showStderr: true })).toBe(`${could}it ended (exit code 4); stderr ends: no licence.`);
});

test.concurrent('an answer is not checked against a form of the server’s, which could take for ever', async () => {
  const team = teamWith({ s: hostile('slow-pattern', reading) }, ['mcp:s/t']);
  const [output] = await callTools(team, { name: 's_t', input: { text: 'aa' } });
  expect(output).toEqual({ type: 'json', value: { text: `${'a'.repeat(40)}!` } });
});

test.concurrent('answers that are nested too deep or too large are cut', async () => {
  expect(await callHostile('deep-answer')).toBe('The answer is nested too deep to be shown.');
  expect(await callHostile('large')).toMatchObject({ truncated: true, characters: 200_027 });
});
