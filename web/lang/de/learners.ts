/** The in-context learner: what it and its functions declare, and what errors say of them. */
export const learners: Record<string, string> = {
  "In-context learner": "Lernen im Kontext",
  "Functions from a few examples": "Funktionen aus wenigen Beispielen",
  "Decision trees from a few examples": "Entscheidungsbäume aus wenigen Beispielen",
  functions: "Funktionen",
  squareError: "quadratischer Fehler",

  // Options
  "Width of the residual stream: numbers that stand for a question and the example before it.":
    "Breite des Residualstroms: Zahlen, die für eine Frage und das Beispiel davor stehen.",
  "Examples of a function that the model is shown before it guesses one of its values.":
    "Beispiele einer Funktion, die das Modell sieht, bevor es einen ihrer Werte errät.",

  // Plots
  Guesses: "Vermutungen",
  ["Each dot is a function that the model has never met: to the right its true value at some x, upwards what the " +
  "model guesses after the examples of its prompt. With more examples the dots move to the diagonal, though no " +
  "weight changes."]:
    "Jeder Punkt ist eine Funktion, der das Modell nie begegnet ist: nach rechts ihr wahrer Wert an einem x, " +
    "nach oben, was das Modell nach den Beispielen seines Prompts vermutet. Mit mehr Beispielen rücken die " +
    "Punkte zur Diagonalen, obwohl sich kein Gewicht ändert.",
  "Your examples": "Ihre Beispiele",
  ["Place examples: the model reads them as its prompt and says what the function is everywhere else. No weight " +
  "changes. Beside it is the best possible guess, Bayesian regression on the same cosines with the same noise."]:
    "Setzen Sie Beispiele: Das Modell liest sie als Prompt und sagt, was die Funktion überall sonst ist. Kein " +
    "Gewicht ändert sich. Daneben steht die bestmögliche Vermutung, bayessche Regression auf denselben Kosinus " +
    "mit demselben Rauschen.",
  "Error by examples": "Fehler je Beispiel",
  ["The mean square error on new functions after 0, 1, 2, … examples, as a share of what guessing 0 gives. Of " +
  "linear functions ridge regression that knows the noise is the best that can be done; least squares fits the noise " +
  "as well while there are about as many examples as inputs."]:
    "Der mittlere quadratische Fehler bei neuen Funktionen nach 0, 1, 2, … Beispielen, als Anteil " +
    "dessen, was die Vermutung 0 ergibt. Bei linearen Funktionen ist Ridge-Regression, die das Rauschen kennt, das " +
    "Beste, was möglich ist; die kleinsten Quadrate passen sich auch dem Rauschen an, solange es etwa so viele " +
    "Beispiele wie Eingaben gibt.",
  "Sparse functions": "Dünn besetzte Funktionen",
  ["The same for functions of which only a third of the weights are not zero. The lasso looks for such functions: " +
  "of four penalties the best is taken for each number of examples. The best that can be done weighs all choices of " +
  "weights by how well they explain the examples."]:
    "Dasselbe für Funktionen, bei denen nur ein Drittel der Gewichte nicht null ist. Das Lasso sucht solche " +
    "Funktionen: von vier Strafen gilt für jede Zahl von Beispielen die beste. Das Beste, was möglich ist, wägt alle " +
    "Möglichkeiten für die Gewichte danach, wie gut sie die Beispiele erklären.",
  "Decision trees": "Entscheidungsbäume",
  ["The same for trees that ask twice whether some input is positive. One tree is grown from the examples, each " +
  "time by the question that lowers the error most. The best that can be done weighs all trees by how well they " +
  "explain the examples."]:
    "Dasselbe für Bäume, die zweimal fragen, ob irgendeine Eingabe positiv ist. Ein Baum wächst aus den Beispielen, " +
    "jeweils mit der Frage, die den Fehler am meisten senkt. Das Beste, was möglich ist, wägt alle Bäume danach, wie " +
    "gut sie die Beispiele erklären.",
  "Best possible": "Bestmöglich",
  "A grown tree": "Ein gewachsener Baum",
  "Outside its training": "Außerhalb des Trainings",
  ["How often as large the error is as that of the best guess that knows what has changed, both after twice as " +
  "many examples as inputs, as a power of two upwards. To the left and to the right inputs, functions or noise " +
  "are made smaller or larger than any in training, again as powers of two."]:
    "Wievielmal so groß der Fehler ist wie der der besten Vermutung, die weiß, was sich geändert hat, beide nach " +
    "doppelt so vielen Beispielen wie Eingaben, nach oben als Zweierpotenz. Nach links und rechts werden Eingaben, " +
    "Funktionen oder Rauschen kleiner oder größer gemacht als im Training, wieder als Zweierpotenzen.",
  Transformer: "Transformer",
  "Bayesian regression": "Bayessche Regression",
  "Ridge regression": "Ridge-Regression",
  "Least squares": "Kleinste Quadrate",
  Lasso: "Lasso",
  "as many examples as inputs": "so viele Beispiele wie Eingaben",
  "as good as can be": "so gut wie möglich",
  inputs: "Eingaben",
  noise: "Rauschen",
  examples: "Beispiele",
  "after {n} examples": "nach {n} Beispielen",
  "after 1 example": "nach 1 Beispiel",
  "without examples": "ohne Beispiele",
  "error after {k} examples": "Fehler nach {k} Beispielen",
  "{what}: error after 0 to {most} examples": "{what}: Fehler nach 0 bis {most} Beispielen",
  "linear functions": "lineare Funktionen",
  "sparse linear functions": "dünn besetzte lineare Funktionen",
  curves: "Kurven",
  "decision trees": "Entscheidungsbäume",

  // Errors
  "This needs a model of functions": "Dazu braucht es ein Modell von Funktionen",
  "This needs functions": "Dazu braucht es Funktionen",
  "there are no functions of this name": "es gibt keine Funktionen dieses Namens",
  "prompts of {length} pairs of {inputs} inputs": "Prompts aus {length} Paaren mit {inputs} Eingaben",
  "its prompts are of another size than this model's, or have other noise":
    "seine Prompts sind anders groß als die dieses Modells oder haben anderes Rauschen",
  "an example lies between −1 and 1, and no higher than 1,000":
    "ein Beispiel liegt zwischen −1 und 1 und nicht höher als 1000",
  "points as x,y with semicolons between them are expected, x from −1 to 1":
    "erwartet werden Punkte als x,y mit Strichpunkten dazwischen, x von −1 bis 1",
  "points as x,y with semicolons between them": "Punkte als x,y mit Strichpunkten dazwischen",
  "A {} does not guess functions": "{}: Dieses Modell errät keine Funktionen",
};
