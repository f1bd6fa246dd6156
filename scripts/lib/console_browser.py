"""Headless Chromium over the WebDriver protocol, with nothing but Python's own library."""

import base64
import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Browser:
    """One browser window. Use it in a `with` statement: leaving ends it."""

    def __init__(self, scale=1):
        port = free_port()
        self.root = f"http://127.0.0.1:{port}"
        self.driver = subprocess.Popen(
            [shutil.which("chromedriver") or "chromedriver", f"--port={port}", "--silent"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        arguments = [
            "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--mute-audio", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
            f"--force-device-scale-factor={scale}",
            # Whoever asks another host gets nothing, and the log says who it was.
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        ]
        wanted = {
            "browserName": "chrome",
            "goog:chromeOptions": {"args": arguments},
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        }
        self.session = None
        end = time.monotonic() + 30
        while self.session is None:
            try:
                made = self.ask("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
                self.session = f"/session/{made['sessionId']}"
            except (urllib.error.URLError, ConnectionError) as error:
                if time.monotonic() > end or self.driver.poll() is not None:
                    raise RuntimeError(f"chromedriver does not answer: {error}") from error
                time.sleep(0.1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.ask("DELETE", self.session)
        except (urllib.error.URLError, RuntimeError):
            pass
        self.driver.terminate()
        self.driver.wait(10)

    def ask(self, method, path, body=None):
        data = None if method != "POST" else json.dumps(body or {}).encode()
        request = urllib.request.Request(self.root + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            value = json.load(error)["value"]
            raise RuntimeError(f"{value['error']}: {value['message'].splitlines()[0]}") from None

    def post(self, path, body=None):
        return self.ask("POST", self.session + path, body)

    def cdp(self, command, **parameters):
        return self.post("/goog/cdp/execute", {"cmd": command, "params": parameters})

    def open(self, url):
        self.post("/url", {"url": url})

    def js(self, script, *arguments):
        return self.post("/execute/sync", {"script": script, "args": list(arguments)})

    def find(self, css):
        return self.post("/element", {"using": "css selector", "value": css})[ELEMENT]

    def click(self, css):
        self.post(f"/element/{self.find(css)}/click")

    def type(self, css, text):
        self.post(f"/element/{self.find(css)}/value", {"text": text})

    def press(self, key, times=1):
        presses = [{"type": kind, "value": key} for _ in range(times) for kind in ("keyDown", "keyUp")]
        self.post("/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": presses}]})

    def wait(self, what, script, *arguments, seconds=30):
        """Waits until the script gives something true and returns it."""
        end = time.monotonic() + seconds
        while True:
            value = self.js(script, *arguments)
            if value:
                return value
            if time.monotonic() > end:
                raise AssertionError(f"waited {seconds} s in vain: {what}")
            time.sleep(0.1)

    def size(self, width, height):
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 500)

    def scheme(self, name):
        self.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}])

    def picture(self, path):
        """The whole page, as a window that is as high as it would show it."""
        width, height, whole = self.js("return [innerWidth, innerHeight, document.documentElement.scrollHeight]")
        self.size(width, max(height, whole))
        shot = self.cdp("Page.captureScreenshot", format="png")
        self.size(width, height)
        with open(path, "wb") as file:
            file.write(base64.b64decode(shot["data"]))

    def log(self, kind):
        return self.post("/se/log", {"type": kind})
