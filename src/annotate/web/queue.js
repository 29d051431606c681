// The queue: keeps the progress of reading and training up to date.
"use strict";
(() => {
  const at = (id) => document.getElementById(id);
  const token = document.querySelector("meta[name=tollgate-token]").content;
  const percent = (x) => (x === null ? "–" : `${(x * 100).toFixed(1)} %`);
  let wasReading = !at("reading").hidden;
  let wasTraining = false;
  let newModel = false; // its labels are not in this list yet

  function cell(row, tag, text, className) {
    const element = document.createElement(tag);
    element.textContent = text;
    if (className) element.className = className;
    row.append(element);
  }
  function scores(report) {
    const box = at("training-scores");
    box.replaceChildren();
    const where = { sites: "on held-out sites", pages: "on held-out pages of the one site", none: "" }[report.held];
    if (report.before && report.after) {
      const table = document.createElement("table");
      const caption = table.createCaption();
      caption.textContent = `${report.blocks} labelled blocks of ${report.pages} pages, ${where}`;
      const head = table.createTHead().insertRow();
      for (const name of ["", "before", "after"]) cell(head, "th", name, name && "number");
      const line = (name, before, after) => {
        const row = table.createTBody().insertRow();
        cell(row, "th", name);
        cell(row, "td", before, "number");
        cell(row, "td", after, "number");
      };
      line("blocks right", `${report.before.right}`, `${report.after.right}`);
      line("mean F1", percent(report.before.macro_f1), percent(report.after.macro_f1));
      ["content", "subscription", "navigation"].forEach((name, i) => {
        if (report.before.f1[i] !== null) line(`F1 ${name}`, percent(report.before.f1[i]), percent(report.after.f1[i]));
      });
      box.append(table);
    }
    box.hidden = false;
  }
  function showTraining(t) {
    const running = t.state === "running";
    at("train").disabled = running;
    at("training-progress").hidden = !running;
    if (running) {
      at("training-progress").max = t.of;
      at("training-progress").value = t.done;
      at("training-text").textContent = `${t.step} (step ${Math.min(t.done + 1, t.of)} of ${t.of})`;
      at("training-scores").hidden = true;
    } else if (t.state === "failed") {
      at("training-text").textContent = `Training failed: ${t.reason}`;
    } else if (t.state === "done") {
      const none = t.held === "none" ? " No score: a second page is needed to hold one out." : "";
      at("training-text").textContent = `Trained in ${t.seconds.toFixed(0)} s; the model is in ${t.file} and labels the pages from now on.${none}`;
      scores(t);
      for (const page of t.failed) {
        const line = document.createElement("p");
        line.className = "faint";
        line.textContent = `left out: ${page}`;
        at("training-scores").append(line);
      }
    }
    return running;
  }
  async function look() {
    const answer = await fetch("/api/status");
    if (!answer.ok) return;
    const { progress, training } = await answer.json();
    const isReading = progress.read < progress.pages;
    at("read").textContent = progress.read;
    at("reading").hidden = !isReading;
    at("begun").textContent = progress.begun;
    at("labelled").textContent = progress.labelled;
    at("progress").value = progress.begun;
    const trained = wasTraining && training.state === "done";
    if (trained) newModel = true;
    if (!isReading && (wasReading || newModel)) return location.reload();
    wasReading = isReading;
    wasTraining = showTraining(training);
    if (isReading || wasTraining) setTimeout(look, 700);
  }
  at("train").addEventListener("click", async () => {
    at("train").disabled = true;
    const answer = await fetch("/api/train", { method: "POST", headers: { "x-tollgate-token": token } });
    if (!answer.ok) at("training-text").textContent = (await answer.json()).error;
    look();
  });
  look();
})();
