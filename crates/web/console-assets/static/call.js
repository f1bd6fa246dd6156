// The player of a call: click or drag in the picture, or on a line of the transcript; and following a call that goes on.

import { $, clock, latest, part, patch } from "./console.js";

const audio = $("audio");
const lanes = $("lanes");
const length = Number(lanes.dataset.length) || 1;
const call = $("call").dataset;

const player = () => {
  const [play, seek, time, head, speed] = ["play", "seek", "time", "head", "speed"].map($);
  const lines = [...document.querySelectorAll("#words .said[data-from]")];
  audio.controls = false;
  audio.hidden = true;
  $("transport").hidden = false;
  head.hidden = false;
  lanes.classList.add("ready");

  const show = () => {
    const at = audio.currentTime * 1000;
    head.style.left = `${Math.min(100, (at / length) * 100)}%`;
    seek.value = at;
    seek.setAttribute("aria-valuetext", `${clock(at)} of ${clock(length)}`);
    time.textContent = `${clock(at)} / ${clock(length)}`;
    for (const line of lines) {
      const now = !audio.paused && at >= Number(line.dataset.from) && at < Number(line.dataset.to);
      line.classList.toggle("now", now);
    }
  };
  const go = (ms) => {
    audio.currentTime = Math.max(0, Math.min(length, ms)) / 1000;
    show();
  };
  const toggle = () => (audio.paused ? audio.play() : audio.pause());
  const state = () => {
    play.setAttribute("aria-label", audio.paused ? "Play" : "Pause");
    play.querySelector("path").setAttribute("d", audio.paused ? "M8 5.5v13l11-6.5z" : "M7 5h3.5v14H7zM13.500 5H17v14h-3.500z");
    show();
  };
  play.addEventListener("click", toggle);
  seek.addEventListener("input", () => go(Number(seek.value)));
  speed.addEventListener("change", () => (audio.playbackRate = Number(speed.value)));
  for (const event of ["play", "pause", "ended"]) audio.addEventListener(event, state);
  for (const event of ["timeupdate", "loadedmetadata", "seeked"]) audio.addEventListener(event, show);
  const point = (event) => {
    const box = lanes.getBoundingClientRect();
    go(((event.clientX - box.left) / box.width) * length);
  };
  lanes.addEventListener("pointerdown", (event) => {
    lanes.setPointerCapture(event.pointerId);
    point(event);
  });
  lanes.addEventListener("pointermove", (event) => event.buttons && point(event));
  for (const button of document.querySelectorAll("[data-seek]")) {
    button.addEventListener("click", () => {
      go(Number(button.dataset.seek));
      audio.play();
    });
  }
  const smooth = () => {
    if (!audio.paused) show();
    requestAnimationFrame(smooth);
  };
  if (!matchMedia("(prefers-reduced-motion: reduce)").matches) smooth();
  state();
};

// A call that goes on: whenever its state changes, its words and turns are fetched; at the end, the whole page.
const follow = () => {
  let last = "";
  const update = latest(async () => {
    const fresh = await part(`/console/calls/${call.call}/progress`);
    patch($("words"), fresh.querySelector("[data-part=words]"));
    $("falls").replaceChildren(...fresh.querySelector("[data-part=falls]").children);
  });
  const source = new EventSource("/admin/v1/live");
  source.addEventListener("live", (event) => {
    const mine = JSON.parse(event.data).find((live) => live.call === call.call);
    if (!mine) {
      source.close();
      setTimeout(() => location.reload(), 600);
      return;
    }
    const now = JSON.stringify(mine);
    if (now !== last) update();
    last = now;
  });
};

if (audio) player();
if ("live" in call) follow();
