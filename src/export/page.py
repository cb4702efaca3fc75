import argparse
import json
import math
import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import load_file

HERE = pathlib.Path(__file__).parent
FILE = "__FILE__"
CONFIG = json.loads("""__CONFIG__""")

# Weights by name, in single precision.
W = {}


def linear(name, x):
    """Weights of a linear layer are [d_in, d_out] here."""
    return x @ W[name + ".weight"] + W[name + ".bias"]
