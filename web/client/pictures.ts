import { problem } from "./errors";
import type { ErrorInfo, PictureSource } from "./protocol";

/** Pictures of the reader's own, as they are kept. */
export interface KeptPictures extends PictureSource {
  /** The name that follows from what they are. */
  name: string;
  title: string;
}

/** Whether data goes by the name of a reader's own pictures. */
export const isPictures = (name: string | undefined) => /^pictures-[0-9a-f]{8}$/.test(name ?? "");

/** What is told of a model that learned pictures which are not here. */
export const missing = () =>
  problem(
    "bad-data",
    "The pictures that this model learned are not here.",
    "It can be looked at. To train on, bring the same pictures with the same options, and then this model.",
  );

/** What goes to the worker of them. */
export const sourceOf = ({ side, pixels, labels, classes, options, sounds }: PictureSource): PictureSource => ({
  side,
  pixels,
  labels,
  classes,
  options,
  ...(sounds ? { sounds } : {}),
});

/** Bytes that they take. */
export const pictureBytes = (pictures: PictureSource | undefined) => pictures?.pixels.length ?? 0;

/** A file that was left out, and why. */
export interface Refused {
  name: string;
  why: ErrorInfo;
}
