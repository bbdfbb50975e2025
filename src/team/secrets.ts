/**
 * Secrets in a team: `{env:NAME}` stands for an environment variable. The text is stored and shown as it is written;
 * the value is put in at the moment of use and taken out of everything that is printed.
 */
import { PlanwrightError } from '../errors.ts';
import { secretTexts } from './reach.ts';
import { agentTexts } from './remote-agent.ts';
import type { Team } from './team.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

const reference = /\{env:([A-Za-z_][A-Za-z0-9_]*)\}/g;
/** A shorter value would match by chance all over a text. */
const minRedactedLength = 4;

/** The variables a text refers to, each once, in order. */
export function listSecretNames(text: string): string[] {
  return [...new Set([...text.matchAll(reference)].map((match) => match[1] ?? ''))];
}

/** Whether `{env:` occurs outside a well-formed reference. */
export function hasMalformedSecret(text: string): boolean {
  return text.replace(reference, '').includes('{env:');
}

/**
 * The text with each reference replaced by its variable's value.
 * @throws {PlanwrightError} `secret-missing`, naming every variable that is unset or empty.
 */
export function resolveSecrets(text: string, env: Environment): string {
  const missing = listSecretNames(text).filter((name) => !readVariable(env, name));
  if (missing.length > 0) {
    const [variables, are] = missing.length === 1 ? ['variable', 'is'] : ['variables', 'are'];
    throw new PlanwrightError(
      'secret-missing',
      `The environment ${variables} ${missing.join(', ')} ${are} not set. ${text} needs ${missing.length === 1 ? 'it' : 'them'}: set ${missing[0]} and start again.`,
      {
        details: { names: missing },
      },
    );
  }
  return text.replace(reference, (_, name: string) => readVariable(env, name) ?? '');
}

/** The text with every value of the named variables, plain, URL-encoded or JSON-escaped, replaced by `{env:NAME}`. Values under 4 characters stay. */
export function redactSecrets(text: string, names: Iterable<string>, env: Environment): string {
  const forms: { form: string; name: string }[] = [];
  for (const name of new Set(names)) {
    const value = readVariable(env, name);
    if (value === undefined || value.length < minRedactedLength) continue;
    const escaped = JSON.stringify(value).slice(1, -1);
    for (const form of new Set([value, encodeURIComponent(value.toWellFormed()), escaped])) forms.push({ form, name });
  }
  forms.sort((a, b) => b.form.length - a.form.length);
  return forms.reduce((redacted, { form, name }) => redacted.replaceAll(form, () => `{env:${name}}`), text);
}

function readVariable(env: Environment, name: string): string | undefined {
  return Object.hasOwn(env, name) ? env[name] : undefined;
}

/** The variables that the model specs, MCP servers and remote agents of a team and of its sub-teams refer to. */
export function listTeamSecrets(team: Team): string[] {
  return [...new Set([...listModelSpecs(team), ...listServerTexts(team)].flatMap(listSecretNames))];
}

function listServerTexts({ mcp = {}, roles }: Team): string[] {
  const below = Object.values(roles).flatMap(({ team }) => (team === undefined ? [] : listServerTexts(team)));
  const agents = Object.values(roles).flatMap(({ a2a }) => (a2a === undefined ? [] : agentTexts(a2a)));
  return [...Object.values(mcp).flatMap(secretTexts), ...agents, ...below];
}

function listModelSpecs(team: Team): string[] {
  const roles = [...Object.values(team.roles), team.generalist];
  const specs = [
    ...[team, team.planner, team.synthesizer, ...roles].flatMap(({ model, fallbackModels = [] }) => [model, ...fallbackModels]),
    ...Object.keys(team.limits.perModel),
  ];
  return [
    ...specs.filter((spec) => spec !== undefined),
    ...roles.flatMap((role) => (role.team ? listModelSpecs(role.team) : [])),
  ];
}
