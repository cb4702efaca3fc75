import type { Texts } from "../words";
import type { drums as english } from "../en-drums";

/** What is said of drums, in German. */
export const drums: Pick<Texts, keyof typeof english> = {
  learnsDrums:
    "Es hört vier Takte eines Schlagzeugers und soll das nächste Sechzehntel erraten: welche Trommeln " +
    "geschlagen werden, wie stark und wie weit vor oder nach dem Schlag. Manchmal kennt es die Schläge und " +
    "errät nur, wie sie gespielt werden.",
  scratchDrums:
    "Zuerst fallen die Schläge irgendwohin; nach einigen hundert Schritten kommen die starken auf zwei und vier " +
    "zu liegen.",
  drumsGroup: "Trommeln",
  drumsAnew: "Neuer Groove",
  goOn: "Weiterspielen",
  goOnHelp: "Behält die erste Hälfte der Takte und macht den Rest",
  humanise: "Menschlich spielen",
  humaniseHelp: "Behält jeden Schlag und spielt ihn: wie stark und wie weit zu früh oder zu spät",
  stiffen: "Steif machen",
  stiffenHelp: "Macht alle Schläge gleich und legt sie aufs Raster, wie eine Maschine spielt",
  drumsMaking: "Es trommelt…",
  drumsMade: "Fertig.",
  drumsLabel: { one: "Schlagzeug mit {n} Schlag", other: "Schlagzeug mit {n} Schlägen" },
  drumsHelp:
    "Ein Klick schreibt einen Schlag oder nimmt ihn weg. Mit der Tastatur: Pfeile bewegen (mit Umschalt um " +
    "Viertel), Eingabe schreibt oder nimmt weg, Plus und Minus machen einen Schlag stärker oder schwächer.",
  hitAt: "{place}: Schlag, Stärke {n}",
  hitNone: "{place}: still",
  grooveOf: "Aus Aufnahmen, die es nie gehört hat",
  groovePlayed: "Groove {n}, wie er gespielt wurde",
  grooveHits: "Groove {n}, nur seine Schläge",
};
