/** Sentences of errors about data: sets of images, a reader's points, texts and their tokens. */
export const data: Record<string, string> = {
  // Data
  "The data in {name} cannot be used: {reason}.": "Die Daten in {name} sind nicht verwendbar: {reason}.",
  "Fetch the data again from the source its card names.":
    "Laden Sie die Daten noch einmal von der Quelle, die ihre Karte nennt.",
  "this site does not carry it": "diese Website führt sie nicht",
  "Open a model that was trained on data of this site.":
    "Öffnen Sie ein Modell, das mit Daten dieser Website trainiert wurde.",
  "the known sets are {a}": "die bekannten Datensätze sind {a}",
  "it holds no images to learn from or none to test on": "er enthält keine Bilder zum Lernen oder keine zum Testen",
  "class {label} is not one of {a}": "die Klasse {label} ist keine von {a}",
  "training and test images differ in size": "Trainings- und Testbilder sind verschieden groß",
  "the data file": "die Datendatei",
  "it does not say which set it is": "sie sagt nicht, welcher Datensatz sie ist",
  "{name} is not of {dtype}": "{name} besteht nicht aus {dtype}",
  "{images} has {a} dimensions": "{images} hat {a} Dimensionen",
  "{images} has the shape {dims}": "{images} hat die Form {dims}",
  "it unpacks to more than 64 MB": "sie ist entpackt größer als 64 MB",
  "it ends in its header": "sie endet in ihrem Kopf",
  "these are not idx files of images and labels": "das sind keine idx-Dateien mit Bildern und Klassen",
  "its images are too large, or neither grey nor in colour": "ihre Bilder sind zu groß oder weder grau noch farbig",
  "the files do not have the size they state": "die Dateien haben nicht die Größe, die sie angeben",
  "its data has no name that can be used": "ihre Daten haben keinen brauchbaren Namen",
  "points without units": "Punkte ohne Einheiten",
  "classes without names": "Klassen ohne Namen",
  "a hash of its data that is none": "eine Prüfsumme der Daten, die keine ist",
  "options of its data that are too long": "zu lange Optionen der Daten",
  "names of data are of small letters, digits and hyphens, at most 60":
    "Namen von Daten bestehen aus höchstens 60 Kleinbuchstaben, Ziffern und Bindestrichen",
  "it holds no images": "er enthält keine Bilder",
  "it holds no points in 2-D": "er enthält keine Punkte in 2-D",
  "it holds no text": "er enthält keinen Text",
  "it holds another set": "er enthält einen anderen Datensatz",
  "it has nothing to learn from": "es gibt nichts, woraus gelernt werden könnte",
  "its points are not at hand": "seine Punkte sind nicht zur Hand",
  "its images are of another size than this model's": "seine Bilder sind anders groß als die dieses Modells",
  "it is of another kind than this model's data": "er ist von anderer Art als die Daten dieses Modells",
  "its tokens are not those of this model": "seine Token sind nicht die dieses Modells",
  "images of {channels} channels": "Bilder mit {channels} Kanälen",
  "images of {height} × {width} pixels": "Bilder aus {height} × {width} Pixeln",
  "points without a mean and a scale": "Punkte ohne Mittelwert und Maßstab",
  "a text without a length of its tokens": "ein Text ohne Länge seiner Token",
  "This model learned points of a reader's own, which are not here.":
    "Dieses Modell hat eigene Punkte gelernt, die hier nicht vorliegen.",
  "To train on, open the same CSV first, or draw the points again, and then this model.":
    "Um weiter zu trainieren, öffnen Sie zuerst dieselbe CSV-Datei, oder zeichnen Sie die Punkte noch einmal, " +
    "und dann dieses Modell.",
  "The points that this model learned are not in its file.":
    "Die Punkte, die dieses Modell gelernt hat, stehen nicht in seiner Datei.",
  "If it is trained on, then on the points that are here now.":
    "Wird es weiter trainiert, dann mit den Punkten, die jetzt hier sind.",
  "It can be looked at. To train on, open the same CSV first, and then this file again.":
    "Es lässt sich betrachten. Um weiter zu trainieren, öffnen Sie zuerst dieselbe CSV-Datei und dann diese " +
    "Datei noch einmal.",

  // A reader's points
  "These points cannot be used: {reason}.": "Diese Punkte sind nicht verwendbar: {reason}.",
  "Each line needs two numbers, for example 0.5, -1.2.": "Jede Zeile braucht zwei Zahlen, zum Beispiel 0.5, -1.2.",
  "Give at least two different points; a few hundred are good to learn from.":
    "Geben Sie mindestens zwei verschiedene Punkte; aus einigen Hundert lernt es sich gut.",
  "there are {found}, and at most 1,000,000 are accepted": "es sind {found}, und höchstens 1.000.000 werden angenommen",
  "Take a random part of them: a few thousand show the same.":
    "Nehmen Sie einen zufälligen Teil davon: Einige Tausend zeigen dasselbe.",
  "there are none": "es gibt keine",
  "there is only one": "es gibt nur einen",
  "all {a} of them are the same": "alle {a} sind gleich",
  "what class each of them has is not known": "von welcher Klasse jeder von ihnen ist, ist nicht bekannt",
  "Draw them again.": "Zeichnen Sie sie noch einmal.",
  "all of them are of one class": "alle sind von einer Klasse",
  "Draw some of the other class as well.": "Zeichnen Sie auch einige der anderen Klasse.",
  "the drawing is cut off": "die Zeichnung ist abgeschnitten",
  "Draw it again.": "Zeichnen Sie noch einmal.",
  "a drawn one is nowhere": "ein gezeichneter ist nirgends",
  "the table has {a} MB, and at most {b} MB are accepted":
    "die Tabelle hat {a} MB, und höchstens {b} MB werden angenommen",
  "Take a random part of its lines, at most 1,000,000.":
    "Nehmen Sie einen zufälligen Teil der Zeilen, höchstens 1.000.000.",
  "line {line} is not UTF-8 text": "Zeile {line} ist kein Text in UTF-8",
  "Save the table as CSV in UTF-8, not as a spreadsheet.":
    "Speichern Sie die Tabelle als CSV in UTF-8, nicht als Tabellendokument.",
  "The first column, which has no name, was left out.": "Die erste Spalte, die keinen Namen hat, wurde weggelassen.",
  "Line {at}, “{shown}”, was taken for the names of the columns.":
    "Zeile {at}, „{shown}“, wurde für die Namen der Spalten gehalten.",
  "line {at} holds text, “{shown}”": "Zeile {at} enthält Text, „{shown}“",
  "“{shown}” in line {at} is no finite number": "„{shown}“ in Zeile {at} ist keine endliche Zahl",
  "Remove the line or give it a value.": "Entfernen Sie die Zeile, oder geben Sie ihr einen Wert.",
  "line {at} has one number": "Zeile {at} hat nur eine Zahl",
  "line {at} has no number": "Zeile {at} hat keine Zahl",
  "line {at} has {n} numbers": "Zeile {at} hat {n} Zahlen",
  "Keep the two columns that are to be x and y.": "Behalten Sie die beiden Spalten, die x und y sein sollen.",
  "This file has {a} MiB, which is more than can be learned from here.":
    "Diese Datei hat {a} MiB; das ist mehr, als hier gelernt werden kann.",
  "What is learned here is in no table.": "Was hier gelernt wird, steht in keiner Tabelle.",
  "Choose another set of data.": "Wählen Sie andere Daten.",
  "Choose a CSV with fewer rows; ten thousand are plenty.":
    "Wählen Sie eine CSV-Datei mit weniger Zeilen; zehntausend sind reichlich.",

  // Texts and vocabularies
  "This text cannot be used: {reason}.": "Dieser Text ist nicht verwendbar: {reason}.",
  "it is empty": "er ist leer",
  "Paste something, or open a file.": "Fügen Sie etwas ein, oder öffnen Sie eine Datei.",
  "There is no text called “{a}” here.": "Es gibt hier keinen Text namens „{a}“.",
  "Choose another one.": "Wählen Sie einen anderen.",
  "The vocabulary of this model does not contain {found}.": "Das Vokabular dieses Modells enthält {found} nicht.",
  "Leave it out, or train a model on a text that has it.":
    "Lassen Sie es weg, oder trainieren Sie ein Modell mit einem Text, der es enthält.",
  "it is no text in UTF-8 (see byte {at})": "er ist kein Text in UTF-8 (siehe Byte {at})",
  "it cannot be unpacked ({e})": "er lässt sich nicht entpacken ({e})",
  "it is longer than {a} MB": "er ist länger als {a} MB",
  "it has {a} different characters": "er hat {a} verschiedene Zeichen",
  "it has no other character than {first}": "er hat kein anderes Zeichen als {first}",
  "{characters} characters are too few to learn from": "{characters} Zeichen sind zu wenige, um daraus zu lernen",
  "It is a PDF: copy its text, or save it as plain text.":
    "Es ist ein PDF: Kopieren Sie seinen Text, oder speichern Sie es als reinen Text.",
  "It is an archive, or a document of a word processor: save it as plain text.":
    "Es ist ein Archiv oder ein Dokument einer Textverarbeitung: Speichern Sie es als reinen Text.",
  "It is a document of a word processor: save it as plain text.":
    "Es ist ein Dokument einer Textverarbeitung: Speichern Sie es als reinen Text.",
  "It is an image; a text is needed.": "Es ist ein Bild; gebraucht wird ein Text.",
  "It looks like UTF-16: save it as UTF-8.": "Es sieht nach UTF-16 aus: Speichern Sie es als UTF-8.",
  "It looks like a program's data; a text is needed.":
    "Es sieht nach Daten eines Programms aus; gebraucht wird ein Text.",
  "It may be in an older encoding, such as Latin-1: save it as a text file in UTF-8.":
    "Vielleicht ist es in einer älteren Kodierung wie Latin-1: Speichern Sie es als Textdatei in UTF-8.",
  "Use a text file.": "Verwenden Sie eine Textdatei.",
  "Choose byte-pair encoding, which takes any text.": "Wählen Sie Byte-Pair-Encoding, das jeden Text nimmt.",
  "Use a longer one: a few pages at least.": "Verwenden Sie einen längeren: einige Seiten mindestens.",
  "Paste or drop a text, or choose one of the books.":
    "Fügen Sie einen Text ein, legen Sie einen ab, oder wählen Sie eines der Bücher.",
  "a vocabulary of {a} tokens": "ein Vokabular aus {a} Token",
  "a character that is two tokens": "ein Zeichen, das zwei Token ist",
  "a text without a vocabulary": "ein Text ohne Vokabular",
  "a model without tokens": "ein Modell ohne Token",
  "merge {i} is of tokens that come after it": "Verschmelzung {i} ist aus Token, die erst nach ihr kommen",
  "merge {i} makes a token of {a} bytes": "Verschmelzung {i} ergibt ein Token aus {a} Bytes",
  "merge {i} makes a token that is there already": "Verschmelzung {i} ergibt ein Token, das es schon gibt",
};
