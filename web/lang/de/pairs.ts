/** Of pairs to translate, dates and names, and of music that is printed: what is declared, and what errors say. */
export const pairs: Record<string, string> = {
  // Music
  "Pitches told": "Tonhöhen gesagt",
  ["Whether a sixteenth is also told which pitches sound in it and what stood in the one before; then half of the " +
  "training goes from left to right."]:
    "Ob ein Sechzehntel auch erfährt, welche Tonhöhen in ihm klingen und was im vorigen stand; dann geht die Hälfte " +
    "des Trainings von links nach rechts.",
  "A {} does not read music from left to right": "Ein {} liest Musik nicht von links nach rechts",
  "a sentence has {MOST_PHONEMES} phonemes at most": "ein Satz hat höchstens {MOST_PHONEMES} Phoneme",
  "Only music is written as ABC": "Nur Musik wird als ABC geschrieben",
  "Only music is saved as MusicXML": "Nur Musik wird als MusicXML gesichert",

  // Tables of pairs
  "it is longer than {} million bytes": "er ist länger als {} Millionen Byte",
  "Take a part of it.": "Nehmen Sie einen Teil davon.",
  "line 1 names a language “{wrong}”": "Zeile 1 nennt eine Sprache „{wrong}“",
  "Languages have codes such as en or pt-BR.": "Sprachen haben Kürzel wie en oder pt-BR.",
  "it has more than {LINES} lines": "er hat mehr als {LINES} Zeilen",
  "line {number} {fault}": "Zeile {number} {fault}",
  "{} more lines": "{} weitere Zeilen",
  "line 1 names a language twice": "Zeile 1 nennt eine Sprache zweimal",
  "Give each column its own language.": "Geben Sie jeder Spalte ihre eigene Sprache.",
  "it has {n} languages, and {LANGUAGES} at most are taken":
    "er hat {n} Sprachen, und höchstens {LANGUAGES} werden genommen",
  "Leave some columns out.": "Lassen Sie einige Spalten weg.",
  "it has fewer than two lines that begin differently": "er hat keine zwei Zeilen, die verschieden beginnen",
  "Each line needs the same thing in two languages or more, with a tab between: one⇥eins.":
    "In jeder Zeile muss dasselbe in zwei oder mehr Sprachen stehen, mit einem Tabulator dazwischen: one⇥eins.",
  "has no tab": "hat keinen Tabulator",
  "has {} columns and not {columns}": "hat {} Spalten und nicht {columns}",
  "has nothing in column {}": "hat nichts in Spalte {}",
  "has more than {CHARACTERS} characters in column {n}": "hat mehr als {CHARACTERS} Zeichen in Spalte {n}",
  "has a control character in column {}": "hat ein Steuerzeichen in Spalte {}",
  "there are no {what} in “{code}”": "auf „{code}“ gibt es keine {what}",
  numbers: "Zahlen",
  dates: "Daten",
  "it cannot be unpacked": "es lässt sich nicht entpacken",
  "it is no text in UTF-8": "es ist kein Text in UTF-8",
};
