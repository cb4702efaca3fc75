import type { ModelInfo, SpaceKind } from "../client/protocol";
import type { Key } from "../lang/words";

/** What is said and shown of a training. */
export interface Learned {
  /** What it is, in a sentence or two. */
  caption: Key;
  /** Samples that are shown. */
  samples: number;
  /** What is to be expected of one from scratch. */
  scratch: Key;
}

const POINTS: Learned = { caption: "learnsPoints", samples: 500, scratch: "scratchImages" };

/** By the kind of what is learned. */
export const LEARNED: Record<SpaceKind, Learned> = {
  text: { caption: "learnsText", samples: 1, scratch: "scratchText" },
  image: { caption: "learnsImages", samples: 32, scratch: "scratchImages" },
  // Each in a row of its own.
  video: { caption: "learnsClips", samples: 2, scratch: "scratchImages" },
  points: POINTS,
  classes: POINTS,
  energy: { ...POINTS, caption: "learnsEnergy" },
  score: { caption: "learnsMusic", samples: 1, scratch: "scratchMusic" },
  groove: { caption: "learnsDrums", samples: 1, scratch: "scratchDrums" },
  functions: { caption: "learnsFunctions", samples: 200, scratch: "scratchImages" },
  // A line each.
  pairs: { caption: "learnsPairs", samples: 6, scratch: "scratchPairs" },
  paths: { caption: "learnsPaths", samples: 8, scratch: "scratchPaths" },
  episodes: { caption: "learnsEpisodes", samples: 2, scratch: "scratchEpisodes" },
};

/** What is learned of such data; a reader's own episodes are told apart by their name. */
export const captionOf = (kind: SpaceKind, data: string): Key =>
  data.startsWith("episodes-") ? "learnsOwnEpisodes" : LEARNED[kind].caption;

/** Characters in a token of a text, 0 of anything else. */
export const perToken = (info: ModelInfo | undefined) =>
  info?.space.kind === "text" ? info.space.charactersPerToken : 0;
