// How the losses of nine small models fall with their size, what they read and what that costs: three charts and a
// table, drawn at build time of what recipes/scaling has measured.
import { readFileSync } from "node:fs";
import { best, compute, loss } from "../../recipes/scaling/law.mjs";
import { escape } from "./layout.mjs";

const measured = JSON.parse(readFileSync(new URL("../data/scaling.json", import.meta.url), "utf8"));

/** Each model, with every loss that was taken of it. */
const CURVES = measured.models.map(({ weights: N, steps, losses }) =>
  steps.map((step, i) => ({ N, D: step * measured.tokensPerStep, L: losses[i] })),
);
const ENDS = CURVES.map((curve) => curve.at(-1));

const WORDS = {
  en: {
    number: "en-US",
    up: "nats a character",
    size: "weights",
    read: "characters read",
    cost: "operations",
    pictures: [
      "Loss against characters read, a curve for each model, the larger the lower",
      "Loss at the end against the number of weights, and the law through the points",
      "Loss against operations, and the law’s best for each sum below the curves",
    ],
    table: "Nine models",
    head: ["Layers × width", "Weights", "Loss at the end", "The law says"],
  },
  de: {
    number: "de-DE",
    up: "Nats pro Zeichen",
    size: "Gewichte",
    read: "gelesene Zeichen",
    cost: "Rechenschritte",
    pictures: [
      "Verlust gegen gelesene Zeichen, eine Kurve für jedes Modell, je größer, desto tiefer",
      "Verlust am Ende gegen die Zahl der Gewichte, und das Gesetz durch die Punkte",
      "Verlust gegen Rechenschritte, und unter den Kurven das Beste, was das Gesetz für jede Summe verspricht",
    ],
    table: "Neun Modelle",
    head: ["Schichten × Breite", "Gewichte", "Verlust am Ende", "Das Gesetz sagt"],
  },
};

const [WIDTH, HEIGHT] = [300, 250];
const ROOM = { left: 38, right: 8, top: 22, bottom: 40 };

/** A chart of losses against something that is counted in powers of ten. */
function chart(words, label, name, x, { curves, points = [], law }) {
  const values = [...curves.flat(), ...points];
  const range = (of) => [Math.min(...values.map(of)), Math.max(...values.map(of))];
  const [from, to] = range((p) => Math.log10(x(p)));
  const [low, high] = [range((p) => p.L)[0] - 0.08, range((p) => p.L)[1] + 0.05];
  const inner = [WIDTH - ROOM.left - ROOM.right, HEIGHT - ROOM.top - ROOM.bottom];
  const across = (p) => (ROOM.left + 6 + ((Math.log10(x(p)) - from) / (to - from)) * (inner[0] - 12)).toFixed(1);
  const up = (L) => (ROOM.top + ((high - L) / (high - low)) * inner[1]).toFixed(1);
  const path = (curve) => `d="M${curve.map((p) => `${across(p)} ${up(p.L)}`).join("L")}"`;
  // The larger a model, the stronger its line.
  const strength = (i) => (0.3 + (0.7 * i) / (curves.length - 1)).toFixed(2);
  const tens = Array.from({ length: 20 }, (_, i) => i).filter((i) => i >= from && i <= to);
  const levels = Array.from({ length: 12 }, (_, i) => (i + 2) / 4).filter((L) => L > low && L < high);
  const at = (power) => ROOM.left + 6 + ((power - from) / (to - from)) * (inner[0] - 12);
  const base = HEIGHT - ROOM.bottom;
  const figure = (value) => value.toLocaleString(words.number, { minimumFractionDigits: 2 });
  const level = (L) =>
    `<path class="rule" d="M${ROOM.left} ${up(L)}H${WIDTH - ROOM.right}"/>` +
    `<text text-anchor="end" x="${ROOM.left - 5}" y="${Number(up(L)) + 4}">${figure(L)}</text>`;
  const ten = (power) =>
    `<path class="rule" d="M${at(power).toFixed(1)} ${base}v5"/><text x="${at(power).toFixed(1)}" y="${base + 18}" ` +
    `text-anchor="middle">10<tspan dy="-5" font-size="8">${power}</tspan></text>`;
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escape(label)}">
${levels.map(level).join("\n")}
${tens.map(ten).join("\n")}
<path class="axis" d="M${ROOM.left} ${base}H${WIDTH - ROOM.right}"/>
${curves.map((curve, i) => `<path class="curve" stroke-opacity="${strength(i)}" ${path(curve)}/>`).join("\n")}
${law ? `<path class="law" ${path(law)}/>` : ""}
${points.map((p) => `<circle cx="${across(p)}" cy="${up(p.L)}" r="3.5"/>`).join("\n")}
<text x="0" y="12" text-anchor="start">${words.up}</text>
<text x="${ROOM.left + inner[0] / 2}" y="${HEIGHT - 6}" text-anchor="middle">${name}</text></svg>`;
}

/** What stands in place of `<!-- scaling -->`. */
export function scaling(lang) {
  const words = WORDS[lang];
  const { law } = measured;
  const between = (low, high, of) => Array.from({ length: 40 }, (_, i) => of(low * (high / low) ** (i / 39)));
  const told = (p) => ({ ...p, L: loss(law, p) });
  const [small, large] = [ENDS[0], ENDS.at(-1)];
  const frontier = between(compute(CURVES[0][0]), compute(large), (C) => told(best(law, C)));
  const charts = [
    chart(words, words.pictures[0], words.read, (p) => p.D, { curves: CURVES }),
    chart(words, words.pictures[1], words.size, (p) => p.N, {
      curves: [],
      points: ENDS,
      law: between(small.N, large.N, (N) => told({ N, D: large.D })),
    }),
    chart(words, words.pictures[2], words.cost, compute, { curves: CURVES, law: frontier }),
  ];
  const figure = (value, digits = 0) =>
    value.toLocaleString(words.number, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const rows = measured.models.map(({ layers, width }, i) => {
    const cells = [`${layers} × ${width}`, figure(ENDS[i].N), figure(ENDS[i].L, 2), figure(loss(law, ENDS[i]), 2)];
    return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
  });
  const head = words.head.map((cell) => `<th scope="col">${cell}</th>`).join("");
  return `<figure class="scaling">
<div>${charts.join("\n")}</div>
<div tabindex="0" role="region" aria-label="${words.table}"><table class="overview"><thead><tr>${head}</tr></thead>
<tbody>${rows.join("\n")}</tbody></table></div>
</figure>`;
}
