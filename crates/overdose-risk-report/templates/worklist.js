"use strict";
/* Until all are there, the first are enough: laying out a list that grows takes most of the time. */
document.documentElement.classList.add("loading");
addEventListener("DOMContentLoaded", () => {
  document.documentElement.classList.remove("loading");
  const form = document.getElementById("filters");
  const list = document.getElementById("list");
  const shown = document.getElementById("shown");
  const choices = [...form.querySelectorAll("select")].filter((one) => one.name !== "sort");
  const sort = form.elements.sort;
  const everybody = [...list.children];
  const has = new Map(choices.map(({ name }) => [name, []]));
  for (const { dataset } of everybody) {
    for (const [name, values] of has) values.push(` ${dataset[name] ?? ""} `);
  }
  const orders = {
    points: (a, b) => b.dataset.points - a.dataset.points,
    until: (a, b) => {
      const [one, other] = [a.dataset.until || "9999", b.dataset.until || "9999"];
      return one < other ? -1 : one > other ? 1 : 0;
    },
  };
  let order = "";
  const put = () => {
    if (order === sort.value) return;
    order = sort.value;
    const people = order ? [...everybody].sort(orders[order]) : everybody;
    const sorted = document.createDocumentFragment();
    for (const person of people) sorted.append(person);
    list.append(sorted);
  };
  const said = (select) => select.selectedOptions[0].text.replace(/ \(\d+\)$/, "");
  const show = () => {
    put();
    const chosen = choices.filter((select) => select.value);
    for (const select of choices) select.classList.toggle("chosen", select.value !== "");
    let count = 0;
    everybody.forEach((person, place) => {
      const hidden = chosen.some(
        ({ name, value }) => !has.get(name)[place].includes(` ${value} `),
      );
      if (person.hidden !== hidden) person.hidden = hidden;
      if (!hidden) count += 1;
    });
    const all = everybody.length;
    const people = (number) => `${number} ${number === 1 ? "person" : "people"}`;
    const filters = chosen.map((select) => `${select.labels[0].firstChild.data.trim()}: ${said(select)}`);
    const by = sort.value ? `sorted by ${said(sort)[0].toLowerCase()}${said(sort).slice(1)}` : "in worklist order";
    shown.textContent = filters.length
      ? `Filtered: ${count} of ${people(all)}, ${by}. ${filters.join("; ")}.`
      : `${people(all)}, ${by}.`;
  };
  form.addEventListener("change", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(show));
  addEventListener("pageshow", show);
  /* A page that stays open, or is opened again, is of an earlier day than it seems. */
  const age = document.getElementById("age");
  const old = () => {
    const from = new Date(`${document.querySelector(".day time").dateTime}T00:00`);
    const days = Math.round((new Date().setHours(0, 0, 0, 0) - from) / 864e5);
    const text = days > 0 ? `It is ${days} ${days === 1 ? "day" : "days"} old: look for a newer one.` : "";
    if (age.textContent !== text) age.textContent = text;
  };
  addEventListener("pageshow", old);
  document.addEventListener("visibilitychange", old);
  if (!matchMedia("(min-width: 48rem)").matches) document.getElementById("choices").open = false;
  form.hidden = false;
});
