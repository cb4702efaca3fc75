import { html, nothing, svg } from "lit";
import type { Number as Figure, PlotInputs, PlotSpec, View } from "../client/protocol";
import { Session } from "../client/session";
import { modelBytes, siteManifest, type ModelEntry } from "../client/site";
import type { Host } from "./panel";
import { printed } from "./render/numbers";

/** What a model says of the image that is asked about. */
interface Row {
  title: string;
  /** Levels of a pixel, as this model knows them. */
  levels: number;
  /** How probable it finds the image, first of all. */
  numbers: readonly Figure[];
}

const rowOf = (title: string, view: View | undefined): Row | undefined =>
  view?.kind === "raster" ? { title, levels: view.levels, numbers: view.numbers } : undefined;

/**
 * The same plot of other models of the same data: their numbers beside those of the model in place. Their files are
 * fetched when the reader asks for it, and they are let go with the view.
 */
export class Others {
  #entries: ModelEntry[] = [];
  #sessions = new Map<string, Session>();
  #rows = new Map<string, Row>();
  #own: View | undefined;
  #inputs: PlotInputs = {};
  #shown = false;
  #opening: AbortController | undefined;
  #lookedFor: string | undefined;

  constructor(
    private readonly host: Host,
    private readonly spec: PlotSpec,
  ) {}

  /** The model in place has answered `inputs` with `view`: so may the others. */
  async answered(inputs: PlotInputs, view: View) {
    [this.#inputs, this.#own] = [inputs, view];
    await this.#look();
    for (const id of [...this.#sessions.keys()]) await this.#ask(id);
  }

  /** Nothing is asked. */
  clear() {
    this.#own = undefined;
    this.#rows.clear();
  }

  hide() {
    this.#opening?.abort();
    for (const session of this.#sessions.values()) session.dispose();
    this.#sessions.clear();
    this.#rows.clear();
    this.#shown = false;
  }

  /** Finds the shipped models of the data of the model in place that have such a plot. */
  async #look() {
    const { session, info } = this.host;
    const key = `${info?.data} ${info?.id}`;
    if (!session || !info || key === this.#lookedFor) return;
    this.hide();
    const [{ families }, { models }] = await Promise.all([session.describe(), siteManifest()]);
    this.#lookedFor = key;
    const has = ({ family }: ModelEntry) =>
      families
        .find(({ id }) => id === family)
        ?.spaces.some(({ kind, plots }) => kind === info.space.kind && plots.some(({ id }) => id === this.spec.id));
    this.#entries = models.filter((m) => m.data === info.data && m.id !== info.id && has(m));
    this.host.requestUpdate();
  }

  async #open() {
    const { session } = this.host;
    if (!session) return;
    this.#shown = true;
    const opening = (this.#opening = new AbortController());
    for (const entry of this.#entries) {
      if (this.#sessions.has(entry.id)) continue;
      const bytes = await modelBytes(entry, opening.signal);
      if (opening.signal.aborted) return;
      const other = session.sibling();
      this.#sessions.set(entry.id, other);
      try {
        await other.open(bytes, entry.sha256);
      } catch (e) {
        // The next try opens it anew.
        this.#sessions.delete(entry.id);
        other.dispose();
        if (opening.signal.aborted) return;
        throw e;
      }
      await this.#ask(entry.id);
    }
  }

  async #ask(id: string) {
    const session = this.#sessions.get(id);
    const entry = this.#entries.find((e) => e.id === id);
    if (!session?.model || !entry || !this.#own) return;
    const inputs = this.#inputs;
    const view = await session.view({ type: "plot", plot: this.spec.id, inputs });
    if (session !== this.#sessions.get(id) || inputs !== this.#inputs) return;
    const row = rowOf(entry.title, view);
    if (row) this.#rows.set(id, row);
    this.host.requestUpdate();
  }

  #table(rows: Row[]) {
    const { words } = this.host;
    const heads = rows[0]?.numbers ?? [];
    const most = Math.max(...rows.map(({ numbers }) => numbers[0]?.value ?? 0));
    const bar = ({ numbers }: Row) => {
      const long = (100 * Math.max(0, numbers[0]?.value ?? 0)) / Math.max(1e-9, most);
      return svg`<rect class=${numbers[0]?.atMost ? "bound" : ""} width=${long} height="8"></rect>`;
    };
    const kind = ({ levels }: Row) => (levels === 2 ? words.say("inBlackAndWhite") : words.say("inLevels", { levels }));
    return html`<div class="side-by-side" tabindex="0" role="region" aria-label=${words.say("besideOthers")}>
      <table>
        <thead>
          <tr>
            <th scope="col">${words.say("model")}</th>
            ${heads.map((n) => html`<th scope="col">${words.told(n.title)} <small>${words.told(n.unit)}</small></th>`)}
            <th scope="col">${words.say("itsPixels")}</th>
            <td></td>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) =>
              html`<tr>
                <th scope="row">${row.title}</th>
                ${heads.map(({ id }) => {
                  const n = row.numbers.find((m) => m.id === id);
                  return html`<td class="figure">${n ? printed(n, words) : "—"}</td>`;
                })}
                <td>${kind(row)}</td>
                <td class="length">
                  <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">${bar(row)}</svg>
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  /** What may be compared. */
  #note(rows: Row[]) {
    const { words } = this.host;
    const alike = rows.every(({ levels }) => levels === rows[0]?.levels);
    const bound = rows.some(({ numbers }) => numbers[0]?.atMost);
    return html`<p class="aside">
      ${words.say(alike ? "mayBeCompared" : "mayNotBeCompared")} ${bound ? words.say("markedAtMost") : nothing}
    </p>`;
  }

  render() {
    const { words, info, about, bare } = this.host;
    if (bare || !info || !this.#entries.length) return nothing;
    const entry = this.host.models.find(({ id }) => id === info.id);
    const title = words.told(entry?.title ?? about?.title ?? "");
    const own = rowOf(entry ? title : words.say("yoursAtStep", { title, step: info.step }), this.#own);
    const found = this.#entries.flatMap(({ id }) => this.#rows.get(id) ?? []);
    const others = found.map((row) => ({ ...row, title: words.told(row.title) }));
    const all = own ? [own, ...others] : others;
    all.sort((a, b) => a.levels - b.levels || (a.numbers[0]?.value ?? 0) - (b.numbers[0]?.value ?? 0));
    const size = words.megabytes(this.#entries.reduce((n, { bytes }) => n + bytes, 0));
    return html`<div class="others">
      ${
        this.#shown
          ? html`${own ? this.#table(all) : nothing}${own && others.length ? this.#note(all) : nothing}`
          : html`<div class="row">
              <button
                type="button"
                ?disabled=${!own}
                @click=${() => {
                  void this.host.attempt(() => this.#open(), "others");
                  this.host.requestUpdate();
                }}>
                ${words.say("askOthers", { n: this.#entries.length, size })}
              </button>
            </div>`
      }
    </div>`;
  }
}
