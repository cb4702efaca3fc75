import { badOption } from "../client/errors";
import type { FamilyInfo, PlotSpec, SpaceKind } from "../client/protocol";
import { read } from "./attributes";
import { Kit } from "./kit";
import { isGuest, shownViews, viewsOf, type Host, type Panel, type ViewInfo, type ViewName } from "./panel";
import { PlotPanel } from "./plot-panel";
import { isDrawn } from "./points-task";
import { SamplesPanel } from "./samples";
import { DrumsPanel } from "./score/drums-panel";
import { ScorePanel } from "./score/panel";
import { WritePanel } from "./text/write";
import { TrainPanel } from "./train";

/** The views of an element: a panel for each plot that a family declares, and those that all families have. */
export class Views {
  readonly train: TrainPanel;
  #samples: SamplesPanel;
  #write: WritePanel;
  #score: ScorePanel;
  #drums: DrumsPanel;
  #panels = new Map<ViewName, Panel>();
  #all: ViewInfo[] = [];
  /** Views of models of images that are told sentences. */
  #told = new Set<ViewName>();
  /** Those that are asked for changes in words. */
  #changes = new Set<ViewName>();
  /** Those in which a model is asked about what it sees. */
  #questions = new Set<ViewName>();
  /** Views of models that have learned classes. */
  #classed = new Set<ViewName>();
  /** Those of models that have learned sounds. */
  #heard = new Set<ViewName>();

  constructor(private readonly host: Host) {
    this.train = new TrainPanel(host);
    this.#samples = new SamplesPanel(host);
    this.#write = new WritePanel(host);
    this.#score = new ScorePanel(host);
    this.#drums = new DrumsPanel(host);
  }

  /** The panel of a view; before the family is known, samples. */
  panel(id: ViewName): Panel {
    return this.#panels.get(id) ?? this.#samples;
  }
  get panels(): Panel[] {
    return [...this.#panels.values()];
  }
  /** Those that are wished for and that the model has; before there is one, what is to be seen may be among them. */
  shown(wishes: string | null): ViewInfo[] {
    const { info, settled } = this.host;
    const has = (id: ViewName) => {
      if (!info) return ![this.#told, this.#questions, this.#heard].some((of) => of.has(id)) || id === settled.view;
      if (this.#questions.has(id)) return info.question !== undefined;
      if (this.#changes.has(id)) return info.changes;
      if (this.#heard.has(id)) return info.sound;
      if (this.#told.has(id)) return info.prompt !== undefined;
      return !this.#classed.has(id) || info.classes.length > 0;
    };
    return shownViews(
      this.#all.filter(({ id }) => has(id)),
      wishes,
    );
  }
  /** Those that some model of the family has, of which the one that is on its way may be. */
  possible(wishes: string | null): ViewInfo[] {
    return shownViews(this.#all, wishes);
  }

  /** Makes the views that a family declares for data of a kind; `tuned` where a guest's model is gone on from. */
  furnish({ id: family, spaces, capabilities, sampleSchema }: FamilyInfo, kind: SpaceKind | undefined, tuned: boolean) {
    this.#samples.describe(sampleSchema);
    this.#write.describe(sampleSchema);
    this.#score.describe(sampleSchema);
    this.#drums.describe(sampleSchema);
    const plots = (spaces.find((s) => s.kind === kind) ?? spaces[0])?.plots ?? [];
    const kit = new Kit(this.host, () => {
      const panel = this.panel(this.host.settled.view);
      if (panel instanceof PlotPanel) panel.ask();
    });
    const own: Record<string, Panel> = { write: this.#write, train: this.train };
    // Samples of points are a plot like the others.
    const music = kind === "score" ? this.#score : kind === "groove" ? this.#drums : undefined;
    if (!isDrawn(kind)) own["samples"] = music ?? this.#samples;
    this.#all = viewsOf(plots, capabilities.language, tuned || !isGuest(family));
    const told = (spec: PlotSpec) =>
      kind === "image" && spec.inputs.some((input) => ["text", "instruction"].includes(input.kind));
    const asked = (spec: PlotSpec) => spec.inputs.some((input) => input.kind === "instruction");
    this.#changes = new Set(plots.filter(asked).map(({ id }) => id));
    const questioned = (spec: PlotSpec) => spec.inputs.some((input) => input.kind === "question");
    this.#questions = new Set(plots.filter(questioned).map(({ id }) => id));
    this.#told = new Set(plots.filter(told).map(({ id }) => id));
    this.#classed = new Set(plots.filter(({ needsClasses }) => needsClasses).map(({ id }) => id));
    this.#heard = new Set(plots.filter(({ needsSound }) => needsSound).map(({ id }) => id));
    this.#panels = new Map();
    for (const { id } of this.#all) {
      const spec = plots.find((p) => p.id === id);
      const panel = own[id] ?? (spec && new PlotPanel(this.host, spec, kit));
      if (panel) this.#panels.set(id, panel);
    }
    const wished = read("views", this.host.getAttribute("views"));
    if (wished?.length && !wished.some((id) => this.#panels.has(id))) {
      const all = [...this.#panels.keys()].join(", ");
      this.host.report(badOption("views", wished.join(" "), `one of ${all} is expected`), "views");
    }
  }
}
