/** Was über Modelle aus Dateien anderer Programme gesagt wird. */
export const guest = {
  openGuest: "Öffnen",
  leaveGuest: "Lassen",
  guestSize:
    "Die Datei hat {bytes}, {millions} Millionen Gewichte. Geöffnet braucht sie bis zu {memory} Speicher, blickt auf " +
    "{context} Token zurück und schreibt hier etwa {rate} Token in der Sekunde. Nichts verlässt dieses Gerät.",
  reply: "Ihre Antwort",
  sendReply: "Antworten",
};
