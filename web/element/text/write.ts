import { html, nothing } from "lit";
import { live } from "lit/directives/live.js";
import { ref } from "lit/directives/ref.js";
import type { Alternative, JsonSchema, Token, TrainState, View } from "../../client/protocol";
import { fieldsOf, type Field } from "../../client/schema";
import { button, field } from "../form";
import { attributeOf } from "../attributes";
import { Latest, Panel, type Host } from "../panel";
import { Script } from "../render/script";

/** Options that stand beside the text; the others are one click away. */
const NEAR: readonly string[] = ["strength", "temperature", "length"];
/** Options that have a place of their own. */
const APART: readonly string[] = ["prompt", "reply"];
/** What goes before is handed to the model up to here; it looks back less far than this. */
const LONGEST = 19_000;

/** The model writes, token by token, and the reader may turn it elsewhere. */
export class WritePanel extends Panel {
  #script: Script;
  #latest = new Latest();
  #fields: Field[] = [];
  #abort: AbortController | undefined;
  #writing = false;
  #writtenAt = 0;
  #rate = 0;
  /** What stood there before each branch. */
  #before: Token[][] = [];
  #news = "";
  /** What the reader types next in a chat. */
  #reply = "";
  /** Of what the text was written: the same is not written again. */
  #made = "";

  constructor(host: Host) {
    super(host);
    this.#script = new Script(host, "wrote", {
      choose: (index, alternative) => this.#branch(index, alternative),
    });
  }

  describe(schema: JsonSchema) {
    this.#fields = fieldsOf(schema);
  }

  get #options(): Record<string, unknown> {
    return this.host.sampleOptions;
  }
  #option<T>(name: string): T | undefined {
    return (this.#options[name] ?? this.#fields.find((f) => f.name === name)?.fallback) as T | undefined;
  }

  /** What a text follows from. */
  get #cause(): string {
    const { info, settled } = this.host;
    return JSON.stringify([
      info?.id,
      info?.data,
      info?.step,
      info?.parameters,
      info?.seed,
      settled.seed,
      this.#options,
    ]);
  }

  override refresh() {
    // Back from another view, it stands as the reader left it.
    if (this.#cause !== this.#made || !this.#script.tokens.length) this.#write([]);
  }

  override again() {
    this.#write([], false);
  }
  override hide() {
    this.#abort?.abort();
    this.#script.close();
  }

  override trained(_state: TrainState, samples: View | null) {
    if (samples && !this.#writing && !this.#script.busy && performance.now() - this.#writtenAt > 3000)
      this.#write([], false);
  }

  /** Writes: anew after the prompt, or on from what is kept; `aloud` for those who listen. */
  #write(kept: Token[], aloud = true, reply = "") {
    const { session, info } = this.host;
    if (!session || !info) return;
    if (!kept.length) this.#before = [];
    this.#made = this.#cause;
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.#latest.run(() =>
      this.host.attempt(async () => {
        if (abort.signal.aborted) return;
        const { seed } = this.host.settled;
        const options = kept.length
          ? {
              ...this.#options,
              ...(reply && { reply }),
              prompt: kept
                .map((t) => t.text)
                .join("")
                .slice(-LONGEST),
            }
          : this.#options;
        const started = performance.now();
        let [received, drawn, begun] = [0, 0, false];
        const take = (view: View | null) => {
          if (view?.kind !== "texts" || abort.signal.aborted) return;
          const [text] = view.texts;
          if (text?.anew) {
            // What stood there may have changed: all of it is told.
            drawn = text.tokens.filter((t) => !t.given && t.logProb !== null).length;
            begun = true;
            if (!this.#script.busy) this.#script.set(text.tokens);
            this.#rate = drawn / ((performance.now() - started) / 1000);
            this.host.drawn();
            this.host.requestUpdate();
            return;
          }
          const fresh = (text?.tokens ?? []).slice(Math.max(0, received - (text?.start ?? 0)));
          received += fresh.length;
          // What was kept comes back as given; it stands there already, with its alternatives. With a reply, there is
          // more that is given.
          const shown = kept.length && !reply ? fresh.filter((t) => !t.given) : fresh;
          drawn += fresh.filter((t) => !t.given).length;
          if (!begun) this.#script.set(reply ? [] : kept);
          begun = true;
          this.#script.append(shown);
          this.#rate = drawn / ((performance.now() - started) / 1000);
          this.host.drawn();
          this.host.requestUpdate();
        };
        this.#writing = true;
        if (aloud) this.#news = this.host.words.say("writing");
        this.host.requestUpdate();
        try {
          const view = await session.sample(
            1,
            seed,
            options,
            (step, of, early) => {
              this.host.announce("progress", { phase: "sample", step, of });
              take(early);
            },
            abort.signal,
          );
          take(view);
          if (!abort.signal.aborted) this.host.announce("sample", { seed, count: 1, view });
        } finally {
          if (this.#abort === abort) {
            this.#writing = false;
            this.#writtenAt = performance.now();
            if (aloud) this.#news = this.#script.text.slice(-1500);
            this.host.requestUpdate();
          }
        }
      }),
    );
  }

  #stop = () => {
    this.#abort?.abort();
    this.#writing = false;
    this.#news = this.#script.text.slice(-1500);
    this.host.requestUpdate();
  };

  /** Goes on from another token than the one that was drawn. */
  #branch(index: number, { id, text, prob }: Alternative) {
    const { tokens } = this.#script;
    const there = tokens[index];
    if (!there) return;
    this.#before.push(tokens);
    this.#write([...tokens.slice(0, index), { ...there, id, text, logProb: Math.log(prob), given: true }]);
  }

  #undo = () => {
    this.#abort?.abort();
    this.#writing = false;
    this.#script.set(this.#before.pop() ?? []);
    this.host.requestUpdate();
  };

  /** Whether the model was taught to answer. */
  get #taught(): boolean {
    return Boolean(this.host.info?.config["chat"]);
  }

  /** Whether what is written can be answered. */
  get #chats(): boolean {
    return this.#taught && this.#option("chat") === true;
  }

  #answer = () => {
    const reply = this.#reply.trim();
    if (!reply || this.#writing || !this.#script.tokens.length) return;
    this.#reply = "";
    this.#write(this.#script.tokens, true, reply);
  };

  #anew = () => this.#write([]);

  #copy = () => {
    Promise.resolve(navigator.clipboard?.writeText(this.#script.text) ?? Promise.reject(new Error("no clipboard")))
      .then(
        () => {
          this.#news = this.host.words.say("copied");
        },
        () => {
          this.#script.select();
          this.#news = this.host.words.say("selected");
        },
      )
      .finally(() => this.host.requestUpdate());
  };

  #save = () =>
    this.host.save({
      name: `${this.host.info?.id ?? "text"}-${this.host.settled.seed}.txt`,
      mime: "text/plain",
      bytes: new TextEncoder().encode(this.#script.text),
    });

  override caption() {
    const rate = Math.round(this.#rate);
    const pace = this.#rate > 0 ? this.host.words.say("wroteRate", { rate }) : "";
    return `${this.host.help("samples")} ${pace}`;
  }

  #form(f: Field) {
    const shown = (v: unknown) => (typeof v === "string" ? v.replaceAll("\n", "\\n") : v);
    return field(this.host.words, f, "sample", {
      value: shown(this.#option(f.name)),
      set: (text) =>
        this.host.setAttribute(attributeOf(f.name), f.kind === "text" ? text.replaceAll("\\n", "\n") : text),
    });
  }

  override render() {
    const { host } = this;
    const { words } = host;
    const sheet = html`<div class="sheet" ${ref(this.#script.attach)}></div>
      <p class="unseen" aria-live="polite">${this.#news}</p>`;
    if (host.bare) return sheet;
    const ask = (e: Event) => host.setAttribute("prompt", (e.target as HTMLTextAreaElement).value);
    const empty = this.#script.tokens.length === 0;
    return html`<div class="split">
      <div class="stage writing">
        <div class="field">
          <label for="prompt">${words.say("beginWith")}</label>
          <textarea
            id="prompt"
            rows="1"
            dir="auto"
            spellcheck="false"
            placeholder=${words.say("nothingBefore")}
            .value=${this.#option<string>("prompt") ?? ""}
            @change=${ask}
            @keydown=${(e: KeyboardEvent) => {
              if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) {
                e.preventDefault();
                ask(e);
              }
            }}></textarea>
        </div>
        <p class="row">
          ${button(words.say(this.#writing ? "stop" : "write"), this.#writing ? this.#stop : this.#anew, "primary")}
          <button type="button" ?disabled=${this.#writing || empty} @click=${() => this.#write(this.#script.tokens)}>
            ${words.say("continue")}
          </button>
          ${button(words.say("newSeed"), () => host.reroll())}
          ${this.#before.length ? button(words.say("beforeBranch"), this.#undo) : nothing}
        </p>
        ${sheet}
        ${
          this.#chats
            ? html`<div class="field">
                  <label for="reply">${words.say("reply")}</label>
                  <textarea
                    id="reply"
                    rows="1"
                    dir="auto"
                    .value=${live(this.#reply)}
                    @input=${(e: Event) => (this.#reply = (e.target as HTMLTextAreaElement).value)}
                    @keydown=${(e: KeyboardEvent) => {
                      if (e.key === "Enter" && !e.shiftKey && !e.isComposing) {
                        e.preventDefault();
                        this.#answer();
                      }
                    }}></textarea>
                </div>
                <p class="row">${button(words.say("sendReply"), this.#answer)}</p>`
            : nothing
        }
        <p class="row after">
          <button type="button" class="quiet" ?disabled=${empty} @click=${this.#copy}>${words.say("copy")}</button>
          <button type="button" class="quiet" ?disabled=${empty} @click=${this.#save}>${words.say("saveText")}</button>
          <span class="key" aria-hidden="true"
            >${words.say("expected")} <i class="s0"></i><i class="s1"></i><i class="s2"></i><i class="s3"></i
            ><i class="s4"></i><i class="s5"></i> ${words.say("surprising")}</span
          >
        </p>
      </div>
      <div class="side">
        <div class="field">
          <label for="seed">${words.say("seed")}</label
          ><input
            id="seed"
            type="number"
            min="0"
            max="4294967295"
            step="1"
            .value=${live(String(host.settled.seed))}
            @change=${(e: Event) => host.setAttribute("seed", (e.target as HTMLInputElement).value)} />
        </div>
        ${this.#fields
          .filter((f) => NEAR.includes(f.name))
          .sort((a, b) => NEAR.indexOf(a.name) - NEAR.indexOf(b.name))
          .map((f) => this.#form(f))}
        <details>
          <summary>${words.say("moreWays")}</summary>
          <div class="side">
            ${this.#fields
              .filter(({ name }) => ![...APART, ...NEAR].includes(name) && (name !== "chat" || this.#taught))
              .map((f) => this.#form(f))}
          </div>
        </details>
        ${this.host.trainer.trains ? html`<p class="aside">${words.say("yourModel")}</p>` : nothing}
      </div>
    </div>`;
  }
}
