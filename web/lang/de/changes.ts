/** Changes of a scene in words: the view, and why one is refused. */
export const changes: Record<string, string> = {
  "Change by words": "Mit Worten ändern",
  ["Say what is to change: make it blue, make the circle a large square, remove the ring, add a green ring left of " +
  "it. What is in the picture is read without a network; the model is told in a sentence what is to be there " +
  "afterwards, and draws anew no more than the part that changes. The first picture is yours."]:
    "Sagen Sie auf Englisch, was sich ändern soll: make it blue, make the circle a large square, remove the ring, " +
    "add a green ring left of it. Was im Bild ist, wird ohne Netz gelesen; das Modell hört in einem Satz, was danach " +
    "da sein soll, und zeichnet nicht mehr neu als den Teil, der sich ändert. Das erste Bild ist Ihres.",
  "what it is to become is missing: a size, a colour or a shape":
    "es fehlt, was daraus werden soll: eine Größe, eine Farbe oder eine Form",
  "a thing to add needs a colour and a shape": "was dazukommt, braucht eine Farbe und eine Form",
  "a change is missing, such as “make it blue”": "es fehlt eine Änderung, etwa „make it blue“",
  "“{word}” is no change; “make”, “remove” and “add” are understood":
    "„{word}“ ist keine Änderung; verstanden werden „make“, „remove“ und „add“",
  "which thing is meant is missing behind “the”": "hinter „the“ fehlt, welches Ding gemeint ist",
  "say which thing is meant: “it”, or “the” and its colour or shape":
    "sagen Sie, welches Ding gemeint ist: „it“, oder „the“ und seine Farbe oder Form",
  "there is no such thing in the picture": "so ein Ding gibt es im Bild nicht",
  "{a} things are meant by that; say which": "damit sind {a} Dinge gemeint; sagen Sie, welches",
  "it is so already": "so ist es schon",
  "something has to stay; an empty picture cannot be said":
    "etwas muss bleiben; ein leeres Bild lässt sich nicht sagen",
  "that would be more things than the model can be told of": "das wären mehr Dinge, als man dem Modell sagen kann",
  "Only models of scenes understand changes": "Nur Modelle von Szenen verstehen Änderungen",
  "there is nothing in the picture that is a thing of scenes, or something else besides":
    "im Bild ist nichts, was in Szenen vorkommt, oder noch etwas anderes",
};
