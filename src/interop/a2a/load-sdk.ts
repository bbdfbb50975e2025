/** The SDK of the Agent2Agent protocol, loaded when a remote agent is asked or a team is published, and not before. */
import type * as ClientSdk from '@a2a-js/sdk/client';
import type * as ServerSdk from '@a2a-js/sdk/server';
import { PlanwrightError } from '../../errors.ts';

/** @throws {PlanwrightError} `usage` when it is not installed. */
export function loadClientSdk(): Promise<typeof ClientSdk> {
  return loadSdk(() => import('@a2a-js/sdk/client'));
}

/** @throws {PlanwrightError} `usage` when it is not installed. */
export function loadServerSdk(): Promise<typeof ServerSdk> {
  return loadSdk(() => import('@a2a-js/sdk/server'));
}

async function loadSdk<Loaded>(load: () => Promise<Loaded>): Promise<Loaded> {
  try {
    return await load();
  } catch (thrown) {
    if (!(thrown instanceof Error) || !('code' in thrown) || thrown.code !== 'ERR_MODULE_NOT_FOUND') throw thrown;
    throw new PlanwrightError('usage', 'Agents over A2A need a package that is not installed: npm install @a2a-js/sdk', {
      cause: thrown,
    });
  }
}
