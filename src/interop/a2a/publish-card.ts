/** A team's card: what other agents are told of it. */
import type { AgentCard } from '@a2a-js/sdk';
import type { Team } from '../../team/team.ts';

export interface CardFacts {
  /** Where JSON-RPC is answered, as clients reach it. */
  url: string;
  version: string;
  /** A bearer token is asked for. */
  needsToken: boolean;
}

/** Roles are its own affair: what is offered is what the team does as a whole. */
export function cardOfTeam({ name, description }: Team, { url, version, needsToken }: CardFacts): AgentCard {
  const does = description === '' ? 'Carries out tasks that are described in plain language.' : description;
  const scheme = {
    $case: 'httpAuthSecurityScheme',
    value: { description: 'The token of planwright serve.', scheme: 'Bearer', bearerFormat: '' },
  } as const;
  return {
    name: name === '' ? 'planwright' : name,
    description: does,
    version,
    provider: undefined,
    supportedInterfaces: [{ url, protocolBinding: 'JSONRPC', tenant: '', protocolVersion: '1.0' }],
    capabilities: { streaming: true, pushNotifications: false, extendedAgentCard: false, extensions: [] },
    securitySchemes: needsToken ? { token: { scheme } } : {},
    securityRequirements: needsToken ? [{ schemes: { token: { list: [] } } }] : [],
    defaultInputModes: ['text/plain', 'application/json'],
    defaultOutputModes: ['text/plain', 'application/json'],
    skills: [
      {
        id: 'task',
        name: 'Carry out a task',
        description: does,
        tags: ['planning', 'agents'],
        examples: [],
        inputModes: [],
        outputModes: [],
        securityRequirements: [],
      },
    ],
    signatures: [],
  };
}
