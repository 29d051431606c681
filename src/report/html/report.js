// The report's table, charts and page sheets, from the data blocks that stand before this script.
// All text of pages goes in by textContent; nothing is fetched.
"use strict";
(() => {
  const LABELS = ["content", "subscription", "navigation"];
  const LETTERS = { content: "C", subscription: "S", navigation: "N" };
  const VERDICTS = ["open", "soft", "hard", "blocked", "failed"];
  const STEP = 200;
  const at = (id) => document.getElementById(id);

  function make(tag, className, text) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined && text !== null) element.textContent = text;
    return element;
  }
  const SVG = "http://www.w3.org/2000/svg";
  function draw(tag, attributes) {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  }
  const percent = (x) => `${Math.round(x * 100)} %`;
  const thousands = (n) => n.toLocaleString("en");
  function size(bytes) {
    if (!bytes) return "–";
    return bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
  }
  const time = (micros) => (micros ? `${(micros / 1000).toFixed(1)} ms` : "–");

  const rows = Array.from(document.querySelectorAll("script[data-row]"), (element, number) => {
    const row = JSON.parse(element.textContent);
    row.number = number;
    row.element = element;
    row.state = row.error ? "failed" : row.verdict;
    const chars = row.chars ? row.chars.reduce((a, b) => a + b, 0) : 0;
    row.shares = chars ? row.chars.map((n) => n / chars) : null;
    const gated = row.state === "soft" || row.state === "hard";
    row.differs = Boolean(row.declared) && row.state !== "failed" && row.state !== "blocked" && (row.declared === "free") === gated;
    row.found = [row.title, row.path, row.url].filter(Boolean).join("\n").toLowerCase();
    return row;
  });

  // ---- filters
  const wanted = { words: [], verdicts: new Set(), declared: "", differing: false, site: null };
  function fits(row) {
    if (wanted.verdicts.size && !wanted.verdicts.has(row.state)) return false;
    if (wanted.declared && (row.declared || "none") !== wanted.declared) return false;
    if (wanted.differing && !row.differs) return false;
    if (wanted.site !== null && (row.site || "") !== wanted.site) return false;
    return wanted.words.every((word) => row.found.includes(word));
  }

  // ---- columns
  const text = (value) => value || "";
  const COLUMNS = [
    { name: "page", value: (r) => text(r.title || r.path).toLowerCase(), cell: pageCell },
    { name: "verdict", value: (r) => VERDICTS.indexOf(r.state), cell: (r) => make("span", `chip ${r.state}`, r.state) },
    { name: "gated", number: true, value: (r) => r.gated ?? -1, show: (r) => (r.error ? "–" : percent(r.gated)) },
    { name: "declared", value: (r) => text(r.declared), cell: declaredCell },
    { name: "text", value: (r) => (r.shares ? r.shares[0] : -1), cell: sharesCell, title: "Share of content, subscription and navigation in the text" },
    { name: "subscription", number: true, value: (r) => (r.shares ? r.shares[1] : -1), show: (r) => (r.shares ? percent(r.shares[1]) : "–"), title: "Share of subscription prompts in the text" },
    { name: "confidence", number: true, value: (r) => r.confidence ?? -1, show: (r) => (r.error ? "–" : percent(r.confidence)), title: "Mean over the blocks" },
    { name: "size", number: true, value: (r) => r.bytes, show: (r) => size(r.bytes) },
    { name: "time", number: true, value: (r) => r.micros ?? -1, show: (r) => time(r.micros) },
  ];
  let order = { column: null, down: false };
  let shown = rows;
  let drawn = 0;

  function pageCell(row) {
    const box = document.createDocumentFragment();
    const button = make("button", "", row.title || row.path || "(no title)");
    button.type = "button";
    button.dataset.open = row.number;
    box.append(button, make("div", "where", row.error ? `${row.path || ""}: ${row.message}` : row.url || row.path || ""));
    return box;
  }
  function declaredCell(row) {
    const box = make("span", "", row.declared || "–");
    if (row.differs) {
      const mark = make("span", "differs", " ≠");
      mark.title = "differs from what the page shows";
      mark.append(make("span", "hidden-text", " differs from what the page shows"));
      box.append(mark);
    }
    return box;
  }
  function stack(parts, label, height) {
    const svg = draw("svg", { viewBox: `0 0 300 ${height}`, preserveAspectRatio: "none", role: "img", "aria-label": label });
    const total = parts.reduce((sum, p) => sum + p.value, 0);
    let x = 0;
    svg.append(draw("rect", { x: 0, y: 0, width: 300, height, class: "fill-rest" }));
    for (const part of parts) {
      const width = total ? (part.value / total) * 300 : 0;
      if (!width) continue;
      const rect = draw("rect", { x, y: 0, width: Math.max(width - 1, 0.5), height, class: `fill-${part.name}` });
      const title = draw("title", {});
      title.textContent = `${part.name} ${percent(part.value / total)}`;
      rect.append(title);
      svg.append(rect);
      x += width;
    }
    return svg;
  }
  function sharesCell(row) {
    if (!row.shares) return make("span", "", "–");
    const parts = LABELS.map((name, i) => ({ name, value: row.shares[i] }));
    const svg = stack(parts, parts.map((p) => `${p.name} ${percent(p.value)}`).join(", "), 28);
    svg.classList.add("share");
    return svg;
  }

  for (const [i, column] of COLUMNS.entries()) {
    const head = make("th", column.number ? "number" : "");
    head.scope = "col";
    head.setAttribute("role", "columnheader");
    const button = make("button", "", column.name);
    button.type = "button";
    if (column.title) button.title = column.title;
    button.addEventListener("click", () => {
      const down = order.column === i ? !order.down : Boolean(column.number);
      order = { column: i, down };
      for (const [k, other] of [...at("columns").children].entries()) {
        if (k === i) other.setAttribute("aria-sort", down ? "descending" : "ascending");
        else other.removeAttribute("aria-sort");
      }
      update();
    });
    head.append(button);
    at("columns").append(head);
  }

  function line(row) {
    const tr = make("tr");
    tr.setAttribute("role", "row");
    for (const column of COLUMNS) {
      const td = make("td", column.number ? "number" : column.name === "page" ? "page" : "");
      td.setAttribute("role", "cell");
      if (column.name !== "page") td.dataset.name = column.name;
      if (column.cell) td.append(column.cell(row));
      else td.textContent = column.show(row);
      tr.append(td);
    }
    return tr;
  }
  function drawMore() {
    const end = Math.min(drawn + STEP, shown.length);
    const part = document.createDocumentFragment();
    for (; drawn < end; drawn++) part.append(line(shown[drawn]));
    at("rows").append(part);
    const left = shown.length - drawn;
    at("more-box").hidden = left === 0;
    at("more").textContent = `Show ${thousands(Math.min(STEP, left))} more of ${thousands(left)}`;
  }
  function update() {
    shown = rows.filter(fits);
    if (order.column !== null) {
      const value = COLUMNS[order.column].value;
      const sign = order.down ? -1 : 1;
      const keyed = shown.map((row) => [value(row), row]);
      keyed.sort((a, b) => (a[0] < b[0] ? -sign : a[0] > b[0] ? sign : a[1].number - b[1].number));
      shown = keyed.map((pair) => pair[1]);
    }
    at("rows").replaceChildren();
    drawn = 0;
    drawMore();
    at("none").hidden = shown.length > 0;
    const all = shown.length === rows.length;
    at("count").textContent = all ? `${thousands(rows.length)} pages` : `${thousands(shown.length)} of ${thousands(rows.length)} pages`;
    const any = wanted.words.length || wanted.verdicts.size || wanted.declared || wanted.differing || wanted.site !== null;
    at("clear").hidden = !any;
    charts();
  }

  // ---- charts
  function legend(parts, total, unit) {
    const list = make("ul", "legend");
    for (const part of parts) {
      const item = make("li");
      item.append(make("span", `swatch fill-${part.name}`), make("span", "", part.name), make("span", "number", unit(part.value, total)));
      list.append(item);
    }
    return list;
  }
  function charts() {
    const verdicts = VERDICTS.map((name) => ({ name, value: shown.filter((r) => r.state === name).length }));
    const seen = verdicts.filter((v) => v.value || (v.name !== "failed" && v.name !== "blocked"));
    const count = (n, all) => `${thousands(n)} · ${percent(all ? n / all : 0)}`;
    at("verdicts").replaceChildren(stack(seen, seen.map((v) => `${v.name} ${v.value}`).join(", "), 18), legend(seen, shown.length, count));

    const labels = LABELS.map((name, i) => ({ name, value: shown.reduce((sum, r) => sum + (r.chars ? r.chars[i] : 0), 0) }));
    const letters = labels.reduce((sum, l) => sum + l.value, 0);
    const share = (n, all) => percent(all ? n / all : 0);
    at("labels").replaceChildren(stack(labels, labels.map((l) => `${l.name} ${share(l.value, letters)}`).join(", "), 18), legend(labels, letters, share));

    const bins = new Array(20).fill(0);
    for (const row of shown) if (row.bins) row.bins.forEach((n, i) => (bins[i] += n));
    at("confidence").replaceChildren(histogram(bins));

    sites();
  }
  function histogram(bins) {
    const all = bins.reduce((a, b) => a + b, 0);
    const most = Math.max(1, ...bins);
    const width = 300 / bins.length;
    const below = bins.slice(0, 12).reduce((a, b) => a + b, 0);
    const svg = draw("svg", { viewBox: "0 0 300 130", role: "img", "aria-label": `${thousands(all)} blocks, ${percent(all ? below / all : 0)} of them under 60 % confidence` });
    for (let i = 0; i < bins.length; i++) {
      const height = (bins[i] / most) * 100;
      const bar = draw("rect", { x: i * width + 1, y: 104 - height, width: width - 2, height: Math.max(height, bins[i] ? 1.5 : 0), rx: 1.5, class: "fill-bar" });
      const title = draw("title", {});
      title.textContent = `${i * 5}–${i * 5 + 5} %: ${thousands(bins[i])} blocks`;
      bar.append(title);
      svg.append(bar);
    }
    svg.append(draw("rect", { x: 0, y: 104, width: 300, height: 1, class: "fill-rest" }));
    const note = (x, anchor, words) => {
      const label = draw("text", { x, y: 122, "text-anchor": anchor, class: "axis" });
      label.textContent = words;
      svg.append(label);
    };
    note(0, "start", "0 %");
    note(150, "middle", `${thousands(all)} blocks`);
    note(300, "end", "100 %");
    return svg;
  }
  function sites() {
    const bySite = new Map();
    for (const row of shown) {
      if (row.error) continue;
      const site = bySite.get(row.site || "") || { pages: 0, gated: 0 };
      site.pages++;
      if (row.state === "soft" || row.state === "hard") site.gated++;
      bySite.set(row.site || "", site);
    }
    const list = make("ul", "sites");
    const ranked = [...bySite].sort((a, b) => b[1].pages - a[1].pages || b[1].gated - a[1].gated || (a[0] < b[0] ? -1 : 1));
    for (const [name, site] of ranked.slice(0, 40)) {
      const button = make("button");
      button.type = "button";
      button.setAttribute("aria-pressed", String(wanted.site === name));
      button.title = "Show the pages of this site alone";
      const bar = stack([{ name: "hard", value: site.gated }, { name: "rest", value: site.pages - site.gated }], "", 28);
      bar.removeAttribute("role");
      bar.removeAttribute("aria-label");
      bar.setAttribute("aria-hidden", "true");
      bar.classList.add("share");
      bar.style.width = "100%";
      const words = make("span", "number faint", `${site.gated} of ${site.pages}`);
      button.append(make("span", "", name || "(no address)"), bar, words);
      button.addEventListener("click", () => {
        wanted.site = wanted.site === name ? null : name;
        update();
        // the list is a new one: the keys stay where they were
        [...at("sites").querySelectorAll("button")].find((b) => b.dataset.site === name)?.focus();
      });
      button.dataset.site = name;
      const item = make("li");
      item.append(button);
      list.append(item);
    }
    at("sites").replaceChildren(list);
  }

  // ---- a page's sheet
  let current = null;
  let blockMarks = [];
  async function unpack(row) {
    const packed = Uint8Array.from(atob(row.element.nextElementSibling.textContent), (c) => c.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    return JSON.parse(await new Response(stream).text());
  }
  const fact = (name, value) => {
    const box = make("span");
    box.append(make("span", "faint", `${name} `), value);
    return box;
  };
  async function open(row) {
    current = row;
    // one entry of the history for the sheet, whatever is leafed through in it
    if (at("sheet").open) history.replaceState(null, "", `#page-${row.number}`);
    else location.hash = `page-${row.number}`;
    at("sheet-title").textContent = row.title || row.path || "(no title)";
    at("sheet-where").textContent = [row.url, row.path].filter(Boolean).join("  ·  ");
    at("previous").disabled = shown.indexOf(row) <= 0;
    at("next").disabled = shown.indexOf(row) === shown.length - 1;
    const facts = [make("span", `chip ${row.state}`, row.state)];
    at("sheet-scroll").replaceChildren();
    if (!at("sheet").open) at("sheet").showModal();
    if (row.error) {
      at("sheet-facts").replaceChildren(...facts);
      at("sheet-scroll").append(make("p", "", row.message));
      return;
    }
    const detail = await unpack(row);
    if (current !== row) return;
    const access = detail.access || {};
    facts.push(fact("gated", percent(row.gated)));
    if (access.kind) facts.push(fact("asks for", access.kind));
    facts.push(fact("declared", declaredCell(row)));
    if (access.declared_source) facts.push(fact("in", access.declared_source));
    facts.push(fact("text", detail.status + (detail.reason ? ` (${detail.reason})` : "")));
    if (detail.lang) facts.push(fact("language", detail.lang));
    facts.push(fact("confidence", percent(row.confidence)), fact("size", size(row.bytes)));
    at("sheet-facts").replaceChildren(...facts);
    at("sheet-scroll").replaceChildren(reasons(access), view(detail), blocks(detail, access));
    at("sheet-scroll").scrollTop = 0;
  }
  function reasons(access) {
    const box = make("section", "reasons");
    const evidence = access.evidence || [];
    box.append(make("h2", "", evidence.length ? "Evidence for the verdict" : "Nothing on the page speaks of a gate"));
    const list = make("ol");
    for (const e of evidence) {
      const item = make("li");
      item.append(make("span", "number", `${e.weight > 0 ? "+" : ""}${e.weight.toFixed(2)}`), make("span", "faint", e.kind));
      if (e.block === null) item.append(make("span", "", e.text));
      else {
        const jump = make("button", "", e.text);
        jump.type = "button";
        jump.title = `Block ${e.block}`;
        jump.addEventListener("click", () => focusBlock(e.block));
        item.append(jump);
      }
      list.append(item);
    }
    if (evidence.length) box.append(list);
    return box;
  }
  function view(detail) {
    const box = make("fieldset", "toggles view");
    box.append(make("legend", "hidden-text", "Blocks to show"));
    LABELS.forEach((name, i) => {
      const n = detail.blocks.filter((b) => b[0] === i).length;
      const label = make("label", "toggle");
      const input = make("input");
      input.type = "checkbox";
      input.checked = true;
      input.addEventListener("change", () => blockMarks.forEach((b) => b.classList.contains(name) && (b.hidden = !input.checked)));
      label.append(input, make("span", `letter ${name}`, LETTERS[name]), `${name} ${n}`);
      box.append(label);
    });
    return box;
  }
  function blocks(detail, access) {
    const marked = new Map((access.evidence || []).filter((e) => e.block !== null).map((e) => [e.block, e.kind]));
    const list = make("ol", "blocks");
    blockMarks = detail.blocks.map(([labelAt, confidence, kind, tag, words], i) => {
      const name = LABELS[labelAt];
      const item = make("li", `block ${name}`);
      item.tabIndex = i === 0 ? 0 : -1;
      const letter = make("span", `letter ${name}`, LETTERS[name]);
      letter.title = name;
      const about = make("span", "about");
      about.append(make("span", "sure number", percent(confidence)), ` ${kind || name}`);
      if (confidence < 0.6) item.classList.add("doubtful");
      const shownText = make("span", tag && /^h[1-6]$/.test(tag) ? "text heading" : "text", words);
      if (marked.has(i)) {
        item.classList.add("evidence");
        about.append(make("span", "flag", `evidence: ${marked.get(i)}`));
        item.classList.add("doubtful");
      }
      item.append(letter, shownText, about);
      return item;
    });
    list.append(...blockMarks);
    list.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step) return;
      let next = blockMarks.indexOf(document.activeElement) + step;
      while (blockMarks[next] && blockMarks[next].hidden) next += step;
      if (!blockMarks[next]) return;
      event.preventDefault();
      focusBlock(next);
    });
    return list;
  }
  function focusBlock(i) {
    blockMarks.forEach((b) => (b.tabIndex = -1));
    const block = blockMarks[i];
    block.hidden = false;
    block.tabIndex = 0;
    block.focus();
    block.scrollIntoView({ block: "nearest" });
  }
  function move(step) {
    const next = shown[shown.indexOf(current) + step];
    if (next) open(next);
  }

  // ---- what the reader does
  for (const name of VERDICTS) {
    const n = rows.filter((r) => r.state === name).length;
    if (!n) continue;
    const label = make("label", "toggle");
    const input = make("input");
    input.type = "checkbox";
    input.value = name;
    label.append(input, name);
    at("by-verdict").append(label);
  }
  function read() {
    wanted.words = at("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    wanted.verdicts = new Set([...at("by-verdict").querySelectorAll("input:checked")].map((i) => i.value));
    wanted.declared = at("by-declared").value;
    wanted.differing = at("differing").checked;
    update();
  }
  at("filters").addEventListener("input", read);
  at("filters").addEventListener("submit", (event) => event.preventDefault());
  at("clear").addEventListener("click", () => {
    at("filters").reset();
    wanted.site = null;
    read();
    at("search").focus();
  });
  at("more").addEventListener("click", () => {
    const from = drawn;
    drawMore();
    at("rows").children[from]?.querySelector("button").focus({ preventScroll: true });
  });
  at("rows").addEventListener("click", (event) => {
    const button = event.target.closest("[data-open]");
    if (button) open(rows[button.dataset.open]);
  });
  at("previous").addEventListener("click", () => move(-1));
  at("next").addEventListener("click", () => move(1));
  at("close").addEventListener("click", () => at("sheet").close());
  at("sheet").addEventListener("click", (event) => event.target === at("sheet") && at("sheet").close());
  at("sheet").addEventListener("close", () => {
    const number = current.number;
    current = null;
    history.replaceState(null, "", "#");
    document.querySelector(`[data-open="${number}"]`)?.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = /^(INPUT|SELECT)$/.test(event.target.tagName) && event.target.type !== "checkbox";
    if (current && event.key === "j") move(1);
    else if (current && event.key === "k") move(-1);
    else if (!current && event.key === "/" && !typing) {
      event.preventDefault();
      at("search").focus();
    } else if (!current && (event.key === "ArrowDown" || event.key === "ArrowUp") && !typing) {
      const buttons = [...at("rows").querySelectorAll("[data-open]")];
      const next = buttons[buttons.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1)];
      if (next && buttons.includes(document.activeElement)) {
        event.preventDefault();
        next.focus();
      }
    }
  });

  const bytes = rows.reduce((sum, r) => sum + (r.bytes || 0), 0);
  at("about").textContent = [`${thousands(rows.length)} pages`, bytes && size(bytes), at("about").textContent].filter(Boolean).join(" · ");
  update();
  function follow() {
    const linked = /^#page-(\d+)$/.exec(location.hash);
    const row = linked && rows[linked[1]];
    if (row && row !== current) open(row);
    else if (!row && at("sheet").open) at("sheet").close();
  }
  addEventListener("hashchange", follow);
  follow();
})();
