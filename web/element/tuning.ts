import { PlaygroundError } from "../client/errors";
import type { FamilyInfo, ModelInfo } from "../client/protocol";
import type { Body, Session, Tuning } from "../client/session";
import type { Controller } from "./controller";

/** Whether models of a family begin with those of another one. */
export const goesOnFrom = ({ from }: FamilyInfo, { id, like }: FamilyInfo) => from === (like ?? id);

/**
 * The family of what is made here: of an element that says `tune` the one that goes on from models of the family at
 * hand, if there is such; else that family.
 */
export function goingOn(host: Element, families: readonly FamilyInfo[], family: FamilyInfo): FamilyInfo {
  const tunes = host.hasAttribute("tune") && host.getAttribute("tune") !== "false";
  return (tunes && families.find((f) => goesOnFrom(f, family))) || family;
}

/** What a new model is made of: with the model in place, if the family goes on from such. */
export async function begun(session: Session, body: Body, from: string | undefined): Promise<Body | Tuning> {
  if (from === undefined) return body;
  const { family: _, ...rest } = body;
  return { ...rest, base: (await session.exportModel(false)).bytes };
}

/** How an agent is to learn from a reader's own episodes. */
export interface Imitation {
  /** From the model in place, and not from nothing. */
  onward: boolean;
  /** The share of the expert's episodes beside them. */
  expert: number;
}

/** Puts in place what learns from a reader's own episodes, as JSON Lines; gives whether it stands. */
export async function imitate(trainer: Controller, lines: Uint8Array, title: string, how: Imitation): Promise<boolean> {
  const { corpus } = trainer;
  if (!corpus) return false;
  await corpus.bring(lines, title);
  if (corpus.wrong) throw new PlaygroundError(corpus.wrong);
  corpus.expert = how.expert;
  await trainer.pause();
  trainer.onward = how.onward ? trainer.info?.family : undefined;
  try {
    return await trainer.create({ again: trainer.source === "made", play: false });
  } finally {
    trainer.onward = undefined;
  }
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
