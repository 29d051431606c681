// The report of `classify -f html`, opened from disk.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { axeFindings, browser, folder, open, ownPages, run } from "./lib.mjs";

const work = folder();
let chromium;

/** A report of n pages: our own, again and again. */
function report(n) {
  const pages = ownPages("golden", "pages", "strange-site");
  const list = join(work, `${n}.list`);
  const file = join(work, `${n}.html`);
  writeFileSync(list, Array.from({ length: n }, (_, i) => `${pages[i % pages.length]}\n`).join(""));
  run("classify", "-q", "--files-from", list, "-o", file);
  return `file://${file}`;
}
const small = report(95);

before(async () => (chromium = await browser()));
after(() => chromium.close());

async function shown(page) {
  return page.locator("#rows tr").count();
}

test("2,000 pages open in under 2 s, 5,000 stay usable", async (t) => {
  for (const [n, most] of [[2000, 2000], [5000, 5000]]) {
    const file = report(n);
    const page = await open(chromium);
    const start = performance.now();
    await page.goto(file);
    await page.locator("#rows [data-open]").first().waitFor();
    const opened = performance.now() - start;
    await page.getByRole("button", { name: "confidence", exact: true }).click();
    await page.locator("th[aria-sort]").waitFor();
    const sorted = performance.now() - start - opened;
    const before = performance.now();
    await page.fill("#search", "mill");
    await page.waitForFunction(() => document.getElementById("count").textContent.includes(" of "));
    const filtered = performance.now() - before;
    t.diagnostic(`${n} pages: open ${opened.toFixed(0)} ms, sort ${sorted.toFixed(0)} ms, filter ${filtered.toFixed(0)} ms`);
    assert.ok(opened < most, `opening ${n} pages took ${opened} ms`);
    assert.ok(sorted < 1000 && filtered < 1000, `sort ${sorted} ms, filter ${filtered} ms`);
    assert.deepEqual(page.faults, []);
    await page.context().close();
  }
});

test("table, sheet and dark mode have no serious finding of axe", async () => {
  for (const colorScheme of ["light", "dark"]) {
    for (const viewport of [{ width: 1280, height: 860 }, { width: 390, height: 800 }]) {
      const page = await open(chromium, { colorScheme, viewport });
      await page.goto(small);
      await page.locator("#rows [data-open]").first().waitFor();
      assert.deepEqual(await axeFindings(page), [], `table, ${colorScheme}, ${viewport.width}`);
      await page.locator("#rows [data-open]").nth(5).click();
      await page.locator(".block").first().waitFor();
      assert.deepEqual(await axeFindings(page), [], `sheet, ${colorScheme}, ${viewport.width}`);
      await page.context().close();
    }
  }
});

test("the table sorts, filters and shows rows 200 at a time", async () => {
  const page = await open(chromium);
  await page.goto(report(450));
  assert.equal(await shown(page), 200);
  await page.getByRole("button", { name: /^Show 200 more of 250/ }).click();
  assert.equal(await shown(page), 400);
  await page.getByRole("button", { name: "gated", exact: true }).click();
  const values = await page.locator('td[data-name="gated"]').allTextContents();
  const numbers = values.map((v) => parseInt(v, 10));
  assert.deepEqual(numbers, [...numbers].sort((a, b) => b - a));
  await page.getByLabel("hard", { exact: true }).check();
  const chips = new Set(await page.locator("#rows .chip").allTextContents());
  assert.deepEqual([...chips], ["hard"]);
  await page.getByLabel("declared ≠ observed").check();
  for (const cell of await page.locator('td[data-name="declared"]').allTextContents()) assert.match(cell, /^free ≠/);
  await page.getByRole("button", { name: "Clear" }).click();
  await page.fill("#search", "strange-gazette");
  await page.locator(".sites button").first().click();
  assert.match(await page.textContent("#count"), / of 450 pages/);
  await page.fill("#search", "no page has this");
  await page.getByText("No page fits these filters.").waitFor();
});

test("a page opens by keyboard, shows its blocks with confidence and evidence, and closes to where one was", async () => {
  const page = await open(chromium);
  await page.goto(small);
  await page.keyboard.press("/");
  await page.keyboard.type("orgel");
  await page.locator("#rows tr").first().waitFor();
  assert.equal(await shown(page), 1);
  await page.locator("#rows [data-open]").first().focus();
  await page.keyboard.press("Enter");
  await page.locator(".block.subscription").first().waitFor();
  assert.equal(await page.locator(".block.content .letter").first().textContent(), "C");
  const sure = page.locator(".block.navigation .about").first();
  assert.ok(!(await sure.isVisible()));
  await page.locator(".block.navigation").first().hover();
  assert.ok(await sure.isVisible());
  const jump = page.locator(".reasons button").first();
  const words = await jump.textContent();
  await jump.click();
  const focused = page.locator(".block.evidence:focus");
  assert.ok((await focused.locator(".text").textContent()).startsWith(words.slice(0, 20)));
  await page.keyboard.press("ArrowDown");
  assert.equal(await page.locator(".block:focus").count(), 1);
  await page.keyboard.press("Escape");
  await page.locator("#sheet:not([open])").waitFor({ state: "attached" });
  assert.ok(await page.evaluate(() => document.activeElement.matches("[data-open]")));
  assert.deepEqual(page.faults, []);
});

test("an address with a page's number opens that page, and j goes on to the next", async () => {
  const page = await open(chromium);
  await page.goto(`${small}#page-3`);
  await page.locator(".block").first().waitFor();
  const first = await page.textContent("#sheet-title");
  await page.keyboard.press("j");
  await page.waitForFunction((title) => document.getElementById("sheet-title").textContent !== title, first);
  assert.match(page.url(), /#page-4$/);
});

test("nothing is fetched, and markup in titles and texts stays text", async () => {
  const hostile = join(work, "hostile.html");
  writeFileSync(
    hostile,
    "<title>&lt;/script>&lt;img src=x onerror=document.title='broken'></title><h1>&lt;img src=x onerror=document.title='broken'></h1><p>&lt;!-- &lt;script> Some text that goes on for a while.</p>",
  );
  const file = join(work, "hostile-report.html");
  run("classify", "-q", "-f", "html", hostile, "-o", file);
  const page = await open(chromium);
  await page.goto(`file://${file}`);
  await page.locator("#rows [data-open]").click();
  await page.locator(".block").first().waitFor();
  assert.equal(await page.title(), "Tollgate report");
  assert.match(await page.textContent("#sheet-title"), /<\/script><img/);
  assert.equal(await page.locator("img").count(), 0);
  assert.deepEqual(page.requests, [`GET file://${file}`]);
});

test("the scores of an evaluation need no script, fetch nothing and have no serious finding of axe", async () => {
  const file = join(work, "scores.html");
  run("evaluate", "-q", join(ownPages("golden")[0], ".."), "--html", file);
  for (const colorScheme of ["light", "dark"]) {
    const page = await open(chromium, { colorScheme });
    await page.goto(`file://${file}`);
    assert.equal(await page.locator("polyline.line").count(), 4);
    const cells = await page.locator(".confusion tbody .n").allTextContents();
    assert.equal(cells.length, 9);
    const wrong = cells.filter((_, i) => i % 4 !== 0).reduce((sum, n) => sum + Number(n), 0);
    const told = await page.locator("summary .count").allTextContents();
    assert.equal(told.reduce((sum, words) => sum + parseInt(words, 10), 0), wrong, "the pages' wrong blocks are those of the table");
    await page.locator("summary").first().click();
    assert.ok(await page.locator("details[open] td.text").first().isVisible());
    assert.deepEqual(await axeFindings(page), []);
    assert.deepEqual([page.requests, page.faults], [[`GET file://${file}`], []]);
    assert.equal(await page.locator("script").count(), 0);
    await page.context().close();
  }
});
