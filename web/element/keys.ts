/** Keys that a control has a use for; `true` for all that write. */
const USES: Record<string, readonly string[] | true> = {
  TEXTAREA: true,
  SELECT: true,
  INPUT: true,
  BUTTON: [" ", "Enter"],
  SUMMARY: [" ", "Enter"],
  A: ["Enter"],
};

/**
 * Keeps a key that a part of an element has used, or will, from the page around it. Slide decks and sites with
 * shortcuts leave those alone that go to a field or a button; into a shadow root they cannot see. What leads out of an
 * element goes on: Escape, Tab, and what is pressed with Control, Alt or Meta.
 */
export function keepKeys(event: KeyboardEvent) {
  const { key, ctrlKey, altKey, metaKey, defaultPrevented } = event;
  if (key === "Escape" || key === "Tab" || ctrlKey || altKey || metaKey) return;
  const [target] = event.composedPath();
  const uses = target instanceof Element ? USES[target.tagName] : undefined;
  if (defaultPrevented || uses === true || uses?.includes(key)) event.stopPropagation();
}
