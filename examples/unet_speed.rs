//! Seconds of a U-Net's training step and of its forward pass: `cargo run --release --example
//! unet_speed`. Images of 28 × 28, widths 32, 64, 64, batches of 16, Adam.

use std::time::Instant;

use burn::tensor::{Device, Tensor};
use generative_playground::{
    nn::unet::{Told, UNet, UNetConfig},
    optim::{Hyper, Optimizer},
    rng::{Purpose, Rng},
};

const BATCH: usize = 16;

fn main() {
    let config = UNetConfig {
        channels: 1,
        beside: 0,
        frames: 1,
        widths: vec![32, 64, 64],
        groups: 8,
        heads: 4,
        depth: 0,
        classes: 0,
        words: 0,
        context: 0,
        steps: false,
    };
    let mut rng = Rng::new(1, Purpose::Init, 0);
    let device = Device::flex().autodiff();
    let mut net = UNet::init(&config, &mut rng, &device);
    let mut adam = Optimizer::default();
    let times: Vec<f64> = (0..BATCH).map(|i| i as f64 / BATCH as f64).collect();
    let draw = |rng: &mut Rng, device: &Device| -> Tensor<4> {
        rng.normal_tensor([BATCH, 1, 28, 28], device)
    };
    let mut steps = Vec::new();
    for _ in 0..30 {
        let (x, noise) = (draw(&mut rng, &device), draw(&mut rng, &device));
        let start = Instant::now();
        let loss = (net.forward(x, &times, Told::default()) - noise)
            .square()
            .mean();
        let between = start.elapsed();
        net = adam.step(net, &loss, Hyper::new(1e-3));
        steps.push((start.elapsed(), between));
    }
    steps.sort();
    let (whole, forward) = steps[steps.len() / 2];
    println!(
        "training: {:.1} steps/s ({:.1} ms, of it {:.1} forward)",
        1.0 / whole.as_secs_f64(),
        whole.as_secs_f64() * 1e3,
        forward.as_secs_f64() * 1e3,
    );
    let net = burn::module::Module::valid(&net);
    let mut passes = Vec::new();
    for _ in 0..30 {
        let x = draw(&mut rng, &Device::flex());
        let start = Instant::now();
        std::hint::black_box(net.forward(x, &[0.5], Told::default()));
        passes.push(start.elapsed());
    }
    passes.sort();
    println!("one pass: {:.1} ms", passes[15].as_secs_f64() * 1e3);
}
