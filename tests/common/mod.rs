//! What several files of tests share.

pub mod crew;
pub mod files;
pub mod memory;
pub mod native;
pub mod pixels;

use std::{
    cell::RefCell,
    collections::HashMap,
    future::Future,
    io::Read,
    path::PathBuf,
    pin::Pin,
    rc::Rc,
    sync::OnceLock,
    task::{Context, Poll, Waker},
};

use burn::{
    module::Module,
    tensor::{Tensor, TensorData},
};
use generative_playground::{
    data::{Batch, ClipSet, DataInfo, Dataset, ImageSet, Space, SpaceKind},
    device, families,
    host::Host,
    model::{Condition, Family, Model, Sampler, Samples, TrainConfig, finish},
    nn::weights::Weights,
    optim::{Hyper, Optimizer},
    options::Options,
    pause::Pause,
    protocol::{
        Answer, Envelope, ErrorInfo, ModelInfo, Outcome, PlotInputs, PlotSpec, Reply, Request,
        SpaceInfo, ViewQuery,
    },
    rng::{Purpose, Rng},
    training::{Budget, Trainer},
};
use safetensors::{Dtype, tensor::TensorView};
use serde_json::{Value, json};

/// A path below the repository's root.
pub fn root(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Of each family of images a small config.
pub fn small_of_images() -> [(&'static str, Value); 8] {
    [
        ("vae", json!({ "hidden": 16, "latent_dim": 2 })),
        ("gan", json!({ "channels": 4, "z_dim": 4 })),
        ("glow", json!({ "scales": 1, "steps": 1, "channels": 4 })),
        (
            "ddpm",
            json!({ "timesteps": 10, "channels": 8, "levels": 1 }),
        ),
        (
            "latent-diffusion",
            json!({ "channels": 8, "latent_channels": 2, "denoiser_channels": 8 }),
        ),
        ("pixelrnn", json!({ "units": 4 })),
        ("neural-process", json!({ "channels": 4, "hidden": 16 })),
        (
            "pixelcnn",
            json!({ "channels": 4, "layers": 1, "reach": 1 }),
        ),
    ]
}

/// The page's MNIST.
pub fn mnist() -> &'static ImageSet {
    static SET: OnceLock<ImageSet> = OnceLock::new();
    SET.get_or_init(|| {
        let packed = std::fs::read(root("web/data/mnist.bin")).expect("web/data/mnist.bin");
        ImageSet::unpack(&packed).expect("a data file")
    })
}

/// A packed data file in the page's format, made of bytes 0 to 15.
pub fn packed(
    name: &str,
    side: [usize; 2],
    train: (&[u8], &[u8]),
    test: (&[u8], &[u8]),
) -> Vec<u8> {
    let plain = plain_data(name, side, train, test);
    let mut out = Vec::new();
    flate2::read::GzEncoder::new(plain.as_slice(), flate2::Compression::fast())
        .read_to_end(&mut out)
        .expect("packs");
    out
}

/// The same before it is compressed.
pub fn plain_data(
    name: &str,
    [height, width]: [usize; 2],
    train: (&[u8], &[u8]),
    test: (&[u8], &[u8]),
) -> Vec<u8> {
    let view = |shape: Vec<usize>, bytes| TensorView::new(Dtype::U8, shape, bytes).expect("fits");
    let tensors = [
        (
            "train_images",
            view(vec![train.1.len(), height, width], train.0),
        ),
        ("train_labels", view(vec![train.1.len()], train.1)),
        (
            "test_images",
            view(vec![test.1.len(), height, width], test.0),
        ),
        ("test_labels", view(vec![test.1.len()], test.1)),
    ];
    let about = HashMap::from([("name".to_string(), name.to_string())]);
    safetensors::serialize(tensors, Some(about)).expect("serializes")
}

/// MNIST digits made smaller: the middle of the image, each pixel the mean of a square.
/// `side` 7 or 14 sees all 28 rows, 6 and 8 the middle 24.
pub fn small_digits(side: usize, train: usize, test: usize) -> ImageSet {
    ImageSet::unpack(&small_digits_packed(side, train, test)).expect("a data file")
}

/// The data file of [`small_digits`].
pub fn small_digits_packed(side: usize, train: usize, test: usize) -> Vec<u8> {
    let factor = 28 / side;
    let margin = (28 - side * factor) / 2;
    let shrink = |image: &[u8]| -> Vec<u8> {
        (0..side * side)
            .map(|i| {
                let (y, x) = (margin + i / side * factor, margin + i % side * factor);
                let sum: usize = (0..factor * factor)
                    .map(|j| usize::from(image[(y + j / factor) * 28 + x + j % factor]))
                    .sum();
                (sum / (factor * factor) / 17) as u8
            })
            .collect()
    };
    let set = mnist();
    let split = |images: &generative_playground::data::images::Images, n: usize| {
        let pixels: Vec<u8> = (0..n).flat_map(|i| shrink(images.image(i))).collect();
        let labels: Vec<u8> = (0..n).filter_map(|i| images.label(i)).collect();
        (pixels, labels)
    };
    let (train, test) = (split(&set.train, train), split(&set.test, test));
    packed(
        "mnist",
        [side, side],
        (&train.0, &train.1),
        (&test.0, &test.1),
    )
}

/// What a model must know of images of this size.
pub fn info(height: usize, width: usize) -> DataInfo {
    DataInfo {
        classes: (0..10).map(|c| c.to_string()).collect(),
        ..DataInfo::new("mnist", Space::grey(height, width))
    }
}

/// A training on the CPU.
pub fn trainer(config: Value, train: Value, data: ImageSet, seed: u64) -> Trainer {
    let train = TrainConfig::from_json(&train).expect("options");
    Trainer::new(
        "vae",
        &config,
        train,
        Rc::new(data.into()),
        seed,
        &device::cpu(),
    )
    .expect("a training")
}

/// An untrained model on the CPU, outside autodiff.
pub fn model(config: Value, height: usize, width: usize, seed: u64) -> Box<dyn Model> {
    let mut rng = Rng::new(seed, Purpose::Init, 0);
    families::init(
        "vae",
        &config,
        &info(height, width),
        &mut rng,
        &device::cpu(),
    )
    .expect("a model")
}

/// A model of clips that has learned something, so that its answers are not all zero.
pub fn learned_clips(set: ClipSet) -> Box<dyn Model> {
    let data: Rc<Dataset> = Rc::new(set.into());
    let train = TrainConfig {
        batch_size: 8,
        ema: 0.0,
        ..TrainConfig::default()
    };
    let config = json!({ "channels": 8, "levels": 2 });
    let mut trainer = Trainer::new("video", &config, train, data, 3, &device::cpu()).expect("fits");
    for _ in 0..3 {
        trainer.step().expect("a step");
    }
    trainer.averaged()
}

/// Of a model of text: context length, tokens in its vocabulary, characters in a token.
pub fn text_space(model: &ModelInfo) -> (u32, u32, f32) {
    match model.space {
        SpaceInfo::Text {
            block_size,
            vocabulary,
            characters_per_token,
        } => (block_size, vocabulary, characters_per_token),
        _ => panic!("a model of text"),
    }
}

/// A question for a plot.
pub fn plot(id: &str, inputs: PlotInputs) -> ViewQuery {
    ViewQuery::Plot {
        plot: id.into(),
        inputs,
    }
}

/// A question for a plot of a text.
pub fn plot_of_text(id: &str, text: impl Into<String>) -> ViewQuery {
    let text = text.into();
    plot(
        id,
        PlotInputs {
            text,
            ..PlotInputs::default()
        },
    )
}

/// What can be seen of a family's models of points.
pub fn plots(family: &str) -> Vec<PlotSpec> {
    let all = generative_playground::plots::families().into_iter();
    let spaces = all.filter(|f| f.id == family).flat_map(|f| f.spaces);
    let of_points = spaces.filter(|s| s.kind == SpaceKind::Points);
    of_points.flat_map(|s| s.plots).collect()
}

/// What a sampler makes, all its steps taken.
pub fn drawn(mut sampler: Box<dyn Sampler>) -> Samples {
    pollster::block_on(finish(&mut *sampler)).expect("samples")
}

/// Sampling options with a prompt among them, as what a sampler is asked.
pub fn asked(mut options: Value) -> (Value, Condition) {
    let prompt = options.as_object_mut().and_then(|o| o.remove("prompt"));
    let prompt = prompt.map(|p| p.as_str().expect("a text").to_string());
    let condition = Condition {
        prompt,
        ..Condition::default()
    };
    (options, condition)
}

/// A tensor's values.
pub fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor
        .into_data()
        .as_slice::<f32>()
        .expect("32-bit floats")
        .to_vec()
}

/// The weights of a model, name by name.
pub fn weights(model: &dyn Model) -> Weights {
    pollster::block_on(model.weights()).expect("weights")
}

/// Mean and its standard error.
pub fn mean(values: impl IntoIterator<Item = f64>) -> (f64, f64) {
    let values: Vec<f64> = values.into_iter().collect();
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean, (variance / n).sqrt())
}

/// Numbers that any language can make exactly: number `i` of stream `salt`, in [0, 1).
pub fn unit(salt: u32, i: u32) -> f64 {
    let mut h = i
        .wrapping_mul(2_654_435_761)
        .wrapping_add(salt.wrapping_mul(2_246_822_519))
        .wrapping_add(374_761_393);
    h ^= h >> 15;
    h = h.wrapping_mul(2_246_822_519);
    h ^= h >> 13;
    h = h.wrapping_mul(3_266_489_917);
    h ^= h >> 16;
    f64::from(h >> 8) / f64::from(1 << 24)
}

/// `n` of them in [−scale, scale).
pub fn signed(salt: u32, n: usize, scale: f64) -> Vec<f32> {
    (0..n as u32)
        .map(|i| ((unit(salt, i) * 2.0 - 1.0) * scale) as f32)
        .collect()
}

/// A small fast generator for tests that need many draws (SplitMix64, Steele et al. 2014).
pub struct Dice(pub u64);

impl Dice {
    /// The next 64 bits.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// One of 0, …, n − 1; 0 if there is none.
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    /// One of several.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// Gives the thread back once, as the worker does between two pieces of work.
struct Yield(bool);

impl Future for Yield {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, context: &mut Context) -> Poll<()> {
        match std::mem::replace(&mut self.0, true) {
            true => Poll::Ready(()),
            false => {
                context.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }
}

/// A pause that takes one turn.
pub fn pause() -> Pin<Box<dyn Future<Output = ()>>> {
    Box::pin(Yield(false))
}

/// Something on its way.
pub type Running<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

/// Poll once; whether it has ended.
pub fn turn(running: &mut Running) -> bool {
    let mut context = Context::from_waker(Waker::noop());
    running.as_mut().poll(&mut context).is_ready()
}

/// A [`Page`] that a file of tests can give methods of its own.
macro_rules! own_page {
    () => {
        struct Page(crate::common::Page);

        impl std::ops::Deref for Page {
            type Target = crate::common::Page;
            fn deref(&self) -> &crate::common::Page {
                &self.0
            }
        }
    };
}
pub(crate) use own_page;

/// A page with a worker.
pub struct Page {
    pub host: Host,
    pub answers: Rc<RefCell<Vec<Answer>>>,
}

impl Page {
    /// Its worker is never interrupted.
    pub fn new() -> Self {
        Self::with(|| Box::pin(async {}), Budget::NATIVE)
    }

    /// Its worker gives the thread back in every pause.
    pub fn by_turns(budget: Budget) -> Self {
        Self::with(pause, budget)
    }

    fn with(pause: Pause, budget: Budget) -> Self {
        let answers = Rc::new(RefCell::new(Vec::new()));
        let kept = answers.clone();
        let emit = Box::new(move |answer| kept.borrow_mut().push(answer));
        let host = Host::new(device::cpu(), pause, emit).with_budget(budget);
        Self { host, answers }
    }

    /// A request from its beginning to its end.
    pub fn ask(&self, request: Request) -> Result<Outcome, ErrorInfo> {
        self.answers.borrow_mut().clear();
        pollster::block_on(self.host.handle(Envelope { id: 1, request }));
        self.end(1).expect("an end")
    }

    /// What comes of a request that does not fail.
    pub fn outcome(&self, request: Request) -> Outcome {
        self.ask(request).unwrap_or_else(|e| panic!("{e:?}"))
    }

    /// A request as it begins.
    pub fn start(&self, id: u32, request: Request) -> Running<'_> {
        let mut running: Running = Box::pin(self.host.handle(Envelope { id, request }));
        turn(&mut running);
        running
    }

    /// The end of a request, of which there may be one.
    pub fn end(&self, id: u32) -> Option<Result<Outcome, ErrorInfo>> {
        let answers = self.answers.borrow();
        let ends = answers.iter().filter(|answer| answer.id == id);
        let mut ends = ends.filter_map(|answer| match &answer.reply {
            Reply::Progress { .. } => None,
            Reply::Ok { outcome } => Some(Ok(outcome.clone())),
            Reply::Error { error } => Some(Err(error.clone())),
        });
        let end = ends.next();
        assert!(ends.next().is_none(), "one end");
        end
    }
}

/// A number of a reference file.
pub fn number(v: &Value) -> f64 {
    v.as_f64().expect("a number")
}

/// Whether many numbers are those of which a reference file keeps a few, their size, and a probe of all
/// (`digest` in tests/reference/vae.py).
pub fn digest(name: &str, got: &[f32], want: &Value) {
    let close = |got: f64, want: f64, size: f64| {
        let error = (got - want).abs() / size.max(1e-30);
        assert!(error < 1e-4, "{name}: {got} where PyTorch has {want}");
    };
    let largest = number(&want["largest"]);
    for (got, want) in got.iter().zip(want["head"].as_array().expect("a list")) {
        close(f64::from(*got), number(want), largest);
    }
    let norm = number(&want["norm"]);
    let square: f64 = got.iter().map(|&v| f64::from(v).powi(2)).sum();
    close(square.sqrt(), norm, norm);
    let probes = signed(777, got.len(), 1.0);
    let pairs = got.iter().zip(&probes);
    let probe: f64 = pairs.map(|(&v, &p)| f64::from(v) * f64::from(p)).sum();
    close(probe, number(&want["probe"]), norm);
}

/// Upright (class 0) and level (class 1) stripes of 8 × 8 pixels in turns, two pixels wide, which no mean of
/// images looks like: light ones first.
pub fn stripes(count: usize, [light, dark]: [f32; 2]) -> Batch {
    let pixel = |i: usize| {
        let (image, y, x) = (i / 64, i / 8 % 8, i % 8);
        let along = if image.is_multiple_of(2) { x } else { y };
        if (along / 2).is_multiple_of(2) {
            light
        } else {
            dark
        }
    };
    Batch::Images {
        shape: [count, 1, 8, 8],
        values: (0..count * 64).map(pixel).collect(),
        labels: (0..count as u32).map(|i| i % 2).collect(),
        captions: Vec::new(),
    }
}

/// A count of a reference file.
pub fn count(v: &Value) -> usize {
    v.as_u64().expect("a count") as usize
}

/// A list of such.
pub fn counts(v: &Value) -> Vec<usize> {
    v.as_array().expect("a list").iter().map(count).collect()
}

/// Fill weights by the formula of tests/reference/formula.py, each weight by its place among their names.
pub fn by_formula(weights: &mut Weights) {
    for (i, (name, data)) in weights.iter_mut().enumerate() {
        let shape = data.shape().as_slice().to_vec();
        let scale = match shape.as_slice() {
            [d_in, _] => (3.0 / *d_in as f64).sqrt(),
            [_, rest @ ..] if !rest.is_empty() => {
                (3.0 / rest.iter().product::<usize>() as f64).sqrt()
            }
            _ => 0.3,
        };
        let mut values = signed(i as u32 + 1, shape.iter().product(), scale);
        if name.ends_with(".gain") {
            values
                .iter_mut()
                .for_each(|v| *v = (f64::from(*v) + 1.0) as f32);
        }
        *data = TensorData::new(values, shape);
    }
}

/// A model whose weights are so large that all of them matter: vectors lie around one, each weight by its place among
/// their names, as in tests/reference/{agent,seq2seq}.py.
pub fn strong<F: Family>(model: F) -> F {
    let mut weights: Weights = pollster::block_on(Family::weights(&model)).expect("weights");
    for (i, data) in weights.values_mut().enumerate() {
        let shape = data.shape().as_slice().to_vec();
        let n = shape.iter().product();
        let mut all = signed(i as u32 + 1, n, if shape.len() == 1 { 0.3 } else { 0.4 });
        if shape.len() == 1 {
            all.iter_mut().for_each(|v| *v += 1.0);
        }
        *data = TensorData::new(all, shape);
    }
    Family::with_weights(model, weights).expect("they fit")
}

/// The gradient of a loss by every weight that learns, by name, as Adam's first moment after one step has it.
pub fn gradients_of<M: Module>(net: M, loss: &Tensor<1>) -> Vec<(String, Vec<f32>)> {
    let mut adam = Optimizer::default();
    adam.step(net, loss, Hyper::new(1e-3));
    let moments = pollster::block_on(adam.read()).expect("moments");
    let first = moments.into_iter().filter_map(|(name, data)| {
        let name = name.strip_suffix(".m")?.to_string();
        let m = data.as_slice::<f32>().expect("floats");
        Some((name, m.iter().map(|m| m / (1.0 - 0.9f32)).collect()))
    });
    first.collect()
}
