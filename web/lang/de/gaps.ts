import type { gaps as english } from "../en-gaps";
import type { Texts } from "../words";

/** What the page says of texts with gaps, in German; part of texts.ts. */
export const gapsTexts: Pick<Texts, keyof typeof english> = {
  gapNumber: "Lücke {n}",
  gapOne: "Die Lücke",
  gapTake: "„{token}“ in die Lücke setzen: {chance}",
  gapsSentence: "Schreiben Sie ___, wo ein Wort fehlt. Wählen Sie einen Vorschlag, um ihn einzusetzen.",
  gapsLabel: "Ihr Satz, mit Lücken",
  slowStart: "Ausprobieren",
  slowStop: "Anhalten",
  slowHelp: "Es dauert einige Minuten und zeigt, was es bis dahin hat.",
  slowRuns: "Es läuft; was dort steht, ändert sich noch.",
  chartTable: "Die Kurven als Tabelle",
  chartHundredths: "In Hundertsteln, Mittel ± Standardabweichung über die Ziehungen.",
};

/** What a model that fills gaps declares, and what errors say of it. */
export const gaps: Record<string, string> = {
  // Options
  BERT: "BERT",
  "Context length: the most tokens of a text that the model sees at once.":
    "Kontextlänge: so viele Token eines Textes sieht das Modell höchstens auf einmal.",
  "Masked share": "Verdeckter Anteil",
  "Share of the tokens of a text that are to be guessed.": "Anteil der Token eines Textes, die zu erraten sind.",
  "Whole words": "Ganze Wörter",
  "Hide all tokens of a word or none, so that no part of a word gives the rest of it away.":
    "Alle Token eines Wortes verdecken oder keines, damit kein Teil eines Wortes den Rest verrät.",
  "Gaps behind what the text begins with; a text that has gaps of its own gets no more.":
    "Lücken hinter dem, womit der Text beginnt; ein Text mit eigenen Lücken bekommt keine weiteren.",
  Order: "Reihenfolge",
  "Which gap is filled next.": "Welche Lücke als nächste gefüllt wird.",
  surest: "die sicherste",
  "The one whose likeliest token is the most probable.":
    "Die, deren wahrscheinlichstes Token am wahrscheinlichsten ist.",
  left: "von links",
  "The first one.": "Die erste.",
  random: "zufällig",
  "Any.": "Irgendeine.",
  "Gaps at once": "Lücken auf einmal",
  "Gaps that are filled in one step, none of them knowing of the others.":
    "Lücken, die in einem Schritt gefüllt werden, ohne voneinander zu wissen.",
  Sweeps: "Durchgänge",
  "How often, in the end, every token that was made is hidden again and drawn anew, 15 % of them at a time.":
    "Wie oft am Ende jedes gemachte Token wieder verdeckt und neu gezogen wird, je 15 % auf einmal.",

  // Plots
  ["It begins with nothing but gaps, or with the gaps that you leave, and fills those first of which it is surest. " +
  "Each guess is made from the tokens on both sides that are there by then. At last some tokens at a time are hidden " +
  "again and drawn anew. The redder the line beneath a token, the less the model expected it where it drew it."]:
    "Es beginnt mit nichts als Lücken oder mit denen, die Sie lassen, und füllt zuerst die, bei denen es am " +
    "sichersten ist. Jede Schätzung entsteht aus den Token auf beiden Seiten, die bis dahin da sind. Zuletzt werden " +
    "immer einige Token wieder verdeckt und neu gezogen. Je röter die Linie unter einem Token, desto weniger hat das " +
    "Modell es dort erwartet, wo es gezogen wurde.",
  "Fill in": "Ergänzen",
  ["What could stand in each gap, and how probable it is, made from the words on both sides. Each gap is guessed by " +
  "itself: two guesses that are likely each need not go together."]:
    "Was in jeder Lücke stehen könnte und wie wahrscheinlich es ist, geschätzt aus den Wörtern auf beiden Seiten. " +
    "Jede Lücke wird für sich geschätzt: Zwei Vorschläge, die je für sich wahrscheinlich sind, müssen nicht " +
    "zueinander passen.",
  "She ___ at him, and said ___ for a long time.": "She ___ at him, and said ___ for a long time.",
  "Step by step": "Schritt für Schritt",
  steps: "Schritte",
  ["The gaps are filled one after the other, each with its likeliest token, the surest gap first. After each step " +
  "all other gaps are guessed anew, with what stands there by then. Move the slider, and see how one word changes " +
  "what fits elsewhere."]:
    "Die Lücken werden nacheinander gefüllt, jede mit ihrem wahrscheinlichsten Token, die sicherste zuerst. Nach " +
    "jedem Schritt werden alle anderen neu geschätzt, mit dem, was bis dahin dasteht. Bewegen Sie den Regler und " +
    "sehen Sie, wie ein Wort ändert, was anderswo passt.",
  ["Each token in its turn is hidden and guessed from all others, before it and after it. The sum of the logarithms " +
  "of these probabilities is the pseudo-log-likelihood (Salazar et al. 2020). It ranks sentences well, but it is no " +
  "likelihood: the guesses know of each other, and the perplexity is not to be compared with that of a model that " +
  "reads from left to right."]:
    "Jedes Token wird der Reihe nach verdeckt und aus allen anderen geschätzt, aus denen davor und denen danach. Die " +
    "Summe der Logarithmen dieser Wahrscheinlichkeiten ist die Pseudo-Log-Likelihood (Salazar et al. 2020). Sie " +
    "ordnet Sätze gut, ist aber keine Likelihood: Die Schätzungen wissen voneinander, und die Perplexität ist nicht " +
    "mit der eines Modells zu vergleichen, das von links nach rechts liest.",
  ["A query of each token meets the keys of all tokens, before it and after it, and of gaps as well; what fits best " +
  "is looked at most, and every row adds up to one. See where a gap looks."]:
    "Eine Anfrage (query) jedes Tokens trifft auf die Schlüssel (keys) aller Token, der davor und der danach und " +
    "auch der Lücken; was am besten passt, wird am meisten betrachtet, und jede Zeile ergibt zusammen eins. Sehen " +
    "Sie, wohin eine Lücke blickt.",
  "Few examples": "Wenige Beispiele",
  ["Who wrote this sentence, one of six authors? Each classifier sees the same k sentences of each author, and is " +
  "asked about others. Frozen features are what the pre-trained network makes of a sentence, and only a logistic " +
  "regression on them learns; in fine-tuning the whole network goes on learning; from scratch it begins with fresh " +
  "weights; a bag of words counts tokens. The bars show how much the share varies from draw to draw of the examples " +
  "(one standard deviation)."]:
    "Wer von sechs Autoren hat diesen Satz geschrieben? Jeder Klassifikator sieht dieselben k Sätze jedes Autors und " +
    "wird nach anderen gefragt. Eingefrorene Merkmale sind, was das vortrainierte Netz aus einem Satz macht, und nur " +
    "eine logistische Regression auf ihnen lernt; beim Feinabstimmen (fine-tuning) lernt das ganze Netz weiter; von " +
    "Grund auf beginnt es mit frischen Gewichten; ein Wortsack (bag of words) zählt Token. Die Balken zeigen, wie " +
    "sehr der Anteil von Ziehung zu Ziehung der Beispiele schwankt (eine Standardabweichung).",
  "frozen features": "eingefrorene Merkmale",
  "fine-tuning": "Feinabstimmung",
  "from scratch": "von Grund auf",
  "bag of words": "Wortsack",
  "examples of each author": "Beispiele von jedem Autor",
  "share of sentences that are told right": "Anteil der Sätze, die richtig zugeordnet werden",
  chance: "Zufall",

  // Errors
  "it has more than {} tokens, which is the most that are read at once":
    "er hat mehr als {} Token, und mehr werden nicht auf einmal gelesen",
  "it has no gap": "er hat keine Lücke",
  "Write ___ or [MASK] where a word is missing.": "Schreiben Sie ___ oder [MASK], wo ein Wort fehlt.",
  "the authors' sentences: {e}": "die Sätze der Autoren: {e}",
  "texts with classes": "Texte mit Klassen",
  "two classes with {} texts each are needed": "zwei Klassen mit je {} Texten sind nötig",
  "fewer than {t} tokens of it are held out": "weniger als {t} Token davon sind zurückgehalten",
  "A {} does not fill gaps": "Ein {} füllt keine Lücken",
  "This needs a model that fills gaps": "Dafür braucht es ein Modell, das Lücken füllt",
};
