// The browser phone: dials over the server's own telephone network, plays what it plays, says what is typed.

import { $, clock, latest, part, patch } from "./console.js";

const phone = $("phone");
const ear = $("ear");
const inputs = [$("text"), $("send"), $("nothing"), $("hangup"), ...document.querySelectorAll("[data-digit]")];
let line = null; // the phone's id at the server
let events = null;
let sid = null; // the call's id
let began = 0;

const seconds = (ms) => (ms === null ? "never" : `${(ms / 1000).toFixed(2)} s`);

const say = (text, lamp) => {
  $("status").textContent = text;
  $("lamp").className = `lamp ${lamp}`;
};

const state = (name) => {
  phone.dataset.state = name;
  const busy = name !== "idle";
  for (const input of inputs) input.disabled = name !== "up";
  $("hangup").disabled = !busy;
  for (const field of $("dial").elements) field.disabled = busy;
};

const refresh = latest(async () => {
  if (!sid) return;
  const fresh = await part(`/console/calls/${sid}/progress`);
  const words = $("words");
  const low = words.scrollHeight - words.scrollTop - words.clientHeight < 80;
  words.querySelector(".placeholder")?.remove();
  patch(words, fresh.querySelector("[data-part=words]"));
  $("falls").replaceChildren(...fresh.querySelector("[data-part=falls]").children);
  if (low) words.scrollTop = words.scrollHeight;
  mark();
});

let playing = null;
const mark = () => {
  const lines = [...$("words").querySelectorAll(".said")];
  const now = playing && lines.findLast((line) => line.dataset.object === playing);
  for (const line of lines) line.classList.toggle("now", line === now);
};

const hear = (event) => {
  playing = event.url.match(/\/audio\/([0-9a-f]+)\.wav/)?.[1] ?? null;
  ear.src = event.url;
  ear.play().then(() => (phone.dataset.played = String(Number(phone.dataset.played || 0) + 1)), () => {
    say("The browser does not let this page play sound; press a key on it", "off");
  });
  say(event.filler ? "A filler plays" : "The agent speaks", event.filler ? "wait" : "on");
  mark();
};

const note = (list, text) => {
  const item = document.createElement("li");
  item.textContent = text;
  list.append(item);
  list.hidden = false;
};

// Each document names the clips that come next: they are fetched now, so that they start without a gap.
const document_ = (event) => {
  const item = document.createElement("li");
  const details = document.createElement("details");
  const summary = document.createElement("summary");
  const code = document.createElement("code");
  const held = document.createElement("span");
  const pre = document.createElement("pre");
  code.textContent = event.url;
  held.className = "held";
  held.textContent = `${event.ms} ms`;
  pre.textContent = event.xml.replaceAll("><", ">\n<");
  pre.tabIndex = 0;
  summary.append(code, held);
  details.append(summary, pre);
  item.append(details);
  $("docs").append(item);
  $("docs-count").textContent = $("docs").children.length;
  for (const [, path] of event.xml.matchAll(/(\/audio\/[0-9a-f]+\.wav[^<]*)<\/Play>/g)) fetch(path).catch(() => {});
};

const over = (reason) => {
  events?.close();
  events = null;
  line = null;
  ear.pause();
  playing = null;
  state("idle");
  say(`Over: ${reason}`, "");
  setTimeout(refresh, 400);
  $("call").focus();
};

const happened = (event) => {
  switch (event.event) {
    case "dialled":
      sid = event.call;
      began = Date.now();
      $("more").hidden = false;
      $("more").firstElementChild.href = `/console/calls/${sid}`;
      state("up");
      say("It rings", "wait beat");
      break;
    case "playing":
      hear(event);
      refresh();
      break;
    case "reading":
      say("The carrier’s own voice reads; this page has no sound for it", "on");
      refresh();
      break;
    case "stopped":
      ear.pause();
      break;
    case "listening":
      say("Listening: say something", "ear beat");
      refresh();
      if (document.activeElement === document.body) $("text").focus();
      break;
    case "said":
      say("The agent has heard it", "wait beat");
      refresh();
      break;
    case "document":
      document_(event);
      break;
    case "turn":
      if (event.turn > 0) $("heard").textContent = `The phone heard, in turn ${event.turn}: ${seconds(event.dead_air_ms)} of silence, first sound after ${seconds(event.first_sound_ms)}, the answer after ${seconds(event.answer_ms)}.`;
      refresh();
      break;
    case "fault":
      note($("faults"), event.text);
      break;
    case "ended":
      over(event.reason);
  }
};

const post = async (url, body) => {
  const answer = await fetch(url, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  if (answer.ok) return answer;
  const problem = await answer.json().catch(() => ({}));
  throw new Error([problem.detail || `the server answered ${answer.status}`, problem.hint].filter(Boolean).join("; "));
};

const act = async (input) => {
  if (!line) return;
  try {
    await post(`/admin/v1/sim/calls/${line}`, input);
  } catch (error) {
    say(error.message, "off");
  }
};

$("dial").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = new FormData($("dial"));
  state("dialling");
  say("Dialling", "wait beat");
  $("words").replaceChildren();
  $("docs").replaceChildren();
  $("docs-count").textContent = "0";
  $("faults").replaceChildren();
  $("faults").hidden = true;
  $("heard").textContent = "";
  sid = null;
  // A press of a button lets the page play sound later.
  ear.play().catch(() => {});
  try {
    const answer = await post("/admin/v1/sim/calls", { business: form.get("business"), from: form.get("from"), rtt_ms: Number(form.get("rtt")) });
    line = (await answer.json()).id;
    events = new EventSource(`/admin/v1/sim/calls/${line}/events`);
    events.addEventListener("phone", (message) => happened(JSON.parse(message.data)));
    events.onerror = () => line && over("the server hung up");
    $("text").focus();
  } catch (error) {
    state("idle");
    say(error.message, "off");
  }
});

$("say").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("text").value.trim();
  if (!text) return;
  $("text").value = "";
  act({ do: "say", text });
});
for (const key of document.querySelectorAll("[data-digit]")) key.addEventListener("click", () => act({ do: "digits", digits: key.dataset.digit }));
$("nothing").addEventListener("click", () => act({ do: "silence" }));
$("hangup").addEventListener("click", () => act({ do: "hang_up" }));

setInterval(() => {
  if (line) $("clock").textContent = clock(Date.now() - began);
}, 500);
phone.hidden = false;
state("idle");
