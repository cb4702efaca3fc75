import { sentence } from "./sentence";

/** What is said of translations. */
export const translation = {
  learnsPairs: sentence(
    "The same number in two languages, drawn anew at each step. The loss is −log p of the translation, a piece; the",
    "thick curve is that of numbers that no training has seen. Above, some of those and what is made of them.",
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
  heldOutExamples: "Numbers it has never seen:",
  likeliestTranslations: "The likeliest translations",
  translation: "Translation",
  probability: "Probability",
  nothingWritten: "(nothing)",
  whoLooks: "Who looks",
  meanOfHeads: "The mean of all heads",
  alignment: "Alignment",
  alignmentHelp: "Rows are written one after the other; each looks at the columns, which were read. In hundredths.",
};
