/** What all nodes of a graph share and what would otherwise travel through every node's data. */
import { createContext } from 'react';
import { type CallSums, noCalls } from '../ledger/sum-calls.ts';

export interface NodeContextValue {
  sums: CallSums;
  critical: ReadonlySet<string>;
  /** At this zoom only a node’s sign and name can be made out. */
  isFar: boolean;
  onToggle: (path: string) => void;
}

export const NodeContext = createContext<NodeContextValue>({
  sums: noCalls,
  critical: new Set(),
  isFar: false,
  onToggle: () => {},
});
