#!/usr/bin/env node
/**
 * The `planwright` command, in plain JavaScript so that any Node from 20 on can read it.
 * In a checkout it installs what is missing and runs src/cli/main.ts under the pinned Node;
 * in the published package it runs dist/cli/main.js in this process.
 */
import { existsSync } from 'node:fs';

const OLDEST_NODE = [24, 15];

// npm never publishes a lockfile, so one beside the sources means a checkout.
if (existsSync(new URL('../package-lock.json', import.meta.url))) {
  const { launchFromCheckout } = await import('../scripts/launch-from-checkout.js');
  process.exitCode = await launchFromCheckout(process.argv.slice(2));
} else if (isNewEnough(process.versions.node)) {
  // A computed address: dist/ is there only after a build.
  await import(new URL('../dist/cli/main.js', import.meta.url).href);
} else {
  process.stderr.write(
    `planwright needs Node ${OLDEST_NODE.join('.')} or newer; this is Node ${process.versions.node}. Install a newer Node, or run it in one step with: npx -p node@24 -p planwright planwright\n`,
  );
  process.exitCode = 2;
}

/** @param {string} version */
function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE;
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}
