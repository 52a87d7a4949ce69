// A run while it is measured: what the server tells is put in its place, as text. The race plays the newest round while it follows.
//
// The browser's EventSource connects again by itself; with each connection the server tells everything anew, so nothing is missed.
"use strict";
(() => {
  const MOST = 200;
  const byId = (id) => document.getElementById(id);
  const race = byId("race"), follow = byId("follow"), state = byId("state");
  const first = JSON.parse(race.querySelector("script").textContent), words = first.live;
  let races = first.races, waiting = null;
  const element = (name, text, className) => { const made = document.createElement(name); if (className) made.className = className; made.append(document.createTextNode(text)); return made; };
  const fill = (id, made) => byId(id).replaceChildren(...made);
  const begin = (one) => { waiting = null; race.show(one.prompt, one.round); race.play(); };
  const take = (list, anew) => {
    races = anew ? list : [...races.filter((old) => !list.some((one) => one.prompt === old.prompt && one.round === old.round)), ...list].slice(-MOST);
    if (!races.length) return;
    race.data = { words: first.words, targets: first.targets, races };
    waiting = races[races.length - 1];
    if (follow.checked && !race.playing && list.length) begin(waiting);
  };
  const show = (told) => {
    state.textContent = told.state; state.className = told.measuring ? "state on" : "state";
    byId("line").textContent = told.line;
    fill("told", told.told.map((line) => element("p", line, "sentence")));
    fill("cautions", told.cautions.map((line) => element("li", line)));
    fill("rows", told.rows.map((row) => { const made = document.createElement("tr"); made.append(...row.map((cell, place) => element("td", cell, place ? "" : "name"))); return made; }));
  };
  race.addEventListener("finish", () => { if (follow.checked && waiting) begin(waiting); });
  follow.addEventListener("change", () => { if (follow.checked && waiting && !race.playing) begin(waiting); });
  const events = new EventSource(race.dataset.events);
  events.addEventListener("all", (event) => { const told = JSON.parse(event.data); show(told.state); take(told.races, true); });
  events.addEventListener("state", (event) => show(JSON.parse(event.data)));
  events.addEventListener("races", (event) => take(JSON.parse(event.data), false));
  events.addEventListener("over", () => { events.close(); location.reload(); });
  events.addEventListener("error", () => { state.textContent = words.lost; state.className = "state lost"; });
})();
