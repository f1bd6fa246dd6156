"""Lets the official Python clients of speech companies talk to our simulators of them.

Each client says a sentence by every transport that it has. The sound has to be as long as the simulator says it makes it,
and audible; a wrong key, an unknown voice and an unknown model have to come out as the client's own typed errors.
"""

import array
import asyncio
import base64
import json
import os
import subprocess
import sys
import warnings

warnings.filterwarnings("ignore")
for name in ("OPENAI_API_KEY", "DEEPGRAM_API_KEY", "ELEVENLABS_API_KEY", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
    os.environ.pop(name, None)

import deepgram  # noqa: E402
import elevenlabs  # noqa: E402
import openai  # noqa: E402
from deepgram.core.api_error import ApiError as DeepgramError  # noqa: E402
from deepgram.environment import DeepgramClientEnvironment  # noqa: E402
from deepgram.errors import BadRequestError as DeepgramBadRequest  # noqa: E402
from deepgram.speak.v1.types import SpeakV1Text  # noqa: E402
from elevenlabs.core.api_error import ApiError as ElevenLabsError  # noqa: E402
from google.api_core.exceptions import BadRequest as GoogleBadRequest  # noqa: E402
from google.auth.exceptions import GoogleAuthError  # noqa: E402
from google.cloud import texttospeech  # noqa: E402
from google.cloud.texttospeech_v1.services.text_to_speech.transports import TextToSpeechRestTransport  # noqa: E402
from google.oauth2.credentials import Credentials  # noqa: E402
from websockets.exceptions import InvalidStatus  # noqa: E402

SENTENCE = "Your appointment is on Tuesday at three, is that still all right?"
# crates/provider-sim/src/sound.rs
CHARACTER_MS = 65
checks = 0


class Sim:
    """One simulated company, as a process of its own."""

    def __init__(self, program, company):
        self.process = subprocess.Popen([program, company], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()
        self.key = self.process.stdout.readline().strip()
        assert self.url.startswith("http://127.0.0.1:"), f"{company} did not start"

    def plan(self, *scripts):
        """What the language model says to the next requests."""
        self.process.stdin.write(json.dumps(scripts) + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline().strip() == "ok", "the simulator did not take the script"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        assert self.process.wait(timeout=10) == 0, "the simulator did not end in peace"


def ok(what):
    global checks
    checks += 1
    print(f"  ok  {what}")


def expanded_mulaw(byte):
    """G.711 mu-law to 16 bit."""
    byte = ~byte & 0xFF
    size = (((byte & 0x0F) << 3) + 0x84 << (byte >> 4 & 7)) - 0x84
    return -size if byte & 0x80 else size


def expanded_alaw(byte):
    """G.711 A-law to 16 bit."""
    byte ^= 0x55
    step, size = byte >> 4 & 7, (byte & 0x0F) << 4
    size = size + 8 if step == 0 else size + 0x108 << step - 1
    return size if byte & 0x80 else -size


LAWS = {
    "linear": lambda sound: array.array("h", sound),
    "mulaw": lambda sound: [expanded_mulaw(byte) for byte in sound],
    "alaw": lambda sound: [expanded_alaw(byte) for byte in sound],
}


def spoken(what, sound, rate, law="linear", texts=(SENTENCE,), speed=1.0):
    """The sound is as long as the text and can be heard."""
    samples = LAWS[law](sound)
    ms = len(samples) / rate * 1000
    wanted = sum(max(len(text) * CHARACTER_MS / speed, 300) for text in texts)
    assert abs(ms - wanted) < 1, f"{what}: {ms:.1f} ms of sound, {wanted:.1f} expected"
    level = (sum(sample * sample for sample in samples) / len(samples)) ** 0.5
    # Speech lies between -40 and -5 dB below full scale; noise from a wrong law or byte order above that.
    assert 328 < level < 18427, f"{what}: a level of {level:.0f}"
    ok(f"{what}: {ms:.0f} ms, {len(sound)} bytes, level {level:.0f}")


def data_of(wav, rate, code=1):
    """The data of a WAV file that may have been streamed."""
    assert wav[:4] == b"RIFF" and wav[8:12] == b"WAVE", wav[:16]
    at = 12
    while wav[at : at + 4] != b"data":
        length = int.from_bytes(wav[at + 4 : at + 8], "little")
        if wav[at : at + 4] == b"fmt ":
            assert int.from_bytes(wav[at + 8 : at + 10], "little") == code, wav[:44]
            assert int.from_bytes(wav[at + 12 : at + 16], "little") == rate, wav[:44]
        at += 8 + length
    return wav[at + 8 :]


def raises(what, kind, act, **wanted):
    """The client raises this error, with these attributes."""
    try:
        act()
    except kind as error:
        for name, value in wanted.items():
            assert getattr(error, name) == value, f"{what}: {name} is {getattr(error, name)!r}"
        ok(f"{what}: {kind.__name__} {wanted}")
        return error
    raise AssertionError(f"{what}: nothing was raised")


def openai_speech(sim):
    client = openai.OpenAI(base_url=sim.url + "/v1", api_key=sim.key, max_retries=0)
    wanted = {"model": "gpt-4o-mini-tts", "voice": "coral", "input": SENTENCE}
    speak = client.audio.speech
    spoken("whole, pcm", speak.create(**wanted, response_format="pcm").read(), 24000)
    spoken("whole, pcm, faster", speak.create(**wanted, response_format="pcm", speed=1.25).read(), 24000, speed=1.25)
    wav = speak.create(**wanted, response_format="wav").read()
    spoken("whole, wav", data_of(wav, 24000), 24000)
    with speak.with_streaming_response.create(**wanted, response_format="pcm") as response:
        spoken("streamed, pcm", b"".join(response.iter_bytes(4096)), 24000)
    with speak.with_streaming_response.create(**wanted, response_format="pcm", stream_format="sse") as response:
        events = [json.loads(line[6:]) for line in response.iter_lines() if line.startswith("data: ")]
    assert events[-1]["type"] == "speech.audio.done" and events[-1]["usage"]["total_tokens"] > 0, events[-1]
    sound = b"".join(base64.b64decode(e["audio"]) for e in events if e["type"] == "speech.audio.delta")
    spoken("server-sent events, pcm", sound, 24000)
    asyncio.run(openai_async(sim, wanted))
    wrong = openai.OpenAI(base_url=sim.url + "/v1", api_key="sk-wrong", max_retries=0)
    raises("wrong key", openai.AuthenticationError, lambda: wrong.audio.speech.create(**wanted), code="invalid_api_key")
    raises("unknown voice", openai.BadRequestError, lambda: speak.create(**{**wanted, "voice": "nobody"}), type="invalid_request_error")
    raises("unknown model", openai.NotFoundError, lambda: speak.create(**{**wanted, "model": "nothing"}), code="model_not_found")
    raises("no text", openai.BadRequestError, lambda: speak.create(**{**wanted, "input": ""}))
    raises("too long a text", openai.BadRequestError, lambda: speak.create(**{**wanted, "input": "a" * 4097}))


async def openai_async(sim, wanted):
    async with openai.AsyncOpenAI(base_url=sim.url + "/v1", api_key=sim.key, max_retries=0) as client:
        async with client.audio.speech.with_streaming_response.create(**wanted, response_format="pcm") as response:
            sound = b"".join([piece async for piece in response.iter_bytes()])
    spoken("asynchronous, pcm", sound, 24000)


TOOLS = [
    {
        "type": "function",
        "function": {
            "name": name,
            "description": "For the test.",
            "parameters": {"type": "object", "properties": {"day": {"type": "string"}}, "required": ["day"]},
        },
    }
    for name in ("check_slots", "look_up")
]
WANTED = [("check_slots", {"day": "2026-12-01"}), ("look_up", {"day": "Tuesday, “the first”"})]


def openai_chat(sim):
    """Words and parallel tool calls, as the official client puts them together from the stream."""
    client = openai.OpenAI(api_key=sim.key, base_url=f"{sim.url}/v1", max_retries=0)
    ask = {
        "model": "gpt-4o-mini",
        "messages": [{"role": "user", "content": "Is Tuesday free?"}],
        "tools": TOOLS,
    }
    calls = [[name, json.dumps(arguments, ensure_ascii=False)] for name, arguments in WANTED]

    sim.plan({"words": SENTENCE})
    with client.chat.completions.stream(**ask, stream_options={"include_usage": True}) as stream:
        deltas = [event.delta for event in stream if event.type == "content.delta"]
        last = stream.get_final_completion()
    assert "".join(deltas) == SENTENCE == last.choices[0].message.content, deltas
    assert len(deltas) > 5 and last.choices[0].finish_reason == "stop", last
    assert last.usage.total_tokens == last.usage.prompt_tokens + last.usage.completion_tokens > 0
    ok("openai chat: streamed words and usage")

    sim.plan({"words": "One moment.", "calls": calls})
    with client.chat.completions.stream(**ask) as stream:
        for _ in stream:
            pass
        last = stream.get_final_completion()
    told = last.choices[0].message
    got = [(call.function.name, json.loads(call.function.arguments)) for call in told.tool_calls]
    assert got == WANTED and last.choices[0].finish_reason == "tool_calls", last
    assert len({call.id for call in told.tool_calls}) == 2 and told.content == "One moment."
    ok("openai chat: two streamed tool calls beside words")

    answers = [{"role": "tool", "tool_call_id": call.id, "content": "free"} for call in told.tool_calls]
    sim.plan({"words": "It is free."})
    again = ask | {"messages": ask["messages"] + [told.to_dict()] + answers}
    reply = client.chat.completions.create(**again)
    assert reply.choices[0].message.content == "It is free."
    ok("openai chat: the tools' answers are taken, whole reply")

    sim.plan({"words": "", "calls": calls})
    reply = client.chat.completions.create(**ask)
    got = [(call.function.name, json.loads(call.function.arguments)) for call in reply.choices[0].message.tool_calls]
    assert got == WANTED, reply
    ok("openai chat: two tool calls in a whole reply")

    assert any(model.id == ask["model"] for model in client.models.list())
    ok("openai chat: the list of models")
    lonely = ask | {"messages": ask["messages"] + answers[:1]}
    raises("openai chat: a tool's answer without its call", openai.BadRequestError, lambda: client.chat.completions.create(**lonely))
    raises("openai chat: an unknown model", openai.NotFoundError, lambda: client.chat.completions.create(**(ask | {"model": "nobody"})))
    wrong = openai.OpenAI(api_key="sk-wrong", base_url=f"{sim.url}/v1", max_retries=0)
    raises("openai chat: a wrong key", openai.AuthenticationError, lambda: wrong.chat.completions.create(**ask))


def kokoro_speech(sim):
    client = openai.OpenAI(base_url=sim.url + "/v1", api_key="not-needed", max_retries=0)
    wanted = {"model": "kokoro", "voice": "af_heart", "input": SENTENCE}
    with client.audio.speech.with_streaming_response.create(**wanted, response_format="pcm") as response:
        spoken("streamed, pcm", b"".join(response.iter_bytes()), 24000)
    wav = client.audio.speech.create(**wanted, response_format="wav", extra_body={"stream": False}).read()
    spoken("whole, wav", data_of(wav, 24000), 24000)
    assert "kokoro" in [model.id for model in client.models.list()]
    ok("models")
    raises("unknown voice", openai.BadRequestError, lambda: client.audio.speech.create(**{**wanted, "voice": "nobody"}))
    raises("unknown model", openai.BadRequestError, lambda: client.audio.speech.create(**{**wanted, "model": "nothing"}))


def deepgram_client(sim, key):
    live = sim.url.replace("http", "ws", 1)
    places = DeepgramClientEnvironment(base=sim.url, production=live, agent=live, agent_rest=sim.url)
    return deepgram.DeepgramClient(api_key=key, environment=places)


def deepgram_speech(sim):
    client = deepgram_client(sim, sim.key)
    no_retry = {"max_retries": 0}

    def whole(**more):
        wanted = {"text": SENTENCE, "model": "aura-2-thalia-en", "encoding": "linear16", "container": "none", "sample_rate": 8000}
        return b"".join(client.speak.v1.audio.generate(**{**wanted, **more}, request_options=no_retry))

    spoken("linear16, bare", whole(), 8000)
    spoken("linear16, wav", data_of(whole(container="wav", sample_rate=24000), 24000), 24000)
    spoken("mulaw, bare", whole(encoding="mulaw"), 8000, "mulaw")
    spoken("mulaw, wav", data_of(whole(encoding="mulaw", container="wav"), 8000, 7), 8000, "mulaw")
    spoken("alaw, bare", whole(encoding="alaw", sample_rate=16000), 16000, "alaw")
    raises("unknown model", DeepgramBadRequest, lambda: whole(model="aura-2-nobody-en"), status_code=400)
    raises("no text", DeepgramBadRequest, lambda: whole(text=""), status_code=400)
    raises("a combination that is not", DeepgramBadRequest, lambda: whole(encoding="mulaw", sample_rate=24000), status_code=400)
    raises("too long a text", DeepgramError, lambda: whole(text="a" * 3000), status_code=413)
    client_wrong = deepgram_client(sim, "wrong")
    generate = client_wrong.speak.v1.audio.generate
    raises("wrong key", DeepgramError, lambda: b"".join(generate(text="Hello.", request_options=no_retry)), status_code=401)
    deepgram_live(client, client_wrong)


def deepgram_live(client, client_wrong):
    wanted = {"model": "aura-2-thalia-en", "encoding": "mulaw", "sample_rate": "8000"}
    with client.speak.v1.connect(**wanted) as socket:
        assert socket.recv().model_name == "aura-2-thalia-en"
        for round in range(2):
            for part in (SENTENCE[:20], SENTENCE[20:]):
                socket.send_text(SpeakV1Text(text=part))
            socket.send_flush()
            sound = b""
            while isinstance(message := socket.recv(), bytes):
                sound += message
            assert (message.type, message.sequence_id) == ("Flushed", round), message
            spoken(f"WebSocket, flush {round + 1}", sound, 8000, "mulaw")
        socket.send_text(SpeakV1Text(text="Never mind."))
        socket.send_clear()
        assert socket.recv().type == "Cleared"
        ok("WebSocket, clear")
        for _ in range(18):
            socket.send_flush()
            assert socket.recv().type == "Flushed"
        socket.send_flush()
        warning = socket.recv()
        assert warning.type == "Warning" and warning.code, warning
        ok("WebSocket, a warning at the 21st flush in a minute")
        socket.send_close()
        assert list(socket) == []
        ok("WebSocket, close")

    def connect(who, **more):
        with who.speak.v1.connect(**{**wanted, **more}) as socket:
            socket.recv()

    # The client hands on what its WebSocket library says of a refused handshake.
    for what, status, act in [
        ("wrong key", 401, lambda: connect(client_wrong)),
        ("unknown model", 400, lambda: connect(client, model="aura-2-nobody-en")),
    ]:
        error = raises(f"WebSocket, {what}", InvalidStatus, act)
        assert error.response.status_code == status and "dg-error" in error.response.headers, error.response


def elevenlabs_speech(sim):
    client = elevenlabs.ElevenLabs(base_url=sim.url, api_key=sim.key)
    voices = client.voices.get_all().voices
    voice = next(voice.voice_id for voice in voices if voice.labels["accent"] == "australian")
    assert [found.voice_id for found in client.voices.search().voices] == [known.voice_id for known in voices]
    assert "eleven_flash_v2_5" in [model.model_id for model in client.models.list()]
    ok(f"{len(voices)} voices, models")
    wanted = {"voice_id": voice, "text": SENTENCE, "model_id": "eleven_flash_v2_5"}
    speak = client.text_to_speech
    spoken("whole, pcm", b"".join(speak.convert(**wanted, output_format="pcm_16000")), 16000)
    spoken("streamed, ulaw", b"".join(speak.stream(**wanted, output_format="ulaw_8000")), 8000, "mulaw")
    spoken("streamed, alaw", b"".join(speak.stream(**wanted, output_format="alaw_8000")), 8000, "alaw")
    spoken("streamed, wav", data_of(b"".join(speak.stream(**wanted, output_format="wav_22050")), 22050), 22050)
    slow = elevenlabs.VoiceSettings(speed=0.8)
    spoken("slower", b"".join(speak.stream(**wanted, voice_settings=slow, output_format="pcm_8000")), 8000, speed=0.8)
    timed = list(speak.stream_with_timestamps(**wanted, output_format="pcm_8000"))
    assert "".join(timed[0].alignment.characters) == SENTENCE
    spoken("with timestamps", b"".join(base64.b64decode(piece.audio_base_64) for piece in timed), 8000)
    elevenlabs_live(client, wanted)

    def refused(**more):
        return lambda: b"".join(speak.stream(**{**wanted, **more}, request_options={"max_retries": 0}))

    error = raises("unknown voice", ElevenLabsError, refused(voice_id="nobody"), status_code=404)
    assert error.body["detail"]["status"] == "voice_not_found", error.body
    raises("unknown model", ElevenLabsError, refused(model_id="nothing"), status_code=400)
    raises("unknown format", elevenlabs.UnprocessableEntityError, refused(output_format="pcm_1"), status_code=422)
    raises("a speed beyond the limits", ElevenLabsError, refused(voice_settings=elevenlabs.VoiceSettings(speed=3.0)), status_code=400)
    raises("too long a text", ElevenLabsError, refused(text="a" * 40001), status_code=400)
    wrong = elevenlabs.ElevenLabs(base_url=sim.url, api_key="wrong").text_to_speech
    error = raises("wrong key", ElevenLabsError, lambda: b"".join(wrong.stream(**wanted)), status_code=401)
    assert error.body["detail"]["status"] == "invalid_api_key", error.body


def elevenlabs_live(client, wanted):
    speak = client.text_to_speech
    # The client insists on wss.
    speak._ws_base_url = speak._ws_base_url.replace("wss://", "ws://")

    def live(**more):
        return b"".join(speak.convert_realtime(**{**wanted, "text": iter([SENTENCE]), **more}, output_format="pcm_16000"))

    # It ends every piece with a space.
    spoken("WebSocket", live(), 16000, texts=[SENTENCE + " "])
    two = ["Good morning, this is the front desk of the dental practice.", "How can I help you today?"]
    sound = live(text=iter(two))
    assert len(sound) > 0.95 * sum(map(len, two)) * CHARACTER_MS * 32, len(sound)
    ok("WebSocket, two pieces")
    raises("WebSocket, unknown voice", ElevenLabsError, lambda: live(voice_id="nobody"), status_code=1008)


def google_client(sim, key):
    place = sim.url.removeprefix("http://")
    transport = TextToSpeechRestTransport(host=place, url_scheme="http", credentials=Credentials(token=key))
    return texttospeech.TextToSpeechClient(transport=transport)


def google_speech(sim):
    client = google_client(sim, sim.key)
    voices = client.list_voices(language_code="en-AU").voices
    assert sum("Chirp3-HD" in voice.name for voice in voices) == 30, voices
    assert all(list(voice.language_codes) == ["en-AU"] for voice in voices), voices
    ok(f"{len(voices)} voices")

    def speak(law, rate, text=SENTENCE, name="en-AU-Chirp3-HD-Kore", language="en-AU", **more):
        return client.synthesize_speech(
            input=texttospeech.SynthesisInput(text=text),
            voice=texttospeech.VoiceSelectionParams(language_code=language, name=name),
            audio_config=texttospeech.AudioConfig(audio_encoding=texttospeech.AudioEncoding[law], sample_rate_hertz=rate, **more),
        ).audio_content

    spoken("PCM, bare", speak("PCM", 24000), 24000)
    spoken("LINEAR16, wav", data_of(speak("LINEAR16", 16000), 16000), 16000)
    spoken("MULAW, wav", data_of(speak("MULAW", 8000), 8000, 7), 8000, "mulaw")
    spoken("ALAW, wav", data_of(speak("ALAW", 8000), 8000, 6), 8000, "alaw")
    spoken("slower", speak("PCM", 8000, speaking_rate=0.8), 8000, speed=0.8)
    raises("unknown voice", GoogleBadRequest, lambda: speak("PCM", 8000, name="en-US-Chirp3-Standard-F"), code=400)
    raises("a voice of another language", GoogleBadRequest, lambda: speak("PCM", 8000, language="en-GB"), code=400)
    raises("no text", GoogleBadRequest, lambda: speak("PCM", 8000, text=" "), code=400)
    raises("too long a text", GoogleBadRequest, lambda: speak("PCM", 8000, text="a" * 5001), code=400)
    # It takes a refused token for one that has run out, and cannot renew it.
    raises("wrong token", GoogleAuthError, lambda: google_client(sim, "wrong").list_voices())


def main():
    program = sys.argv[1]
    for company, judge in [
        ("openai", openai_speech),
        ("openai", openai_chat),
        ("kokoro", kokoro_speech),
        ("deepgram", deepgram_speech),
        ("elevenlabs", elevenlabs_speech),
        ("google", google_speech),
    ]:
        print(company)
        with Sim(program, company) as sim:
            judge(sim)
    google = f"google-cloud-texttospeech {texttospeech.__version__}"
    versions = f"openai {openai.__version__}, deepgram-sdk {deepgram.__version__}, elevenlabs {elevenlabs.__version__}, {google}"
    print(f"{checks} checks passed with {versions}")


if __name__ == "__main__":
    main()
