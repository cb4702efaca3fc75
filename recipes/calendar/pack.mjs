// Packs how CLDR writes dates and times of day in words into `src/data/calendar/forms.txt`.
//
//     npm pack cldr-dates-full@48.2.0 cldr-core@48.2.0
//     mkdir dates core; tar xzf cldr-dates-full-48.2.0.tgz -C dates; tar xzf cldr-core-48.2.0.tgz -C core
//     node recipes/calendar/pack.mjs dates/package core/package
//
// A language is a line `@code`. After it come its names, `months a|b|…` and `weekdays a|b|…` (from Sunday on); its forms,
// in which letters in braces stand for what is put there ({E} the day of the week, {M} the month, {d}, {y}; {B} the part
// of the day, {h} and {m}); and the parts of the day, `part from before name` in minutes. Spaces that do not break and
// typographic apostrophes are plain ones, since those are on keyboards.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const LANGUAGES = ["en", "de", "fr", "es", "it", "nl", "da", "tr"];
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

const [dates, core] = process.argv.slice(2);
const target = join(import.meta.dirname, "..", "..", "src", "data", "calendar");
const read = (...path) => JSON.parse(readFileSync(join(...path), "utf8"));
const { version, license } = read(dates, "package.json");
const rules = read(core, "supplemental", "dayPeriods.json").supplemental.dayPeriodRuleSet;

const plain = (text) => text.replace(/[\u00a0\u202f]/g, " ").replaceAll("\u2019", "'");
const minutes = (text) => Number(text.split(":")[0]) * 60 + Number(text.split(":")[1]);

/** A pattern of CLDR in the form above. */
function form(pattern) {
  const parts = pattern.match(/'[^']*'|(?<letter>[A-Za-z])\k<letter>*|[^A-Za-z']+/g);
  const known = { EEEE: "E", MMMM: "M", LLLL: "M", d: "d", y: "y", h: "h", mm: "m", B: "B" };
  return parts
    .map((part) => {
      if (part.startsWith("'")) return part.slice(1, -1);
      if (!/[A-Za-z]/.test(part)) return part;
      if (!known[part]) throw new Error(`${pattern}: ${part} is of a kind that is not read`);
      return `{${known[part]}}`;
    })
    .join("");
}

const out = [`# Dates and times of day of CLDR ${version} (npm cldr-dates-full, cldr-core), ${license}; made by recipes/calendar/pack.mjs`];
for (const code of LANGUAGES) {
  const { months, days, dayPeriods, dateFormats, dateTimeFormats } = read(dates, "main", code, "ca-gregorian.json").main[
    code
  ].dates.calendars.gregorian;
  const { availableFormats } = dateTimeFormats;
  out.push(
    `@${code}`,
    `months ${Array.from({ length: 12 }, (_, i) => months.format.wide[i + 1]).join("|")}`,
    `weekdays ${WEEKDAYS.map((day) => days.format.wide[day]).join("|")}`,
    `date ${form(dateFormats.long)}`,
    `weekday ${form(dateFormats.full)}`,
    `day ${form(availableFormats.MMMMd)}`,
    `month ${form(availableFormats.yMMMM)}`,
    `time ${form(availableFormats.Bhm)}`,
  );
  for (const [name, rule] of Object.entries(rules[code])) {
    const text = dayPeriods.format.wide[name];
    if (!text) continue;
    const [from, before] = rule._at ? [minutes(rule._at), minutes(rule._at) + 1] : [minutes(rule._from), minutes(rule._before)];
    out.push(`part ${from} ${before} ${text}`);
  }
}
writeFileSync(join(target, "forms.txt"), plain(out.join("\n")) + "\n");
