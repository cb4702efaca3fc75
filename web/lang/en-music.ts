/** What is said of music: of the roll, of what is composed, and of what is heard. */
export const music = {
  learnsMusic:
    "It sees four bars of a chorale, in any key, and some of the notes are hidden from it. It is to guess these from " +
    "the others. Below, what it makes of nothing.",
  scratchMusic: "After half a minute it holds notes as long as Bach does; after some minutes there are chords.",
  viewMusicAt: "The music that it makes now",
  voiceSoprano: "Soprano",
  voiceAlto: "Alto",
  voiceTenor: "Tenor",
  voiceBass: "Bass",
  voiceKept: "keep",
  voiceMuted: "mute",
  musicBars: "Bars",
  barAnew: "Recompose bar {bar}",
  barAnewHelp: "Makes this bar anew, in all voices that are not kept; what stands around it stays as it is",
  composeGroup: "Composing",
  compose: "Compose",
  harmonise: "Harmonise",
  composing: "Composing…",
  musicMade: "Composed.",
  rollLabel: { one: "Piano roll with {n} note", other: "Piano roll with {n} notes" },
  rollHelp:
    "Draw a note of the chosen voice from its beginning to its end; click one to take it away. With the keyboard: " +
    "arrows move (with Shift by beats and octaves), Enter writes or takes away, plus and minus make it longer or " +
    "shorter, N and P go to the next note and the one before, 1 to 4 choose the voice.",
  musicPlace: "{voice}, bar {bar}, beat {beat}.{part}",
  cursorAt: "{place}, {pitch}: {note}",
  noteGiven: { one: "{note}, {n} sixteenth, written", other: "{note}, {n} sixteenths, written" },
  noteMade: { one: "{note}, {n} sixteenth", other: "{note}, {n} sixteenths" },
  noteNone: "no note",
  chancesAt: "What could begin here: {place}",
  rulesBroken: "Against the rules of part-writing:",
  melodyOf: "From a chorale that it never saw",
  melodyChoose: "choose one",
  melodyNumber: "soprano of chorale {n}",
  choraleNumber: "Bach’s own chorale {n}",
  soundGroup: "Sound",
  tempo: "Tempo",
  tempoIs: { one: "{n} quarter a minute", other: "{n} quarters a minute" },
  soundNone:
    "There is nothing here that sound could come out of. Connect a loudspeaker or headphones, and press Play again.",
  soundHeld: "The browser does not let sound begin yet. Press Play once more.",
  saveMidi: "Save as MIDI",
  saveWav: "Save as WAV",
  openMidi: "Open MIDI",
} as const;
