// Models of other programs: what is told before one is opened, what it then does, and what broken files do.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { closePage, openPage, startBrowser, startSite, until } from "./harness.mjs";

const site = await startSite();
const browser = await startBrowser();
const at = (name) => fileURLToPath(new URL(`../reference/opened/${name}`, import.meta.url));

/** The page with its figure drawn. */
async function open() {
  const page = await openPage(browser, site, { path: "foundation.html" });
  const model = page.locator("#guest-model");
  await model.scrollIntoViewIfNeeded();
  await until(
    async () => (await model.locator(".sheet").textContent())?.length > 50,
    "the model of Shakespeare writes",
  );
  const choose = (...names) => model.locator('.facts input[type="file"]').setInputFiles(names);
  return { page, model, choose, asked: model.locator(".guest"), tabs: model.getByRole("tab") };
}

test("a GGUF file says how large it is, is opened, chats, and is looked into", async () => {
  const { page, model, choose, asked, tabs } = await open();
  await choose(at("qwen3.gguf"));
  await until(() => asked.isVisible(), "the reader is asked");
  const told = await asked.textContent();
  assert.match(told, /qwen3 \(qwen3, F16, GGUF\)/);
  assert.match(told, /0\.3 MB, 0 million weights/);
  assert.equal(await tabs.filter({ hasText: "Train" }).count(), 1, "the model before is still there");
  await asked.getByRole("button", { name: "Open it" }).click();
  await until(async () => (await tabs.filter({ hasText: "Train" }).count()) === 0, "it is not trained");
  assert.equal(await asked.count(), 0);
  // What it writes by itself comes first; what is typed before its field stands there is lost.
  await until(async () => (await model.getByRole("button", { name: "Stop" }).count()) === 0, "it is at rest");
  await model.getByLabel("Begin with").fill("slow lower");
  await model.getByLabel("Begin with").press("Control+Enter");
  const sheet = model.locator(".sheet");
  const first = "<|im_start|>system\nBe low<|im_end|>\n<|im_start|>user\nslow lower<|im_end|>\n<|im_start|>assistant\n";
  await until(async () => (await sheet.textContent()).startsWith(first), "it was asked in its form");
  await until(async () => (await model.getByRole("button", { name: "Stop" }).count()) === 0, "it has written");
  await model.getByLabel("Your reply").fill("low");
  await model.getByRole("button", { name: "Reply", exact: true }).click();
  await until(async () => (await sheet.textContent()).includes("user\nlow<|im_end|>"), "the reply stands there");
  await tabs.filter({ hasText: "Read" }).click();
  await until(async () => (await model.locator(".tokens span, .script span").count()) > 3, "tokens are read");
  await tabs.filter({ hasText: "Attention" }).click();
  await until(() => model.locator("canvas").first().isVisible(), "heads are seen");
  assert.equal(await model.locator(".notice").count(), 0);
  await closePage(page);
});

test("safetensors come with what belongs to them; what is missing or broken is told", async () => {
  const { page, model, choose, asked, tabs } = await open();
  await choose({ name: "broken.gguf", mimeType: "", buffer: (await readFile(at("qwen3.gguf"))).subarray(0, 4000) });
  const notice = model.locator('.notice[data-code="bad-model-file"]');
  await until(() => notice.isVisible(), "a sentence");
  assert.equal(await asked.count(), 0);
  assert.equal(await tabs.filter({ hasText: "Train" }).count(), 1);
  await notice.getByRole("button", { name: "Dismiss" }).click();
  // The files of an archive, each by itself.
  const tar = await readFile(at("llama.tar"));
  const files = [];
  for (let head = 0; tar[head];) {
    const name = tar.toString("latin1", head, head + 100).replace(/\0.*/s, "");
    const size = parseInt(tar.toString("latin1", head + 124, head + 135), 8);
    files.push({ name, mimeType: "", buffer: tar.subarray(head + 512, head + 512 + size) });
    head += 512 + Math.ceil(size / 512) * 512;
  }
  await choose(...files.filter(({ name }) => name !== "tokenizer.json"));
  await until(() => asked.isVisible(), "the size of the weights is known");
  await asked.getByRole("button", { name: "Open it" }).click();
  await until(async () => /tokenizer\.json/.test(await notice.textContent()), "what is missing");
  await notice.getByRole("button", { name: "Dismiss" }).click();
  await choose(...files);
  await until(() => asked.isVisible(), "the reader is asked");
  await asked.getByRole("button", { name: "Leave it" }).click();
  assert.equal(await tabs.filter({ hasText: "Train" }).count(), 1);
  await choose(...files);
  await until(() => asked.isVisible(), "the reader is asked again");
  await asked.getByRole("button", { name: "Open it" }).click();
  await until(async () => (await tabs.filter({ hasText: "Train" }).count()) === 0, "it is open");
  await closePage(page);
});
