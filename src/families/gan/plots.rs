//! What is shown of a GAN.

use burn::tensor::Tensor;
use serde_json::{Value, json};

use super::{Gan, Loss};
use crate::{
    data::SpaceKind,
    error::Result,
    kernels::elementwise,
    model::{Condition, Example, Family, Preset},
    rng::{Purpose, Rng},
    scene::{PlotRequest, PlotSpec, Role, Scene, grid_lines},
};

/// The gradient whose arrow is half as long as the longest, in nats per standard deviation of the
/// data.
const HALF_LENGTH: f32 = 0.1;

/// Images in a row.
const COLUMNS: usize = 8;

/// What it shows besides what every model with its capabilities does.
pub fn plots(kind: SpaceKind) -> Vec<PlotSpec> {
    if kind == SpaceKind::Image {
        let help = "Each image has its own noise z, and a second one to go to, on a great circle, along which all lie as far from the middle as noise does. Between two images there is never a mixture of their pixels, but always another image.";
        return vec![PlotSpec::new("walk", "Walk through z", help).along("the walk")];
    }
    vec![
        PlotSpec::new(
            "discriminator",
            "Discriminator",
            "How real each place looks to the discriminator, with data and fakes. Where the generator has won, it is undecided everywhere.",
        ),
        PlotSpec::new(
            "manifold",
            "Generator manifold",
            "A grid of the noise (its first two numbers), carried to the data by the generator.",
        ),
        PlotSpec::new(
            "gradients",
            "Gradients",
            "What the generator is told: for each fake the direction in which its loss falls, longer where it falls faster.",
        ),
    ]
}

/// Draw one of [`plots`].
///
/// # Errors
/// [`Error::BadOption`](crate::error::Error::BadOption) for a plot it does not offer.
pub fn plot(model: &Gan, request: &PlotRequest) -> Result<Scene> {
    let model = Family::valid(model);
    let mut rng = Rng::new(request.seed, Purpose::Sample, 0);
    if let (Example::Image(_), "walk") = (model.example, request.plot) {
        request.check_count(256)?;
        let [from, to] = [0, 1].map(|_| model.noise(request.count, &mut rng));
        let angle = f64::from(request.at) * std::f64::consts::FRAC_PI_2;
        let z = from * angle.cos() + to * angle.sin();
        let labels = Condition::default().labels(model.classes, request.count, request.seed)?;
        let images = model.example.samples(model.generate(z, &labels)).images()?;
        return Ok(Scene::new("on the way from one noise to another").images(images, COLUMNS));
    }
    let (device, points) = (model.device(), model.example.points()?);
    let fake = model.generate(model.noise(request.count, &mut rng), &[]); // [count, 2]
    match request.plot {
        "discriminator" => {
            let scores = model.score(points.to_unit(request.cells()), &[]);
            let (label, values) = match model.config.loss {
                Loss::Minimax | Loss::NonSaturating => (
                    "D(x): the chance that x is data, by the discriminator",
                    elementwise::sigmoid(scores),
                ),
                Loss::LeastSquares => ("d(x): drawn to 1 on data and to 0 on fakes", scores),
                // Only differences of scores mean something.
                Loss::Relativistic => (
                    "the chance that x looks more real than a usual fake, by the discriminator",
                    elementwise::sigmoid(scores - model.score(fake.clone(), &[]).mean()),
                ),
            };
            Ok(Scene::new(label)
                .diverging(values, 0.5, 0.5)
                .data(request)
                .points(Role::Model, points.from_unit(fake)))
        }
        "manifold" => {
            let lines = grid_lines(2.5, 15, 121, &device); // [lines, points, 2]
            let [k, n, _] = lines.dims();
            let mut z = lines.reshape([k * n, 2]);
            if model.config.z_dim > 2 {
                let rest = Tensor::zeros([k * n, model.config.z_dim - 2], &device);
                z = Tensor::cat(vec![z, rest], 1);
            }
            let x = points.from_unit(model.generate(z, &[]));
            Ok(
                Scene::new("the noise from −2.5 to 2.5, carried to the data")
                    .data(request)
                    .lines(Role::Model, x.reshape([k, n, 2])),
            )
        }
        "gradients" => {
            let x = points.to_unit(request.data_batch().points(&device)?);
            let d = model.told(x, fake.clone()); // [count, 2]
            let length = d.clone().square().sum_dim(1).sqrt();
            // Long gradients are shortened to a tenth of the window, short ones stay short:
            // a fake that is told nothing gets no arrow.
            let [left, right, ..] = request.window();
            let arrows = d / (length + HALF_LENGTH) * (0.1 * (right - left));
            let label = "the direction in which the generator is told to move each fake";
            let fake = points.from_unit(fake);
            Ok(Scene::new(label)
                .data(request)
                .points(Role::Model, fake.clone())
                .arrows(Role::Noise, fake, arrows))
        }
        _ => Err(request.unknown()),
    }
}

/// Trainings worth seeing.
pub fn presets() -> Vec<Preset> {
    let preset = |id: &str, title: &str, why: &str, config: Value, train: Value| Preset {
        id: id.into(),
        title: title.into(),
        why: why.into(),
        fails: true,
        family: Gan::ID.into(),
        data: "8gaussians".into(),
        config,
        train,
        plot: "discriminator".into(),
        at: 1.0,
        steps: 1500,
    };
    // Without what keeps the default calm: pairs, penalties, a short memory.
    let bare = json!({ "loss": "non-saturating", "r1": 0.0, "r2": 0.0 });
    let steady = json!({ "frequencies": 3, "noise_frequencies": 3, "r1": 0.1, "r2": 0.1 });
    vec![
        Preset {
            fails: false,
            ..preset(
                "gan-ring",
                "Eight modes, all found",
                "Each fake is judged against a real example, and the discriminator pays for steep slopes: it stays a guide that the generator can follow to every mode.",
                steady,
                json!({ "learning_rate": 2e-3, "beta_1": 0.0, "beta_2": 0.99, "ema": 0.99 }),
            )
        },
        Preset {
            steps: 400,
            ..preset(
                "gan-mode-collapse",
                "Mode collapse",
                "Nothing pays the generator for variety: all fakes follow one and the same slope of the discriminator and end together at one or two of the eight modes.",
                bare.clone(),
                json!({ "learning_rate": 5e-4, "beta_1": 0.9, "beta_2": 0.999, "ema": 0.0 }),
            )
        },
        Preset {
            steps: 600,
            ..preset(
                "gan-oscillation",
                "Round and round",
                "With large steps, a long memory and no penalty the fakes rush together to the modes that look best; the discriminator learns that, and they rush on to others.",
                bare,
                json!({ "learning_rate": 2e-3, "beta_1": 0.9, "beta_2": 0.999, "ema": 0.0 }),
            )
        },
    ]
}
