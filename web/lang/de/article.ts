/** The figures of the article that explain rather than compete: one question answered twice, two directions of KL. */
export const article: Record<string, string> = {
  // Options
  "Hidden layers": "Verdeckte Schichten",
  "Hidden layers of the network; without one it is logistic regression, and its boundary a straight line.":
    "Verdeckte Schichten des Netzes; ohne eine ist es logistische Regression, und seine Grenze eine Gerade.",
  "Gaussians of a class": "Gaußverteilungen je Klasse",
  "Gaussians that describe each class.": "Gaußverteilungen, die jede Klasse beschreiben.",
  "Gaussians that each of the two fits has.": "Gaußverteilungen, die jede der beiden Anpassungen hat.",
  Start: "Anfang",
  "Where both fits begin, from left to right.": "Wo beide Anpassungen beginnen, von links nach rechts.",
  Fit: "Anpassung",
  "The fit that samples are drawn from.": "Die Anpassung, aus der Samples gezogen werden.",
  Forward: "Vorwärts",
  Reverse: "Rückwärts",
  "KL(p‖q), the average over the target.": "KL(p‖q), das Mittel über das Ziel.",
  "KL(q‖p), the average over the fit itself.": "KL(q‖p), das Mittel über die Anpassung selbst.",

  // Plots and losses
  ["Left: the learned answer p(y|x), as deep in colour as it is sure, everywhere. " +
  "Right: p(x, y), the density of each class times its share, which is nothing where there are no data. " +
  "The green dot is the place that the numbers are about."]:
    "Links: die gelernte Antwort p(y|x), überall so kräftig gefärbt, wie sie sicher ist. " +
    "Rechts: p(x, y), die Dichte jeder Klasse mal ihrem Anteil, die nichts ist, wo keine Daten sind. " +
    "Der grüne Punkt ist der Ort, von dem die Zahlen handeln.",
  "a learned answer, and two densities": "eine gelernte Antwort und zwei Dichten",
  "Two answers": "Zwei Antworten",
  ["The same question answered twice, p(y|x). Left: learned. " + "Right: from the densities by Bayes’ rule."]:
    "Dieselbe Frage zweimal beantwortet, p(y|x). Links: gelernt. Rechts: aus den Dichten nach der Bayes-Regel.",
  "the answer as it was learned, and by Bayes’ rule": "die Antwort, wie sie gelernt wurde, und nach der Bayes-Regel",
  "p(red|x), learned": "p(rot|x), gelernt",
  "p(red|x), by Bayes’ rule": "p(rot|x), nach der Bayes-Regel",
  "log₁₀ p(x)": "log₁₀ p(x)",
  "Two fits": "Zwei Anpassungen",
  ["Grey: points of the target p. Red: the fit that makes KL(p‖q) small. " +
  "Blue: the fit that makes KL(q‖p) small. Ellipses lie at one and two standard deviations."]:
    "Grau: Punkte des Ziels p. Rot: die Anpassung, die KL(p‖q) klein macht. " +
    "Blau: die Anpassung, die KL(q‖p) klein macht. Die Ellipsen liegen bei einer und zwei Standardabweichungen.",
  "two fits of one target": "zwei Anpassungen an ein Ziel",
  "Red: KL(p‖q)": "Rot: KL(p‖q)",
  "Red: KL(q‖p)": "Rot: KL(q‖p)",
  "Blue: KL(p‖q)": "Blau: KL(p‖q)",
  "Blue: KL(q‖p)": "Blau: KL(q‖p)",
  answer: "Antwort",
  joint: "p(x, y)",
  covering: "abdeckend",
  seeking: "suchend",
};
