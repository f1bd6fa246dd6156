"""Signs random requests with twilio-python and asks our check about them, then about every change of a single byte.

The runner (crates/web/examples/signatures.rs) gets one request a line and says whether it would be let in. Whether a
change that was let in left the signed content as it was is judged here, by Python's own form reader.
"""

import base64
import json
import random
import subprocess
import sys
import time
from urllib.parse import parse_qsl, quote, urlencode

from twilio.request_validator import RequestValidator

TOKEN = "6c1b5f3a0d9e4827b1c3d5e7f9a0b2c4"
REQUESTS = 1000
FORM = "application/x-www-form-urlencoded"
VALIDATOR = RequestValidator(TOKEN)
WORDS = [
    "Yes.", "", " ", "a b", "+12025550132", "Zoë", "東京", "🦷 ouch", "It's 5 o'clock & late", "100%", "a=b&c=d", "%41", "+",
    "line\nbreak", "tab\t", "\u200f", "<Say>", '"quoted"', "~-._*", "x" * 300, "e\u0301", "0", "#", "?", "/", "\\",
]  # fmt: skip
NAMES = ["SpeechResult", "From", "FromCity", "Zed", "a", "A", "aa", "naïve", "x[]", "x.y", "Digits", "é", "0", "Called"]


class Params(list):
    """Pairs, as a web framework's form: names may repeat."""

    def __iter__(self):
        return iter([name for name, _ in list.__iter__(self)])

    def getlist(self, name):
        return [v for n, v in list.__iter__(self) if n == name]


def pairs(params):
    return list(list.__iter__(params))


def some_params(rng):
    found = Params((rng.choice(NAMES), rng.choice(WORDS)) for _ in range(rng.randint(0, 12)))
    for _ in range(rng.choice([0, 0, 1, 3])):
        name, value = rng.choice(pairs(found)) if len(found) else ("Tag", "b")
        found.append((name, rng.choice([value, rng.choice(WORDS)])))
    return found


def some_path(rng):
    parts = [rng.choice(["voice", "a", "..", "x;y", "é", "a b", "%", "'q'", "(1)", "@", "!$&*+,=:"]) for _ in range(rng.randint(1, 5))]
    path = "/" + "/".join(p if p == "'q'" else quote(p, safe="!$&()*+,;=:@'") for p in parts)
    return path + rng.choice(["", "", "/"])


def some_query(rng):
    kind = rng.randint(0, 4)
    if kind == 0:
        return ""
    text = urlencode([(rng.choice(NAMES), rng.choice(WORDS)) for _ in range(rng.randint(1, 5))])
    return "?" + (text.replace("%27", "'") if kind == 1 else text.replace("+", "%20") if kind == 2 else text)


def some_public(rng):
    """The configured address, and as which it may be signed: over https the port is dropped or kept, over http kept."""
    host = rng.choice(["frontdesk.example", "a.b.c.example", "xn--bcher-kva.example", "10.0.0.1", "[2001:db8::1]"])
    user = rng.choice(["", "", "", "user:pass@", "u@"])
    scheme, port = rng.choice([("https", ""), ("https", ":443"), ("https", ":8443"), ("http", ""), ("http", ":80"), ("http", ":8080")])
    public = f"{scheme}://{user}{host}{port}"
    bare = f"{scheme}://{user}{host}"
    default = bare + {"https": ":443", "http": ":80"}[scheme]
    return public, rng.choice([public] + ([bare] if scheme == "https" else []) + ([default] if not port else []))


def door(rng):
    public, signed = rng.choice([
        ("https://frontdesk.example", "https://frontdesk.example"),
        ("https://frontdesk.example", "https://frontdesk.example:443"),
        ("https://frontdesk.example:8443", "https://frontdesk.example"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
    ])  # fmt: skip
    place = rng.choice(["incoming/bright-smile", "incoming/nobody", "incoming/b%C3%BCro", "status/bright-smile"])
    params = some_params(rng)
    if rng.random() < 0.5:
        params = Params([p for p in pairs(params) if p[0] not in ("From", "Digits", "SpeechResult")])
        params.append(("AccountSid", "AC" + "%032x" % rng.getrandbits(128)))
        params.append(("CallSid", "CA" + "%032x" % rng.getrandbits(128)))
    return form(public, signed, f"/voice/{place}{some_query(rng)}", params, rng, door=True)


def form(public, signed, target, params, rng, **more):
    shuffled = pairs(params)
    rng.shuffle(shuffled)
    return request("POST", public, signed, target, FORM, urlencode(shuffled).encode(), params, **more)


def request(method, public, signed, target, content_type, body, params, **more):
    url = signed + target
    signature = VALIDATOR.compute_signature(url, params)
    # Its own validator has to believe what its own signer signed.
    body_text = body.decode() if params is None else params
    assert content_type == "application/json" or VALIDATOR.validate(url, body_text, signature), url
    return {
        "token": TOKEN, "method": method, "public": public, "target": target, "content_type": content_type,
        "body": base64.b64encode(body).decode(), "signature": signature, "door": False, "changes": False, **more,
    }  # fmt: skip


def json_request(public, signed, target, value, **more):
    body = json.dumps(value, ensure_ascii=False).encode()
    joint = "&" if "?" in target else "?"
    target += f"{joint}bodySHA256={VALIDATOR.compute_hash(body.decode())}"
    made = request("POST", public, signed, target, "application/json", body, {}, **more)
    assert VALIDATOR.validate(signed + target, body.decode(), made["signature"]), target
    return made


def some_request(rng):
    kind = rng.random()
    if kind < 0.4:
        return door(rng)
    public, signed = some_public(rng)
    target = some_path(rng) + some_query(rng)
    if kind < 0.75:
        return form(public, signed, target, some_params(rng), rng)
    if kind < 0.9:
        return json_request(public, signed, target, {rng.choice(NAMES): rng.choice(WORDS) for _ in range(rng.randint(0, 6))})
    return request("GET", public, signed, target, None, b"", {})


def samples(rng):
    """Good ones, to be changed byte by byte."""
    call = Params([
        ("AccountSid", "AC" + "0" * 31 + "1"), ("CallSid", "CA" + "0" * 31 + "1"), ("CallStatus", "in-progress"),
        ("From", "+12025550132"), ("FromCity", ""), ("SpeechResult", "Zoë's at five & half, ok?"), ("Tag", "a"), ("Tag", "b"),
    ])  # fmt: skip
    target = "/voice/incoming/bright-smile?hop=1&k=0f1e2d3c"
    more = {"changes": True}
    yield form("https://frontdesk.example", "https://frontdesk.example", target, call, rng, door=True, **more)
    yield form("https://frontdesk.example:8443", "https://frontdesk.example", target, call, rng, **more)
    yield form("http://127.0.0.1:8080", "http://127.0.0.1:8080", target, call, rng, **more)
    yield json_request("https://frontdesk.example", "https://frontdesk.example", "/v?x=1", {"a": "ü", "b": 2}, **more)
    yield request("GET", "https://frontdesk.example", "https://frontdesk.example", target + "&From=%2B1", None, b"", {}, **more)


def same_content(sample, change):
    """Why a change that was let in left the signed content as it was; None when it did not."""
    part, at, byte = change["part"], change["at"], change["byte"]
    if part == "body" and sample["content_type"] == FORM and byte is not None:
        body = bytearray(base64.b64decode(sample["body"]))
        before = set(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True))
        body[at] = byte
        try:
            after = set(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True))
        except (UnicodeDecodeError, ValueError):
            return None
        if before == after:
            return "the case of a hexadecimal digit in an escape of the form: the decoded parameters are what is signed"
    if part == "public" and sample["public"].startswith("https://"):
        start = sample["public"].rfind(":") + 1
        digit = byte is None or chr(byte).isdigit()
        if start > len("https://") and at >= start and digit:
            return "a digit of the configured port: over https the port is not signed, and no request can choose it"
    return None


def main():
    runner, seed = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 20
    rng = random.Random(seed)
    random_ones = [some_request(rng) for _ in range(REQUESTS)]
    good = list(samples(rng))
    began = time.monotonic()
    lines = "\n".join(json.dumps(s) for s in random_ones + good) + "\n"
    done = subprocess.run([runner], input=lines.encode(), stdout=subprocess.PIPE, check=True)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(random_ones) + len(good), "the runner lost requests"
    misses = []
    for made, answer in zip(random_ones + good, answers):
        if not answer["accepted"] or answer["door"] is False:
            misses.append(f"refused though signed: {made['method']} {made['public']}{made['target']} {made['content_type']}")
    at_door = sum(a["door"] is True for a in answers[:REQUESTS])
    kinds = {name: sum(r["content_type"] == kind for r in random_ones) for name, kind in [("forms", FORM), ("JSON", "application/json"), ("GET", None)]}
    print(f"signed by twilio-python (seed {seed}): {sum(a['accepted'] for a in answers[:REQUESTS])} of {REQUESTS} accepted: {kinds}")
    print(f"  of these by the whole application over HTTP: {at_door} of {sum(r['door'] for r in random_ones)}")
    tried = door_tried = 0
    equal = {}
    for made, answer in zip(good, answers[REQUESTS:]):
        tried += answer["changes"]
        door_tried += answer["door_changes"]
        for where, let_in in [("check", answer["let_in"]), ("application", answer["door_let_in"])]:
            for change in let_in:
                why = same_content(made, change)
                if why is None:
                    misses.append(f"accepted by the {where} though changed: {change} of {made}")
                else:
                    equal[why, where] = equal.get((why, where), 0) + 1
    accepted = sum(equal.values())
    print(f"changes of a single byte in {len(good)} good requests: {tried} tried by the check, {door_tried} by the whole application")
    print(f"  refused: {tried + door_tried - accepted - sum(m.startswith('accepted') for m in misses)}")
    for (why, where), count in sorted(equal.items()):
        print(f"  accepted by the {where}, because the content is the same: {count} ({why})")
    print(f"took {time.monotonic() - began:.1f} s")
    for miss in misses[:20]:
        print("MISS:", miss, file=sys.stderr)
    if misses:
        sys.exit(f"{len(misses)} misses")


main()
