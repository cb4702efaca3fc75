import type { Texts } from "../words";
import type { sound as english } from "../en-sound";

/** What is said of sounds that are pictures, in German. */
export const sound: Pick<Texts, keyof typeof english> = {
  hearMade: "Vom Modell erzeugt",
  hearGiven: "Aufnahmen, die es nie gesehen hat",
  hearNumber: "Klang {n}",
  hearOne: "{name} anhören",
  hearAll: "Alle abspielen",
  hearHeld: "Der Browser lässt noch keinen Ton beginnen. Drücken Sie noch einmal.",
  recordOwn: "Oder sprechen Sie selbst",
  recordBegin: "Ein Wort aufnehmen",
  recordEnd: "Aufnahme beenden",
  recordNow: "Sprechen Sie jetzt.",
  recordSoFar: {
    one: "{n} ist aufgenommen; nötig sind mindestens {least}.",
    other: "{n} sind aufgenommen; nötig sind mindestens {least}.",
  },
  recordEnough: { one: "{n} ist aufgenommen.", other: "{n} sind aufgenommen." },
  recordHelp:
    "Schreiben Sie oben, was Sie sagen, drücken Sie, und sagen Sie es: Behalten wird die lauteste Sekunde. Oder " +
    "wählen oder ziehen Sie WAV-Dateien hierher.",
  recordRemove: "{name} wegnehmen",
  recordTaken: "{n} Sekunden Klang: {train} zum Lernen, {heldOut} zurückgehalten.",
  recordings: "Was Sie aufgenommen haben",
};

/** What Rust says of them. */
export const sounds: Record<string, string> = {
  Hear: "Anhören",
  ["Press a picture to hear it. A model makes only the picture: how loud each band of frequencies is, from " +
  "the lowest at the bottom to the highest at the top, in one second from left to right. The sound is one " +
  "that looks like it, found by Griffin and Lim’s algorithm. Below, recordings that the model has never " +
  "seen, by the same way from picture to sound."]:
    "Drücken Sie auf ein Bild, um es zu hören. Ein Modell macht nur das Bild: wie laut jedes Band von " +
    "Frequenzen ist, vom tiefsten unten bis zum höchsten oben, in einer Sekunde von links nach rechts. Der " +
    "Klang ist einer, der so aussieht, gefunden mit dem Algorithmus von Griffin und Lim. Darunter Aufnahmen, " +
    "die das Modell nie gesehen hat, auf demselben Weg vom Bild zum Klang.",
  "The images of this model are no sounds": "Die Bilder dieses Modells sind keine Klänge",
  "Spoken digits": "Gesprochene Ziffern",
  "What was recorded cannot be used: {reason}.": "Was aufgenommen wurde, ist nicht verwendbar: {reason}.",
  "Choose a WAV file in which a word is said, or record it anew.":
    "Wählen Sie eine WAV-Datei, in der ein Wort gesagt wird, oder nehmen Sie es neu auf.",
  "it has more than 16 MiB": "sie hat mehr als 16 MiB",
  "it is no WAV file": "sie ist keine WAV-Datei",
  "it does not say how its samples are written": "sie sagt nicht, wie ihre Abtastwerte geschrieben sind",
  "it is cut short": "sie ist abgeschnitten",
  "there are no samples in it": "sie enthält keine Abtastwerte",
  "its samples are written in another way than the plain ones":
    "ihre Abtastwerte sind anders als auf die einfachen Arten geschrieben",
  "it has {channels} channels of {rate} samples a second":
    "sie hat {channels} Kanäle mit {rate} Abtastwerten je Sekunde",
  "it has {from} samples a second": "sie hat {from} Abtastwerte je Sekunde",
  "it is longer than {LONGEST} seconds": "sie ist länger als {LONGEST} Sekunden",
  "a sample of it is not a number": "ein Abtastwert ist keine Zahl",
  "nothing is heard in it": "darin ist nichts zu hören",
  "their samples are not as many as they should be": "es sind nicht so viele Abtastwerte, wie es sein müssten",
  "they are {n}, and {MOST} is the most": "es sind {n}, und {MOST} sind das Höchste",
  "{LEAST} at least are needed, and there are {a}": "nötig sind mindestens {LEAST}, und da sind {a}",
  "they have {a} labels, and {CLASSES} is the most": "sie haben {a} Beschriftungen, und {CLASSES} sind das Höchste",
  "The microphone was not allowed to this page.": "Das Mikrofon wurde dieser Seite nicht erlaubt.",
  "Allow it in the browser's settings of this site, or choose WAV files.":
    "Erlauben Sie es in den Einstellungen des Browsers für diese Website, oder wählen Sie WAV-Dateien.",
  "No microphone could be opened.": "Es ließ sich kein Mikrofon öffnen.",
  "Choose WAV files instead.": "Wählen Sie stattdessen WAV-Dateien.",
  "Nothing was recorded.": "Es wurde nichts aufgenommen.",
  "Speak, and then end the recording.": "Sprechen Sie, und beenden Sie dann die Aufnahme.",
  "Allow it in the browser's settings of this site, or write the melody into the roll.":
    "Erlauben Sie es in den Einstellungen des Browsers für diese Website, oder schreiben Sie die Melodie in die Rolle.",
  "Write the melody into the roll instead.": "Schreiben Sie die Melodie stattdessen in die Rolle.",
  "Hum, and then end the recording.": "Summen Sie, und beenden Sie dann die Aufnahme.",
  "No melody was heard.": "Es war keine Melodie zu hören.",
  "Hum or sing one note after another, close to the microphone, and then end the recording.":
    "Summen oder singen Sie einen Ton nach dem anderen, nah am Mikrofon, und beenden Sie dann die Aufnahme.",
};
