/** The files of examples/deploy as a test can run them: commands with their environment, at the test's PostgreSQL. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const service = z.object({
  image: z.string().optional(),
  command: z.array(z.string()),
  environment: z.record(z.string(), z.string()),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).optional(),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
  volumes: z.array(z.string()).optional(),
});

const compose = z.object({ services: z.record(z.string(), service) });

export const deployFolder = new URL('../../examples/deploy/', import.meta.url);

export const readDeployFile = (name: string): string => readFileSync(new URL(name, deployFolder), 'utf8');

/** @param variables Stand in for the shell's: `${NAME:?message}` has to be one of them. */
export function readCompose(variables: Record<string, string>): Record<string, z.infer<typeof service>> {
  const fill = (text: string): string =>
    text.replace(/\$\{(\w+)(?::([?-])([^}]*))?\}/g, (_all, name: string, kind: string | undefined, rest: string = '') => {
      const value = variables[name];
      if (value === undefined && kind === '?') throw new Error(`${name} is needed: ${rest}`);
      return value ?? rest;
    });
  const reviver = (_key: unknown, value: unknown): unknown => (typeof value === 'string' ? fill(value) : value);
  return compose.parse(parse(readDeployFile('compose.yaml'), reviver, { merge: true })).services;
}

export interface Unit {
  execStart: string[];
  /** Of a setting that stands several times the last value. */
  settings: Map<string, string>;
}

/** A systemd unit: `%i` is the instance, `$NAME` a variable that is split into words. */
export function readUnit(name: string, instance: string, variables: Record<string, string>): Unit {
  const lines = readDeployFile(`systemd/${name}`)
    .split('\n')
    .filter((line) => /^\w+=/.test(line));
  const settings = new Map(
    lines.map((line): [string, string] => {
      const at = line.indexOf('=');
      return [line.slice(0, at), line.slice(at + 1).replaceAll('%i', instance)];
    }),
  );
  const execStart = (settings.get('ExecStart') ?? '')
    .split(' ')
    .flatMap((word) => (word.startsWith('$') ? (variables[word.slice(1)] ?? '').split(' ') : [word]))
    .filter((word) => word !== '');
  return { execStart, settings };
}

/** NAME=value lines, as systemd's EnvironmentFile. */
export function readEnvironmentFile(name: string): Record<string, string> {
  const lines = readDeployFile(name)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}
