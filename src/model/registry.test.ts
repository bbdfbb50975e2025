import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { PlanwrightError } from '../errors.ts';
import { fakeClock } from '../testing/fake-clock.ts';
import { scriptedModel } from '../testing/scripted-model.ts';
import { loadPriceTable, priceTableSource } from './prices.ts';
import { createModelRegistry } from './registry.ts';

const keys = { ANTHROPIC_API_KEY: 'k-anthropic', OPENAI_API_KEY: 'k-openai', GOOGLE_GENERATIVE_AI_API_KEY: 'k-google' };
const usage = { inputTokens: 1000, cachedInputTokens: 100, outputTokens: 100, reasoningTokens: 0 };
const knownForms = 'Known forms: anthropic:ID, openai:ID, google:ID, http://HOST:PORT/v1#MODEL, offline, recorded:FILE.';

async function refusal(spec: string, options: Parameters<typeof createModelRegistry>[0] = { env: {} }): Promise<string> {
  const thrown: unknown = await createModelRegistry(options)
    .resolve(spec)
    .catch((error: unknown) => error);
  return thrown instanceof PlanwrightError ? `${thrown.code}: ${thrown.message}` : `not refused: ${String(thrown)}`;
}

describe('specs', () => {
  it('of hosted models carry their price and context from the table', async () => {
    const registry = createModelRegistry({ env: keys });
    const claude = await registry.resolve('anthropic:claude-sonnet-4-5');
    expect(claude.languageModel).toMatchObject({ specificationVersion: 'v4', modelId: 'claude-sonnet-4-5' });
    expect(claude).toMatchObject({ spec: 'anthropic:claude-sonnet-4-5', contextTokens: 200_000, priced: true });
    // 900 at $3, 100 from the cache at $0.30 and 100 out at $15, per million.
    expect(claude.price(usage)).toBeCloseTo(0.00423, 10);
    expect(claude.price({ ...usage, cacheWriteInputTokens: 900 })).toBeCloseTo(0.004905, 10);
    expect(await registry.resolve('anthropic:claude-sonnet-4-5')).toBe(claude);
    expect((await registry.resolve('openai:gpt-5')).languageModel.provider).toBe('openai.responses');
    expect((await registry.resolve('google:gemini-2.5-pro')).priced).toBe(true);
  });

  it('of models the table does not know have no price, which is not a price of 0', async () => {
    const model = await createModelRegistry({ env: keys }).resolve('openai:not-a-model');
    expect([model.price(usage), model.priced, model.contextTokens]).toEqual([null, false, 128_000]);
  });

  it('of servers: free on this machine, priced where the table knows the address, unknown elsewhere', async () => {
    // Some prices depend on the time of day.
    const { clock } = fakeClock(Date.UTC(2026, 10, 23, 12));
    const registry = createModelRegistry({ env: {}, clock });
    const specs = [
      'http://127.0.0.1:8080/v1#m',
      'http://localhost:11434/v1/#llama3:8b',
      'http://[::1]:1/v1#m',
      'https://api.deepseek.com/v1#deepseek-chat',
      'http://10.0.0.5/v1#gpt-5',
    ];
    const models = await Promise.all(specs.map((spec) => registry.resolve(spec)));
    expect(models.map((model) => model.price(usage))).toEqual([0, 0, 0, expect.closeTo(0.00036, 6), null]);
    expect(models.map(({ languageModel }) => languageModel.modelId)).toEqual(['m', 'llama3:8b', 'm', 'deepseek-chat', 'gpt-5']);
    expect(models.map(({ priced }) => priced)).toEqual([true, true, true, true, false]);
  });

  it('with {env:NAME}: the value is used, and neither the spec nor an error shows it', async () => {
    const env = { HOST: '127.0.0.1:9', TOKENISH: 'supersecretvalue' };
    const registry = createModelRegistry({ env });
    const model = await registry.resolve('http://{env:HOST}/v1#m');
    expect([model.spec, model.languageModel.modelId, model.priced]).toEqual(['http://{env:HOST}/v1#m', 'm', true]);
    await expect(registry.resolve('http://{env:NOWHERE}/v1#m')).rejects.toMatchObject({ code: 'secret-missing' });
    await expect(registry.resolve('{env:TOKENISH}:m')).rejects.toMatchObject({
      code: 'model-unknown',
      message: expect.not.stringContaining('supersecretvalue'),
    });
  });

  it('of objects handed over', async () => {
    const languageModel = scriptedModel(() => 'x');
    const registry = createModelRegistry({
      env: {},
      custom: { mine: languageModel, dear: { languageModel, contextTokens: 5, price: () => 2 } },
    });
    const [mine, dear] = [await registry.resolve('custom:mine'), await registry.resolve('custom:dear')];
    expect([mine.languageModel, mine.priced, mine.contextTokens]).toEqual([languageModel, false, 128_000]);
    expect([dear.price(usage), dear.priced, dear.contextTokens]).toEqual([2, true, 5]);
  });

  it('of the offline model need no key', async () => {
    const languageModel = scriptedModel(() => 'x');
    const model = await createModelRegistry({ env: {}, offline: () => languageModel }).resolve('offline');
    expect([model.languageModel, model.price(usage), model.priced]).toEqual([languageModel, 0, true]);
  });

  it('take a stated context over every default', async () => {
    const spec = 'http://127.0.0.1:1/v1#m';
    expect((await createModelRegistry({ env: {}, contextTokens: { [spec]: 32_768 } }).resolve(spec)).contextTokens).toBe(32_768);
  });
});

describe('a spec that is refused says what to write', () => {
  it.each([
    [
      'claude-sonnet-4-5',
      `model-unknown: Model "claude-sonnet-4-5" is not known. Did you mean anthropic:claude-sonnet-4-5? ${knownForms}`,
    ],
    [
      'antropic:claude-x',
      `model-unknown: Model "antropic:claude-x" is not known. Did you mean anthropic:claude-x? ${knownForms}`,
    ],
    ['ofline', `model-unknown: Model "ofline" is not known. Did you mean offline? ${knownForms}`],
    ['anthropic:', `model-unknown: Model "anthropic:" is not known. Did you mean anthropic:ID? ${knownForms}`],
    ['toString:x', `model-unknown: Model "toString:x" is not known. ${knownForms}`],
    ['', `model-unknown: Model "" is not known. ${knownForms}`],
    [
      'openai:gpt-5',
      'secret-missing: Model "openai:gpt-5" needs an API key. Set the environment variable OPENAI_API_KEY, or use --model offline.',
    ],
    [
      'http://127.0.0.1:1/v1',
      'model-unknown: Model "http://127.0.0.1:1/v1" names no model behind the address. Write http://127.0.0.1:1/v1#MODEL.',
    ],
    ['http://:x#m', 'model-unknown: Model "http://:x" is not a valid address. Write http://HOST:PORT/v1#MODEL.'],
    [
      'custom:mine',
      'model-unknown: Model "custom:mine" stands for an object that the program hands over. None was given; pass it in `custom`.',
    ],
    ['recorded:/no/such.jsonl', 'model-unknown: Model "recorded:/no/such.jsonl": the file cannot be read. Check the path.'],
  ])('%s', async (spec, message) => {
    expect(await refusal(spec)).toBe(message);
  });

  it('and prints no password or key that stands in an address', async () => {
    const messages = await Promise.all(
      ['http://me:hunter2@h/v1#m', 'http://h/v1?api_key=hunter2#m'].map((spec) => refusal(spec)),
    );
    expect(messages).toEqual([
      'model-unknown: Model "http://h/v1": an address may hold no password and no query, because it is stored and printed. Put the key in OPENAI_COMPATIBLE_API_KEY.',
      'model-unknown: Model "http://h/v1": an address may hold no password and no query, because it is stored and printed. Put the key in OPENAI_COMPATIBLE_API_KEY.',
    ]);
  });

  it('and can be asked for again when what was missing is there', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'planwright-')), 'calls.jsonl');
    const registry = createModelRegistry({ env: {} });
    await expect(registry.resolve(`recorded:${file}`)).rejects.toMatchObject({ code: 'model-unknown' });
    await writeFile(file, '');
    expect((await registry.resolve(`recorded:${file}`)).price(usage)).toBe(0);
  });
});

describe('the price table', () => {
  it('is the one whose date is stated', () => {
    expect(packageJson.dependencies['@pydantic/genai-prices']).toBe(priceTableSource.version);
  });

  it('bears a provider that reports more cached tokens than tokens', async () => {
    const table = await loadPriceTable();
    const price = table.priceOf(
      { providerId: 'openai', modelId: 'gpt-5' },
      { ...usage, inputTokens: 10, cachedInputTokens: 99, outputTokens: 0 },
      0,
    );
    expect(price).toBeCloseTo(0.00000125, 12);
  });
});
