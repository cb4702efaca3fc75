/** Attributes of the element itself; every other one is a parameter of a view or an option of the model. */
export const OWN: readonly string[] = [
  "model",
  "src",
  "family",
  "view",
  "views",
  "seed",
  "count",
  "backend",
  "controls",
  "refresh",
  "columns",
];

/** Attributes that any HTML element may have. */
export const GLOBAL =
  /^(id|class|style|slot|part|title|lang|dir|hidden|inert|tabindex|role|is|exportparts|draggable|translate|contenteditable|popover|accesskey|autofocus|nonce|spellcheck|item.*|data-.*|aria-.*|on.*|xml.*|defer-hydration)$/i;

/** Names that a URL may carry for the element. */
export const linkable = (name: string) =>
  /^[a-z][a-z0-9_-]{0,39}$/.test(name) &&
  !GLOBAL.test(name) &&
  !["src", "family", "views", "controls", "refresh", "columns"].includes(name);

// HTML gives `hidden` to every element, so the option of that name goes by another in attributes.
const ALIASES: readonly (readonly [option: string, attribute: string])[] = [["hidden", "hidden-units"]];

/** The attribute, and the name in a URL, of an option or a parameter. */
export const attributeOf = (option: string) => ALIASES.find(([o]) => o === option)?.[1] ?? option.replaceAll("_", "-");

/** The option or parameter that an attribute is about. */
export const optionOf = (attribute: string) => {
  const name = attribute.replaceAll("_", "-");
  return ALIASES.find(([, a]) => a === name)?.[0] ?? name.replaceAll("-", "_");
};
