"""How well the voice is understood: speaks, listens with a recogniser of another make, and counts the mistakes.

    wer.py calls FRONTDESK SCRATCH    ten calls over the simulated network, judged by their recordings
    wer.py some FRONTDESK SCRATCH     every second one of them
    wer.py lines SAY SCRATCH          single sentences, spoken one by one; lists the worst
"""

import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

import wer_ear
from wer_words import compare, words

ROOT = pathlib.Path(__file__).resolve().parents[2]
MOST_ERRORS = 5.0
LEVEL_DBFS, LEVEL_DB = -22.0, 1.0
MOST_EDGE_MS = 80.0
# Calls at the pace of life, five at a time: the voice of an unoptimised build keeps up with that on two cores.
SPEED, AT_ONCE = 1, 5
# More sentences than this left to the carrier's own voice: the machine was too busy to judge ours.
MOST_READ = 0.1


def main(mode, program, scratch):
    scratch = pathlib.Path(scratch)
    started = time.monotonic()
    bad = {"calls": calls, "some": some, "lines": lines}[mode](program, scratch)
    print(f"{time.monotonic() - started:.0f} s")
    for what in bad:
        print(f"FAILED: {what}")
    return 1 if bad else 0


# ---- calls ----


def some(frontdesk, scratch):
    return calls(frontdesk, scratch, every=2)


def calls(frontdesk, scratch, every=1):
    scripts = sorted((ROOT / "fixtures/voice/calls").glob("*.toml"))[::every]
    home = prepare(frontdesk, scratch)
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        placed = list(pool.map(lambda script: place(frontdesk, home, scratch, script), scripts))
    ear = wer_ear.Recogniser()
    total, bad, worst = Count(), [], (0.0, "", "", "")
    print(f"{'call':<14} {'words':>6} {'wrong':>6} {'WER':>7}  {'clips':>5} {'level dBFS':>14} {'edges ms':>9} {'clipped':>8}")
    for name, clips, read, channel in placed:
        heard = words(ear.text(channel))
        said = [word for clip in clips for word in words(clip["text"])]
        count = Count(said, heard)
        levels, edges, clipped = measure(clips, channel)
        total.add(count)
        worst = max(worst, (count.rate(), name, " ".join(said), " ".join(heard)))
        print(
            f"{name:<14} {count.words:>6} {len(count.mistakes):>6} {count.rate():>6.1f}%  {len(clips):>5}"
            f" {min(levels):>6.1f} {max(levels):>6.1f}  {max(edges):>9.0f} {clipped:>8}"
        )
        bad += judge(name, levels, edges, clipped)
        if read > MOST_READ * (read + len(clips)):
            bad.append(f"{name}: {read} sentences came too late and were left to the carrier's voice; is the machine busy?")
    print(f"{'all':<14} {total.words:>6} {len(total.mistakes):>6} {total.rate():>6.1f}%   (at most {MOST_ERRORS:.0f} %)")
    total.show()
    if total.rate() > MOST_ERRORS:
        print("the worst, {1}:\n   said  {2}\n  heard  {3}".format(*worst))
        bad.append(f"{total.rate():.1f} % of the words are heard wrong")
    return bad


def prepare(frontdesk, scratch):
    """A folder in which all fillers are made, to be copied for each call."""
    home = scratch / "home"
    businesses = home / "businesses"
    shutil.copytree(ROOT / "fixtures/businesses", businesses)
    run([frontdesk, "fillers", "generate", "--data-dir", str(home / "data")], cwd=home)
    return home


def place(frontdesk, home, scratch, script):
    """One call in a folder of its own: its name, the clips that were played, and the agent's channel."""
    own = scratch / script.stem
    shutil.copytree(home, own)
    text = script.read_text()
    business = next(line.split('"')[1] for line in text.splitlines() if line.startswith("business"))
    events = run(
        [
            frontdesk, "call", business, "--script", str(script), "--out", "call.wav", "--json",
            "--speed", str(SPEED), "--bind", "127.0.0.1:0", "--data-dir", str(own / "data"),
        ],
        cwd=own,
    )  # fmt: skip
    (own / "events.json").write_text(json.dumps(events))
    played = [event for event in events if event.get("event") == "playing"]
    if any(not event.get("text") for event in played):
        raise SystemExit(f"error: a clip of {script.stem} does not tell its words, so nothing can be compared")
    channel = wer_ear.read(own / "call.wav")[1]
    read = [event for event in events if event.get("event") == "saying"]
    for event in read:
        # The network marks the carrier's own voice by a tone, which is no speech.
        start, length = (round(event[key] * wer_ear.RATE / 1000) for key in ("at_ms", "ms"))
        channel[start : start + length] = 0
    return script.stem, played, len(read), channel


def run(command, cwd):
    """Runs it; gives the JSON lines that it printed."""
    environment = {**os.environ, "NO_COLOR": "1"}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=400)
    if done.returncode:
        raise SystemExit(f"error: {' '.join(command)} ended with {done.returncode}:\n{(done.stdout + done.stderr)[-3000:]}")
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def measure(clips, channel):
    levels, edges, clipped = [], [], int((abs(channel) >= 0.999).sum())
    for clip in clips:
        start = round(clip["at_ms"] * wer_ear.RATE / 1000)
        samples = channel[start : start + round(clip["ms"] * wer_ear.RATE / 1000)]
        levels.append(wer_ear.active_dbfs(samples))
        edges += wer_ear.edges_ms(samples)
    return levels, edges, clipped


def judge(name, levels, edges, clipped):
    if max(abs(level - LEVEL_DBFS) for level in levels) > LEVEL_DB:
        yield f"{name}: a clip is at {max(levels, key=lambda l: abs(l - LEVEL_DBFS)):.1f} dBFS, not {LEVEL_DBFS} ± {LEVEL_DB}"
    if max(edges) > MOST_EDGE_MS:
        yield f"{name}: {max(edges):.0f} ms of silence at the edge of a clip, over {MOST_EDGE_MS:.0f}"
    if clipped:
        yield f"{name}: {clipped} clipped samples"


# ---- single sentences ----


def lines(say, scratch):
    sentences = (ROOT / "fixtures/voice/sentences.txt").read_text().splitlines()
    sentences = [line for line in sentences if line and not line.startswith("#")]
    done = subprocess.run([say, str(scratch / "clips")], input="\n".join(sentences), capture_output=True, text=True, check=True)
    made = [json.loads(line) for line in done.stdout.splitlines()]
    ear, total, rows = wer_ear.Recogniser(), Count(), []
    for clip in (row for row in made if "file" in row):
        heard = ear.text(wer_ear.read(scratch / "clips" / clip["file"])[0])
        count = Count(words(clip["text"]), words(heard))
        total.add(count)
        rows.append((count.rate(), clip["text"], clip["words"], heard))
    for rate, text, spoken, heard in sorted(rows, reverse=True):
        if rate:
            print(f"{rate:5.0f} %  {text}\n   spoken  {spoken}\n    heard  {heard.strip()}")
    print(f"{len(rows)} sentences, {total.words} words, {len(total.mistakes)} wrong: {total.rate():.1f} %")
    return []


class Count:
    """Words said, and those heard wrong."""

    def __init__(self, said=(), heard=()):
        self.words, self.mistakes = len(said), compare(said, heard)

    def add(self, other):
        self.words += other.words
        self.mistakes += other.mistakes

    def rate(self):
        return 100.0 * len(self.mistakes) / max(self.words, 1)

    def show(self):
        times = {}
        for pair in self.mistakes:
            times[pair] = times.get(pair, 0) + 1
        for (said, heard), count in sorted(times.items(), key=lambda item: -item[1])[:25]:
            print(f"  {count:>3} x  {said or '(nothing)'} -> {heard or '(nothing)'}")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
