// Keeps the list of live calls in step with the server.

import { $, clock, skew } from "./console.js";

const list = $("lines");
const quiet = $("quiet");
const names = list ? JSON.parse(list.dataset.names) : {};
let told = -1;

const tell = (count) => {
  for (const badge of document.querySelectorAll("[data-live-count]")) {
    badge.textContent = count;
    badge.hidden = count === 0;
  }
  if (count === told) return;
  told = count;
  const text = count === 0 ? "Nobody is on the line." : count === 1 ? "One caller is on the line." : `${count} callers are on the line.`;
  for (const place of document.querySelectorAll("[data-live-told]")) if (place.textContent !== text) place.textContent = text;
};

const set = (element, text) => {
  if (element.textContent !== text) element.textContent = text;
};

const show = (row, call) => {
  const field = (name) => row.querySelector(`[data-f="${name}"]`);
  const doing = field("doing");
  set(doing, call.doing);
  doing.className = `chip state ${call.doing}`;
  set(field("from"), call.from || "hidden number");
  set(field("business"), names[call.business] || call.business);
  set(field("turn"), String(call.turn));
  set(field("line"), call.line);
  field("since").dataset.clock = call.since;
  field("started").dataset.clock = call.started;
  field("link").href = `/console/calls/${call.call}`;
  field("form").action = `/console/calls/${call.call}/hangup`;
};

const tick = () => {
  const now = Date.now() + skew;
  for (const place of document.querySelectorAll("[data-clock]")) set(place, clock(now - Number(place.dataset.clock)));
};

const update = (calls) => {
  tell(calls.length);
  if (!list) return;
  const rows = new Map([...list.children].map((row) => [row.dataset.id, row]));
  for (const [id, row] of rows) if (!calls.some((call) => call.call === id)) row.remove();
  for (const call of calls) {
    let row = rows.get(call.call);
    if (!row) {
      row = $("line").content.firstElementChild.cloneNode(true);
      row.dataset.id = call.call;
      row.classList.add("fresh");
      list.append(row);
    }
    show(row, call);
  }
  quiet.hidden = calls.length > 0;
  tick();
};

new EventSource("/admin/v1/live").addEventListener("live", (event) => update(JSON.parse(event.data)));
setInterval(tick, 1000);
tick();
