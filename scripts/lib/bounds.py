"""Drives a Frontdesk over its webhooks and watches the process; see scripts/check-bounds.

bounds.py stuck|ended PID URL KEY CALLS
"""

import asyncio
import base64
import hashlib
import hmac
import os
import re
import sys
import time
import urllib.parse

CONNECTIONS = 32
WARM_UP = 2_000
BUSINESS = "bright-smile"


class Line:
    """One kept connection that posts signed forms."""

    def __init__(self, base, key):
        self.base, self.key = base, key.encode()
        self.host, self.port = urllib.parse.urlsplit(base).netloc.split(":")
        self.reader = self.writer = None

    async def post(self, path, form):
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection(self.host, int(self.port))
        text = self.base + path + "".join(k + v for k, v in sorted(form.items()))
        signature = base64.b64encode(hmac.new(self.key, text.encode(), hashlib.sha1).digest()).decode()
        body = urllib.parse.urlencode(form)
        self.writer.write(
            f"POST {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nX-Twilio-Signature: {signature}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
        )
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        length = int(re.search(r"content-length: (\d+)", head, re.I).group(1))
        answer = (await self.reader.readexactly(length)).decode()
        if " 200 " not in head.split("\r\n")[0]:
            raise SystemExit(f"{path}: {head.splitlines()[0]} {answer}")
        if re.search(r"connection: close", head, re.I):
            self.writer.close()
            self.writer = None
        return answer.replace("&amp;", "&")


def form(call, status, **more):
    return {"CallSid": call, "AccountSid": "AC" + "0" * 31 + "1", "From": "+12025550132",
            "To": "+12025550100", "CallStatus": status, "Direction": "inbound", "ApiVersion": "2010-04-01", **more}


def path(url):
    parts = urllib.parse.urlsplit(url)
    return f"{parts.path}?{parts.query}"


async def until_listening(line, call, answer):
    while "<Gather" not in answer:
        onward = re.search(r"<Redirect[^>]*>([^<]+)</Redirect>", answer)
        if not onward:
            raise SystemExit(f"the call leads nowhere: {answer}")
        answer = await line.post(path(onward.group(1)), form(call, "in-progress"))
    return path(re.search(r'<Gather[^>]*action="([^"]+)"', answer).group(1))


async def call(line, number, ends):
    sid = f"CA{number:032x}"
    answer = await line.post(f"/voice/incoming/{BUSINESS}", form(sid, "ringing"))
    action = await until_listening(line, sid, answer)
    question = "could you tell me what your opening hours are"
    answer = await line.post(action, form(sid, "in-progress", SpeechResult=question, Confidence="0.9"))
    if ends:
        await until_listening(line, sid, answer)
        await line.post(f"/voice/status/{BUSINESS}", form(sid, "completed", CallDuration="9"))


async def calls(base, key, first, count, ends):
    numbers = iter(range(first, first + count))

    async def worker():
        line = Line(base, key)
        for number in numbers:
            await call(line, number, ends)
        if line.writer:
            line.writer.close()

    began = time.monotonic()
    await asyncio.gather(*(worker() for _ in range(CONNECTIONS)))
    took = time.monotonic() - began
    print(f"  {count} calls in {took:.1f} s", flush=True)


def rss_kb(pid):
    with open(f"/proc/{pid}/status") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1))


def handles(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


async def gauge(base, name):
    host, port = urllib.parse.urlsplit(base).netloc.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET /metrics HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    text = (await reader.read()).decode()
    writer.close()
    found = re.search(rf"^{name} (\S+)", text, re.M)
    return float(found.group(1)) if found else None


async def figures(base, pid, what):
    kb, fds = rss_kb(pid), handles(pid)
    active, tasks = await gauge(base, "frontdesk_calls_active"), await gauge(base, "frontdesk_turn_tasks")
    print(f"  {what}: RSS {kb / 1024:.1f} MB, {fds} file handles, calls {active}, turn tasks {tasks}", flush=True)
    return kb, fds, active, tasks


async def quiet(base):
    for _ in range(100):
        if await gauge(base, "frontdesk_calls_active") == 0:
            break
        await asyncio.sleep(0.2)
    await asyncio.sleep(3)


async def stuck(pid, base, key, count):
    print(f"{count} stuck calls (the agent does not answer):")
    await asyncio.sleep(2)
    idle, *_ = await figures(base, pid, "idle")
    await calls(base, key, 0, count, ends=False)
    full, _, active, _ = await figures(base, pid, "all of them waiting")
    each = (full - idle) / count
    line = Line(base, key)
    began = time.monotonic()
    for number in range(100):
        await line.post(f"/voice/incoming/{BUSINESS}", form(f"CA{number + (1 << 64):032x}", "ringing"))
    print(f"  {each:.1f} kB each; a new call is answered in {(time.monotonic() - began) * 10:.1f} ms (mean of 100)")
    return each <= 100 and full < 1.2 * 1024 * 1024 and active >= count


async def ended(pid, base, key, count):
    print(f"{count} calls that end:")
    await calls(base, key, 0, WARM_UP, ends=True)
    await quiet(base)
    warm, fds, *_ = await figures(base, pid, f"after {WARM_UP} calls")
    step = count // 4
    for k in range(4):
        await calls(base, key, WARM_UP + k * step, step, ends=True)
        await quiet(base)
        now, open_now, active, tasks = await figures(base, pid, f"after {(k + 1) * step} more")
    print(f"  grown by {(now - warm) / 1024:.1f} MB")
    return now - warm <= 30 * 1024 and active == 0 and not tasks and open_now <= fds + 4


def main():
    what, pid, base, key, count = sys.argv[1:6]
    run = {"stuck": stuck, "ended": ended}[what]
    fine = asyncio.run(run(int(pid), base, key.strip(), int(count)))
    print(f"  {'as promised' if fine else 'NOT AS PROMISED'}", flush=True)
    sys.exit(not fine)


main()
