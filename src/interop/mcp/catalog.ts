/** What a server has to offer, as far as anybody in the run may use it: read once, bounded, and kept in the run's journal. */
import { z } from 'zod';
import { PlanwrightError } from '../../errors.ts';
import type { Json } from '../../json.ts';
import { cleanText } from './clean-text.ts';
import { mapTexts } from './map-texts.ts';
import type { RunningServer } from './mcp-server.ts';
import { tameSchema } from './tame-schema.ts';

/** Tools of one server that roles of the run name. */
export interface Wanted {
  names: ReadonlySet<string>;
  /** A role takes them all. */
  all: boolean;
}

const catalogToolSchema = z.object({
  name: z.string(),
  description: z.string(),
  /** Absent: it can't be used, and `unusable` says why. */
  inputSchema: z.record(z.string(), z.json()).optional(),
  unusable: z.string().optional(),
  /** By the server's own word. */
  hint: z.enum(['read', 'idempotent']).optional(),
});
export type CatalogTool = z.infer<typeof catalogToolSchema>;

export const catalogSchema = z.object({
  version: z.literal(1),
  tools: z.array(catalogToolSchema),
  /** Names that nobody asked for, the first of them. */
  others: z.array(z.string()),
});
export type Catalog = z.infer<typeof catalogSchema>;

/** With `mcp:NAME/*`: more would drown a model. */
const mostTools = 128;
const mostPages = 64;
const mostListed = 20_000;
const othersNamed = 40;
const nameCharacters = 200;
const descriptionCharacters = 2000;

const listedSchema = z.looseObject({
  name: z.string().min(1).max(nameCharacters),
  description: z.string().optional().catch(undefined),
  inputSchema: z.unknown().optional(),
  annotations: z
    .looseObject({ readOnlyHint: z.unknown().optional(), idempotentHint: z.unknown().optional() })
    .optional()
    .catch(undefined),
});
type Listed = z.infer<typeof listedSchema>;

/**
 * Entries of the list that are no tools are passed over; of two with one name the first counts. By name, for a server may
 * list them in any order.
 * @throws {PlanwrightError} `tool-unavailable`; `usage` when all are wanted and there are more than 128; the signal's reason.
 */
export async function readCatalog(server: RunningServer, wanted: Wanted, signal: AbortSignal): Promise<Catalog> {
  const found = new Map<string, CatalogTool>();
  const others: string[] = [];
  let listed = 0;
  let cursor: string | undefined;
  for (let page = 0; page < mostPages && listed < mostListed; page += 1) {
    const { tools, nextCursor } = await server.listTools(cursor, signal);
    for (const tool of tools.slice(0, mostListed - listed)) {
      const parsed = listedSchema.safeParse(tool);
      if (!parsed.success || found.has(parsed.data.name)) continue;
      const { name } = parsed.data;
      if (wanted.all || wanted.names.has(name)) found.set(name, readTool(parsed.data));
      else if (others.length < othersNamed) others.push(cleanText(name, nameCharacters));
      if (found.size > mostTools && wanted.all) throw tooMany(server.name);
    }
    listed += tools.length;
    if (nextCursor === undefined || nextCursor === cursor || (!wanted.all && found.size === wanted.names.size)) break;
    cursor = nextCursor;
  }
  const catalog = { version: 1 as const, tools: [...found.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)), others };
  return catalogSchema.parse(mapTexts(catalog as Json, (text) => server.redact(text)));
}

function readTool({ name, description = '', inputSchema, annotations }: Listed): CatalogTool {
  const tamed = tameSchema(inputSchema as Json);
  const hint = annotations?.readOnlyHint === true ? 'read' : annotations?.idempotentHint === true ? 'idempotent' : undefined;
  return {
    name,
    description: cleanText(description, descriptionCharacters),
    ...(tamed.kind === 'tamed' ? { inputSchema: tamed.schema } : { unusable: tamed.reason }),
    ...(hint === undefined ? {} : { hint }),
  };
}

function tooMany(name: string): PlanwrightError {
  return new PlanwrightError(
    'usage',
    `The MCP server "${name}" has more than ${mostTools} tools. Name those that a role needs, in place of mcp:${name}/*.`,
  );
}
