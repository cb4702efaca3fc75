//! RealNVP, and the same flow with rational-quadratic splines.
//!
//! Dinh, Sohl-Dickstein & Bengio 2016, "Density estimation using Real NVP", arXiv:1605.08803.
//! Splines: Durkan, Bekasov, Murray & Papamakarios 2019, "Neural Spline Flows", arXiv:1906.04032.
//!
//! An invertible f carries data to noise, z = f(x) with z ~ π = N(0, I), so the density is exact:
//!
//! ```text
//! log p(x) = log π(f(x)) + log |det ∂f/∂x|
//! ```
//!
//! f is a chain of coupling layers. Each leaves one coordinate as it is and moves the other by a
//! monotone map whose parameters a network reads off the first. The Jacobian is triangular: its
//! log-determinant is the logarithm of that map's slope. The inverse asks the same network.
//!
//! - affine (equation 9): x₂ ↦ x₂ exp(s(x₁)) + t(x₁), logabsdet = s(x₁);
//! - spline (section 3.1): x₂ ↦ g(x₂), monotone, made of K quotients of quadratics ([`spline`]).

use burn::{
    module::Module,
    tensor::{Device, Tensor},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    data::{Batch, DataInfo},
    device,
    error::Result,
    family::{
        Density, DensityOptions, Family, Invertible, Losses, Sampler, Samples, StepContext, plain,
    },
    nn::{by_hand, fourier, gaussian, mlp::Mlp, spline, standard::Standard},
    options::Options,
    protocol::{Capabilities, DataKind, DensityKind, Preset},
    rng::{Purpose, Rng},
};

/// Options of a [`RealNvp`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RealNvpConfig {
    /// How a coupling moves its coordinate.
    #[schemars(title = "Transform")]
    pub transform: Transform,
    /// Coupling layers; each moves one coordinate, in turns.
    #[schemars(title = "Couplings", range(min = 1, max = 32))]
    pub couplings: usize,
    /// Units in each hidden layer of a coupling's network.
    #[schemars(title = "Hidden units", range(min = 8, max = 256))]
    pub hidden: usize,
    /// Hidden layers of a coupling's network.
    #[schemars(title = "Layers", range(min = 1, max = 4))]
    pub layers: usize,
    /// Sines and cosines that a coupling's network sees of the coordinate that stays; 0 as in the
    /// paper.
    #[schemars(title = "Frequencies", range(min = 0, max = 8))]
    pub frequencies: usize,
    /// Pieces of a spline.
    #[schemars(title = "Bins", range(min = 2, max = 32))]
    pub bins: usize,
}

impl Default for RealNvpConfig {
    fn default() -> Self {
        Self {
            transform: Transform::Affine,
            couplings: 8,
            hidden: 128,
            layers: 2,
            frequencies: 0,
            bins: 16,
        }
    }
}

impl Options for RealNvpConfig {}

/// How a coupling moves its coordinate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Transform {
    /// Stretch and shift.
    Affine,
    /// A monotone rational-quadratic spline.
    Spline,
}

/// Options of its sampler.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RealNvpSampleOptions {
    /// Standard deviation of z: 1 samples the model, less stays closer to its middle.
    #[schemars(title = "Temperature", range(min = 0.0, max = 2.0))]
    pub temperature: f64,
}

impl Default for RealNvpSampleOptions {
    fn default() -> Self {
        Self { temperature: 1.0 }
    }
}

impl Options for RealNvpSampleOptions {}

/// |s| stays below this, so that one layer cannot explode; tanh bends s gently towards it.
const MAX_LOG_SCALE: f32 = 3.0;

/// The weights: one network for each coupling.
#[derive(Module, Debug)]
pub struct Net {
    couplings: Vec<Mlp>,
}

/// The model. See the module's documentation.
#[derive(Clone, Debug)]
pub struct RealNvp {
    config: RealNvpConfig,
    standard: Standard,
    net: Net,
}

impl RealNvp {
    /// What coupling `layer` reads from the coordinate that it leaves alone, a `[n, 1]`.
    ///
    /// As in the paper the network sees the masked point b ⊙ x, here with sines and cosines of a if
    /// wanted; its parameters are for the other coordinate: 2 for an affine map, 3K − 1 for a spline.
    fn parameters_of(&self, layer: usize, a: Tensor<2>) -> Tensor<2> {
        let zeros = a.zeros_like();
        let a = fourier::features(a, self.config.frequencies);
        let masked = match layer % 2 {
            0 => vec![a, zeros],
            _ => vec![zeros, a],
        };
        self.net.couplings[layer].forward(Tensor::cat(masked, 1))
    }

    /// One coupling, towards the noise or back: (x, logabsdet), `[n, 2]` and `[n]`.
    fn couple(&self, layer: usize, x: Tensor<2>, inverse: bool) -> (Tensor<2>, Tensor<1>) {
        let [n, _] = x.dims();
        // Even layers keep the first coordinate, odd ones the second.
        let kept = layer % 2;
        let a = x.clone().slice([0..n, kept..kept + 1]); // [n, 1]
        let b = x.slice([0..n, 1 - kept..2 - kept]); // [n, 1]
        let parameters = self.parameters_of(layer, a.clone());
        let (b, logabsdet) = match self.config.transform {
            Transform::Affine => affine(b, parameters, inverse),
            Transform::Spline if inverse => spline::inverse(b, parameters, self.config.bins),
            Transform::Spline => spline::forward(b, parameters, self.config.bins),
        };
        let x = match kept {
            0 => Tensor::cat(vec![a, b], 1),
            _ => Tensor::cat(vec![b, a], 1),
        };
        (x, logabsdet)
    }

    /// Data to noise, both standardised: z `[n, 2]` and log |det ∂z/∂x| `[n]`.
    pub fn forward(&self, x: Tensor<2>) -> (Tensor<2>, Tensor<1>) {
        let mut z = x;
        let mut total: Option<Tensor<1>> = None;
        for layer in 0..self.config.couplings {
            let (next, logabsdet) = self.couple(layer, z, false);
            z = next;
            total = Some(match total {
                Some(total) => total + logabsdet,
                None => logabsdet,
            });
        }
        let total = total.unwrap_or_else(|| z.clone().sum_dim(1).squeeze_dim(1).zeros_like());
        (z, total)
    }

    /// Noise to data, both standardised: x `[n, 2]` and log |det ∂x/∂z| `[n]`.
    pub fn inverse(&self, z: Tensor<2>) -> (Tensor<2>, Tensor<1>) {
        let mut x = z;
        let mut total: Option<Tensor<1>> = None;
        for layer in (0..self.config.couplings).rev() {
            let (next, logabsdet) = self.couple(layer, x, true);
            x = next;
            total = Some(match total {
                Some(total) => total + logabsdet,
                None => logabsdet,
            });
        }
        let total = total.unwrap_or_else(|| x.clone().sum_dim(1).squeeze_dim(1).zeros_like());
        (x, total)
    }

    /// log p(x), nats, `[n]`, for x `[n, 2]` as it is.
    pub fn log_prob(&self, x: Tensor<2>) -> Tensor<1> {
        let (z, logabsdet) = self.forward(self.standard.to_unit(x));
        gaussian::standard_log_prob(z) + logabsdet + self.standard.logabsdet()
    }

    fn loss(&self, batch: &Batch) -> Result<Losses> {
        let x = batch.points(&self.device())?;
        Ok(vec![("loss", self.log_prob(x).mean().neg())])
    }

    /// The same loss with its gradient by every weight, written out: inside autodiff its value is
    /// not the loss, but its gradient is. A test holds it equal to what autodiff finds.
    ///
    /// The way back through coupling b′ = g(b; θ(a)) with gradients ∂a, ∂b′ of what follows, and
    /// ∂l = −1/n of each log-determinant l:
    ///
    /// ```text
    /// ∂b = ∂b′ ∂g/∂b + ∂l ∂l/∂b,   ∂θ = ∂b′ ∂g/∂θ + ∂l ∂l/∂θ,   ∂a += ∂θ ∂θ/∂a
    /// ```
    fn loss_by_hand(&self, xy: &[f32]) -> (f32, Tensor<1>) {
        let n = xy.len() / 2;
        let f = fourier::width(self.config.frequencies);
        let mut x: [Vec<f32>; 2] = [0, 1].map(|d| {
            let column = xy.iter().skip(d).step_by(2);
            column.map(|&v| self.standard.coordinate(d, v)).collect()
        });
        let mut total = 0f64;
        let mut done = Vec::with_capacity(self.config.couplings);
        for (layer, net) in self.net.couplings.iter().enumerate() {
            let kept = layer % 2;
            // The masked point with its features, as in `parameters_of`.
            let mut input = Vec::with_capacity(n * (f + 1));
            for &a in &x[kept] {
                if kept == 1 {
                    input.push(0.0);
                }
                fourier::extend(&mut input, a, self.config.frequencies);
                if kept == 0 {
                    input.push(0.0);
                }
            }
            let (raw, tape) = by_hand::forward(net, input.clone(), n);
            let b = &x[1 - kept];
            let mut rows = match self.config.transform {
                Transform::Affine => affine_rows(b, &raw),
                Transform::Spline => spline::rows(b, &raw, self.config.bins, true),
            };
            total += rows.slope.iter().map(|&l| f64::from(l)).sum::<f64>();
            x[1 - kept] = std::mem::take(&mut rows.y);
            done.push((net, input, tape, rows));
        }
        let squares: f64 = x.iter().flatten().map(|&z| f64::from(z * z)).sum();
        let loss = (0.5 * squares - total) / n as f64 + std::f64::consts::TAU.ln()
            - self.standard.logabsdet();

        let each = 1.0 / n as f32;
        let mut g = x.map(|z| z.iter().map(|z| z * each).collect::<Vec<f32>>());
        let mut carrier: Option<Tensor<1>> = None;
        for (layer, (net, input, tape, rows)) in done.into_iter().enumerate().rev() {
            let kept = layer % 2;
            let p = rows.y_raw.len() / n.max(1);
            let mut by_raw = Vec::with_capacity(n * p);
            for (i, g) in g[1 - kept].iter_mut().enumerate() {
                let row = i * p..(i + 1) * p;
                let both = rows.y_raw[row.clone()].iter().zip(&rows.slope_raw[row]);
                by_raw.extend(both.map(|(y, l)| *g * y - each * l));
                *g = *g * rows.y_x[i] - each * rows.slope_x[i];
            }
            let (by_input, gradients) = by_hand::backward(tape, by_raw, n);
            let at = if kept == 1 { 1..f + 1 } else { 0..f };
            let both = input.chunks_exact(f + 1).zip(by_input.chunks_exact(f + 1));
            for (g, (input, by)) in g[kept].iter_mut().zip(both) {
                *g += fourier::backward(&input[at.clone()], &by[at.clone()]);
            }
            let term = by_hand::carry(net, gradients);
            carrier = Some(match carrier {
                Some(sum) => sum + term,
                None => term,
            });
        }
        let carrier = carrier.unwrap_or_else(|| Tensor::zeros([1], &self.device()));
        (loss as f32, carrier)
    }

    fn device(&self) -> Device {
        match self.net.couplings.first() {
            Some(net) => net.device(),
            None => Device::flex(),
        }
    }
}

/// [`affine`] towards the noise with its derivatives: `b` `[n]`, `parameters` `[n, 2]`.
fn affine_rows(b: &[f32], parameters: &[f32]) -> spline::Rows {
    let n = b.len();
    let (mut y, mut slope, mut y_x) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
    let (mut y_raw, mut slope_raw) = (vec![0.0; 2 * n], vec![0.0; 2 * n]);
    for (i, (&b, raw)) in b.iter().zip(parameters.as_chunks::<2>().0).enumerate() {
        let bend = (raw[0] / MAX_LOG_SCALE).tanh();
        let by_raw = 1.0 - bend * bend;
        slope[i] = bend * MAX_LOG_SCALE;
        y_x[i] = slope[i].exp();
        y[i] = b * y_x[i] + raw[1];
        slope_raw[2 * i] = by_raw;
        y_raw[2 * i] = b * y_x[i] * by_raw;
        y_raw[2 * i + 1] = 1.0;
    }
    spline::Rows {
        y,
        slope,
        y_x,
        slope_x: vec![0.0; n],
        y_raw,
        slope_raw,
    }
}

/// b ↦ b exp(s) + t, or back; `parameters` `[n, 2]` = (s, t) before s is bounded.
fn affine(b: Tensor<2>, parameters: Tensor<2>, inverse: bool) -> (Tensor<2>, Tensor<1>) {
    let [n, _] = b.dims();
    let s = parameters.clone().slice([0..n, 0..1]);
    let s = (s / MAX_LOG_SCALE).tanh() * MAX_LOG_SCALE; // [n, 1]
    let t = parameters.slice([0..n, 1..2]); // [n, 1]
    if inverse {
        let s = s.neg();
        ((b - t) * s.clone().exp(), s.squeeze_dim(1))
    } else {
        (b * s.clone().exp() + t, s.squeeze_dim(1))
    }
}

impl Family for RealNvp {
    type Config = RealNvpConfig;
    type SampleOptions = RealNvpSampleOptions;
    type Net = Net;

    const ID: &'static str = "realnvp";
    const TITLE: &'static str = "Coupling flow";
    const PAPER: &'static str =
        "Dinh, Sohl-Dickstein & Bengio 2016, Density estimation using Real NVP, arXiv:1605.08803";
    const EQUATION: &'static str = "log p(x) = log π(f(x)) + log |det ∂f/∂x|";
    const SCHEMA_VERSION: u32 = 1;
    const DATA: &'static [DataKind] = &[DataKind::Points];
    const CAPABILITIES: Capabilities = Capabilities {
        density: Some(DensityKind::Exact),
        latent: false,
        invertible: true,
        language: false,
    };

    fn plane_config() -> Value {
        json!({ "hidden": 64 })
    }

    fn plane_train() -> Value {
        json!({ "batch_size": 256, "ema": 0.995 })
    }

    fn init(
        config: &RealNvpConfig,
        data: &DataInfo,
        rng: &mut Rng,
        device: &Device,
    ) -> Result<Self> {
        data.need(Self::DATA, Self::TITLE)?;
        let outputs = match config.transform {
            Transform::Affine => 2,
            Transform::Spline => spline::width(config.bins),
        };
        let mut sizes = vec![1 + fourier::width(config.frequencies)];
        sizes.extend(vec![config.hidden; config.layers]);
        sizes.push(outputs);
        // Almost zero, so that the flow begins near the identity.
        let couplings = (0..config.couplings)
            .map(|_| Mlp::init(&sizes, 0.01, rng, device))
            .collect();
        Ok(Self {
            config: config.clone(),
            standard: Standard::of(data),
            net: Net { couplings },
        })
    }

    fn config(&self) -> &RealNvpConfig {
        &self.config
    }

    fn net(&self) -> &Net {
        &self.net
    }

    fn net_mut(&mut self) -> &mut Net {
        &mut self.net
    }

    fn train_step(&mut self, batch: &Batch, context: &mut StepContext) -> Result<Losses> {
        if let (true, Batch::Points { xy }) = (device::is_cpu_autodiff(&self.device()), batch) {
            let (loss, carrier) = self.loss_by_hand(xy);
            context.descend(0, &mut self.net, &carrier);
            return Ok(vec![("loss", Tensor::from_floats([loss], &device::cpu()))]);
        }
        let losses = self.loss(batch)?;
        context.descend(0, &mut self.net, &losses[0].1);
        Ok(plain(losses))
    }

    fn losses(&self, batch: &Batch, _: &mut Rng) -> Result<Losses> {
        self.loss(batch)
    }

    fn sampler(
        &self,
        options: &RealNvpSampleOptions,
        count: usize,
        seed: u64,
    ) -> Result<Box<dyn Sampler>> {
        let model = self.valid();
        let mut rng = Rng::new(seed, Purpose::Sample, 0);
        let z = rng.normal_tensor([count, 2], &model.device()) * options.temperature;
        Ok(Box::new(OnePass { model, z }))
    }

    fn presets() -> Vec<Preset> {
        vec![Preset {
            id: "realnvp-too-few".into(),
            title: "Too few couplings".into(),
            why: "Two affine couplings can only shear and stretch each coordinate once. No such map turns one round cloud into two moons, however long it is trained.".into(),
            fails: true,
            family: Self::ID.into(),
            data: "moons".into(),
            config: json!({ "couplings": 2, "hidden": 64 }),
            train: Self::plane_train(),
            look: "layers".into(),
            steps: 2000,
        }]
    }

    fn density(&self) -> Option<&dyn Density> {
        Some(self)
    }

    fn invertible(&self) -> Option<&dyn Invertible> {
        Some(self)
    }
}

/// z ~ N(0, temperature² I), then one pass backwards.
struct OnePass {
    model: RealNvp,
    z: Tensor<2>,
}

impl Sampler for OnePass {
    fn steps(&self) -> usize {
        1
    }

    fn step(&mut self) -> Result<()> {
        self.z = self.model.inverse(self.z.clone()).0;
        Ok(())
    }

    fn state(&self) -> Samples {
        Samples::Points(self.model.standard.from_unit(self.z.clone()))
    }
}

impl Density for RealNvp {
    fn kind(&self, _: DensityOptions) -> DensityKind {
        DensityKind::Exact
    }

    fn log_prob(&self, batch: &Batch, _: DensityOptions, _: &mut Rng) -> Result<Tensor<1>> {
        Ok(RealNvp::log_prob(self, batch.points(&self.device())?))
    }
}

impl Invertible for RealNvp {
    fn depth(&self) -> usize {
        self.config.couplings
    }

    fn standard(&self) -> Standard {
        self.standard
    }

    fn forward_layer(&self, layer: usize, x: Tensor<2>) -> (Tensor<2>, Tensor<1>) {
        self.couple(layer, x, false)
    }

    fn inverse_layer(&self, layer: usize, z: Tensor<2>) -> (Tensor<2>, Tensor<1>) {
        self.couple(layer, z, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::weights;

    #[test]
    fn the_gradient_by_hand_is_that_of_autodiff() {
        for transform in [Transform::Affine, Transform::Spline] {
            for frequencies in [0, 3] {
                let config = RealNvpConfig {
                    transform,
                    couplings: 3,
                    hidden: 20,
                    frequencies,
                    bins: 5,
                    ..RealNvpConfig::default()
                };
                let info = DataInfo::plane("moons", DataKind::Points, [0.3, -0.2], 1.4);
                let mut rng = Rng::new(4, Purpose::Init, 0);
                let device = device::cpu().autodiff();
                let model = RealNvp::init(&config, &info, &mut rng, &device).expect("a model");
                // Away from the identity with which it begins.
                let mut moved = pollster::block_on(model.weights()).expect("weights");
                for data in moved.values_mut() {
                    let noise = rng.normal(data.num_elements());
                    let old = data.as_mut_slice::<f32>().expect("floats");
                    old.iter_mut().zip(noise).for_each(|(w, e)| *w += 0.1 * e);
                }
                let model = model.with_weights(moved).expect("they fit");
                let xy = rng.normal(2 * 50);
                let (loss, carrier) = model.loss_by_hand(&xy);
                let batch = Batch::Points { xy };
                let by_autodiff = model.loss(&batch).expect("a loss").remove(0).1;
                let want: f32 = by_autodiff.clone().without_autodiff().into_scalar();
                assert!((loss - want).abs() < 1e-5 * want.abs(), "{loss}, {want}");
                // After one step Adam’s first moment is a tenth of the gradient.
                let step = |loss: &Tensor<1>| -> Vec<f32> {
                    let mut net = model.net.clone();
                    let mut optimizers = [crate::optim::Optimizer::default()];
                    StepContext {
                        hyper: crate::optim::Hyper::new(1e-3),
                        step: 0,
                        rng: &mut Rng::new(0, Purpose::Train, 0),
                        optimizers: &mut optimizers,
                        only: None,
                    }
                    .descend(0, &mut net, loss);
                    let moments = pollster::block_on(optimizers[0].read()).expect("moments");
                    let first = moments.iter().filter(|(name, _)| name.ends_with(".m"));
                    first
                        .flat_map(|(_, m)| m.as_slice::<f32>().expect("floats").to_vec())
                        .collect()
                };
                let (got, want) = (step(&carrier), step(&by_autodiff));
                assert_eq!(
                    got.len(),
                    weights::list(&model.net)
                        .iter()
                        .map(|w| w.1.iter().product::<usize>())
                        .sum::<usize>()
                );
                let size = want.iter().fold(0.0f32, |m, v| m.max(v.abs()));
                for (a, b) in got.iter().zip(&want) {
                    assert!(
                        (a - b).abs() < 1e-4 * size,
                        "{transform:?} {frequencies}: {a}, {b}"
                    );
                }
            }
        }
    }
}
