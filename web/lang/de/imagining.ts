/** What models of a world declare, and what errors say of them. */
export const imagining: Record<string, string> = {
  // Options
  "World model": "Weltmodell",
  "Numbers that stand for a cell of a view on its way through the layers.":
    "Zahlen, die auf dem Weg durch die Schichten für ein Feld einer Sicht stehen.",
  "Draw cells": "Felder ziehen",
  "Whether each cell is drawn as likely as the model believes. Without it each is what is likeliest.":
    "Ob jedes Feld so wahrscheinlich gezogen wird, wie das Modell glaubt. Sonst ist jedes, was am " +
    "wahrscheinlichsten ist.",

  // Losses
  view: "Sicht",
  motion: "Bewegung",
  reward: "Belohnung",

  // Plots
  Imagine: "Sich vorstellen",
  ["From the first view on nothing is looked at any more. Top left is what the agent truly sees, beside it what the " +
  "model takes for likeliest, below that one future drawn as the model believes; cells with an edge are not as they " +
  "truly are. Bottom right the edges are the model’s own doubts. Beside each action stands how much of the view the " +
  "model expects to get wrong after it. Do something, step by step."]:
    "Vom ersten Blick an wird nicht mehr hingesehen. Oben links steht, was der Agent wirklich sieht, daneben, was" +
    " das " +
    "Modell für das Wahrscheinlichste hält, darunter links eine Zukunft, gezogen, wie das Modell glaubt; Felder " +
    "mit Rand sind nicht, " +
    "wie sie wirklich sind. Unten rechts sind die Ränder die Zweifel des Modells selbst. Bei jeder Handlung steht, " +
    "wie viel der Sicht das Modell danach falsch zu haben erwartet. Tun Sie etwas, Schritt für Schritt.",
  "Plan in imagination": "In der Vorstellung planen",
  ["The agent has never been shown how anything is done. It tries sequences of actions in its imagination until one " +
  "ends with the mission done, and follows that as long as it sees what it imagined. Beside each action stands the " +
  "most that a future which begins with it promised. Top left is what it truly sees, beside it what it had imagined " +
  "of it; below, how its plan ends and how another one does. Steer it, and it plans anew."]:
    "Dem Agenten hat nie jemand gezeigt, wie man etwas tut. Er probiert in der Vorstellung Folgen von Handlungen," +
    " bis " +
    "eine damit endet, dass der Auftrag getan ist, und folgt ihr, solange er sieht, was er sich vorgestellt hat. Bei " +
    "jeder Handlung steht, wie viel eine Zukunft, die mit ihr beginnt, höchstens versprach. Oben links steht, was er " +
    "wirklich sieht, daneben, was er sich davon vorgestellt hatte; darunter, wie sein Plan endet und wie ein " +
    "anderer. " +
    "Steuern Sie ihn, und er plant neu.",
  Futures: "Zukünfte",
  ["Plans from the first view of this world, played in imagination, with the probability that the model gives to " +
  "having done the mission at their end. Where no future does it, those come first whose end the model is least sure " +
  "of: there is something to see."]:
    "Pläne vom ersten Blick in diese Welt an, in der Vorstellung gespielt, mit der Wahrscheinlichkeit, die das " +
    "Modell " +
    "dem gibt, dass an ihrem Ende der Auftrag getan ist. Tut es keine Zukunft, stehen die vorn, deren Ende das " +
    "Modell " +
    "am wenigsten kennt: Dort gibt es etwas zu sehen.",
  "Errors that grow": "Fehler, die wachsen",
  ["The share of the cells in sight that are imagined wrongly, the more steps the model goes on from its own " +
  "imagination; means over 24 episodes of random play, of which it has seen the first view alone. Beside it the " +
  "first view unchanged, and what was remembered at the beginning, moved by rule: that is never wrong about what " +
  "stays as it is, and knows nothing of what comes into view."]:
    "Der Anteil der Felder in Sicht, die falsch vorgestellt sind, je mehr Schritte das Modell von seiner eigenen " +
    "Vorstellung aus weitergeht; Mittel über 24 Episoden zufälligen Spiels, von denen es nur den ersten Blick " +
    "kennt. Daneben der erste Blick unverändert, und was zu Beginn erinnert war, nach der Regel bewegt: Das irrt " +
    "sich nie in dem, was bleibt, wie es ist, und weiß nichts von dem, was in Sicht kommt.",
  Dreams: "Träume",
  "Random play in imagination. Only the first view is that of a world.":
    "Zufälliges Spiel in der Vorstellung. Nur der erste Blick ist der in eine Welt.",
  "Seen, imagined; one drawn, and how unsure it is": "Gesehen, vorgestellt; eine gezogene, und wie unsicher es ist",
  "Seen, imagined; how its plan ends, and another": "Gesehen, vorgestellt; wie sein Plan endet, und ein anderer",
  "Imagined wrongly in the end: {percent} % of what is in sight.":
    "Am Ende falsch vorgestellt: {percent} % dessen, was in Sicht ist.",
  "Done. Searches in imagination: {searches}.": "Erledigt. Suchen in der Vorstellung: {searches}.",
  "Not done after {steps} steps and {searches} searches.":
    "Nach {steps} Schritten und {searches} Suchen nicht erledigt.",
  "{percent} % at step {steps}": "{percent} % bei Schritt {steps}",
  Imagined: "Vorgestellt",
  "First view unchanged": "Erster Blick unverändert",
  "Remembered and moved by rule": "Erinnert und nach der Regel bewegt",
  "Steps imagined": "Vorgestellte Schritte",
  "Cells imagined wrongly, %": "Falsch vorgestellte Felder, %",

  // Errors
  "A {} does not imagine a world": "Ein {} stellt sich keine Welt vor",
  "a model of a world without a world": "ein Modell einer Welt ohne Welt",
};
