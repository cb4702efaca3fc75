#!/usr/bin/env bash
# react-dom 19.3.1: what a server has rendered is hydrated without the listeners and properties of custom elements.
#
# Since React 19 a custom element takes `onready={…}` as a listener of its event "ready", and an object as a property.
# That holds for elements that React makes itself. For those that it finds in the page, `hydrateRoot` attaches neither,
# and warns of nothing, in development as little as in production, whether or not the element is defined by then; only
# the events that all elements have (`onClick`) are heard. A later rendering attaches a listener if it is another
# function than before, which an arrow function in a component always is, so that whatever makes the component render
# once more hides the fault. Known since January 2026 (https://github.com/react/react/issues/35446) and open; the
# documentation does not speak of it. What helps is a `ref` that calls `addEventListener`.
#
# Needs Node.js with npm and a network.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --ignore-scripts --save-exact react@19.3.1 react-dom@19.3.1 jsdom@27.0.0 >/dev/null
cat >hydrate.mjs <<'JS'
import { JSDOM } from "jsdom";
import React from "react";
import { renderToString } from "react-dom/server";

const { window } = new JSDOM("<!doctype html>", { pretendToBeVisual: true });
for (const name of ["window", "document", "navigator"])
  Object.defineProperty(globalThis, name, { value: name === "window" ? window : window[name], configurable: true });
const { createRoot, hydrateRoot } = await import("react-dom/client");
window.customElements.define("x-widget", class extends window.HTMLElement {
  set model(model) {
    this.got = model.name;
  }
});

let again;
const App = ({ heard }) => {
  const [, set] = React.useState(0);
  again = () => set((n) => n + 1);
  const listeners = { onready: () => heard.push("ready"), onClick: () => heard.push("click") };
  return React.createElement("x-widget", { ...listeners, model: { name: "vae" }, label: "a" });
};
const settled = () => new Promise((done) => setTimeout(done, 100));

/** What is heard of an element's events, and what its property was given. */
async function told(place, heard) {
  await settled();
  heard.length = 0;
  for (const type of ["ready", "click"]) place.firstChild.dispatchEvent(new window.Event(type, { bubbles: true }));
  return `${heard.join(", ")}; property: ${place.firstChild.got}`;
}
const place = () => document.body.appendChild(document.createElement("div"));

const [made, found, heard] = [place(), place(), []];
createRoot(made).render(React.createElement(App, { heard }));
console.log(`made by React: ${await told(made, heard)}`);
found.innerHTML = renderToString(React.createElement(App, { heard }));
hydrateRoot(found, React.createElement(App, { heard }));
console.log(`hydrated: ${await told(found, heard)}`);
again();
console.log(`rendered once more: ${await told(found, heard)}`);
JS
expected='made by React: ready, click; property: vae
hydrated: click; property: undefined
rendered once more: ready, click; property: vae'
for mode in development production; do
  found=$(NODE_ENV=$mode node hydrate.mjs 2>&1)
  printf '%s\n%s\n' "$mode" "$found"
  [[ $found == "$expected" ]] || {
    echo "React does otherwise now" >&2
    exit 1
  }
done
