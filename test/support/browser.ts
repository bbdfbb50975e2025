/**
 * The system's Chromium, driven by Playwright. With PLANWRIGHT_REQUIRE_BROWSER=1 a machine without one fails instead of
 * skipping; PLANWRIGHT_CHROMIUM names another one.
 */
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const mustRun = process.env['PLANWRIGHT_REQUIRE_BROWSER'] === '1';
const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable'];
const executable = process.env['PLANWRIGHT_CHROMIUM'] ?? places.find((place) => existsSync(place));

/** For `describe.skipIf`. */
export const browserMissing: string | null =
  executable !== undefined || mustRun ? null : 'there is no Chromium on this machine (apt-get install chromium)';

/** For the title of what is skipped. */
export const whyNoBrowser = browserMissing === null ? '' : ` (skipped: ${browserMissing})`;

export async function openBrowser(): Promise<Browser> {
  if (executable === undefined) throw new Error(`Chromium is required, and none is at ${places.join(', ')}.`);
  // In a container there is no user namespace for its own sandbox, and little shared memory.
  return chromium.launch({ executablePath: executable, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

export interface WatchedPage {
  page: Page;
  context: BrowserContext;
  /** Everything that went wrong in it: exceptions, errors on the console. */
  errors: string[];
}

export interface PageOptions {
  width?: number;
  height?: number;
  colorScheme?: 'light' | 'dark';
  /** Default `reduce`. */
  reducedMotion?: 'reduce' | 'no-preference';
}

/** A page of its own in a profile of its own. */
export async function openPage(browser: Browser, options: PageOptions = {}): Promise<WatchedPage> {
  const { width = 1280, height = 800, colorScheme = 'light', reducedMotion = 'reduce' } = options;
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, reducedMotion });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  return { page, context, errors };
}
