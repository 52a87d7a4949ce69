// Who would have been first? The answers of one round, side by side, at the instants at which each piece arrived.
//
// <hayai-race> holds JSON in a script element (see race_data.py), or gets it as `.data`. Text enters as text nodes only. `.data` may be set
// again while a run goes on; the race goes on where it was.
"use strict";
(() => {
  const PACES = [0.5, 1, 2, 4, 8];
  const STYLE = `
    :host { display: block; margin: .8rem 0; }
    .bar { display: flex; flex-wrap: wrap; gap: .5rem .8rem; align-items: center; margin-bottom: .7rem; }
    button, select { font: inherit; color: inherit; background: var(--sunk); border: 1px solid var(--grid); border-radius: .4rem; padding: .3rem .8rem; max-width: 100%; min-width: 0; }
    button { cursor: pointer; min-width: 6.5em; }
    button:focus-visible, select:focus-visible, input:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
    label { display: flex; gap: .4rem; align-items: center; font-size: .9rem; color: var(--dim); min-width: 0; max-width: 100%; }
    .seek { flex: 1 1 12rem; } .seek input { width: 100%; accent-color: var(--accent); }
    .clock { font-variant-numeric: tabular-nums; font-weight: 600; min-width: 5.5em; text-align: right; }
    .lanes { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(16rem, 100%), 1fr)); gap: .8rem; }
    .lane { background: var(--sunk); border-radius: .4rem; border-top: .35rem solid var(--own); padding: .6rem .75rem; min-width: 0; display: flex; flex-direction: column; }
    .name { font-weight: 600; overflow-wrap: anywhere; }
    .state { font-size: .88rem; color: var(--dim); font-variant-numeric: tabular-nums; min-height: 2.9em; }
    .place { font-weight: 700; color: var(--ink); }
    .text { height: 15rem; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: isolate; border-top: 1px solid var(--line); margin-top: .4rem; padding-top: .4rem; }
    .track { height: .3rem; background: var(--grid); border-radius: .2rem; overflow: hidden; margin-top: .5rem; }
    .track div { height: 100%; width: 0; background: var(--own); }
    .note { font-size: .88rem; color: var(--dim); margin: .6rem 0 0; }
  `;
  const element = (name, className, text) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.append(document.createTextNode(text));
    return made;
  };
  const fill = (template, values) => template.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
  const seconds = (ms) => (ms / 1000).toFixed(2) + " s";
  // How many of the ascending instants are not after `now`.
  const reached = (instants, now) => {
    let low = 0, high = instants.length;
    while (low < high) { const middle = (low + high) >> 1; if (instants[middle] <= now) low = middle + 1; else high = middle; }
    return low;
  };

  class Race extends HTMLElement {
    #data = null; #race = null; #lanes = []; #now = 0; #playing = false; #last = 0; #frame = 0; #parts = null;

    connectedCallback() {
      const holder = this.querySelector('script[type="application/json"]');
      if (holder && !this.#data) this.data = JSON.parse(holder.textContent);
    }
    disconnectedCallback() { cancelAnimationFrame(this.#frame); }

    get data() { return this.#data; }
    set data(value) {
      const before = this.#race;
      this.#data = value;
      if (!this.#parts) this.#build();
      this.#listPrompts();
      const same = before && value.races.find((one) => one.prompt === before.prompt && one.round === before.round);
      this.#choose(same || value.races.find((one) => one.chosen) || value.races[0], Boolean(same));
    }
    get now() { return this.#now; }
    get length() { return this.#race ? Math.max(0, ...this.#race.lanes.map((lane) => this.#lastOf(lane))) : 0; }

    #lastOf(lane) { return Math.max(lane.end || 0, lane.at.length ? lane.at[lane.at.length - 1] : 0, lane.ttft || 0); }

    #build() {
      const words = this.#data.words, root = this.shadowRoot || this.attachShadow({ mode: "open" });
      const style = element("style"); style.append(document.createTextNode(STYLE));
      const bar = element("div", "bar");
      const play = element("button", "play", words.play); play.type = "button";
      play.addEventListener("click", () => this.toggle());
      const seek = element("input"); seek.type = "range"; seek.min = "0"; seek.step = "10"; seek.value = "0";
      seek.addEventListener("input", () => { const wanted = Number(seek.value); this.pause(); this.seek(wanted); });
      const seekLabel = element("label", "seek"); seek.setAttribute("aria-label", words.seek); seekLabel.append(seek);
      const clock = element("output", "clock", seconds(0)); clock.setAttribute("aria-label", words.clock);
      const pace = this.#select(words.pace, PACES.map((one) => [String(one), one + "×"]), "1");
      const prompt = this.#select(words.prompt, [], ""); const round = this.#select(words.round, [], "");
      prompt.select.addEventListener("change", () => this.#choosePrompt(prompt.select.value));
      round.select.addEventListener("change", () => this.#choose(this.#rounds(prompt.select.value)[Number(round.select.value)], false));
      bar.append(play, clock, seekLabel, pace.label, prompt.label, round.label);
      const lanes = element("div", "lanes");
      root.replaceChildren(style, bar, lanes, element("p", "note", words.not_verdict));
      this.#parts = { play, seek, clock, pace: pace.select, prompt: prompt.select, round: round.select, roundLabel: round.label, lanes };
      this.addEventListener("keydown", (event) => {
        if (event.composedPath()[0] instanceof HTMLSelectElement) return;
        if (event.key === "k") { event.preventDefault(); this.toggle(); }
        if (event.key === "Home" && !(event.composedPath()[0] instanceof HTMLInputElement)) this.seek(0);
        if (event.key === "End" && !(event.composedPath()[0] instanceof HTMLInputElement)) this.seek(this.length);
      });
    }
    #select(name, options, value) {
      const label = element("label", "", name), select = element("select");
      for (const [key, text] of options) { const option = element("option", "", text); option.value = key; select.append(option); }
      select.value = value; label.append(select);
      return { label, select };
    }
    #rounds(prompt) { return this.#data.races.filter((one) => one.prompt === prompt); }
    #listPrompts() {
      const { prompt } = this.#parts, wanted = [...new Set(this.#data.races.map((one) => one.prompt))];
      const shown = [...prompt.options].map((option) => option.value);
      for (const one of wanted) if (!shown.includes(one)) { const option = element("option", "", one); option.value = one; prompt.append(option); }
    }
    #choosePrompt(name) { const rounds = this.#rounds(name); this.#choose(rounds.find((one) => one.chosen) || rounds[0], false); }
    #choose(race, keep) {
      if (!race) return;
      const { prompt, round, roundLabel, lanes } = this.#parts, words = this.#data.words, rounds = this.#rounds(race.prompt);
      this.#race = race;
      prompt.value = race.prompt;
      round.replaceChildren(...rounds.map((one, place) => {
        const option = element("option", "", one.round + (one.chosen ? " " + words["round.chosen"] : "")); option.value = String(place); return option;
      }));
      round.value = String(rounds.indexOf(race)); roundLabel.hidden = rounds.length < 2;
      this.#lanes = race.lanes.map((lane) => {
        const target = this.#data.targets[lane.target], box = element("div", "lane");
        box.style.setProperty("--own", target.colour);
        const state = element("div", "state"), text = element("div", "text"), node = document.createTextNode(""), track = element("div", "track"), done = element("div");
        text.dir = "auto"; text.tabIndex = 0; text.setAttribute("role", "region"); text.setAttribute("aria-label", target.name);
        text.append(node); track.append(done); box.append(element("div", "name", target.name), state, text, track);
        return { lane, box, state, text, node, done, shown: 0 };
      });
      lanes.replaceChildren(...this.#lanes.map((one) => one.box));
      this.#parts.seek.max = String(10 * Math.ceil(this.length / 10));
      if (!keep) { this.pause(); this.#now = 0; }
      this.#draw();
    }

    play() {
      if (!this.#race) return;
      if (this.#now >= this.length) this.#now = 0;
      this.#playing = true; this.#last = performance.now(); this.#tick();
    }
    pause() { this.#playing = false; cancelAnimationFrame(this.#frame); if (this.#race && this.#parts) this.#draw(); }
    get playing() { return this.#playing; }
    // Shows a race that is in `.data`, at its start.
    show(prompt, round) { this.#choose(this.#rounds(prompt).find((one) => one.round === round), false); }
    toggle() { if (this.#playing) this.pause(); else this.play(); }
    seek(ms) { this.#now = Math.min(Math.max(0, ms), this.length); this.#draw(); }

    #tick() {
      const at = performance.now();
      this.#now += (at - this.#last) * Number(this.#parts.pace.value); this.#last = at;
      if (this.#now >= this.length) { this.#now = this.length; this.#playing = false; }
      this.#draw();
      if (!this.#playing) this.dispatchEvent(new Event("finish"));
      if (this.#playing) this.#frame = requestAnimationFrame(() => this.#tick());
    }
    #order() { return this.#lanes.map((one) => one.lane.end).filter((end) => end !== null && end <= this.#now).sort((a, b) => a - b); }
    #draw() {
      const words = this.#data.words, { play, seek, clock } = this.#parts, now = this.#now, order = this.#order();
      play.textContent = this.#playing ? words.pause : now >= this.length && this.length ? words.again : words.play;
      seek.value = String(now); seek.setAttribute("aria-valuetext", seconds(now)); clock.textContent = seconds(now);
      for (const one of this.#lanes) {
        const { lane } = one, count = reached(lane.at, now);
        if (count < one.shown) { one.node.data = ""; one.shown = 0; }
        if (count > one.shown) {
          one.node.appendData(lane.text.slice(one.shown, count).join("")); one.shown = count;
          one.text.scrollTop = one.text.scrollHeight;
        }
        one.done.style.width = (lane.at.length ? (100 * count) / lane.at.length : lane.end !== null && lane.end <= now ? 100 : 0) + "%";
        one.state.replaceChildren(...this.#state(lane, now, count, order, words));
      }
    }
    #state(lane, now, count, order, words) {
      const told = [], over = now >= this.#lastOf(lane);
      if (lane.outcome && over) return [element("span", "place", fill(words.failed, { why: lane.outcome }))];
      if (lane.ttft !== null && lane.ttft <= now) told.push(fill(words.ttft, { time: seconds(lane.ttft) }));
      else if (lane.thinks !== null && lane.thinks <= now) told.push(words.thinks);
      else if (lane.end === null || lane.end > now) told.push(words.waits);
      const first = lane.ttft === null ? 0 : lane.ttft, until = Math.min(now, lane.end === null ? now : lane.end);
      const tokens = lane.tokens === null || !lane.at.length ? null : (lane.tokens * count) / lane.at.length;
      if (tokens !== null && count > 1 && until > first) told.push(fill(words.tokens_per_s, { rate: Math.round((1000 * tokens) / (until - first)) }));
      const parts = [element("div", "", told.join(" · "))];
      if (lane.end !== null && lane.end <= now) {
        const place = order.indexOf(lane.end);
        const gap = place === 0 ? words.first : fill(words.gap, { place: place + 1, time: seconds(lane.end - order[0]) });
        parts.push(element("div", "place", fill(words.done, { time: seconds(lane.end) }) + " · " + gap));
      }
      return parts;
    }
  }
  customElements.define("hayai-race", Race);
})();
