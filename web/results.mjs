// The tables of measured values in the README, from the files that the measuring commands write.
import { readFileSync } from "node:fs";

const root = new URL("../", import.meta.url);
const text = (path) => readFileSync(new URL(path, root), "utf8");

const row = (cells) => `| ${cells.join(" | ")} |`;
const table = (head, rows) => [row(head), `|${"---|".repeat(head.length)}`, ...rows.map(row)].join("\n");
const thousands = (n) => n.toLocaleString("en");

/** Rows of recipes/points/RESULTS.md: `{ recipe, metric, values, unit, seconds }`, one value for each seed. */
function measured() {
  const lines = text("recipes/points/RESULTS.md").split("\n");
  return lines
    .filter((line) => line.startsWith("| ") && !line.startsWith("| recipe") && !line.startsWith("|--"))
    .map((line) => {
      const [, recipe, , data, metric, median, each, , , seconds] = line.split("|").map((cell) => cell.trim());
      const values = each.split(", ").map(Number);
      return { recipe, data, metric, values, unit: median.split(" ")[1] ?? "", seconds: Number(seconds) };
    });
}

const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
/** The mean over seeds, with its standard error. */
function over(values, digits) {
  const m = mean(values);
  const error = Math.sqrt(mean(values.map((v) => (v - m) ** 2)) / (values.length - 1));
  return `${m.toFixed(digits)} ± ${error.toFixed(digits)}`;
}

const steps = (recipe) => /^steps = (\d+)/m.exec(text(`recipes/points/${recipe}.toml`))?.[1] ?? "";

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

/** The shipped models of text. */
export function texts() {
  const { models } = JSON.parse(text("web/checkpoints/manifest.json"));
  const rows = models
    .filter((m) => m.metrics.natsPerCharacter !== undefined)
    .map((m) => [
      `\`${m.id}\``,
      thousands(m.parameters),
      m.metrics.natsPerCharacter.toFixed(3),
      thousands(m.metrics.heldOutCharacters),
    ]);
  return table(["checkpoint", "parameters", "nats a character", "characters held out"], rows);
}

const SETS = ["8gaussians", "moons", "circles", "rings", "checkerboard", "swissroll", "spirals"];
const FAMILIES = { mdn: "mixture density network", spline: "coupling flow, splines", realnvp: "coupling flow, affine" };

/** KL(data‖model) of the exact densities in 2-D. */
export function densities() {
  const all = measured().filter((m) => m.metric === "KL(data‖model)");
  const rows = Object.entries(FAMILIES).map(([id, title]) => {
    const of = SETS.map((set) => all.find((m) => m.recipe === `${id}-${set}`));
    const known = of.filter(Boolean);
    const span = (values) => {
      const [least, most] = [Math.min(...values), Math.max(...values)];
      return least === most ? thousands(least) : `${thousands(least)} to ${thousands(most)}`;
    };
    return [
      title,
      ...of.map((m) => (m ? mean(m.values).toFixed(3) : "not measured")),
      span(known.map((m) => Number(steps(m.recipe)))),
      span(known.map((m) => m.seconds)),
    ];
  });
  return table(["", ...SETS, "steps", "seconds of training"], rows);
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
    const floor = ((of - 1) / 5000).toFixed(4);
    return [
      [`${of} modes: ours`, value("Modes", 1), value("High quality", 1), value("KL over", 3)],
      [`${of} modes: ${pac[0]}`, ...pac.slice(1)],
      [`${of} modes: plain GAN, there`, ...plain],
      [`${of} modes: a perfect sampler`, of, "98.9", floor],
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
    const floor = all.find((m) => m.recipe === `perfect-${set}`);
    const { values, seconds } = all.find((m) => m.recipe === recipe);
    return [
      set,
      over(values, 3),
      floor ? over(floor.values, 3) : "not measured",
      template.toFixed(3),
      best?.toFixed(3) ?? "–",
      thousands(Number(steps(recipe))),
      seconds,
    ];
  });
  const head = ["", "ours", "real against real", "the template’s untuned baseline", "the best of the same repository"];
  return table([...head, "our steps", "seconds"], rows);
}
