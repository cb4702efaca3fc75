import type { Texts } from "../words";
import type { music as english } from "../en-music";

/** What is said of music, in German. */
export const music: Pick<Texts, keyof typeof english> = {
  learnsMusic:
    "Es sieht vier Takte eines Chorals in irgendeiner Tonart, von denen einige Noten verdeckt sind. Die soll es aus " +
    "den anderen erraten. Darunter, was es aus nichts macht.",
  scratchMusic: "Nach einer halben Minute hält es Töne so lange wie Bach; nach einigen Minuten sind es Akkorde.",
  viewMusicAt: "Die Musik, die es jetzt macht",
  voiceSoprano: "Sopran",
  voiceAlto: "Alt",
  voiceTenor: "Tenor",
  voiceBass: "Bass",
  voiceKept: "behalten",
  voiceMuted: "stumm",
  musicBars: "Takte",
  barAnew: "Takt {bar} neu",
  barAnewHelp:
    "Macht diesen Takt neu, in allen Stimmen, die nicht behalten werden; was um ihn steht, bleibt, wie es ist",
  composeGroup: "Komponieren",
  compose: "Komponieren",
  harmonise: "Harmonisieren",
  composing: "Läuft…",
  musicMade: "Fertig komponiert.",
  rollLabel: { one: "Notenrolle mit {n} Note", other: "Notenrolle mit {n} Noten" },
  rollHelp:
    "Zeichnen Sie eine Note der gewählten Stimme von ihrem Anfang bis zu ihrem Ende; ein Klick auf eine Note nimmt " +
    "sie weg. Mit der Tastatur: Pfeile bewegen (mit Umschalt um Schläge und Oktaven), Eingabe schreibt oder nimmt " +
    "weg, Plus und Minus verlängern oder verkürzen, N und P gehen zur nächsten und zur vorigen Note, 1 bis 4 wählen " +
    "die Stimme.",
  musicPlace: "{voice}, Takt {bar}, Schlag {beat}.{part}",
  cursorAt: "{place}, {pitch}: {note}",
  noteGiven: { one: "{note}, {n} Sechzehntel, geschrieben", other: "{note}, {n} Sechzehntel, geschrieben" },
  noteMade: { one: "{note}, {n} Sechzehntel", other: "{note}, {n} Sechzehntel" },
  noteNone: "keine Note",
  chancesAt: "Was hier beginnen könnte: {place}",
  rulesBroken: "Gegen die Regeln des Satzes:",
  melodyOf: "Aus einem Choral, den es nie sah",
  melodyChoose: "einen wählen",
  melodyNumber: "Sopran von Choral {n}",
  choraleNumber: "Bachs eigener Choral {n}",
  soundGroup: "Klang",
  tempo: "Tempo",
  tempoIs: { one: "{n} Viertel in der Minute", other: "{n} Viertel in der Minute" },
  soundNone:
    "Hier ist nichts, woraus ein Klang kommen könnte. Schließen Sie Lautsprecher oder Kopfhörer an und drücken Sie " +
    "noch einmal auf Abspielen.",
  soundHeld: "Der Browser lässt noch keinen Klang beginnen. Drücken Sie noch einmal auf Abspielen.",
  saveMidi: "Als MIDI speichern",
  saveMusicXml: "Als MusicXML speichern",
  scoreShow: "Als Noten zeigen",
  scoreHide: "Noten verbergen",
  scoreSave: "Noten als SVG speichern",
  scoreLabel: "Die Musik als Noten auf zwei Systemen",
  saveWav: "Als WAV speichern",
  openMidi: "MIDI öffnen",
  humBegin: "Melodie summen",
  humEnd: "Das war sie",
  humNow: "Es wird zugehört: Summen oder singen Sie, „da da da“, bis zu 19 Sekunden lang.",
  midiKeys: "MIDI-Keyboard",
  midiPlays: "Spielen Sie: Noten werden ab dem Cursor geschrieben, so lang, wie sie gehalten werden.",
  midiNone: "Noch ist kein Keyboard angeschlossen. Stecken Sie eines an.",
  midiUnknown: "Dieser Browser hört nicht auf MIDI-Keyboards.",
  midiRefused: "Der Browser durfte nicht auf ein Keyboard hören.",
  midiFull: "Die Rolle ist voll.",
};
