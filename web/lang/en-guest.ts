import { sentence } from "./sentence";

/** What is said of models out of other programs' files. */
export const guest = {
  openGuest: "Open it",
  leaveGuest: "Leave it",
  guestSize: sentence(
    "The file has {bytes}, {millions} million weights. Open, it takes up to {memory} of memory, looks back on",
    "{context} tokens, and writes about {rate} tokens a second here. Nothing leaves this machine.",
  ),
  reply: "Your reply",
  sendReply: "Reply",
} as const;
