"""Byte-pair encoding by the book, in plain Python: reference for src/data/bpe.rs.

    python tests/reference/bpe.py

writes bpe.json. It counts every pair anew after each merge and rewrites every word: slow, and
nothing to go wrong. Where the package `tokenizers` (Hugging Face) is installed, its trainer must
find the same merges and its model the same tokens, or nothing is written.
"""

import collections
import gzip
import json
import pathlib

HERE = pathlib.Path(__file__).parent
LONGEST = 32

SAMPLES = [
    "",
    "a",
    "The rabbit's watch wasn't there; it'd gone.",
    "  two  spaces,\ttab \n\n line\r\nbreaks \r\n",
    "1 22 333 4444 55555, 3.14 and x1y22",
    "naïve café — “quoted” ‘it’s’ don’t",
    "Ελληνικά, русский, עברית, 漢字かな交じり文。",
    "🙂 👩‍👩‍👧‍👦 🇫🇷 e\u0301 \u00a0 \u3000\u2028",
    "x" * 100 + " " * 70 + "-" * 45 + "漢" * 25,
    "'tis ''twas'' rock'n'roll '",
]


def kind(c):
    if c in "\n\r":
        return "break"
    if c.isspace():
        return "space"
    if c.isalpha():
        return "letter"
    if c.isnumeric():
        return "digit"
    return "other"


def size(text):
    return len(text.encode())


def words(text):
    out = []
    at = 0

    def run(start, begin):
        """The end of the characters of one kind from `start` on, in a word that begins at `begin`."""
        end, what = start, kind(text[start])
        while end < len(text) and kind(text[end]) == what:
            if size(text[begin : end + 1]) > LONGEST or (what == "digit" and end - start == 3):
                break
            end += 1
        return end

    while at < len(text):
        begin = at
        if kind(text[at]) == "space":
            at = run(at, begin)
            if at < len(text) and kind(text[at]) not in ("space", "break") and text[at - 1] == " ":
                at = at - 1 if at - begin > 1 else run(at, begin)
        elif (
            text[at] in "'’"
            and at > 0
            and kind(text[at - 1]) == "letter"
            and at + 1 < len(text)
            and kind(text[at + 1]) == "letter"
        ):
            at = run(at + 1, begin)
        else:
            at = run(at, begin)
        out.append(text[begin:at])
    assert "".join(out) == text
    return out


def join(word, pair, made):
    out, i = [], 0
    while i < len(word):
        if tuple(word[i : i + 2]) == pair:
            out.append(made)
            i += 2
        else:
            out.append(word[i])
            i += 1
    return out


def learn(text, most):
    counts = collections.Counter(words(text))
    split = {word: list(word.encode()) for word in counts}
    pieces = [bytes([b]) for b in range(256)]
    merges = []
    while len(merges) < most:
        pairs = collections.Counter()
        for word, ids in split.items():
            for pair in zip(ids, ids[1:]):
                pairs[pair] += counts[word]
        pair = min(pairs, key=lambda p: (-pairs[p], p))
        if pairs[pair] < 2:
            break
        merges.append(pair)
        piece = pieces[pair[0]] + pieces[pair[1]]
        assert piece not in pieces, "take another text"
        pieces.append(piece)
        for word, ids in split.items():
            split[word] = join(ids, pair, 255 + len(merges))
    return merges


def encode(text, merges):
    out = []
    for word in words(text):
        ids = list(word.encode())
        for i, pair in enumerate(merges):
            ids = join(ids, pair, 256 + i)
        out += ids
    return out


def check(text, merges, samples):
    """The same by `tokenizers`. Each byte is spelt as the character of that number."""
    import tokenizers

    apart = "\ue000"
    spelt = lambda text: apart.join(w.encode().decode("latin-1") for w in words(text))
    model = tokenizers.Tokenizer(tokenizers.models.BPE())
    model.pre_tokenizer = tokenizers.pre_tokenizers.Split(apart, "removed")
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=256 + len(merges),
        min_frequency=2,
        initial_alphabet=[chr(b) for b in range(256)],
        show_progress=False,
    )
    model.train_from_iterator([spelt(text)], trainer)
    ids = model.get_vocab()
    found = [tuple(ids[part] for part in m) for m in json.loads(model.to_str())["model"]["merges"]]
    assert found == merges
    for sample in samples:
        assert model.encode(spelt(sample)).ids == encode(sample, merges), sample
    print("tokenizers", tokenizers.__version__, "agrees")


def main():
    text = gzip.open(HERE / "../../web/texts/alice.txt.gz").read().decode()[:20_000]
    merges = learn(text, 400)
    samples = SAMPLES + [text[-2000:]]
    try:
        check(text, merges, samples)
    except ImportError:
        print("without tokenizers")
    cases = [{"text": s, "words": words(s), "ids": encode(s, merges)} for s in samples]
    out = {"characters": len(text), "merges": merges, "cases": cases}
    lines = ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in out.items())
    (HERE / "bpe.json").write_text("{\n" + lines + "\n}\n")


main()
