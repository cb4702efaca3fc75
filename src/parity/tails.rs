//! Where single precision gives way: activations, losses and densities far from zero, and sums over
//! a million rows, each beside double precision.
//!
//! A case called `exact: …` holds 1 + (value − wanted) / size, with the size of what is wanted or a
//! floor under it, so that a tail of 10⁻⁹ counts as much as a value of 80.

use burn::tensor::{Tensor, TensorData};

use super::Suite;
use crate::{
    data::{Batch, DataInfo, Space, SpaceKind, points as toys},
    error::Result,
    families::{self, gan::Loss},
    kernels::{activation::Activation, bernoulli, elementwise, linear::linear, reduce},
    model::{DensityOptions, FamilySpace},
    nn::gaussian,
    rng::{Purpose, Rng},
};

/// Where tails are asked about.
const AT: [f64; 6] = [-80.0, -20.0, -2.0, 2.0, 20.0, 80.0];
/// Below this single precision has no digits left.
const NOTHING: f64 = 1e-36;
/// Differences are taken from values of this size at least: it is what they are added to.
const ONE: f64 = 1.0;

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

/// One function of a number, and what its value and slope are.
struct Function {
    name: &'static str,
    tensors: fn(Tensor<1>) -> Tensor<1>,
    value: fn(f64) -> f64,
    slope: fn(f64) -> f64,
    /// Under the size of a slope.
    floor: f64,
}

const FUNCTIONS: [Function; 7] = [
    Function {
        name: "softplus",
        tensors: elementwise::softplus,
        value: softplus,
        slope: logistic,
        floor: NOTHING,
    },
    Function {
        name: "log sigmoid",
        tensors: elementwise::log_sigmoid,
        value: |x| -softplus(-x),
        slope: |x| logistic(-x),
        floor: NOTHING,
    },
    Function {
        name: "sigmoid",
        tensors: elementwise::sigmoid,
        value: logistic,
        slope: |x| logistic(x) * logistic(-x),
        floor: ONE,
    },
    Function {
        name: "tanh",
        tensors: |x| Activation::Tanh.tensors(x),
        value: f64::tanh,
        slope: |x| x.cosh().powi(-2),
        floor: ONE,
    },
    Function {
        name: "silu",
        tensors: |x| Activation::Silu.tensors(x),
        value: |x| x * logistic(x),
        slope: |x| logistic(x) * (1.0 + x * logistic(-x)),
        floor: ONE,
    },
    Function {
        name: "gelu",
        tensors: |x| Activation::Gelu.tensors(x),
        value: |x| x * logistic(2.0 * gelu_inner(x)),
        slope: |x| {
            let s = logistic(2.0 * gelu_inner(x));
            let by_x = (2.0 / std::f64::consts::PI).sqrt() * (1.0 + 3.0 * 0.044_715 * x * x);
            s + 2.0 * x * s * (1.0 - s) * by_x
        },
        floor: ONE,
    },
    Function {
        name: "leaky relu",
        tensors: |x| Activation::LeakyRelu(0.2).tensors(x),
        value: |x| if x > 0.0 { x } else { 0.2 * x },
        slope: |x| if x > 0.0 { 1.0 } else { 0.2 },
        floor: NOTHING,
    },
];

fn gelu_inner(x: f64) -> f64 {
    (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044_715 * x * x * x)
}

impl Suite {
    /// Keep how far `got` is from `want`.
    async fn keep_exact<const D: usize>(
        &mut self,
        name: &str,
        got: Tensor<D>,
        want: &[f64],
        floor: f64,
    ) -> Result<()> {
        let got = super::floats(&got.without_autodiff().into_data_async().await?)?;
        let differences = got.iter().zip(want).map(|(&got, &want)| {
            let size = want.abs().max(floor).max(NOTHING);
            (1.0 + (f64::from(got) - want) / size) as f32
        });
        self.cases.push(super::Case {
            name: format!("exact: {name}"),
            values: differences.collect(),
        });
        Ok(())
    }

    /// Numbers inside autodiff, tracked.
    fn numbers(&self, values: &[f64]) -> Tensor<1> {
        let data: Vec<f32> = values.iter().map(|&v| v as f32).collect();
        let n = data.len();
        let tensor = Tensor::<1>::from_data(TensorData::new(data, [n]), &self.device);
        tensor.autodiff().require_grad()
    }

    pub(super) async fn tails(&mut self) -> Result<()> {
        for f in &FUNCTIONS {
            let x = self.numbers(&AT);
            let y = (f.tensors)(x.clone());
            let slope = x.grad(&y.clone().sum().backward());
            let slope = slope.ok_or_else(|| super::missing(f.name))?;
            let (values, slopes) = (AT.map(f.value), AT.map(f.slope));
            self.keep_exact(f.name, y, &values, NOTHING).await?;
            let name = format!("{}, slope", f.name);
            self.keep_exact(&name, slope, &slopes, f.floor).await?;
        }
        self.sure_scores().await?;
        self.far_densities().await?;
        self.long_sums().await
    }

    /// The GAN's losses where the discriminator is sure.
    async fn sure_scores(&mut self) -> Result<()> {
        for loss in [
            Loss::Minimax,
            Loss::NonSaturating,
            Loss::LeastSquares,
            Loss::Relativistic,
        ] {
            for (real, fake) in [(20.0, -20.0), (-20.0, 20.0), (80.0, -80.0), (-40.0, 40.0)] {
                let scores = [self.numbers(&[real]), self.numbers(&[fake])];
                let [r, f] = scores.clone();
                let name = format!("{loss:?} loss at {real} and {fake}");
                let of_d = loss.of_discriminator(r, f);
                let found = of_d.backward();
                let [by_real, by_fake] = scores.map(|score| score.grad(&found));
                let (Some(by_real), Some(by_fake)) = (by_real, by_fake) else {
                    return Err(super::missing(&name));
                };
                let (value, slopes) = of_discriminator(loss, real, fake);
                self.keep_exact(&name, of_d, &[value], NOTHING).await?;
                let slope = Tensor::cat(vec![by_real, by_fake], 0);
                let title = format!("{name}, slopes");
                self.keep_exact(&title, slope, &slopes, NOTHING).await?;
                let (r, f) = (self.numbers(&[real]), self.numbers(&[fake]));
                let of_g = loss.of_generator(|| r, f.clone());
                let by_fake = f.grad(&of_g.backward());
                let by_fake = by_fake.ok_or_else(|| super::missing(&name))?;
                let (value, slope) = of_generator(loss, real, fake);
                let title = format!("{name}, of the generator");
                self.keep_exact(&title, of_g, &[value], NOTHING).await?;
                let title = format!("{title}, slope");
                self.keep_exact(&title, by_fake, &[slope], NOTHING).await?;
            }
        }
        Ok(())
    }

    async fn far_densities(&mut self) -> Result<()> {
        for x in [0.0, 1.0] {
            let logits = self.numbers(&AT).reshape([AT.len(), 1]);
            let pixels = Tensor::full([AT.len(), 1], x, &self.device);
            let got = bernoulli::log_prob(pixels, logits);
            // ln σ(l) for ink, ln σ(−l) for none.
            let want = AT.map(|l| -softplus(if x > 0.0 { -l } else { l }));
            let name = format!("log p of a pixel of {x}");
            self.keep_exact(&name, got, &want, NOTHING).await?;
        }
        let xy: Vec<f64> = AT.iter().flat_map(|&a| [a, 0.25 * a]).collect();
        let points = self.numbers(&xy).without_autodiff().reshape([AT.len(), 2]);
        let got = gaussian::standard_log_prob(points.clone());
        let want = AT.map(|a| -0.5 * (a * a * 1.0625) - std::f64::consts::TAU.ln());
        self.keep_exact("log N(x | 0, I)", got, &want, NOTHING)
            .await?;
        for name in ["u1", "u2", "u3", "u4"] {
            if let Some(energy) = toys::energy(name, points.clone()) {
                self.keep(&format!("{name} far away"), energy).await?;
            }
        }
        for family in families::infos() {
            let of_points = |s: &&FamilySpace| s.kind == SpaceKind::Points;
            let Some(space) = family.spaces.iter().find(of_points) else {
                continue;
            };
            let points = Space::Points {
                mean: [0.0; 2],
                scale: 1.0,
            };
            let info = DataInfo::new("moons", points);
            let mut rng = Rng::new(7, Purpose::Init, 0);
            let config = &space.config;
            let model = families::init(&family.id, config, &info, &mut rng, &self.device)?;
            let Some(density) = model.density() else {
                continue;
            };
            let batch = Batch::Points {
                xy: xy.iter().map(|&v| v as f32).collect(),
            };
            let options = DensityOptions {
                importance_samples: 0,
            };
            let mut rng = Rng::new(7, Purpose::Evaluate, 0);
            let values = density.log_prob(&batch, options, &mut rng)?;
            let name = format!("{}, log p far away", family.title);
            self.keep(&name, values).await?;
        }
        Ok(())
    }

    /// Sums, means and a bias's gradient over a million rows.
    async fn long_sums(&mut self) -> Result<()> {
        const ROWS: usize = 1_000_000;
        let values: Vec<f32> = (0..2 * ROWS).map(|i| 1.0 + (i % 7) as f32 * 0.1).collect();
        let sum = |column: usize| -> f64 {
            let column = values.iter().skip(column).step_by(2);
            column.map(|&v| f64::from(v)).sum()
        };
        let sums = [sum(0), sum(1)];
        let total = [sums[0] + sums[1]];
        let x = Tensor::<2>::from_data(TensorData::new(values, [ROWS, 2]), &self.device);
        let means = sums.map(|s| s / ROWS as f64);
        let n = ROWS as f64;
        for (name, got, want) in [
            ("sums of columns", reduce::sum_rows(x.clone()), &sums[..]),
            ("means of columns", reduce::mean_rows(x.clone()), &means),
            ("sum", reduce::sum(x.clone()).unsqueeze(), &total),
            (
                "mean",
                reduce::mean(x.clone()).unsqueeze(),
                &[total[0] / (2.0 * n)],
            ),
        ] {
            let name = format!("{name} of a million rows");
            self.keep_exact(&name, got, want, NOTHING).await?;
        }
        let zeros = |dims: [usize; 2]| Tensor::<2>::zeros(dims, &self.autodiff());
        let bias = self.numbers(&[0.5, -0.5]);
        let out = linear(
            zeros([ROWS, 1]),
            zeros([1, 2]).require_grad(),
            Some(bias.clone()),
            Activation::Identity,
        );
        let loss = reduce::sum(out * x.autodiff());
        let by_bias = bias.grad(&loss.backward());
        let by_bias = by_bias.ok_or_else(|| super::missing("a bias"))?;
        let name = "gradient of a bias over a million rows";
        self.keep_exact(name, by_bias, &sums, NOTHING).await
    }
}

/// The discriminator's loss at one score of data and one of a fake, and its slope by each.
fn of_discriminator(loss: Loss, real: f64, fake: f64) -> (f64, [f64; 2]) {
    match loss {
        Loss::Minimax | Loss::NonSaturating => (
            softplus(-real) + softplus(fake),
            [-logistic(-real), logistic(fake)],
        ),
        Loss::LeastSquares => (
            0.5 * ((real - 1.0).powi(2) + fake * fake),
            [real - 1.0, fake],
        ),
        Loss::Relativistic => {
            let slope = logistic(fake - real);
            (softplus(fake - real), [-slope, slope])
        }
    }
}

/// The generator's loss, and its slope by the fake's score.
fn of_generator(loss: Loss, real: f64, fake: f64) -> (f64, f64) {
    match loss {
        Loss::Minimax => (-softplus(fake), -logistic(fake)),
        Loss::NonSaturating => (softplus(-fake), -logistic(-fake)),
        Loss::LeastSquares => (0.5 * (fake - 1.0).powi(2), fake - 1.0),
        Loss::Relativistic => (softplus(real - fake), -logistic(real - fake)),
    }
}
