/** CrewAI's two processes on the real engine, manager and agents played by a script. */
import {
  checkPlanText,
  defineTeam,
  fillInputs,
  fillTeam,
  importCrew,
  MemoryStore,
  parseTeamFile,
  renderTeamDefinition,
  renderYaml,
  resumeRun,
  runTask,
} from 'planwright';
import { describe, expect, test } from 'vitest';
import { dyingStore } from '../support/dying-store.ts';
import { type Call, playModel } from '../support/small-team.ts';

interface Delegation {
  action: 'delegate' | 'again' | 'finish';
  coworker?: string;
  work?: string;
  context?: string;
}
const give = (delegation: Delegation): string => JSON.stringify({ coworker: '', work: 'Do it.', context: 'c', ...delegation });

const isManager = ({ text }: Call): boolean => text.includes('You manage a crew');
const givenIds = (text: string): string[] =>
  Array.from(text.matchAll(/<(?:dependency|failed) id="([^"]+)"/g), ([, id = '']) => id);
const toBeDone = (text: string): string | undefined => /answer "delegate": give out the task "([^"]+)"/i.exec(text)?.[1];

/** Who may have the task that is to be given out. */
const firstNamed = (text: string): string =>
  /It may go to:\n- (.*?):/.exec(text.slice(text.indexOf('give out the task')))?.[1] ?? '';

/** Gives each task to the first who may have it; each agent answers with its task's name and all that it was handed. */
function crew(seen: string[] = []) {
  return playModel((call) => {
    const { text } = call;
    if (isManager(call)) {
      const next = toBeDone(text);
      return give(next === undefined ? { action: 'finish' } : { action: 'delegate', coworker: firstNamed(text) });
    }
    const [, what = ''] = /<instruction>\n([^\n]+)/.exec(text) ?? [];
    seen.push(`${what} ← ${givenIds(text).join(' ')}`);
    return [`did: ${what}`, ...(text.match(/did: .*/g) ?? [])].join('\n');
  });
}

const run = (options: object) => runTask({ task: 'Report.', store: new MemoryStore(), ...options });

describe('crewai-sequential', () => {
  test('a call a task, each given what came before it, or what it names', async () => {
    const seen: string[] = [];
    const whole = await run({ pattern: 'crewai-sequential', model: crew(seen) });
    expect(whole).toMatchObject({ status: 'succeeded', ledger: { calls: 3, callsByPurpose: { execute: 3 } } });
    expect(seen).toEqual([
      'Report. ← ',
      'Say what follows from the facts for the task. ← research',
      'Do the task as a whole from what was found. ← analysis research',
    ]);
    const tasks = [
      { id: 'a', role: 'writer', instruction: 'one' },
      { id: 'b', role: 'writer', instruction: 'two', dependsOn: [] },
      { id: 'c', role: 'analyst', instruction: 'three', dependsOn: ['b'] },
    ];
    const named = await run({ pattern: { name: 'crewai-sequential', tasks }, model: crew() });
    // What nobody takes up is in the deliverable, too.
    expect(named.deliverable).toBe('did: three\ndid: one\ndid: two');
  });

  test.each<[tasks: object[], message: RegExp]>([
    [[{ id: 'a', instruction: 'i' }], /pattern\.tasks\.0\.role: is missing: who does it\?/],
    [[{ id: 'a', role: 'nobody', instruction: 'i' }], /needs a role "nobody"/],
    [[{ id: 'a', role: 'writer', instruction: 'i', dependsOn: ['b'] }], /pattern\.tasks\.0\.dependsOn\.0: is no earlier task/],
    [[{ id: 'a[1]', role: 'writer', instruction: 'i' }], /is reserved/],
    [[1, 2].map(() => ({ id: 'a', role: 'writer', instruction: 'i' })), /is the id of an earlier task, too/],
    [[], /pattern\.tasks/],
    [Array.from({ length: 201 }, (_, at) => ({ id: `t${at}`, role: 'writer', instruction: 'i' })), /pattern\.tasks/],
  ])('%j is refused', async (tasks, message) => {
    await expect(run({ pattern: { name: 'crewai-sequential', tasks }, model: crew() })).rejects.toThrow(message);
  });
});

describe('crewai-hierarchical', () => {
  test('the manager gives out every task and judges what comes of it: 2 × tasks + 1 calls', async () => {
    const seen: string[] = [];
    const { status, deliverable, ledger, subtasks } = await run({ pattern: 'crewai-hierarchical', model: crew(seen) });
    expect({ status, calls: ledger.calls, byPurpose: ledger.callsByPurpose }).toEqual({
      status: 'succeeded',
      calls: 7,
      byPurpose: { manage: 4, execute: 3 },
    });
    expect(subtasks.map(({ id, role }) => `${id} ${role}`)).toEqual([
      'manage-1 manager',
      'research researcher',
      'manage-2 manager',
      'analysis researcher',
      'manage-3 manager',
      'report researcher',
      'manage-4 manager',
    ]);
    expect(seen.at(-1)).toBe('Do the task as a whole from what was found. ← analysis manage-3 research');
    expect([...new Set(JSON.stringify(deliverable).match(/did: \w+/g))]).toEqual(['did: Do', 'did: Say', 'did: Report']);
  });

  test('a team of one’s own follows it with its own roles', async () => {
    const team = defineTeam({
      roles: {
        lead: { instructions: 'You manage a crew.', purpose: 'manage' },
        hand: { instructions: 'You work.' },
      },
      pattern: { name: 'crewai-hierarchical', manager: 'lead', coworkers: ['hand'] },
    });
    const { status, ledger, subtasks } = await run({ team, model: crew() });
    // Without an output form its answers are JSON as text.
    expect({ status, byPurpose: ledger.callsByPurpose }).toEqual({ status: 'succeeded', byPurpose: { manage: 4, execute: 3 } });
    expect(subtasks.at(-2)).toMatchObject({ id: 'report', role: 'hand' });
    const itself = { name: 'crewai-hierarchical', manager: 'lead', coworkers: ['lead'] };
    await expect(run({ team, pattern: itself, model: crew() })).rejects.toThrow(/pattern\.coworkers: must not name the manager/);
  });

  test('a result that falls short is sent back once, to whom the manager names, and then stands', async () => {
    const shown: string[] = [];
    const model = playModel((call) => {
      if (!isManager(call)) return call.text.includes('was not accepted') ? 'better' : 'poor';
      shown.push(`${toBeDone(call.text) ?? 'end'} | ${givenIds(call.text).join(' ')} | ${call.text.includes('answer "again"')}`);
      const last = /is what came of the task "(\w+)"/.exec(call.text)?.[1];
      if (last === 'b' && call.text.includes('answer "again"')) return give({ action: 'again', coworker: 'analyst' });
      return give(toBeDone(call.text) === undefined ? { action: 'finish' } : { action: 'delegate', coworker: 'Writer' });
    });
    const tasks = ['a', 'b', 'c'].map((id) => ({ id, instruction: `do ${id}` }));
    const { status, deliverable, subtasks, ledger } = await run({ pattern: { name: 'crewai-hierarchical', tasks }, model });
    expect({ status, deliverable, calls: ledger.calls }).toEqual({ status: 'succeeded', deliverable: 'poor', calls: 9 });
    expect(subtasks.map(({ id, role, dependsOn }) => `${id} ${role} ← ${dependsOn.join(' ')}`)).toEqual([
      'manage-1 manager ← ',
      'a writer ← manage-1',
      'manage-2 manager ← a',
      'b writer ← manage-2 a',
      'manage-3 manager ← b a',
      'again-2-2 analyst ← manage-3 a b',
      'manage-3-2 manager ← again-2-2 a b',
      'c writer ← manage-3-2 a again-2-2',
      'manage-4 manager ← c',
    ]);
    expect(shown).toEqual(['a |  | false', 'b | a | true', 'c | a b | true', 'c | a again-2-2 b | false', 'end | c | true']);
  });

  test('the last task: sent back as often as it may be, no judgment follows; without asks none at all', async () => {
    const tasks = [{ id: 'a', instruction: 'do a' }];
    const never = playModel((call) => {
      if (!isManager(call)) return call.text.includes('was not accepted') ? 'second' : 'first';
      return give({ action: call.text.includes('answer "again"') ? 'again' : 'delegate', coworker: 'writer' });
    });
    const once = await run({ pattern: { name: 'crewai-hierarchical', tasks }, model: never });
    expect({ status: once.status, deliverable: once.deliverable, calls: once.ledger.calls }).toEqual({
      status: 'succeeded',
      deliverable: 'second',
      calls: 4,
    });
    const none = await run({ pattern: { name: 'crewai-hierarchical', tasks, asks: 0 }, model: crew() });
    expect({ status: none.status, calls: none.ledger.calls }).toEqual({ status: 'succeeded', calls: 2 });
  });

  test('an answer that gives nothing out goes back with what is wrong, and ends the run with what there is when it stays so', async () => {
    const told: string[] = [];
    const answers = [
      give({ action: 'finish' }),
      give({ action: 'delegate', coworker: 'manager' }),
      give({ action: 'delegate', coworker: 'writer' }),
      // "a" is done.
      give({ action: 'delegate', coworker: 'writer', work: ' ' }),
      'I shall do it myself: here is b.',
      give({ action: 'again', coworker: 'researcher' }),
      // Sent back once.
      give({ action: 'again', coworker: 'writer' }),
      give({ action: 'finish' }),
      give({ action: 'delegate' }),
    ];
    let asked = 0;
    const model = playModel((call) => {
      if (!isManager(call)) return 'a is done';
      told.push(/<feedback>\n(?:The answer before was not accepted: )?([^]*?)\n<\/feedback>/.exec(call.text)?.[1] ?? '');
      return answers[asked++] ?? '';
    });
    const tasks = [
      { id: 'a', instruction: 'do a' },
      { id: 'b', role: 'writer', instruction: 'do b' },
    ];
    const { status, deliverable, subtasks } = await run({ pattern: { name: 'crewai-hierarchical', tasks }, model });
    expect(told).toEqual([
      '',
      'The answer of "manager" finishes, and "a" is not done. Give it out: answer "delegate".',
      'The answer of "manager" names "manager", who is not to be chosen now. Name one of: researcher, analyst, writer.',
      '',
      'The answer of "manager" does not say what writer is to do. Write it in "work".',
      expect.stringContaining('JSON'),
      '',
      'The answer of "manager" has no result to send back. Answer "delegate" for "b".',
      'The answer of "manager" finishes, and "b" is not done. Give it out: answer "delegate".',
    ]);
    expect({ status, deliverable, last: subtasks.at(-1) }).toMatchObject({
      status: 'partial',
      deliverable: 'a is done',
      last: { id: 'manage-2-2', status: 'failed' },
    });
  });

  test('a task that names its agent is given to nobody else; one that fails is told, and the others go on', async () => {
    const model = playModel((call) => {
      const { text } = call;
      if (!isManager(call)) {
        if (text.includes('You are a careful analyst')) throw new Error('broken');
        return text.includes('<failed id="a" role="analyst">') ? 'b without a' : 'b';
      }
      const next = toBeDone(text);
      if (next === 'a') return give({ action: 'delegate', coworker: text.includes('<feedback>') ? 'analyst' : 'writer' });
      return give(next === undefined ? { action: 'finish' } : { action: 'delegate', coworker: 'writer' });
    });
    const tasks = [
      { id: 'a', role: 'analyst', instruction: 'do a' },
      { id: 'b', instruction: 'do b' },
    ];
    const { status, deliverable, subtasks } = await run({
      pattern: { name: 'crewai-hierarchical', tasks },
      model,
      limits: { retries: 1, reroutes: 0 },
    });
    expect({ status, deliverable }).toEqual({ status: 'partial', deliverable: 'b without a' });
    expect(subtasks.map(({ id, role, status: of }) => `${id} ${role} ${of}`)).toContain('a analyst failed');
  });

  test('tasks may be called like what the pattern adds', async () => {
    const tasks = ['manage-1', 'manage-2', 'again-1-2', 'manage-manage-1'].map((id) => ({ id, instruction: `do ${id}` }));
    const model = playModel((call) => {
      if (!isManager(call)) return 'done';
      if (call.text.includes('answer "again"')) return give({ action: 'again', coworker: 'writer' });
      return give({ action: 'delegate', coworker: 'writer' });
    });
    const { status, subtasks } = await run({ pattern: { name: 'crewai-hierarchical', tasks }, model });
    expect({ status, subtasks: subtasks.length }).toEqual({ status: 'succeeded', subtasks: 4 * 4 });
  });

  test('is the same after a crash at any durable write', async () => {
    const options = { task: 't', runId: 'r' };
    const tasks = [
      { id: 'a', instruction: 'do a' },
      { id: 'b', instruction: 'do b' },
    ];
    const pattern = { name: 'crewai-hierarchical', tasks };
    let deathAt = 0;
    for (let died = true; died; ) {
      deathAt += 1;
      const disk = new MemoryStore();
      died = await runTask({ ...options, pattern, model: crew(), store: dyingStore(disk, deathAt).store }).then(
        () => false,
        () => true,
      );
      const hasBegun = (await disk.readEvents('r')).length > 0;
      const { status, deliverable, ledger } = await (hasBegun
        ? resumeRun({ runId: 'r', model: crew(), store: disk })
        : runTask({ ...options, pattern, model: crew(), store: disk }));
      expect({ deathAt, status, deliverable, calls: ledger.calls }).toEqual({
        deathAt,
        status: 'succeeded',
        deliverable: 'did: do b\ndid: do a',
        calls: 5,
      });
    }
    expect(deathAt).toBeGreaterThan(15);
  });
});

describe('an imported hierarchical crew', () => {
  const files = {
    agents: { file: 'agents.yaml', text: 'writer:\n  role: Writer on {topic}\n  goal: Write\n  backstory: You write.\n' },
    tasks: {
      file: 'tasks.yaml',
      text: 'first {topic}:\n  description: Note {topic}.\n  expected_output: A note\n  agent: writer\nsecond:\n  description: Write on {topic}.\n  expected_output: A text\n',
    },
  };

  test('is refused while its inputs are open, and runs by its files once they are given', async () => {
    const { definition, plan } = importCrew(files, { process: 'hierarchical' });
    const team = parseTeamFile(renderTeamDefinition(definition), 'team.yaml');
    const { plan: read } = checkPlanText(renderYaml(plan), 'plan.yaml');
    await expect(run({ team, model: crew() })).rejects.toThrow('The crew needs "topic".');
    expect(read?.inputs).toEqual(['topic']);
    if (read === undefined) return;
    const filled = fillInputs(read, { topic: 'tides' });
    const seen: string[] = [];
    const done = await run({ plan: filled.plan, team: fillTeam(team, filled.fill), model: crew(seen) });
    expect(done).toMatchObject({
      status: 'succeeded',
      deliverable: 'did: Write on tides.\ndid: Note tides.',
      ledger: { calls: 5 },
    });
    expect(done.subtasks.map(({ id }) => id)).toEqual(['manage-1', 'first {topic}', 'manage-2', 'second', 'manage-3']);
  });

  test('runs a task of one’s own by its team file alone', async () => {
    const { team } = importCrew(files, { process: 'hierarchical', inputs: { topic: 'tides' } });
    const { status, strategy, ledger } = await run({
      task: 'All about tides, for children.',
      team,
      strategy: 'team',
      model: crew(),
    });
    expect({ status, strategy, calls: ledger.calls }).toEqual({ status: 'succeeded', strategy: 'team', calls: 5 });
  });
});
