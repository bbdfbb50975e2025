/** From a model spec to a model that can be called, priced and limited. Resolving makes no request. */
import type { LanguageModelV4 } from '@ai-sdk/provider';
import { type Clock, systemClock } from '../clock.ts';
import { PlanwrightError } from '../errors.ts';
import { listSecretNames, resolveSecrets } from '../team/secrets.ts';
import type { Model, ModelRegistry, ModelSpec } from './model.ts';
import { describeThrown, redactSecrets } from './model-error.ts';
import { findNearest } from './nearest.ts';
import { loadPriceTable, type PricedModel } from './prices.ts';
import {
  compatibleIdempotencyVariable,
  compatibleKeyVariable,
  createCompatibleModel,
  hostedProviders,
  isIdempotentServer,
} from './providers.ts';
import { redactModel } from './redacted-model.ts';

/** Used where neither the price table nor the user states a context: what is small enough to be true. */
export const defaultContextTokens = {
  /** A hosted model the table does not know. */
  hosted: 128_000,
  /** An OpenAI-compatible server; small models are often served with no more. */
  server: 8_192,
  /** Given documents are read by the offline model without such a limit. */
  offline: 1_000_000,
  recorded: 128_000,
  custom: 128_000,
} as const;

/** A model a library user hands over as an object; its spec is `custom:NAME`. */
export interface CustomModel {
  languageModel: LanguageModelV4;
  /** Default 128,000. */
  contextTokens?: number;
  /** Default: looked up in the price table by the model's own provider and id; unknown when it is not there. */
  price?: Model['price'];
}

export interface RegistryOptions {
  /** By NAME, for `custom:NAME`. */
  custom?: Readonly<Record<string, LanguageModelV4 | CustomModel>>;
  /** Where keys and addresses are read. Default: the process's environment. */
  env?: Readonly<Record<string, string | undefined>>;
  /** By spec; takes the place of what the table or the defaults say. */
  contextTokens?: Readonly<Record<ModelSpec, number>>;
  /** Stands in for the built-in offline model. */
  offline?: () => LanguageModelV4;
  /** Prices may depend on the date. */
  clock?: Clock;
}

const knownForms = 'anthropic:ID, openai:ID, google:ID, http://HOST:PORT/v1#MODEL, offline, recorded:FILE';
const freePrice = () => 0;
const unknownPrice = () => null;

/** Well-known names given without their provider. */
const familyOf: readonly [RegExp, string][] = [
  [/^claude/i, 'anthropic'],
  [/^(gpt|o\d|chatgpt)/i, 'openai'],
  [/^(gemini|gemma)/i, 'google'],
];

export function createModelRegistry(options: RegistryOptions = {}): ModelRegistry {
  const models = new Map<ModelSpec, Promise<Model>>();
  return {
    resolve(spec) {
      let model = models.get(spec);
      if (model === undefined) {
        model = resolveModel(spec, options);
        models.set(spec, model);
        // A missing key or file can be put right and asked for again.
        model.catch(() => models.delete(spec));
      }
      return model;
    },
  };
}

async function resolveModel(spec: ModelSpec, options: RegistryOptions): Promise<Model> {
  const env = options.env ?? process.env;
  // What stands in a variable is used here and nowhere else: the model keeps the spec as it was written.
  const address = resolveSecrets(spec, env);
  const secrets = listSecretNames(spec).flatMap((name) => env[name] ?? []);
  const model = await openModel(address, options).catch((thrown: unknown) => {
    throw secrets.length === 0 ? thrown : new PlanwrightError('model-unknown', redactSecrets(describeThrown(thrown), secrets));
  });
  const contextTokens = options.contextTokens?.[spec] ?? model.contextTokens;
  const languageModel = secrets.length === 0 ? model.languageModel : redactModel(model.languageModel, secrets);
  return { ...model, spec, contextTokens, languageModel };
}

function openModel(spec: ModelSpec, options: RegistryOptions): Promise<Model> {
  return /^https?:/i.test(spec) ? resolveServer(spec, options) : resolveNamed(spec, options);
}

async function resolveNamed(spec: ModelSpec, options: RegistryOptions): Promise<Model> {
  if (spec === 'offline') return resolveOffline(options);
  const colon = spec.indexOf(':');
  const prefix = colon < 0 ? '' : spec.slice(0, colon);
  const name = spec.slice(colon + 1);
  if (colon < 0 || name === '') throw unknownModel(spec);
  if (prefix === 'recorded') return resolveRecorded(spec, name);
  if (prefix === 'custom') return resolveCustom(spec, name, options);
  if (Object.hasOwn(hostedProviders, prefix)) return resolveHosted(spec, prefix, name, options);
  throw unknownModel(spec);
}

async function resolveHosted(spec: ModelSpec, providerId: string, modelId: string, options: RegistryOptions): Promise<Model> {
  const provider = hostedProviders[providerId];
  if (provider === undefined) throw unknownModel(spec);
  const env = options.env ?? process.env;
  const apiKey = env[provider.keyVariable];
  if (apiKey === undefined || apiKey === '') {
    throw new PlanwrightError(
      'secret-missing',
      `Model "${spec}" needs an API key. Set the environment variable ${provider.keyVariable}, or use --model offline.`,
      {
        details: { variable: provider.keyVariable, spec },
      },
    );
  }
  const baseURL = env[provider.urlVariable];
  const idempotent = provider.idempotent ?? false;
  const languageModel = await provider.create(modelId, { apiKey, ...(baseURL ? { baseURL } : {}) });
  return priced(
    { spec, languageModel: redactModel(languageModel, [apiKey]), fallbackContext: defaultContextTokens.hosted, idempotent },
    { providerId, modelId },
    options,
  );
}

async function resolveServer(spec: ModelSpec, options: RegistryOptions): Promise<Model> {
  const { baseURL, modelId, loopback } = readServerSpec(spec);
  const env = options.env ?? process.env;
  const apiKey = env[compatibleKeyVariable] || undefined;
  const idempotent = isIdempotentServer(baseURL, env[compatibleIdempotencyVariable]);
  const languageModel = redactModel(await createCompatibleModel(baseURL, modelId, apiKey), apiKey === undefined ? [] : [apiKey]);
  if (loopback) {
    const known = idempotent ? { idempotent } : {};
    return { spec, languageModel, contextTokens: defaultContextTokens.server, price: freePrice, priced: true, ...known };
  }
  return priced(
    { spec, languageModel, fallbackContext: defaultContextTokens.server, idempotent },
    { apiUrl: baseURL, modelId },
    options,
  );
}

/** A URL may hold neither a password nor a query: specs are journaled and printed. */
function readServerSpec(spec: ModelSpec): { baseURL: string; modelId: string; loopback: boolean } {
  const hash = spec.indexOf('#');
  const address = hash < 0 ? spec : spec.slice(0, hash);
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const shown = address.replace(/\/\/[^/]*@/, '//').replace(/\?.*$/, '');
  if (url === undefined)
    throw new PlanwrightError('model-unknown', `Model "${shown}" is not a valid address. Write http://HOST:PORT/v1#MODEL.`);
  if (url.username !== '' || url.password !== '' || url.search !== '') {
    throw new PlanwrightError(
      'model-unknown',
      `Model "${shown}": an address may hold no password and no query, because it is stored and printed. Put the key in ${compatibleKeyVariable}.`,
    );
  }
  const modelId = hash < 0 ? '' : spec.slice(hash + 1);
  if (modelId === '')
    throw new PlanwrightError(
      'model-unknown',
      `Model "${spec}" names no model behind the address. Write ${shown.replace(/\/$/, '')}#MODEL.`,
    );
  return { baseURL: address.replace(/\/+$/, ''), modelId, loopback: isLoopback(url.hostname) };
}

/** A server on this machine costs nothing by itself; one that passes calls on to a paid one is counted as free all the same. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

async function resolveOffline(options: RegistryOptions): Promise<Model> {
  const languageModel =
    options.offline === undefined ? (await import('./offline/offline-model.ts')).offlineModel() : options.offline();
  return { spec: 'offline', languageModel, contextTokens: defaultContextTokens.offline, price: freePrice, priced: true };
}

/** A recording costs nothing to replay. */
async function resolveRecorded(spec: ModelSpec, file: string): Promise<Model> {
  const { recordedModel } = await import('./recorded.ts');
  return {
    spec,
    languageModel: await recordedModel(file),
    contextTokens: defaultContextTokens.recorded,
    price: freePrice,
    priced: true,
  };
}

async function resolveCustom(spec: ModelSpec, name: string, options: RegistryOptions): Promise<Model> {
  const given = options.custom !== undefined && Object.hasOwn(options.custom, name) ? options.custom[name] : undefined;
  if (given === undefined) {
    const names = Object.keys(options.custom ?? {});
    const known = names.length === 0 ? 'None was given' : `Given: ${names.join(', ')}`;
    throw new PlanwrightError(
      'model-unknown',
      `Model "${spec}" stands for an object that the program hands over. ${known}; pass it in \`custom\`.`,
    );
  }
  const custom: CustomModel = 'languageModel' in given ? given : { languageModel: given };
  const { languageModel, price } = custom;
  const fallbackContext = custom.contextTokens ?? defaultContextTokens.custom;
  if (price !== undefined) return { spec, languageModel, contextTokens: fallbackContext, price, priced: true };
  // AI SDK providers are named `anthropic.messages`, `openai.responses`, `google.generative-ai`.
  const providerId = languageModel.provider.split('.')[0] ?? '';
  const model = await priced({ spec, languageModel, fallbackContext }, { providerId, modelId: languageModel.modelId }, options);
  return custom.contextTokens === undefined ? model : { ...model, contextTokens: custom.contextTokens };
}

async function priced(
  base: { spec: ModelSpec; languageModel: LanguageModelV4; fallbackContext: number; idempotent?: boolean },
  key: PricedModel,
  options: RegistryOptions,
): Promise<Model> {
  const clock = options.clock ?? systemClock;
  const table = await loadPriceTable();
  const known =
    table.priceOf(key, { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0 }, clock.now()) !== null;
  return {
    spec: base.spec,
    languageModel: base.languageModel,
    contextTokens: table.contextTokensOf(key) ?? base.fallbackContext,
    price: known ? (usage) => table.priceOf(key, usage, clock.now()) : unknownPrice,
    priced: known,
    ...(base.idempotent === true ? { idempotent: true } : {}),
  };
}

function unknownModel(spec: ModelSpec): PlanwrightError {
  const colon = spec.indexOf(':');
  const prefix = colon < 0 ? spec : spec.slice(0, colon);
  const family = colon < 0 ? familyOf.find(([shape]) => shape.test(spec))?.[1] : undefined;
  const nearest = findNearest(prefix, [...Object.keys(hostedProviders), 'offline', 'recorded', 'custom']);
  const completed =
    nearest === undefined || nearest === 'offline' ? nearest : `${nearest}:${colon < 0 ? 'ID' : spec.slice(colon + 1) || 'ID'}`;
  const suggestion = family === undefined ? completed : `${family}:${spec}`;
  const hint = suggestion === undefined || suggestion === spec ? '' : ` Did you mean ${suggestion}?`;
  return new PlanwrightError('model-unknown', `Model "${spec}" is not known.${hint} Known forms: ${knownForms}.`, {
    details: { spec },
  });
}
