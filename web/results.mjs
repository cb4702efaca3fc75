// The tables of measured values in the README, from the files that the measuring commands write.
import { readFileSync } from "node:fs";

const root = new URL("../", import.meta.url);
const text = (path) => readFileSync(new URL(path, root), "utf8");

const row = (cells) => `| ${cells.join(" | ")} |`;
const table = (head, rows) => [row(head), `|${"---|".repeat(head.length)}`, ...rows.map(row)].join("\n");
const thousands = (n) => n.toLocaleString("en");

/** Rows of recipes/points/RESULTS.md by the names of their columns, with the values of all seeds as numbers. */
function measured() {
  const cells = (line) =>
    line
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim());
  const lines = text("recipes/points/RESULTS.md")
    .split("\n")
    .filter((line) => line.startsWith("| "));
  const head = cells(lines[0]);
  return lines.slice(1).map((line) => {
    const row = Object.fromEntries(cells(line).map((cell, i) => [head[i], cell]));
    return { ...row, values: row["each seed"].split(", ").map(Number), seconds: Number(row["seconds of training"]) };
  });
}

const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
/** The mean over seeds, with its standard error. */
function over(values, digits) {
  const m = mean(values);
  const error = Math.sqrt(mean(values.map((v) => (v - m) ** 2)) / (values.length - 1));
  return `${m.toFixed(digits)} ± ${error.toFixed(digits)}`;
}
/** One number, or from the least to the most of several. */
function span(values) {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least === most ? thousands(least) : `${thousands(least)} to ${thousands(most)}`;
}
/** What fresh points of the data itself measure, as if they were samples. */
const real = (all, data, metric, digits) => {
  const found = all.find((m) => m.recipe === `real-${data}` && m.metric.startsWith(metric));
  return found ? over(found.values, digits) : "not measured";
};

/** Likelihoods of the shipped models of images. */
export function images() {
  const { models } = JSON.parse(text("web/checkpoints/manifest.json"));
  const rows = models
    .filter((m) => m.metrics.negativeElbo !== undefined)
    .map((m) => {
      const [name, value] = Object.entries(m.metrics).find(([key]) => /^is\d+$/.test(key));
      return [
        `\`${m.id}\``,
        thousands(m.parameters),
        m.latentDim,
        m.metrics.negativeElbo,
        `${value} (${name.slice(2)})`,
      ];
    });
  return table(
    ["checkpoint", "parameters", "latent numbers", "−ELBO, nats", "−log p(x) ≤, nats (importance samples)"],
    rows,
  );
}

/** Exact likelihoods of the shipped models of images. */
export function exact() {
  const { models } = JSON.parse(text("web/checkpoints/manifest.json"));
  const rows = models
    .filter((m) => m.metrics.negativeLogLikelihood !== undefined)
    .map((m) => [`\`${m.id}\``, thousands(m.parameters), m.metrics.negativeLogLikelihood.toFixed(2)]);
  return table(["checkpoint", "parameters", "−log p(x), nats"], rows);
}

/** What is asked for in every direction, in hundredths, by checkpoint. */
const GOALS = { "seq2seq-dates": 99, "seq2seq-names": 70 };

/** How many translations of the shipped models are right to the letter. */
export function translations() {
  const { models } = JSON.parse(text("web/checkpoints/manifest.json"));
  const rows = models
    .filter((m) => m.metrics.exactMean !== undefined)
    .map(({ id, parameters, metrics: m }) => [
      `\`${id}\``,
      thousands(parameters),
      `${m.exactMean.toFixed(2)} %`,
      `${m.exactWorst.toFixed(2)} %`,
      `${m.directionsReached} of ${m.directions} at ${GOALS[id] ?? 99.5} %`,
    ]);
  return table(
    ["checkpoint", "parameters", "right, mean of directions", "in the worst", "directions that reach the goal"],
    rows,
  );
}

/** How well the shipped models of scenes paint what they are told. */
export function scenes() {
  const { models } = JSON.parse(text("web/checkpoints/manifest.json"));
  const percent = (share) => `${(100 * share).toFixed(1)} %`;
  const rows = models
    .filter((m) => m.metrics.obeyedSeen !== undefined)
    .map(({ id, parameters, metrics: m }) => [
      `\`${id}\``,
      thousands(parameters),
      ...[m.obeyedSeen, m.thingsSeen, m.obeyedUnseen, m.thingsUnseen].map(percent),
    ]);
  return table(
    [
      ...["checkpoint", "parameters", "pairs shown: all holds", "the things right, wherever"],
      ...["pairs never shown: all holds", "the things right, wherever"],
    ],
    rows,
  );
}

/** How much like the data the samples of the shipped models of images are. */
export function samples() {
  const { models } = JSON.parse(text("web/checkpoints/manifest.json"));
  const percent = (share) => (share === undefined ? "takes no class" : `${(100 * share).toFixed(1)} %`);
  const rows = models
    .filter(({ metrics }) => metrics.frechet !== undefined)
    .map(({ id, parameters, metrics: m }) => [
      `\`${id}\``,
      thousands(parameters),
      m.frechet.toFixed(2),
      m.frechetFloor.toFixed(2),
      m.frechetOverFloor.toFixed(1),
      percent(m.agreement),
      `${m.smallestShare.toFixed(2)} to ${m.largestShare.toFixed(2)}`,
    ]);
  return table(
    [
      "checkpoint",
      "parameters",
      "Fréchet distance",
      "floor",
      "over the floor",
      "seen as the class asked for",
      "share of a class",
    ],
    rows,
  );
}

/** The shipped models of text. */
export function texts() {
  const { models } = JSON.parse(text("web/checkpoints/manifest.json"));
  const rows = models
    .filter((m) => m.metrics.natsPerCharacter !== undefined)
    .map((m) => [
      `\`${m.id}\``,
      thousands(m.parameters),
      m.metrics.natsPerCharacter.toFixed(3),
      m.metrics.natsWithContext.toFixed(3),
      thousands(m.metrics.heldOutCharacters),
    ]);
  return table(
    ["checkpoint", "parameters", "nats a character", "with half the context before each guess", "characters held out"],
    rows,
  );
}

const SETS = ["8gaussians", "moons", "circles", "rings", "checkerboard", "swissroll", "spirals"];
const FAMILIES = {
  mdn: "mixture density network",
  spline: "coupling flow, splines",
  realnvp: "coupling flow, affine",
};

/** KL(data‖model) of the exact densities in 2-D. */
export function densities() {
  const all = measured().filter((m) => m.metric.startsWith("KL(data‖model)"));
  const rows = Object.entries(FAMILIES).flatMap(([id, title]) => {
    const of = SETS.map((set) => all.find((m) => m.recipe === `${id}-${set}`));
    const known = of.filter(Boolean);
    if (!known.length) return [];
    return [
      [
        title,
        ...of.map((m) => (m ? mean(m.values).toFixed(3) : "–")),
        span(known.map((m) => Number(m.parameters))),
        span(known.map((m) => Number(m.steps))),
        span(known.map((m) => m.seconds)),
      ],
    ];
  });
  return table(["", ...SETS, "parameters", "steps", "seconds of training"], rows);
}

/** KL(model‖data) of flows that are given an energy alone. */
export function energies() {
  const all = measured().filter((m) => m.metric.startsWith("KL(model‖data)"));
  const sets = ["u1", "u2", "u3", "u4"];
  const rows = ["planar", "radial"].flatMap((id) => {
    const of = sets.map((set) => all.find((m) => m.recipe === `${id}-${set}`));
    const known = of.filter(Boolean);
    if (!known.length) return [];
    return [
      [
        `${id} flow`,
        ...of.map((m) => (m ? over(m.values, 3) : "–")),
        span(known.map((m) => Number(m.parameters))),
        span(known.map((m) => Number(m.steps))),
        span(known.map((m) => m.seconds)),
      ],
    ];
  });
  return table(["", ...sets.map((s) => s.toUpperCase()), "parameters", "steps", "seconds of training"], rows);
}

const PUBLISHED_GAN = {
  "gan-ring": { of: 8, pac: ["PacGAN2", "7.9 ± 0.1", "95.6 ± 2.0", "0.07 ± 0.03"], plain: ["6.3", "98.2", "0.45"] },
  "gan-grid": { of: 25, pac: ["PacGAN4", "24.8 ± 0.2", "93.6 ± 0.6", "0.04 ± 0.01"], plain: ["17.3", "94.8", "0.70"] },
};

/** Modes of the GAN: means over seeds beside published means. */
export function modes() {
  const all = measured();
  const rows = Object.entries(PUBLISHED_GAN).flatMap(([recipe, { of, pac, plain }]) => {
    const value = (metric, digits) =>
      over(all.find((m) => m.recipe === recipe && m.metric.startsWith(metric)).values, digits);
    return [
      [`${of} modes: ours`, value("Modes", 1), value("High quality", 1), value("KL over", 3)],
      [`${of} modes: ${pac[0]}`, ...pac.slice(1)],
      [`${of} modes: plain GAN, there`, ...plain],
      [
        `${of} modes: real points`,
        real(all, recipe.slice(4), "Modes", 1),
        real(all, recipe.slice(4), "High quality", 1),
        real(all, recipe.slice(4), "KL over", 4),
      ],
    ];
  });
  return table(["", "modes found", "of high quality, %", "reverse KL over the modes, nats"], rows);
}

/** The baselines that were published beside the diffusion data sets, and the best of the same repository. */
const PUBLISHED_DIFFUSION = {
  circle: ["ddpm-circle", 0.354, 0.304],
  dino: ["ddpm-dino", 0.989, 0.571],
  line: ["ddpm-line", 0.161, 0.145],
  "moons-tight": ["ddpm-moons", 0.09, undefined],
};

/** k-NN KL of diffusion models: means over seeds, with the estimator's floor. */
export function diffusion() {
  const all = measured().filter((m) => m.metric.startsWith("k-NN KL"));
  const rows = Object.entries(PUBLISHED_DIFFUSION).map(([set, [recipe, template, best]]) => {
    const { values, seconds, parameters, steps } = all.find((m) => m.recipe === recipe);
    return [
      set,
      over(values, 3),
      real(all, set, "k-NN KL", 3),
      template.toFixed(3),
      best?.toFixed(3) ?? "–",
      thousands(Number(parameters)),
      thousands(Number(steps)),
      seconds,
    ];
  });
  const head = ["", "ours", "real against real", "the template’s untuned baseline", "the best of the same repository"];
  return table([...head, "our parameters", "steps", "seconds"], rows);
}
