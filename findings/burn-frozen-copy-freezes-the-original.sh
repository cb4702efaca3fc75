#!/usr/bin/env bash
# burn 0.22.1: a copy without gradients, taken of a module before its parameters were first used, takes the
# gradients from the module itself as well, for good.
#
# Parameters of burn's own layers are made lazily: the first use draws them. A clone shares the place where
# they will be. `no_grad()` on a clone (the way to let gradients pass through a network and not into it, as
# both steps of a GAN do) makes them there and then as constants, and what the original finds on its first use
# are these constants. Where anything else in the graph is tracked nothing warns: the forward pass is right,
# `backward()` succeeds, and the gradient of every such parameter is absent, so that an optimizer leaves them as
# they are. A copy taken after the first use freezes itself alone, as one would expect of any copy.
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
burn = { version = "=0.22.1", default-features = false, features = ["std", "autodiff", "flex", "optim"] }
END
cat >"$work/src/main.rs" <<'END'
use burn::{
    module::Module,
    nn::{Linear, LinearConfig},
    tensor::{Device, Tensor},
};

/// Whether weight and bias of a layer get a gradient.
fn has_gradients(layer: &Linear, device: &Device) -> [bool; 2] {
    let x = Tensor::<2>::ones([1, 2], device).require_grad();
    let grads = layer.forward(x).sum().backward();
    let bias = layer.bias.as_ref().expect("a bias");
    [layer.weight.val().grad(&grads).is_some(), bias.val().grad(&grads).is_some()]
}

fn main() {
    let device = Device::flex().autodiff();
    let layer = || LinearConfig::new(2, 2).init(&device);

    let plain = layer();
    println!("no copy: {:?}", has_gradients(&plain, &device));

    let used = layer();
    let _ = has_gradients(&used, &device);
    let _ = used.clone().no_grad();
    println!("copy after the first use: {:?}", has_gradients(&used, &device));

    let fresh = layer();
    let _ = fresh.clone().no_grad();
    println!("copy before the first use: {:?}", has_gradients(&fresh, &device));
}
END
cd "$work"
found=$(cargo run --quiet --release)
echo "$found"
expected='no copy: [true, true]
copy after the first use: [true, true]
copy before the first use: [false, false]'
[[ $found == "$expected" ]] || {
  echo "burn does otherwise now" >&2
  exit 1
}
