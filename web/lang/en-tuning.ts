import { sentence } from "./sentence";

/** Going on from a model. */
export const tuning = {
  goOnTraining: "Fine-tune it",
  tuneNote: sentence(
    "The model goes on learning from this text. What it was before stays at hand:",
    "in the view Write a slider leads from before to after.",
  ),
  tuning: "Fine-tuning",
  saveAdapter: "Save adapter",
  adapterHelp: "The adapter alone, a small file; it needs the model that it was trained on.",
};
