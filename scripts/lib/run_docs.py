"""Runs the `sh` blocks of documents; see scripts/check-docs."""

import os
import pathlib
import re
import shlex
import signal
import subprocess
import sys
import threading

PROGRAM = "cargo run --release --"
# What a command that serves says when it can be stopped, what a command that reads is told, and what it must say.
READY = {"demo": "Still serving", "": "Simulated:"}
TOLD = {"call": "Hi, are you open on Saturday?\n/hangup\n"}
SAYS = {"demo": "Booked:", "call": "caller │ Hi, are you open on Saturday?"}
SECONDS = 300


def blocks(path):
    text = pathlib.Path(path).read_text(encoding="utf-8")
    for block in re.finditer(r"^```sh\n(.*?)^```", text, re.M | re.S):
        for line in block.group(1).splitlines():
            if line.strip() and not line.startswith("#"):
                yield line.strip()


def own(command, programs, folder):
    """The command as it is run here, or None when this very run is the command."""
    if command.startswith(PROGRAM):
        rest = shlex.split(command[len(PROGRAM) :], comments=True)
        word = next((word for word in rest if not word.startswith("-")), "")
        return word, [f"{programs}/frontdesk", *rest, "--bind", "127.0.0.1:0", "--data-dir", f"{folder}/data"]
    if command.startswith("cargo run -p tidy"):
        return "tidy", [f"{programs}/tidy", *command.split("--", 1)[1].split()] if "--" in command else [f"{programs}/tidy"]
    if command.startswith("scripts/test"):
        # These very steps are being run; the script's own word for what it would do is enough.
        return "list", [*shlex.split(command), "--list"]
    raise SystemExit(f"error: no test knows how to run `{command}`; say how in scripts/lib/run_docs.py")


def run(command, programs, folder):
    word, argv = own(command, programs, folder)
    cwd = os.getcwd() if word in ("list", "tidy") else folder
    process = subprocess.Popen(
        argv, cwd=cwd, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    errors = []
    drain = threading.Thread(target=lambda: errors.append(process.stderr.read()), daemon=True)
    drain.start()
    watchdog = threading.Timer(SECONDS, process.kill)
    watchdog.start()
    try:
        process.stdin.write(TOLD.get(word, ""))
        process.stdin.close()
        heard = []
        for line in process.stdout:
            heard.append(line)
            if word in READY and "--exit" not in argv and READY[word] in line:
                process.send_signal(signal.SIGINT)
        code = process.wait()
    finally:
        watchdog.cancel()
    drain.join(timeout=5)
    said = "".join(heard)
    if code != 0 or SAYS.get(word, "") not in said:
        print(said, "".join(errors), sep="\n", file=sys.stderr)
        raise SystemExit(f"error: `{command}` ended with {code}; wanted in its words: {SAYS.get(word, '')!r}")
    print(f"ok: {command}")


def main():
    programs, folder, *documents = sys.argv[1:]
    count = 0
    for document in documents:
        for command in blocks(document):
            run(command, os.path.abspath(programs), folder)
            count += 1
    if not count:
        raise SystemExit("error: the documents show no command")
    print(f"{count} commands run, all as the documents say")


main()
