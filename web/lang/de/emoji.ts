/** Of emoji and their words: what data and options declare, and what errors say of them. */
export const emoji: Record<string, string> = {
  "Emoji in three hands": "Emoji in drei Handschriften",
  Noto: "Noto",
  Fluent: "Fluent",
  Twemoji: "Twemoji",
  Squares: "Quadrate",
  ["Let squares of 2 × 2 pixels be channels of the U-Net, whose first level then works on half the height and width: " +
  "a quarter of the work, for images with little in their single pixels."]:
    "Quadrate von 2 × 2 Pixeln sind Kanäle des U-Nets, dessen erste Ebene dann auf der halben Höhe und Breite " +
    "arbeitet: ein Viertel der Arbeit, für Bilder, bei denen wenig an einzelnen Pixeln hängt.",

  // Free text
  "smiling cat with heart eyes": "smiling cat with heart eyes",
  "“{word}” is none of the {a} words it has learned; near to it are {b}":
    "„{word}“ ist keines der {a} Wörter, die es gelernt hat; nahe liegen {b}",
  "{CONTEXT} words are the most": "mehr als {CONTEXT} Wörter sind nicht möglich",
  "there is no word in it": "es ist kein Wort darin",

  // Data
  "its captions do not belong to its images and words":
    "seine Beschriftungen gehören nicht zu seinen Bildern und Wörtern",
  "it does not say what its words are": "er sagt nicht, was seine Wörter sind",
  "the caption “{caption}” is too long or not of its words":
    "die Beschriftung „{caption}“ ist zu lang oder nicht aus seinen Wörtern",
  "it does not hold enough pictures with names": "er enthält nicht genug Bilder mit Namen",
};
