// Says what a run would come to, starts one, and shows how it goes.

import { $, latest, part } from "./console.js";

const form = $("measure");
const told = $("told");
const wish = () => {
  const fields = new FormData(form);
  return {
    kind: "tts",
    providers: fields.getAll("provider"),
    sentences: Number(fields.get("sentences")),
    rounds: Number(fields.get("rounds")),
    mode: fields.get("mode"),
    spend: fields.has("spend"),
  };
};
const ask = (body) => fetch("/admin/v1/bench", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
const why = async (answer) => {
  const problem = await answer.json().catch(() => ({}));
  return problem.detail || `the server answered ${answer.status}`;
};

let timer = 0;
const estimate = latest(async () => {
  const wanted = wish();
  if (!wanted.providers.length) return void ($("estimate").textContent = "Choose an engine.");
  if (!form.checkValidity()) return void ($("estimate").textContent = "Choose 1 to 20 sentences and 1 to 50 rounds.");
  const answer = await ask({ ...wanted, dry_run: true });
  $("estimate").textContent = answer.ok ? `${(await answer.json()).told}.` : await why(answer);
});
form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(estimate, 300);
});
estimate();

const done = async (job) => {
  const fresh = await part("/console/benchmarks");
  $("runs").replaceChildren(...fresh.querySelector("#runs").children);
  told.textContent = job.error ? `There is no report: ${job.error}.` : `Done: ${job.progress.done} requests.`;
  $("go").disabled = false;
  $("stop").hidden = true;
};

const watch = (id) => {
  $("job").hidden = false;
  $("stop").hidden = false;
  $("go").disabled = true;
  let spoke = 0;
  const source = new EventSource(`/admin/v1/jobs/${id}/events`);
  source.addEventListener("job", (event) => {
    const job = JSON.parse(event.data);
    const { total, done: made, failed } = job.progress;
    $("bar").max = total || 1;
    $("bar").value = made;
    // A reader of the screen need not hear every request.
    if (Date.now() - spoke > 2000) {
      told.textContent = `${made} of ${total || "…"} requests`;
      spoke = Date.now();
    }
    $("failed").replaceChildren(...failed.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
    if (job.finished) {
      source.close();
      done(job);
    }
  });
  source.onerror = () => {
    source.close();
    $("go").disabled = false;
    told.textContent = "The connection broke; load the page again to see how it went.";
  };
};

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const wanted = wish();
  $("job").hidden = false;
  if (!wanted.providers.length) return void (told.textContent = "Choose an engine.");
  $("go").disabled = true;
  const answer = await ask(wanted);
  if (answer.ok) return watch((await answer.json()).id);
  told.textContent = await why(answer);
  $("go").disabled = false;
});

$("stop").addEventListener("submit", async (event) => {
  event.preventDefault();
  await fetch("/console/benchmarks/stop", { method: "POST" });
});

const job = $("job").dataset;
if (job.job && !("finished" in job)) watch(job.job);
