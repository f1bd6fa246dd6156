"""Words as they are compared: both sides of a word error rate pass through the same plain rules."""

import re

ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety".split()
ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}
MONTHS = "january february march april may june july august september october november december".split()
SHORT = [
    (r"\b(\w+)n't\b", r"\1 not"), (r"\bcan not\b", "cannot"), (r"\b(i)'m\b", r"\1 am"), (r"'re\b", " are"),
    (r"'ll\b", " will"), (r"'ve\b", " have"), (r"'d\b", " would"),
    (r"\b(it|that|what|here|there|he|she|who|where)'s\b", r"\1 is"), (r"\blet's\b", "let us"),
]
WHOLE = {
    "okay": "ok", "mr": "mister", "dr": "doctor", "oh": "zero", "o'clock": "oclock", "ave": "avenue", "st": "street",
    "harbour": "harbor",
}
MONEY = {"$": ("dollar", "cent"), "£": ("pound", "pence"), "€": ("euro", "cent")}


def cardinal(n):
    if n < 20:
        return ONES[n]
    if n < 100:
        return TENS[n // 10] + (" " + ONES[n % 10] if n % 10 else "")
    for size, name in ((1_000_000, "million"), (1_000, "thousand"), (100, "hundred")):
        if n >= size:
            rest = " " + cardinal(n % size) if n % size else ""
            return f"{cardinal(n // size)} {name}{rest}"
    return ""


def ordinal(n):
    *head, last = cardinal(n).split()
    last = ORDINALS.get(last) or (last[:-1] + "ieth" if last.endswith("y") else last + "th")
    return " ".join([*head, last])


def digits(text):
    return " ".join(ONES[int(c)] for c in text if c.isdigit())


def clock(match):
    hour, minute = int(match[1]), int(match[2])
    minutes = "" if minute == 0 else cardinal(minute) if minute >= 10 else f"zero {ONES[minute]}"
    return f" {cardinal(hour)} {minutes} "


def price(match):
    unit, part = MONEY[match[1]]
    whole = int(match[2].replace(",", ""))
    text = f" {cardinal(whole)} {unit}{'' if whole == 1 else 's'} "
    cents = int(match[3]) if match[3] else 0
    if cents:
        plural = "" if cents == 1 or unit == "pound" else "s"
        text += f"and {cardinal(cents)} {part}{plural} "
    return text


def number(match):
    text = match[0].replace(",", "")
    n = int(text)
    if len(text) >= 5 or text.startswith("0"):
        return f" {digits(text)} "
    if 1900 <= n <= 2099 and n % 1000 >= 10:
        head, tail = divmod(n, 100)
        return f" {cardinal(head)} {cardinal(tail) if tail >= 10 else 'zero ' + ONES[tail]} "
    return f" {cardinal(n)} "


def words(text):
    """The words of `text`: lower case, no signs, figures written out, short forms in full."""
    text = text.lower().replace("’", "'").replace("‘", "'")
    text = re.sub(r"([$£€])\s?(\d[\d,]*)(?:\.(\d\d))?", price, text)
    # A number with groups is read figure by figure: a telephone number, or a code.
    text = re.sub(r"\+?\(?\d{1,4}\)?(?:[-. ]+\d{2,4}){2,}\b|\b\d{3}-\d{4}\b|\b\d(?:-\d){2,}\b",
                  lambda m: f" {digits(m[0])} ", text)
    text = re.sub(r"\b([ap])\.?\s?m\b\.?", r" \1m ", text)
    text = re.sub(r"\b(\d{1,2})[:.](\d\d)(?!\d)", clock, text)
    text = re.sub(rf"\b({'|'.join(MONTHS)})\s+(\d{{1,2}})(?![\d:])(?:st|nd|rd|th)?",
                  lambda m: f"{m[1]} {ordinal(int(m[2]))} ", text)
    text = re.sub(r"\b(\d+)(?:st|nd|rd|th)\b", lambda m: f" {ordinal(int(m[1]))} ", text)
    text = text.replace("%", " percent ").replace("&", " and ")
    text = re.sub(r"(\d)\.(\d)", r"\1 point \2", text)
    text = re.sub(r"\d{1,3}(?:,\d{3})+|\d+", number, text)
    for pattern, full in SHORT:
        text = re.sub(pattern, full, text)
    text = re.sub(r"\b([a-z])\.(?=[a-z]\b)", r"\1", text)
    found = (word.strip("'") for word in re.sub(r"[^a-z'\s]", " ", text).split())
    return [WHOLE.get(word, word) for word in found if word]


def compare(said, heard):
    """The mistakes that turn `said` into `heard`, as pairs of words; an empty one is a word too few or too many.

    Two words in one ("check up", "checkup") are no mistake: nobody hears the space.
    """
    rows, columns = len(said) + 1, len(heard) + 1
    cost = [[0] * columns for _ in range(rows)]
    step = [[None] * columns for _ in range(rows)]
    for i in range(rows):
        for j in range(columns):
            ways = []
            if i and j:
                ways.append((cost[i - 1][j - 1] + (said[i - 1] != heard[j - 1]), (1, 1)))
            if i:
                ways.append((cost[i - 1][j] + 1, (1, 0)))
            if j:
                ways.append((cost[i][j - 1] + 1, (0, 1)))
            for a, b in ((2, 1), (1, 2)):
                if i >= a and j >= b and "".join(said[i - a:i]) == "".join(heard[j - b:j]):
                    ways.append((cost[i - a][j - b], (a, b)))
            if ways:
                cost[i][j], step[i][j] = min(ways)
    mistakes = []
    i, j = rows - 1, columns - 1
    while i or j:
        a, b = step[i][j]
        pair = " ".join(said[i - a:i]), " ".join(heard[j - b:j])
        if pair[0].replace(" ", "") != pair[1].replace(" ", ""):
            mistakes.append(pair)
        i, j = i - a, j - b
    return mistakes[::-1]
