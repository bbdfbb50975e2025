/** What tools give may echo the environment: values of the variables that a run uses as secrets are hidden in it. */
import { compatibleKeyVariable, hostedProviders } from '../model/providers.ts';
import { type Environment, listTeamSecrets, redactSecrets } from '../team/secrets.ts';
import type { Team } from '../team/team.ts';
import type { TextRedactor } from './redactor.ts';

/** A shorter value (a port, `localhost`) stands in ordinary texts too. */
const minSecretLength = 10;

/**
 * Hides API keys and the values of all `{env:NAME}` of a team, as `{env:NAME}`; values under 10 characters stay. Then redacts,
 * if there is something to redact. Absent: there is nothing to hide and nothing to redact.
 */
export function toolRedactor(team: Team, env: Environment, redactor: TextRedactor | undefined): TextRedactor | undefined {
  const keys = [...Object.values(hostedProviders).map(({ keyVariable }) => keyVariable), compatibleKeyVariable];
  const names = [...new Set([...keys, ...listTeamSecrets(team)])].filter((name) => {
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    return value !== undefined && value.length >= minSecretLength;
  });
  if (names.length === 0) return redactor;
  return {
    text: (text) => {
      const hidden = redactSecrets(text, names, env);
      return redactor === undefined ? hidden : redactor.text(hidden);
    },
  };
}
