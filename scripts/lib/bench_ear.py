"""What a recogniser hears in the clips of a folder: N.wav says the Nth text of said.json. Prints a JSON line for each.

    bench_ear.py FOLDER
"""

import json
import os
import pathlib
import sys

# Whatever loads models by name would ask another host.
os.environ["HF_HUB_OFFLINE"] = "1"

import wer_ear
from wer_words import compare, words


def main(folder):
    folder = pathlib.Path(folder)
    ear = wer_ear.Recogniser()
    for number, text in enumerate(json.loads((folder / "said.json").read_text())):
        heard = ear.text(wer_ear.read(folder / f"{number}.wav")[0])
        said = words(text)
        print(json.dumps({"clip": number, "words": len(said), "wrong": len(compare(said, words(heard))), "heard": heard}))


if __name__ == "__main__":
    main(sys.argv[1])
