/** What the workbench is about, and how the page's address says it. */
import { ATTRIBUTES, type Kind, type Name } from "../element/attributes";
import { linkable } from "../element/names";
import { KIND } from "../element/share/snippets";
import { FOREIGN } from "../page/parameters";

/** An element and what its attributes are to say, whether they hold or not. */
export interface State {
  kind: Kind;
  values: Map<string, string>;
}

/** What an address may carry: what it may say to an element alone in a frame, so nothing that acts by itself. */
const carried = (name: string, kind: Kind) => linkable(name, kind, true);

/** More than a reader can have meant; each becomes a field or a line that says what is wrong. */
const MOST = 60;

/** What an address says, and the names in it that no link may set. */
export function fromAddress(search: string): { state: State; refused: string[] } {
  const parameters = new URLSearchParams(search);
  const kind: Kind = parameters.get(KIND) === "lab" ? "lab" : "model";
  const state: State = { kind, values: new Map() };
  const refused: string[] = [];
  for (const [given, value] of [...parameters].slice(0, MOST)) {
    const name = given.replaceAll("_", "-");
    if (name === KIND || FOREIGN.test(given)) continue;
    if (carried(name, kind)) state.values.set(name, value);
    else refused.push(name);
  }
  return { state, refused };
}

/** The address of a state, without what no link may carry. */
export function toAddress({ kind, values }: State): string {
  const parameters = new URLSearchParams();
  if (kind === "lab") parameters.set(KIND, "lab");
  for (const [name, value] of values) if (carried(name, kind)) parameters.set(name, value);
  const text = parameters.toString();
  return text ? `?${text}` : "";
}

/** Whether a text says no more than what holds without it. */
export function idle(name: string, text: string, fallback: unknown): boolean {
  if (text === "" && (fallback === null || fallback === undefined)) return !isSwitch(name);
  if (typeof fallback === "boolean") return text === String(fallback);
  return fallback !== null && fallback !== undefined && text === String(fallback);
}

const isSwitch = (name: string) => Object.hasOwn(ATTRIBUTES, name) && ATTRIBUTES[name as Name].shape.kind === "flag";

/** As an author would write it: a switch is on by its presence. */
export const asWritten = (text: string, flag: boolean) => (flag && text === "true" ? "" : text);
