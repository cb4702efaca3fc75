"""Numbers that the tests evaluate exactly as these scripts do (`unit` in tests/common/mod.rs)."""
import torch

M = 0xFFFFFFFF


def unit(salt, i):
    """The i-th number of a row in [0, 1): a hash of both."""
    h = (i * 2654435761 + salt * 2246822519 + 374761393) & M
    h ^= h >> 15
    h = h * 2246822519 & M
    h ^= h >> 13
    h = h * 3266489917 & M
    h ^= h >> 16
    return (h >> 8) / (1 << 24)


def signed(salt, n, scale):
    """n numbers in [-scale, scale), rounded to single precision, as the program holds them."""
    values = [(unit(salt, i) * 2 - 1) * scale for i in range(n)]
    return torch.tensor(values, dtype=torch.float64).float().double()
