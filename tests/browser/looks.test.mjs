// An element in somebody else's page: its colours, its size, its sharpness, and what fingers and pictures do to it.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { closePage, colours, modelOf, notices, openPage, picture, startBrowser, startSite, until } from "./harness.mjs";

const site = await startSite();
const browser = await startBrowser();

/** Elements alone on a page with a style sheet of its own. */
async function blog(css, html, options = {}) {
  const page = await openPage(browser, site, { path: "alone.html", ...options });
  await page.evaluate(
    ([c, h]) => {
      document.querySelectorAll("link[rel=stylesheet]").forEach((l) => l.remove());
      document.querySelectorAll("meta[name=color-scheme]").forEach((m) => m.remove());
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(c);
      document.adoptedStyleSheets.push(sheet);
      document.body.removeAttribute("class");
      document.body.innerHTML = h;
    },
    [css, html],
  );
  return page;
}
const samples = `<generative-model model="vae-mnist-2d" view="samples" backend="cpu"></generative-model>`;

/** How much of an element's words and canvases can be told from what they stand on (WCAG's contrast). */
const contrasts = (element, ground) =>
  element.evaluate((host, paper) => {
    const luminance = (rgb) => {
      const [r, g, b] = rgb.map((v) => (v <= 10 ? v / 3294 : ((v / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const contrast = (a, b) => {
      const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
      return (high + 0.05) / (low + 0.05);
    };
    // A mixture is computed to numbers in sRGB, whatever the notation.
    const probe = document.body.appendChild(document.createElement("i"));
    const ink = (selector) => {
      const { color } = getComputedStyle(host.shadowRoot.querySelector(selector));
      probe.style.color = `color-mix(in srgb, ${color} 100%, ${color})`;
      return getComputedStyle(probe)
        .color.match(/[\d.]+/g)
        .slice(0, 3)
        .map((v) => Number(v) * 255);
    };
    const canvas = host.shadowRoot.querySelector("canvas");
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d");
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
    let drawn = [0, 0, 0];
    for (let i = 0; i < data.length; i += 4) if (data[i + 3] > 250) drawn = [...data.slice(i, i + 3)];
    return {
      caption: contrast(ink(".caption"), paper),
      tab: contrast(ink("[role=tab][aria-selected=true]"), paper),
      button: contrast(ink("button:not(.primary):not([role=tab])"), paper),
      canvas: contrast(drawn, paper),
    };
  }, ground);
const readable = async (element, ground, what) => {
  for (const [part, value] of Object.entries(await contrasts(element, ground)))
    assert.ok(value >= 4.5, `${what}: ${part} has a contrast of ${value.toFixed(2)}`);
};

describe("colours are those of the page", () => {
  test("a dark page that says nothing of a colour scheme", async () => {
    const page = await blog("body{background:#111;color:#eee}", samples);
    const element = await modelOf(page, "generative-model");
    await until(async () => (await colours(element.locator("canvas").first())) > 5, "samples");
    await readable(element, [17, 17, 17], "dark");
    await closePage(page);
  });

  for (const [how, css, turn] of [
    ["a class with colours", "body{background:#fff;color:#222}.dark body{background:#111;color:#eee}", "class"],
    ["a class with a colour scheme", ":root{color-scheme:light}:root.dark{color-scheme:dark;background:#111}", "class"],
    ["a script that sets the scheme", ":root{color-scheme:light}", "style"],
    [
      "a variable",
      ":root{--i:#222;--p:#fff}:root.dark{--i:#eee;--p:#111}body{color:var(--i);background:var(--p)}",
      "class",
    ],
  ]) {
    test(`a theme that is switched by ${how}`, async () => {
      const page = await blog(css, samples);
      const element = await modelOf(page, "generative-model");
      const canvas = element.locator("canvas").first();
      await until(async () => (await colours(canvas)) > 5, "samples");
      await readable(element, [255, 255, 255], "by day");
      const before = await picture(canvas);
      await page.evaluate((by) => {
        if (by === "class") document.documentElement.classList.add("dark");
        else document.documentElement.style.colorScheme = "dark";
      }, turn);
      await until(async () => (await picture(canvas)) !== before, "the canvas in other colours", 5000);
      await readable(element, [18, 18, 18], "by night");
      await closePage(page);
    });
  }

  test("the reader's own choice", async () => {
    const page = await blog(":root{color-scheme:light dark}", samples);
    const element = await modelOf(page, "generative-model");
    const canvas = element.locator("canvas").first();
    await until(async () => (await colours(canvas)) > 5, "samples");
    const before = await picture(canvas);
    await page.emulateMedia({ colorScheme: "dark" });
    await until(async () => (await picture(canvas)) !== before, "the canvas in other colours", 5000);
    await readable(element, [18, 18, 18], "by night");
    await closePage(page);
  });
});

describe("size", () => {
  for (const css of [
    "figure{display:flex}",
    "figure{display:flex;justify-content:center}",
    "figure{display:grid;justify-items:center}",
    "figure>*{float:left}",
    "figure>*{display:inline-block}",
  ]) {
    test(`full width in ${css}`, async () => {
      const page = await blog(`figure{margin:0;width:600px}${css}`, `<figure>${samples}</figure>`);
      await page.waitForFunction(() => customElements.get("generative-model"));
      const width = await page.locator("generative-model").evaluate((e) => e.getBoundingClientRect().width);
      assert.equal(Math.round(width), 600);
      await closePage(page);
    });
  }

  test("sharp on every screen, and under the page's zoom", async () => {
    const ratio = (canvas) => canvas.evaluate((c) => c.width / (c.getBoundingClientRect().width * devicePixelRatio));
    for (const deviceScaleFactor of [1, 1.25, 2, 3.5]) {
      const page = await blog("body{margin:0}", samples, { deviceScaleFactor, viewport: { width: 700, height: 800 } });
      const element = await modelOf(page, "generative-model");
      const canvas = element.locator("canvas").first();
      await until(async () => (await colours(canvas)) > 5, "samples");
      assert.ok(Math.abs((await ratio(canvas)) - 1) < 0.02, `${deviceScaleFactor}: ${await ratio(canvas)}`);
      if (deviceScaleFactor === 1) {
        await page.evaluate(() => (document.body.style.zoom = "1.5"));
        await until(async () => Math.abs((await ratio(canvas)) - 1) < 0.02, "sharp under zoom", 5000);
        // A window that is taken to another screen.
        await page.evaluate(() => (document.body.style.zoom = ""));
        const devtools = await page.context().newCDPSession(page);
        await devtools.send("Emulation.setDeviceMetricsOverride", {
          // Another width too: this browser does not always tell of another ratio alone.
          width: 690,
          height: 800,
          deviceScaleFactor: 2,
          mobile: false,
        });
        await until(async () => (await page.evaluate(() => devicePixelRatio)) === 2, "the other screen");
        await until(async () => Math.abs((await ratio(canvas)) - 1) < 0.02, "sharp there", 5000);
      }
      await closePage(page);
    }
  });

  test("what a page says of its own text is not meant for the element's", async () => {
    const css = `html { font-size: 62.5% }
      body { margin: 0; width: 700px; white-space: nowrap; direction: rtl; letter-spacing: 4px;
        text-transform: uppercase; text-indent: 30px; word-spacing: 9px }`;
    const page = await blog(css, samples);
    const element = await modelOf(page, "generative-model");
    const found = await element.locator(".caption").evaluate((e) => {
      const s = getComputedStyle(e);
      return {
        ...Object.fromEntries(
          ["whiteSpace", "direction", "letterSpacing", "textTransform", "textIndent"].map((n) => [n, s[n]]),
        ),
        size: parseFloat(s.fontSize),
        inside: e.scrollWidth <= e.clientWidth + 1,
      };
    });
    const { size, ...rest } = found;
    assert.deepEqual(rest, {
      whiteSpace: "normal",
      direction: "ltr",
      letterSpacing: "normal",
      textTransform: "none",
      textIndent: "0px",
      inside: true,
    });
    assert.ok(size >= 13, `${size} pixels`);
    await closePage(page);
  });
});

describe("pointers", () => {
  test("a second finger and the right button draw nothing", async () => {
    const page = await blog(
      "",
      `<generative-model model="vae-mnist" view="reconstruct" backend="cpu"></generative-model>`,
    );
    const element = await modelOf(page, "generative-model");
    await element.getByText("−ELBO").waitFor();
    await element.getByRole("button", { name: "Clear and draw" }).click();
    const ink = await element.locator(".pad").evaluate((pad) => {
      const box = pad.getBoundingClientRect();
      const send = (type, pointerId, x, y, button = 0) =>
        pad.dispatchEvent(
          new PointerEvent(type, {
            pointerId,
            pointerType: button ? "mouse" : "touch",
            button,
            buttons: button ? 2 : 1,
            clientX: box.left + x * box.width,
            clientY: box.top + y * box.height,
            bubbles: true,
          }),
        );
      // One finger draws; two that come together show another part, or here, where they keep their distance, none.
      send("pointerdown", 1, 0.1, 0.1);
      send("pointermove", 1, 0.14, 0.1);
      send("pointerup", 1, 0.14, 0.1);
      send("pointerdown", 1, 0.1, 0.5);
      send("pointerdown", 2, 0.9, 0.9);
      send("pointermove", 1, 0.12, 0.5);
      send("pointermove", 2, 0.92, 0.9);
      send("pointerup", 2, 0.92, 0.9);
      send("pointerup", 1, 0.12, 0.5);
      send("pointerdown", 3, 0.9, 0.1, 2);
      send("pointermove", 3, 0.5, 0.5, 2);
      send("pointerup", 3, 0.5, 0.5, 2);
      const copy = new OffscreenCanvas(pad.width, pad.height).getContext("2d", { willReadFrequently: true });
      copy.drawImage(pad, 0, 0);
      const at = (x, y) => copy.getImageData(Math.round(x * pad.width), Math.round(y * pad.height), 1, 1).data[3];
      const none = { early: at(0.11, 0.5), second: at(0.9, 0.9), between: at(0.5, 0.5), right: at(0.9, 0.1) };
      return { first: at(0.12, 0.1), ...none };
    });
    assert.ok(ink.first > 200, "the first finger draws");
    assert.deepEqual({ ...ink, first: 0 }, { first: 0, early: 0, second: 0, between: 0, right: 0 });
    // Two fingers enlarge what is drawn on, not the page.
    assert.equal(await element.locator(".pad").evaluate((p) => getComputedStyle(p).touchAction), "none");
    await closePage(page);
  });

  test("an empty pad is no error, and shows no old numbers", async () => {
    const page = await blog(
      "",
      `<generative-model model="vae-mnist" view="reconstruct" backend="cpu"></generative-model>`,
    );
    const element = await modelOf(page, "generative-model");
    await element.getByText("−ELBO").waitFor();
    await element.getByRole("button", { name: "Clear and draw" }).click();
    await until(async () => (await element.getByText("−ELBO").count()) === 0, "no old numbers");
    await page.waitForTimeout(500);
    assert.deepEqual(await notices(element), []);
    await closePage(page);
  });
});

describe("pictures", () => {
  /** A picture of a seven, drawn by the page. */
  const seven = (page, ink, ground) =>
    page.evaluate(
      async ([stroke, fill]) => {
        const canvas = document.createElement("canvas");
        canvas.width = canvas.height = 100;
        const g = canvas.getContext("2d");
        if (fill) {
          g.fillStyle = fill;
          g.fillRect(0, 0, 100, 100);
        }
        g.strokeStyle = stroke;
        g.lineWidth = 9;
        g.beginPath();
        g.moveTo(25, 25);
        g.lineTo(75, 25);
        g.lineTo(45, 80);
        g.stroke();
        const blob = await new Promise((done) => canvas.toBlob(done));
        return [...new Uint8Array(await blob.arrayBuffer())];
      },
      [ink, ground],
    );
  const bring = async (page, element, ink, ground) =>
    element.locator('input[accept="image/*"]').setInputFiles({
      name: "seven.png",
      mimeType: "image/png",
      buffer: Buffer.from(await seven(page, ink, ground)),
    });

  test("keep their alpha on the way to the model", async () => {
    const page = await blog(
      "",
      `<generative-model model="vae-mnist" view="reconstruct" backend="cpu"></generative-model>`,
    );
    const element = await modelOf(page, "generative-model");
    await element.getByText("−ELBO").waitFor();
    // What is handed to the worker, as it goes.
    const alphas = await element.evaluate((e) => {
      globalThis.sent = [];
      const view = e.session.view.bind(e.session);
      e.session.view = (query, ...rest) => {
        if (query.inputs?.image?.type === "rgba") globalThis.sent.push(query.inputs.image.pixels.slice());
        return view(query, ...rest);
      };
      return globalThis.sent.length;
    });
    assert.equal(alphas, 0);
    await bring(page, element, "#000", null);
    await until(() => page.evaluate(() => globalThis.sent.length === 1), "the picture");
    const clear = await page.evaluate(
      () => globalThis.sent[0].filter((_, i) => i % 4 === 3 && globalThis.sent[0][i] === 0).length,
    );
    assert.ok(clear > 7000, `${clear} of 10,000 pixels are transparent`);
    assert.deepEqual(await notices(element), []);
    await closePage(page);
  });

  test("that cannot be used are told of, until one can", async () => {
    const page = await blog(
      "",
      `<generative-model model="vae-mnist" view="reconstruct" backend="cpu"></generative-model>`,
    );
    const element = await modelOf(page, "generative-model");
    await element.getByText("−ELBO").waitFor();
    await element
      .locator('input[accept="image/*"]')
      .setInputFiles({ name: "x.png", mimeType: "image/png", buffer: Buffer.from("no picture") });
    await until(async () => (await notices(element)).includes("bad-image"), "an error");
    await bring(page, element, "#000", "#fff");
    await until(async () => (await notices(element)).length === 0, "the error is gone");
    await closePage(page);
  });

  test("where reading canvases is falsified, a drawing is still read, and a picture is said to be no use", async () => {
    const page = await openPage(browser, site, {
      path: "alone.html",
      init: () => {
        for (const kind of [CanvasRenderingContext2D, OffscreenCanvasRenderingContext2D]) {
          const real = kind.prototype.getImageData;
          kind.prototype.getImageData = function (...args) {
            const image = real.apply(this, args);
            for (let i = 0; i < image.data.length; i++) image.data[i] = (i * 97 + 13) % 256;
            return image;
          };
        }
      },
    });
    await page.evaluate(() => {
      document.body.innerHTML =
        '<generative-model model="vae-mnist" view="reconstruct" backend="cpu"></generative-model>';
    });
    const element = await modelOf(page, "generative-model");
    await element.getByText("−ELBO").waitFor();
    const cost = async () => Number((await element.locator(".sum span").last().innerText()).match(/[\d.]+/g).at(-1));
    assert.ok((await cost()) < 150, "the test image");
    await element.getByRole("button", { name: "Clear and draw" }).click();
    const pad = await element.locator(".pad").boundingBox();
    const at = (x, y) => [pad.x + pad.width * x, pad.y + pad.height * y];
    await page.mouse.move(...at(0.3, 0.25));
    await page.mouse.down();
    await page.mouse.move(...at(0.7, 0.25), { steps: 8 });
    await page.mouse.move(...at(0.45, 0.8), { steps: 8 });
    await page.mouse.up();
    await element.getByText("−ELBO").waitFor();
    await page.waitForTimeout(500);
    assert.ok((await cost()) < 200, `a seven costs ${await cost()} nats`);
    await bring(page, element, "#000", "#fff");
    await until(async () => (await notices(element)).includes("bad-image"), "a sentence");
    assert.match(await element.locator(".notice").innerText(), /changes what pages read/);
    await closePage(page);
  });
});
