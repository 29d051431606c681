// Makes the pictures of the README. usage: TOLLGATE=PROGRAM node screenshots.mjs FOLDER
import { spawn } from "node:child_process";
import { copyFileSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { PROGRAM, ROOT, browser, folder, open, ownPages, run } from "./lib.mjs";

const out = resolve(process.argv[2]);
const work = folder();
const chromium = await browser();
const size = { viewport: { width: 1280, height: 800 } };

const report = join(work, "report.html");
process.chdir(ROOT);
const pages = ownPages("pages", "golden").map((p) => relative(ROOT, p));
run("classify", "-q", ...pages, "-o", report);
const table = await open(chromium, size);
await table.goto(`file://${report}`);
await table.locator("#rows [data-open]").first().waitFor();
await table.screenshot({ path: join(out, "report.png") });
await table.fill("#search", "orgel");
await table.locator("#rows [data-open]").first().click();
await table.locator(".block").first().waitFor();
await table.locator(".reasons button").first().click();
await table.screenshot({ path: join(out, "report-page.png") });

const scores = join(work, "scores.html");
run("evaluate", "-q", "training-data/golden", "--html", scores);
const sheet = await open(chromium, { viewport: { width: 1280, height: 900 } });
await sheet.goto(`file://${scores}`);
await sheet.screenshot({ path: join(out, "scores.png") });

const dir = folder();
for (const page of ownPages("golden", "strange-site")) copyFileSync(page, join(dir, basename(page)));
const child = spawn(PROGRAM, ["annotate", "--port", "0", "-q", dir], { stdio: ["ignore", "pipe", "inherit"] });
try {
  const url = await new Promise((done) => child.stdout.once("data", (text) => done(String(text).trim())));
  const page = await open(chromium, size);
  await page.goto(url);
  await page.locator("#reading").waitFor({ state: "hidden" });
  await page.getByRole("link", { name: /last honest recipe/ }).click();
  await page.locator("body[data-ready]").waitFor();
  const frame = await (await page.locator("#frame").elementHandle()).contentFrame();
  await frame.locator("[data-tollgate-label]").first().waitFor();
  await page.locator(".block.content").first().click();
  for (const key of ["a", "a", "a", "a"]) await page.keyboard.press(key);
  await page.locator(".block.subscription").first().click();
  await page.keyboard.press("s");
  await page.keyboard.press("Shift+ArrowDown");
  await page.waitForTimeout(400);
  await page.screenshot({ path: join(out, "annotate.png") });
} finally {
  child.kill();
  await chromium.close();
}
