#!/usr/bin/env python3
"""Training steps of the native program beside PyTorch, in turns: python3 benches/native/run.py --help"""
import argparse
import gzip
import json
import os
import pathlib
import resource
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent

# As in benches/browser/ours.js; {steps} is filled in.
RECIPES = {
    "gpt": """
id = "bench-gpt"
title = "Benchmark"
family = "gpt"
data = "play"
seed = 1
[config]
n_layer = 4
n_head = 4
n_embd = 128
block_size = 64
positions = "learned"
norm = "layer"
mlp = "gelu"
tied = true
[train]
batch_size = 12
optimizer = "adam"
learning_rate = 1e-3
beta_2 = 0.99
weight_decay = 0.0
clip = 0.0
warmup = 0
ema = 0.0
steps = {steps}
""",
    "unet": """
id = "bench-unet"
title = "Benchmark"
family = "ddpm"
data = "mnist"
seed = 1
[config]
channels = 32
levels = 3
prediction = "noise"
schedule = "cosine"
[train]
batch_size = 16
learning_rate = 1e-3
ema = 0.0
steps = {steps}
""",
}
# A short and a long run: what differs is steps alone. The long one ends before the program stops
# to look at held-out text (every 200 steps).
SHORT = 20
LONG = {"gpt": 180, "unet": 120}


def write_data(folder):
    """The browser benchmark's text, and the site's MNIST as the files it comes in."""
    (folder / "play").mkdir()
    script = 'import("./benches/browser/gpt/model.js").then((m) => process.stdout.write(m.text()))'
    text = subprocess.run(["node", "-e", script], cwd=ROOT, check=True, capture_output=True).stdout
    (folder / "play" / "play.txt").write_bytes(text)
    (folder / "mnist").mkdir()
    plain = gzip.decompress((ROOT / "web/data/mnist.bin").read_bytes())
    (length,) = struct.unpack_from("<Q", plain)
    header = json.loads(plain[8 : 8 + length])
    for ours, theirs in (("train", "train"), ("test", "t10k")):
        for kind, name in (("images", "images-idx3"), ("labels", "labels-idx1")):
            about = header[f"{ours}_{kind}"]
            begin, end = (8 + length + at for at in about["data_offsets"])
            values = plain[begin:end]
            if kind == "images":
                values = bytes(17 * v for v in values)  # 16 levels of grey
            magic = struct.pack(">I", 0x0800 + len(about["shape"]))
            sizes = b"".join(struct.pack(">I", size) for size in about["shape"])
            (folder / "mnist" / f"{theirs}-{name}-ubyte.gz").write_bytes(gzip.compress(magic + sizes + values, 1))


def spent():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def ours(program, model, folder, threads):
    """Seconds by the clock and of the processor of LONG − SHORT steps."""
    taken = []
    for steps in (SHORT, LONG[model]):
        recipe = folder / f"{model}.toml"
        recipe.write_text(RECIPES[model].replace("{steps}", str(steps)))
        command = [program, "train", recipe, "--restart", "--data", folder, "--runs", folder / "runs", "--checkpoints", folder / "shipped", "--workers", str(threads)]
        began, before = time.perf_counter(), spent()
        done = subprocess.run(command, env={**os.environ, "RAYON_NUM_THREADS": str(threads)}, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(" ".join((done.stderr or done.stdout).split()))
        taken.append((time.perf_counter() - began, spent() - before))
    (short, short_cpu), (long, long_cpu) = taken
    return long - short, long_cpu - short_cpu, LONG[model] - SHORT


def torch(python, model, folder, threads):
    steps = LONG[model] - SHORT
    done = subprocess.run([python, HERE / "peers.py", model, folder, str(steps), str(threads)], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1])
    report = json.loads(done.stdout.splitlines()[-1])
    return report["seconds"], report["cpu"], steps


def main():
    parser = argparse.ArgumentParser(description="Training steps of the native program beside PyTorch, in turns; medians of the rounds.")
    parser.add_argument("--program", default="target/release/playground", help="the program (default target/release/playground)")
    parser.add_argument("--python", default=sys.executable, help="a Python that has requirements.txt (default this one)")
    parser.add_argument("--model", choices=RECIPES, action="append", help="gpt or unet; may be given twice (default both)")
    parser.add_argument("--only", choices=("ours", "torch"), help="one side alone")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    failed = False
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "shipped").mkdir()
        # The program enters what it trained.
        shutil.copy(ROOT / "web/checkpoints/manifest.json", folder / "shipped")
        write_data(folder)
        sides = {
            "playground": lambda model: ours(options.program, model, folder, options.threads),
            "PyTorch": lambda model: torch(options.python, model, folder, options.threads),
        }
        if options.only:
            sides.pop("PyTorch" if options.only == "ours" else "playground")
        for model in options.model or RECIPES:
            rates = {side: [] for side in sides}
            for _ in range(options.rounds):
                for side, run in sides.items():
                    try:
                        seconds, cpu, steps = run(model)
                        rates[side].append((steps / seconds, steps / cpu))
                    except (OSError, RuntimeError) as error:
                        print(f"{model}: {side} failed: {error}")
                        failed = True
            medians = {}
            for side, all_rates in rates.items():
                if all_rates:
                    medians[side] = [statistics.median(column) for column in zip(*all_rates)]
                    print(f"{model}: {side:10}  {medians[side][0]:6.2f} steps/s  {medians[side][1]:6.2f} steps/CPU s")
            if len(medians) == 2:
                by_clock, by_processor = (a / b for a, b in zip(medians["playground"], medians["PyTorch"]))
                print(f"{model}: {by_clock:.2f} times PyTorch by the clock, {by_processor:.2f} times by processor time")
    sys.exit(failed)


main()
