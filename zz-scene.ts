import { startServer } from '/work/main/src/server/index.ts';
import { startScriptedServer } from '/work/main/src/testing/index.ts';
import { playInstruction } from '/work/main/test/support/app-server.ts';
import { writeFileSync, mkdirSync } from 'node:fs';
mkdirSync('/tmp/w/teams', { recursive: true });
writeFileSync('/tmp/w/teams/press.yaml', `
name: press
roles:
  finder: { description: Finds facts., instructions: You are the finder. }
  checker: { description: Checks facts., instructions: You are the checker. }
  writer: { description: Writes., instructions: You are the writer. }
  desk:
    description: A desk of its own.
    team:
      name: desk
      roles:
        reporter: { description: Reports., instructions: You are the reporter. }
        editor: { description: Edits., instructions: You are the editor. }
`);
const model = await startScriptedServer(playInstruction);
const server = await startServer({ store: '/tmp/w/store', port: 7556, token: 'tokentokentokentoken', filesRoots: ['/work/main/docs'], teams: ['/tmp/w/teams/press.yaml'], means: { model: model.spec }, onError: (e) => console.error('ERR', e) });
console.log(server.issueLink());
const post = async (path: string, body: unknown) => { const r = await fetch(server.url + path, { method: 'POST', headers: { authorization: 'Bearer tokentokentokentoken', 'content-type': 'application/json' }, body: JSON.stringify(body) }); const t = await r.text(); console.error(path, r.status, t.slice(0, 300)); return JSON.parse(t); };
const s = (id: string, role: string, dependsOn: string[] = [], extra: object = {}, instruction = `Do ${id} with care and say what was found. [wait 400]`) => ({ id, role, instruction, dependsOn, ...extra });
const plan = { version: 1, task: 'Write the morning report on the harbor: what arrived, what left, what is late, and why.', deliverable: 'report', subtasks: [
  s('arrivals', 'finder'), s('departures', 'finder'), s('delays', 'finder', [], { accept: [{ kind: 'predicate', contains: 'late' }] }, 'List what is late. [wait 300] [at first: Nothing found.] [answer: The ferry is late.]'),
  s('check-arrivals', 'checker', ['arrivals']), s('check-departures', 'checker', ['departures']), s('check-delays', 'checker', ['delays']),
  s('desk-north', 'desk', ['check-arrivals'], {}, 'Write on the north. [plan: {"subtasks":[{"id":"ask","role":"reporter","instruction":"Ask the north. [wait 500]","dependsOn":[]},{"id":"polish","role":"editor","instruction":"Polish. [wait 300]","dependsOn":["ask"]}],"deliverable":"polish"}]'),
  s('table', 'writer', ['check-arrivals', 'check-departures']), s('reasons', 'finder', ['check-delays']), s('check-reasons', 'checker', ['reasons']),
  s('map', 'writer', ['check-departures']),
  s('report', 'writer', ['table', 'map', 'desk-north', 'check-reasons'], {}, 'Write the report. [answer: # Harbor report\n\nThe **ferry** is late. See [more](javascript:alert(1)) and <script>window.hacked = 1</script> <img src=x onerror="window.hacked=2">\n\n| ship | state |\n|---|---|\n| Ferry | late |\n| Barge | here |\n\n- one\n- two]'),
] };
const a = await post('/api/runs', { plan, team: 'press' });
console.log('RUN', a.runId);
if (process.argv[2] === 'more') {
  const big = (n: number) => ({ version: 1, task: `A large plan of ${n} subtasks.`, subtasks: Array.from({ length: n }, (_, i) => s(`s${i}`, ['finder', 'checker', 'writer'][i % 3]!, i < 10 ? [] : [`s${Math.floor(i / 3)}`, `s${i - 7}`], {}, 'Go.')) });
  console.log('B300', (await post('/api/runs', { plan: big(300), team: 'press', limits: { concurrency: 50 } })).runId);
  console.log('B10000', (await post('/api/runs', { plan: big(10000), team: 'press', limits: { concurrency: 50 } })).runId);
}
console.log('WAIT', (await post('/api/runs', { plan: { ...plan, task: 'A plan that waits for approval.' }, team: 'press', approve: true })).runId);
