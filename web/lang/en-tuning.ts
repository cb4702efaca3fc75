import { sentence } from "./sentence";

/** Going on from a model. */
export const tuning = {
  goOnTraining: "Fine-tune it",
  tuneNote: sentence(
    "The model goes on learning from this text. What it was before stays at hand:",
    "in the view Write a slider leads from before to after.",
  ),
  learnsOn: sentence(
    "The model learns on this machine, in this page; neither your text nor anything else is sent anywhere.",
    "It begins with what it knows; what it writes below is begun at the same seed at every moment.",
  ),
  tuning: "Fine-tuning",
  saveAdapter: "Save adapter",
  adapterHelp: "The adapter alone, a small file; it needs the model that it was trained on.",
};
