import type { translation as english } from "../en-translation";
import type { Texts } from "../words";

/** What the page says of translations, in German; part of texts.ts. */
export const translationTexts: Pick<Texts, keyof typeof english> = {
  learnsPairs:
    "Dasselbe in zwei Sprachen, in jedem Schritt neu gezogen. Der Verlust ist −log p der Übersetzung, je Stück; die " +
    "dicke Kurve ist die von Dingen, die kein Training gesehen hat. Darüber einige davon und was daraus wird.",
  scratchPairs: "Nach einigen Sekunden sind die Wörter da, nach einer halben Minute meist die richtigen.",
  asTranslated: "Die Übersetzung, Stück für Stück",
  kindPairs: "Übersetzungen",
  digits: "Ziffern",
  translateFrom: "Von",
  translateInto: "In",
  swapLanguages: "Sprachen tauschen und zurückübersetzen",
  textToTranslate: "Text",
  textToTranslateHelp: "Eine ganze Zahl, in Ziffern oder in Worten der Sprache darüber.",
  dateToTranslateHelp:
    "Ein Datum, mit Wochentag oder ohne, ein Tag, ein Monat oder eine Uhrzeit. In Ziffern: 1969-07-20, --07-20, " +
    "1969-07, 17:30.",
  nameToTranslateHelp: "Wie ein Emoji oder eine Region in der Sprache darüber heißt.",
  ownToTranslateHelp: "Ein Text wie die, aus denen es gelernt hat.",
  columnNumber: "Spalte {n}",
  heldOutExamples: "Diese hat es nie gesehen:",
  likeliestTranslations: "Die wahrscheinlichsten Übersetzungen",
  translation: "Übersetzung",
  probability: "Wahrscheinlichkeit",
  nothingWritten: "(nichts)",
  whoLooks: "Wer blickt",
  meanOfHeads: "Das Mittel aller Köpfe",
  alignment: "Zuordnung",
  pairsLegend: "Paare",
  pairsNote: "Woraus es lernen soll. Ihre bleiben auf diesem Gerät.",
  pairsNumbers: "Zahlen, englisch und deutsch",
  pairsDates: "Daten und Uhrzeiten",
  pairsNames: "Namen von Emoji",
  pastePairs: "Eigene Paare einfügen",
  yourPairs: "Ihre Paare",
  pairsHint: "one⇥eins",
  pairsHelp:
    "Eine Zeile für jedes Paar, mit einem Tabulator zwischen beiden, wie Tabellenprogramme sie kopieren; mehr " +
    "Sprachen ergeben mehr Spalten. Eine erste Zeile wie #en⇥de sagt, welche es sind. Ein Zehntel der Zeilen wird " +
    "zurückgehalten.",
  openPairs: "TSV-Datei öffnen",
  pairsBeforeStay: "Was vorher da war, ist noch da.",
  takenPairs:
    "Aus {train} Zeilen von {title} wird gelernt, {heldOut} werden zurückgehalten, je nachdem, womit sie beginnen. " +
    "Ihre {characters} Zeichen werden in Token von {kinds} Arten zerlegt.",
  longestTokens: "Token, die darin gefunden wurden",
  alignmentHelp:
    "Die Zeilen wurden nacheinander geschrieben; jede blickt auf die Spalten, die gelesen wurden. In Hundertsteln.",
};

/** What models of translations and their data declare, and what errors say of them. */
export const translation: Record<string, string> = {
  // Options
  "Encoder–decoder transformer": "Encoder-Decoder-Transformer",
  "Layers of the encoder, and as many of the decoder.": "Schichten des Encoders, und ebenso viele des Decoders.",
  "Numbers that stand for a piece on its way through the layers.":
    "Zahlen, die auf dem Weg durch die Schichten für ein Stück stehen.",
  "Longest text": "Längster Text",
  "The most pieces of a text, with those that name its languages.":
    "Höchstens so viele Stücke hat ein Text, samt denen, die seine Sprachen nennen.",
  From: "Von",
  "The language of the text, by its code; of digits “digits”. Empty: the first that the model knows.":
    "Die Sprache des Textes, als Kürzel; bei Ziffern „digits“. Leer: die erste, die das Modell kennt.",
  Into: "In",
  "The language to translate it into. Empty: the second that the model knows.":
    "Die Sprache, in die er übersetzt wird. Leer: die zweite, die das Modell kennt.",
  "Logits are divided by it: 0 always takes the likeliest piece, 1 draws as the model believes.":
    "Durch sie werden die Logits geteilt: 0 nimmt stets das wahrscheinlichste Stück, 1 zieht, wie das Modell glaubt.",

  // Plots
  Translate: "Übersetzen",
  ["Each piece of the translation is a guess over all pieces, made from the text and from what has been written so " +
  "far. A beam follows the likeliest beginnings side by side, so that the translations below are those with the " +
  "highest probability that it met. The alignment shows which pieces of the text the network looked at while it " +
  "guessed each piece: every row adds up to one."]:
    "Jedes Stück der Übersetzung ist eine Schätzung über alle Stücke, gemacht aus dem Text und dem, was bis dahin " +
    "geschrieben ist. Ein Beam verfolgt die wahrscheinlichsten Anfänge nebeneinander, sodass unten die Übersetzungen " +
    "mit der höchsten Wahrscheinlichkeit stehen, die ihm begegnet sind. Die Zuordnung zeigt, auf welche Stücke des " +
    "Textes das Netz blickte, während es jedes Stück schätzte: Jede Zeile ergibt zusammen eins.",

  // Errors
  translations: "Übersetzungen",
  "it names “{code}” twice": "„{code}“ steht zweimal darin",
  "one language at least is needed": "mindestens eine Sprache ist nötig",
  "this model knows {known}": "dieses Modell kennt {known}",
  "a text is translated into another language than its own": "übersetzt wird in eine andere Sprache als die des Textes",
  "it has more than {} pieces": "er hat mehr als {} Stücke",
  "Take a shorter one.": "Nehmen Sie einen kürzeren.",
  "A {} does not translate": "Ein {} übersetzt nicht",
  "it holds no translations": "er enthält keine Übersetzungen",
  "This needs texts in two languages": "Dafür braucht es Texte in zwei Sprachen",
  "This needs a model that translates": "Dafür braucht es ein Modell, das übersetzt",
  "Numbers in words": "Zahlen in Worten",
  "Dates and times": "Daten und Uhrzeiten",
  "Names of emoji": "Namen von Emoji",
  "Largest number": "Größte Zahl",
  "translations without languages": "Übersetzungen ohne Sprachen",
  "a translation without languages": "eine Übersetzung ohne Sprachen",
  "examples that are none": "Beispiele, die keine sind",
  "a piece that is two tokens": "ein Stück, das zwei Token ist",
  "a piece that is empty or too long": "ein Stück, das leer oder zu lang ist",
  "a model that guesses at something else": "ein Modell, das etwas anderes schätzt",
  "its languages are not those of this model": "seine Sprachen sind nicht die dieses Modells",
};
