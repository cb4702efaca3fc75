// A picture of an element with its parts, slots and colours by number, and what each is, in a table: drawn at build
// time, so that it needs no script and prints.
import { escape } from "./layout.mjs";

const code = (text) => `<code>${escape(text)}</code>`;

/** Places of the numbers, and what they stand for: names, then what that is in each language. */
export const PARTS = [
  [["::part(frame)"], [30, 40], "all of it", "alles zusammen"],
  [["::part(bar)"], [470, 65], "the views, and the model", "die Ansichten und das Modell"],
  [["::part(notices)"], [470, 112], "what went wrong, and what to do next", "was misslang, und was zu tun ist"],
  [["::part(stage)"], [330, 300], "what the view shows", "was die Ansicht zeigt"],
  [["::part(canvas)"], [150, 260], "a picture in it", "ein Bild darin"],
  [
    ['slot="poster"'],
    [240, 200],
    "your own picture, until the first sample is there, without scripts and in print",
    "Ihr eigenes Bild, bis das erste Sample da ist, ohne Skripte und im Druck",
  ],
  [["::part(foot)"], [470, 398], "what lies below", "was darunter liegt"],
  [["::part(caption)"], [60, 398], "a sentence about the view", "ein Satz über die Ansicht"],
  [["--gm-ink"], [125, 65], "text and lines that count", "Text und Linien, auf die es ankommt"],
  [["--gm-soft"], [230, 398], "text that stands back", "Text, der zurücktritt"],
  [["--gm-line"], [30, 88], "rules and borders", "Linien und Ränder"],
  [["--gm-paper"], [440, 180], "the ground of pictures and boxes", "der Grund von Bildern und Feldern"],
  [
    ["--gm-background"],
    [440, 350],
    "the ground of the whole; by itself that of the page",
    "der Grund des Ganzen; von sich aus der der Seite",
  ],
  [
    ["--gm-red", "--gm-blue"],
    [395, 235],
    "the two colours, of the decoder and of the encoder",
    "die beiden Farben, die des Decoders und die des Encoders",
  ],
  [["--gm-data", "--gm-guess"], [395, 265], "data, and what is guessed", "Daten und was geraten ist"],
  [["--gm-font", "--gm-font-size", "--gm-serif"], [395, 205], "the letters", "die Schrift"],
];

const WORDS = {
  en: {
    picture: "An element and its parts, numbered as in the table",
    number: "No.",
    name: "Name",
    what: "What it is",
    table: "Parts, slots and properties",
  },
  de: {
    picture: "Ein Element und seine Teile, nummeriert wie in der Tabelle",
    number: "Nr.",
    name: "Bezeichnung",
    what: "Was es ist",
    table: "Teile, Slots und Eigenschaften",
  },
};

const box = (x, y, w, h, more = "") => `<rect x="${x}" y="${y}" width="${w}" height="${h}" ${more}/>`;
const bar = (x, y, w) => box(x, y, w, 6, 'rx="3" class="words"');

/** The element as it stands in a page, with nothing in it that could be read. */
function drawing(label) {
  const tabs = [50, 160, 260, 330].map((x, i) => bar(x, 62, [60, 44, 52, 70][i])).join("");
  const marks = PARTS.map(
    ([, [x, y]], i) =>
      `<g class="mark"><circle cx="${x}" cy="${y}" r="14"/><text x="${x}" y="${y + 5}">${i + 1}</text></g>`,
  ).join("");
  return `<svg viewBox="0 0 520 440" role="img" aria-label="${escape(label)}">
${box(30, 40, 460, 375, 'class="rule"')}
${tabs}${box(50, 84, 60, 3, 'class="strong"')}
<path class="rule" d="M30 88H490M30 375H490"/>
${box(50, 100, 400, 24, 'class="notice"')}${bar(64, 109, 180)}
<image href="posters/vae-mnist.png" x="60" y="140" width="290" height="217" class="poster"/>
${box(380, 150, 90, 130, 'class="rule"')}${box(380, 300, 90, 34, 'class="strong"')}
${bar(85, 390, 120)}${bar(85, 402, 90)}${box(380, 386, 70, 22, 'class="rule"')}
${marks}</svg>`;
}

/** What stands in place of `<!-- anatomy -->`. */
export function anatomy(lang) {
  const words = WORDS[lang];
  const rows = PARTS.map(([names, , en, de], i) => {
    const cells = [`${i + 1}`, names.map(code).join(", "), escape({ en, de }[lang])];
    return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
  });
  const head = [words.number, words.name, words.what].map((cell) => `<th scope="col">${cell}</th>`).join("");
  return `<figure class="anatomy">
${drawing(words.picture)}
<div tabindex="0" role="region" aria-label="${words.table}"><table class="overview"><thead><tr>${head}</tr></thead>
<tbody>${rows.join("\n")}</tbody></table></div>
</figure>`;
}
