// What TypeScript knows of the elements: their classes, and how templates of frameworks write them.
import { declarationsOf } from "./manifest.mjs";
import { comment, key } from "./schema.mjs";

/** What may be written for an attribute: also the text of a number, a switch by its presence. */
function written(text) {
  const wide = { number: "number | string", boolean: 'boolean | "" | "true" | "false"' };
  return `${wide[text] ?? text} | null`;
}

function fieldOf({ name, description, readonly, type }) {
  const text = readonly ? type.text : written(type.text.replace(/ \| null$/, ""));
  return `${comment(description, "  ")}  ${readonly ? "readonly " : ""}${key(name)}: ${text};\n`;
}

function methodOf({ name, description, parameters = [], return: given }) {
  const list = parameters.map(({ name: parameter, type, optional, default: fallback }) => {
    const text = type?.text ?? (fallback === undefined ? "unknown" : typeof JSON.parse(fallback));
    return `${parameter}${optional || fallback !== undefined ? "?" : ""}: ${text}`;
  });
  return `${comment(description, "  ")}  ${name}(${list.join(", ")}): ${given?.type?.text ?? "void"};\n`;
}

/** Names of the interface of an element's events. */
const eventsOf = ({ name }) => `${name.replace("Generative", "")}Events`;

function listenersOf(declaration) {
  const one = (verb, settings) => {
    const end = `    options?: boolean | ${settings},\n  ): void;\n`;
    const typed = (map, event) =>
      `  ${verb}EventListener<E extends keyof ${map}>(\n    type: E,\n` +
      `    listener: (this: ${declaration.name}, event: ${event}) => unknown,\n${end}`;
    const listener = "    listener: EventListenerOrEventListenerObject | null,\n";
    const events = eventsOf(declaration);
    return (
      typed(events, `CustomEvent<${events}[E]>`) +
      typed("HTMLElementEventMap", "HTMLElementEventMap[E]") +
      `  ${verb}EventListener(\n    type: string,\n${listener}${end}`
    );
  };
  return one("add", "AddEventListenerOptions") + one("remove", "EventListenerOptions");
}

function classOf(declaration) {
  const { name, description, members } = declaration;
  const fields = members.filter((m) => m.kind === "field").map(fieldOf);
  const methods = members.filter((m) => m.kind === "method").map(methodOf);
  const body = [...fields, ...methods, listenersOf(declaration)].join("");
  return `${comment(description)}export declare class ${name} extends HTMLElement {\n${body}}\n`;
}

/** `element.d.ts`: the classes, and the names of the elements for `document.querySelector` and its like. */
export function elementTypes(manifest) {
  const all = declarationsOf(manifest);
  const tags = all.map(({ tagName, name }) => `    "${tagName}": ${name};\n`).join("");
  return `import type { Device } from "./client/connection.js";
import type { Fault, ModelInfo, View } from "./client/protocol.js";
import type { LabEvents, ModelEvents } from "./element/surface.js";

export { useFiles } from "./package/files.js";
export type { LabEvents, ModelEvents } from "./element/surface.js";

${all.map(classOf).join("\n")}
declare global {
  interface HTMLElementTagNameMap {
${tags}  }
}
`;
}

/** `attributes.d.ts`: attributes as templates write them. */
export function templateTypes(manifest) {
  const line = ({ name, description, type }) =>
    `${comment(description, "  ")}  ${key(name)}?: ${written(type.text)};\n`;
  const one = ({ name, attributes }) =>
    `/** Attributes of \`${name}\`. */\nexport interface ${name}Attributes {\n${attributes.map(line).join("")}}\n`;
  return `${declarationsOf(manifest).map(one).join("\n")}
/** Listeners of a template: \`onready\` for the event \`ready\`. */
export type Listeners<Events> = {
  [E in keyof Events & string as \`on\${E}\`]?: (event: CustomEvent<Events[E]>) => void;
};

/** The same as Vue names them: \`onReady\`. */
export type VueListeners<Events> = {
  [E in keyof Events & string as \`on\${Capitalize<E>}\`]?: (event: CustomEvent<Events[E]>) => void;
};
`;
}

/** Types of JSX, of templates of Vue and of Svelte, each where its framework looks for them. */
export function frameworkTypes(manifest) {
  const all = declarationsOf(manifest);
  const names = all.map(({ name }) => name);
  const attributes = names.map((n) => `${n}Attributes`).join(", ");
  const uses = `import type { Listeners, VueListeners, ${attributes} } from "./attributes.js";
import type { ${names.join(", ")}, LabEvents, ModelEvents } from "./element.js";
`;
  const each = (indent, type) => all.map((d) => `${indent}"${d.tagName}": ${type(d)};\n`).join("");
  const without = (base, { name }) => `Omit<${base}, keyof ${name}Attributes | keyof HTMLOf${name}> & HTMLOf${name}`;
  const own = all.map((d) => `type HTMLOf${d.name} = ${d.name}Attributes & Listeners<${eventsOf(d)}>;\n`).join("");
  const react = ({ name }) => `React.DetailedHTMLProps<React.HTMLAttributes<${name}>, ${name}>`;
  const vue = (d) => `new () => { $props: HTMLAttributes & ${d.name}Attributes & VueListeners<${eventsOf(d)}> }`;
  return {
    react: `import type * as React from "react";
${uses.replace("VueListeners, ", "")}
${own}
declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
${each("      ", (d) => without(react(d), d))}    }
  }
}
`,
    vue: `import type { HTMLAttributes } from "vue";
${uses.replace("Listeners, VueListeners", "VueListeners").replace(`${names.join(", ")}, `, "")}
declare module "vue" {
  interface GlobalComponents {
${each("    ", vue)}  }
}
`,
    svelte: `import type { HTMLAttributes } from "svelte/elements";
${uses.replace("VueListeners, ", "")}
${own}
declare module "svelte/elements" {
  interface SvelteHTMLElements {
${each("    ", (d) => without(`HTMLAttributes<${d.name}>`, d))}  }
}
`,
  };
}
