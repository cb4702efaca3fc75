//! PixelCNN: images, one pixel after the other.
//!
//! van den Oord, Kalchbrenner & Kavukcuoglu 2016, "Pixel Recurrent Neural Networks",
//! arXiv:1601.06759; with the gates and the two stacks of van den Oord et al. 2016, "Conditional
//! Image Generation with PixelCNN Decoders", arXiv:1606.05328.
//!
//! ```text
//! p(x) = Π_i p(x_i | x_1 … x_{i−1})          pixels row by row, each row from the left
//! loss = −log p(x)                           nats an image, exact
//! ```
//!
//! All factors come from one pass of a convolutional network in which no pixel sees itself or what
//! comes after it. A convolution is masked for that: of its kernel only what lies before the pixel is
//! kept. *Mask A*, of the first layer, leaves out the pixel itself; *mask B*, of the others, keeps it,
//! for there it stands for what the first layer saw. Here a mask is the size of the kernel: taps that
//! would be zero are not there.
//!
//! One stack of such layers would have a blind spot to the right above the pixel. So there are two:
//!
//! ```text
//! vertical    v' = gate(W_v ∗ v)                      sees all rows above, in their whole width
//! horizontal  h' = h + W_o gate(W_h ∗ h + W ↓(W_v ∗ v))   sees its own row to the left, and v from above
//! gate(a, b)  = tanh(a) σ(b)
//! ```
//!
//! where ↓ moves an image down by a row. A sampler draws one pixel at a time; all that is known from
//! earlier pixels is kept, so that a pixel costs one column of the network and not the whole of it.

use burn::{
    module::Module,
    nn::{PaddingConfig2d, conv::Conv2d},
    tensor::{Device, Tensor, TensorData},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    data::{Batch, Binarize, DataInfo, Space, SpaceKind},
    error::{Error, Result},
    kernels::activation::Activation,
    kernels::{bernoulli, cross_entropy::cross_entropy, gated::tanh_gated, linear, reduce},
    model::{
        Capabilities, Condition, ConditionKind, Cost, Defaults, Density, DensityKind,
        DensityOptions, Family, Losses, Reading, Sampler, Samples, TrainConfig, config_and_net,
        ready,
    },
    nn::{conv::conv, init, weights},
    options::Options,
    rng::{Purpose, Rng},
    scene::PlotSpec,
};

/// Options of a [`PixelCnn`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PixelCnnConfig {
    /// Values of a pixel: 2 for black and white, up to 256 levels of grey.
    #[schemars(title = "Levels of grey", range(min = 2, max = 256))]
    pub levels: usize,
    /// Channels of each layer.
    #[schemars(title = "Channels", range(min = 4, max = 128))]
    pub channels: usize,
    /// Layers behind the first.
    #[schemars(title = "Layers", range(min = 1, max = 24))]
    pub layers: usize,
    /// How far the first layer looks to each side and up, in pixels; the others look one further.
    #[schemars(title = "First reach", range(min = 1, max = 7))]
    pub reach: usize,
}

impl Default for PixelCnnConfig {
    fn default() -> Self {
        Self {
            levels: 2,
            channels: 16,
            layers: 9,
            reach: 3,
        }
    }
}

impl Options for PixelCnnConfig {}

/// Options of its sampler.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PixelCnnSampleOptions {
    /// Logits are divided by it: below 1 the likelier values are drawn more often.
    #[schemars(title = "Temperature", range(min = 0.05, max = 2.0))]
    pub temperature: f64,
}

impl Default for PixelCnnSampleOptions {
    fn default() -> Self {
        Self { temperature: 1.0 }
    }
}

impl Options for PixelCnnSampleOptions {}

/// Units between the last layer and the logits, for each channel.
const HEAD: usize = 2;
/// Images that go through the network at once while it trains.
const MICRO_BATCH: usize = 16;

/// One layer of both stacks, from `c` channels to p.
#[derive(Module, Debug)]
struct Layer {
    /// c → 2p; rows above and the own one, columns to both sides.
    vertical: Conv2d,
    /// 2p → 2p, pixel by pixel, from the row above.
    across: Conv2d,
    /// c → 2p; columns to the left, with the own one in all layers but the first.
    horizontal: Conv2d,
    /// p → p, pixel by pixel.
    out: Conv2d,
}

/// The weights.
#[derive(Module, Debug)]
pub struct Net {
    first: Layer,
    layers: Vec<Layer>,
    head: Conv2d,
    logits: Conv2d,
}

/// The model. See the module's documentation.
#[derive(Clone, Debug)]
pub struct PixelCnn {
    config: PixelCnnConfig,
    /// Rows and columns.
    size: [usize; 2],
    net: Net,
}

/// Moves an image down by a row; the first becomes zero.
fn down(x: Tensor<4>) -> Tensor<4> {
    let [n, c, h, w] = x.dims();
    let zero = Tensor::zeros([n, c, 1, w], &x.device());
    Tensor::cat(vec![zero, x.slice([0..n, 0..c, 0..h - 1, 0..w])], 2)
}

/// Moves an image to the right by a column; the first becomes zero.
fn right(x: Tensor<4>) -> Tensor<4> {
    let [n, c, h, w] = x.dims();
    let zero = Tensor::zeros([n, c, h, 1], &x.device());
    Tensor::cat(vec![zero, x.slice([0..n, 0..c, 0..h, 0..w - 1])], 3)
}

/// tanh of the first half of the channels times σ of the second: `[n, 2p, h, w]` to `[n, p, h, w]`.
fn gate(x: Tensor<4>) -> Tensor<4> {
    let [n, c, h, w] = x.dims();
    tanh_gated(x.reshape([n, c * h * w])).reshape([n, c / 2, h, w])
}

impl Layer {
    /// `taps`: columns of the horizontal kernel.
    fn init(c: usize, p: usize, reach: usize, taps: usize, rng: &mut Rng, device: &Device) -> Self {
        let side = PaddingConfig2d::Explicit(reach, reach, 0, reach);
        let left = PaddingConfig2d::Explicit(0, taps - 1, 0, 0);
        let alone = || PaddingConfig2d::Valid;
        Self {
            vertical: init::conv_of(
                [c, 2 * p],
                [reach + 1, 2 * reach + 1],
                side,
                1.0,
                rng,
                device,
            ),
            across: init::conv_of([2 * p, 2 * p], [1, 1], alone(), 1.0, rng, device),
            horizontal: init::conv_of([c, 2 * p], [1, taps], left, 1.0, rng, device),
            out: init::conv_of([p, p], [1, 1], alone(), 1.0, rng, device),
        }
    }

    /// v and h, each `[n, c, h, w]`, to as much with p channels; `seen` is what the horizontal stack
    /// looks at.
    fn forward(&self, v: Tensor<4>, seen: Tensor<4>) -> (Tensor<4>, Tensor<4>) {
        let v = conv(&self.vertical, v); // [n, 2p, h, w]
        let h = conv(&self.horizontal, seen) + conv(&self.across, down(v.clone()));
        (gate(v), conv(&self.out, gate(h)))
    }
}

impl PixelCnn {
    /// Logits of every pixel given those before it.
    ///
    /// # Shapes
    /// - x: `[n, 1, h, w]`, values in [0, 1]
    /// - output: `[n, 1, h, w]` of white for two levels, else `[n, levels, h, w]`
    pub fn logits(&self, x: Tensor<4>) -> Tensor<4> {
        let x = x * 2.0 - 1.0;
        let (mut v, mut h) = self.net.first.forward(x.clone(), right(x));
        for layer in &self.net.layers {
            let (next, more) = layer.forward(v, h.clone());
            (v, h) = (next, h + more);
        }
        let h = conv(&self.net.head, Activation::Relu.tensors(h));
        conv(&self.net.logits, Activation::Relu.tensors(h))
    }

    /// log p(x) of images whose pixels have one of the levels, nats, `[n]`.
    pub fn log_prob(&self, x: Tensor<4>, levels: Vec<u32>) -> Tensor<1> {
        let [n, _, h, w] = x.dims();
        let logits = self.logits(x.clone());
        if self.config.levels == 2 {
            return bernoulli::log_prob(x.reshape([n, h * w]), logits.reshape([n, h * w]));
        }
        let rows = logits
            .reshape([n, self.config.levels, h * w])
            .swap_dims(1, 2);
        let rows = rows.reshape([n * h * w, self.config.levels]);
        let each = cross_entropy(rows, levels).reshape([n, h * w]);
        each.sum_dim(1).squeeze_dim::<1>(1).neg()
    }

    /// The images with each pixel at its nearest level, and the levels.
    fn quantized(&self, batch: &Batch) -> Result<(Tensor<4>, Vec<u32>)> {
        let top = (self.config.levels - 1) as f32;
        let Batch::Images { shape, values, .. } = batch else {
            return Err(Error::Unsupported {
                what: "This needs images".into(),
            });
        };
        let levels = values.iter().map(|v| (v.clamp(0.0, 1.0) * top).round());
        let levels: Vec<u32> = levels.map(|level| level as u32).collect();
        let values: Vec<f32> = levels.iter().map(|&l| l as f32 / top).collect();
        let x = Tensor::from_data(TensorData::new(values, *shape), &self.device());
        Ok((x, levels))
    }

    fn device(&self) -> Device {
        self.net.logits.weight.val().device()
    }
}

impl Family for PixelCnn {
    type Config = PixelCnnConfig;
    type SampleOptions = PixelCnnSampleOptions;
    type Net = Net;

    const ID: &'static str = "pixelcnn";
    const TITLE: &'static str = "PixelCNN";
    const PAPER: &'static str = "van den Oord et al. 2016, Conditional Image Generation with PixelCNN Decoders, arXiv:1606.05328";
    const SCHEMA_VERSION: u32 = 1;
    const CONDITIONS: &'static [ConditionKind] = &[ConditionKind::Known];
    const CAPABILITIES: Capabilities = Capabilities {
        density: Some(DensityKind::Exact),
        latent: false,
        invertible: false,
        language: false,
    };

    fn equation(_: &Self::Config, _: SpaceKind) -> Vec<String> {
        super::equations::autoregressive("i")
    }

    fn defaults(space: &Space) -> Option<Defaults<PixelCnnConfig>> {
        match space {
            Space::Image { channels: 1, .. } => Some(Defaults::new(
                PixelCnnConfig::default(),
                TrainConfig {
                    batch_size: 16,
                    learning_rate: 2e-3,
                    ema: 0.999,
                    clip: 1.0,
                    binarize: Binarize::Dynamic,
                    ..TrainConfig::default()
                },
            )),
            _ => None,
        }
    }

    fn init(
        config: &PixelCnnConfig,
        data: &DataInfo,
        rng: &mut Rng,
        device: &Device,
    ) -> Result<Self> {
        let [_, height, width] = data.space.image()?;
        let (p, reach) = (config.channels, config.reach);
        let first = Layer::init(1, p, reach, reach, rng, device);
        let layers = (0..config.layers).map(|_| Layer::init(p, p, 1, 2, rng, device));
        let layers = layers.collect();
        let outputs = if config.levels == 2 { 1 } else { config.levels };
        let valid = || PaddingConfig2d::Valid;
        let gain = std::f32::consts::SQRT_2;
        let head = init::conv_of([p, HEAD * p], [1, 1], valid(), gain, rng, device);
        let mut logits = init::conv_of([HEAD * p, outputs], [1, 1], valid(), 0.1, rng, device);
        let n = data.pixel_mean.len();
        if outputs == 1 && n > 0 {
            // It starts at the share of ink.
            let mean = (data.pixel_mean.iter().sum::<f32>() / n as f32).clamp(0.01, 0.99);
            let bias = TensorData::new(vec![(mean / (1.0 - mean)).ln()], [1]);
            logits.bias = logits
                .bias
                .map(|_| burn::module::Param::from_data(bias, device));
        }
        Ok(Self {
            config: config.clone(),
            size: [height, width],
            net: Net {
                first,
                layers,
                head,
                logits,
            },
        })
    }

    config_and_net!();

    fn cost(&self) -> Cost {
        let pixels = (self.size[0] * self.size[1]) as f64;
        Cost::of(&weights::shapes(&self.net), |_| pixels)
    }

    fn losses(&self, batch: &Batch, _: &mut Rng) -> Result<Losses> {
        let (x, levels) = self.quantized(batch)?;
        let loss = reduce::mean(self.log_prob(x, levels)).neg();
        Ok(vec![("loss", loss)])
    }

    fn micro_batch(&self) -> usize {
        MICRO_BATCH
    }

    fn sampler(
        &self,
        options: &PixelCnnSampleOptions,
        condition: &Condition,
        count: usize,
        seed: u64,
    ) -> Result<Box<dyn Sampler>> {
        let [height, width] = self.size;
        let known = condition.known(height * width)?;
        Ok(Box::new(Raster::new(
            self.valid(),
            options,
            known,
            count,
            seed,
        )))
    }

    fn plots(_: SpaceKind) -> Vec<PlotSpec> {
        vec![PlotSpec::new(
            "samples",
            "Samples",
            "Pixel by pixel, row by row, each drawn from what the network says of it given those before. The same seed gives the same image anywhere.",
        )]
    }

    fn density(&self) -> Option<&dyn Density> {
        Some(self)
    }
}

impl Density for PixelCnn {
    fn kind(&self, _: DensityOptions) -> DensityKind {
        DensityKind::Exact
    }

    fn log_prob(&self, batch: &Batch, _: DensityOptions, _: &mut Rng) -> Result<Tensor<1>> {
        let (x, levels) = self.quantized(batch)?;
        Ok(PixelCnn::log_prob(self, x, levels))
    }
}

/// What the horizontal stack keeps of a layer: its weights as matrices, and the columns of the row
/// under way.
struct Column {
    /// `[taps · c, 2p]` and `[2p]`.
    horizontal: (Tensor<2>, Tensor<1>),
    /// `[p, p]` and `[p]`.
    out: (Tensor<2>, Tensor<1>),
    taps: usize,
    /// The last `taps` columns that it looks at, each `[n, c]`.
    seen: Vec<Tensor<2>>,
    /// What the vertical stack says to each pixel of the row: `[n, w, 2p]`.
    above: Tensor<3>,
    /// The last rows of the vertical stack's input, each `[n, c, 1, w]`.
    rows: Vec<Tensor<4>>,
}

/// A 1 × `taps` convolution as a matrix over `taps` columns that stand side by side.
fn matrix(layer: &Conv2d) -> (Tensor<2>, Tensor<1>) {
    let [out, c, _, taps] = layer.weight.dims();
    let weight = layer.weight.val().reshape([out, c, taps]);
    let weight = weight.permute([2, 1, 0]).reshape([taps * c, out]); // as columns are laid
    let zero = || Tensor::zeros([out], &layer.weight.val().device());
    let bias = layer.bias.as_ref().map_or_else(zero, |bias| bias.val());
    (weight, bias)
}

fn apply(x: Tensor<2>, (weight, bias): &(Tensor<2>, Tensor<1>)) -> Tensor<2> {
    linear::linear(x, weight.clone(), Some(bias.clone()), Activation::Identity)
}

/// A sampler that goes through the pixels row by row.
struct Raster {
    model: PixelCnn,
    temperature: f64,
    known: Option<Vec<Option<f32>>>,
    rng: Rng,
    count: usize,
    columns: Vec<Column>,
    head: (Tensor<2>, Tensor<1>),
    logits: (Tensor<2>, Tensor<1>),
    /// Pixels drawn so far, each `[n, 1]`.
    drawn: Vec<Tensor<2>>,
}

impl Raster {
    fn new(
        model: PixelCnn,
        options: &PixelCnnSampleOptions,
        known: Option<Vec<Option<f32>>>,
        count: usize,
        seed: u64,
    ) -> Self {
        let [_, w] = model.size;
        let device = model.device();
        let all = std::iter::once(&model.net.first).chain(&model.net.layers);
        let columns = all.map(|layer| {
            let [_, c, height, _] = layer.vertical.weight.dims();
            let [.., taps] = layer.horizontal.weight.dims();
            let zero_row = Tensor::zeros([count, c, 1, w], &device);
            Column {
                horizontal: matrix(&layer.horizontal),
                out: matrix(&layer.out),
                taps,
                seen: Vec::new(),
                above: Tensor::zeros([1, 1, 1], &device), // Set by `start_row`.
                rows: vec![zero_row; height],
            }
        });
        let columns = columns.collect();
        let (head, logits) = (matrix(&model.net.head), matrix(&model.net.logits));
        Self {
            temperature: options.temperature,
            known,
            rng: Rng::new(seed, Purpose::Sample, 0),
            count,
            columns,
            head,
            logits,
            drawn: Vec::new(),
            model,
        }
    }

    /// Row `y − 1` through the vertical stack, for the pixels of row `y`.
    fn start_row(&mut self, y: usize) {
        let [_, w] = self.model.size;
        let (n, device) = (self.count, self.model.device());
        // Nothing is above the first row.
        let mut row = (y > 0).then(|| {
            let pixels = self.drawn[(y - 1) * w..y * w].to_vec();
            (Tensor::cat(pixels, 1) * 2.0 - 1.0).reshape([n, 1, 1, w])
        });
        let layers = std::iter::once(&self.model.net.first).chain(&self.model.net.layers);
        for (layer, column) in layers.zip(&mut self.columns) {
            let [out, c, _, _] = layer.vertical.weight.dims();
            let seen = match row.take() {
                Some(last) => {
                    column.rows.remove(0);
                    column.rows.push(last);
                    let rows = Tensor::cat(column.rows.clone(), 2); // [n, c, reach + 1, w]
                    let [.., height, _] = rows.dims();
                    // The rows are all there: only the last one's answer is wanted.
                    let v = conv(&layer.vertical, rows);
                    let v = v.slice([0..n, 0..out, height - 1..height, 0..w]);
                    row = Some(gate(v.clone()));
                    v
                }
                None => Tensor::zeros([n, out, 1, w], &device),
            };
            let above = conv(&layer.across, seen); // [n, 2p, 1, w]
            column.above = above.reshape([n, out, w]).swap_dims(1, 2);
            column.seen = vec![Tensor::zeros([n, c], &device); column.taps];
        }
    }

    /// Logits of the pixel in column `x`, `[n, 1]` or `[n, levels]`.
    fn pixel(&mut self, x: usize) -> Tensor<2> {
        let n = self.count;
        let mut h: Option<Tensor<2>> = None;
        for (i, column) in self.columns.iter_mut().enumerate() {
            // The first layer sees what is to the left of the pixel; it was told after it was drawn.
            if let (Some(h), true) = (&h, i > 0) {
                column.seen.remove(0);
                column.seen.push(h.clone());
            }
            let [_, _, wide] = column.above.dims();
            let above = column.above.clone().slice([0..n, x..x + 1, 0..wide]);
            let sum = apply(Tensor::cat(column.seen.clone(), 1), &column.horizontal);
            let more = tanh_gated(sum + above.reshape([n, wide]));
            let more = apply(more, &column.out);
            h = Some(match h {
                Some(h) => h + more,
                None => more,
            });
        }
        let relu = |x: Tensor<2>| Activation::Relu.tensors(x);
        let h = h.unwrap_or_else(|| Tensor::zeros([n, 1], &self.model.device()));
        apply(relu(apply(relu(h), &self.head)), &self.logits)
    }

    /// A value for each image, `[n, 1]`, from its logits.
    fn draw(&mut self, logits: Tensor<2>) -> Tensor<2> {
        let (n, device) = (self.count, logits.device());
        let logits = logits / self.temperature;
        let levels = self.model.config.levels;
        if levels == 2 {
            let u = TensorData::new(self.rng.uniform(n), [n, 1]);
            let p = bernoulli::mean(logits);
            return p.greater(Tensor::from_data(u, &device)).float();
        }
        // The largest of logits with Gumbel noise is a draw from their softmax.
        let noise = self.rng.uniform(n * levels).into_iter();
        let noise: Vec<f32> = noise.map(|u| -(-u.max(1e-20).ln()).ln()).collect();
        let noise = Tensor::from_data(TensorData::new(noise, [n, levels]), &device);
        (logits + noise).argmax(1).float() / (levels - 1) as f64
    }
}

impl Sampler for Raster {
    fn steps(&self) -> usize {
        self.model.size[0]
    }

    /// One row of pixels.
    fn next(&mut self) -> Reading<'_, bool> {
        let [height, w] = self.model.size;
        let y = self.drawn.len() / w;
        if y >= height {
            return ready(Ok(false));
        }
        self.start_row(y);
        for x in 0..w {
            let logits = self.pixel(x);
            let mut value = self.draw(logits);
            if let Some(known) = self.known.as_ref().and_then(|k| k[y * w + x]) {
                value = value.zeros_like() + f64::from(known.clamp(0.0, 1.0));
            }
            if let Some(first) = self.columns.first_mut() {
                first.seen.remove(0);
                first.seen.push(value.clone() * 2.0 - 1.0);
            }
            self.drawn.push(value);
        }
        ready(Ok(true))
    }

    /// What is drawn, over white paper.
    fn state(&self) -> Samples {
        let [h, w] = self.model.size;
        let missing = h * w - self.drawn.len();
        let mut all = self.drawn.clone();
        if missing > 0 {
            all.push(Tensor::zeros([self.count, missing], &self.model.device()));
        }
        Samples::Images(Tensor::cat(all, 1).reshape([self.count, 1, h, w]))
    }
}
