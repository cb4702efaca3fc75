/** What is said of models of functions. */
export const functions = {
  learnsFunctions:
    "It sees some pairs (x, y) of functions that it will never see again, and is to guess each y from the pairs " +
    "before it. Below, guesses against true values after ten examples: the nearer to the diagonal, the better.",
  lossSquares: "Square error",
  arrowsMark:
    "{label}. Arrow keys move the pointer, Enter places an example where it stands or takes away the one there.",
  placeMarks: "Press where an example is to be, draw one elsewhere, or press one to take it away.",
  clearMarks: "Take all away",
} as const;
