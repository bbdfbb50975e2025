/** The OpenAPI 3.1 document: the operations, and the schemas that bodies are checked by. */
import { z } from 'zod';
import { type Operation, type OperationResponse } from './operation.ts';
import { operations } from './operations.ts';
import { failureSchema } from './schemas/failure.ts';
import { namedSchemas } from './schemas/named.ts';

const schemaPath = '#/components/schemas/';

export interface OpenApiDocument {
  openapi: '3.1.1';
  info: { title: string; version: string; description: string };
  paths: Record<string, Record<string, object>>;
  components: { schemas: Record<string, object>; securitySchemes: Record<string, object> };
  [part: string]: unknown;
}

/** @param version Of the package. */
export function describeApi(version: string): OpenApiDocument {
  const paths: OpenApiDocument['paths'] = {};
  for (const one of operations) {
    const path = one.path.replaceAll(/:([A-Za-z]+)/g, '{$1}');
    paths[path] = { ...paths[path], [one.method]: describeOperation(one) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Planwright',
      version,
      description: 'The HTTP API of `planwright serve`. Texts of models and tools are data in JSON: show them as text.',
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }, { session: [] }],
    tags: ['runs', 'plans', 'comparisons', 'server'].map((name) => ({ name })),
    paths,
    components: {
      schemas: describeSchemas(),
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'planwright-PORT' },
      },
    },
  };
}

/** A request's side of a schema and an answer's side are the same here: nothing is transformed but in query strings. */
function describeSchemas(): Record<string, object> {
  const { schemas } = z.toJSONSchema(namedSchemas, { uri: (id) => `${schemaPath}${id}`, unrepresentable: 'any' });
  return Object.fromEntries(Object.entries(schemas).map(([id, { $schema: _schema, $id: _id, ...schema }]) => [id, schema]));
}

function describeOperation(described: Operation): object {
  const { id, tag, summary, body, query, responses, isOpen } = described;
  const answers = Object.entries(responses).map(([status, response]) => [status, describeResponse(response)]);
  const failure = { description: 'Why not.', content: { 'application/json': { schema: refer(failureSchema) } } };
  const parameters = [...pathParameters(described), ...queryParameters(query), ...(id === 'followRun' ? [lastEventId] : [])];
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(isOpen === true ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: isNeeded(body), content: { 'application/json': { schema: refer(body) } } } }),
    responses: { ...Object.fromEntries(answers), default: failure },
  };
}

function describeResponse({ description, schema, contentType }: OperationResponse): object {
  if (contentType !== undefined) return { description, content: { [contentType]: { schema: { type: 'string' } } } };
  return { description, ...(schema === undefined ? {} : { content: { 'application/json': { schema: refer(schema) } } }) };
}

function refer(schema: z.ZodType): object {
  const id = namedSchemas.get(schema)?.id;
  return id === undefined ? { type: 'object' } : { $ref: `${schemaPath}${id}` };
}

function isNeeded(body: z.ZodType): boolean {
  return !body.safeParse({}).success;
}

const lastEventId = {
  name: 'Last-Event-ID',
  in: 'header',
  description: 'The id of the last event that was seen.',
  schema: { type: 'string' },
};

function pathParameters({ path }: Operation): object[] {
  return [...path.matchAll(/:([A-Za-z]+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function queryParameters(query: z.ZodObject | undefined): object[] {
  return Object.entries(query?.shape ?? {}).map(([name, schema]) => {
    const { $schema: _schema, ...described } = z.toJSONSchema(schema as z.ZodType, { io: 'input', unrepresentable: 'any' });
    return { name, in: 'query', required: !(schema as z.ZodType).safeParse(undefined).success, schema: described };
  });
}
