// What holds for every page.

import { createRequire } from "node:module";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const HEIGHT = 900;
const MOST_KEYS = 20;

export async function common(open, say) {
  for (const width of [320, 375, 1280]) {
    await open(`width ${width}`, { viewport: { width, height: HEIGHT } }, async (page) => {
      await fits(page, width, say);
      await whole(page, width, say);
      if (width !== 375) await keyboard(page, width, say);
    });
  }
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [375, 1280]) {
      const about = `${colorScheme}, ${width}`;
      // The page forbids scripts that are not its own; axe is one.
      const options = { viewport: { width, height: HEIGHT }, colorScheme, bypassCSP: true };
      await open(about, options, (page) => accessible(page, about, say));
    }
  }
  const plain = await text(open, "without script", { javaScriptEnabled: false });
  if (!plain.trim()) say("without script", "text", "nothing is to be seen");
  await open("print", {}, (page) => prints(page, say));
}

/** Nobody has to scroll sideways. */
async function fits(page, width, say) {
  const { needs, widest } = await page.evaluate(() => {
    const limit = document.documentElement.clientWidth;
    const beyond = [...document.body.querySelectorAll("*")].filter(
      (one) => one.getBoundingClientRect().right > limit + 1,
    );
    const widest = beyond.slice(0, 3).map((one) => `${one.localName}.${one.className}`);
    return { needs: document.documentElement.scrollWidth - limit, widest };
  });
  if (needs > 0) say("scrolls sideways", `width ${width}`, `${needs}px: ${widest.join(", ")}`);
}

/** A pseudonym that begins on one line and ends on the next is copied wrongly. */
async function whole(page, width, say) {
  const broken = await page.$$eval(".id, h3 b", (all) =>
    all.filter((one) => {
      const lines = one.getBoundingClientRect().height / parseFloat(getComputedStyle(one).fontSize);
      return lines > 2.5;
    }).length,
  );
  if (broken > 0) say("pseudonym", `width ${width}`, `${broken} of them break across lines`);
}

async function accessible(page, about, say) {
  await page.addScriptTag({ path: axe });
  const { violations } = await page.evaluate(
    (values) => globalThis.axe.run({ runOnly: { type: "tag", values } }),
    RULES,
  );
  for (const { id, help, nodes } of violations) {
    const where = nodes.slice(0, 3).map((node) => node.target.join(" ")).join(" | ");
    say("axe", about, `${id}: ${help}, ${nodes.length} times: ${where}`);
  }
}

/** Each key lands on something that shows it; the first leads to the content. */
async function keyboard(page, width, say) {
  const about = `width ${width}`;
  const controls = page.locator("a[href], button, select, input, summary, [tabindex]");
  if ((await controls.count()) === 0) return;
  let skip;
  for (let key = 0; key < MOST_KEYS; key += 1) {
    await page.keyboard.press("Tab");
    const focus = await page.evaluate(focused);
    // Behind the last of them, the browser itself has the focus.
    if (focus.what === "body") break;
    skip ??= focus.href;
    if (!focus.outlined) say("keyboard", about, `${focus.what} does not show that it has the focus`);
    if (!focus.visible) say("keyboard", about, `${focus.what} has the focus and cannot be seen`);
  }
  await page.reload();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  const leads = await page.evaluate((id) => {
    const one = document.getElementById(id);
    return one !== null && one.getBoundingClientRect().top < innerHeight;
  }, skip?.slice(1) ?? "");
  if (!leads) say("keyboard", about, "the first thing to reach is no link to the content");
}

/** What has the focus, and how one can tell. Runs in the page. */
function focused() {
  const one = document.activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(one);
  const { width, height, top, bottom } = one.getBoundingClientRect();
  return {
    what: one.localName + (one.id && `#${one.id}`) + (one.name ? `[name=${one.name}]` : ""),
    href: one.getAttribute("href"),
    outlined: outlineStyle !== "none" && parseFloat(outlineWidth) >= 1,
    visible: width > 1 && height > 1 && bottom > 0 && top < innerHeight,
  };
}

async function prints(page, say) {
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  const [paper, ink] = await page.evaluate(() => {
    const { backgroundColor, color } = getComputedStyle(document.body);
    return [backgroundColor, color];
  });
  if (!["rgba(0, 0, 0, 0)", "rgb(255, 255, 255)"].includes(paper)) say("print", "paper", paper);
  if (ink !== "rgb(0, 0, 0)") say("print", "ink", ink);
  const pdf = await page.pdf({ format: "A4" });
  if (pdf.length < 1000) say("print", "pdf", `${pdf.length} bytes`);
}

const text = (open, about, options) => open(about, options, (page) => page.innerText("body"));
