/**
 * The command's side of scripts/launch-from-checkout.js. Without that launcher (the published package, tests) both
 * functions do nothing beyond Node's usual.
 */

let launched = false;

/** Ends this process when the launcher that started it is gone, even by `kill -9`. Call it once, first thing. */
export function endWithLauncher(): void {
  launched = process.env['PLANWRIGHT_LAUNCHER'] !== undefined && process.connected;
  // Not for the processes that this one starts.
  delete process.env['PLANWRIGHT_LAUNCHER'];
  if (!launched) return;
  process.once('disconnect', () => process.exit(130));
  process.channel?.unref();
}

/**
 * Calls the listener once for each Ctrl-C or SIGINT, in place of the default, which ends the process. Use it instead of
 * `process.on('SIGINT', …)`: at a terminal the signal reaches both the launcher and this process.
 */
export function onInterrupt(listener: () => void): void {
  if (!launched) {
    process.on('SIGINT', listener);
    return;
  }
  process.on('SIGINT', () => {});
  process.on('message', (message) => {
    if (message === 'interrupt') listener();
  });
  process.channel?.unref();
  process.send?.('handles-interrupts');
}
