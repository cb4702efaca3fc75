"""__TITLE__, as one page of PyTorch. It needs __FILE__ beside it.

    pip install torch safetensors
    python __NAME__.py                      a text
    python __NAME__.py --help

__PAPER__
"""
# __COMMON__


# __MODEL__


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", default=HERE / FILE)
    parser.add_argument("--prompt", default="")
    parser.add_argument("--length", type=int, default=300, help="tokens to write")
    parser.add_argument("--temperature", type=float, default=0.8)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    unknown = set(given.prompt) - set(VOCABULARY)
    if unknown:
        parser.error(f"the model does not know {''.join(sorted(unknown))!r}")
    W.update((name, values.float()) for name, values in load_file(given.weights).items())
    torch.manual_seed(given.seed)
    with torch.no_grad():
        print(write(torch.rand(given.length), given.prompt, given.temperature))


if __name__ == "__main__":
    main()
