#!/usr/bin/env python3
"""What models' own pages of PyTorch draw, for tests/pytorch.rs to compare with.

    mkdir /tmp/pages
    PAGES=/tmp/pages cargo test --release --test native -- --ignored pytorch::write_for_pytorch
    python3 tests/reference/pages.py /tmp/pages      (needs torch and safetensors)

reads   cases.json, the pages and the models, as the test wrote them, with the noise that belongs to a seed
writes  pages.json    for each case the page's SHA-256 and the pixels that it drew, or the texts
"""
import hashlib
import importlib.util
import json
import pathlib
import sys

import torch
from safetensors.torch import load_file

HERE = pathlib.Path(__file__).parent


def run(folder, case):
    path = folder / f"{case['id']}.py"
    spec = importlib.util.spec_from_file_location("page", path)
    page = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(page)
    page.W.update((name, values.float()) for name, values in load_file(folder / page.FILE).items())
    noise = torch.tensor(case["noise"], dtype=torch.float64).reshape(case["count"], -1)
    result = {"id": case["id"], "page": hashlib.sha256(path.read_bytes()).hexdigest()}
    with torch.no_grad():
        if hasattr(page, "write"):
            texts = [page.write(row.tolist(), case["prompt"], case["temperature"]) for row in noise]
            return result | {"texts": texts}
        labels = None if case["label"] is None else torch.full((len(noise),), case["label"])
        more = {k: case[k] for k in ("steps", "guidance") if case["steps"] is not None}
        assert noise.shape[1] == page.NOISE, case["id"]
        images = page.sample(noise.float(), labels, **more)
    return result | {"images": [round(v, 4) for v in images.flatten().tolist()]}


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    cases = json.loads((folder / "cases.json").read_text())
    results = [json.dumps(run(folder, case)) for case in cases]
    (HERE / "pages.json").write_text("[\n" + ",\n".join(results) + "\n]\n")
