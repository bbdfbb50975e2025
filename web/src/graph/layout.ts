/** What a layout is asked and what it answers. Sizes and places are in CSS pixels; a child's place is within its parent. */

export interface LayoutNode {
  id: string;
  width: number;
  height: number;
  /** A sub-team that is opened: it becomes as large as its own graph needs. */
  children?: LayoutGraph;
}

export interface LayoutGraph {
  nodes: LayoutNode[];
  /** From a subtask to one that waits for it. */
  edges: { from: string; to: string }[];
}

export interface Place {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** By node id, those of opened sub-teams included. */
export type Places = Record<string, Place>;

/** Between nodes of one column, and between columns. */
export const gap = { between: 18, ranks: 64 };
