/** Of music: what its models and data declare, and what errors say of it. */
export const scores: Record<string, string> = {
  "Orderless autoregression": "Autoregression ohne Reihenfolge",
  "Chorales in four voices": "Choräle in vier Stimmen",
  "Bach's chorales": "Bachs Choräle",
  Music: "Musik",
  music: "Musik",
  ["Four voices from the highest to the lowest; time goes to the right, a bar between two lines. Notes that are " +
  "given stay as they are; all others are hidden and drawn again, first nearly all of them at once, then fewer and " +
  "fewer, each from what the model thinks of it given all that is not hidden."]:
    "Vier Stimmen von der höchsten zur tiefsten; die Zeit geht nach rechts, zwischen zwei Linien liegt ein Takt. " +
    "Vorgegebene Noten bleiben, wie sie sind; alle anderen werden verdeckt und neu gezogen, erst fast alle zugleich, " +
    "dann immer weniger, jede nach dem, was das Modell von ihr hält, wenn es alles sieht, was nicht verdeckt ist.",
  "What the model makes.": "Was das Modell macht.",

  // Options
  "Width of the residual stream: numbers that stand for a sixteenth.":
    "Breite des Residualstroms: Zahlen, die für ein Sechzehntel stehen.",
  "MLP width": "Breite des MLP",
  "Numbers inside an MLP.": "Zahlen in einem MLP.",
  "Times that cells are hidden and drawn again.": "Wie oft Zellen verdeckt und neu gezogen werden.",
  ["Logits are divided by it: 1 samples the model, less prefers likely notes, 0 always takes the likeliest."]:
    "Logits werden durch sie geteilt: 1 zieht aus dem Modell, weniger bevorzugt wahrscheinliche Noten, 0 nimmt immer " +
    "die wahrscheinlichste.",
  "the width must be a multiple of twice as many heads":
    "die Breite muss ein Vielfaches der doppelten Zahl der Köpfe sein",

  // What is drawn and told
  "Parallel fifths": "Quintparallelen",
  "Parallel octaves": "Oktavparallelen",
  "Out of range": "außerhalb des Stimmumfangs",
  "Doubled third": "verdoppelte Terz",
  rest: "Pause",
  "goes on": "klingt weiter",

  // Errors
  "This music cannot be used: {reason}.": "Diese Musik ist nicht zu gebrauchen: {reason}.",
  "Choose another MIDI file, of at most four voices or of drums, or change what is written.":
    "Wählen Sie eine andere MIDI-Datei, mit höchstens vier Stimmen oder Schlagzeug, oder ändern Sie das Geschriebene.",
  "its voices are not of one length": "ihre Stimmen sind verschieden lang",
  "it has a note that is none": "sie hat eine Note, die keine ist",
  "it has a place in a bar that is none": "sie hat eine Stelle im Takt, die keine ist",
  "it has {steps} sixteenths; 4 to {MOST_STEPS} are possible":
    "sie hat {steps} Sechzehntel; möglich sind 4 bis {MOST_STEPS}",
  "it has {} voices": "sie hat {} Stimmen",
  "it is to be made anew where it has nothing": "sie soll neu gemacht werden, wo nichts von ihr ist",
  "it has a note outside of {low} to {high}": "sie hat eine Note außerhalb von {low} bis {high}",
  "it has a note that lies outside of it": "sie hat eine Note, die außerhalb von ihr liegt",
  "it has a bar that lies outside of it": "sie hat einen Takt, der außerhalb von ihr liegt",
  "it has a fermata that lies outside of it": "sie hat eine Fermate, die außerhalb von ihr liegt",
  "its file is larger than 4 MB": "ihre Datei ist größer als 4 MB",
  "it is no MIDI file: {e}": "es ist keine MIDI-Datei: {e}",
  "its times are in seconds, not in notes": "ihre Zeiten sind in Sekunden angegeben, nicht in Noten",
  "it is no zip file": "es ist keine Zip-Datei",
  "it holds no score": "sie enthält keine Noten",
  "its zip file ends too early": "ihre Zip-Datei endet zu früh",
  "it is packed by a method {other}": "sie ist mit einem Verfahren {other} gepackt",
  "it cannot be unpacked: {e}": "sie lässt sich nicht entpacken: {e}",
  "it is no UTF-8": "sie ist kein UTF-8",
  "it has a note called {other}": "sie hat eine Note namens {other}",
  "it has a note without an octave": "sie hat eine Note ohne Oktave",
  "music of {steps} sixteenths": "Musik von {steps} Sechzehnteln",
  "it has more than {NOTES} notes": "sie hat mehr als {NOTES} Noten",
  "it has no notes": "sie hat keine Noten",
  "it must lie within the music": "es muss in der Musik liegen",
  "This needs a model of music": "Dazu braucht es ein Modell von Musik",
  "This needs music": "Dazu braucht es Musik",
  "A {} does not guess music": "{} errät keine Musik",
  "Only music is saved as MIDI": "Nur Musik wird als MIDI gespeichert",
  "it holds no music": "er enthält keine Musik",
  "it cannot be unpacked": "er lässt sich nicht entpacken",
  "it is no set of chorales": "er ist kein Satz von Chorälen",
  "it ends too early": "er endet zu früh",
  "it holds nothing to learn from or nothing to test on": "er enthält nichts zum Lernen oder nichts zum Prüfen",
  "its examples are of another length than this model's": "seine Beispiele sind anders lang als die dieses Modells",
};
