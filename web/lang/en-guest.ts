import { sentence } from "./sentence";

/** What is said of models out of other programs' files. */
export const guest = {
  openGuest: "Open it",
  leaveGuest: "Leave it",
  guestSize: sentence(
    "The file has {bytes}, {millions} million weights. Open, it takes up to {memory} of memory, looks back on",
    "{context} tokens, and writes about {rate} tokens a second here. Nothing leaves this machine.",
  ),
  encoderSize: sentence(
    "The file has {bytes}, {millions} million weights. Open, it takes up to {memory} of memory, reads {context}",
    "tokens of a sentence, and about {rate} tokens a second here. Nothing leaves this machine.",
  ),
  fetchGuest: "Load it",
  offeredSize: sentence(
    "The model has {bytes} and {millions} million weights. It comes from this site, once, and computes on this",
    "machine; what you type stays here.",
  ),
  stopFetching: "Stop",
  yourQuery: "Your sentence",
  itsSentence: "In English, which is what this model knows. Nothing of it leaves this machine.",
  rankNumbers: "Numbers about it",
  rankedBy: "What it is compared with, the nearest first",
  passagesOf: "In {n} passages of the chapters",
  reply: "Your reply",
  sendReply: "Reply",
} as const;
