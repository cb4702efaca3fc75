import type { Texts } from "../words";
import type { functions as english } from "../en-functions";

/** What is said of models of functions, in German. */
export const functions: Pick<Texts, keyof typeof english> = {
  learnsFunctions:
    "Es sieht einige Paare (x, y) von Funktionen, die es nie wieder sehen wird, und soll jedes y aus den Paaren " +
    "davor erraten. Darunter Vermutungen und wahre Werte nach zehn Beispielen: je näher an der Diagonalen, desto " +
    "besser.",
  lossSquares: "Quadratischer Fehler",
  arrowsMark:
    "{label}. Pfeiltasten bewegen den Zeiger, Eingabe setzt ein Beispiel, wo er steht, oder nimmt das dort weg.",
  placeMarks:
    "Drücken Sie, wo ein Beispiel sein soll, ziehen Sie eines anderswohin, oder drücken Sie auf eines, um es " +
    "wegzunehmen.",
  clearMarks: "Alle wegnehmen",
};
