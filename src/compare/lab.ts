/** What all runs of a comparison share. */
import type { DriveRunOptions } from '../drive-options.ts';
import type { Store } from '../engine/store.ts';
import type { Purse } from './purse.ts';

export interface Lab {
  store: Store;
  purse: Purse;
  /** How runs are driven; its signal interrupts the comparison. */
  drive: Pick<DriveRunOptions, 'model' | 'tools' | 'clock' | 'random' | 'env' | 'packageFolders'> & { signal: AbortSignal };
}
