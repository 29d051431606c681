// Labelling one page: the list of its blocks, the frame beside it, and the keys. Every change goes to the server,
// which writes it and answers how things stand.
"use strict";
(async () => {
  const at = (id) => document.getElementById(id);
  const token = document.querySelector("meta[name=tollgate-token]").content;
  const page = document.body.dataset.page;
  const LETTERS = { content: "C", subscription: "S", navigation: "N" };
  const DOUBTFUL = 0.2;

  const answer = await fetch(`/api/page/${page}`);
  const data = await answer.json();
  if (!answer.ok) return fault(data.error);
  const blocks = data.blocks;
  let state = data.state;
  let from = 0; // where the selection began
  let to = 0; // where one is
  let busy = Promise.resolve();
  let waiting = 0; // changes that are not on disk yet

  function fault(text) {
    at("fault").textContent = text;
    at("fault").hidden = false;
  }
  function make(tag, className, text) {
    const element = document.createElement(tag);
    element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  }

  // ---- the list
  const items = blocks.map((block, i) => {
    const item = make("li", "block");
    item.id = `block-${i}`;
    item.setAttribute("role", "option");
    const letter = make("span", "letter");
    letter.setAttribute("aria-hidden", "true");
    item.append(letter, make("span", "hidden-text"), make("span", /^h[1-6]$/.test(block.tag || "") ? "text heading" : "text", block.text), make("span", "about faint number"));
    item.addEventListener("mousedown", (event) => event.preventDefault());
    item.addEventListener("click", (event) => select(i, event.shiftKey));
    return item;
  });
  at("blocks").append(...items);

  const shownLabel = (i) => state.labels[i] || blocks[i].label;
  const low = () => Math.min(from, to);
  const high = () => Math.max(from, to);

  function draw(scroll) {
    items.forEach((item, i) => {
      const label = shownLabel(i);
      const sure = Boolean(state.labels[i]);
      const selected = i >= low() && i <= high();
      item.className = `block ${label}${sure ? " sure" : ""}${selected ? " selected" : ""}${i === to ? " current" : ""}${!sure && blocks[i].doubt > DOUBTFUL ? " doubtful" : ""}`;
      item.setAttribute("aria-selected", String(selected));
      const [letter, name, , about] = item.children;
      letter.className = `letter ${label}${sure ? "" : " guess"}`;
      letter.textContent = LETTERS[label];
      const guess = `${Math.round(blocks[i].confidence * 100)} %`;
      about.textContent = sure ? (label === blocks[i].label ? "labelled" : `labelled, model: ${LETTERS[blocks[i].label]}`) : guess;
      name.textContent = `${label}${sure ? "" : ", the model's guess"}: `;
    });
    at("blocks").setAttribute("aria-activedescendant", `block-${to}`);
    for (const button of document.querySelectorAll("[data-gate]")) button.setAttribute("aria-pressed", String(button.dataset.gate === state.gate));
    if (document.activeElement !== at("site")) at("site").value = state.site || "";
    const labelled = state.labels.filter(Boolean).length;
    const all = state.progress;
    at("progress").textContent = `${labelled} of ${blocks.length} blocks · ${all.begun} of ${all.pages} pages`;
    document.querySelector("[data-do=undo]").disabled = state.undo === 0;
    tellFrame(scroll);
  }
  function select(i, extend, scrollFrame = true) {
    to = Math.max(0, Math.min(blocks.length - 1, i));
    if (!extend) from = to;
    items[to]?.scrollIntoView({ block: "nearest" });
    draw(scrollFrame ? to : null);
  }

  // ---- the frame: numbers of blocks come out, labels go in
  const frame = at("frame");
  function tellFrame(scroll = null) {
    const told = blocks.map((_, i) => ({ label: shownLabel(i), sure: Boolean(state.labels[i]) }));
    // its origin is opaque, so it can't be named; what it is told is no secret
    frame.contentWindow.postMessage({ blocks: told, from: low(), to: high(), scroll }, "*");
  }
  addEventListener("message", (event) => {
    if (event.source !== frame.contentWindow || !event.data) return;
    const { block, extend, ready, focus } = event.data;
    if (ready === true) return tellFrame(to);
    // keys are for the app, not for the page
    if (focus === true) return at("blocks").focus({ preventScroll: true });
    if (!Number.isInteger(block) || block < 0 || block >= blocks.length) return;
    select(block, extend === true, false);
    items[block].scrollIntoView({ block: "center" });
    at("blocks").focus({ preventScroll: true });
  });

  // ---- changes, one after the other. What to send is made when its turn comes: by then the answers to all changes
  // before it are here
  function send(what, make) {
    waiting += 1;
    busy = busy.then(async () => {
      try {
        const body = make();
        const reply = await fetch(`/api/page/${page}/${what}`, {
          method: "POST",
          headers: { "x-tollgate-token": token, "content-type": "application/json" },
          body: JSON.stringify(body),
        });
        const text = await reply.text();
        if (!reply.ok) {
          let reason = text;
          try {
            reason = JSON.parse(text).error;
          } catch {
            // the text is the reason
          }
          fault(`Not saved: ${reason}`);
          return;
        }
        state = JSON.parse(text);
      } catch {
        fault("Not saved: the program can't be reached. Is it still running?");
      } finally {
        waiting -= 1;
      }
      draw();
    });
    return busy;
  }
  const range = (a, b) => Array.from({ length: b - a + 1 }, (_, i) => a + i);
  function label(name, first = low(), last = high()) {
    const single = first === last;
    send("labels", () => ({ set: range(first, last).map((i) => [i, name]) }));
    if (single && name) select(last + 1, false);
  }
  /** The smallest container that holds more than the selection. */
  function container(a, b) {
    return data.containers.find(([first, end]) => first <= a && end > b && end - first > b - a + 1);
  }
  const actions = {
    clear: () => label(null),
    grow() {
      const around = container(low(), high());
      if (!around) return;
      [from, to] = [around[0], around[1] - 1];
      items[from].scrollIntoView({ block: "nearest" });
      draw(from);
    },
    doubtful() {
      const order = range(1, blocks.length).map((step) => (to + step) % blocks.length);
      const open = order.filter((i) => !state.labels[i]);
      const next = open.find((i) => blocks[i].doubt > DOUBTFUL) ?? open.sort((a, b) => blocks[b].doubt - blocks[a].doubt)[0];
      if (next !== undefined) select(next, false);
      items[to].scrollIntoView({ block: "center" });
    },
    accept() {
      const [first, last] = [low(), high()];
      send("labels", () => ({ set: range(first, last).map((i) => [i, shownLabel(i)]) }));
      if (low() === high()) select(to + 1, false);
    },
    acceptAll: () => send("labels", () => ({ set: blocks.flatMap((b, i) => (state.labels[i] ? [] : [[i, b.label]])) })),
    undo: () => send("undo", () => ({})),
    help() {
      at("help").hidden = !at("help").hidden;
      document.querySelector("[data-do=help]").setAttribute("aria-expanded", String(!at("help").hidden));
    },
    plain() {
      const button = document.querySelector("[data-do=plain]");
      const plain = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(plain));
      frame.src = `/frame/${page}${plain ? "?plain" : ""}`;
    },
  };
  const gate = (name) => send("gate", () => ({ gate: state.gate === name ? null : name }));
  for (const button of document.querySelectorAll("[data-label]")) button.addEventListener("click", () => label(button.dataset.label));
  for (const button of document.querySelectorAll("[data-do]")) button.addEventListener("click", () => actions[button.dataset.do]());
  for (const button of document.querySelectorAll("[data-gate]")) button.addEventListener("click", () => gate(button.dataset.gate));
  at("site").addEventListener("change", () => send("site", () => ({ site: at("site").value })));

  const NAMES = { c: "content", s: "subscription", n: "navigation" };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target === at("site")) return;
    const key = event.key;
    const wide = event.shiftKey && NAMES[key.toLowerCase()] && key !== key.toLowerCase();
    const done = () => event.preventDefault();
    if (wide) {
      const around = container(low(), high());
      if (around) label(NAMES[key.toLowerCase()], around[0], around[1] - 1);
    } else if (NAMES[key]) label(NAMES[key]);
    else if (key === "ArrowDown" || key.toLowerCase() === "j") select(to + 1, event.shiftKey);
    else if (key === "ArrowUp" || key.toLowerCase() === "k") select(to - 1, event.shiftKey);
    else if (key === "g") actions.grow();
    else if (key === "d") actions.doubtful();
    else if (key === "a") actions.accept();
    else if (key === "A") actions.acceptAll();
    else if (key === "u") actions.undo();
    else if (key === "x" || key === "Delete") actions.clear();
    else if (key === "p") actions.plain();
    else if (key === "?") actions.help();
    else if (key === "Escape") at("fault").hidden = true;
    else if (["1", "2", "3"].includes(key)) gate(["open", "soft", "hard"][key - 1]);
    else if (key === "]") at("next").click();
    else return;
    done();
  });

  const access = data.access;
  if (access) {
    const gateGroup = document.querySelector("[data-gate]").parentElement;
    gateGroup.prepend(make("span", "faint guess-gate", `model: ${access.verdict} (${Math.round(access.probability * 100)} % gated) · you:`));
  }
  if (data.next !== null) at("next").href = `/page/${data.next}`;
  // the queue changes while one works: ask again on leaving
  at("next").addEventListener("click", async (event) => {
    event.preventDefault();
    await busy;
    const now = await (await fetch(`/api/page/${page}`)).json();
    location.href = now.next === null ? "/" : `/page/${now.next}`;
  });
  // leaving waits for what is not saved yet; where it can't, the browser asks
  document.querySelector("[data-back]").addEventListener("click", async (event) => {
    event.preventDefault();
    await busy;
    location.href = "/";
  });
  addEventListener("beforeunload", (event) => waiting > 0 && event.preventDefault());
  document.body.dataset.ready = "true";
  at("blocks").focus({ preventScroll: true });
  draw();
})();
