// What holds for a worklist: its controls show exactly the people whom its data name.

const PEOPLE = "#list > li";
const FILTERS = ["tier", "reason", "change", "question", "review", "service", "team", "worker"];

export async function worklist(open, say) {
  const people = await open("people", {}, (page) => page.$$eval(PEOPLE, persons));
  if (people.length === 0) return say("people", PEOPLE, "nobody is on it");
  await open("without script", { javaScriptEnabled: false }, async (page) => {
    const seen = await visible(page);
    same(say, "without script", "people", seen, people.map(({ id }) => id));
    if (await page.locator("select").filter({ visible: true }).count()) {
      say("without script", "controls", "they are shown and do nothing");
    }
  });
  await open("age", {}, (page) => age(page, say));
  for (const width of [375, 1280]) {
    await open(`filters, ${width}`, { viewport: { width, height: 900 } }, (page) =>
      filters(page, people, width, say),
    );
  }
}

/** A page says how many days ago the day was that it is of. */
async function age(page, say) {
  const [days, text] = await page.evaluate(() => {
    const day = new Date(`${document.querySelector("time").dateTime}T00:00`);
    const days = Math.round((new Date().setHours(0, 0, 0, 0) - day) / 864e5);
    return [days, document.getElementById("age").textContent];
  });
  const expected = days > 0 ? `It is ${days} ${days === 1 ? "day" : "days"} old` : "";
  if (!text.startsWith(expected) || (text !== "") !== days > 0) say("age", `${days} days`, text);
}

/** Every choice of every filter, two at once, the order, and all away again. */
async function filters(page, people, width, say) {
  const all = people.map(({ id }) => id);
  same(say, "at first", width, await visible(page), all);
  await show(page);
  for (const name of FILTERS) {
    const carried = new Map();
    for (const one of people) {
      for (const value of one[name] ?? []) carried.set(value, [...(carried.get(value) ?? []), one.id]);
    }
    const choices = await values(page, name);
    const lacking = [...carried.keys()].filter((value) => !choices.includes(value));
    // What everybody has divides nobody, and is no choice.
    const divides = lacking.some((value) => carried.size > 1 || carried.get(value).length < all.length);
    if (divides) say("filter", name, `no choice for ${lacking.join(", ")}`);
    for (const value of choices) {
      await page.locator(`select[name=${name}]`).selectOption(value);
      const expected = carried.get(value) ?? [];
      if (expected.length === 0) say("filter", `${name}=${value}`, "the choice shows nobody");
      same(say, "filter", `${name}=${value}, ${width}`, await visible(page), expected);
      await announces(page, expected.length, `${name}=${value}`, say);
    }
    if (choices.length > 0) await page.locator(`select[name=${name}]`).selectOption("");
    same(say, "filter", `${name} away`, await visible(page), all);
  }
  await together(page, people, say);
  await sorts(page, all, say);
}

/** Two filters show those whom both show. */
async function together(page, people, say) {
  const both = (tier, reason) =>
    people.filter((one) => one.tier.includes(tier) && one.reason.includes(reason));
  const pairs = (await values(page, "tier")).flatMap((tier) =>
    people.flatMap((one) => one.reason.map((reason) => [tier, reason])),
  );
  const divides = (found, [tier, reason]) =>
    found.length > 0 && found.length < people.filter((one) => one.tier.includes(tier)).length &&
    found.length < people.filter((one) => one.reason.includes(reason)).length;
  const pair = pairs.find((pair) => divides(both(...pair), pair));
  if (pair === undefined) return say("filter", "together", "no two of them divide these people");
  const [tier, reason] = pair;
  await page.locator("select[name=tier]").selectOption(tier);
  await page.locator("select[name=reason]").selectOption(reason);
  const expected = both(tier, reason).map(({ id }) => id);
  same(say, "filter", `${tier} and ${reason}`, await visible(page), expected);
  await clear(page);
  same(say, "filter", "cleared", await visible(page), people.map(({ id }) => id));
  await announces(page, people.length, "cleared", say);
}

/** Another order loses nobody, and the first one comes back. */
async function sorts(page, all, say) {
  for (const value of (await values(page, "sort")).filter((value) => value !== "")) {
    await page.locator("select[name=sort]").selectOption(value);
    same(say, "sort", value, (await visible(page)).toSorted(), all.toSorted());
  }
  await clear(page);
  same(say, "sort", "cleared", await visible(page), all);
}

/** A form is reset before the page hears of it, and the page answers in its next turn. */
async function clear(page) {
  await page.locator("[type=reset]").click();
  await page.evaluate(() => new Promise((done) => setTimeout(done, 50)));
}

/** What a screen reader says after a choice names the number of people. */
async function announces(page, count, about, say) {
  const said = (await page.locator("[role=status]").allInnerTexts()).join(" ");
  const numbers = said.replaceAll(",", "").match(/\d+/g) ?? (/nobody|no one/i.test(said) ? ["0"] : []);
  if (!numbers.includes(String(count))) say("live region", about, `${count} people, it says: ${said}`);
}

/** Where the controls are folded away, they are opened as a person would. */
async function show(page) {
  const folded = page.locator("details:not([open]):has(select) > summary");
  if (await folded.count()) await folded.first().click();
}

const values = (page, name) =>
  page.$$eval(`select[name=${name}] option`, (all) =>
    all.map((one) => one.value).filter((value) => value !== ""),
  );

const visible = (page) =>
  page.$$eval(PEOPLE, (all) =>
    all.filter((one) => one.checkVisibility()).map((one) => one.querySelector("h3 b").textContent),
  );

/** The people by the page's data. Runs in the page. */
function persons(all) {
  const data = ([name, text]) => [name, text.split(" ").filter(Boolean)];
  return all.map((one) => ({
    id: one.querySelector("h3 b").textContent,
    ...Object.fromEntries(Object.entries(one.dataset).map(data)),
  }));
}

function same(say, check, about, seen, expected) {
  if (JSON.stringify(seen) === JSON.stringify(expected)) return;
  const missing = expected.filter((id) => !seen.includes(id)).length;
  const strange = seen.filter((id) => !expected.includes(id)).length;
  say(check, about, `${missing} people missing, ${strange} too many, of ${expected.length}`);
}
