import { rgb } from "../ink";

type Triple = [number, number, number];

const linear = (v: number) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
const gamma = (v: number) => (v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055);

/** An sRGB colour in OKLab, where equal steps look equal (Ottosson 2020, https://bottosson.github.io/posts/oklab/). */
function oklab(color: string): Triple {
  const [r, g, b] = rgb(color).map((v) => linear(v / 255)) as Triple;
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function srgb([L, a, b]: Triple): Triple {
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ].map((v) => Math.round(255 * Math.min(1, Math.max(0, gamma(v))))) as Triple;
}

const mix = (a: Triple, b: Triple, t: number): Triple => [
  a[0] + (b[0] - a[0]) * t,
  a[1] + (b[1] - a[1]) * t,
  a[2] + (b[2] - a[2]) * t,
];

/** 256 colours, RGBA. */
export type Ramp = Uint8ClampedArray;

function ramp(color: (t: number) => Triple, alpha: (t: number) => number): Ramp {
  const out = new Uint8ClampedArray(1024);
  for (let i = 0; i < 256; i++) out.set([...srgb(color(i / 255)), 255 * alpha(i / 255)], 4 * i);
  return out;
}

/** From nothing, through a colour, a little way towards the ink. */
export function sequential(paper: string, color: string, ink: string): Ramp {
  const [p, c, i] = [oklab(paper), oklab(color), oklab(ink)];
  return ramp(
    (t) => (t < 0.8 ? mix(p, c, t / 0.8) : mix(c, mix(c, i, 0.45), (t - 0.8) / 0.2)),
    (t) => Math.min(1, 5 * t),
  );
}

/** From one colour, through nothing, to another. */
export function diverging(low: string, paper: string, high: string): Ramp {
  const [l, p, h] = [oklab(low), oklab(paper), oklab(high)];
  return ramp(
    (t) => (t < 0.5 ? mix(l, p, 0.15 + 1.7 * t) : mix(p, h, 1.7 * (t - 0.5))),
    (t) => Math.min(1, 10 * Math.abs(t - 0.5)),
  );
}
