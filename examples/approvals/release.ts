/** The tool that a person watches over, and a scripted model that plays the team: no network, no key. */
import { defineTool } from 'planwright';
import { type ScriptedModel, scriptedModel } from 'planwright/testing';
import { z } from 'zod';

/** Where it was deployed to, in order. */
export const deployments: string[] = [];

export const deploy = defineTool({
  name: 'deploy',
  description: 'Deploys the build to the servers of this name.',
  effect: 'once',
  input: z.object({ servers: z.enum(['staging', 'live']) }),
  execute: ({ servers }) => {
    deployments.push(servers);
    return `deployed to ${servers}`;
  },
});

/** The operator asks for both deployments at once; everybody else answers at once. */
export function playTeam(): ScriptedModel {
  return scriptedModel(({ prompt }) => {
    const told = JSON.stringify(prompt);
    if (told.includes('You build the release')) return 'Version 2: two defects less.';
    if (told.includes('You write one sentence')) return 'Version 2 is on the staging servers; it has two defects less.';
    const results = prompt.filter(({ role }) => role === 'tool');
    if (results.length > 0) return told.includes('not before Monday') ? 'Deployed to staging; live has to wait.' : 'Deployed.';
    return { toolCalls: ['staging', 'live'].map((servers) => ({ id: servers, name: 'deploy', input: { servers } })) };
  });
}
