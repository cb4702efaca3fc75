/** When an element begins, and when it rests: a post may have more models than a page should hold at a time. */
import type { Controller } from "./controller";
import { distance, leaveTurn, takeTurn } from "./turns";

/** So far away (in heights of the window) and for so long (milliseconds), and it rests. */
const [FAR, TIRED] = [2, 120_000];

/** What an element is to its rest. */
interface Sleeper {
  element: HTMLElement;
  trainer: Controller;
  /** It has begun. */
  busy(): boolean;
  /** Puts the model of the attributes in place. */
  load(): Promise<void>;
  /** Ends what goes on. */
  sleep(): void;
  /** Begins without a model. */
  wake(): void;
}

export class Rest {
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** How it rests: with the training that is kept, and whether that was to go on. */
  #resting: { id: string | undefined; wants: boolean } | undefined;

  constructor(private readonly host: Sleeper) {}

  seen(seen: boolean) {
    const { element, busy } = this.host;
    clearTimeout(this.#timer);
    if (seen && busy()) this.#wake();
    if (seen && !busy()) takeTurn(element, () => (busy() ? Promise.resolve() : this.#begin()));
    else if (!seen) {
      leaveTurn(element);
      this.#tire();
    }
  }

  end() {
    clearTimeout(this.#timer);
    leaveTurn(this.host.element);
    this.#wake();
  }

  #tire() {
    const { element, trainer } = this.host;
    this.#timer = setTimeout(() => {
      if (!document.hidden && distance(element) > FAR) void this.rest();
      if (trainer.info && element.isConnected) this.#tire();
    }, TIRED);
  }

  get #frame(): HTMLElement | null | undefined {
    return this.host.element.shadowRoot?.querySelector<HTMLElement>(".frame");
  }

  async rest(): Promise<void> {
    const { element, trainer } = this.host;
    const { info } = trainer;
    const { id, step } = trainer.keeper;
    if (!info || trainer.busy || (trainer.wants && trainer.unseen)) return;
    // Nothing is let go that cannot be had again.
    if (trainer.own && (trainer.running || id === undefined || step !== info.step)) return;
    if (this.#frame) this.#frame.style.minBlockSize = `${this.#frame.getBoundingClientRect().height}px`;
    this.#resting = { id: trainer.own ? id : undefined, wants: trainer.wants };
    this.host.sleep();
    await trainer.dispose();
    (element as HTMLElement & { requestUpdate(): void }).requestUpdate();
  }

  #wake() {
    const resting = this.#resting;
    this.#resting = undefined;
    this.#frame?.style.removeProperty("min-block-size");
    return resting;
  }

  /** Begins, or goes on where it rested. */
  async #begin(): Promise<void> {
    const { trainer } = this.host;
    const id = this.#resting?.id;
    if (id === undefined) await this.host.load();
    else {
      this.host.wake();
      const kept = (await trainer.keeper.offers()).find((k) => k.id === id);
      if (kept) await trainer.attempt(() => trainer.resume(kept));
      else await this.host.load();
      if (kept && this.#resting?.wants) await trainer.attempt(() => trainer.play());
    }
    this.#wake();
  }
}
