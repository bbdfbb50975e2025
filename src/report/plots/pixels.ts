/** Places in a plot that do not follow its scales. */
import type { ChannelValueSpec } from '@observablehq/plot';

/** px from the plot's left or upper edge; the same for every datum. */
export function atPixel(place: number): ChannelValueSpec {
  return { value: () => place, scale: null };
}
