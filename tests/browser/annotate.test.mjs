// The annotator in a browser: labelling by mouse and by keyboard, undo, retraining, and pages that try to break out.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { basename, join } from "node:path";
import { after, before, test } from "node:test";
import { PROGRAM, axeFindings, browser, folder, open, ownPages, run } from "./lib.mjs";

let chromium;
before(async () => (chromium = await browser()));
after(() => chromium.close());

/** Starts an annotator for a folder; the test ends it. */
async function annotate(t, dir) {
  const child = spawn(PROGRAM, ["annotate", "--port", "0", "-q", dir], { stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => child.kill());
  const url = await new Promise((done, fail) => {
    child.stdout.once("data", (text) => done(String(text).trim()));
    child.once("exit", (code) => fail(new Error(`the annotator ended with ${code}`)));
  });
  return { url, origin: new URL(url).origin };
}
function copied(...pages) {
  const dir = folder();
  for (const page of pages) copyFileSync(page, join(dir, basename(page)));
  return dir;
}
const ready = (page) => page.locator("body[data-ready]").waitFor();
/** The annotator's first page, ready to be labelled. */
async function labelling(t, dir) {
  const { url, origin } = await annotate(t, dir);
  const page = await open(chromium);
  await page.goto(url);
  await page.goto(`${origin}/page/0`);
  await ready(page);
  return { page, origin };
}
/** Waits until the annotator has read all pages. Not on the queue's page, which loads itself again then. */
async function allRead(page, origin) {
  const status = async () => (await (await page.request.get(`${origin}/api/status`)).json()).progress;
  await until(async () => ((p) => p.read === p.pages)(await status()), "all pages read");
}
const frameOf = async (page) => (await page.locator("#frame").elementHandle()).contentFrame();

/** The rows of labels.csv, as a CSV reader would see the fields that tests need. */
function rows(dir) {
  const file = join(dir, "labels.csv");
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").trim().split("\n").slice(1);
  return lines.map((line) => {
    const [, page, selector, label, block] = /^([^,]*),("(?:[^"]|"")*"|[^,]*),([^,]*),([^,]*),/.exec(line);
    return { page, selector, label, run: block };
  });
}
const onPage = (dir, name, label) => rows(dir).filter((r) => r.page === name && r.selector && (!label || r.label === label)).length;
const saved = (page) => page.waitForFunction(() => !document.querySelector("[data-do=undo]").disabled);
async function until(what, why) {
  for (let i = 0; i < 100; i++) {
    if (await what()) return;
    await new Promise((go) => setTimeout(go, 50));
  }
  assert.fail(`never: ${why}`);
}

test("twenty blocks of three pages, labelled by mouse and by keyboard, are in labels.csv, also after loading again", async (t) => {
  const pages = ownPages("golden").slice(0, 3);
  const names = pages.map((p) => basename(p));
  const dir = copied(...pages);
  const { url } = await annotate(t, dir);
  const page = await open(chromium);
  await page.goto(url);
  assert.equal(new URL(page.url()).search, "", "the key stays out of the address");
  assert.deepEqual(await axeFindings(page), []);

  // first page: seven blocks by mouse, in the list
  await page.goto(`${new URL(url).origin}/page/0`);
  await ready(page);
  assert.deepEqual(await axeFindings(page), []);
  for (const i of [0, 1, 2, 3]) {
    await page.locator(`#block-${i}`).click();
    await page.getByRole("button", { name: "navigation", exact: false }).click();
  }
  await page.locator("#block-4").click();
  await page.locator("#block-6").click({ modifiers: ["Shift"] });
  await page.locator("[data-label=subscription]").click();
  await until(() => onPage(dir, names[0]) === 7, "seven rows");
  assert.equal(onPage(dir, names[0], "subscription"), 3);

  // second page: seven blocks by keyboard
  await page.goto(`${new URL(url).origin}/page/1`);
  await ready(page);
  for (const key of ["n", "n", "c", "s", "Shift+ArrowDown", "Shift+ArrowDown", "n"]) await page.keyboard.press(key);
  await until(() => onPage(dir, names[1]) === 7, "seven rows");
  assert.deepEqual(["content", "subscription", "navigation"].map((l) => onPage(dir, names[1], l)), [1, 1, 5]);

  // third page: six blocks by clicks in the saved page and keys, and the gate
  await page.goto(`${new URL(url).origin}/page/2`);
  await ready(page);
  const frame = await frameOf(page);
  await frame.locator("[data-tollgate-label]").first().waitFor();
  for (const i of [2, 5, 8]) {
    await frame.locator(`[data-tollgate="${i}"]`).first().click({ force: true });
    await page.locator(`#block-${i}.current`).waitFor();
    await page.keyboard.press("c");
  }
  await frame.locator('[data-tollgate="10"]').first().click({ force: true });
  await page.locator("#block-10.current").waitFor();
  await frame.locator('[data-tollgate="12"]').first().click({ force: true, modifiers: ["Shift"] });
  await page.locator("#block-12.current").waitFor();
  await page.keyboard.press("s");
  await page.keyboard.press("2");
  await until(() => onPage(dir, names[2]) === 6, "six rows");
  await until(() => rows(dir).some((r) => r.page === names[2] && r.selector === "" && r.label === "soft"), "the gate");
  assert.equal(rows(dir).filter((r) => r.selector).length, 20);

  await page.reload();
  await ready(page);
  assert.equal(await page.locator(".block.sure").count(), 6);
  assert.equal(await page.locator(".block.sure.subscription").count(), 3);
  assert.equal(await page.getAttribute("[data-gate=soft]", "aria-pressed"), "true");
  const again = await frameOf(page);
  await again.locator("[data-tollgate-sure]").first().waitFor();
  assert.deepEqual(page.faults, []);
  const dark = await open(chromium, { colorScheme: "dark", storageState: await page.context().storageState() });
  for (const path of ["/", "/page/2"]) {
    await dark.goto(`${new URL(url).origin}${path}`);
    await dark.waitForTimeout(200);
    assert.deepEqual(await axeFindings(dark), [], `${path}, dark`);
  }
  // what it wrote is what the other commands read
  assert.match(run("evaluate", dir), /macro F1/);
});

test("one key labels a whole container, undo takes it back, accept all labels the rest as the model does", async (t) => {
  const [file] = ownPages("golden").slice(-1);
  const dir = copied(file);
  const { page } = await labelling(t, dir);
  const all = await page.locator(".block").count();
  await page.locator("#block-6").click();
  await page.keyboard.press("g");
  const selected = await page.locator(".block.selected").count();
  assert.ok(selected > 1 && selected < all);
  await page.keyboard.press("g");
  assert.ok((await page.locator(".block.selected").count()) > selected);
  await page.locator("#block-6").click();
  await page.keyboard.press("Shift+N");
  await until(() => rows(dir).length === selected, "the container's rows");
  await page.keyboard.press("u");
  await until(() => rows(dir).length === 0, "undo");
  await page.keyboard.press("c");
  await until(() => rows(dir).length === 1, "one row");
  const last = await page.locator(".block.current").getAttribute("id");
  await page.keyboard.press("d");
  assert.notEqual(await page.locator(".block.current").getAttribute("id"), last);
  await page.keyboard.press("Shift+A");
  await until(() => rows(dir).length === all, "all rows");
  await until(async () => (await page.locator(".block.sure").count()) === all, "all blocks shown as labelled");
  await page.locator("[data-do=undo]").click();
  await until(() => rows(dir).length === 1, "undo of accept all");
  await page.locator("#block-6").click();
  await page.keyboard.press("x");
  await until(() => rows(dir).length === 0, "taking a label away");
});

test("retraining from the app shows its progress and scores before and after, and the model works", async (t) => {
  const dir = copied(...ownPages("strange-site").filter((p) => /strange-[1-4]\.html$/.test(p)), ...ownPages("golden").slice(0, 2));
  const labels = (name) => readFileSync(join(ownPages(name)[0], "..", "labels.csv"), "utf8").split("\n").slice(1);
  const mine = [...labels("strange-site"), ...labels("golden")].filter((line) => existsSync(join(dir, line.split(",")[0])) && line);
  writeFileSync(join(dir, "labels.csv"), ["page,selector,label", ...mine, ""].join("\n"));
  const { url } = await annotate(t, dir);
  const page = await open(chromium);
  await page.goto(url);
  await page.locator("#reading").waitFor({ state: "hidden" });
  await page.locator("#train").click();
  await page.locator("#training-progress:not([hidden])").waitFor();
  assert.ok(await page.locator("#train").isDisabled());
  await page.locator("#training-scores table").waitFor({ timeout: 240000 });
  const cells = await page.locator("#training-scores tbody tr").first().locator("td").allTextContents();
  t.diagnostic(`blocks right before and after: ${cells.join(", ")}`);
  assert.equal(cells.length, 2);
  for (const cell of cells) assert.match(cell, /^\d+$/);
  assert.match(await page.locator("#training-scores caption").textContent(), /held-out sites/);
  assert.match(run("classify", "-q", "-f", "jsonl", "--model", join(dir, "model.json.gz"), join(dir, "strange-1.html")), /"blocks"/);
  assert.deepEqual(page.faults, []);
});

test("a hostile page runs nothing, fetches nothing, reaches nothing and labels nothing", async (t) => {
  const hits = [];
  const trap = createServer((request, reply) => {
    hits.push(request.url);
    reply.setHeader("access-control-allow-origin", "*");
    reply.end("caught");
  });
  await new Promise((go) => trap.listen(0, "127.0.0.1", go));
  t.after(() => trap.close());
  const evil = `http://127.0.0.1:${trap.address().port}`;
  const attack = `try{parent.document.title='broken'}catch(e){};try{top.location='${evil}/top'}catch(e){};fetch('${evil}/fetch');new Image().src='${evil}/pixel';parent.postMessage({block:1},'*');navigator.sendBeacon('${evil}/beacon');document.forms[0]&&document.forms[0].submit();window.open('${evil}/window');location='${evil}/self'`;
  const inAttribute = attack.replaceAll('"', "&quot;");
  const dir = folder();
  writeFileSync(
    join(dir, "hostile.html"),
    `<!doctype html><html manifest="${evil}/manifest"><head><base href="${evil}/base/"><meta http-equiv="refresh" content="0;url=${evil}/refresh">
     <link rel="stylesheet" href="${evil}/style.css"><link rel="preload" as="image" href="${evil}/preload"><link rel="dns-prefetch" href="${evil}">
     <style>@import url(${evil}/import.css); body{background:url(${evil}/background)} @font-face{font-family:x;src:url(${evil}/font)} p{font-family:x}</style>
     <script>${attack}</script><script src="${evil}/script.js"></script><script type="module">${attack}</script></head>
     <body onload="${inAttribute}" background="${evil}/body"><h1>A page that means no good</h1>
     <form action="${evil}/form" method="post"><input name="querySelectorAll" value="x"><input name="closest" autofocus onfocus="${inAttribute}"><button id="send">Send this form away</button></form>
     <img name="querySelectorAll" src="${evil}/img" onerror="${inAttribute}" srcset="${evil}/srcset 2x" alt="picture"><svg onload="${inAttribute}"><script>${attack}</script><image href="${evil}/svg"/></svg>
     <iframe src="${evil}/iframe"></iframe><iframe srcdoc="<script>${inAttribute}</script>"></iframe><object data="${evil}/object"></object><embed src="${evil}/embed">
     <video src="${evil}/video" poster="${evil}/poster" autoplay></video><details open ontoggle="${inAttribute}"><summary>More of this</summary>Hidden things</details>
     <noscript><p title="</noscript><img src=x onerror=&quot;${inAttribute}&quot;>">In a noscript</p></noscript>
     <math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=${inAttribute}&gt;"></mglyph></table></mtext></math>
     <p><a id="link" href="${evil}/link" target="_top" ping="${evil}/ping">A link that leads away</a></p><p><a id="script-link" href="javascript:${inAttribute}">A link that is a script</a></p>
     <marquee onstart="${inAttribute}">Moving words</marquee><p style="background:url(${evil}/inline)">Styled words to read here</p><textarea autofocus onfocus="${inAttribute}"></textarea></body>`,
  );
  const { url, origin } = await annotate(t, dir);
  const page = await open(chromium);
  const leaving = [];
  // what the policy holds back is told as a request that failed
  page.on("response", (r) => !r.url().startsWith(origin) && !r.url().startsWith("data:") && leaving.push(r.url()));
  const windows = [];
  page.context().on("page", (p) => windows.push(p.url()));
  await page.goto(url);
  for (const plain of [false, true]) {
    await page.goto(`${origin}/page/0`);
    await ready(page);
    if (plain) await page.keyboard.press("p");
    const frame = await frameOf(page);
    await frame.locator("[data-tollgate-label]").first().waitFor();
    for (const text of ["A link that leads away", "A link that is a script", "Send this form away", "More of this"]) {
      await frame.getByText(text).first().click({ force: true });
      await page.locator(".block.current", { hasText: text }).waitFor();
      await frame.getByText(text).first().click({ force: true, button: "middle" });
      await frame.getByText(text).first().click({ force: true, modifiers: ["Control"] });
    }
    await page.waitForTimeout(500);
    assert.equal(await page.title(), "hostile.html · tollgate annotate");
    assert.ok(page.url().startsWith(`${origin}/page/0`));
    assert.ok(frame.url().startsWith(`${origin}/frame/0`), frame.url());
    assert.equal(await frame.evaluate(() => self.origin), "null", "the frame has an origin of its own");
  }
  assert.deepEqual([hits, leaving, windows], [[], [], []]);
  assert.equal(rows(dir).length, 0);
});

test("even a script that got into the frame could not reach the app", async (t) => {
  const dir = copied(ownPages("golden")[0]);
  const { page, origin } = await labelling(t, dir);
  const frame = await frameOf(page);
  // the debugger runs what the policy would not
  const got = await frame.evaluate(async (own) => {
    const tried = {};
    const attempt = async (name, work) => {
      try {
        tried[name] = String(await work());
      } catch (e) {
        tried[name] = `refused: ${e.name}`;
      }
    };
    await attempt("document", () => parent.document.title);
    await attempt("top", () => (top.location = "about:blank"));
    await attempt("read", async () => (await fetch(`${own}/`)).status);
    await attempt("write", async () => (await fetch(`${own}/api/page/0/labels`, { method: "POST", body: '{"set":[[0,"content"]]}' })).status);
    await attempt("cookie", () => document.cookie);
    await attempt("storage", () => localStorage.length);
    const script = document.createElement("script");
    script.textContent = "window.ran = true";
    document.head.append(script);
    tried.script = String(window.ran === true);
    return tried;
  }, origin);
  for (const name of ["document", "top", "read", "write", "cookie", "storage"]) assert.match(got[name], /^refused/, name);
  assert.equal(got.script, "false");
  for (const message of [{ block: 1e9 }, { block: -1 }, { block: "0" }, { set: [[0, "content"]] }, null, "c"]) await frame.evaluate((m) => parent.postMessage(m, "*"), message);
  await page.waitForTimeout(200);
  assert.equal(await page.locator(".block.current").getAttribute("id"), "block-0");
  assert.equal(rows(dir).length, 0);
});

test("another site's page is turned away, whatever it asks for", async (t) => {
  const dir = copied(ownPages("golden")[0]);
  const { url, origin } = await annotate(t, dir);
  const other = createServer((_, reply) => {
    reply.setHeader("content-type", "text/html");
    reply.end("<title>elsewhere</title>");
  });
  await new Promise((go) => other.listen(0, "127.0.0.1", go));
  t.after(() => other.close());
  const page = await open(chromium);
  await page.goto(url);
  // the other page can't see what it is answered; the debugger can
  const [asked, answered] = [new Map(), new Map()];
  await page.goto(`http://localhost:${other.address().port}/`);
  const session = await page.context().newCDPSession(page);
  session.on("Network.requestWillBeSent", ({ requestId, request }) => request.url.startsWith(origin) && asked.set(requestId, `${request.method} ${new URL(request.url).pathname}`));
  session.on("Network.responseReceivedExtraInfo", ({ requestId, statusCode }) => answered.set(requestId, statusCode));
  await session.send("Network.enable");
  const got = await page.evaluate(async (app) => {
    const ask = (path, options) => fetch(app + path, { credentials: "include", ...options }).then((r) => r.status, () => "refused");
    const out = [await ask("/"), await ask("/api/page/0/undo", { method: "POST" }), await ask("/api/train", { method: "POST" })];
    const frame = document.createElement("iframe");
    frame.src = `${app}/page/0`;
    document.body.append(frame);
    await new Promise((go) => setTimeout(go, 500));
    return out;
  }, origin);
  assert.deepEqual(got, ["refused", "refused", "refused"]);
  const answers = [...answered].filter(([id]) => asked.has(id)).map(([id, status]) => `${asked.get(id)} ${status}`);
  assert.deepEqual(answers.sort(), ["GET / 403", "GET /page/0 403", "POST /api/page/0/undo 403", "POST /api/train 403"]);
  const framed = page.frames().find((f) => f !== page.mainFrame());
  assert.equal(await framed.locator("[data-ready], #blocks").count(), 0);
  assert.equal(rows(dir).length, 0);
});

test("the queue finds pages by a part of their name and sorts them by name", async (t) => {
  const pages = ownPages("golden").slice(0, 3);
  const { page, origin } = await labelling(t, copied(...pages));
  await allRead(page, origin);
  await page.goto(`${origin}/`);
  await page.locator("select[name=sort]").selectOption("name");
  await page.getByRole("button", { name: "Show" }).click();
  await page.waitForURL(/sort=name/);
  const listed = (await page.locator("td.name .where").allTextContents()).map((s) => s.trim());
  assert.deepEqual(listed, pages.map((p) => basename(p)));
  await page.locator("input[name=q]").fill(basename(pages[1]).slice(0, 8).toUpperCase());
  await page.keyboard.press("Enter");
  await page.waitForURL(/[?&]q=[^&]/);
  assert.ok((await page.locator("td.name").allTextContents()).some((s) => s.includes(basename(pages[1]))));
  assert.deepEqual(page.faults, []);
});

test("keys that come faster than the answers change nothing that a person labelled", async (t) => {
  const dir = copied(ownPages("golden")[0]);
  const { page } = await labelling(t, dir);
  await page.route("**/api/page/0/**", async (route) => {
    await new Promise((go) => setTimeout(go, 400));
    await route.continue();
  });
  const all = await page.locator(".block").count();
  // what the model surely doesn't say of the first block
  const [key, name] = (await page.locator("#block-0.subscription").count()) ? ["n", "navigation"] : ["s", "subscription"];
  await page.locator("#block-0").click();
  for (const k of [key, "Shift+A", "2", "2", "3"]) await page.keyboard.press(k);
  await until(() => rows(dir).filter((r) => r.selector).length === all, "all rows");
  await until(() => rows(dir).some((r) => !r.selector && r.label === "hard"), "the gate");
  const first = rows(dir).filter((r) => r.selector)[0];
  assert.equal(first.label, name);
  // Shift takes more blocks in, also with letters
  await page.locator("#block-0").click();
  await page.keyboard.press("Shift+J");
  await page.keyboard.press("Shift+J");
  assert.equal(await page.locator(".block.selected").count(), 3);
  await page.keyboard.press("Shift+K");
  assert.equal(await page.locator(".block.selected").count(), 2);
  assert.deepEqual(page.faults, []);
});

test("a click beside all blocks of the saved page leaves the keys to the app", async (t) => {
  const dir = folder();
  writeFileSync(join(dir, "gap.html"), "<title>Gap</title><body style='margin:0'><div style='height:300px'></div><h1>Heading</h1><p>Text of this page.</p>");
  const { page } = await labelling(t, dir);
  const frame = await frameOf(page);
  await frame.locator("[data-tollgate-label]").first().waitFor();
  await page.locator("#frame").click({ position: { x: 40, y: 100 } });
  await page.waitForTimeout(100);
  await page.keyboard.press("c");
  await until(() => rows(dir).length === 1, "a label by key");
});

test("the key for the next page passes every page", async (t) => {
  const { page, origin } = await labelling(t, copied(...ownPages("golden").slice(0, 4)));
  await allRead(page, origin);
  const seen = new Set();
  for (let i = 0; i < 4; i++) {
    await ready(page);
    seen.add(new URL(page.url()).pathname);
    const here = page.url();
    await page.keyboard.press("]");
    await page.waitForURL((u) => String(u) !== here);
  }
  assert.equal(seen.size, 4);
});
