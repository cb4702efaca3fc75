#!/usr/bin/env bash
# burn 0.22.1, back end flex: a pass forth and back through attention takes eight times as long once its scores lie far
# apart, although shapes, types and results are as before.
#
# As a model learns, its attention becomes sharp, and scores lie tens apart. The shares of softmax then sink below the
# smallest normal number of 32 bits, and so do their products with gradients. flex multiplies with them as with any
# other, and processors compute with subnormal numbers many times more slowly. A benchmark on fresh weights shows
# nothing of it: scores of random weights are near each other. A training that goes on slows down by itself, by half in
# one that was seen, and in WebAssembly no switch of the processor makes such numbers zero.
#
# That it is the small shares shows in the second line: with scores no further than 42 below the largest of their row,
# whose shares are less than 1e-18 and change nothing that 32 bits could show, sharp attention is as fast as soft.
#
# Seen on an x86-64 processor: 17.5 ms and 146 ms, 32 ms and 39 ms with the bound (whose own cost is in both).
#
# Needs cargo and a network; takes some minutes to compile.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/src"
cat >"$work/Cargo.toml" <<'END'
[package]
name = "finding"
version = "0.0.0"
edition = "2024"

[dependencies]
burn = { version = "=0.22.1", default-features = false, features = ["std", "autodiff", "flex"] }
END
cat >"$work/src/main.rs" <<'END'
use std::time::{Duration, Instant};

use burn::tensor::{Device, Tensor, TensorData, activation};

/// Numbers between −1 and 1 that are the same every time.
fn numbers(seed: u64, n: usize) -> Vec<f32> {
    let mut state = seed;
    let next = |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    };
    (0..n).map(next).collect()
}

/// The fastest of seven passes forth and back through softmax(scale · q kᵀ) v, the scores as they come or none
/// more than 42 below the largest of its row, so that no share is less than 6e-19.
fn pass(scale: f32, bounded: bool) -> Duration {
    let device = Device::flex().autodiff();
    let [heads, t, d] = [16, 256, 16];
    let of = |seed: u64| {
        let data = TensorData::new(numbers(seed, heads * t * d), [heads, t, d]);
        Tensor::<3>::from_data(data, &device).require_grad()
    };
    let [q, k, v] = [of(1), of(2), of(3)];
    let once = |_| {
        let start = Instant::now();
        let scores = q.clone().matmul(k.clone().swap_dims(1, 2)) * scale;
        let scores = match bounded {
            true => {
                let least = scores.clone().max_dim(2) - 42.0;
                scores.max_pair(least.expand([heads, t, t]))
            }
            false => scores,
        };
        let out = activation::softmax(scores, 2).matmul(v.clone());
        let gradients = (out * 1e-3).square().mean().backward();
        let gradient = q.grad(&gradients).expect("a gradient");
        assert!(gradient.into_data().as_slice::<f32>().expect("floats").iter().all(|g| g.is_finite()));
        start.elapsed()
    };
    (0..7).map(once).min().expect("seven")
}

fn main() {
    for bounded in [false, true] {
        let soft = pass(1.0, bounded).as_secs_f64();
        let sharp = pass(16.0, bounded).as_secs_f64();
        let times = sharp / soft;
        eprintln!("{:.1} ms, {:.1} ms, {times:.1} times as long", soft * 1e3, sharp * 1e3);
        let shares = if bounded { "with scores bounded from below" } else { "as it comes" };
        let slow = if times > 2.5 { "several times as long" } else { "about as long" };
        println!("{shares}: sharp attention takes {slow}");
    }
}
END
found=$(cd "$work" && cargo run -q --release)
echo "$found"
expected='as it comes: sharp attention takes several times as long
with scores bounded from below: sharp attention takes about as long'
[[ $found == "$expected" ]] || {
  echo "burn does otherwise now" >&2
  exit 1
}
