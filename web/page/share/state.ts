/** What a widget shows now, as the attributes that show it again, and the model that was trained in it. */
import { isPacked } from "../../client/packed";
import type { SavedFile } from "../../client/session";
import { attributeOf, declared, type Kind } from "../../element/attributes";
import type { GenerativeLab } from "../../element/lab/generative-lab";
import type { GenerativeModel } from "../../element/generative-model";
import { linkable } from "../../element/names";
import { isGuest } from "../../element/panel";
import type { Shown } from "../../element/share/snippets";
import type { Learner } from "../../element/lab/learner";

export type Widget = GenerativeModel | GenerativeLab;
type Attributes = Record<string, string>;

export const kindOf = (widget: Widget): Kind => (widget.localName === "generative-lab" ? "lab" : "model");
const isLab = (widget: Widget): widget is GenerativeLab => kindOf(widget) === "lab";

/** What the page around a widget says of how it is shown, and no link would. */
function authored(widget: Widget): Attributes {
  const kind = kindOf(widget);
  const names = widget
    .getAttributeNames()
    .filter((name) => declared(name, kind) && !linkable(name, kind) && !["family", "backend"].includes(name));
  const said = names.map((name) => [name, widget.getAttribute(name) ?? ""] as const);
  return Object.fromEntries(
    said.map(([name, text]) => {
      const address = name === "src" && !isPacked(text) && URL.canParse(text, document.baseURI);
      return [name, address ? new URL(text, document.baseURI).href : text];
    }),
  );
}

/** Its attributes, as it is now. */
function attributesOf(widget: Widget): Attributes {
  // Not on what it runs: that is a matter of the device at hand.
  const { backend: _, ...now } = widget.state;
  const state = Object.entries(now).map(([name, value]) => [attributeOf(name), value] as const);
  const { src, ...rest } = authored(widget);
  const all: Attributes = { ...Object.fromEntries(state), ...rest };
  if (src === undefined) return all;
  delete all["model"];
  return isPacked(src) ? all : { src, ...all };
}

/** The one model of a lab that is looked at. */
function alone(widget: Widget): Learner | undefined {
  const [learner, ...others] = isLab(widget) ? widget.shown : [];
  return others.length ? undefined : learner;
}

/** Whether a model was trained or opened here, so that attributes alone do not bring it back. */
export function trained(widget: Widget): boolean {
  if (isLab(widget)) return (alone(widget)?.info?.step ?? 0) > 0;
  const { trainer, info } = widget;
  // The file of another program is the reader's own; a link shows the figure without it.
  if (isGuest(info?.family)) return false;
  return isPacked(widget.src ?? "") || (trainer.own && (trainer.source !== "made" || (info?.step ?? 0) > 0));
}

/** The model as a file. */
export async function fileOf(widget: Widget): Promise<SavedFile | undefined> {
  const session = isLab(widget) ? alone(widget)?.session : widget.session;
  return session?.exportModel(false);
}

/** The attributes beside a model that comes along: what it was made of, it says itself. */
function beside(widget: Widget): Attributes {
  if (isLab(widget)) {
    const { plot = "samples", at = 0.5 } = alone(widget) ?? {};
    const { seed } = widget.task;
    return { view: plot, ...(at === 0.5 ? {} : { at: String(at) }), ...(seed === 1 ? {} : { seed: String(seed) }) };
  }
  const made = [...Object.keys(widget.trainer.links()), ...Object.keys(widget.points.links())].map(attributeOf);
  const all = Object.entries(attributesOf(widget));
  const gone = ["model", "family", "data", "size", "src", ...made.filter((name) => name !== "overlay")];
  return Object.fromEntries(all.filter(([name]) => !gone.includes(name)));
}

/** What it is called. */
function titleOf(widget: Widget): string {
  const { words } = widget;
  if (isLab(widget)) {
    const learner = alone(widget);
    return learner ? words.told(learner.family.title) : words.say("lab");
  }
  const { about, info, settled } = widget;
  const space = about?.spaces.find((s) => s.kind === info?.space.kind);
  const plot = space?.plots.find((p) => p.id === settled.view);
  return [about?.title, plot?.title].flatMap((t) => (t ? [words.told(t)] : [])).join(", ") || words.say("aModel");
}

/** A widget as it is, or as its model is that comes along with it. */
export function shownOf(widget: Widget, along: boolean): Shown {
  return {
    kind: along ? "model" : kindOf(widget),
    attributes: along ? beside(widget) : attributesOf(widget),
    title: titleOf(widget),
    height: Math.ceil(widget.getBoundingClientRect().height) + 4,
  };
}
