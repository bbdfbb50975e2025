/** A server in a process of its own, with a run that brings events for long enough. Told by messages of its parent. */
import { MemoryStore } from 'planwright';
import { startServer } from 'planwright/server';
import { token } from './load-token.ts';
import { pacedModel } from './played-team.ts';

const store = new MemoryStore();
const { model } = pacedModel({ latencyMs: 190 });
const server = await startServer({ store, port: 0, token, appFolder: '/nowhere', means: { model } });

process.on('message', (message) => {
  if (message === 'leave')
    server.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  else process.send?.({ rss: process.memoryUsage().rss, streams: server.streams() });
});
process.send?.({ url: server.url });
