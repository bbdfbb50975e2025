/** The layout's own thread: a large plan may take a second, which the page must not stand still for. */
import { layOutGraph } from './lay-out-graph.ts';
import type { LayoutGraph } from './layout.ts';

self.addEventListener('message', ({ data }: MessageEvent<LayoutGraph>) => {
  self.postMessage(layOutGraph(data), { transfer: [] });
});
