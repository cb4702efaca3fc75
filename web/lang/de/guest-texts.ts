/** Was über Modelle aus Dateien anderer Programme gesagt wird. */
export const guest = {
  openGuest: "Öffnen",
  leaveGuest: "Lassen",
  guestSize:
    "Die Datei hat {bytes}, {millions} Millionen Gewichte. Geöffnet braucht sie bis zu {memory} Speicher, blickt auf " +
    "{context} Token zurück und schreibt hier etwa {rate} Token in der Sekunde. Nichts verlässt dieses Gerät.",
  encoderSize:
    "Die Datei hat {bytes}, {millions} Millionen Gewichte. Geöffnet braucht sie bis zu {memory} Speicher, liest " +
    "{context} Token eines Satzes und hier etwa {rate} Token in der Sekunde. Nichts verlässt dieses Gerät.",
  fetchGuest: "Laden",
  offeredSize:
    "Das Modell hat {bytes} und {millions} Millionen Gewichte. Es kommt einmal von dieser Website und rechnet auf " +
    "diesem Gerät; was Sie schreiben, bleibt hier.",
  stopFetching: "Anhalten",
  yourQuery: "Ihr Satz",
  itsSentence: "Auf Englisch, denn nur das kann dieses Modell. Nichts davon verlässt dieses Gerät.",
  rankNumbers: "Zahlen dazu",
  rankedBy: "Womit verglichen wird, das Nächste zuerst",
  passagesOf: "In {n} Absätzen der Kapitel",
  reply: "Ihre Antwort",
  sendReply: "Antworten",
};
