"""__TITLE__, as one page of PyTorch. It needs __FILE__ beside it.

    pip install torch safetensors pillow
    python __NAME__.py                      sixteen samples, as __NAME__.png
    python __NAME__.py --help

__PAPER__
"""
# __COMMON__


CHANNELS, HEIGHT, WIDTH = __SHAPE__
CLASSES = __CLASSES__


# __MODEL__


def save(images, path):
    """Images [n, channels, height, width] in [0, 1], side by side in rows of about the square root."""
    from PIL import Image

    n, c, h, w = images.shape
    columns = math.ceil(math.sqrt(n))
    rows = math.ceil(n / columns)
    grid = torch.ones(rows * columns, c, h, w)
    grid[:n] = images
    grid = grid.reshape(rows, columns, c, h, w).permute(0, 3, 1, 4, 2).reshape(rows * h, columns * w, c)
    pixels = (grid * 255 + 0.5).to(torch.uint8).numpy()
    Image.fromarray(pixels[:, :, 0] if c == 1 else pixels).save(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", default=HERE / FILE)
    parser.add_argument("--count", type=int, default=16)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", default=pathlib.Path(FILE).with_suffix(".png"))
    if CLASSES:
        parser.add_argument("--label", type=int, choices=range(CLASSES), help="the class; one after the other without")
    given = parser.parse_args()
    W.update((name, values.float()) for name, values in load_file(given.weights).items())
    torch.manual_seed(given.seed)
    labels = None
    if CLASSES:
        each = [given.label] if given.label is not None else range(CLASSES)
        labels = torch.tensor([each[i % len(each)] for i in range(given.count)])
    with torch.no_grad():
        save(sample(DRAW(given.count, NOISE), labels), given.out)


if __name__ == "__main__":
    main()
