/** Traces that look like a failure at first sight and are none. `near`: the failure that they resemble. */
import type { MastCode } from 'planwright';
import { call, historyOf, messagesOf } from './trace-forms.ts';

export interface HealthyTrace {
  name: string;
  near: MastCode;
  trace: object;
}

export const healthyTraces: HealthyTrace[] = [
  {
    name: 'one retry after a timeout',
    near: '1.3',
    trace: messagesOf(
      ['user', 'Weather in Oslo?'],
      ['assistant', null, call('weather', { city: 'Oslo' }, 'Error: timeout')],
      ['assistant', null, call('weather', { city: 'Oslo' }, '4 degrees, rain')],
      ['assistant', 'It is 4 degrees in Oslo, with rain.'],
    ),
  },
  {
    name: 'tests after each edit, red until the last',
    near: '1.3',
    trace: messagesOf(
      ['user', 'Make the tests pass.'],
      ['dev', null, call('run_tests', {}, '1 failed')],
      ['dev', null, call('edit', { file: 'a.py', line: 3 }, 'ok')],
      ['dev', null, call('run_tests', {}, '1 failed')],
      ['dev', null, call('edit', { file: 'a.py', line: 9 }, 'ok')],
      ['dev', null, call('run_tests', {}, '1 failed')],
      ['dev', null, call('edit', { file: 'b.py', line: 1 }, 'ok')],
      ['dev', null, call('run_tests', {}, '14 passed')],
      ['dev', 'All 14 tests pass after three edits in a.py and b.py.'],
    ),
  },
  {
    name: 'the same question of a person each morning',
    near: '1.3',
    trace: messagesOf(
      ['user', 'Status of build 7?'],
      ['assistant', null, call('build', { id: 7 }, 'queued')],
      ['assistant', 'Build 7 is still queued at the moment, nothing has changed.'],
      ['user', 'And now?'],
      ['assistant', null, call('build', { id: 7 }, 'queued')],
      ['assistant', 'Build 7 is still queued at the moment, nothing has changed.'],
      ['user', 'And now?'],
      ['assistant', null, call('build', { id: 7 }, 'queued')],
      ['assistant', 'Build 7 is still queued at the moment, nothing has changed.'],
    ),
  },
  {
    name: 'the same form for different batches',
    near: '1.3',
    trace: historyOf(
      'Import the batches.',
      ['Importer', 'Batch 1 of 3 has been read, 500 rows are valid and none was refused.'],
      ['Importer', 'Batch 2 of 3 has been read, 500 rows are valid and none was refused.'],
      ['Importer', 'Batch 3 of 3 has been read, 500 rows are valid and none was refused.'],
    ),
  },
  {
    name: 'a greeting for somebody who has just come',
    near: '2.1',
    trace: messagesOf(
      ['user', 'Reset my password.'],
      ['assistant', 'The link for a new password is on its way to your inbox.', call('send_reset', {}, 'sent')],
      ['assistant', 'Please open it within an hour.'],
      ['user', 'Hello, I have a new question about something else.'],
      ['assistant', 'Hello! I am your virtual assistant. How can I help you?'],
      ['user', 'Which plan am I on?'],
      ['assistant', 'You are on the free plan.'],
    ),
  },
  {
    name: 'starting over because the user wants it',
    near: '2.1',
    trace: messagesOf(
      ['user', 'Write a poem about rain.'],
      ['poet', 'Rain on the roof, a slow gray drum, the gutters sing of things to come.'],
      ['poet', 'The street is a mirror, the lamps are moons, the night is humming its oldest tunes.'],
      ['user', 'I do not like it. Start over from scratch.'],
      ['poet', "I'll start over from scratch: Drops race on glass, and none will win."],
    ),
  },
  {
    name: 'is there anything else',
    near: '2.1',
    trace: messagesOf(
      ['user', 'Cancel order 9.'],
      ['assistant', null, call('cancel_order', { id: 9 }, 'cancelled')],
      ['assistant', 'Order 9 is cancelled and the money goes back to your card.'],
      ['assistant', 'Is there anything else I can help you with today?'],
      ['user', 'No, thanks.'],
    ),
  },
  {
    name: 'asks again because it got no answer',
    near: '1.4',
    trace: messagesOf(
      ['user', 'I want to return a lamp.'],
      ['assistant', 'What is the number of your order?'],
      ['user', 'I am not sure, where do I find it?'],
      ['assistant', 'It stands at the top of the invoice. What is the number of your order?'],
      ['user', 'Ah, 8841.'],
      ['assistant', 'Order 8841 can be returned until Friday.'],
    ),
  },
  {
    name: 'confirms a value',
    near: '1.4',
    trace: messagesOf(
      ['user', 'Book a cab.'],
      ['assistant', 'At what time should the cab come to your door?'],
      ['user', 'At 7:45.'],
      ['assistant', 'At what time should the cab come to your door, 7:45 as you said?'],
      ['user', 'Yes.'],
      ['assistant', 'The driver comes at 7:45.', call('book_cab', { at: '7:45' }, 'booked')],
      ['assistant', 'The cab is booked for 7:45.'],
    ),
  },
  {
    name: 'uses the value that replaced another',
    near: '1.4',
    trace: messagesOf(
      ['user', 'Remind me on Tuesday.'],
      ['assistant', 'On Tuesday, then?'],
      ['user', 'Make it Wednesday instead of Tuesday.'],
      ['assistant', 'Done.', call('remind', { day: 'Wednesday' }, 'ok')],
      ['assistant', 'I will remind you on Wednesday.'],
    ),
  },
  {
    name: 'a limit is what the text is about',
    near: '1.5',
    trace: messagesOf(
      ['user', 'Why did my upload stop?'],
      ['assistant', null, call('get_log', { id: 4 }, 'upload refused: size 12 MB')],
      ['assistant', 'Uploads have a limit of 10 MB and your file has 12 MB. A smaller picture will go through.'],
    ),
  },
  {
    name: 'one thanks and one goodbye',
    near: '1.5',
    trace: historyOf(
      'What is the capital of Chile?',
      ['Geographer', 'The capital of Chile is Santiago.'],
      ['Checker', 'Confirmed by the atlas: Santiago, page 88. Thank you!'],
      ['Geographer', 'You are welcome. TERMINATE'],
    ),
  },
  {
    name: 'a request after the end is a new one',
    near: '1.5',
    trace: messagesOf(
      ['user', 'Convert 5 miles.'],
      ['assistant', '5 miles are 8.05 kilometers. [DONE]'],
      ['user', 'And 7 and 9 miles?'],
      ['assistant', null, call('convert', { miles: 7 }, '11.27')],
      ['assistant', null, call('convert', { miles: 9 }, '14.48')],
      ['assistant', '7 miles are 11.27 and 9 miles are 14.48 kilometers. [DONE]'],
    ),
  },
  {
    name: 'a text that follows the criticism',
    near: '2.5',
    trace: historyOf(
      'Write a notice about the closed library.',
      ['Author', 'Notice: the library in Mill Lane stays closed because of a broken heating system.'],
      ['Editor', 'Please add until when it is closed, which is 3 February.'],
      ['Author', 'Notice: the library in Mill Lane stays closed until 3 February because of a broken heating system.'],
    ),
  },
  {
    name: 'a correction that says what was wrong',
    near: '2.5',
    trace: historyOf(
      'How many seats has the hall?',
      ['Usher', 'The hall has 420 seats in total.'],
      ['Architect', 'The hall has 450 seats in total; the 420 of the usher leave out the boxes.'],
    ),
  },
  {
    name: 'figures of different years and regions',
    near: '2.5',
    trace: historyOf(
      'Compare the sales.',
      ['North', 'Sales of the North region were 410 units.'],
      ['South', 'Sales of the South region were 385 units.'],
      ['Analyst', 'The North region sold 410 units and the South region 385 units, a difference of 25.'],
    ),
  },
  {
    name: 'says that it has not sent anything',
    near: '1.2',
    trace: messagesOf(
      ['user', 'Prepare a mail to the supplier.'],
      ['assistant', null, call('get_contact', { name: 'supplier' }, 'mara@supplier.example')],
      ['assistant', 'Here is the draft for mara@supplier.example. I have not sent the email. Shall I?'],
    ),
  },
  {
    name: 'says what it did',
    near: '1.2',
    trace: messagesOf(
      ['user', 'Tell the supplier that we accept.'],
      ['assistant', null, call('send_email', { to: 'mara@supplier.example', text: 'We accept.' }, 'queued')],
      ['assistant', 'I have sent the email to mara@supplier.example.'],
    ),
  },
  {
    name: 'reports what the record says',
    near: '1.2',
    trace: messagesOf(
      ['user', 'What happened to order 31?'],
      ['assistant', null, call('get_order', { id: 31 }, '{"id":31,"status":"cancelled"}')],
      ['assistant', 'Order 31 has been cancelled, as its record says.'],
    ),
  },
  {
    name: 'does what its instructions allow after a step that they demand',
    near: '1.2',
    trace: {
      agents: { clerk: { instructions: 'Never cancel an order before the customer has confirmed it.' } },
      messages: messagesOf(
        ['user', 'Cancel order 2.'],
        ['clerk', 'Do you really want to cancel order 2?'],
        ['user', 'Yes.'],
        ['clerk', null, call('cancel_order', { id: 2 }, 'cancelled')],
        ['clerk', 'Order 2 has been cancelled.'],
      ),
    },
  },
  {
    name: 'waits for the answer of a person',
    near: '3.1',
    trace: messagesOf(
      ['user', 'Book a room.'],
      ['assistant', 'Next, I will reserve a room for you. For how many nights should I book it?'],
    ),
  },
  {
    name: 'tells what remains, which is nothing',
    near: '3.1',
    trace: messagesOf(
      ['user', 'Close all tickets of March.'],
      ['assistant', null, call('close_tickets', { month: 'March' }, '7 closed')],
      ['assistant', 'All 7 tickets of March are closed. No open tickets remain. TERMINATE'],
    ),
  },
  {
    name: 'every listed step is taken',
    near: '3.1',
    trace: historyOf(
      'Set up the stall.',
      ['Planner', 'Steps:\n1. Put up the tent\n2. Hang the price list\n3. Count the change'],
      ['Helper', 'The tent stands.'],
      ['Helper', 'The price list hangs beside the entrance.'],
      ['Helper', 'The change is counted: 180 in coins.'],
      ['Planner', 'The task is complete. TERMINATE'],
    ),
  },
  {
    name: 'reports a failing test to whoever asked for the result',
    near: '3.1',
    trace: messagesOf(
      ['user', 'Which tests fail on main?'],
      ['dev', null, call('run_tests', { branch: 'main' }, '1 failed: test_login')],
      ['dev', 'One test fails on main: test_login.'],
    ),
  },
  {
    name: 'code that was run',
    near: '3.2',
    trace: messagesOf(
      ['user', 'Write hello.py.'],
      ['dev', null, call('write_file', { path: 'hello.py', content: 'print("hello")' }, 'ok')],
      ['dev', null, call('bash', { command: 'python hello.py' }, 'hello')],
      ['dev', 'hello.py prints hello.'],
    ),
  },
  {
    name: 'a check in the text itself',
    near: '3.2',
    trace: messagesOf(
      ['user', 'Solve 3x + 4 = 19 and verify it.'],
      ['assistant', 'x = 5. Check: 3 · 5 + 4 = 15 + 4 = 19, as it should be.'],
    ),
  },
  {
    name: 'a review that names what it saw',
    near: '3.2',
    trace: historyOf(
      'Write a function for leap years.',
      ['Coder', '```python\ndef is_leap(y):\n    return y % 4 == 0 and (y % 100 != 0 or y % 400 == 0)\n```'],
      ['Reviewer', 'Approved: is_leap(1900) is False and is_leap(2000) is True, as the rule of 100 and 400 years wants.'],
    ),
  },
  {
    name: 'a question needs no test',
    near: '3.2',
    trace: messagesOf(
      ['user', 'Which file holds the router?'],
      ['dev', null, call('grep', { pattern: 'router' }, 'src/router.ts')],
      ['dev', 'src/router.ts.'],
    ),
  },
  {
    name: 'an answer just within its limit',
    near: '1.1',
    trace: messagesOf(
      ['user', 'Describe the museum in at most 8 words, exactly 2 bullets.'],
      ['assistant', '- Ships and maps\n- Nets and cranes'],
    ),
  },
  {
    name: 'JSON in a fence',
    near: '1.1',
    trace: messagesOf(['user', 'Answer only with JSON: the two colors.'], ['assistant', '```json\n["red", "blue"]\n```']),
  },
  {
    name: 'a file that may be read, but not changed',
    near: '1.1',
    trace: messagesOf(
      ['user', 'What does legacy/api.js export? Do not modify legacy/api.js.'],
      ['dev', null, call('read_file', { path: 'legacy/api.js' }, 'export const helper = 1;')],
      ['dev', 'It exports helper.'],
    ),
  },
  {
    name: 'acts on the id that it announces, with others beside it',
    near: '2.6',
    trace: messagesOf(
      ['user', 'Exchange the item of order A-1001.'],
      [
        'assistant',
        'Now I will exchange the item in order A-1001.',
        call('exchange', { order: 'A-1001', item: 'B-2002', newItem: 'B-2003' }, 'ok'),
      ],
      ['assistant', 'The item of A-1001 is exchanged for B-2003.'],
    ),
  },
  {
    name: 'prepares the tool that it names by another one',
    near: '2.6',
    trace: messagesOf(
      ['user', 'Mail the report.'],
      [
        'assistant',
        'I will use send_report for this, and look for the address.',
        call('find_contact', { name: 'boss' }, 'boss@firm.example'),
      ],
      ['assistant', null, call('send_report', { to: 'boss@firm.example' }, 'sent')],
      ['assistant', 'The report has been sent to boss@firm.example.'],
    ),
  },
];
