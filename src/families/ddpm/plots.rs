//! What is shown of a diffusion model in 2-D.

use burn::tensor::{Tensor, TensorData};
use serde_json::{Value, json};

use super::{
    Ddpm, DdpmSampleOptions, Prediction, SamplerKind, Told,
    process::{Level, Process},
};
use crate::{
    error::{Error, Result},
    model::{Condition, Family, Preset},
    nn::{standard::Standard, unet},
    rng::{Purpose, Rng},
    scene::{PlotInput, PlotRequest, PlotSpec, Role, Scene, cells},
};

/// How plots walk: without fresh noise, so that paths are smooth.
const SMOOTH: DdpmSampleOptions = DdpmSampleOptions {
    sampler: SamplerKind::Ddim,
    steps: 40,
    eta: 0.0,
    resample: 1,
};
/// Steps from noise to an image, of which a scrubber shows each.
const IMAGE_STEPS: usize = 20;
/// How strongly a picture follows its sentence while its words are looked at.
const WORDS_GUIDANCE: f64 = 2.0;
/// Classes in a row.
const COLUMNS: usize = 5;
/// Paths that are drawn as lines.
const PATHS: usize = 60;
/// Arrows of the score along each side.
const ARROWS: usize = 21;

/// What it shows of a model of points.
pub fn plots() -> Vec<PlotSpec> {
    let scrubbed = |id: &str, title: &str, help: &str| PlotSpec::new(id, title, help).along("time");
    vec![
        scrubbed(
            "forward",
            "Data to noise",
            "The data with noise added up to time t, in one go: q(x_t|x₀).",
        ),
        scrubbed(
            "reverse",
            "Noise to data",
            "The model's samples on their way from noise, and the paths of some of them.",
        ),
        PlotSpec::new(
            "trajectories",
            "Trajectories",
            "The paths of sixty samples from noise to data, without fresh noise on the way.",
        ),
        scrubbed(
            "score",
            "Score field",
            "The direction in which the density of the data at noise level t rises fastest, ∇ log p_t(x); long arrows are shortened.",
        )
        .over_data(),
        scrubbed(
            "denoised",
            "Predicted x₀",
            "Data with noise up to time t, and where the model believes each point came from.",
        ),
    ]
}

/// What it shows of a model of images.
pub fn plots_of_images() -> Vec<PlotSpec> {
    vec![
        PlotSpec::new(
            "reverse",
            "Noise to image",
            "Above, images on their way from noise; below each, what the model believes at that moment the end will be, the predicted x₀. First it settles where there is ink at all, at the end the edges.",
        )
        .along("time"),
        PlotSpec::new(
            "restyle",
            "Another class",
            "Your picture is carried towards noise without naming a class, and back as each class in turn. No chance is involved: the more noise, the more it becomes the other class, and the less of its shape is kept. A model that knows words does it better if it is told what is in the picture.",
        )
        .with(PlotInput::Image)
        .with(PlotInput::Sentence)
        .along("noise")
        .with_classes(),
        PlotSpec::new(
            "words",
            "Word by word",
            "First the picture as it is at that moment, then where it looks at each word of your sentence, one after the other: the lighter, the more. The attention is the mean of all heads of the finest level that looks.",
        )
        .with(PlotInput::Text)
        .along("time")
        .answered("image"),
    ]
}

/// Trainings worth seeing.
pub fn presets() -> Vec<Preset> {
    let preset = |id: &str, title: &str, why: &str, fails: bool, config: Value| Preset {
        id: id.into(),
        title: title.into(),
        why: why.into(),
        fails,
        family: Ddpm::ID.into(),
        data: "moons".into(),
        config,
        train: json!({}),
        plot: "reverse".into(),
        at: 1.0,
        steps: 1500,
    };
    vec![
        preset(
            "ddpm-few-steps",
            "Too few steps",
            "Ten steps of noise are so coarse that a noisy point could have come from several places; the model answers with their mean, and the last step puts samples where no data is.",
            true,
            json!({ "hidden": 128, "embedding": 64, "frequency": 10.0, "prediction": "v", "timesteps": 10, "schedule": "linear" }),
        ),
        Preset {
            plot: "trajectories".into(),
            ..preset(
                "ddpm-straight",
                "Straight lines, bent paths",
                "Flow matching teaches the same network the velocity along straight lines between noise and data. Where such lines cross it can only answer with their mean, so the paths of its samples are bent all the same.",
                false,
                json!({ "hidden": 128, "embedding": 64, "frequency": 10.0, "prediction": "velocity" }),
            )
        },
    ]
}

impl Ddpm {
    /// Draws one of [`plots_of_images`].
    pub(super) fn plot_of_images(&self, request: &PlotRequest) -> Result<Scene> {
        match request.plot {
            "reverse" => {}
            "restyle" => return self.plot_of_classes(request),
            "words" => return self.plot_of_words(request),
            _ => return Err(request.unknown()),
        }
        request.check_count(64)?;
        let n = request.count.div_ceil(2);
        let model = self.valid();
        let told = model.told(&Condition::default(), n, request.seed)?;
        let options = DdpmSampleOptions {
            steps: IMAGE_STEPS,
            ..SMOOTH
        };
        let mut walk = model.reverse(&options, told, n, request.seed);
        let steps = walk.advance(request.at);
        let both = Tensor::cat(vec![walk.x(), walk.believed()], 0);
        let images = model.example.samples(both).images()?;
        let label = format!("step {steps} of {}", walk.steps());
        Ok(Scene::new(label).images(images, n))
    }

    /// A picture as each class.
    fn plot_of_classes(&self, request: &PlotRequest) -> Result<Scene> {
        let model = self.valid();
        let pixels = request.images(1)?.images(&model.device())?;
        let [_, channels, height, width] = pixels.dims();
        let x0 = pixels.reshape([1, channels * height * width]) * 2.0 - 1.0;
        // Most of what changes a class is near the noise.
        let depth = 1.0 - (1.0 - f64::from(request.at)).powi(3);
        let condition = Condition {
            prompt: (!request.text.is_empty()).then(|| request.text.into()),
            ..Condition::default()
        };
        let restyled = model.restyled(x0, depth, &condition.tokens(&model.words)?)?;
        let images = model.example.samples(restyled).images()?;
        Ok(Scene::new("as each class").images(images, COLUMNS))
    }

    /// A picture under way, and how much its pixels look at each word.
    fn plot_of_words(&self, request: &PlotRequest) -> Result<Scene> {
        let model = self.valid();
        if model.words.is_empty() {
            return Err(Error::Unsupported {
                what: "This model was trained without captions, so it knows no words".into(),
            });
        }
        let sentence: Vec<&str> = request.text.split_whitespace().collect();
        let condition = Condition {
            prompt: Some(sentence.join(" ")),
            guidance: Some(WORDS_GUIDANCE),
            ..Condition::default()
        };
        let told = model.told(&condition, 1, request.seed)?;
        let options = DdpmSampleOptions {
            steps: IMAGE_STEPS,
            ..SMOOTH
        };
        let mut walk = model.reverse(&options, told.clone(), 1, request.seed);
        let steps = (request.at * walk.steps() as f32).round() as usize;
        // What is looked at is asked before the last step: at the data nothing is left to do.
        for _ in 0..steps.min(walk.steps() - 1) {
            walk.step();
        }
        let looking = model.looking(walk.x(), walk.level().time, &told)?;
        if steps == walk.steps() {
            walk.step();
        }
        let picture = model.example.samples(walk.x()).images()?;
        let channels = picture.dims()[1];
        let mut tiles = vec![picture];
        for word in 0..sentence.len() {
            let heat = looking.clone().slice([0..1, word..word + 1]);
            tiles.push(heat.repeat_dim(1, channels));
        }
        let label = format!("step {steps} of {}", walk.steps());
        let titles = std::iter::once(label.clone()).chain(sentence.iter().map(ToString::to_string));
        let titles = titles.collect();
        Ok(Scene::new(label)
            .images(Tensor::cat(tiles, 0), sentence.len() + 1)
            .titled(titles))
    }

    /// Draws one of [`plots`].
    pub(super) fn plot_of_points(&self, request: &PlotRequest) -> Result<Scene> {
        let model = self.valid();
        let device = model.device();
        let points = self.example.points()?;
        let place = |x: Tensor<2>| points.from_unit(x);
        // Data at a level.
        let noised = |level: Level| -> Result<Tensor<2>> {
            let x0 = points.to_unit(request.data_batch().points(&device)?);
            let mut rng = Rng::new(request.seed, Purpose::Posterior, 0);
            let epsilon = rng.normal_tensor(x0.dims(), &device);
            Ok(Process::q_sample(x0, epsilon, &[level]))
        };
        match request.plot {
            "forward" => {
                let (level, name) = self.level_at(request.at, false);
                let role = if level.sigma == 0.0 {
                    Role::Data
                } else {
                    Role::Noise
                };
                Ok(Scene::new(name).points(role, place(noised(level)?)))
            }
            "reverse" => {
                let mut walk = model.reverse(&SMOOTH, Told::default(), request.count, request.seed);
                let steps = (request.at * walk.steps() as f32).round() as usize;
                let mut path = vec![walk.x()];
                for _ in 0..steps {
                    walk.step();
                    path.push(walk.x());
                }
                let mut scene = Scene::new(format!("step {steps} of {}", walk.steps()));
                if steps > 0 {
                    scene = scene.lines(Role::Guide, paths(&path, points));
                }
                let role = if steps == walk.steps() {
                    Role::Model
                } else {
                    Role::Noise
                };
                Ok(scene.points(role, place(walk.x())))
            }
            "trajectories" => {
                let mut walk = model.reverse(&SMOOTH, Told::default(), PATHS, request.seed);
                let mut path = vec![walk.x()];
                for _ in 0..walk.steps() {
                    walk.step();
                    path.push(walk.x());
                }
                Ok(Scene::new(format!("{PATHS} samples from noise to data"))
                    .lines(Role::Guide, paths(&path, points))
                    .points(Role::Noise, place(path[0].clone()))
                    .points(Role::Model, place(walk.x())))
            }
            "score" => {
                let (level, name) = self.level_at(request.at, true);
                let window = request.window();
                let xy = TensorData::new(cells(window, ARROWS), [ARROWS * ARROWS, 2]);
                let xy = Tensor::<2>::from_data(xy, &device);
                let x = points.to_unit(xy.clone());
                let answer = model.forward(x.clone(), &[level.time], unet::Told::default());
                // ∇ log p_t(x) = −ε̂ / sigma; lengths are pressed into one cell.
                let noise = self.process.guess(x, answer, level).noise;
                let length = (noise.clone().square().sum_dim(1) + 1.0).sqrt();
                let cell = (window[1] - window[0]) / ARROWS as f32;
                let arrows = noise / length * (-0.95 * cell);
                Ok(Scene::new(format!("∇ log p of x at {name}")).arrows(Role::Model, xy, arrows))
            }
            "denoised" => {
                let (level, name) = self.level_at(request.at, true);
                let x = noised(level)?;
                let answer = model.forward(x.clone(), &[level.time], unet::Told::default());
                let x0 = place(self.process.guess(x.clone(), answer, level).x0);
                let x = place(x);
                Ok(Scene::new(format!("{name}: from x_t to the predicted x₀"))
                    .points(Role::Noise, x.clone())
                    .arrows(Role::Guess, x.clone(), x0 - x))
            }
            _ => Err(request.unknown()),
        }
    }

    /// The level of a scrubber at `at`, and its name. With `noisy`, not quite the data.
    fn level_at(&self, at: f32, noisy: bool) -> (Level, String) {
        let total = self.process.timesteps();
        let t = ((f64::from(at) * total as f64).round() as usize).max(usize::from(noisy));
        let level = self.process.level(t.min(total));
        let name = match self.config.prediction {
            Prediction::Velocity => format!("t = {:.2}", level.time),
            _ => format!("t = {t} of {total}"),
        };
        (level, name)
    }
}

/// The first paths as lines, from the points `[n, 2]` along them: `[paths, points, 2]`.
fn paths(along: &[Tensor<2>], points: Standard) -> Tensor<3> {
    let each = along.iter().map(|x| {
        let n = x.dims()[0].min(PATHS);
        points.from_unit(x.clone().slice([0..n, 0..2]))
    });
    Tensor::stack(each.collect(), 1)
}
