/**
 * A team as an agent that others use by the Agent2Agent protocol (1.0, JSON-RPC over HTTP): its card, messages with and without
 * streaming, tasks and their cancellation. Who may ask is decided before a request gets here.
 */
import { systemClock } from '../../clock.ts';
import type { DriveRunOptions } from '../../drive-options.ts';
import { openStore } from '../../engine/open-store.ts';
import type { Store } from '../../engine/store.ts';
import type { Strategy } from '../../gate/gate.ts';
import { defaultPreset } from '../../team/defaults.ts';
import { loadTeam } from '../../team/load-team.ts';
import type { RunLimits, Team } from '../../team/team.ts';
import { withoutUndefined } from '../../team/without-undefined.ts';
import { BoundedTaskStore } from './bounded-task-store.ts';
import { loadServerSdk } from './load-sdk.ts';
import { cardOfTeam } from './publish-card.ts';
import { answerRpc, readBody, refuse } from './rpc-answer.ts';
import { TeamExecutor } from './team-executor.ts';

export interface PublishAgentOptions extends Omit<DriveRunOptions, 'store' | 'signal' | 'onDelta'> {
  /** Where clients reach it: the address of its JSON-RPC, as it stands in the card. */
  url: string;
  /** What the card calls its version. */
  version: string;
  /** A team, the path of a team file, or a preset's name. Default: the preset `research`. */
  team?: Team | string;
  /** Default `auto`. */
  strategy?: Strategy | 'auto';
  /** The folder of documents that every task works on. Default: none. */
  files?: string;
  /** Replaces single limits of the team, for every task. */
  limits?: Partial<RunLimits>;
  /** An open store, a folder or a file. Default `.planwright`. */
  store?: Store | string;
  /** Tasks at once; more are rejected. Default 4. */
  maxTasks?: number;
  /** The card says that a bearer token is asked for. Default false. */
  needsToken?: boolean;
}

export interface PublishedAgent {
  /** Answers GET of `…/agent-card.json` with the card, and POST of anything else as JSON-RPC. Never rejects. */
  handle(request: Request): Promise<Response>;
  /** Interrupts the runs under way and waits for them; they can be resumed. A store that was given open stays open. */
  close(): Promise<void>;
}

const defaultMaxTasks = 4;
const versionHeader = 'a2a-version';

/**
 * Publishes a team. Its tasks are kept in memory, their runs in the store.
 * @throws {PlanwrightError} `team-invalid`; `usage` when `@a2a-js/sdk` is not installed; as `openStore`.
 */
export async function publishAgent(options: PublishAgentOptions): Promise<PublishedAgent> {
  const { url, version, team: named, store: place, strategy, files, limits, maxTasks, needsToken = false, ...means } = options;
  const clock = means.clock ?? systemClock;
  const sdk = await loadServerSdk();
  const team = typeof named === 'object' ? named : await loadTeam(named ?? defaultPreset);
  const store = await openStore(place, clock);
  const closing = new AbortController();
  const run = { ...means, team, ...withoutUndefined({ strategy, files, limits }) };
  const executor = new TeamExecutor({ run, store, clock, maxTasks: maxTasks ?? defaultMaxTasks, closing: closing.signal });
  const card = cardOfTeam(team, { url, version, needsToken });
  const handler = new sdk.DefaultRequestHandler(card, new BoundedTaskStore(), executor);
  const rpc = new sdk.JsonRpcTransportHandler(handler);
  const toError = (thrown: unknown): unknown => sdk.JsonRpcTransportHandler.mapToJSONRPCError(thrown);

  return {
    handle: async (request) => {
      if (new URL(request.url).pathname.endsWith('/agent-card.json')) {
        return request.method === 'GET' ? Response.json(card) : refuse(405, 'The card is read with GET.');
      }
      if (request.method !== 'POST') return refuse(405, 'Messages are sent with POST.');
      if (closing.signal.aborted) return refuse(503, 'This agent is closing.');
      const read = await readBody(request);
      if (read.kind === 'refused') return read.response;
      const requestedVersion = request.headers.get(versionHeader);
      const context = new sdk.ServerCallContext(requestedVersion === null ? {} : { requestedVersion });
      try {
        sdk.validateVersion(context.requestedVersion, card, 'JSONRPC');
      } catch (thrown) {
        return Response.json({ jsonrpc: '2.0', id: null, error: toError(thrown) });
      }
      return answerRpc(rpc, { body: read.body, context, toError });
    },
    close: async () => {
      closing.abort();
      await executor.settled();
      if (typeof place !== 'object') await store.close();
    },
  };
}
