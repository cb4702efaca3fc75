/** Of drums: what their models and data declare, and what errors say of them. */
export const grooves: Record<string, string> = {
  "Drum transformer": "Schlagzeug-Transformer",
  "Drum grooves": "Schlagzeug-Grooves",
  "Groove MIDI Dataset": "Groove-MIDI-Datensatz",
  Drums: "Schlagzeug",
  drums: "Schlagzeug",
  ["Nine drums, time goes to the right, a bar between two lines. The larger and stronger a hit, the harder it " +
  "is; how far it stands from the line of its sixteenth is how much earlier or later it comes. Hits with a rim " +
  "are given; all others the model makes, a sixteenth after the other."]:
    "Neun Trommeln; die Zeit geht nach rechts, zwischen zwei Linien liegt ein Takt. Je größer und kräftiger " +
    "ein Schlag, desto stärker ist er; wie weit er von der Linie seines Sechzehntels steht, ist, wie viel er " +
    "früher oder später kommt. Schläge mit Rand sind vorgegeben; alle anderen macht das Modell, ein " +
    "Sechzehntel nach dem anderen.",
  "What the model plays.": "Was das Modell spielt.",

  // Options
  ["Logits are divided by it: 1 samples the model, less prefers likely hits, 0 always takes the likeliest."]:
    "Logits werden durch sie geteilt: 1 zieht aus dem Modell, weniger bevorzugt wahrscheinliche Schläge, 0 " +
    "nimmt immer den wahrscheinlichsten.",
  "Human touch": "Menschliches",
  ["How much of its velocities and offsets is kept: 0 plays like a machine, 1 as the model would, 2 twice as freely."]:
    "Wie viel von seinen Stärken und Verschiebungen bleibt: 0 spielt wie eine Maschine, 1 wie das Modell, 2 " +
    "doppelt so frei.",
  Style: "Stil",
  "The style that it is asked for.": "Der Stil, der verlangt wird.",
  any: "beliebig",
  rock: "Rock",
  funk: "Funk",
  latin: "Latin",
  jazz: "Jazz",
  hiphop: "Hip-Hop",
  soul: "Soul",
  pop: "Pop",
  neworleans: "New Orleans",
  afrobeat: "Afrobeat",
  dance: "Dance",
  afrocuban: "Afrokubanisch",
  punk: "Punk",
  reggae: "Reggae",

  "None is told.": "Keiner wird verlangt.",
  "Rock.": "Rock.",
  "Funk.": "Funk.",
  "Latin.": "Latin.",
  "Jazz.": "Jazz.",
  "Hip-hop.": "Hip-Hop.",
  "Soul.": "Soul.",
  "Pop.": "Pop.",
  "New Orleans.": "New Orleans.",
  "Afrobeat.": "Afrobeat.",
  "Dance.": "Dance.",
  "Afro-Cuban.": "Afrokubanisch.",
  "Punk.": "Punk.",
  "Reggae.": "Reggae.",

  // The kit
  "Bass drum": "Bassdrum",
  Snare: "Snare",
  "Closed hi-hat": "Hi-Hat zu",
  "Open hi-hat": "Hi-Hat offen",
  "Low tom": "Tiefes Tom",
  "Mid tom": "Mittleres Tom",
  "High tom": "Hohes Tom",
  Crash: "Crash",
  Ride: "Ride",

  // Errors
  "it has {} drums": "sie hat {} Trommeln",
  "it has a hit that lies outside of it": "sie hat einen Schlag, der außerhalb von ihr liegt",
  "it has no drums": "sie hat kein Schlagzeug",
  "it has more than {HITS} hits": "sie hat mehr als {HITS} Schläge",
  "drums of {steps} sixteenths": "Schlagzeug von {steps} Sechzehnteln",
  "it holds no drums": "er enthält kein Schlagzeug",
  "it is no set of grooves": "er ist kein Satz von Grooves",
  "it is damaged": "er ist beschädigt",
  "A {} does not read drums": "Ein {} liest kein Schlagzeug",
};
