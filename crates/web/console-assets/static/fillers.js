// Plays clips in place and shows how a generation goes.

import { $, part } from "./console.js";

const ear = $("ear");
let playing = null;
const stop = () => {
  playing?.classList.remove("playing");
  playing = null;
};
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-play]");
  if (!link) return;
  event.preventDefault();
  const again = link === playing;
  ear.pause();
  stop();
  if (again) return;
  ear.src = link.href;
  playing = link;
  link.classList.add("playing");
  ear.play().then(() => (ear.dataset.played = String(Number(ear.dataset.played || 0) + 1)), stop);
});
ear.addEventListener("ended", stop);

const form = $("generate");
const button = form.querySelector("button");
const told = $("told");

const done = async (job) => {
  const fresh = await part(location.href);
  $("classes").replaceChildren(...fresh.querySelector("#classes").children);
  $("state-title").textContent = fresh.querySelector("#state-title").textContent;
  button.textContent = fresh.querySelector("#generate button").textContent;
  button.disabled = false;
  const failed = job.progress.failed.length;
  told.textContent = job.error ? `It could not be done: ${job.error}` : `${job.progress.done} of ${job.progress.total} ready${failed ? `, ${failed} could not be made` : ""}.`;
};

const watch = (id) => {
  $("job").hidden = false;
  button.disabled = true;
  const source = new EventSource(`/admin/v1/jobs/${id}/events`);
  source.addEventListener("job", (event) => {
    const job = JSON.parse(event.data);
    const { total, done: ready, failed } = job.progress;
    $("bar").max = total || 1;
    $("bar").value = ready + failed.length;
    told.textContent = `${ready} of ${total || "…"} ready`;
    $("failed").replaceChildren(...failed.map((why) => Object.assign(document.createElement("li"), { textContent: why })));
    if (job.finished) {
      source.close();
      done(job);
    }
  });
  source.onerror = () => {
    source.close();
    button.disabled = false;
    told.textContent = "The connection broke; load the page again to see how it went.";
  };
};

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  button.disabled = true;
  const answer = await fetch(`/admin/v1/businesses/${form.dataset.business}/fillers:generate`, { method: "POST" });
  if (answer.ok) return watch((await answer.json()).id);
  const problem = await answer.json().catch(() => ({}));
  $("job").hidden = false;
  told.textContent = [problem.detail || `the server answered ${answer.status}`, problem.hint].filter(Boolean).join("; ");
  button.disabled = false;
});

const job = $("job").dataset;
if (job.job && !("finished" in job)) watch(job.job);
