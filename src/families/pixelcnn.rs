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
//! where ↓ moves an image down by a row. With attention ([`attention`]), as in PixelSNAIL
//! (Chen et al. 2018, arXiv:1712.09763), what is far away is looked up rather than handed on: h of a pixel
//! asks h of all earlier ones. A sampler draws one pixel at a time; all that is known from
//! earlier pixels is kept, so that a pixel costs one column of the network and not the whole of it.

use std::ops::Range;

use burn::{
    module::Module,
    nn::{PaddingConfig2d, conv::Conv2d},
    tensor::{Device, Tensor},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use super::pixels::PixelSampleOptions as PixelCnnSampleOptions;
use super::pixels::{
    self, Kept, Levels, Matrix, PixelModel, Raster, Walk, as_images,
    attention::{self, Attention, Looking},
    by_pixel, down, matrix, right, times,
};
use crate::{
    data::{Batch, DataInfo, Space, SpaceKind},
    error::Result,
    kernels::{activation::Activation, gated::tanh_gated, host::is_host, reduce},
    model::{
        Capabilities, Condition, ConditionKind, Cost, Defaults, Density, DensityKind, Family,
        Losses, Sampler, config_and_net,
    },
    nn::{conv::conv, init, weights},
    optim::ParameterGroup,
    options::Options,
    rng::Rng,
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
    /// Layers of attention, spread evenly among the others: each pixel looks at all earlier ones.
    #[schemars(title = "Attention", range(min = 0, max = 4))]
    pub attention: usize,
}

impl Default for PixelCnnConfig {
    fn default() -> Self {
        Self {
            levels: 2,
            channels: 16,
            layers: 9,
            reach: 3,
            attention: 0,
        }
    }
}

impl Options for PixelCnnConfig {}

/// Units between the last layer and the logits, for each channel.
const HEAD: usize = 2;
/// Images that go through the network at once while it trains.
const MICRO_BATCH: usize = 16;
/// The same with attention, which keeps a number for every pair of pixels.
const FEW: usize = 4;

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
    attention: Vec<Attention>,
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
        for (i, layer) in self.net.layers.iter().enumerate() {
            let (next, more) = layer.forward(v, h.clone());
            (v, h) = (next, h + more);
            for attention in &self.net.attention[self.attending(i + 1)] {
                h = as_images(attention.forward(by_pixel(h), self.size), self.size);
            }
        }
        let h = conv(&self.net.head, Activation::Relu.tensors(h));
        conv(&self.net.logits, Activation::Relu.tensors(h))
    }

    /// The layers of attention that stand behind `layers` others.
    fn attending(&self, layers: usize) -> Range<usize> {
        let (all, of) = (self.net.attention.len(), self.net.layers.len());
        (layers - 1) * all / of..layers * all / of
    }
}

impl PixelModel for PixelCnn {
    fn levels(&self) -> Levels {
        Levels(self.config.levels)
    }

    fn size(&self) -> [usize; 2] {
        self.size
    }

    fn rows(&self, x: Tensor<4>) -> Tensor<2> {
        by_pixel(PixelCnn::logits(self, x))
    }

    fn device(&self) -> Device {
        self.net.logits.weight.val().device()
    }

    fn walk(&self, count: usize) -> Box<dyn Walk> {
        Box::new(Columns::new(self.valid(), count))
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
    const PAGE: Option<&'static str> = Some(include_str!("pixels/pixelcnn.py"));
    const CONDITIONS: &'static [ConditionKind] = &[ConditionKind::Known];
    const CAPABILITIES: Capabilities = Capabilities {
        density: Some(DensityKind::Exact),
        latent: false,
        invertible: false,
        language: false,
        masked: false,
    };

    fn equation(_: &Self::Config, _: SpaceKind) -> Vec<String> {
        super::equations::autoregressive("i")
    }

    fn defaults(space: &Space) -> Option<Defaults<PixelCnnConfig>> {
        match space {
            Space::Image { channels: 1, .. } => {
                Some(Defaults::new(PixelCnnConfig::default(), pixels::training()))
            }
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
        let levels = Levels(config.levels);
        let valid = || PaddingConfig2d::Valid;
        let gain = std::f32::consts::SQRT_2;
        let head = init::conv_of([p, HEAD * p], [1, 1], valid(), gain, rng, device);
        let outputs = [HEAD * p, levels.outputs()];
        let mut logits = init::conv_of(outputs, [1, 1], valid(), 0.1, rng, device);
        if let Some(bias) = levels.first_bias(data) {
            logits.bias = Some(pixels::single(bias, device));
        }
        let attention = (0..config.attention).map(|_| Attention::init(p, rng, device));
        Ok(Self {
            config: config.clone(),
            size: [height, width],
            net: Net {
                first,
                layers,
                attention: attention.collect(),
                head,
                logits,
            },
        })
    }

    config_and_net!();

    fn parameter_groups(&self) -> Vec<ParameterGroup> {
        let inside = |name: &str| name.starts_with("layers.");
        ParameterGroup::of_hidden(Self::NETWORKS[0], &self.net, inside)
    }

    fn cost(&self) -> Cost {
        let pixels = (self.size[0] * self.size[1]) as f64;
        let pairs = self.config.attention as f64 * pixels * pixels;
        let (p, heads) = (self.config.channels, attention::heads(self.config.channels));
        let once = |name: &str| if name.ends_with("place") { 1.0 } else { pixels };
        // Half of all pairs of pixels, twice.
        Cost::of(&weights::shapes(&self.net), once).plus(pairs * p as f64, pairs * heads as f64)
    }

    fn losses(&self, batch: &Batch, _: &mut Rng) -> Result<Losses> {
        let loss = reduce::mean(PixelModel::log_prob(self, batch)?).neg();
        Ok(vec![("loss", loss)])
    }

    fn micro_batch(&self) -> usize {
        match self.config.attention {
            0 => MICRO_BATCH,
            _ => FEW,
        }
    }

    fn sampler(
        &self,
        options: &PixelCnnSampleOptions,
        condition: &Condition,
        count: usize,
        seed: u64,
    ) -> Result<Box<dyn Sampler>> {
        let raster = Raster::new(self, options, condition, count, seed)?;
        Ok(Box::new(raster))
    }

    fn plots(_: SpaceKind) -> Vec<PlotSpec> {
        pixels::plots()
    }

    fn density(&self) -> Option<&dyn Density> {
        Some(self)
    }
}

/// What the horizontal stack keeps of a layer: its weights as matrices, and the columns of the row
/// under way.
struct Column {
    /// `[taps · c, 2p]` and `[2p]`.
    horizontal: Matrix,
    /// `[p, p]` and `[p]`.
    out: Matrix,
    taps: usize,
    /// The last `taps` columns that it looks at, each `[n, c]`.
    seen: Vec<Tensor<2>>,
    /// What the vertical stack says to each pixel of the row: `[n, w, 2p]`.
    above: Tensor<3>,
    /// The last rows of the vertical stack's input, each `[n, c, 1, w]`.
    rows: Vec<Tensor<4>>,
}

/// The network pixel by pixel.
struct Columns {
    model: PixelCnn,
    count: usize,
    columns: Vec<Column>,
    attention: Vec<Looking>,
    head: Matrix,
    logits: Matrix,
}

impl Columns {
    fn new(model: PixelCnn, count: usize) -> Self {
        let ([_, w], device) = (model.size, model.device());
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
        let on_host = is_host(&model.net.logits.weight.val());
        let attention = model.net.attention.iter();
        let attention = attention.map(|layer| Looking::new(layer, model.size, count, on_host));
        Self {
            count,
            columns: columns.collect(),
            attention: attention.collect(),
            head: matrix(&model.net.head),
            logits: matrix(&model.net.logits),
            model,
        }
    }
}

impl Walk for Columns {
    /// The row above through the vertical stack.
    fn start_row(&mut self, above: Option<Tensor<4>>) {
        let [_, w] = self.model.size;
        let (n, device) = (self.count, self.model.device());
        let mut row = above.map(|above| above * 2.0 - 1.0);
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

    fn logits(&mut self, x: usize) -> Tensor<2> {
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
            let sum = times(Tensor::cat(column.seen.clone(), 1), &column.horizontal);
            let more = tanh_gated(sum + above.reshape([n, wide]));
            let more = times(more, &column.out);
            let mut sum = match h {
                Some(h) => h + more,
                None => more,
            };
            if i > 0 {
                for attention in &mut self.attention[self.model.attending(i)] {
                    sum = attention.next(sum);
                }
            }
            h = Some(sum);
        }
        let relu = |x: Tensor<2>| Activation::Relu.tensors(x);
        let h = h.unwrap_or_else(|| Tensor::zeros([n, 1], &self.model.device()));
        times(relu(times(relu(h), &self.head)), &self.logits)
    }

    fn tell(&mut self, value: Tensor<2>) {
        if let Some(first) = self.columns.first_mut() {
            first.seen.remove(0);
            first.seen.push(value * 2.0 - 1.0);
        }
    }

    /// The rows above of each layer, and what is looked at.
    fn kept(&self) -> Tensor<2> {
        let rows = self.columns.iter().flat_map(|column| &column.rows);
        let rows = rows.map(|row| row.clone().flatten::<2>(1, 3));
        let looking = self.attention.iter().map(Looking::kept);
        Tensor::cat(rows.chain(looking).collect(), 1)
    }

    fn go_on(&mut self, y: usize, kept: &mut Kept) -> Result<()> {
        for row in self.columns.iter_mut().flat_map(|column| &mut column.rows) {
            let [n, c, _, w] = row.dims();
            *row = kept.next(c * w)?.reshape([n, c, 1, w]);
        }
        let [_, w] = self.model.size;
        let mut looking = self.attention.iter_mut();
        looking.try_for_each(|looking| looking.go_on(y * w, kept))
    }
}
