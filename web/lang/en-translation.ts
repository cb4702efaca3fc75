import { sentence } from "./sentence";

/** What is said of translations. */
export const translation = {
  learnsPairs: sentence(
    "The same thing in two languages, drawn anew at each step. The loss is −log p of the translation, a piece; the",
    "thick curve is that of things that no training has seen. Above, some of those and what is made of them.",
  ),
  scratchPairs: "After some seconds the words are there, after half a minute mostly the right ones.",
  asTranslated: "The translation, piece by piece",
  kindPairs: "Translations",
  digits: "Digits",
  translateFrom: "From",
  translateInto: "Into",
  swapLanguages: "Swap the languages and translate back",
  textToTranslate: "Text",
  textToTranslateHelp: "A whole number, in digits or in words of the language above.",
  dateToTranslateHelp:
    "A date, with its day of the week or without, a day, a month, or a time of day. In digits: 1969-07-20, --07-20, " +
    "1969-07, 17:30.",
  nameToTranslateHelp: "What an emoji, or a region, is called in the language above.",
  ownToTranslateHelp: "A text like those it learned from.",
  columnNumber: "Column {n}" as const,
  heldOutExamples: "It has never seen these:",
  likeliestTranslations: "The likeliest translations",
  translation: "Translation",
  probability: "Probability",
  nothingWritten: "(nothing)",
  whoLooks: "Who looks",
  meanOfHeads: "The mean of all heads",
  alignment: "Alignment",
  pairsLegend: "Pairs",
  pairsNote: "What it is to learn from. Yours stay on this machine.",
  pairsNumbers: "Numbers, English and German",
  pairsDates: "Dates and times of day",
  pairsNames: "Names of emoji",
  pastePairs: "Paste your own pairs",
  yourPairs: "Your pairs",
  pairsHint: "one⇥eins",
  pairsHelp: sentence(
    "A line for each pair, with a tab between the two, as spreadsheets copy them; more languages make more columns.",
    "A first line such as #en⇥de says which they are. A tenth of the lines is held out.",
  ),
  openPairs: "Open a TSV file",
  pairsBeforeStay: "What was there before still is.",
  takenPairs: sentence(
    "{train} lines of {title} are learned from, and {heldOut} are held out, by what they begin with. Their",
    "{characters} characters are cut into tokens of {kinds} kinds.",
  ),
  longestTokens: "Tokens that were found in it",
  alignmentHelp: "Rows are written one after the other; each looks at the columns, which were read. In hundredths.",
};
