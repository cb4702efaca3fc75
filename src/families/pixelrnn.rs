//! PixelRNN: images, one pixel after the other, by a memory that goes along diagonals.
//!
//! van den Oord, Kalchbrenner & Kavukcuoglu 2016, "Pixel Recurrent Neural Networks",
//! arXiv:1601.06759: the diagonal BiLSTM of section 3.3. Objective and sampler are those of
//! [`pixels`].
//!
//! A convolution sees as far as its kernel; a recurrent network remembers. One LSTM goes over the image
//! from its top left corner and gets the states of the pixel above and of the pixel to the left, so it
//! has seen everything above and to the left. A second one comes from the top right corner; it goes a row
//! behind, since it has not to see what its own row holds on the right:
//!
//! ```text
//! s   = W_a ∗ x + ↓(W_b ∗ x)                 what lies near, before the pixel (mask A)
//! a   = LSTM↘(V_a s),  b = LSTM↙(V_b ↓s)      ↓ moves an image down by a row
//! s'  = s + W_o (a + b)                      for each layer
//! ```
//!
//! Behind the first convolution all is done pixel by pixel or along diagonals, so no other masks are
//! needed. The first layer's b reads the near rows above, ↓(W_b ∗ x), and not ↓s: s of a row's last pixel
//! does not hold that pixel, and it would be the only one that those below never see.
//!
//! Of both networks of the paper this is the one that sees every earlier pixel; the row LSTM sees a
//! triangle above the pixel. With their products they cost nearly the same: 16 p² multiplications a pixel
//! against 12 p², for p units. Row by row or diagonal by diagonal, a step is a product of few rows; the
//! kernel ([`lstm`]) takes several images to one.
//!
//! A sampler keeps the states of the row above and of the pixel to the left: a pixel costs one step of
//! each LSTM.

use burn::{
    module::{Module, Param},
    nn::{Linear, PaddingConfig2d, conv::Conv2d},
    tensor::{Device, Tensor},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::pixels::{
    self, Kept, Levels, Matrix, PixelModel, PixelSampleOptions, Raster, Walk, by_pixel, down,
    matrix, right, times,
};
use crate::{
    data::{Batch, DataInfo, Space, SpaceKind},
    error::Result,
    kernels::{activation::Activation, lstm, reduce},
    model::{
        Capabilities, Condition, ConditionKind, Cost, Defaults, Density, DensityKind, Family,
        Losses, Sampler, config_and_net,
    },
    nn::{
        conv::conv,
        init,
        linear::{activated, linear, matmul},
        weights,
    },
    optim::ParameterGroup,
    options::Options,
    rng::Rng,
    scene::PlotSpec,
};

/// Options of a [`PixelRnn`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PixelRnnConfig {
    /// Values of a pixel: 2 for black and white, up to 256 levels of grey.
    #[schemars(title = "Levels of grey", range(min = 2, max = 256))]
    pub levels: usize,
    /// Numbers that each LSTM remembers for a pixel.
    #[schemars(title = "Units", range(min = 4, max = 128))]
    pub units: usize,
    /// Layers, of two LSTMs each.
    #[schemars(title = "Layers", range(min = 1, max = 8))]
    pub layers: usize,
    /// How far the first convolution looks to each side and up, in pixels.
    #[schemars(title = "First reach", range(min = 1, max = 7))]
    pub reach: usize,
}

impl Default for PixelRnnConfig {
    fn default() -> Self {
        Self {
            levels: 2,
            units: 16,
            layers: 1,
            reach: 3,
        }
    }
}

impl Options for PixelRnnConfig {}

/// Images that go through the network at once while it trains.
const MICRO_BATCH: usize = 8;
/// What the bias of the gate f begins with, so that a memory lasts (Jozefowicz et al. 2015).
const REMEMBER: f32 = 1.0;

/// An LSTM along diagonals, of p units.
#[derive(Module, Debug)]
struct Lstm {
    /// 2p → 4p: what the input says to the gates.
    input: Linear,
    /// `[2p, 4p]`: what the states above and to the left say to them.
    state: Param<Tensor<2>>,
}

/// Both LSTMs and what is made of them.
#[derive(Module, Debug)]
struct Layer {
    from_left: Lstm,
    from_right: Lstm,
    /// p → 2p.
    out: Linear,
}

/// The weights.
#[derive(Module, Debug)]
pub struct Net {
    /// 1 → 2p, the rows above; moved down by a row.
    above: Conv2d,
    /// 1 → 2p, the own row to the left.
    left: Conv2d,
    layers: Vec<Layer>,
    head: Linear,
    logits: Linear,
}

/// The model. See the module's documentation.
#[derive(Clone, Debug)]
pub struct PixelRnn {
    config: PixelRnnConfig,
    /// Rows and columns.
    size: [usize; 2],
    net: Net,
}

impl Lstm {
    fn init(p: usize, rng: &mut Rng, device: &Device) -> Self {
        let mut input = init::linear(2 * p, 4 * p, 1.0, rng, device);
        let bias = |_: &mut Rng| {
            let gate = |k: usize| if k / p == 1 { REMEMBER } else { 0.0 };
            (0..4 * p).map(gate).collect()
        };
        input.bias = Some(init::parameter([4 * p], rng, device, bias));
        let state = init::linear(2 * p, 4 * p, 1.0, rng, device).weight;
        Self { input, state }
    }

    /// States of all pixels, `[n h w, p]`, from their inputs `[n h w, 2p]`.
    fn forward(&self, x: Tensor<2>, size: [usize; 2], mirrored: bool) -> Tensor<2> {
        lstm::diagonal(linear(&self.input, x), self.state.val(), size, mirrored)
    }

    /// The pixel that follows `above` and `left`, from what its input says to the gates `[n, 4p]`.
    fn step(&self, gates: Tensor<2>, above: &Place, left: &Place) -> Place {
        let both = Tensor::cat(vec![above.state.clone(), left.state.clone()], 1);
        let gates = gates + matmul(both, self.state.val());
        let ([n, p], next) = (left.memory.dims(), lstm::cell(gates, left.memory.clone()));
        Place {
            state: next.clone().slice([0..n, 0..p]),
            memory: next.slice([0..n, p..2 * p]),
        }
    }
}

/// Rows by pixel `[n h w, c]` moved down by a row of the image; the first becomes zero.
fn below(x: Tensor<2>, [h, w]: [usize; 2]) -> Tensor<2> {
    let [rows, c] = x.dims();
    let n = rows / (h * w);
    let zero = Tensor::zeros([n, 1, w * c], &x.device());
    let upper = x.reshape([n, h, w * c]).slice([0..n, 0..h - 1, 0..w * c]);
    Tensor::cat(vec![zero, upper], 1).reshape([rows, c])
}

impl PixelModel for PixelRnn {
    fn levels(&self) -> Levels {
        Levels(self.config.levels)
    }

    fn size(&self) -> [usize; 2] {
        self.size
    }

    fn rows(&self, x: Tensor<4>) -> Tensor<2> {
        let x = x * 2.0 - 1.0;
        let near = by_pixel(down(conv(&self.net.above, x.clone()))); // [n h w, 2p]
        let mut s = near.clone() + by_pixel(conv(&self.net.left, right(x)));
        for (i, layer) in self.net.layers.iter().enumerate() {
            let seen = match i {
                0 => near.clone(),
                _ => below(s.clone(), self.size),
            };
            let a = layer.from_left.forward(s.clone(), self.size, false);
            let b = layer.from_right.forward(seen, self.size, true);
            s = s + linear(&layer.out, a + b);
        }
        let h = activated(
            &self.net.head,
            Activation::Relu.tensors(s),
            Activation::Relu,
        );
        linear(&self.net.logits, h)
    }

    fn device(&self) -> Device {
        self.net.logits.weight.val().device()
    }

    fn walk(&self, count: usize) -> Box<dyn Walk> {
        Box::new(Remembering::new(self.valid(), count))
    }
}

impl Family for PixelRnn {
    type Config = PixelRnnConfig;
    type SampleOptions = PixelSampleOptions;
    type Net = Net;

    const ID: &'static str = "pixelrnn";
    const TITLE: &'static str = "PixelRNN";
    const PAPER: &'static str =
        "van den Oord et al. 2016, Pixel Recurrent Neural Networks, arXiv:1601.06759";
    const SCHEMA_VERSION: u32 = 1;
    const PAGE: Option<&'static str> = Some(include_str!("pixels/pixelrnn.py"));
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

    fn defaults(space: &Space) -> Option<Defaults<PixelRnnConfig>> {
        match space {
            Space::Image { channels: 1, .. } => {
                Some(Defaults::new(PixelRnnConfig::default(), pixels::training()))
            }
            _ => None,
        }
    }

    fn init(
        config: &PixelRnnConfig,
        data: &DataInfo,
        rng: &mut Rng,
        device: &Device,
    ) -> Result<Self> {
        let [_, height, width] = data.space.image()?;
        let (c, reach) = (2 * config.units, config.reach);
        let side = PaddingConfig2d::Explicit(reach - 1, reach, 0, reach);
        let above = init::conv_of([1, c], [reach, 2 * reach + 1], side, 1.0, rng, device);
        let before = PaddingConfig2d::Explicit(0, reach - 1, 0, 0);
        let left = init::conv_of([1, c], [1, reach], before, 1.0, rng, device);
        let layers = (0..config.layers).map(|_| Layer {
            from_left: Lstm::init(config.units, rng, device),
            from_right: Lstm::init(config.units, rng, device),
            out: init::linear(config.units, c, 1.0, rng, device),
        });
        let layers = layers.collect();
        let levels = Levels(config.levels);
        let head = init::linear(c, c, std::f32::consts::SQRT_2, rng, device);
        let mut logits = init::linear(c, levels.outputs(), 0.1, rng, device);
        if let Some(bias) = levels.first_bias(data) {
            logits.bias = Some(pixels::single(bias, device));
        }
        Ok(Self {
            config: config.clone(),
            size: [height, width],
            net: Net {
                above,
                left,
                layers,
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
        Cost::of(&weights::shapes(&self.net), |_| pixels)
    }

    fn losses(&self, batch: &Batch, _: &mut Rng) -> Result<Losses> {
        let loss = reduce::mean(PixelModel::log_prob(self, batch)?).neg();
        Ok(vec![("loss", loss)])
    }

    fn micro_batch(&self) -> usize {
        MICRO_BATCH
    }

    fn sampler(
        &self,
        options: &PixelSampleOptions,
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

/// State and memory of an LSTM at a pixel, each `[n, p]`.
#[derive(Clone)]
struct Place {
    state: Tensor<2>,
    memory: Tensor<2>,
}

/// What is kept of a layer, pixel by pixel of the row under way; beyond the pixel that is drawn stands
/// what was there a row above.
struct Row {
    from_left: Vec<Place>,
    from_right: Vec<Place>,
    /// What the layer reads, each `[n, 2p]`.
    seen: Vec<Tensor<2>>,
    /// Of the LSTM that comes from the left at the pixel to the left.
    last: Place,
}

/// The network pixel by pixel.
struct Remembering {
    model: PixelRnn,
    count: usize,
    layers: Vec<Row>,
    /// The rows above, each `[n, 1, 1, w]`.
    above: Vec<Tensor<4>>,
    /// What they say to each pixel of the row: `[n, w, 2p]`.
    near: Tensor<3>,
    /// The pixels to the left, each `[n, 1]`.
    left: Vec<Tensor<2>>,
    left_weight: Matrix,
    nothing: Place,
}

impl Remembering {
    fn new(model: PixelRnn, count: usize) -> Self {
        let ([_, w], device) = (model.size, model.device());
        let PixelRnnConfig { units, reach, .. } = *model.config();
        let zero = Tensor::zeros([count, units], &device);
        let nothing = Place {
            state: zero.clone(),
            memory: zero,
        };
        let layers = model.net.layers.iter().map(|_| Row {
            from_left: vec![nothing.clone(); w],
            from_right: vec![nothing.clone(); w],
            seen: vec![Tensor::zeros([count, 2 * units], &device); w],
            last: nothing.clone(),
        });
        Self {
            count,
            layers: layers.collect(),
            above: vec![Tensor::zeros([count, 1, 1, w], &device); reach],
            near: Tensor::zeros([count, w, 2 * units], &device),
            left: Vec::new(),
            left_weight: matrix(&model.net.left),
            nothing,
            model,
        }
    }
}

impl Walk for Remembering {
    /// The LSTMs that come from the right go through the row above.
    fn start_row(&mut self, above: Option<Tensor<4>>) {
        let ([_, w], n) = (self.model.size, self.count);
        if let Some(above) = above {
            self.above.remove(0);
            self.above.push(above * 2.0 - 1.0);
            let rows = Tensor::cat(self.above.clone(), 2); // [n, 1, reach, w]
            let [.., reach, _] = rows.dims();
            let near = conv(&self.model.net.above, rows);
            let [_, c, _, _] = near.dims();
            let near = near.slice([0..n, 0..c, reach - 1..reach, 0..w]);
            self.near = near.reshape([n, c, w]).swap_dims(1, 2);
        }
        let [_, reach] = self.model.net.left.kernel_size;
        self.left = vec![self.nothing.state.clone().slice([0..n, 0..1]); reach];
        for (i, (layer, row)) in self
            .model
            .net
            .layers
            .iter()
            .zip(&mut self.layers)
            .enumerate()
        {
            let seen = match i {
                0 => self.near.clone(),
                _ => Tensor::stack(row.seen.clone(), 1),
            };
            let [_, _, c] = seen.dims();
            let gates = linear(&layer.from_right.input, seen.reshape([n * w, c]));
            let gates = gates.reshape([n, w, 2 * c]);
            let mut last = self.nothing.clone();
            for x in (0..w).rev() {
                let gates = gates.clone().slice([0..n, x..x + 1, 0..2 * c]);
                let place =
                    layer
                        .from_right
                        .step(gates.reshape([n, 2 * c]), &row.from_right[x], &last);
                row.from_right[x] = place.clone();
                last = place;
            }
            row.last = self.nothing.clone();
        }
    }

    fn logits(&mut self, x: usize) -> Tensor<2> {
        let (n, net) = (self.count, &self.model.net);
        let [_, _, c] = self.near.dims();
        let near = self.near.clone().slice([0..n, x..x + 1, 0..c]);
        let left = times(Tensor::cat(self.left.clone(), 1), &self.left_weight);
        let mut s = near.reshape([n, c]) + left;
        for (layer, row) in net.layers.iter().zip(&mut self.layers) {
            let gates = linear(&layer.from_left.input, s.clone());
            row.seen[x] = s.clone();
            row.last = layer.from_left.step(gates, &row.from_left[x], &row.last);
            row.from_left[x] = row.last.clone();
            let both = row.last.state.clone() + row.from_right[x].state.clone();
            s = s + linear(&layer.out, both);
        }
        let h = activated(&net.head, Activation::Relu.tensors(s), Activation::Relu);
        linear(&net.logits, h)
    }

    fn tell(&mut self, value: Tensor<2>) {
        self.left.remove(0);
        self.left.push(value * 2.0 - 1.0);
    }

    /// The rows above, and what each layer knows at each place of the last one.
    fn kept(&self) -> Tensor<2> {
        let above = self.above.iter().map(|row| row.clone().flatten::<2>(1, 3));
        let of_layer = |row: &Row| {
            let places = row.from_left.iter().chain(&row.from_right);
            let places = places.flat_map(|place| [place.state.clone(), place.memory.clone()]);
            places.chain(row.seen.clone()).collect::<Vec<_>>()
        };
        Tensor::cat(
            above.chain(self.layers.iter().flat_map(of_layer)).collect(),
            1,
        )
    }

    fn go_on(&mut self, _: usize, kept: &mut Kept) -> Result<()> {
        let PixelRnnConfig { units, .. } = *self.model.config();
        for row in &mut self.above {
            let [n, _, _, w] = row.dims();
            *row = kept.next(w)?.reshape([n, 1, 1, w]);
        }
        for row in &mut self.layers {
            for place in row.from_left.iter_mut().chain(&mut row.from_right) {
                place.state = kept.next(units)?;
                place.memory = kept.next(units)?;
            }
            for seen in &mut row.seen {
                *seen = kept.next(2 * units)?;
            }
        }
        Ok(())
    }
}
