/**
 * Loads the modules of a command that then waits for most of its life. What is read and compiled meanwhile would make V8's young
 * generation grow to its largest, 48 MB, and the process keep it: it grows by this factor, which V8 reads each time (24.21).
 */
import { setFlagsFromString } from 'node:v8';

export async function loadLight<Module>(load: () => Promise<Module>): Promise<Module> {
  setFlagsFromString('--semi-space-growth-factor=1');
  try {
    return await load();
  } finally {
    setFlagsFromString('--semi-space-growth-factor=2');
  }
}
