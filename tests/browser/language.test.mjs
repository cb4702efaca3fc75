// Figures speak the language of the place where they stand, and another one as soon as that is said.
import assert from "node:assert/strict";
import { test } from "node:test";
import { closePage, openPage, startBrowser, startSite, until } from "./harness.mjs";

const site = await startSite();
const browser = await startBrowser();

const page = (body, lang = "en") =>
  `<!doctype html><html lang="${lang}"><meta charset="utf-8"><title>t</title>` +
  `<meta name="viewport" content="width=device-width, initial-scale=1">` +
  `<link rel="icon" href="data:,"><script type="module" src="element.js"></script><body>${body}`;

/** All that a figure says: texts, and what is only heard. */
const said = (locator) =>
  locator.evaluate((element) => {
    const out = [];
    const walk = (node) => {
      if (node.nodeType === Node.TEXT_NODE) out.push(node.textContent);
      if (node instanceof Element) {
        if (["style", "script", "code", "math"].includes(node.localName) || node.matches(".plain, #corpus option"))
          return;
        for (const name of ["aria-label", "title", "placeholder", "aria-roledescription", "label"])
          if (node.hasAttribute(name)) out.push(node.getAttribute(name));
        if (node.shadowRoot) node.shadowRoot.childNodes.forEach(walk);
      }
      node.childNodes.forEach(walk);
    };
    walk(element.shadowRoot);
    return out.map((t) => t.replace(/\s+/g, " ").trim()).filter(Boolean);
  });

/** English words that no German sentence has. */
const ENGLISH = new RegExp(
  `\\b(${[
    "the|of|and|with|from|which|what|is|are|by|each|its",
    "steps?|layers?|noise|loss|points|samples? from|hidden|learning|weights?|draw|open|save|seconds?",
  ].join("|")})\\b`,
  "i",
);
/** Names of the program's own and of papers, which are the same in every language. */
const NAMES = new RegExp(
  [
    "CC[ -]BY|Open Font License|arXiv|et al\\.|Free Bits|Flow Matching",
    "Residual Stream|Weight Decay|Importance-Samples|Open Source",
  ].join("|"),
);
const leftovers = (texts) => texts.filter((text) => ENGLISH.test(text) && !NAMES.test(text));

test("every view of every figure is German where the page is", { timeout: 300_000 }, async () => {
  const figures = [
    ["vae-mnist-2d", `model="vae-mnist-2d"`],
    ["gpt-names", `model="gpt-names" length="40"`],
    ...["vae", "gan", "planar", "realnvp", "ddpm", "mdn"].map((f) => [
      f,
      `family="${f}" data="moons" steps="3" autoplay`,
    ]),
    ["energy", `family="planar" data="u1" steps="3"`],
    ["pixelcnn", `family="pixelcnn"`],
    ["gan-mnist", `model="gan-mnist"`],
    ["ddpm-mnist", `model="ddpm-mnist" steps="4"`],
    ["glow", `family="glow" data="mnist"`],
  ];
  for (const [name, attributes] of figures) {
    site.answers.set("t.html", page(`<generative-model id="m" ${attributes}></generative-model>`, "de"));
    const tab = await openPage(browser, site, { path: "t.html" });
    const model = tab.locator("#m");
    await model
      .locator("[role=tab]")
      .first()
      .waitFor({ timeout: 20_000 })
      .catch((e) => {
        throw new Error(`${name}: ${e.message}`);
      });
    await tab.waitForFunction(() => document.querySelector("#m").info);
    const views = await model.locator("[role=tab]").all();
    for (const view of views) {
      await view.click();
      await tab.waitForTimeout(400);
      await model.locator(".body:not(.waiting)").waitFor();
      assert.deepEqual(leftovers(await said(model)), [], `${name}: ${await view.textContent()}`);
    }
    await closePage(tab);
  }
});

test("the lab is German too, with all of its forms, its table and its experiments", { timeout: 200_000 }, async () => {
  site.answers.set("t.html", page(`<generative-lab id="m" steps="3"></generative-lab>`, "de"));
  const tab = await openPage(browser, site, { path: "t.html" });
  const lab = tab.locator("#m");
  await lab.locator(".tile h3").first().waitFor();
  await lab.getByRole("button", { name: "Start", exact: true }).click();
  await lab.locator("table td").first().waitFor();
  assert.deepEqual(leftovers(await said(lab)), []);
  for (const id of ["vae", "gan", "planar", "realnvp", "ddpm", "mdn"]) {
    await tab.evaluate((family) => document.querySelector("#m").setAttribute("family", family), id);
    await lab.locator(`.tile.large[data-family=${id}] .forms`).waitFor();
    await tab.waitForTimeout(300);
    assert.deepEqual(leftovers(await said(lab)), [], id);
  }
  await lab.getByRole("button", { name: "Selbst zeichnen" }).click();
  assert.deepEqual(leftovers(await said(lab)), []);
  await closePage(tab);
});

test("its own lang, the nearest around it, another one later, and errors", { timeout: 120_000 }, async () => {
  const figure = (id, lang = "") =>
    `<generative-model id="${id}" ${lang} family="mdn" data="moons"></generative-model>`;
  site.answers.set(
    "t.html",
    page(
      `<div lang="de-AT">${figure("near")}${figure("own", 'lang="en"')}</div>${figure("far")}` +
        `<div id="host"></div><script type="module">
          document.querySelector("#host").attachShadow({ mode: "open" }).innerHTML = '${figure("deep")}';
          document.querySelector("#host").lang = "de";
        </script>`,
      "fr",
    ),
  );
  const tab = await openPage(browser, site, { path: "t.html", expected: [/Content Security Policy|inline script/] });
  const button = (id, name) => tab.locator(`#${id}`).getByRole("button", { name, exact: true });
  await button("near", "Neu beginnen").waitFor();
  await button("own", "Start over").waitFor();
  // French is not among the languages.
  await tab.locator("#far").scrollIntoViewIfNeeded();
  await button("far", "Start over").waitFor();
  assert.match(await tab.locator("#near").locator(".facts").innerText(), /\d[.\u00a0]\d{3} Parameter/);
  assert.match(await tab.locator("#own").locator(".facts").innerText(), /\d\u202f\d{3} parameters/);

  await tab.evaluate(() => document.querySelector("#own").setAttribute("lang", "de"));
  await button("own", "Neu beginnen").waitFor();
  await tab.evaluate(() => (document.documentElement.lang = "de"));
  await button("far", "Neu beginnen").waitFor();
  await tab.evaluate(() => document.querySelector("#own").removeAttribute("lang"));
  await tab.evaluate(() => (document.querySelector("#own").parentElement.lang = "en"));
  await button("own", "Start over").waitFor();
  await button("near", "Start over").waitFor();

  const errors = tab.evaluate(
    () =>
      new Promise((told) =>
        addEventListener("error", (e) => e.detail && told(e.detail), { once: true, capture: true }),
      ),
  );
  await tab.evaluate(() => document.querySelector("#far").setAttribute("noise", "900"));
  const notice = tab.locator("#far").locator(".notice");
  await notice.waitFor();
  assert.match(
    await notice.innerText(),
    /„900.0“ kann nicht der Wert von Rauschen sein: er muss zwischen 0,1 und 5,0 liegen\./,
  );
  const told = await errors;
  assert.equal(told.code, "bad-option");
  assert.equal(told.recoverable, true);
  assert.match(told.message, /^„900.0“ kann nicht der Wert von Rauschen sein: er muss zwischen 0,1 und 5,0 liegen\.$/);
  assert.doesNotMatch(told.hint, /\b(the|of|a)\b/);
  tab.site.violations.length = 0;
  await closePage(tab);
});

test("what an event says of an error is in the element's language, before that language has come, too", async () => {
  site.answers.set("t.html", page('<generative-model id="m" model="nobody"></generative-model>', "de"));
  const init = () =>
    addEventListener("error", (e) => e.detail && ((globalThis.told ??= []).push(e.detail), undefined), true);
  const tab = await openPage(browser, site, { path: "t.html", init });
  const told = await until(() => tab.evaluate(() => globalThis.told?.[0]), "the event");
  assert.equal(told.code, "unknown-model");
  assert.equal(told.message, "Es gibt kein Modell namens „nobody“.");
  assert.match(told.hint, /^Wählen Sie/);
  await closePage(tab);
});

test("German words fit where English ones do", { timeout: 200_000 }, async () => {
  for (const width of [390, 1280]) {
    site.answers.set(
      "t.html",
      page(
        `<generative-model id="a" model="vae-mnist-2d" view="train"></generative-model>
         <generative-model id="b" model="gpt-names" view="write" length="60"></generative-model>
         <generative-lab id="c"></generative-lab>`,
        "de",
      ),
    );
    const tab = await openPage(browser, site, { path: "t.html", viewport: { width, height: 900 } });
    for (const id of ["a", "b", "c"]) {
      const figure = tab.locator(`#${id}`);
      await figure.scrollIntoViewIfNeeded();
      await figure.locator("button").first().waitFor();
      await tab.waitForTimeout(500);
      const outside = await figure.evaluate((element) => {
        const { right } = element.getBoundingClientRect();
        const scrolls = (e) =>
          e && (["auto", "scroll"].includes(getComputedStyle(e).overflowX) || scrolls(e.parentElement));
        return [...element.shadowRoot.querySelectorAll("button, label, p, select, legend, h3")]
          .filter((e) => !e.closest(".unseen") && !scrolls(e) && e.getBoundingClientRect().right > right + 1)
          .map((e) => e.textContent.trim().slice(0, 60));
      });
      assert.deepEqual(outside, [], `${id} at ${width}`);
      // What is chosen can be read: a list with this choice alone would not be wider.
      const cut = await figure.evaluate((element) =>
        [...element.shadowRoot.querySelectorAll("select")]
          .filter((select) => select.checkVisibility() && select.selectedOptions[0])
          .filter((select) => {
            const alone = select.cloneNode();
            alone.append(select.selectedOptions[0].cloneNode(true));
            alone.style.cssText = "position: absolute; width: max-content";
            select.after(alone);
            const { offsetWidth } = alone;
            alone.remove();
            return offsetWidth > select.offsetWidth + 1;
          })
          .map((select) => select.selectedOptions[0].textContent.trim()),
      );
      assert.deepEqual(cut, [], `${id} at ${width}`);
    }
    assert.ok(await tab.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `no sideways at ${width}`);
    await closePage(tab);
  }
});

test("another language begins where the reader is, with the figures as they are", async () => {
  const tab = await openPage(browser, site, { path: "text.html?view=read&text=To%20be#write" });
  const figure = tab.locator("#write generative-model");
  await tab.locator(".language").click();
  await tab.waitForURL(/text\.de\.html\?.*view=read.*#write$/);
  await figure.getByText("Ihr Satz").waitFor();
  assert.equal(await figure.evaluate((e) => e.getAttribute("text")), "To be");
  await tab.goto(`${site.url}what.de.html#judging`);
  await tab.locator(".language").click();
  await tab.waitForURL(/what\.html#judging$/);
  await closePage(tab);
});

test("the chapters in German: nothing is wider than the page, and each names itself in both languages", async () => {
  const pages = ["index", "what", "vae", "gan", "flows", "diffusion", "pixels", "text", "lab", "widgets", "alone"];
  for (const width of [390, 920, 1280]) {
    const tab = await openPage(browser, site, { path: "index.de.html", viewport: { width, height: 900 } });
    for (const name of pages) {
      const path = `${name}.de.html`;
      await tab.goto(site.url + path);
      await tab.waitForFunction(() => document.querySelector(".tools") || !document.querySelector(".widget[id]"));
      await tab.waitForFunction(() => customElements.get("generative-model"));
      const { outside, broken, alternates, title } = await tab.evaluate(() => {
        const scrolls = (e) => e && (getComputedStyle(e).overflowX === "auto" || scrolls(e.parentElement));
        const wide = [...document.querySelectorAll("h1, h2, h3, p, li, a, button, dd, math, td, generative-model")]
          .filter((e) => !e.closest(".unseen, .skip") && !scrolls(e))
          .filter((e) => e.getBoundingClientRect().right > innerWidth + 1 || e.scrollWidth > e.clientWidth + 1)
          .filter((e) => getComputedStyle(e).display !== "inline");
        // Words that are broken without a hyphen, for want of room.
        const broken = [...document.querySelectorAll("h1, h2, h3, .contents a, .onward a, .terms button")].flatMap(
          (e) => {
            const texts = [...e.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
            return texts.flatMap((text) =>
              [...text.data.matchAll(/[^\s-]+/g)].filter(({ 0: word, index }) => {
                const range = document.createRange();
                range.setStart(text, index);
                range.setEnd(text, index + word.length);
                return new Set([...range.getClientRects()].map((r) => r.top)).size > 1;
              }),
            );
          },
        );
        return {
          broken: broken.map(([word]) => word),
          outside: wide.map((e) => `${e.localName} ${e.textContent.trim().slice(0, 50)}`),
          alternates: [...document.querySelectorAll("link[rel=alternate][hreflang]")].map((l) => [l.hreflang, l.href]),
          title: document.title,
        };
      });
      assert.deepEqual({ outside, broken }, { outside: [], broken: [] }, `${path} at ${width}`);
      assert.ok(await tab.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${path} at ${width}`);
      assert.doesNotMatch(title, ENGLISH);
      if (name === "alone") continue;
      assert.deepEqual(alternates, [
        ["de", site.url + path],
        ["en", `${site.url}${name}.html`],
      ]);
    }
    await closePage(tab);
  }
});
