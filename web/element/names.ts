/** Attributes of the element itself; every other one is a parameter of a view or an option of the model. */
export const OWN: readonly string[] = ["model", "src", "view", "views", "seed", "count", "backend", "controls", "refresh", "columns"];

/** Attributes that any HTML element may have. */
export const GLOBAL = /^(id|class|style|slot|part|title|lang|dir|hidden|inert|tabindex|role|is|exportparts|draggable|translate|contenteditable|popover|accesskey|autofocus|nonce|spellcheck|item.*|data-.*|aria-.*|on.*|xml.*|defer-hydration)$/i;

/** Names that a URL may carry for the element. */
export const linkable = (name: string) =>
  /^[a-z][a-z0-9_-]{0,39}$/.test(name) && !GLOBAL.test(name) && !["src", "views", "controls", "refresh", "columns"].includes(name);
