import { sentence } from "./sentence";

/** The text to learn from. */
export const corpus = {
  text: "Text",
  textNote: "What it is to learn from. Yours stays on this machine.",
  learnFrom: "Learn from",
  yoursTitled: "yours: {title}",
  pasteOwn: "Paste your own words",
  yourText: "Your text",
  pasteHint: "Letters, songs, recipes, a diary: the more the better; a few pages at least.",
  learnFromThis: "Learn from this",
  openText: "Open a text file",
  textBeforeStays: "The text before is still there.",
  takingApart: "Taking the text apart…",
  corpus: sentence(
    "{characters} characters of {title} are {tokens} tokens, of {kinds} kinds.",
    "It learns from {train}; the last {heldOut} are held out, to see whether it has understood or only remembers.",
  ),
  corpusOnward: sentence(
    "{characters} characters of {title}, in the tokens of the model.",
    "It learns from {train} of them; the last {heldOut} are held out, to see whether it has understood or only",
    "remembers.",
  ),
  asMany: "as many",
  mostFrequent: "Tokens, the most frequent first",
  andMore: "… and {n} more",
  heldOut: "held out",
  groupLists: "Lists",
  groupPlays: "Plays and poems",
  groupBooks: "Books",
  groupTalks: "Talks",
} as const;
