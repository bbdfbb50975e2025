/** `planwright/server`: the run server, to be started by another program. */
export type { Api } from './app.ts';
export type { PublishedTeam } from './published-agent.ts';
export { defaultPort, type RunServer, type StartServerOptions, startServer } from './start-server.ts';
