import { PlaygroundError } from "../client/errors";
import type { FamilyInfo, ModelInfo } from "../client/protocol";
import type { Body, Session, Tuning } from "../client/session";

/**
 * The family of what is made here: of an element that says `tune` the one that goes on from models of the family at
 * hand, if there is such; else that family.
 */
export function goingOn(host: Element, families: readonly FamilyInfo[], family: FamilyInfo): FamilyInfo {
  const tunes = host.hasAttribute("tune") && host.getAttribute("tune") !== "false";
  return (tunes && families.find(({ from }) => from === family.id)) || family;
}

/** What a new model is made of: with the model in place, if the family goes on from such. */
export async function begun(session: Session, body: Body, from: string | undefined): Promise<Body | Tuning> {
  if (from === undefined) return body;
  const { family: _, ...rest } = body;
  return { ...rest, base: (await session.exportModel(false)).bytes };
}

/** Opens a file of the reader's: a model, or adapters on the model in place. */
export async function openOrAdapt(
  session: Session,
  bytes: Uint8Array | Blob,
  info: ModelInfo | undefined,
): Promise<ModelInfo> {
  try {
    return await session.open(bytes, null);
  } catch (e) {
    if (PlaygroundError.from(e).code !== "adapter-base" || !info) throw e;
    const base = await session.exportModel(false);
    return session.adapt(base.bytes, bytes instanceof Blob ? new Uint8Array(await bytes.arrayBuffer()) : bytes);
  }
}
