/**
 * What plots are asked with and answered by: for each set of declared inputs the controls, and who draws the answers.
 */
import type { PlotInputs, PlotSpec, View } from "../client/protocol";
import { ClipInput } from "./inputs/clip";
import { DemonstrationsInput } from "./inputs/demonstrations";
import { ImageInput } from "./inputs/image";
import type { Input } from "./inputs/input";
import { LettersInput } from "./inputs/letters";
import { MarksInput } from "./inputs/marks";
import { MaskInput } from "./inputs/mask";
import { MazeInput } from "./inputs/maze";
import { MissionInput } from "./inputs/mission";
import { LinesInput } from "./inputs/lines";
import { PairInput } from "./inputs/pair";
import { PassagesInput } from "./inputs/passages";
import { PhraseInput } from "./inputs/phrase";
import { Places } from "./inputs/place";
import { TextInput } from "./inputs/text";
import type { Host } from "./panel";
import { isDrawn } from "./points-task";
import { ChartRenderer } from "./render/chart";
import { ClipsRenderer } from "./render/clips";
import { EpisodeRenderer } from "./render/episode";
import { GapsRenderer } from "./render/gaps";
import { FramesRenderer } from "./render/frames";
import { GridRenderer } from "./render/grid";
import { MapRenderer } from "./render/map";
import { MatricesRenderer } from "./render/matrices";
import { PlotRenderer } from "./render/plot";
import { PosteriorRenderer } from "./render/posterior";
import { RankingRenderer } from "./render/ranking";
import { RasterRenderer } from "./render/raster";
import type { Renderer } from "./render/renderer";
import { SoundsRenderer } from "./render/sounds";
import { TableRenderer } from "./render/table";
import { TokensRenderer } from "./render/tokens";
import { TranslationRenderer } from "./render/translation";

/** Controls, and who draws which kind of answer. */
export interface Outfit {
  inputs: Input[];
  renderers: Partial<Record<View["kind"], Renderer>>;
  /** The answer that is expected: its drawing has a place before it comes. */
  expected?: View["kind"];
  /** Whether the answer may take long and grow, so that a new question ends the one before. */
  long?: boolean;
  /** Whether the answer stays as it is while the model learns. */
  still?: boolean;
  /** Whether the controls stand beside the drawing. */
  beside?: boolean;
  /** What is asked besides what the inputs say. */
  asks(): PlotInputs;
}

/** Draws of a code that are decoded. */
const DRAWS = 16;
/** Images of a plot of images. */
const IMAGES = 16;
/** Tiles in a row of a map. */
const TILES = 28;

/** Outfits for the plots of one element; plots with the same inputs share them, and so what the reader chose. */
export class Kit {
  #outfits = new Map<string, Outfit>();
  #made = new Map<string, Input>();
  readonly #places: Places;
  #seed = 1;

  constructor(
    private readonly host: Host,
    /** What is asked has changed. */
    private readonly changed: () => void,
  ) {
    this.#places = new Places(host, changed);
  }

  outfit(spec: PlotSpec): Outfit {
    const kinds = spec.inputs.map((i) => i.kind);
    // Sentences have examples of their own, which are those of one plot, and so has an episode its actions.
    const own = kinds.some((kind) => ["query", "lines", "passages", "demonstrations"].includes(kind));
    const key = own ? spec.id : kinds.join(" ");
    let found = this.#outfits.get(key);
    if (!found) this.#outfits.set(key, (found = this.#make(kinds, spec)));
    return found;
  }

  /** One control of each kind. */
  #one<T extends Input>(kind: string, make: () => T): T {
    let input = this.#made.get(kind) as T | undefined;
    if (!input) this.#made.set(kind, (input = make()));
    return input;
  }

  /** A sentence that is compared with others. */
  #sentences(spec: PlotSpec): Outfit {
    const { host, changed } = this;
    let passages: PassagesInput | undefined;
    const inputs = spec.inputs.flatMap((input): Input[] => {
      if (input.kind === "query") return [new TextInput(host, changed, { query: input.example })];
      // Those with the same examples share what the reader makes of them.
      if (input.kind === "lines")
        return [this.#one(input.example, () => new LinesInput(host, changed, input.title, input.example))];
      return input.kind === "passages" ? [(passages = new PassagesInput(host))] : [];
    });
    const renderers = {
      ranking: new RankingRenderer(host, passages),
      plot: new PlotRenderer(host, host, undefined),
      chart: new ChartRenderer(host),
    };
    return { inputs, renderers, long: passages !== undefined, asks: () => ({ seed: host.settled.seed }) };
  }

  #make(kinds: PlotSpec["inputs"][number]["kind"][], spec: PlotSpec): Outfit {
    const { host, changed } = this;
    const instruction = spec.inputs.find((input) => input.kind === "instruction");
    if (instruction) {
      const image = this.#one("image", () => new ImageInput(host, changed));
      const text = this.#one("instruction", () => new TextInput(host, changed, { change: instruction.example }));
      const asks = () => ({ seed: host.settled.seed });
      return {
        inputs: [image, text],
        renderers: { image: new GridRenderer(host) },
        expected: "image",
        beside: true,
        asks,
      };
    }
    if (kinds.some((kind) => ["query", "lines", "passages"].includes(kind))) return this.#sentences(spec);
    const gaps = spec.inputs.find((input) => input.kind === "gaps");
    if (gaps) {
      const text = this.#one("gaps", () => new TextInput(host, changed, { gaps: gaps.example }));
      const renderers = { texts: new GapsRenderer(host, text), matrices: new MatricesRenderer(host) };
      return { inputs: [text, ...this.#places.of(spec)], renderers, asks: () => ({ seed: host.settled.seed }) };
    }
    const question = spec.inputs.find((input) => input.kind === "question");
    if (question) {
      const text = this.#one("question", () => new TextInput(host, changed, { question: question.example }));
      const asks = () => ({ seed: host.settled.seed });
      return { inputs: [text], renderers: { image: new GridRenderer(host) }, expected: "image", asks };
    }
    if (kinds.includes("text") && kinds.includes("scrubber")) {
      const text = this.#one("text", () => new TextInput(host, changed));
      const inputs = [text, ...this.#places.of(spec)];
      const asks = () => ({ seed: host.settled.seed });
      return { inputs, renderers: { image: new GridRenderer(host) }, expected: "image", asks };
    }
    if (kinds.includes("text")) {
      const text = this.#one("text", () => new TextInput(host, changed));
      const renderers = {
        texts: new TokensRenderer(host, text),
        matrices: new MatricesRenderer(host),
        table: new TableRenderer(host),
      };
      return { inputs: [text], renderers, asks: () => ({}) };
    }
    if (kinds.includes("phrase")) {
      const phrase = this.#one("phrase", () => new PhraseInput(host, changed));
      return { inputs: [phrase], renderers: { translation: new TranslationRenderer(host, phrase) }, asks: () => ({}) };
    }
    if (kinds.includes("mission")) {
      const mission = this.#one("mission", () => new MissionInput(host, changed));
      const asks = () => ({ seed: host.settled.seed });
      const renderers = { episode: new EpisodeRenderer(host, mission), clips: new ClipsRenderer(host) };
      return { inputs: [mission], renderers, asks };
    }
    if (kinds.includes("demonstrations")) {
      const own = new DemonstrationsInput(host, changed);
      const asks = () => ({ seed: host.settled.seed });
      const renderers = { episode: new EpisodeRenderer(host, own) };
      return { inputs: [own, ...this.#places.of(spec)], renderers, still: true, asks };
    }
    if (kinds.includes("maze")) {
      const { scrubber } = this.#places;
      const maze = this.#one("maze", () => new MazeInput(host, changed, scrubber));
      const renderers = { plot: new PlotRenderer(host, host, undefined, maze) };
      return { inputs: [maze, ...this.#places.of(spec)], renderers, expected: "plot", asks: () => ({}) };
    }
    const sentence = () => this.#one("sentence", () => new TextInput(host, changed, { sentence: true }));
    const told = kinds.includes("sentence") ? [sentence()] : [];
    if (kinds.includes("clip")) {
      const mask: MaskInput = this.#one("clip-mask", () => new MaskInput(host, changed, () => clip.first));
      const clip: ClipInput = this.#one("clip", () => new ClipInput(host, changed, () => mask.beneath()));
      const inputs = [clip, ...(kinds.includes("mask") ? [mask] : []), ...told, ...this.#places.of(spec)];
      const asks = () => ({ seed: host.settled.seed });
      const renderers = { clips: new ClipsRenderer(host) };
      return { inputs, renderers, expected: "clips", beside: inputs.length > 1, asks };
    }
    if (kinds.includes("mask")) {
      const mask = this.#one("mask", () => new MaskInput(host, changed));
      const asks = () => ({ seed: host.settled.seed });
      const renderers = { image: new GridRenderer(host) };
      return { inputs: [mask, ...told], renderers, expected: "image", beside: true, asks };
    }
    if (kinds.includes("letters")) {
      const asks = () => ({ seed: host.settled.seed, at: this.#places.scrubber.at });
      const letters = this.#one("letters", () => new LettersInput(host, changed, asks));
      const inputs = [letters, ...this.#places.of(spec)];
      return { inputs, renderers: { image: new GridRenderer(host) }, expected: "image", beside: true, asks };
    }
    if (kinds.includes("image") && kinds.includes("scrubber")) {
      const image = this.#one("image", () => new ImageInput(host, changed));
      const asks = () => ({ seed: host.settled.seed });
      const renderers = { image: new GridRenderer(host) };
      const inputs = [image, ...told, ...this.#places.of(spec)];
      return { inputs, renderers, expected: "image", beside: true, asks };
    }
    if (kinds.includes("image")) {
      const image = this.#one("image", () => new ImageInput(host, changed));
      const again = () => {
        this.#seed++;
        changed();
      };
      const renderers = {
        reconstruction: new PosteriorRenderer(host, image, again),
        raster: new RasterRenderer(host),
        image: new GridRenderer(host),
      };
      const asks = () => ({ count: DRAWS, seed: this.#seed });
      return { inputs: [image], renderers, expected: "reconstruction", beside: true, asks };
    }
    if (kinds.includes("pair")) {
      const pair = this.#one("pair", () => new PairInput(host, changed));
      const renderers = { image: new FramesRenderer(host, pair) };
      return { inputs: [pair], renderers, expected: "image", asks: () => ({}) };
    }
    const marks = kinds.includes("marks") ? this.#one("marks", () => new MarksInput(host, changed)) : undefined;
    const inputs = [...told, ...(marks ? [marks] : []), ...this.#places.of(spec)];
    const pointer = kinds.includes("pointer") ? this.#places.pointer : undefined;
    const image = pointer ? new MapRenderer(host, pointer) : new GridRenderer(host);
    const asks = () => {
      const drawn = isDrawn(host.info?.space.kind);
      const { seed } = host.settled;
      return drawn ? { count: 1000, seed, resolution: 96 } : { count: IMAGES, seed, resolution: TILES };
    };
    const expected = host.info?.space.kind === "image" ? "image" : "plot";
    const renderers = {
      image,
      clips: new ClipsRenderer(host),
      sounds: new SoundsRenderer(host),
      plot: new PlotRenderer(host, host, pointer, marks),
      chart: new ChartRenderer(host),
      raster: new RasterRenderer(host, () => host.reroll()),
    };
    return { inputs, renderers, expected, asks };
  }
}
