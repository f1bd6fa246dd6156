// What every page has: copying, relative times, keys that go somewhere. Nothing here is needed to read a page.

export const $ = (id) => document.getElementById(id);

/** The server's clock minus ours, ms. */
export const skew = Number(document.documentElement.dataset.now || Date.now()) - Date.now();

export const clock = (ms) => {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
};

/** Puts `fresh` in place of `list`'s children, keeping those that did not change: focus and reading place stay. */
export const patch = (list, fresh) => {
  const old = new Map([...list.children].map((child) => [child.dataset.key, child]));
  const wanted = [...fresh.children];
  const keys = new Set(wanted.map((child) => child.dataset.key));
  for (const child of [...list.children]) if (!keys.has(child.dataset.key)) child.remove();
  wanted.forEach((child, place) => {
    const known = old.get(child.dataset.key);
    const same = known && known.dataset.html === child.outerHTML;
    const here = same ? known : document.importNode(child, true);
    if (!same) here.dataset.html = child.outerHTML;
    if (known && !same && known.isConnected) known.replaceWith(here);
    else if (list.children[place] !== here) list.insertBefore(here, list.children[place] || null);
  });
};

/** Fetches a part of a page. */
export const part = async (url) => {
  const answer = await fetch(url, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
};

/** Runs `work` now, and once more afterwards if it was asked for while it ran; never twice at a time. */
export const latest = (work) => {
  let running = false;
  let again = false;
  return async () => {
    if (running) {
      again = true;
      return;
    }
    running = true;
    do {
      again = false;
      try {
        await work();
      } catch {
        // The next time may go better; the page still shows what it knew.
      }
    } while (again);
    running = false;
  };
};

for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const place = $(button.dataset.copy);
    const label = button.querySelector("span");
    try {
      await navigator.clipboard.writeText(place.textContent);
      label.textContent = "Copied";
    } catch {
      // Without a secure page there is no clipboard: the text is selected for the person to copy.
      getSelection().selectAllChildren(place);
      label.textContent = "Selected";
    }
    setTimeout(() => (label.textContent = "Copy"), 1600);
  });
}

const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const ago = (at) => {
  const seconds = (at - Date.now() - skew) / 1000;
  const steps = [["day", 86400], ["hour", 3600], ["minute", 60]];
  const [unit, size] = steps.find(([, size]) => Math.abs(seconds) >= size) || ["second", 1];
  return words.format(Math.round(seconds / size), unit);
};
const refresh = () => {
  for (const time of document.querySelectorAll("time[data-ago]")) time.textContent = ago(Number(time.dataset.ago));
};
refresh();
setInterval(refresh, 30_000);

// g then a letter goes to a page; whoever dictates or mistypes can turn that off.
const places = { h: "/console/", l: "/console/live", c: "/console/calls", t: "/console/call", f: "/console/fillers", p: "/console/providers", v: "/console/voices", k: "/console/cache", b: "/console/benchmarks" };
const keys = document.querySelector("[data-shortcuts]");
let off = localStorage.getItem("shortcuts") === "off";
let went = 0;
const tell = () => {
  keys.hidden = false;
  keys.textContent = off ? "Turn keys on" : "Turn keys off";
  keys.title = "g, then h, l, c, t, f, p, v, k or b opens Home, Live, Calls, Test call, Fillers, Providers, Voices, Cache or Benchmarks";
};
keys?.addEventListener("click", () => {
  off = !off;
  localStorage.setItem("shortcuts", off ? "off" : "on");
  tell();
});
if (keys) tell();
addEventListener("keydown", (event) => {
  if (off || event.target.closest?.("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "g") went = Date.now();
  else if (Date.now() - went < 900 && places[event.key]) location.href = places[event.key];
});
