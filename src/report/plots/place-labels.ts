/** Puts a name beside each of a few points so that no name covers another name or a point. */
import { measureText } from './measure-text.ts';

export interface LabeledPoint {
  /** px */
  x: number;
  y: number;
  /** Ends of its interval; top ≤ y ≤ bottom. */
  top: number;
  bottom: number;
  label: string;
}

export interface PlacedLabel {
  x: number;
  y: number;
  anchor: 'start' | 'middle' | 'end';
  text: string;
}

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const halfLine = 8;
/** From the point to where its name begins, and how far the name's middle is above or below it. */
const beside = 9;
const aside = 10;

/**
 * Beside the point, a little above or below it, or at an end of its interval: the first place that is free and inside
 * `frame`.
 * @returns in the order of the points; null when there is not room for all: some names without the others mislead.
 */
export function placeLabels(points: readonly LabeledPoint[], frame: Box): PlacedLabel[] | null {
  const taken = points.flatMap(({ x, y, top, bottom }) => [around(x, y, 7, 7), { left: x - 2, right: x + 2, top, bottom }]);
  const placed: PlacedLabel[] = [];
  for (const point of points) {
    const found = listPlaces(point).find(({ box }) => isInside(box, frame) && !taken.some((other) => overlap(box, other)));
    if (found === undefined) return null;
    taken.push(found.box);
    placed.push(found.label);
  }
  return placed;
}

function listPlaces({ x, y, top, bottom, label: text }: LabeledPoint): { label: PlacedLabel; box: Box }[] {
  const half = measureText(text) / 2;
  const atSide = (dy: number, anchor: 'start' | 'end') => {
    const sign = anchor === 'start' ? 1 : -1;
    const start = x + sign * beside;
    return { label: { x: start, y: y + dy, anchor, text }, box: around(start + sign * half, y + dy, half, halfLine) };
  };
  const atEnd = (end: number) => ({ label: { x, y: end, anchor: 'middle' as const, text }, box: around(x, end, half, halfLine) });
  return [
    atSide(-aside, 'start'),
    atSide(aside, 'start'),
    atSide(-aside, 'end'),
    atSide(aside, 'end'),
    atEnd(top - aside),
    atEnd(bottom + aside),
    atSide(0, 'start'),
    atSide(0, 'end'),
  ];
}

function around(x: number, y: number, halfWidth: number, halfHeight: number): Box {
  return { left: x - halfWidth, right: x + halfWidth, top: y - halfHeight, bottom: y + halfHeight };
}

function isInside(box: Box, frame: Box): boolean {
  return box.left >= frame.left && box.right <= frame.right && box.top >= frame.top && box.bottom <= frame.bottom;
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
