// Opens pages in Chromium and reports what is wrong with them, one JSON object a line.
//
//   node check.mjs [--worklist PAGE | --sheet PAGE]...
//
// Exit codes: 0 nothing is wrong; 1 something is; 69 what it needs is not installed, named on a line
// `missing: ...` on standard error.

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const missing = (what) => {
  process.stderr.write(`missing: ${what}\n`);
  process.exit(69);
};

if (Number.parseInt(process.versions.node, 10) < 20) missing("node 20");
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
if (!existsSync(executablePath)) missing("chromium");
if (!existsSync(new URL("node_modules/axe-core", import.meta.url))) missing("node_modules");
const { chromium } = await import("playwright-core").catch(() => missing("node_modules"));
const { common } = await import("./checks/common.mjs");
const { worklist } = await import("./checks/worklist.mjs");

const CHECKS = { worklist: [common, worklist], sheet: [common] };
const { tokens } = parseArgs({
  options: { worklist: { type: "string", multiple: true }, sheet: { type: "string", multiple: true } },
  tokens: true,
});

const browser = await chromium.launch({
  executablePath,
  args: [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // What a page asks for is reported, and still gets nowhere.
    "--host-resolver-rules=MAP * ~NOTFOUND",
  ],
});

const LONGEST = 10_000;
let found = 0;
for (const { name, value: path } of tokens) {
  const url = pathToFileURL(resolve(path)).href;
  const say = (check, about, what) => {
    found += 1;
    process.stdout.write(`${JSON.stringify({ page: path, check, about, what })}\n`);
  };
  const open = opener(url, say);
  for (const check of CHECKS[name]) {
    try {
      await check(open, say);
    } catch (error) {
      say(check.name, "stopped", String(error).split("\n")[0]);
    }
  }
}
await browser.close();
process.exitCode = found === 0 ? 0 : 1;

/** Opens the page in a context of its own, which reports whatever it says or asks for. */
function opener(url, say) {
  return async (about, options, use) => {
    const context = await browser.newContext(options);
    context.setDefaultTimeout(LONGEST);
    const page = await context.newPage();
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) say("console", about, message.text());
    });
    page.on("pageerror", (error) => say("error", about, String(error)));
    page.on("request", (request) => {
      if (request.url().split("#")[0] !== url) say("request", about, request.url().slice(0, 200));
    });
    try {
      await page.goto(url);
      return await use(page);
    } finally {
      await context.close();
    }
  };
}
