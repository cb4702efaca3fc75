/** What is said about a reader's own pictures: options, errors, and the plot of the nearest ones. */
export const pictures: Record<string, string> = {
  Variation: "Veränderung",
  ["How much each image is slanted, widened or narrowed, and made bolder or thinner, anew each time it is seen: " +
  "few images then stand for more. 0 = not at all."]:
    "Wie sehr jedes Bild geneigt, verbreitert oder verschmälert und fetter oder dünner gemacht wird, jedes Mal neu, " +
    "wenn es gesehen wird: Wenige Bilder stehen dann für mehr. 0 = gar nicht.",
  // Options
  "Picture size": "Bildgröße",
  "Pixels in a row, and rows.": "Pixel in einer Zeile, und Zeilen.",
  "28 × 28": "28 × 28",
  "As MNIST has it.": "Wie bei MNIST.",
  "32 × 32": "32 × 32",
  "As CIFAR-10 has it.": "Wie bei CIFAR-10.",
  Colour: "Farbe",
  "Colour has three numbers for each pixel instead of one, so that a step takes longer.":
    "Farbe hat drei Zahlen je Pixel statt einer, sodass ein Schritt länger dauert.",
  "as they are": "wie sie sind",
  "In colour if any of them is.": "In Farbe, wenn eines es ist.",
  grey: "grau",
  "All in grey.": "Alle in Grau.",
  "in colour": "in Farbe",
  "All in colour.": "Alle in Farbe.",
  "Classes from folders": "Klassen aus Ordnern",
  "The folder that a picture lies in, or the label that you gave it, is its class: what a model can be asked for.":
    "Der Ordner, in dem ein Bild liegt, oder Ihre Angabe dazu ist seine Klasse: das, worum man ein Modell bitten kann.",
  "Dark ink on paper": "Dunkle Tinte auf Papier",
  ["For what is drawn or written in dark ink: the ink becomes light and the paper black, whatever its grey, as " +
  "MNIST has it."]:
    "Für mit dunkler Tinte Gezeichnetes oder Geschriebenes: Die Tinte wird hell und das Papier schwarz, wie " +
    "grau es auch ist, so wie bei MNIST.",
  "Mirror images too": "Auch Spiegelbilder",
  "Learn from each picture and from its mirror image. Not for writing.":
    "Aus jedem Bild und aus seinem Spiegelbild lernen. Nicht für Schrift.",

  // What is wrong with them
  "These pictures cannot be used: {reason}.": "Diese Bilder sind nicht verwendbar: {reason}.",
  "{LEAST} at least are needed, and there {a}": "mindestens {LEAST} sind nötig, und es {a}",
  "is 1": "gibt 1",
  "are {n}": "gibt {n}",
  "Add more; copies of one picture count once.": "Fügen Sie weitere hinzu; Kopien eines Bildes zählen einmal.",
  "{a} labels came with {n} pictures": "zu {n} Bildern kamen {a} Klassenangaben",
  "a label is not among the classes": "eine Angabe ist keine der Klassen",
  "Choose them again.": "Wählen Sie sie noch einmal.",
  "they lie in {a} folders": "sie liegen in {a} Ordnern",
  "At most 64 folders can be classes: take fewer, or switch “Classes from folders” off.":
    "Höchstens 64 Ordner können Klassen sein: Nehmen Sie weniger, oder schalten Sie „Klassen aus Ordnern“ aus.",
  "each has {from} × {from} pixels": "jedes hat {from} × {from} Pixel",
  "their pixels are not as many as their size says": "sie haben nicht so viele Pixel, wie ihre Größe sagt",
  "they are {a}, and {MOST} is the most": "es sind {a}, und höchstens {MOST} sind möglich",
  "Take a part of them.": "Nehmen Sie einen Teil davon.",
  "The pictures that this model learned are not here.":
    "Die Bilder, aus denen dieses Modell gelernt hat, sind nicht hier.",
  "It can be looked at. To train on, bring the same pictures with the same options, and then this model.":
    "Es lässt sich ansehen. Zum Weitertrainieren bringen Sie dieselben Bilder mit denselben Optionen und dann " +
    "dieses Modell.",
  "this model knows {known} of its {there} classes": "dieses Modell kennt {known} ihrer {there} Klassen",
  "{title} models grey images, not those in colour": "{title} modelliert graue Bilder, nicht farbige",

  // Files that are left out
  "it is no picture that this browser can read": "es ist keines, das dieser Browser lesen kann",
  "Save it as PNG, JPEG or WebP.": "Speichern Sie es als PNG, JPEG oder WebP.",
  "it is larger than 32 MB": "es ist größer als 32 MB",
  "Save it smaller.": "Speichern Sie es kleiner.",
  "Choose another file.": "Wählen Sie eine andere Datei.",
  "it is a drawing of lines and areas, without pixels": "es ist eine Zeichnung aus Linien und Flächen, ohne Pixel",
  "Save it as PNG.": "Speichern Sie es als PNG.",
  "it has more than 64 million pixels": "es hat mehr als 64 Millionen Pixel",
  "it takes too long to decode": "es zu dekodieren dauert zu lange",
  "Save it anew, as PNG or JPEG.": "Speichern Sie es neu, als PNG oder JPEG.",
  "Only 5000 pictures are taken.": "Nur 5000 Bilder werden genommen.",
  "Allow this site to read canvases.": "Erlauben Sie dieser Website, Canvas-Inhalte zu lesen.",

  // The camera
  "The camera was not allowed to this page.": "Die Kamera wurde dieser Seite nicht erlaubt.",
  "No camera could be opened.": "Es ließ sich keine Kamera öffnen.",
  "Allow it in the browser's settings of this site, or choose files.":
    "Erlauben Sie sie in den Einstellungen des Browsers für diese Website, oder wählen Sie Dateien.",
  "Choose files instead.": "Wählen Sie stattdessen Dateien.",
  "The camera shows nothing yet.": "Die Kamera zeigt noch nichts.",
  "Wait a moment.": "Warten Sie einen Moment.",

  // The plot
  Nearest: "Nächste",
  ["Above, samples; below each, the training image nearest to it, by the distance of their pixels. " +
  "Where the two rows are the same pictures, the model has learned them by heart."]:
    "Oben Samples; unter jedem das Trainingsbild, das ihm am nächsten ist, gemessen am Abstand ihrer Pixel. " +
    "Wo beide Zeilen dieselben Bilder zeigen, hat das Modell sie auswendig gelernt.",
};
