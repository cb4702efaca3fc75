"""Writes tests/reference/opened/tokens.json: what the library `tokenizers` makes of texts in twenty languages.

    python tests/reference/tokens.py

Each tokenizer is trained on the texts themselves, so that their letters have tokens, and kept as its
`tokenizer.json`. The first sentence of each language is article 1 of the Universal Declaration of Human Rights,
as far as "in dignity and rights", which is in the public domain.
"""

import json
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

TEXTS = [
    "All human beings are born free and equal in dignity and rights.",
    "Alle Menschen sind frei und gleich an Würde und Rechten geboren.",
    "Tous les êtres humains naissent libres et égaux en dignité et en droits.",
    "Todos los seres humanos nacen libres e iguales en dignidad y derechos.",
    "Tutti gli esseri umani nascono liberi ed eguali in dignità e diritti.",
    "Todos os seres humanos nascem livres e iguais em dignidade e em direitos.",
    "Alle mensen worden vrij en gelijk in waardigheid en rechten geboren.",
    "Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw.",
    "Všichni lidé rodí se svobodní a sobě rovní co do důstojnosti a práv.",
    "Toate ființele umane se nasc libere și egale în demnitate și în drepturi.",
    "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar.",
    "Tất cả mọi người sinh ra đều được tự do và bình đẳng về nhân phẩm và quyền.",
    "Все люди рождаются свободными и равными в своем достоинстве и правах.",
    "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα.",
    "يولد جميع الناس أحرارًا متساوين في الكرامة والحقوق.",
    "כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם.",
    "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है।",
    "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ",
    "人人生而自由,在尊严和权利上一律平等。",
    "すべての人間は、生れながらにして自由であり、かつ、尊厳と権利とについて平等である。",
    "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다.",
    "I'm sure they'll say: don't, WE'VE, he'd, it's'n't",
    "  two  spaces,\ttabs\n\nand lines\r\n  \n end  ",
    "1234567890 3.14159 x²+y₃ ½ ٣ Ⅷ ①",
    "def f(x):\n    return x**2  # squared\n\n\n",
    "emoji 👩‍💻🇩🇪 ❤️ and ‘quotes’ “these” — … ©®™",
    "naïve café ÅÄÖ ß ŒŒ ǅ Ⓐ ſ'ſ A\u0301",
    "<s>in <mask> the middle</s> of<mask>text",
    " leading space", "", " ", "\n", "a", "▁low line▁",
    "zero\u200bwidth\u00adsoft\ufeffmark\u0000null",
]

LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
QWEN2 = LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")
SPECIAL = ["<unk>", "<s>", "</s>", "<mask>"]


def level(space, regex):
    return pre_tokenizers.ByteLevel(add_prefix_space=space, use_regex=regex)


def split(pattern):
    return pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(pattern), "isolated"), level(False, False)])


def bytes_with(pre):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre
    trainer = trainers.BpeTrainer(vocab_size=600, special_tokens=SPECIAL, show_progress=False,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    return tokenizer, trainer


def make():
    all_ = {
        "gpt2": bytes_with(level(False, True)),
        "gpt2 with a space": bytes_with(level(True, True)),
        "smollm": bytes_with(pre_tokenizers.Sequence([pre_tokenizers.Digits(True), level(False, True)])),
        "llama3": bytes_with(split(LLAMA3)),
        "qwen2": bytes_with(split(QWEN2)),
    }
    # Llama's: characters, and bytes for those that are no tokens.
    tokenizer = Tokenizer(models.BPE(byte_fallback=True, unk_token="<unk>", fuse_unk=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    fallback = [f"<0x{b:02X}>" for b in range(256)]
    all_["llama"] = tokenizer, trainers.BpeTrainer(vocab_size=700, special_tokens=SPECIAL + fallback, show_progress=False,
                                                   limit_alphabet=60)
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    all_["unigram"] = tokenizer, trainers.UnigramTrainer(vocab_size=700, special_tokens=SPECIAL, unk_token="<unk>",
                                                         show_progress=False)
    for name, lower in [("wordpiece", True), ("wordpiece with case", False)]:
        tokenizer = Tokenizer(models.WordPiece(unk_token="<unk>"))
        tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lower)
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        all_[name] = tokenizer, trainers.WordPieceTrainer(vocab_size=700, special_tokens=SPECIAL, show_progress=False)
    return all_


found = {}
for name, (tokenizer, trainer) in make().items():
    tokenizer.train_from_iterator(TEXTS[:27], trainer)
    if name == "llama":
        # What stands for bytes is no text of its own.
        own = json.loads(tokenizer.to_str())
        own["added_tokens"] = [t for t in own["added_tokens"] if not t["content"].startswith("<0x")]
        tokenizer = Tokenizer.from_str(json.dumps(own))
    ids = [tokenizer.encode(text, add_special_tokens=False).ids for text in TEXTS]
    found[name] = {"file": json.loads(tokenizer.to_str()), "ids": ids}
out = Path(__file__).parent / "opened" / "tokens.json"
out.write_text(json.dumps({"texts": TEXTS, "tokenizers": found}, ensure_ascii=False))
print(out.stat().st_size)
