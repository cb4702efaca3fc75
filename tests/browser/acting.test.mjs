// An agent that is told what to do: it acts, is steered, goes on, and says what it does not understand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { closePage, openPage, startBrowser, startSite, until } from "./harness.mjs";

const site = await startSite();
const browser = await startBrowser();

const html = (attributes) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>a</title><link rel="icon" href="data:,">` +
  `<meta name="viewport" content="width=device-width, initial-scale=1">` +
  `<script type="module" src="element.js"></script>` +
  `<body><generative-model id="m" backend="cpu" ${attributes}></generative-model>`;

test("an instruction is followed step by step, and the reader can take the controls", async () => {
  site.answers.set("f.html", html('model="agent-rooms" view="follow" seed="3"'));
  const page = await openPage(browser, site, { path: "f.html", viewport: { width: 1000, height: 1000 } });
  const model = page.locator("#m");
  const slider = model.getByRole("slider", { name: "Step" });
  const steps = async () => Number(await slider.getAttribute("max").catch(() => 0));
  await until(async () => (await steps()) > 0, "it has acted");
  const end = async () => {
    await slider.fill(String(await steps()));
    return (await model.locator(".outcome").textContent()).trim();
  };
  assert.match(await end(), /^Done\. It took \d+ steps, and the expert takes \d+\.$/);

  // What may be done adds up to one, and words are marked.
  await slider.fill("0");
  const chances = await model.locator(".deed .chance").evaluateAll((all) => all.map((e) => parseFloat(e.style.width)));
  const sum = chances.reduce((a, b) => a + b, 0);
  assert.equal(chances.length, 6);
  assert.ok(Math.abs(sum - 100) < 0.5, `${chances}`);
  const marked = await model.locator(".told-mission span").evaluateAll((all) => all.filter((e) => e.style.background));
  assert.ok(marked.length > 0);

  // Something else than it would: the step after it is the reader's, and the agent goes on.
  const pressed = () => model.locator(".deed[aria-pressed=true]").first().textContent();
  const before = await pressed();
  const other = /^left/.test(before.trim()) ? "right" : "left";
  await model.locator(".deed", { hasText: new RegExp(`^\\s*${other}`) }).click();
  await until(async () => (await slider.inputValue()) === "1", "one step on");
  await slider.fill("0");
  await until(async () => (await pressed()).includes("by you"), "the first step was the reader's");
  assert.ok((await steps()) > 1, "it went on");
  await slider.fill("1");
  await model.locator(".deed").first().focus();
  await page.keyboard.press("ArrowRight");
  await until(async () => (await slider.inputValue()) === "2", "a key steers too");

  // What it said becomes the mission, and the reader changes it: of a longer plan it is told part by part.
  const mission = model.getByLabel("Mission", { exact: true });
  const plan = (await model.locator(".plan q").textContent()).trim();
  assert.match(plan, /^(go to|pick up|open) the /);
  await model.getByRole("button", { name: "Change this plan" }).click();
  assert.equal(await mission.inputValue(), plan);
  assert.ok(await mission.evaluate((field) => field === field.getRootNode().activeElement), "it can be typed in");
  const [first] = plan.split(", then ");
  const noun = first.replace(/^(go to|pick up|open) /, "");
  const long = [first, ...Array(3).fill(`go to ${noun}`)].join(", then ");
  await mission.fill(long);
  const told = model.locator(".told-mission");
  await until(async () => (await told.getAttribute("aria-label")) === long, "the longer plan is taken up");
  await until(async () => (await told.locator("span").count()) > 15, "all its words are there");
  await mission.fill("");

  // Missions of the reader's own.
  const refused = model.locator(".notice[data-code]");
  for (const typed of ["make me a sandwich", "<img src=x onerror=alert(1)>", "go to the pink ball"]) {
    await mission.fill(typed);
    await until(async () => (await refused.count()) === 1, "it says what it understands");
    assert.equal(await refused.getAttribute("data-code"), "bad-option");
    assert.equal(await mission.inputValue(), typed, "what was typed stays");
    await mission.fill("");
    await until(async () => (await refused.count()) === 0 && (await steps()) > 0, "the world's own mission");
  }
  const colours = ["red", "green", "blue", "purple", "yellow", "grey"];
  let impossible = "";
  for (const colour of colours) {
    await mission.fill(`go to the ${colour} box`);
    await until(
      async () => (await model.locator(".told-mission").textContent()).includes(`${colour} box`),
      "the mission is taken",
    );
    const said = await end();
    if (/there is no/.test(said)) impossible = said;
  }
  assert.match(impossible, /^This cannot be done: there is no \w+ box in this world\.$/);
  await closePage(page);
});

test("the world is changed under an agent by mouse, keys and form, and a link repeats it", async () => {
  site.answers.set("c.html", html('model="agent-rooms" view="follow" seed="3" text="go to the door"'));
  const page = await openPage(browser, site, { path: "c.html", viewport: { width: 1000, height: 1000 } });
  const model = page.locator("#m");
  const slider = model.getByRole("slider", { name: "Step" });
  const steps = async () => Number(await slider.getAttribute("max").catch(() => 0));
  await until(async () => (await steps()) > 1, "it has acted");
  await slider.fill("1");
  const toggle = model.getByRole("button", { name: "Change the world" });
  await toggle.click();
  assert.equal(await toggle.getAttribute("aria-pressed"), "true");
  const cells = model.locator(".cells");
  const made = () => model.locator(".changing .shown q").allTextContents();
  const name = async () => (await model.locator("#chosen-cell").textContent()).replace(/\s+/g, " ").trim();

  // By keys: the first floor that is found becomes a ball.
  await cells.focus();
  await until(async () => /^Column 1, row 1: \w/.test(await name()), "a cell is chosen");
  for (let i = 0; i < 30 && !/: floor$/.test(await name()); i++)
    await page.keyboard.press(i % 4 === 3 ? "ArrowDown" : "ArrowRight");
  const at = /^Column (\d+), row (\d+): floor$/.exec(await name());
  assert.ok(at, await name());
  await model.getByLabel("Make it").selectOption("purple ball");
  await model.getByRole("button", { name: "Change", exact: true }).click();
  await until(async () => (await made()).length === 1, "it is another world");
  assert.deepEqual(await made(), [`${at[1]},${at[2]}: floor → purple ball`]);
  assert.equal(await slider.inputValue(), "1", "the moment stays");
  assert.match(await model.locator(".changing").textContent(), /From step 1 on the world is another/);
  assert.equal(await model.locator(".eras .turn").count(), 1);

  // By keys it is taken up and set down; by mouse it is carried on.
  const [x, y] = [Number(at[1]), Number(at[2])];
  await cells.focus();
  await page.keyboard.press("Enter");
  await until(async () => (await model.locator(".cells .held").count()) === 1, "it is taken up");
  await page.keyboard.press("Escape");
  const box = await cells.boundingBox();
  const frame = await model.locator(".cells .chosen").boundingBox();
  const middle = (dx, dy) => [frame.x + frame.width * (0.5 + dx), frame.y + frame.height * (0.5 + dy)];
  assert.ok(box && frame && frame.width > 10);
  const free = [
    [1, 0],
    [0, 1],
    [-1, 0],
    [0, -1],
  ];
  for (const [dx, dy] of free) {
    if ((await made()).length > 1) break;
    await page.mouse.move(...middle(0, 0));
    await page.mouse.down();
    await page.mouse.move(...middle(dx, dy), { steps: 4 });
    await page.mouse.up();
    await until(
      async () => (await made()).length > 1 || (await model.locator(".notice[data-code]").count()) > 0,
      "moved or told",
    );
  }
  assert.match((await made())[1], new RegExp(`^${x},${y}: purple ball → \\d+,\\d+$`));

  // A wall around the world stays: that is told, and nothing is lost.
  await slider.fill("1");
  const before = await made();
  await page.evaluate(() => document.querySelector("#m").setAttribute("changes", "1:0,0 floor"));
  const refused = model.locator(".notice[data-code=bad-option]");
  await until(async () => (await refused.count()) === 1, "it is refused with a sentence");
  assert.match(await refused.textContent(), /the wall around the world stays/);
  const written = before.length;
  assert.equal(written, 2);

  // A link with the changes shows the same.
  const changes = `1:${x},${y} purple ball`;
  site.answers.set(
    "d.html",
    html(`model="agent-rooms" view="follow" seed="3" text="go to the door" changes="${changes}"`),
  );
  const again = await openPage(browser, site, { path: "d.html", viewport: { width: 1000, height: 1000 } });
  const told = () => again.locator("#m .changing .shown q").allTextContents();
  await until(async () => (await told()).length === 1, "it is changed from the beginning");
  assert.deepEqual(await told(), [`${x},${y}: floor → purple ball`]);
  await again.locator("#m").getByRole("button", { name: "Take back" }).click();
  await until(async () => (await told()).length === 0, "and as it was");
  await closePage(again);
  await closePage(page);
});

test("an agent learns in the page", async () => {
  site.answers.set("l.html", html('family="agent" data="rooms" n-embd="32" n-layer="1" n-head="2" view="train"'));
  const page = await openPage(browser, site, { path: "l.html", viewport: { width: 1000, height: 1000 } });
  const model = page.locator("#m");
  await model
    .getByRole("button", { name: /^Train/ })
    .last()
    .click();
  const step = () => page.evaluate(() => document.querySelector("#m").info?.step ?? 0);
  await until(async () => (await step()) > 20, "it learns");
  await page.evaluate(() => document.querySelector("#m").pause());
  await model.getByRole("tab", { name: "Follow an instruction" }).click();
  await until(async () => (await model.locator(".told-mission span").count()) > 2, "it acts");
  await closePage(page);
});

test("an agent is asked what it sees, and says what it does not understand", async () => {
  site.answers.set("s.html", html('model="agent-sees" view="see" seed="3"'));
  const page = await openPage(browser, site, { path: "s.html", viewport: { width: 1000, height: 1000 } });
  const model = page.locator("#m");
  const question = model.getByLabel("Your question", { exact: true });
  const answers = () => model.locator(".titled figcaption").allTextContents();
  await until(async () => (await answers()).length > 1, "it describes its views");
  assert.equal(await question.inputValue(), "what do you see?");
  for (const answer of await answers()) assert.match(answer, /^(nothing|an?) .* · \d+ %/);
  await question.fill("Is the door before you open?");
  await until(async () => (await answers()).every((a) => /^(yes|no|there is no door) · \d+ %/.test(a)), "it answers");

  const refused = model.locator(".notice[data-code]");
  for (const typed of ["who are you?", "<img src=x onerror=alert(1)>", "where is the pink ball?"]) {
    await question.fill(typed);
    await until(async () => (await refused.count()) === 1, "it says what it understands");
    assert.equal(await refused.getAttribute("data-code"), "bad-option");
    assert.equal(await question.inputValue(), typed, "what was typed stays");
    await question.fill("what do you carry?");
    await until(async () => (await refused.count()) === 0, "and goes on");
  }
  assert.ok((await model.getByRole("tab", { name: "Ask what it sees" }).count()) === 1);
  await closePage(page);

  // One without a voice is not asked, and what the other sees stands beside what it does.
  site.answers.set("n.html", html('model="agent-rooms" view="follow" seed="3"'));
  const silent = await openPage(browser, site, { path: "n.html", viewport: { width: 1000, height: 1000 } });
  await until(async () => (await silent.locator("#m .told-mission span").count()) > 2, "it acts");
  assert.equal(await silent.locator("#m .sees").count(), 0);
  assert.equal(await silent.getByRole("tab", { name: "Ask what it sees" }).count(), 0);
  await closePage(silent);
  site.answers.set("b.html", html('model="agent-sees" view="follow" seed="3"'));
  const both = await openPage(browser, site, { path: "b.html", viewport: { width: 1000, height: 1000 } });
  await until(async () => (await both.locator("#m .sees q").count()) > 0, "it says what it sees");
  assert.match(await both.locator("#m .sees q").first().textContent(), /^(nothing|an?) /);
  await closePage(both);
});
