/** The team that a server publishes over A2A: chosen and checked before the server listens, opened once its address is known. */
import {
  defaultPreset,
  listPresets,
  loadTeam,
  PlanwrightError,
  type PublishAgentOptions,
  type PublishedAgent,
  publishAgent,
  type Team,
} from '../index.ts';

/** Other agents use it: each of their tasks is a run, on the folder of `filesRoots` when there is just one. */
export interface PublishedTeam {
  /** The name of one of the server's teams, or a preset's. Default: the server's team if it has just one, else `research`. */
  team?: string;
  /** Where others reach this server, such as a proxy's address. Default: its own. */
  publicUrl?: string;
}

export interface AgentSlot {
  /** 503 before `open` has resolved. */
  handle: (request: Request) => Promise<Response>;
  /** @param options `url`: the server's own. */
  open(options: Omit<PublishAgentOptions, 'team'>): Promise<void>;
  /** Interrupts the runs of its tasks. */
  close(): Promise<void>;
}

/** Where messages to it are sent. */
export const agentPath = '/a2a';
export const agentCardPaths = ['/.well-known/agent-card.json', `${agentPath}/.well-known/agent-card.json`];

/** @throws {PlanwrightError} `usage` for an unknown team, an address that is none, or without a token. */
export async function preparePublished(
  { team: wanted, publicUrl }: PublishedTeam,
  { teams, token }: { teams: ReadonlyMap<string, Team>; token: string | undefined },
): Promise<AgentSlot> {
  if (token === undefined) {
    throw new PlanwrightError(
      'usage',
      'A published team needs a token, which agents send: set PLANWRIGHT_TOKEN or give --token.',
    );
  }
  if (publicUrl !== undefined && !/^https?:$/.test(URL.parse(publicUrl)?.protocol ?? '')) {
    throw new PlanwrightError('usage', `${JSON.stringify(publicUrl)} is no http or https address of this server.`);
  }
  const team = await chooseTeam(wanted, teams);
  let agent: PublishedAgent | null = null;
  return {
    handle: (request) => agent?.handle(request) ?? Promise.resolve(new Response(null, { status: 503 })),
    open: async (options) => {
      const base = (publicUrl ?? options.url).replace(/\/+$/, '');
      agent = await publishAgent({ ...options, team, url: `${base}${agentPath}`, needsToken: true });
    },
    close: async () => agent?.close(),
  };
}

async function chooseTeam(wanted: string | undefined, teams: ReadonlyMap<string, Team>): Promise<Team> {
  const [only] = teams.values();
  if (wanted === undefined) return teams.size === 1 && only !== undefined ? only : loadTeam(defaultPreset);
  const own = teams.get(wanted);
  if (own !== undefined) return own;
  const presets = listPresets().map(({ name }) => name);
  if (presets.includes(wanted)) return loadTeam(wanted);
  const known = [...teams.keys(), ...presets];
  throw new PlanwrightError('usage', `There is no team "${wanted}" to publish. Teams: ${known.join(', ')}.`);
}
