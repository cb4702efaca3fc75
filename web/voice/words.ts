/** What `<speaking-voice>` says, in each language. The voice itself speaks English only. */
const en = {
  text: "Text",
  speed: "Speed",
  pitch: "Pitch",
  melody: "Melody",
  seed: "Seed of the noise",
  semitones: "{n} semitones",
  times: "{n} ×",
  speak: "Speak",
  stop: "Stop",
  take: "Take this chapter’s text",
  save: "Save as WAV",
  ready: "The voice is English. It is fetched when you press Speak: {size}, once.",
  fetching: "Fetching the voice: {size} of {all}.",
  opening: "Opening the voice.",
  making: "Sentence {n} of {of} is being made.",
  made: "{seconds} s of speech, made {fast} times as fast as it is spoken.",
  stopped: "Stopped.",
  held: "The sound is held back by the browser or the device.",
  goOn: "Go on playing",
  noAudio: "No sound can be played here. What is made can be seen and saved.",
  sentences: "Sentences: press one to hear it",
  unknown: "a network guessed",
  picture: "Spectrogram of “{text}”, with its pitch",
  axes: "Time runs from left to right, frequency from below to above up to 8 kHz.",
  line: "The line is the pitch, {low} to {high} Hz.",
  phonemes: "Phonemes with their lengths in milliseconds",
  wordsGroup: "Words, to be spoken otherwise",
  bendHelp:
    "Drag in the picture: up or down bends the melody, to the sides stretches a word. Or choose a word; with the " +
    "keyboard up and down arrows move its pitch, left and right its length, Delete takes both back.",
  longer: "Longer",
  shorter: "Shorter",
  higher: "Higher",
  lower: "Lower",
  asItWas: "As it was",
  wordIs: "{word}: {length} × as long, {pitch} semitones",
};

const de: typeof en = {
  text: "Text",
  speed: "Tempo",
  pitch: "Tonhöhe",
  melody: "Melodie",
  seed: "Startwert des Rauschens",
  semitones: "{n} Halbtöne",
  times: "{n} ×",
  speak: "Sprechen",
  stop: "Anhalten",
  take: "Text dieses Kapitels nehmen",
  save: "Als WAV sichern",
  ready: "Die Stimme ist englisch. Sie wird geladen, wenn Sie auf „Sprechen“ drücken: {size}, einmal.",
  fetching: "Die Stimme wird geladen: {size} von {all}.",
  opening: "Die Stimme wird geöffnet.",
  making: "Satz {n} von {of} entsteht.",
  made: "{seconds} s Sprache, {fast}-mal so schnell gemacht, wie sie gesprochen wird.",
  stopped: "Angehalten.",
  held: "Der Ton wird vom Browser oder vom Gerät zurückgehalten.",
  goOn: "Weiterspielen",
  noAudio: "Hier kann kein Ton gespielt werden. Was entsteht, kann man sehen und sichern.",
  sentences: "Sätze: einen drücken, um ihn zu hören",
  unknown: "ein Netz hat geraten",
  picture: "Spektrogramm von „{text}“ mit der Tonhöhe",
  axes: "Die Zeit läuft von links nach rechts, die Frequenz von unten nach oben bis 8 kHz.",
  line: "Die Linie ist die Tonhöhe, {low} bis {high} Hz.",
  phonemes: "Phoneme mit ihren Längen in Millisekunden",
  wordsGroup: "Wörter, anders zu sprechen",
  bendHelp:
    "Ziehen Sie im Bild: nach oben oder unten biegt die Melodie, zur Seite dehnt ein Wort. Oder wählen Sie ein Wort; " +
    "mit der Tastatur bewegen die Pfeile nach oben und unten seine Tonhöhe, die nach links und rechts seine Länge, " +
    "Entf nimmt beides zurück.",
  longer: "Länger",
  shorter: "Kürzer",
  higher: "Höher",
  lower: "Tiefer",
  asItWas: "Wie es war",
  wordIs: "{word}: {length} × so lang, {pitch} Halbtöne",
};

export type Key = keyof typeof en;

/** The words of a language, English where there are none. */
export function wordsFor(code: string): (key: Key, holes?: Record<string, string>) => string {
  const all = code === "de" ? de : en;
  return (key, holes = {}) => all[key].replace(/\{(\w+)\}/g, (_, hole: string) => holes[hole] ?? "");
}
