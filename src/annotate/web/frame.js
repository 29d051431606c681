// The one script in the frame. It tells the app which block was clicked, by number, and shows labels that the
// app sends. Functions are taken before the page's elements exist: none of them can stand in the way.
"use strict";
(() => {
  const app = window.parent;
  const post = app.postMessage.bind(app);
  const find = Document.prototype.querySelectorAll.bind(document);
  const { closest, getAttribute, setAttribute, removeAttribute, scrollIntoView } = Element.prototype;
  const call = Function.prototype.call.bind(Function.prototype.call);
  const stop = (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  for (const kind of ["auxclick", "dblclick", "submit", "dragstart", "contextmenu"]) addEventListener(kind, stop, true);
  addEventListener(
    "click",
    (event) => {
      stop(event);
      const marked = event.target instanceof Element && call(closest, event.target, "[data-tollgate]");
      if (!marked) post({ focus: true }, "*");
      else post({ block: Number(call(getAttribute, marked, "data-tollgate")), extend: event.shiftKey }, "*");
    },
    true,
  );
  // a click with Shift must not select text
  addEventListener("mousedown", (event) => event.shiftKey && event.preventDefault(), true);
  const flag = (element, name, value) => (value ? call(setAttribute, element, name, value) : call(removeAttribute, element, name));
  addEventListener("message", (event) => {
    if (event.source !== app || !event.data || !Array.isArray(event.data.blocks)) return;
    const { blocks, from, to, scroll } = event.data;
    let first = null;
    for (const element of find("[data-tollgate]")) {
      const number = Number(call(getAttribute, element, "data-tollgate"));
      const block = blocks[number];
      if (!block) continue;
      flag(element, "data-tollgate-label", block.label);
      flag(element, "data-tollgate-sure", block.sure ? "1" : "");
      flag(element, "title", `${block.label}${block.sure ? "" : ", the model's guess"}`);
      const selected = number >= from && number <= to;
      flag(element, "data-tollgate-selected", selected ? "1" : "");
      if (number === scroll && !first) first = element;
    }
    if (first) call(scrollIntoView, first, { block: "center" });
  });
  addEventListener("load", () => post({ ready: true }, "*"));
})();
