/** Of the voice. */
export const speech: Record<string, string> = {
  "it must lie between {least} and {most}": "er muss zwischen {least} und {most} liegen",
  "no voice has been handed over": "es wurde keine Stimme übergeben",
  "the table {name} cannot be read": "die Tabelle {name} ist nicht lesbar",
  "the tagger's weights do not fit": "die Gewichte des Taggers passen nicht",
  "its alphabets cannot be used": "seine Alphabete sind nicht verwendbar",
  "it has {length} characters, and the voice takes {LONGEST_TEXT} at a time":
    "er hat {length} Zeichen, und die Stimme nimmt {LONGEST_TEXT} auf einmal",
  "Let it read a part of it.": "Lassen Sie sie einen Teil davon lesen.",
  "there is nothing in it": "es steht nichts darin",
  "Write a sentence.": "Schreiben Sie einen Satz.",
  "The voice reads English, in Latin letters.": "Die Stimme liest Englisch, in lateinischen Buchstaben.",
  "most of its letters are of another script": "die meisten Buchstaben gehören zu einer anderen Schrift",
  "its form is “{found}”, not “{format}”": "seine Form ist „{found}“, nicht „{format}“",
  "it has no “{key}”": "ihm fehlt „{key}“",
  "{name} is {found}, not {shape}": "{name} ist {found}, nicht {shape}",
  "{name} is of type {other}": "{name} ist vom Typ {other}",
  "{name} is not {count} numbers": "{name} sind nicht {count} Zahlen",
  "{name} cannot be unpacked: {e}": "{name} lässt sich nicht entpacken: {e}",
  "there is nothing in it that can be said": "es steht nichts darin, was sich sprechen lässt",
};
