/** Traces with one failure each, worded otherwise than the examples that are shipped. */
import type { MastCode } from 'planwright';
import { call, historyOf, messagesOf } from './trace-forms.ts';

export interface FaultyTrace {
  name: string;
  mode: MastCode;
  trace: object;
}

const failed = call('query_db', { sql: 'select count(*) from visits' }, 'Error: relation "visits" does not exist');

export const faultyTraces: FaultyTrace[] = [
  {
    name: 'the same failing query four times',
    mode: '1.3',
    trace: messagesOf(
      ['user', 'How many visits were there?'],
      ['analyst', null, failed],
      ['analyst', null, failed],
      ['analyst', null, failed],
      ['analyst', null, failed],
      ['analyst', 'The table of visits is not there, so the number cannot be told.'],
    ),
  },
  {
    name: 'a finished block of two calls done over',
    mode: '1.3',
    trace: messagesOf(
      ['user', 'Summarize both memos.'],
      ['assistant', null, call('open', { doc: 'memo-a' }, 'Budget is flat for 2026.')],
      ['assistant', null, call('open', { doc: 'memo-b' }, 'Hiring is frozen until June.')],
      ['assistant', null, call('open', { doc: 'memo-a' }, 'Budget is flat for 2026.')],
      ['assistant', null, call('open', { doc: 'memo-b' }, 'Hiring is frozen until June.')],
      ['assistant', 'Flat budget in 2026, no hiring before June.'],
    ),
  },
  {
    name: 'two agents that turn in a circle',
    mode: '1.3',
    trace: historyOf(
      'Pick a venue.',
      ['Scout', 'I suggest the town hall, it has room for two hundred guests and a stage.'],
      ['Host', 'The town hall is too loud in the evening because of the tram depot nearby.'],
      ['Scout', 'I suggest the town hall, it has room for two hundred guests and a stage.'],
      ['Host', 'The town hall is too loud in the evening because of the tram depot nearby.'],
      ['Scout', 'I suggest the town hall, it has room for two hundred guests and a stage.'],
      ['Host', 'We will take the old cinema.'],
    ),
  },
  {
    name: 'a service agent welcomes the customer in the middle of a refund',
    mode: '2.1',
    trace: messagesOf(
      ['user', 'My headset arrived broken, order 5512.'],
      [
        'assistant',
        'I am sorry to hear that. I am looking at the order.',
        call('get_order', { id: 5512 }, '{"id":5512,"item":"headset","paid":79}'),
      ],
      ['assistant', 'The headset cost 79 dollars. Do you want a replacement or your money back?'],
      ['user', 'Money back, to my card.'],
      ['assistant', 'Welcome to the support desk! I am your virtual assistant. What can I help you with?'],
      ['user', 'The refund for order 5512.'],
    ),
  },
  {
    name: 'a pair of agents is suddenly at its first line again',
    mode: '2.1',
    trace: historyOf(
      'Agree on a color for the logo.',
      ['Designer', 'To begin with, tell me which feelings the brand should raise in people who see it.'],
      ['Client', 'Calm and trust. Nothing loud.'],
      ['Designer', 'Then I propose a deep blue with a warm gray for the letters.'],
      ['Client', 'Blue is good. The gray looks tired to me.'],
      ['Designer', 'We can take white letters on the blue, which reads better on small screens.'],
      ['Client', 'White it is. What about the icon?'],
      ['Designer', 'To begin with, tell me which feelings the brand should raise in people who see it.'],
      ['Client', 'Calm and trust, as before.'],
      ['Designer', 'Deep blue, white letters.'],
    ),
  },
  {
    name: 'an agent starts over unasked',
    mode: '2.1',
    trace: historyOf(
      'Plan the move of the archive.',
      ['Mover', 'The archive has 340 boxes; I would move the older half first, on Monday.'],
      ['Archivist', 'Monday works. The older half is 170 boxes on the ground floor.'],
      ['Mover', 'Two vans carry 170 boxes in four trips. The newer half follows on Tuesday.'],
      ['Archivist', 'Tuesday is fine as well. The elevator holds 600 kilograms.'],
      ['Mover', "Let's start over from the beginning. What is to be moved, and when?"],
      ['Archivist', 'The 340 boxes, on Monday and Tuesday.'],
    ),
  },
  {
    name: 'asks for a size that was given',
    mode: '1.4',
    trace: messagesOf(
      ['user', 'I want to order a rain jacket.'],
      ['assistant', 'Which size do you wear?'],
      ['user', 'Medium, and in green.'],
      ['assistant', 'We have green jackets.', call('stock', { item: 'rain jacket', color: 'green' }, 'available: S, M, L')],
      ['assistant', 'They are in stock. Which size do you wear?'],
      ['user', 'Medium. I said so.'],
    ),
  },
  {
    name: 'knows nothing of the talk before',
    mode: '1.4',
    trace: messagesOf(
      ['user', 'Let us continue with the menu: soup, then fish.'],
      ['assistant', 'Soup and fish. A lemon sorbet would go well after the fish.'],
      ['user', 'Good, take the sorbet. And wine?'],
      ['assistant', 'A dry Riesling goes with the fish.'],
      ['user', 'Now write down the menu we agreed on.'],
      ['assistant', 'I do not have any record of our earlier conversation, so I cannot know which menu you mean.'],
    ),
  },
  {
    name: 'acts on a value that was replaced',
    mode: '1.4',
    trace: messagesOf(
      ['user', 'Transfer 300 euros to account DE-771.'],
      ['assistant', 'I will transfer 300 euros to DE-771. Is that right?'],
      ['user', 'No, change the account from DE-771 to DE-904.'],
      ['assistant', 'Thank you for the correction.', call('transfer', { amount: 300, account: 'DE-771' }, 'ok, reference T9')],
      ['assistant', 'The transfer is under way with reference T9.'],
    ),
  },
  {
    name: 'the framework stops it',
    mode: '1.5',
    trace: historyOf(
      'Find the oldest bridge of the town.',
      ['Guide', 'The stone bridge dates from 1534 according to the plaque.'],
      ['Historian', 'There may be an older one upstream, let me ask around for wooden bridges.'],
      ['Guide', 'The wooden bridge upstream was built in 1702, so the stone bridge is older.'],
      ['Historian', 'There may be others still, perhaps in the forest or near the mill.'],
      ['Guide', 'None of the maps I have shows one near the mill.'],
      ['system', 'Maximum number of rounds (5) reached, the conversation was stopped.'],
    ),
  },
  {
    name: 'working on after the end was called',
    mode: '1.5',
    trace: messagesOf(
      ['user', 'What does the sensor read?'],
      ['assistant', null, call('read_sensor', { id: 3 }, '21.4')],
      ['assistant', 'The sensor reads 21.4 degrees. [DONE]'],
      ['assistant', null, call('read_sensor', { id: 4 }, '20.9')],
      ['assistant', null, call('read_sensor', { id: 5 }, '22.0')],
      ['assistant', 'Sensors 4 and 5 read 20.9 and 22.0 degrees.'],
    ),
  },
  {
    name: 'everyone reports that it is finished, again and again',
    mode: '1.5',
    trace: historyOf(
      'Sort the three invoices by date.',
      ['Clerk', 'By date: invoice 12 (May 2), invoice 9 (May 7), invoice 15 (June 1).'],
      ['Boss', 'That is the right order. The task is complete.'],
      ['Clerk', 'All work is finished now.'],
      ['Boss', 'Yes, the task has been completed.'],
      ['Clerk', 'Everything is done, nothing else to do.'],
    ),
  },
  {
    name: 'a text resubmitted after criticism',
    mode: '2.5',
    trace: historyOf(
      'Write a notice about the closed swimming pool.',
      ['Author', 'Notice: the swimming pool in Park Street stays closed for repairs of the filter.'],
      ['Editor', 'The notice does not say until when. Add the date of reopening, which is 14 August.'],
      ['Author', 'Notice: the swimming pool in Park Street stays closed for repairs of the filter.'],
    ),
  },
  {
    name: 'another figure than the one that was reported',
    mode: '2.5',
    trace: messagesOf(
      ['user', 'Write the summary of the outage.'],
      ['ops', 'The outage affected 1,240 customers.'],
      ['author', 'Summary: the outage affected 310 customers.'],
    ),
  },
  {
    name: 'a report that nobody takes up',
    mode: '2.5',
    trace: historyOf(
      'Recommend a route to the summit.',
      ['Guide', 'Two routes lead up: the ridge and the gully.'],
      [
        'Ranger',
        'Rockfall closed Gully Nordwand yesterday; helicopters evacuated climbers near "Point Sigma", wardens forbid entering.',
      ],
      ['Planner', 'I recommend the gully: it takes 4 hours and saves 300 meters compared with the ridge.'],
    ),
  },
  {
    name: 'a writer that deletes',
    mode: '1.2',
    trace: {
      agents: { writer: { instructions: 'You write summaries.', tools: ['read_notes', 'write_summary'] } },
      messages: messagesOf(
        ['user', 'Summarize the notes.'],
        ['writer', null, call('read_notes', {}, 'Monday: tests. Tuesday: release.')],
        ['writer', null, call('delete_notes', { all: true }, 'deleted')],
        ['writer', 'Tests on Monday, release on Tuesday.'],
      ),
    },
  },
  {
    name: 'an email that was never sent',
    mode: '1.2',
    trace: messagesOf(
      ['user', 'Tell the supplier that we accept.'],
      ['assistant', null, call('get_contact', { name: 'supplier' }, 'mara@supplier.example')],
      ['assistant', 'I have sent the email to mara@supplier.example and told her that we accept the offer.'],
    ),
  },
  {
    name: 'an architect that codes although it must not',
    mode: '1.2',
    trace: {
      agents: [
        { name: 'architect', instructions: 'You design modules. You must never write code yourself.' },
        { name: 'builder', instructions: 'You implement what the architect designs.' },
      ],
      messages: messagesOf(
        ['user', 'We need a cache.'],
        [
          'architect',
          'A map with a limit will do:\n```js\nconst cache = new Map();\nexport function get(key) {\n  return cache.get(key);\n}\n```',
        ],
        ['builder', 'Taking the cache over: get(key) reads from the map, and I add the limit of entries.'],
      ),
    },
  },
  {
    name: 'ends in front of its next step',
    mode: '3.1',
    trace: historyOf('Compare the three phone plans.', [
      'Advisor',
      'Plan A costs 12 and has 5 GB. Now I will look at plan B and plan C.',
    ]),
  },
  {
    name: 'says that parts are missing and ends',
    mode: '3.1',
    trace: messagesOf(
      ['user', 'Translate chapters 1, 2 and 3.'],
      ['assistant', null, call('translate', { chapter: 1 }, 'Kapitel 1 …')],
      ['assistant', 'Chapter 1 is translated. Chapters 2 and 3 have not been translated yet. TERMINATE'],
    ),
  },
  {
    name: 'ends on a red test',
    mode: '3.1',
    trace: messagesOf(
      ['user', 'Fix the date parser.'],
      ['dev', null, call('edit_file', { path: 'dates.js', text: 'const parse = (d) => new Date(d);' }, 'saved')],
      ['dev', null, call('run_tests', {}, '3 failed, 9 passed')],
      ['dev', 'The date parser is fixed. The task is complete.'],
    ),
  },
  {
    name: 'a migration that nobody looks at',
    mode: '3.2',
    trace: messagesOf(
      ['user', 'Add the column "region" in production.'],
      [
        'dba',
        null,
        call('write_file', { path: 'migrations/0042.sql', content: 'ALTER TABLE shops ADD COLUMN region text;' }, 'ok'),
      ],
      ['dba', null, call('deploy_migration', { id: '0042' }, 'queued')],
      ['dba', 'The column is on its way to production.'],
    ),
  },
  {
    name: 'a check was asked for',
    mode: '3.2',
    trace: messagesOf(
      ['user', 'What is 17 times 23 minus 19? Please double-check the result before you answer.'],
      ['assistant', 'It is 372.'],
    ),
  },
  {
    name: 'a tester that is never called',
    mode: '3.2',
    trace: {
      agents: [
        { name: 'maker', instructions: 'You build forms.' },
        { name: 'tester', instructions: 'You test forms in three browsers.' },
      ],
      messages: messagesOf(
        ['user', 'Build the sign-up form.'],
        ['maker', 'The form has fields for name, email and password, and a button that sends them.'],
      ),
    },
  },
  {
    name: 'an answer that is too long',
    mode: '1.1',
    trace: messagesOf(
      ['user', 'Describe the museum in no more than ten words.'],
      [
        'assistant',
        'The museum shows ships, maps, tools of fishermen, old nets and a whole harbor in miniature with moving cranes.',
      ],
    ),
  },
  {
    name: 'prose where JSON was wanted',
    mode: '1.1',
    trace: messagesOf(
      ['user', 'List the two colors. Answer only with JSON, please.'],
      ['assistant', 'The colors are red and blue.'],
    ),
  },
  {
    name: 'a file that was not to be changed',
    mode: '1.1',
    trace: messagesOf(
      ['user', 'Rename the helper. Do not modify legacy/api.js.'],
      ['dev', null, call('edit_file', { path: 'legacy/api.js', text: 'export const helperTwo = 2;' }, 'ok')],
      ['dev', null, call('run_tests', {}, '9 passed')],
      ['dev', 'The helper has its new name everywhere, and 9 tests pass.'],
    ),
  },
  {
    name: 'announces one order and cancels another',
    mode: '2.6',
    trace: messagesOf(
      ['user', 'Cancel my order A-1001.'],
      ['assistant', 'I will cancel order A-1001 now.', call('cancel_order', { order: 'A-1007' }, 'cancelled')],
      ['assistant', 'Your order has been cancelled.'],
    ),
  },
  {
    name: 'names a tool and takes another',
    mode: '2.6',
    trace: {
      tools: ['search_encyclopedia', 'search_forum'],
      messages: messagesOf(
        ['user', 'How tall is the tower?'],
        [
          'assistant',
          'I should use search_encyclopedia for a figure like this.',
          call('search_forum', { query: 'tower height' }, 'somebody says 80 m'),
        ],
        ['assistant', 'The tower is 80 m tall, says a forum.'],
      ),
    },
  },
];
