/** A server and a browser for all tests of one file, started before the first of them. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { type AppServer, startAppServer } from './app-server.ts';
import { openBrowser } from './browser.ts';

export interface HeldApp {
  readonly browser: Browser;
  readonly server: AppServer;
}

/** Its parts are there once the tests have begun. */
export function holdApp(options: Parameters<typeof startAppServer>[0] = {}): HeldApp {
  let server: AppServer | undefined;
  let browser: Browser | undefined;
  beforeAll(async () => {
    server = await startAppServer(options);
    browser = await openBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await server?.[Symbol.asyncDispose]();
  });
  return {
    get browser() {
      return begun(browser);
    },
    get server() {
      return begun(server);
    },
  };
}

function begun<Part>(part: Part | undefined): Part {
  if (part === undefined) throw new Error('The tests of this file have not begun.');
  return part;
}
