/** Of clips: what their models and data declare, and what errors say of them. */
export const clips: Record<string, string> = {
  "Layers of a transformer in the middle of the U-Net, where all places of all frames look at each other.":
    "Schichten eines Transformers in der Mitte des U-Netzes, wo alle Orte aller Einzelbilder einander ansehen.",
  "Channels of the U-Net's first level, a multiple of 8; each level below has twice as many as the one above.":
    "Kanäle der ersten Ebene des U-Nets, ein Vielfaches von 8; jede Ebene darunter hat doppelt so viele wie die " +
    "darüber.",
  // Options
  ["Levels of the U-Net: the first works on half the height and width of a frame, each other on half of the one " +
  "before."]:
    "Ebenen des U-Nets: Die erste arbeitet auf der halben Höhe und Breite eines Bildes, jede weitere auf der Hälfte " +
    "der vorigen.",
  ["Share of the training clips whose sentence is kept back, so that the network also knows clips of which nothing " +
  "is said, which guidance needs."]:
    "Anteil der Trainingsfilmchen, deren Satz verschwiegen wird, damit das Netz auch Filmchen kennt, von denen " +
    "nichts gesagt ist; Guidance braucht das.",
  "Steps from noise to data.": "Schritte vom Rauschen zu den Daten.",

  // Plots
  Clips: "Filmchen",
  "Go on": "Fortsetzen",
  ["The first eight frames of a clip that it has never seen are given, and the model makes the other eight. Beside " +
  "it the true clip, and two ways to go on without a model: the last frame again and again, and everything " +
  "straight on as it moved last, or of people the frames before once again."]:
    "Die ersten acht Bilder eines Filmchens, das es nie gesehen hat, sind vorgegeben, und das Modell macht die " +
    "anderen acht. Daneben das wahre Filmchen und zwei Weisen, ohne Modell fortzufahren: immer wieder das letzte " +
    "Bild, und alles geradeaus, wie es sich zuletzt bewegte, oder bei Menschen die vorigen Bilder noch einmal.",
  "Fill in between": "Dazwischen ausfüllen",
  ["The first four and the last four frames of a clip that it has never seen are given, and the model makes those " +
  "between. Beside it the true clip, and what a cross-fade makes of both ends."]:
    "Die ersten vier und die letzten vier Bilder eines Filmchens, das es nie gesehen hat, sind vorgegeben, und das " +
    "Modell macht die dazwischen. Daneben das wahre Filmchen und das, was eine Überblendung aus beiden Enden macht.",
  "Paint over": "Übermalen",
  ["What you paint over is made anew in all frames, to fit the rest, which stays exactly as it was. If something " +
  "moves through that part, it has to come out again on the other side."]:
    "Was Sie übermalen, wird in allen Bildern neu gemacht, passend zum Rest, der genau so bleibt, wie er war. Bewegt " +
    "sich etwas durch diesen Teil, dann muss es auf der anderen Seite wieder herauskommen.",
  "Another way": "Ein anderer Weg",
  "Only the first frame of the clip is given. Your sentence says how it goes on: the same thing, on another way.":
    "Nur das erste Bild des Filmchens ist vorgegeben. Ihr Satz sagt, wie es weitergeht: dasselbe Ding, auf einem " +
    "anderen Weg.",
  "Another thing": "Ein anderes Ding",
  ["The whole clip is put under part of the noise, and the model finds its way back from there with your sentence. " +
  "With the right amount of noise the way stays and the thing is another."]:
    "Das ganze Filmchen wird unter einen Teil des Rauschens gelegt, und das Modell findet von dort mit Ihrem Satz " +
    "zurück. Mit der richtigen Menge Rauschen bleibt der Weg, und das Ding ist ein anderes.",
  Clip: "Filmchen",
  Altered: "Verändert",
  "True clip": "Wahres Filmchen",
  Model: "Modell",
  "Last frame repeated": "Letztes Bild wiederholt",
  "Straight on": "Geradeaus",
  "The same again": "Noch einmal dasselbe",
  "Cross-fade": "Überblendung",
  "Two things": "Zwei Dinge",

  // Sentences and data
  "“going” is missing behind what moves": "hinter dem, was sich bewegt, fehlt „going“",
  "a digit from 0 to 9, a colour and a shape, or a person is missing":
    "eine Ziffer von 0 bis 9, eine Farbe und eine Form oder eine Person (a person) fehlt",
  "a colour of what is worn, or “walking”, is missing": "eine Farbe dessen, was getragen wird, oder „walking“ fehlt",
  "hair, shirt or trousers is missing behind the colour": "hinter der Farbe fehlt hair, shirt oder trousers",
  "somebody who walks is alone": "wer geht, ist allein",
  "something that is worn is said twice": "etwas, das getragen wird, ist zweimal gesagt",
  "“walking” is missing behind the person": "hinter der Person fehlt „walking“",
  "a side is missing: up, down, left or right": "eine Seite fehlt: up, down, left oder right",
  "a shape is missing behind the colour": "hinter der Farbe fehlt eine Form",
  "a way is missing: up, down, left or right": "eine Richtung fehlt: up, down, left oder right",
  "left or right is missing behind “and”": "hinter „and“ fehlt left oder right",
  "it holds no clips": "er enthält keine Filmchen",
  "it is made of small grey images of digits, and there are none":
    "er entsteht aus kleinen grauen Bildern von Ziffern, und es gibt keine",
  "its clips are of another size than this model's": "seine Filmchen haben eine andere Größe als die dieses Modells",

  // A reader's own
  "its frames do not have the size that is stated": "seine Bilder haben nicht die angegebene Größe",
  "there is nothing to be seen in it": "es ist nichts darin zu sehen",
  "This clip cannot be used: {reason}.": "Dieses Filmchen lässt sich nicht verwenden: {reason}.",
  "it is no film that this browser can read": "es ist kein Film, den dieser Browser lesen kann",
  "Use a GIF, or a video as MP4 or WebM.": "Nehmen Sie ein GIF, oder ein Video als MP4 oder WebM.",
  "Cut it shorter, or save it smaller.": "Kürzen Sie es, oder speichern Sie es kleiner.",
  "it is larger than 64 MB": "es ist größer als 64 MB",
  "this browser does not take GIFs apart": "dieser Browser zerlegt keine GIFs",
  "Use a video as MP4 or WebM.": "Nehmen Sie ein Video als MP4 oder WebM.",
};
