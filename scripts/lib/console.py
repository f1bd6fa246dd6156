"""Looks at every page of the console as a person would, and says what is wrong with it."""

import json
import os
import re
import sys
import threading
import time
import urllib.error
import urllib.request

from console_browser import Browser

BASE, PICTURES, BUSINESS, GUARDED = sys.argv[1:5]
TAB = "\ue004"
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> \u202e\u0007 \U0001f600 \"'&amp;"
faults = []
passed = 0


def check(fine, text):
    """Counts what is fine and keeps what is not."""
    global passed
    if fine:
        passed += 1
    else:
        faults.append(text)
        print(f"  WRONG  {text}")


def get(path, **headers):
    request = urllib.request.Request(BASE + path, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.headers, answer.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode("utf-8", "replace")


def post(path, body=None, **headers):
    data = json.dumps(body).encode() if body is not None else b""
    request = urllib.request.Request(BASE + path, data, {"Content-Type": "application/json", **headers}, method="POST")
    with urllib.request.urlopen(request, timeout=20) as answer:
        text = answer.read()
        return json.loads(text) if text.startswith(b"{") else None


class Caller(threading.Thread):
    """A test call over the admin API: says its sentences, each when the line listens, and stays on the line."""

    def __init__(self, sentences):
        super().__init__(daemon=True)
        self.line = post("/admin/v1/sim/calls", {"business": "bright-smile", "rtt_ms": 50})["id"]
        self.sentences = list(sentences)
        self.call = None
        self.idle = threading.Event()
        self.over = threading.Event()
        self.start()

    def act(self, **act):
        post(f"/admin/v1/sim/calls/{self.line}", act)

    def run(self):
        with urllib.request.urlopen(f"{BASE}/admin/v1/sim/calls/{self.line}/events", timeout=120) as stream:
            for line in stream:
                if line.startswith(b"data: "):
                    self.happened(json.loads(line[6:]))
                    if self.over.is_set():
                        return
        self.over.set()

    def happened(self, event):
        match event["event"]:
            case "dialled":
                self.call = event["call"]
            case "listening" if self.sentences:
                self.act(do="say", text=self.sentences.pop(0))
            case "listening":
                self.idle.set()
            case "ended":
                self.over.set()


# ---- what a page is judged by ----

# Text whose colour is too near to what is behind it (WCAG 1.4.3).
PALE = r"""
const parse = (text) => { const m = text.match(/[\d.]+/g); return m ? [+m[0], +m[1], +m[2], m[3] === undefined ? 1 : +m[3]] : [0, 0, 0, 0]; };
const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
const light = (c) => { const [r, g, b] = c.map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const behind = (element) => {
  const layers = [];
  for (let e = element; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c[3] > 0) layers.push(c); if (c[3] === 1) break; }
  return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255, 1]);
};
const found = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  const words = walker.currentNode.textContent.trim();
  if (!words || element.closest("script, style, template, noscript, title, [hidden], .sr, .skip, :disabled, option") || !element.checkVisibility()) continue;
  const style = getComputedStyle(element);
  const ink = parse(element.closest("svg") ? style.fill : style.color);
  const ground = behind(element.closest("svg") ? element.closest("svg").parentElement : element);
  const [a, b] = [light(over(ink, ground)), light(ground)].sort((x, y) => y - x);
  const ratio = (a + 0.05) / (b + 0.05);
  const size = parseFloat(style.fontSize);
  const large = size >= 24 || (size >= 18.66 && +style.fontWeight >= 700);
  if (ratio < (large ? 3 : 4.5)) found.push(`${ratio.toFixed(2)} "${words.slice(0, 40)}" (${element.className.baseVal ?? element.className})`);
}
return found;
"""

# Elements that stick out to the side of the page.
WIDE = r"""
const wide = document.documentElement.clientWidth;
const out = [...document.querySelectorAll("body *")].filter((e) => {
  if (e.closest("svg, .table-wrap, pre, .skip, .sr, template") || !e.checkVisibility()) return false;
  const box = e.getBoundingClientRect();
  return box.width > 0 && (box.right > wide + 0.5 || box.left < -0.5);
});
return { scroll: document.documentElement.scrollWidth - wide, out: out.slice(0, 4).map((e) => `${e.tagName.toLowerCase()}.${e.className}`) };
"""

# What is wrong with the page's bones: titles, headings, names of controls, ids.
BONES = r"""
const wrong = [];
const named = (e) => (e.getAttribute("aria-label") || e.getAttribute("aria-labelledby") || (e.labels && e.labels.length) || e.textContent.trim() || e.title || e.getAttribute("placeholder"));
if (!/\S+ · Frontdesk$/.test(document.title)) wrong.push(`title "${document.title}"`);
if (document.querySelectorAll("h1").length !== 1) wrong.push("not exactly one h1");
if (!document.documentElement.lang) wrong.push("no language");
if (document.querySelectorAll("main").length !== 1) wrong.push("not exactly one main");
for (const e of document.querySelectorAll("button, a[href], summary, audio")) if (e.tagName !== "AUDIO" && e.checkVisibility() && !named(e)) wrong.push(`no name: ${e.outerHTML.slice(0, 80)}`);
for (const e of document.querySelectorAll("input:not([type=hidden]), select, textarea")) if (!e.labels.length && !e.getAttribute("aria-label")) wrong.push(`no label: ${e.outerHTML.slice(0, 80)}`);
for (const e of document.querySelectorAll("img")) if (e.getAttribute("alt") === null) wrong.push("an image without alt");
for (const e of document.querySelectorAll("svg")) if (!e.closest("[aria-hidden=true]") && e.getAttribute("role") !== "img") wrong.push(`a drawing without a role: ${e.outerHTML.slice(0, 60)}`);
const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
for (const id of new Set(ids.filter((id, i) => ids.indexOf(id) !== i))) wrong.push(`id twice: ${id}`);
for (const e of document.querySelectorAll("[aria-labelledby], [aria-describedby]")) for (const id of (e.getAttribute("aria-labelledby") || e.getAttribute("aria-describedby")).split(" ")) if (!document.getElementById(id)) wrong.push(`names what is not there: ${id}`);
if (document.querySelector("[style]:not(#head), style, script:not([src])")) wrong.push("inline style or script");
let level = 0;
for (const e of document.querySelectorAll("h1, h2, h3, h4")) { const now = +e.tagName[1]; if (now > level + 1) wrong.push(`heading ${now} after ${level}: ${e.textContent}`); level = now; }
return wrong;
"""

# All that the Tab key has to reach, and where it is now.
STOPS = r"""
window.stops = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, audio[controls], [tabindex='0']")].filter((e) => !e.disabled && e.type !== "hidden" && e.checkVisibility({ visibilityProperty: true }));
return window.stops.length;
"""
WHERE = r"""
const e = document.activeElement;
if (!e || e === document.body) return null;
const style = getComputedStyle(e);
const seen = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || e.tagName === "AUDIO";
return { place: window.stops.indexOf(e), seen, html: e.outerHTML.slice(0, 90) };
"""


def errors(browser, page):
    """What the browser complained about, and whom it asked."""
    for entry in browser.log("browser"):
        expected = page.startswith("missing") and "404" in entry["message"]
        check(entry["level"] not in ("SEVERE", "WARNING") or expected, f"{page}: the browser says {entry['message']}")
    for entry in browser.log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            url = message["params"]["request"]["url"]
            if not url.startswith(("data:", "chrome", "about:")):
                check(url.startswith((BASE + "/", GUARDED + "/")), f"{page}: asks another host: {url}")


def keyboard(browser, page):
    count = browser.js(STOPS)
    browser.js("document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex'); scrollTo(0, 0);")
    reached, unseen, order = set(), [], []
    for _ in range(count + 8):
        browser.press(TAB)
        where = browser.js(WHERE)
        if where is None or where["place"] in reached:
            break
        if where["place"] >= 0:
            reached.add(where["place"])
            order.append(where["place"])
        if not where["seen"]:
            unseen.append(where["html"])
    missed = browser.js("return arguments[0].map((i) => window.stops[i].outerHTML.slice(0, 90))", sorted(set(range(count)) - reached)[:4])
    check(len(reached) == count, f"{page}: Tab reaches {len(reached)} of {count}: not {missed}")
    check(order == sorted(order), f"{page}: Tab jumps about: {order}")
    check(not unseen, f"{page}: no visible focus on {unseen[:3]}")


def look(browser, name, path, keys=True, ready=None):
    """Judges one page at both widths in both schemes, and takes its pictures."""
    for width, height in ((1280, 900), (390, 844)):
        browser.size(width, height)
        for scheme in ("light", "dark"):
            browser.scheme(scheme)
            if path:
                browser.open(BASE + path)
            if ready:
                browser.wait(f"{name} is ready", ready)
            judge(browser, f"{name} {width} {scheme}")
            browser.picture(f"{PICTURES}/{name}-{width}-{scheme}.png")
        if keys:
            keyboard(browser, f"{name} {width}")
    errors(browser, name)


def judge(browser, page):
    for fault in browser.js(PALE):
        check(False, f"{page}: too pale: {fault}")
    wide = browser.js(WIDE)
    check(wide["scroll"] <= 0 and not wide["out"], f"{page}: sticks out by {wide['scroll']} px: {wide['out']}")
    for fault in browser.js(BONES):
        check(False, f"{page}: {fault}")
    check(browser.js("return document.body.innerText.trim().length") > 40, f"{page}: is empty")


# ---- the walk through the console ----


def headers():
    status, head, _ = get("/console/")
    policy = head.get("Content-Security-Policy", "")
    check(status == 200 and "default-src 'self'" in policy and "unsafe" not in policy, f"policy: {policy}")
    check(head.get("X-Content-Type-Options") == "nosniff" and head.get("X-Frame-Options") == "DENY", "headers of a page")
    _, _, page = get("/console/")
    style = re.search(r'href="([^"]+console\.css)"', page).group(1)
    status, head, _ = get(style)
    check("immutable" in head.get("Cache-Control", ""), "the style may be kept for ever")
    check(get(style, **{"If-None-Match": head["ETag"]})[0] == 304, "the style is not sent twice")
    status, _, page = get("/console/", Host="evil.example")
    check(status == 403 and "machine" in page, f"another name for this machine is refused: {status}")
    status, _, _ = get("/console/calls", Origin="https://evil.example")
    check(status == 403, f"another site's page is refused: {status}")


def first_pages(browser):
    look(browser, "home-empty", "/console/")
    look(browser, "calls-empty", "/console/calls", keys=False)
    look(browser, "live-empty", "/console/live")
    look(browser, "phone-idle", "/console/call")
    browser.size(1280, 900)
    browser.open(BASE + "/console/nowhere")
    check("Not here" in browser.js("return document.title"), "a page that is not there says so")
    errors(browser, "missing")


def signing_in(browser):
    token = os.environ["FRONTDESK_ADMIN_TOKEN"]
    browser.size(1280, 900)
    browser.open(GUARDED + "/console/calls")
    check("/console/signin" in browser.js("return location.href"), "whoever is not known signs in first")
    look(browser, "signin", None)
    browser.size(1280, 900)
    browser.type("#token", "wrong\ue007")
    browser.wait("a wrong token is refused", "return document.querySelector('#complaint')")
    browser.log("browser")
    browser.type("#token", token + "\ue007")
    browser.wait("the token leads on", "return location.pathname === '/console/calls' && document.querySelector('h1').textContent === 'Calls'")
    check(browser.js("return document.cookie") == "", "scripts do not see the token")
    browser.click(".side-foot form button")
    browser.wait("one can sign out", "return location.pathname === '/console/signin'")
    browser.open("about:blank")
    browser.open(f"{GUARDED}/console/signin#claim={token}")
    browser.wait("a claim link signs in", "return location.pathname === '/console/' && !location.hash")
    errors(browser, "signing in")


def copying(browser):
    browser.size(1280, 900)
    browser.open(BASE + "/console/")
    browser.cdp("Browser.grantPermissions", origin=BASE, permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
    browser.click("button[data-copy=in-1]")
    said = browser.wait("the copy button says so", "return document.querySelector('[data-copy=in-1] span').textContent !== 'Copy' && document.querySelector('[data-copy=in-1] span').textContent")
    check(said in ("Copied", "Selected"), f"copying: {said}")
    browser.press("g")
    browser.press("l")
    browser.wait("g l opens the live calls", "return location.pathname === '/console/live'")
    browser.click("[data-shortcuts]")
    browser.press("g")
    browser.press("h")
    check(browser.js("return location.pathname") == "/console/live", "keys that are turned off do nothing")
    browser.click("[data-shortcuts]")


def test_call(browser):
    browser.size(1280, 900)
    browser.scheme("light")
    browser.open(BASE + "/console/call")
    began = time.monotonic()
    browser.click("#call")
    browser.wait("the phone plays the greeting", "return +document.querySelector('#phone').dataset.played > 0")
    print(f"  from the click to the greeting's first sound: {time.monotonic() - began:.2f} s")
    browser.wait("the audio element has sound in it", "const ear = document.querySelector('#ear'); return ear.duration > 0 && (ear.currentTime > 0 || ear.ended)")
    listening = "return document.querySelector('#status').textContent.startsWith('Listening')"
    for turn, words in enumerate(["Are you open on Saturday?", "I would like to book a cleaning please."], 1):
        browser.wait("the line listens", listening, seconds=40)
        played = browser.js("return +document.querySelector('#phone').dataset.played")
        browser.type("#text", words)
        browser.press("\ue007")
        browser.wait(f"turn {turn} is heard", "return [...document.querySelectorAll('#words .caller p')].some((p) => p.textContent.includes(arguments[0]))", words)
        browser.wait(f"turn {turn} is answered", "return +document.querySelector('#phone').dataset.played > arguments[0] && document.querySelector('#falls .fall[data-key=\"' + arguments[1] + '\"] .answer')", played, str(turn))
    browser.wait("the line listens", listening, seconds=40)
    look(browser, "phone", None)
    browser.size(1280, 900)
    browser.click("[data-digit='5']")
    browser.wait("a key is heard", "return document.querySelector('#words .keys')")
    browser.click("#hangup")
    browser.wait("the call is over", "return document.querySelector('#phone').dataset.state === 'idle'")
    check(browser.js("return document.querySelector('#faults').children.length") == 0, "the network found faults in our documents")
    link = browser.js("return document.querySelector('#more a').getAttribute('href')")
    errors(browser, "phone")
    return link


def live(browser):
    caller = Caller(["Are you open on Saturday?"])
    caller.idle.wait(40)
    browser.open(BASE + "/console/live")
    browser.wait("the live call is there", "return document.querySelectorAll('#lines .line').length === 1")
    look(browser, "live", "/console/live", ready="return document.querySelectorAll('#lines .line').length === 1")
    browser.size(1280, 900)
    browser.scheme("light")
    browser.open(f"{BASE}/console/calls/{caller.call}")
    check(browser.js("return document.querySelector('.outcome form button') !== null"), "a call that goes on can be hung up from its page")
    second = Caller([])
    browser.open(BASE + "/console/live")
    browser.wait("a second call appears by itself", "return document.querySelectorAll('#lines .line').length === 2")
    second.act(do="hang_up")
    browser.wait("and leaves by itself", "return document.querySelectorAll('#lines .line').length === 1", seconds=40)
    browser.click(".line form button")
    browser.wait("the call that was hung up is gone", "return document.querySelectorAll('#lines .line').length === 0", seconds=40)
    errors(browser, "live")


def detail(browser, link):
    loaded = "return !document.querySelector('#audio') || document.querySelector('#audio').readyState > 0"
    look(browser, "call", link, ready=loaded)
    browser.size(1280, 900)
    browser.scheme("light")
    browser.open(BASE + link)
    check(browser.js("return document.querySelectorAll('path.wave').length") > 2, "the waveform is drawn")
    check(browser.js("return document.querySelectorAll('.fall').length") >= 3, "each turn has its waterfall")
    check(browser.js("return document.querySelectorAll('.asked li').length") > 4, "the webhooks are listed")
    browser.wait("the audio can be played", "return document.querySelector('#audio').readyState > 0")
    browser.click("#words .said:nth-child(3) [data-seek], #words [data-seek]")
    browser.wait("a click on a line plays from there", "const a = document.querySelector('#audio'); return !a.paused && a.currentTime > 0")
    browser.click("#play")
    before = browser.js("return document.querySelector('#audio').currentTime")
    browser.js("const box = document.querySelector('#lanes').getBoundingClientRect(); document.querySelector('#lanes').scrollIntoView({block: 'center'});")
    browser.click("#lanes")
    middle = browser.wait("a click into the picture seeks", "const a = document.querySelector('#audio'); return a.currentTime !== arguments[0] && a.currentTime / a.duration", before)
    check(0.4 < middle < 0.6, f"the middle of the picture is the middle of the call: {middle:.2f}")
    errors(browser, "call")


def hostile(browser):
    caller = Caller([HOSTILE])
    caller.idle.wait(40)
    caller.act(do="hang_up")
    caller.over.wait(20)
    browser.size(390, 844)
    browser.open(f"{BASE}/console/calls/{caller.call}")
    words = browser.js("return document.querySelector('#words .caller p').textContent")
    check("<script>alert(1)</script>" in words, f"hostile words stand as they are: {words!r}")
    check("\u0007" not in words, "a control character is shown, not sent")
    check(browser.js("return document.querySelectorAll('main script, main img[onerror]').length") == 0, "hostile words are no markup")
    wide = browser.js(WIDE)
    check(wide["scroll"] <= 0, f"hostile words stick out: {wide}")
    errors(browser, "hostile")


def fillers(browser):
    browser.size(1280, 900)
    browser.open(BASE + "/console/fillers")
    browser.wait("the fillers are made at the start", "return fetch(location.href).then((r) => r.text()).then((t) => /([0-9]+) of \\1 are ready/.test(t))", seconds=150)
    with open(BUSINESS, encoding="utf-8") as file:
        text = file.read()
    with open(BUSINESS, "w", encoding="utf-8") as file:
        file.write(text + '\n[fillers.texts]\nlookup = ["One moment.", "Let me have a look at the book for you."]\n')
    post("/admin/v1/config/reload")
    browser.open(BASE + "/console/fillers")
    check(browser.js("return document.querySelectorAll('.clip.missing').length") == 1, "a new text is shown as not made")
    look(browser, "fillers", "/console/fillers")
    browser.size(1280, 900)
    browser.click("#generate button")
    browser.wait("the new clip is made", "return document.querySelectorAll('.clip.missing').length === 0 && /of .* ready/.test(document.querySelector('#told').textContent)")
    browser.click("a[data-play]")
    browser.wait("a clip is played", "return +document.querySelector('#ear').dataset.played > 0")
    errors(browser, "fillers")


def providers(browser):
    look(browser, "providers", "/console/providers")
    browser.size(1280, 900)
    browser.scheme("light")
    browser.open(BASE + "/console/providers")
    check("chain = [" in browser.js("return document.querySelector('#chain-now').textContent"), "the line with the order is shown")
    browser.click("[data-test=embedded]")
    told = browser.wait("a test says what it gave", "const t = document.querySelector('.engine .told').textContent; return t.includes('First sound') && t")
    print(f"  {told}")
    browser.wait("and is heard", "return +document.querySelector('#ear').dataset.played > 0")
    browser.wait("and is counted", "return [...document.querySelectorAll('.engine .big div')].some((d) => /spoken/.test(d.textContent) && parseInt(d.querySelector('dd').textContent) > 0)")
    errors(browser, "providers")
    browser.cdp("Network.enable")
    offline = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    browser.cdp("Network.emulateNetworkConditions", offline=True, **offline)
    browser.click("[data-test=embedded]")
    browser.wait("a test without a server says so", "return document.querySelector('.engine .told.over')?.textContent.includes('cannot be reached')")
    browser.wait("the page says that it is cut off", "return !document.querySelector('#offline').hidden", seconds=20)
    judge(browser, "providers offline")
    browser.picture(f"{PICTURES}/providers-offline-1280-light.png")
    browser.cdp("Network.emulateNetworkConditions", offline=False, **offline)
    browser.wait("and recovers by itself", "return document.querySelector('#offline').hidden", seconds=20)
    browser.log("browser")
    browser.log("performance")


def voices(browser):
    look(browser, "voices", "/console/voices")
    browser.size(1280, 900)
    browser.scheme("light")
    browser.open(BASE + "/console/voices")
    browser.click("button.play[data-voice]")
    browser.wait("a sample is heard", "return +document.querySelector('#ear').dataset.played > 0")
    browser.js("document.querySelector('#text').value = 'See you at 3.'")
    browser.click("[data-side=AB]")
    browser.wait("two voices are heard one after the other", "return document.querySelector('#pair-told').textContent === 'Played A and B.' && +document.querySelector('#ear').dataset.played > 2", seconds=40)
    errors(browser, "voices")
    browser.js("document.querySelector('#text').value = '…'")
    browser.click("[data-side=A]")
    browser.wait("words that are none are refused in words", "return document.querySelector('#pair-told.over')?.textContent.includes('nothing to say')")
    browser.log("browser")


def cache(browser):
    look(browser, "cache", "/console/cache")
    browser.size(1280, 900)
    browser.scheme("light")
    browser.open(BASE + "/console/cache")
    check(browser.js("return document.querySelectorAll('.plot .bar').length") > 0, "the chart has bars")
    check(browser.js("return document.querySelectorAll('.plot .target').length") == 1, "the target is drawn")
    browser.js("document.querySelector('#purge-business').value = 'bright-smile'")
    browser.click("[data-count]")
    told = browser.wait("clips are counted", "const t = document.querySelector('#purge-told').textContent; return t.includes('would go') && t")
    print(f"  {told}")
    check(browser.js("return !document.querySelector('[data-purge]').disabled"), "what was counted may be thrown out")
    browser.click("[data-purge]")
    browser.wait("they are thrown out", "return / went: /.test(document.querySelector('#purge-told').textContent)")
    check(browser.js("return document.querySelector('[data-purge]').disabled"), "and not twice")
    browser.js("document.querySelector('#purge-business').value = ''; document.querySelector('#purge-text').value = 'Hello.'")
    errors(browser, "cache")
    browser.click("[data-count]")
    browser.wait("what cannot be chosen is said", "return document.querySelector('#purge-told.over')?.textContent.includes('hashes')")
    browser.log("browser")


def benchmarks(browser):
    look(browser, "benchmarks-empty", "/console/benchmarks", ready="return /requests/.test(document.querySelector('#estimate').textContent)")
    browser.size(1280, 900)
    browser.scheme("light")
    for name in ("sentences", "rounds"):
        browser.js("document.querySelector('#' + arguments[0]).value = ''", name)
        browser.type(f"#{name}", "2")
    told = browser.wait("the estimate follows the form", "const t = document.querySelector('#estimate').textContent; return /^[0-9]+ requests to/.test(t) && t")
    print(f"  {told}")
    for run in (1, 2):
        browser.click("#go")
        browser.wait(f"run {run} is listed by itself", "return document.querySelectorAll('.benches tbody tr').length === arguments[0] && !document.querySelector('#go').disabled", run, seconds=120)
    check(browser.js("return document.querySelectorAll('.deltas tbody tr').length") > 1, "two runs are compared")
    look(browser, "benchmarks", "/console/benchmarks", ready="return /requests/.test(document.querySelector('#estimate').textContent)")
    browser.size(1280, 900)
    browser.open(BASE + "/console/benchmarks")
    report = browser.js("return document.querySelector('.benches a.row').getAttribute('href')")
    for width in (1280, 390):
        browser.size(width, 900)
        for scheme in ("light", "dark"):
            browser.scheme(scheme)
            browser.open(BASE + report)
            check(browser.js("return document.querySelectorAll('figure svg').length") > 2, "the report has its charts")
            wide = browser.js("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
            check(wide <= 0, f"the report sticks out by {wide} px at {width}")
            for fault in browser.js(PALE):
                check(False, f"report {width} {scheme}: too pale: {fault}")
            browser.picture(f"{PICTURES}/report-{width}-{scheme}.png")
    errors(browser, "benchmarks")


def without_scripts(browser, link):
    browser.cdp("Emulation.setScriptExecutionDisabled", value=True)
    browser.size(390, 844)
    browser.scheme("light")
    wanted = {
        "/console/": "What to tell your carrier",
        "/console/live": "Nobody is on the line",
        "/console/calls": "The caller hung up",
        link: "What each turn waited for",
        "/console/call": "needs scripts",
        "/console/fillers": "are ready",
        "/console/providers": "Testing needs scripts",
        "/console/voices": "Playing a sample needs scripts",
        "/console/cache": "needs scripts",
        "/console/benchmarks": "Compare two runs",
    }
    for path, words in wanted.items():
        browser.open(BASE + path)
        text = browser.ask("GET", f"{browser.session}/element/{browser.find('main')}/text")
        check(words in text, f"without scripts {path} does not say “{words}”")
    browser.picture(f"{PICTURES}/no-scripts-390-light.png")
    browser.cdp("Emulation.setScriptExecutionDisabled", value=False)
    browser.log("browser")


def main():
    began = time.monotonic()

    def step(name, work, *arguments):
        start = time.monotonic()
        try:
            result = work(*arguments)
        except (AssertionError, RuntimeError) as error:
            check(False, f"{name}: {error}")
            result = None
        print(f"{name}: {time.monotonic() - start:.1f} s")
        return result

    with Browser() as browser:
        step("headers", headers)
        step("first pages", first_pages, browser)
        step("signing in", signing_in, browser)
        step("copying", copying, browser)
        link = step("test call", test_call, browser)
        step("live calls", live, browser)
        step("hostile words", hostile, browser)
        if link:
            step("a call", detail, browser, link)
        step("home", look, browser, "home", "/console/")
        step("calls", look, browser, "calls", "/console/calls")
        step("fillers", fillers, browser)
        step("providers", providers, browser)
        step("voices", voices, browser)
        step("cache", cache, browser)
        step("benchmarks", benchmarks, browser)
        step("without scripts", without_scripts, browser, link or "/console/calls")
    print(f"{passed} checks are fine, {len(faults)} are not; {time.monotonic() - began:.0f} s; pictures in {PICTURES}")
    sys.exit(1 if faults else 0)


main()
