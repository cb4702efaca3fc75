import type { Texts } from "../words";
import type { tuning as english } from "../en-tuning";

/** Going on from a model, in German. */
export const tuning: Pick<Texts, keyof typeof english> = {
  goOnTraining: "Feinabstimmen",
  tuneNote:
    "Das Modell lernt mit diesem Text weiter. Was es vorher war, bleibt erhalten: In der Ansicht „Schreiben“ führt " +
    "ein Schieberegler von vorher zu nachher.",
  learnsOn:
    "Das Modell lernt auf diesem Gerät, in dieser Seite; weder Ihr Text noch sonst etwas wird irgendwohin gesendet. " +
    "Es beginnt mit dem, was es kann; was es unten schreibt, beginnt in jedem Augenblick mit demselben Seed.",
  tuning: "Feinabstimmung",
  saveAdapter: "Adapter speichern",
  adapterHelp: "Nur der Adapter, eine kleine Datei; er braucht das Modell, auf dem er trainiert wurde.",
};

/** Options, plots and notes of fine-tuning, in German. */
export const tuned: Record<string, string> = {
  "Fine-tuned GPT": "Feinabgestimmtes GPT",
  Method: "Verfahren",
  "Which numbers learn.": "Welche Zahlen lernen.",
  LoRA: "LoRA",
  whole: "ganz",
  "Adapters of low rank; the weights stay.": "Adapter von niedrigem Rang; die Gewichte bleiben.",
  "All weights.": "Alle Gewichte.",
  Rank: "Rang",
  "Numbers that each row and each column of an update is made of: the fewer, the smaller the adapter.":
    "Aus so vielen Zahlen entsteht jede Zeile und jede Spalte einer Änderung: je weniger, desto kleiner der Adapter.",
  Matrices: "Matrizen",
  "Which matrices have an adapter.": "Welche Matrizen einen Adapter haben.",
  "of the attention": "der Attention",
  "of the MLP": "des MLP",
  all: "alle",
  "Those of the attention, as in the paper.": "Die der Attention, wie in der Arbeit.",
  "Those of the MLP.": "Die des MLP.",
  "All in the layers.": "Alle in den Schichten.",
  "Before and after": "Vorher und nachher",
  "0 is the model before, 1 the one after; between them lies a part of the way.":
    "0 ist das Modell vorher, 1 das nachher; dazwischen liegt ein Teil des Weges.",
  ["The same seed and the same beginning, before and after: at 0 the model writes as it did before it was " +
  "fine-tuned, at 1 as it does now, and in between with weights that lie on the straight line between the two. " +
  "The redder the line beneath a token, the less the model expected it."]:
    "Derselbe Seed und derselbe Anfang, vorher und nachher: Bei 0 schreibt das Modell wie vor der Feinabstimmung, " +
    "bei 1 wie jetzt, und dazwischen mit Gewichten auf der geraden Strecke zwischen beiden. Je röter die Linie " +
    "unter einem Token, desto weniger hat das Modell es erwartet.",
  "new text": "neuer Text",
  "old text": "alter Text",
  "The model lacks some letters of this text: {changed} were written in a plainer way.":
    "Dem Modell fehlen einige Zeichen dieses Textes: {changed} wurden einfacher geschrieben.",
  ["The model lacks some letters of this text: {changed} were written in a plainer way, " +
  "and {left} were left out ({shown})."]:
    "Dem Modell fehlen einige Zeichen dieses Textes: {changed} wurden einfacher geschrieben " +
    "und {left} weggelassen ({shown}).",
  "Fit letters": "Zeichen anpassen",
  "Model before": "Modell vorher",
  "This adapter belongs to the model “{needed}”, and not to the one at hand (“{found}”).":
    "Dieser Adapter gehört zum Modell „{needed}“ und nicht zu dem hier („{found}“).",
  "Open that model first, and then the adapter on it; with weights that have changed since it does not fit.":
    "Öffnen Sie zuerst jenes Modell und dann darauf den Adapter; zu Gewichten, die seither anders geworden sind, " +
    "passt er nicht.",
  "the model does not know {left} of its {all} characters: {shown}":
    "das Modell kennt {left} seiner {all} Zeichen nicht: {shown}",
  "Take a text in letters that it knows, or train a new model on this one.":
    "Nehmen Sie einen Text in Zeichen, die es kennt, oder trainieren Sie ein neues Modell mit diesem.",
  "Only a GPT can be fine-tuned here": "Nur ein GPT kann hier feinabgestimmt werden",
  "This model has no adapter": "Dieses Modell hat keinen Adapter",
  "it holds no adapter": "sie enthält keinen Adapter",
  "an adapter of another family": "ein Adapter einer anderen Familie",
  "an adapter that is none": "ein Adapter, der keiner ist",
  "This model cannot be fine-tuned here: {why}": "Dieses Modell lässt sich hier nicht feinabstimmen: {why}",
  "its layers are made in another way": "seine Schichten sind anders gebaut",
  "several of its heads share keys and values": "mehrere seiner Köpfe teilen sich Keys und Values",
  "its layers have other widths": "seine Schichten haben andere Breiten",
  "its norms are rounded otherwise": "seine Normierungen runden anders",
  "it is too large": "es ist zu groß",
  "its tokens are made in another way": "seine Token entstehen auf andere Weise",
  "it has fewer places than tokens": "es hat weniger Plätze als Token",
  "pieces of a vocabulary that cannot be right": "Stücke eines Vokabulars, das nicht stimmen kann",
  "too many tokens that stand for themselves, or an empty one":
    "zu viele Token, die für sich selbst stehen, oder ein leeres",
  "a token that is not in its vocabulary": "ein Token, das nicht in seinem Vokabular steht",
};
