/** The neural process, its letters, and the fonts that are made of them. */
export const letters: Record<string, string> = {
  // Neural process: its options, and what it shows
  ["Channels of the convolutions that see the whole image; those below have two, four and six times as many."]:
    "Kanäle der Faltungen, die das ganze Bild sehen; die darunter haben zwei-, vier- und sechsmal so viele.",
  "Units of the layers between images and z.": "Einheiten der Schichten zwischen Bildern und z.",
  "Weight of the KL term; 1 is the bound of the paper.": "Gewicht des KL-Terms; 1 ist die Schranke des Artikels.",
  Examples: "Beispiele",
  ["The most examples of a hand that a model is shown while it trains; how many is drawn for each hand anew."]:
    "Höchstens so viele Beispiele einer Hand werden dem Modell beim Training gezeigt; " +
    "wie viele, wird für jede Hand neu gezogen.",
  "Standard deviation of z: 1 samples the model, less stays closer to the average hand.":
    "Standardabweichung von z: 1 zieht aus dem Modell, weniger bleibt näher an der durchschnittlichen Hand.",
  Alphabet: "Alphabet",
  ["Give one to three examples of a hand, each with its letter. " +
  "The model guesses the code z of the hand and makes all the others in it. " +
  "In the middle of the slider is your hand; to the left it becomes the average of all hands, " +
  "to the right another one, drawn by chance."]:
    "Geben Sie ein bis drei Beispiele einer Hand, jedes mit seinem Buchstaben. " +
    "Das Modell schätzt den Code z der Hand und macht alle übrigen in ihr. " +
    "In der Mitte des Reglers ist Ihre Hand; nach links wird sie zum Durchschnitt aller Hände, " +
    "nach rechts zu einer anderen, vom Zufall gezogenen.",
  hand: "Hand",
  "all classes, in the hand of the examples": "alle Klassen, in der Hand der Beispiele",
  "Letters of open fonts": "Buchstaben offener Schriften",
  "{MOST} are possible": "{MOST} sind möglich",
  "it does not hold letters of several hands": "er enthält keine Buchstaben mehrerer Hände",
  "at least one example with its class is needed": "mindestens ein Beispiel mit seiner Klasse ist nötig",
  "Only images can be traced": "Nur Bilder lassen sich nachzeichnen",
  "This picture cannot be traced": "Dieses Bild lässt sich nicht nachzeichnen",
  "A font needs classes that are letters, and an image of each":
    "Eine Schrift braucht Klassen, die Buchstaben sind, und von jeder ein Bild",
};
