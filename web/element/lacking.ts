import { CUSTOM } from "../client/engine";
import { demonstrationsCalled, isOwnEpisodes, missingDemonstrations } from "../client/demonstrations";
import { type PlaygroundError, problem } from "../client/errors";
import { isPictures, missing } from "../client/pictures";
import type { PointSource } from "../client/protocol";
import type { Gallery } from "./pictures/gallery";
import type { Corpus } from "./text/corpus";

/** What is at hand of data of the reader's own. */
interface AtHand {
  points: PointSource | undefined;
  gallery: Gallery | undefined;
  corpus: Corpus | undefined;
}

/** What is told of a model that came in a file: data of the reader's own is not in it. */
export async function lacks(data: string, { points, gallery, corpus }: AtHand): Promise<PlaygroundError | undefined> {
  if (isOwnEpisodes(data))
    return corpus?.ownText(data) || (await demonstrationsCalled(data)) ? undefined : missingDemonstrations();
  if (isPictures(data)) return gallery?.kept(data) ? undefined : missing();
  if (data !== CUSTOM) return undefined;
  return problem(
    "bad-data",
    "The points that this model learned are not in its file.",
    points
      ? "If it is trained on, then on the points that are here now."
      : "It can be looked at. To train on, open the same CSV first, and then this file again.",
  );
}
