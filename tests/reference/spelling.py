"""Writes spelling.json: whole numbers in words, by two programs that are not ours.

    npm pack cldr-rbnf@48.2.0 && tar xzf cldr-rbnf-48.2.0.tgz && mv package cldr-rbnf
    npm pack n2words@4.0.0 && tar xzf n2words-4.0.0.tgz && mv package n2words
    python3 tests/reference/spelling.py cldr-rbnf n2words /usr/lib/x86_64-linux-gnu/libicui18n.so.72

ICU (its C library, by ctypes) follows the same rules of CLDR, so what it says must be the same to the letter: the
spelling of some numbers stands in the file, and of each language the SHA-256 of every 23rd number up to a million, a
line each. n2words (MIT) has rules of its own; tests/numbers.rs counts and explains where it differs.
"""

import ctypes
import hashlib
import json
import pathlib
import random
import subprocess
import sys

LANGUAGES = {
    "en": "en-US",
    "de": "de-DE",
    "fr": "fr-FR",
    "es": "es-ES",
    "it": "it-IT",
    "nl": "nl-NL",
    "da": "da-DK",
    "tr": "tr-TR",
}
PATTERN_RULEBASED = 9


class Icu:
    """ICU's rule-based number format, by the rules of a file."""

    def __init__(self, path):
        self.lib = ctypes.CDLL(path)
        self.version = path.rsplit(".", 1)[-1]
        self.open = self.name("unum_open")
        self.open.restype = ctypes.c_void_p
        self.format = self.name("unum_formatInt64")
        self.set = self.name("unum_setTextAttribute")

    def name(self, function):
        return getattr(self.lib, f"{function}_{self.version}")

    def speller(self, rules, language):
        text = rules.encode("utf-16-le") + b"\0\0"
        status = ctypes.c_int(0)
        handle = self.open(
            PATTERN_RULEBASED, text, len(text) // 2 - 1, language.encode(), None, ctypes.byref(status)
        )
        assert status.value <= 0, status.value
        handle = ctypes.c_void_p(handle)
        first = "%spellout-numbering".encode("utf-16-le") + b"\0\0"
        status = ctypes.c_int(0)
        # UNUM_DEFAULT_RULESET = 6: the set to begin with.
        self.set(handle, 6, first, -1, ctypes.byref(status))
        assert status.value <= 0, status.value
        buffer = ctypes.create_string_buffer(1000)

        def spell(n):
            status = ctypes.c_int(0)
            length = self.format(handle, ctypes.c_int64(n), buffer, 500, None, ctypes.byref(status))
            assert status.value <= 0, status.value
            return buffer.raw[: 2 * length].decode("utf-16-le").replace("\u00ad", "")

        return spell


def n2words(folder, numbers):
    script = """
        const [folder, languages, numbers] = process.argv.slice(1);
        const out = {};
        for (const [code, name] of Object.entries(JSON.parse(languages))) {
            const { toCardinal } = await import(`${folder}/src/${name}.js`);
            out[code] = JSON.parse(numbers).map((n) => toCardinal(n));
        }
        console.log(JSON.stringify(out));
    """
    folder = str(pathlib.Path(folder).resolve())
    arguments = [folder, json.dumps(LANGUAGES), json.dumps(numbers)]
    command = ["node", "--input-type=module", "-e", script, *arguments]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main():
    cldr, words, library = sys.argv[1:]
    icu = Icu(library)
    rng = random.Random(1)
    numbers = [*range(0, 131), 200, 201, 300, 380, 500, 700, 900, 999, 1_000, 1_001, 1_100, 2_000, 2_021, 3_100]
    numbers += [10_000, 21_000, 21_021, 71_080, 80_000, 81_000, 100_000, 101_000, 200_000, 999_999, 1_000_000]
    numbers += sorted(rng.randrange(131, 1_000_000) for _ in range(60))
    others = n2words(words, numbers)
    out = {"numbers": numbers, "languages": {}}
    for language in LANGUAGES:
        rules = pathlib.Path(cldr, "rbnf", f"{language}-SpelloutRules.txt").read_text()
        spell = icu.speller(rules, language)
        digest = hashlib.sha256()
        for n in range(0, 1_000_001, 23):
            digest.update((spell(n) + "\n").encode())
        out["languages"][language] = {
            "icu": [spell(n) for n in numbers],
            "sha256": digest.hexdigest(),
            "n2words": others[language],
        }
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(out, ensure_ascii=False, indent=0) + "\n")


main()
