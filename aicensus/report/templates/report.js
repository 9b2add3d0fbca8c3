(() => {
  "use strict";
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const one = (selector, within = document) => within.querySelector(selector);
  document.documentElement.classList.add("js");

  const PAGE = 100;
  const PRINTED = 60;
  const rows = all("#table tbody tr");
  const body = one("#table tbody");
  const cards = one("#cards");
  const form = one("#filters");
  const tally = one("#tally");
  const chip = one("#chip");
  const more = one("#more");
  let picked = null;
  let limit = PAGE;

  const cardOf = (row) => document.getElementById(row.dataset.card);
  const texts = new Map();
  const textOf = (row) => {
    if (!texts.has(row)) texts.set(row, (row.textContent + " " + cardOf(row).textContent).toLowerCase());
    return texts.get(row);
  };
  const visible = () => all("tr", body).filter((row) => !row.hidden);

  const matches = (row, words, chosen) =>
    chosen.every(([name, value]) =>
      name === "finding" ? row.dataset.finding.split(" ").includes(value) : row.dataset[name] === value) &&
    (!picked || picked.has(row.dataset.at)) && words.every((word) => textOf(row).includes(word));

  const apply = () => {
    const words = form.elements.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = all("select", form).map((field) => [field.name, field.value]).filter(([, value]) => value);
    let count = 0;
    for (const row of all("tr", body)) {
      row.hidden = !matches(row, words, chosen);
      if (!row.hidden) count += 1;
      row.classList.toggle("beyond", count > limit);
      cardOf(row)?.classList.toggle("out", row.hidden);
    }
    tally.textContent = `${count === rows.length ? "" : `${count} of `}${rows.length} ${rows.length === 1 ? "point" : "points"}`;
    one("#reset").hidden = !(words.length || chosen.length || picked);
    one("#none-left").hidden = count > 0;
    more.hidden = count <= limit;
    more.textContent = `Show all ${count}`;
    cards.classList.toggle("many", count > PRINTED);
  };

  const reset = () => { form.reset(); picked = null; chip.hidden = true; limit = PAGE; apply(); };

  const pick = (node) => {
    picked = new Set(node.dataset.points.split(" "));
    chip.textContent = `Only: ${node.dataset.name} \u00d7`;
    chip.hidden = false;
    form.reset();
    apply();
    one("#points").scrollIntoView();
    tally.focus({ preventScroll: true });
  };

  if (form) {
    form.addEventListener("input", apply);
    form.addEventListener("submit", (event) => event.preventDefault());
    one("#reset").addEventListener("click", reset);
    chip.addEventListener("click", () => { picked = null; chip.hidden = true; apply(); form.elements.search.focus(); });
    more.addEventListener("click", () => { limit = Infinity; apply(); });
  }

  const keyOf = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.key ?? cell.textContent.trim().toLowerCase();
  };
  all("#table th button").forEach((button) => button.addEventListener("click", () => {
    const head = button.closest("th");
    const up = head.getAttribute("aria-sort") !== "ascending";
    all("#table th").forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const compare = new Intl.Collator("en", { numeric: true }).compare;
    const sorted = [...rows].sort((a, b) => compare(keyOf(a, head.cellIndex), keyOf(b, head.cellIndex)) * (up ? 1 : -1));
    body.append(...sorted);
    apply();
  }));

  let opened = [];
  addEventListener("beforeprint", () => {
    opened = all("#findings details:not([open])");
    opened.forEach((each) => { each.open = true; });
  });
  addEventListener("afterprint", () => opened.forEach((each) => { each.open = false; }));

  const panel = one("#panel");
  const inner = one("#panel-body");
  let home = null;
  const putBack = () => { if (home) home.replaceWith(inner.firstElementChild); home = null; };
  const open = (card) => {
    putBack();
    home = document.createComment("card");
    card.replaceWith(home);
    inner.append(card);
    all("[data-prompt]", card).forEach((slot) => {
      const text = document.getElementById(slot.dataset.prompt);
      if (text) { const copy = text.cloneNode(true); copy.removeAttribute("id"); slot.replaceChildren(copy); }
    });
    const shown = visible();
    const at = shown.findIndex((row) => row.dataset.card === card.id);
    one("#panel-place").textContent = at < 0 ? "" : `Point ${at + 1} of ${shown.length}`;
    const step = (button, row) => { button.disabled = !row; button.onclick = () => { location.hash = row.dataset.card; }; };
    step(one("#previous"), at < 0 ? null : shown[at - 1]);
    step(one("#next"), at < 0 ? null : shown[at + 1]);
    panel.setAttribute("aria-labelledby", card.id + "-title");
    if (!panel.open) panel.showModal();
    panel.scrollTop = 0;
    requestAnimationFrame(() => { panel.scrollTop = 0; });
  };
  const follow = () => {
    const card = location.hash.startsWith("#card-") && document.getElementById(location.hash.slice(1));
    if (card) open(card);
    else if (panel.open) panel.close();
  };
  if (panel) {
    one("#close").addEventListener("click", () => panel.close());
    panel.addEventListener("click", (event) => { if (event.target === panel) panel.close(); });
    panel.addEventListener("close", () => {
      putBack();
      if (location.hash.startsWith("#card-")) history.replaceState(null, "", "#points");
    });
    addEventListener("hashchange", follow);
    follow();
  }

  const map = one("#map");
  if (map) {
    const edges = all("path[data-a]", map);
    const nodes = new Map(all(".node", map).map((node) => [node.dataset.n, node]));
    const light = (node) => {
      all(".lit", map).forEach((lit) => lit.classList.remove("lit"));
      map.classList.toggle("looking", Boolean(node));
      if (!node) return;
      const owned = [...nodes.values()].filter((other) => other.dataset.block === node.dataset.n);
      const own = new Set([node, ...owned].map((each) => each.dataset.n));
      own.forEach((key) => nodes.get(key).classList.add("lit"));
      nodes.get(node.dataset.block)?.classList.add("lit");
      for (const edge of edges) {
        const { a, b } = edge.dataset;
        if (!own.has(a) && !own.has(b)) continue;
        for (const lit of [edge, nodes.get(a), nodes.get(b)]) lit.classList.add("lit");
      }
    };
    for (const node of nodes.values()) {
      node.setAttribute("tabindex", "0");
      node.setAttribute("role", "button");
      node.addEventListener("mouseenter", () => light(node));
      node.addEventListener("mouseleave", () => light(null));
      node.addEventListener("focus", () => light(node));
      node.addEventListener("blur", () => light(null));
      node.addEventListener("click", () => pick(node));
      node.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") { event.preventDefault(); pick(node); }
      });
    }
  }
  if (form) apply();
})();
