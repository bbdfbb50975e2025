/** Whether the isolate works here. */
import { IsolateSandbox, prepareIsolate } from './isolate-sandbox.ts';
import { defaultSandboxLimits } from './sandbox.ts';

/** null when it does, else why not. */
export async function probeIsolate(): Promise<string | null> {
  try {
    await prepareIsolate();
    const job = {
      language: 'javascript',
      solution: 'const one = 1;',
      tests: 'console.assert(one === 1);',
      packages: [],
    } as const;
    const outcome = await new IsolateSandbox().run({ ...job, limits: defaultSandboxLimits });
    return outcome.kind === 'passed' ? null : outcome.reason;
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}
