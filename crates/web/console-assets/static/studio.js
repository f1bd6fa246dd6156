// Providers, voices and the cache: tries voices out, counts before it throws out, keeps figures fresh.

import { $, latest, part } from "./console.js";

const ear = $("ear");
const lost = "The server cannot be reached. It is tried again by itself.";

/** Asks the admin API; what went wrong is said in words. */
const ask = async (url, body) => {
  let answer;
  try {
    const json = body && { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
    answer = await fetch(url, { method: "POST", credentials: "same-origin", ...json });
  } catch {
    throw new Error("The server cannot be reached. See whether Frontdesk is running, then try again.");
  }
  if (answer.ok) return answer;
  const problem = await answer.json().catch(() => ({}));
  throw new Error([problem.detail || `The server answered ${answer.status}.`, problem.hint].filter(Boolean).join(" To do: "));
};

let playing = null;
const silence = () => {
  ear.pause();
  playing?.classList.remove("playing");
  playing = null;
};
ear?.addEventListener("ended", silence);

/** Plays a sound to its end; another one ends it. */
const play = (url, button) =>
  new Promise((done, failed) => {
    silence();
    ear.src = url;
    playing = button;
    button?.classList.add("playing");
    ear.onpause = done;
    ear.play().then(() => (ear.dataset.played = String(Number(ear.dataset.played || 0) + 1)), failed);
  });

/** Runs `work` behind a button, once at a time; `told` says how it goes. */
const behind = async (button, told, words, work) => {
  button.disabled = true;
  told.classList.remove("over");
  told.textContent = words;
  try {
    told.textContent = await work();
  } catch (error) {
    told.classList.add("over");
    told.textContent = error.name === "NotAllowedError" ? "The browser does not let this page play sound; press again." : error.message;
  }
  button.disabled = false;
};

for (const button of document.querySelectorAll("[data-test]")) {
  button.hidden = false;
  const told = button.parentElement.querySelector(".told");
  button.addEventListener("click", () =>
    behind(button, told, "It is being asked…", async () => {
      const heard = await (await ask(`/admin/v1/providers/${encodeURIComponent(button.dataset.test)}:test`)).json();
      play(heard.wav, button).catch(() => {});
      fresh();
      return `First sound after ${heard.first_sound_ms} ms, all of it after ${heard.total_ms} ms: ${(heard.audio_ms / 1000).toFixed(2)} s at ${heard.level_dbfs.toFixed(1)} dBFS, voice ${heard.voice}.`;
    }),
  );
}

// A sample that was made is played again for as long as the words stay the same.
const made = new Map();
const sample = async (provider, voice) => {
  const text = $("text").value;
  const key = JSON.stringify([provider, voice, text]);
  if (!made.has(key)) {
    const answer = await ask("/admin/v1/voices:sample", { provider, voice, text });
    if (made.size >= 24) made.delete(made.keys().next().value);
    made.set(key, answer.headers.get("Content-Location"));
  }
  return made.get(key);
};

for (const button of document.querySelectorAll("button.play[data-voice]")) {
  button.hidden = false;
  const told = button.parentElement.querySelector(".told");
  button.addEventListener("click", () =>
    behind(button, told, "It is being spoken…", async () => {
      play(await sample(button.dataset.provider, button.dataset.voice), button).catch(() => {});
      return "";
    }),
  );
}

for (const button of document.querySelectorAll("[data-side]")) {
  button.hidden = false;
  const chosen = (side) => {
    const option = $(`voice-${side}`).selectedOptions[0];
    return [option.dataset.provider, option.value, option.textContent];
  };
  button.addEventListener("click", () =>
    behind(button, $("pair-told"), "It is being spoken…", async () => {
      const sides = [...button.dataset.side];
      const sounds = await Promise.all(sides.map((side) => sample(...chosen(side).slice(0, 2))));
      for (const [at, sound] of sounds.entries()) {
        $("pair-told").textContent = `${sides[at]}: ${chosen(sides[at])[2]}`;
        await play(sound, null);
      }
      return `Played ${sides.join(" and ")}.`;
    }),
  );
}

const form = $("purge");
if (form) {
  const [count, out, told] = [form.querySelector("[data-count]"), form.querySelector("[data-purge]"), $("purge-told")];
  count.hidden = out.hidden = false;
  const wanted = (dry_run) => {
    const voice = $("purge-voice").selectedOptions[0];
    const all = { dry_run };
    if ($("purge-business").value) all.business = $("purge-business").value;
    if (voice.value) all.voice = { provider: voice.dataset.provider, id: voice.value };
    if ($("purge-text").value.trim()) all.text = $("purge-text").value;
    return all;
  };
  const say = (gone) => {
    const size = gone.bytes === null ? "" : ` (${(gone.bytes / 1e6).toFixed(2)} MB)`;
    const clips = gone.clips === null ? "An unknown number of clips" : `${gone.clips} clip${gone.clips === 1 ? "" : "s"}${size}`;
    return `${clips} ${gone.dry_run ? "would go" : "went"}: ${gone.what}.${gone.kept ? ` ${gone.kept} stay, because they are fillers or on the line.` : ""}`;
  };
  form.addEventListener("input", () => (out.disabled = true));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    out.disabled = true;
    behind(count, told, "They are being counted…", async () => {
      const gone = await (await ask("/admin/v1/cache:purge", wanted(true))).json();
      out.disabled = gone.clips === 0;
      return say(gone);
    });
  });
  out.addEventListener("click", () =>
    behind(out, told, "They are being thrown out…", async () => say(await (await ask("/admin/v1/cache:purge", wanted(false))).json())).then(() => {
      out.disabled = true;
      fresh();
    }),
  );
}

/** Figures are put in place of older ones, but not under somebody's hands. */
const fresh = latest(async () => {
  let page;
  try {
    page = await part(location.href);
  } catch {
    $("offline").textContent = lost;
    $("offline").hidden = false;
    return;
  }
  $("offline").hidden = true;
  for (const now of page.querySelectorAll("[data-fresh]")) {
    const old = document.querySelector(`[data-fresh="${now.dataset.fresh}"]`);
    if (!old || old.innerHTML === now.innerHTML || old.contains(document.activeElement) || old.querySelector("details[open]")) continue;
    old.replaceWith(document.importNode(now, true));
  }
});
setInterval(() => document.hidden || fresh(), 10_000);
