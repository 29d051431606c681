// What the browser tests share: the program, a browser with its console watched, and axe.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
export const PROGRAM = resolve(process.env.TOLLGATE ?? join(ROOT, "target/release/tollgate"));
if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is not there: build it first, or name it in TOLLGATE`);
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** A browser; every test file has its own. */
export const browser = () => chromium.launch({ executablePath: CHROMIUM, args: FLAGS });

const folders = [];
process.on("exit", () => folders.forEach((path) => rmSync(path, { recursive: true, force: true })));
/** A folder that goes when the tests end. */
export function folder() {
  const path = mkdtempSync(join(tmpdir(), "tollgate-browser-"));
  folders.push(path);
  return path;
}

/** Runs the program to its end. */
export const run = (...args) => execFileSync(PROGRAM, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

/** Our own pages in some folders of training-data, as paths. */
export const ownPages = (...folders) =>
  folders.flatMap((name) => {
    const path = join(ROOT, "training-data", name);
    return readdirSync(path).filter((f) => f.endsWith(".html")).sort().map((f) => join(path, f));
  });

/** A new window whose errors, and requests that leave it, are noted in `page.faults` and `page.requests`. */
export async function open(b, options = {}) {
  const context = await b.newContext({ viewport: { width: 1280, height: 860 }, ...options });
  const page = await context.newPage();
  page.faults = [];
  page.requests = [];
  page.on("pageerror", (e) => page.faults.push(e.message));
  page.on("console", (m) => m.type() === "error" && page.faults.push(m.text()));
  page.on("request", (r) => page.requests.push(`${r.method()} ${r.url()}`));
  return page;
}

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** Serious and critical findings of axe, as lines. By the debugger, which no policy of the page holds back. */
export async function axeFindings(page) {
  const { readFileSync } = await import("node:fs");
  const session = await page.context().newCDPSession(page);
  await session.send("Runtime.evaluate", { expression: readFileSync(AXE, "utf8") });
  const { result, exceptionDetails } = await session.send("Runtime.evaluate", {
    expression: "axe.run(document, { iframes: false }).then((r) => JSON.stringify(r.violations))",
    awaitPromise: true,
    returnByValue: true,
  });
  if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
  return JSON.parse(result.value)
    .filter((v) => v.impact === "serious" || v.impact === "critical")
    .map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => `${n.target}: ${n.failureSummary}`).join(" | ")}`);
}
