/** What is said of texts with gaps, and of plots that take long. */
export const gaps = {
  gapNumber: "Gap {n}" as const,
  gapOne: "The gap",
  gapTake: "Put “{token}” into the gap: {chance}" as const,
  gapsSentence: "Write ___ where a word is missing. Choose a guess to put it there.",
  gapsLabel: "Your sentence, with gaps",
  slowStart: "Try it",
  slowStop: "Stop",
  slowHelp: "It takes some minutes, and shows what it has so far.",
  slowRuns: "It runs; what stands there changes.",
  chartTable: "The curves as a table",
  chartHundredths: "In hundredths, mean ± standard deviation over draws.",
};
