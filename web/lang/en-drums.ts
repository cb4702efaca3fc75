/** What is said of drums. */
export const drums = {
  learnsDrums:
    "It hears four bars of a drummer and is to guess the next sixteenth: which drums are hit, how hard, and " +
    "how much before or after the beat. Sometimes it is told the hits and guesses only how they are played.",
  scratchDrums:
    "At first hits fall anywhere; after some hundred steps the hard ones come to lie on the second and fourth beat.",
  drumsGroup: "Drumming",
  drumsAnew: "New groove",
  goOn: "Go on",
  goOnHelp: "Keeps the first half of the bars and makes the rest",
  humanise: "Humanise",
  humaniseHelp: "Keeps every hit, and plays it: how hard, and how much early or late",
  stiffen: "Make stiff",
  stiffenHelp: "Makes all hits alike and puts them on the grid, as a machine plays them",
  drumsMaking: "It drums…",
  drumsMade: "Done.",
  drumsLabel: { one: "Drums with {n} hit", other: "Drums with {n} hits" },
  drumsHelp:
    "Click to write a hit or to take it away. With the keyboard: arrows move (with Shift by beats), Enter " +
    "writes or takes away, plus and minus make a hit harder or softer.",
  hitAt: "{place}: hit, velocity {n}",
  hitNone: "{place}: silent",
  grooveOf: "From a drummer’s recordings that it never heard",
  groovePlayed: "groove {n} as it was played",
  grooveHits: "groove {n}, its hits alone",
} as const;
