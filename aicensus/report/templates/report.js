(() => {
  "use strict";
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const one = (selector, within = document) => within.querySelector(selector);
  document.documentElement.classList.add("js");

  const PAGE = 100;
  const PRINTED = 60;
  const compare = new Intl.Collator("en", { numeric: true }).compare;
  const SEVERAL = new Set(["finding", "subject"]);

  // A table with a search field and choices above it. `textOf` gives what is searched of a row, `also` a further condition.
  const listing = (prefix, noun, { textOf = (row) => row.textContent, also = () => true, narrowed = () => false, shown = () => {} } = {}) => {
    const part = (name) => one(`#${prefix}${name}`);
    const form = part("filters");
    const rows = all(`#${prefix}table tbody tr`);
    const body = one(`#${prefix}table tbody`);
    const texts = new Map();
    let limit = PAGE;
    if (!form) return null;

    const text = (row) => {
      if (!texts.has(row)) texts.set(row, textOf(row).toLowerCase());
      return texts.get(row);
    };
    const fits = (row, [name, value]) =>
      SEVERAL.has(name) ? row.dataset[name].split(" ").includes(value) : row.dataset[name] === value;
    const apply = () => {
      const words = form.elements.search.value.toLowerCase().split(/\s+/).filter(Boolean);
      const chosen = all("select", form).map((field) => [field.name, field.value]).filter(([, value]) => value);
      let count = 0;
      for (const row of all("tr", body)) {
        row.hidden = !(chosen.every((choice) => fits(row, choice)) && also(row) && words.every((word) => text(row).includes(word)));
        if (!row.hidden) count += 1;
        row.classList.toggle("beyond", count > limit);
        shown(row);
      }
      part("tally").textContent = `${count === rows.length ? "" : `${count} of `}${rows.length} ${noun}${rows.length === 1 ? "" : "s"}`;
      part("reset").hidden = !(words.length || chosen.length || narrowed());
      part("none-left").hidden = count > 0;
      part("more").hidden = count <= limit;
      part("more").textContent = `Show all ${count}`;
      return count;
    };
    const keyOf = (row, column) => row.cells[column].dataset.key ?? row.cells[column].textContent.trim().toLowerCase();
    const heads = all(`#${prefix}table th`);
    const sortBy = (head) => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      body.append(...[...rows].sort((a, b) => compare(keyOf(a, head.cellIndex), keyOf(b, head.cellIndex)) * (up ? 1 : -1)));
    };
    const widen = (to) => { limit = to; };
    return { form, body, heads, part, apply, sortBy, widen };
  };

  const wire = (list, apply, reset) => {
    list.form.addEventListener("input", apply);
    list.form.addEventListener("submit", (event) => event.preventDefault());
    list.part("reset").addEventListener("click", reset);
    list.part("more").addEventListener("click", () => { list.widen(Infinity); apply(); });
    list.heads.forEach((head) => one("button", head).addEventListener("click", () => { list.sortBy(head); apply(); }));
    apply();
  };

  const cards = one("#cards");
  const chip = one("#chip");
  let picked = null;
  const cardOf = (row) => document.getElementById(row.dataset.card);
  const points = listing("", "point", {
    textOf: (row) => `${row.textContent} ${cardOf(row).textContent}`,
    also: (row) => !picked || picked.has(row.dataset.at),
    narrowed: () => picked !== null,
    shown: (row) => cardOf(row)?.classList.toggle("out", row.hidden),
  });
  const apply = () => { cards.classList.toggle("many", points.apply() > PRINTED); };
  const visible = () => all("tr", points.body).filter((row) => !row.hidden);
  const pick = (node) => {
    picked = new Set(node.dataset.points.split(" "));
    chip.textContent = `Only: ${node.dataset.name} \u00d7`;
    chip.hidden = false;
    points.form.reset();
    apply();
    one("#points").scrollIntoView();
    one("#tally").focus({ preventScroll: true });
  };
  if (points) {
    wire(points, apply, () => { points.form.reset(); picked = null; chip.hidden = true; points.widen(PAGE); apply(); });
    chip.addEventListener("click", () => { picked = null; chip.hidden = true; apply(); points.form.elements.search.focus(); });
  }
  const rules = listing("rules-", "rule");
  if (rules) wire(rules, rules.apply, () => { rules.form.reset(); rules.widen(PAGE); rules.apply(); });

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
})();
