"""What the package hibari-tts 0.2.1 makes of sentences, for tests/speech.rs:

    voice.json       numbers of the network for fifty sentences by onnxruntime, and of the sound made of them by numpy
    phonemes.tsv     its sentences with their phonemes, by the package's own rules

    pip install numpy==2.3.5 scipy==1.16.3 onnx==1.19.1 onnxruntime==1.23.2 hibari-tts==0.2.1
    python tests/reference/voice.py

The graph rounds what goes into its products to 8 bits, each time to a scale of its own. The reference is the same graph
without that: its weights as they are, with floating-point products. `rounding` says how far the two are apart.
"""

import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
from hibari import Hibari, dsp
from onnx import helper, numpy_helper

HERE = Path(__file__).parent
SPOKEN = [
    ("Hello there.", 1.0),
    ("The quick brown fox jumps over the lazy dog, doesn't it?", 1.0),
    ("Draw new samples from it!", 1.3),
    ("A generative model learns what is likely.", 0.7),
    ("Noise goes in; a picture comes out.", 1.0),
    ("Is it the likelihood that we maximise, or a bound of it?", 2.0),
    ("One, two, three.", 1.0),
    ("I.", 0.5),
]
# Of how many numbers one is kept: of spectral parts and of sound, for these and for the others.
KEPT, OTHERS = (199, 61), (2999, 997)
# Sentences, with those of phonemes.tsv that are not too long.
COUNT = 50
SPEEDS = [1.0, 0.8, 1.2, 1.6]


def floating(path):
    """The graph with products in floating point."""
    model = onnx.load(path)
    tensors = {i.name: numpy_helper.to_array(i) for i in model.graph.initializer}
    nodes, source, added = [], {}, {}
    for node in model.graph.node:
        if node.op_type == "DynamicQuantizeLinear":
            source[node.output[0]] = node.input[0]
            one = numpy_helper.from_array(np.float32(1).reshape(()))
            nodes.append(helper.make_node("Constant", [], [node.output[1]], value=one))
        elif node.op_type == "MatMulInteger":
            weight = node.input[1].removesuffix("_quantized")
            added[weight + "_float"] = tensors[node.input[1]].astype(np.float32)
            nodes.append(helper.make_node("MatMul", [source[node.input[0]], weight + "_float"], list(node.output)))
        else:
            nodes.append(node)
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    model.graph.initializer.extend(numpy_helper.from_array(v, k) for k, v in added.items())
    ort.set_default_logger_severity(3)
    return ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])


def quiet(lh, theta, ln, lr, phi, f0):
    """The sound without its noise."""
    class Nothing:
        def standard_normal(self, shape, dtype):
            return np.zeros(shape, dtype)
    return dsp.synth(lh, theta, ln, lr, phi, f0, Nothing())


def main():
    tts = Hibari()
    exact = floating(tts.model_path)
    spoken = []
    lines = (HERE / "phonemes.tsv").read_text().splitlines()
    fitting = [text for text in (line.split("\t")[0] for line in lines) if 20 < len(text) < 70]
    fitting = [text for text in fitting if len(tts.phonemize(text)) == 1]
    others = COUNT - len(SPOKEN)
    asked = [(text, speed, KEPT) for text, speed in SPOKEN]
    asked += [(fitting[i * len(fitting) // others], SPEEDS[i % len(SPEEDS)], OTHERS) for i in range(others)]
    for text, speed, (of_parts, of_sound) in asked:
        [phonemes] = tts.phonemize(text)
        ids = tts.ids(phonemes)
        feed = {"ids": np.asarray([ids], np.int64), "speed": np.asarray([speed], np.float32)}
        out = [o[0] for o in exact.run(None, feed)]
        packed = [o[0] for o in tts.sess.run(None, feed)]
        same = packed[5].shape == out[5].shape
        sound = quiet(*out)
        spoken.append({
            "text": text, "speed": speed, "phonemes": phonemes, "ids": ids, "frames": len(out[5]),
            # By frame, all of pitch; of each spectral part and of the sound one number in so many, frame after frame.
            "every": [of_parts, of_sound],
            "f0": np.round(out[5].astype(float), 5).tolist(),
            "parts": [np.round(o.T.reshape(-1)[::of_parts].astype(float), 6).tolist() for o in out[:5]],
            "sound": np.round(sound[::of_sound].astype(float), 7).tolist(),
            "rounding": [float(np.abs(a - b).max()) for a, b in zip(out, packed)] if same else None,
        })
        print(text, len(ids), len(out[5]), spoken[-1]["rounding"], np.abs(sound).max())
    rng = np.random.default_rng(7)
    noise = rng.standard_normal(3000).astype(np.float32)
    spectrum = dsp.stft(noise, 10)
    pitch = np.array([0, 30, 80, 120, 200, 35, 400, 410], np.float32)

    def listed(numbers, digits):
        return np.round(numbers.astype(float), digits).tolist()

    sound = {
        "noise": listed(noise, 6),
        "real": listed(spectrum.real.T.reshape(-1)[::53], 8),
        "imaginary": listed(spectrum.imag.T.reshape(-1)[::53], 8),
        "back": listed(dsp.ola(spectrum.copy())[::7], 8),
        "pulses": listed(dsp.pulses(pitch)[::5], 5),
    }
    whole = json.dumps({"spoken": spoken, "sound": sound}, ensure_ascii=False, separators=(",", ":"))
    (HERE / "voice.json").write_text(whole)
    sentences = [line.split("\t")[0] for line in lines]
    read = [f"{line}\t{' / '.join(tts.phonemize(line))}" for line in sentences]
    (HERE / "phonemes.tsv").write_text("\n".join(read) + "\n")


if __name__ == "__main__":
    main()
