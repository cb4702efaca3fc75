/** Examples, which stay as they are: the model knows English. */
const ENGLISH = [
  "My parcel should have been here on Monday, and nobody answers the phone.",
  "Why does the generator make the same picture again and again?",
  "Is it going to rain?",
  "They sent it to my old address.",
  "a complaint about delivery\na question about prices\npraise\na request to cancel an order",
  "The train is twenty minutes late.\nAll flights were cancelled this morning.\nWhere can I park my " +
    "car?\nThe bus stops right behind the church.\nIt will snow in the mountains tonight.\nTomorrow will " +
    "be warm and sunny.\nA storm is coming up from the sea.\nFog lay over the fields.\nAdd two eggs and " +
    "a spoon of sugar.\nLet the dough rest for an hour.\nThe soup needs more salt.\nShe bakes bread " +
    "every Sunday.\nOur team lost in the last minute.\nHe ran the marathon in three hours.\nThe referee " +
    "gave a penalty.\nThey train twice a week.",
  "delivery: The parcel came two weeks late.\ndelivery: My order still has not arrived.\ndelivery: It " +
    "was left in the rain by the door.\ndelivery: The courier went to the wrong house.\ndelivery: I " +
    "waited at home all day for nothing.\ndelivery: Shipping took only one night.\ndelivery: The box was " +
    "torn when I got it.\ndelivery: Where is the package that I ordered?\nprice: Far too expensive for " +
    "what it is.\nprice: The same thing costs half as much elsewhere.\nprice: I was charged twice for " +
    "one item.\nprice: Good value for little money.\nprice: The discount was not taken off my " +
    "bill.\nprice: Cheaper than I had expected.\nprice: Why does it cost more than last year?\nprice: " +
    "Please send me my money back.\nquality: The zip broke on the first day.\nquality: The colour faded " +
    "after one wash.\nquality: It is solid and beautifully made.\nquality: The seams came apart at " +
    "once.\nquality: The fabric feels soft and warm.\nquality: It stopped working within a " +
    "week.\nquality: One of the legs wobbles.\nquality: The screen has scratches all over.",
];

/** What a sentence encoder declares, and what errors say of it. */
export const sentences: Record<string, string> = {
  "Sentence encoder": "Satzencoder",
  "A sentence encoder compares texts here; it is not trained or saved, and it does not write":
    "Ein Satzencoder vergleicht hier Texte; er wird nicht trainiert und nicht gespeichert, und er " + "schreibt nicht",
  "vectors of sentences": "Vektoren der Sätze",
  Labels: "Etiketten",
  Search: "Suche",
  Map: "Karte",
  Examples: "Beispiele",
  "Learning curve": "Lernkurve",
  ["The sentence and each label become vectors, and the bar is the cosine of the angle between them: 1 " +
  "for the same direction, near 0 for texts that have nothing to do with each other. The share is a " +
  "softmax of the cosines divided by 0.05. It always adds up to one, so it only tells which label is " +
  "nearest, and not that any of them fits."]:
    "Der Satz und jedes Etikett werden zu Vektoren, und der Balken ist der Kosinus des Winkels zwischen " +
    "ihnen: 1 bei gleicher Richtung, nahe 0 bei Texten, die nichts miteinander zu tun haben. Der Anteil " +
    "ist ein Softmax der Kosinus, geteilt durch 0,05. Die Summe ist immer eins; er sagt also nur, " +
    "welches Etikett am nächsten liegt, und nicht, dass irgendeines passt.",
  "Labels, one a line or with commas between them": "Etiketten, eines je Zeile oder mit Kommas dazwischen",
  ["Your question and each passage of this site's chapters are vectors. Shown are the passages whose " +
  "vectors have the largest cosine with that of the question; no word of it has to occur in them. The " +
  "model knows English, and reads the English chapters."]:
    "Ihre Frage und jeder Absatz der Kapitel dieser Website sind Vektoren. Gezeigt werden die Absätze, " +
    "deren Vektoren mit dem der Frage den größten Kosinus haben; kein Wort von ihr muss darin vorkommen. " +
    "Das Modell kann Englisch und liest die englischen Kapitel; die Links führen zum selben Abschnitt " +
    "auf Deutsch.",
  ["Each sentence is a point, yours too. Of the directions in which their vectors differ, the two are " +
  "drawn in which they differ most (principal components); the number says how much of the differences " +
  "these two hold. Points that lie apart are different. Points that lie together may still differ in " +
  "what is not drawn."]:
    "Jeder Satz ist ein Punkt, Ihrer auch. Von den Richtungen, in denen sich die Vektoren unterscheiden, " +
    "sind die zwei gezeichnet, in denen sie es am meisten tun (Hauptkomponenten); die Zahl sagt, wie " +
    "viel der Unterschiede in diesen beiden liegt. Punkte, die weit auseinander liegen, sind " +
    "verschieden. Punkte, die beieinander liegen, können sich in dem unterscheiden, was nicht gezeichnet " +
    "ist.",
  "Sentences, one a line": "Sätze, einer je Zeile",
  Neighbours: "Nachbarn",
  ["Each sentence is a point, yours too, and again the plane has two directions of hundreds. This map (UMAP) keeps " +
  "to one thing: who is next to whom. Each point pulls at its nearest neighbours, and all others push each other " +
  "away. So groups can be seen that the two main directions lay on top of each other. How far apart two groups are, " +
  "how large one is, and which way is up means nothing."]:
    "Jeder Satz ist ein Punkt, auch Ihrer, und wieder hat die Ebene zwei Richtungen von Hunderten. Diese " +
    "Karte (UMAP) hält sich an eines: wer neben wem steht. Jeder Punkt zieht an seinen nächsten Nachbarn, und " +
    "alle anderen stoßen einander ab. So sieht man Gruppen, die die beiden Hauptrichtungen übereinanderlegen. " +
    "Wie weit zwei Gruppen auseinander liegen, wie groß eine ist und wo oben ist, bedeutet nichts.",
  ["Each line is a label, a colon and an example of it. A logistic regression on the vectors of the " +
  "examples learns the labels as you type; the network itself stays as it is. The bars are the " +
  "probabilities that it gives your sentence."]:
    "Jede Zeile ist ein Etikett, ein Doppelpunkt und ein Beispiel dafür. Eine logistische Regression auf " +
    "den Vektoren der Beispiele lernt die Etiketten, während Sie schreiben; das Netz selbst bleibt, wie " +
    "es ist. Die Balken sind die Wahrscheinlichkeiten, die sie Ihrem Satz gibt.",
  "Examples, each as label: text": "Beispiele, jedes als Etikett: Text",
  ["How many of the other examples are told right after learning from k of each label, drawn 20 times; " +
  "bars are one standard deviation. The vectors are those of the network, frozen; the bag of words " +
  "counts tokens and has to learn from the examples alone that two words mean the same. The line is " +
  "what comes without any example, when each text gets the label whose name is nearest."]:
    "Wie viele der übrigen Beispiele richtig erkannt werden, nachdem aus k je Etikett gelernt wurde, " +
    "20-mal gezogen; die Balken sind eine Standardabweichung. Die Vektoren sind die des Netzes, " +
    "eingefroren; die Wortliste zählt Token und muss allein aus den Beispielen lernen, dass zwei Wörter " +
    "dasselbe bedeuten. Die Linie ist, was ganz ohne Beispiele herauskommt, wenn jeder Text das Etikett " +
    "mit dem nächsten Namen bekommt.",
  "there are more than {a} lines": "es sind mehr als {a} Zeilen",
  "Take fewer.": "Nehmen Sie weniger.",
  "a line has more than {a} bytes": "eine Zeile hat mehr als {a} Byte",
  "there are no lines": "es gibt keine Zeilen",
  "Write one on each line.": "Schreiben Sie in jede Zeile einen.",
  "it has more than {a} bytes": "er hat mehr als {a} Byte",
  "tokens of your sentence": "Token Ihres Satzes",
  "time to read it": "Zeit, ihn zu lesen",
  "temperature of the shares": "Temperatur der Anteile",
  "passages compared": "Absätze verglichen",
  "passages of the chapters": "Absätze der Kapitel",
  "a map needs three sentences or more": "eine Karte braucht drei Sätze oder mehr",
  "of the differences are drawn": "der Unterschiede sind gezeichnet",
  "sentences in two directions": "Sätze in zwei Richtungen",
  "sentences beside their neighbours": "Sätze neben ihren Nachbarn",
  "the sentences": "die Sätze",
  yours: "Ihrer",
  cosine: "Kosinus",
  share: "Anteil",
  probability: "Wahrscheinlichkeit",
  examples: "Beispiele",
  ms: "ms",
  "the line “{a}” has no label": "die Zeile „{a}“ hat kein Etikett",
  "Begin each line with a label and a colon.": "Beginnen Sie jede Zeile mit einem Etikett und einem Doppelpunkt.",
  "there is only one label": "es gibt nur ein Etikett",
  "Give examples of two labels or more.": "Geben Sie Beispiele für zwei Etiketten oder mehr.",
  "three examples of each label are needed": "je Etikett sind drei Beispiele nötig",
  "Add some lines.": "Ergänzen Sie ein paar Zeilen.",
  "examples of each label": "Beispiele je Etikett",
  "share of the others that are told right": "Anteil der übrigen, die richtig erkannt werden",
  "by the labels' names alone": "allein nach den Namen der Etiketten",
  "This site has no passages to search.": "Diese Website hat keine Absätze, die sich durchsuchen lassen.",
  "Open the site that the model is from.": "Öffnen Sie die Website, von der das Modell ist.",
  "texts, one a line or with ` | ` between them": "Texte, einer je Zeile oder mit ` | ` dazwischen",
  ...Object.fromEntries(ENGLISH.map((text) => [text, text])),
};
