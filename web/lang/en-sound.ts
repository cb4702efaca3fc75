/** What is said of sounds that are pictures. */
export const sound = {
  hearMade: "Made by the model",
  hearGiven: "Recordings that it has never seen",
  hearNumber: "sound {n}",
  hearOne: "Hear {name}",
  hearAll: "Play all",
  hearHeld: "The browser does not let sound begin yet. Press once more.",
  recordOwn: "Or say words yourself",
  recordBegin: "Record a word",
  recordEnd: "Stop recording",
  recordNow: "Speak now.",
  recordSoFar: {
    one: "{n} is recorded; at least {least} are needed.",
    other: "{n} are recorded; at least {least} are needed.",
  },
  recordEnough: { one: "{n} is recorded.", other: "{n} are recorded." },
  recordHelp: "Write above what you say, press, and say it: its loudest second is kept. Or choose or drop WAV files.",
  recordRemove: "Take {name} away",
  recordTaken: "{n} seconds of sound: {train} to learn from, {heldOut} held out.",
  recordings: "What you have recorded",
} as const;
