/** How different two colors look, to those who see all of them and to those who don't. */

/** sRGB, each 0 to 255. */
export type Rgb = readonly [number, number, number];
type Vector = readonly [number, number, number];
type Matrix = readonly [Vector, Vector, Vector];

/**
 * Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency", IEEE TVCG 15(6),
 * 2009: the published matrices for severity 1.0, which are for linear RGB.
 */
const machado = {
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
} as const satisfies Record<string, Matrix>;

export const visions = ['all colors', 'protanopia', 'deuteranopia', 'tritanopia'] as const;
export type Vision = (typeof visions)[number];

/** What is seen, in linear RGB, each 0 to 1. */
export function see([r, g, b]: Rgb, vision: Vision): Vector {
  const linear = [toLinear(r), toLinear(g), toLinear(b)] as const;
  if (vision === 'all colors') return linear;
  const [x, y, z] = multiply(machado[vision], linear);
  return [clamp(x), clamp(y), clamp(z)];
}

/** CIEDE2000 of two colors as they are seen: 1 is about the least that is noticed of large fields side by side. */
export function differenceAsSeen(a: Rgb, b: Rgb, vision: Vision): number {
  return differenceOf(toLab(see(a, vision)), toLab(see(b, vision)));
}

/** IEC 61966-2-1. */
function toLinear(value: number): number {
  const share = value / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}

function multiply(matrix: Matrix, [x, y, z]: Vector): Vector {
  const [a, b, c] = matrix.map((row) => row[0] * x + row[1] * y + row[2] * z);
  return [a ?? 0, b ?? 0, c ?? 0];
}

const toXyz: Matrix = [
  [0.4124564, 0.3575761, 0.1804375],
  [0.2126729, 0.7151522, 0.072175],
  [0.0193339, 0.119192, 0.9503041],
];
/** D65. */
const white: Vector = [0.95047, 1, 1.08883];

/** CIELAB of linear RGB. */
export function toLab(linear: Vector): Vector {
  const [x, y, z] = multiply(toXyz, linear).map((value, index) => {
    const share = value / (white[index] ?? 1);
    return share > 216 / 24_389 ? Math.cbrt(share) : ((24_389 / 27) * share + 16) / 116;
  });
  return [116 * (y ?? 0) - 16, 500 * ((x ?? 0) - (y ?? 0)), 200 * ((y ?? 0) - (z ?? 0))];
}

const radians = Math.PI / 180;
const cos = (degrees: number) => Math.cos(degrees * radians);
const sin = (degrees: number) => Math.sin(degrees * radians);

/**
 * CIEDE2000 of two colors in CIELAB, after Sharma, Wu and Dalal, "The CIEDE2000 Color-Difference Formula", Color Research and
 * Application 30(1), 2005.
 */
export function differenceOf([l1, a1, b1]: Vector, [l2, a2, b2]: Vector): number {
  const meanChroma = (Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2;
  const g = (1 - Math.sqrt(meanChroma ** 7 / (meanChroma ** 7 + 25 ** 7))) / 2;
  const [p1, p2] = [a1 * (1 + g), a2 * (1 + g)];
  const [c1, c2] = [Math.hypot(p1, b1), Math.hypot(p2, b2)];
  const [h1, h2] = [hueOf(p1, b1), hueOf(p2, b2)];
  const isGray = c1 * c2 === 0;
  const turn = h2 - h1;
  const hue = isGray ? 0 : turn > 180 ? turn - 360 : turn < -180 ? turn + 360 : turn;
  const dl = l2 - l1;
  const dc = c2 - c1;
  const dh = 2 * Math.sqrt(c1 * c2) * sin(hue / 2);
  const sum = h1 + h2;
  const meanHue = isGray ? sum : Math.abs(turn) <= 180 ? sum / 2 : (sum + (sum < 360 ? 360 : -360)) / 2;
  const l = (l1 + l2) / 2;
  const c = (c1 + c2) / 2;
  const t = 1 - 0.17 * cos(meanHue - 30) + 0.24 * cos(2 * meanHue) + 0.32 * cos(3 * meanHue + 6) - 0.2 * cos(4 * meanHue - 63);
  const sl = 1 + (0.015 * (l - 50) ** 2) / Math.sqrt(20 + (l - 50) ** 2);
  const sc = 1 + 0.045 * c;
  const sh = 1 + 0.015 * c * t;
  const rotation = -sin(60 * Math.exp(-(((meanHue - 275) / 25) ** 2))) * 2 * Math.sqrt(c ** 7 / (c ** 7 + 25 ** 7));
  return Math.sqrt((dl / sl) ** 2 + (dc / sc) ** 2 + (dh / sh) ** 2 + rotation * (dc / sc) * (dh / sh));
}

function hueOf(a: number, b: number): number {
  if (a === 0 && b === 0) return 0;
  const degrees = Math.atan2(b, a) / radians;
  return degrees < 0 ? degrees + 360 : degrees;
}
