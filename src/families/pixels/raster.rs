//! A sampler that goes through the pixels row by row.

use burn::tensor::{Device, Tensor};

use super::{Levels, PixelModel, PixelSampleOptions};
use crate::{
    error::Result,
    model::{Condition, Reading, Sampler, Samples, ready},
    rng::{Purpose, Rng},
};

/// A network that is told one pixel after the other and says what the next may be. What it has computed
/// from those before it keeps, so that a pixel costs a part of the network and not the whole of it.
pub trait Walk {
    /// A row begins. `above` is the last one `[n, 1, 1, w]`, with values in [0, 1]; nothing is above the
    /// first.
    fn start_row(&mut self, above: Option<Tensor<4>>);

    /// Logits of the pixel in column `x`, `[n, outputs]`; asked for once, from the left.
    fn logits(&mut self, x: usize) -> Tensor<2>;

    /// What that pixel has become, `[n, 1]`, in [0, 1].
    fn tell(&mut self, value: Tensor<2>);
}

/// Draws images pixel by pixel.
pub struct Raster {
    walk: Box<dyn Walk>,
    levels: Levels,
    size: [usize; 2],
    device: Device,
    temperature: f64,
    known: Option<Vec<Option<f32>>>,
    rng: Rng,
    count: usize,
    /// Pixels so far, each `[n, 1]`.
    drawn: Vec<Tensor<2>>,
}

impl Raster {
    /// A sampler of `count` images in which what `condition` knows stays as it is.
    ///
    /// # Errors
    /// What is wrong with the condition.
    pub fn new(
        model: &impl PixelModel,
        options: &PixelSampleOptions,
        condition: &Condition,
        count: usize,
        seed: u64,
    ) -> Result<Self> {
        let [height, width] = model.size();
        Ok(Self {
            known: condition.known(height * width)?,
            walk: model.walk(count),
            levels: PixelModel::levels(model),
            size: [height, width],
            device: model.device(),
            temperature: options.temperature,
            rng: Rng::new(seed, Purpose::Sample, 0),
            count,
            drawn: Vec::new(),
        })
    }
}

impl Sampler for Raster {
    fn steps(&self) -> usize {
        self.size[0]
    }

    /// One row of pixels.
    fn next(&mut self) -> Reading<'_, bool> {
        let ([height, w], n) = (self.size, self.count);
        let y = self.drawn.len() / w;
        if y >= height {
            return ready(Ok(false));
        }
        self.walk.start_row((y > 0).then(|| {
            let above = self.drawn[(y - 1) * w..y * w].to_vec();
            Tensor::cat(above, 1).reshape([n, 1, 1, w])
        }));
        for x in 0..w {
            let logits = self.walk.logits(x);
            let mut value = self.levels.draw(logits, self.temperature, &mut self.rng);
            if let Some(known) = self.known.as_ref().and_then(|k| k[y * w + x]) {
                value = value.zeros_like() + f64::from(known.clamp(0.0, 1.0));
            }
            self.walk.tell(value.clone());
            self.drawn.push(value);
        }
        ready(Ok(true))
    }

    /// What is drawn, over white paper.
    fn state(&self) -> Samples {
        let [h, w] = self.size;
        let missing = h * w - self.drawn.len();
        let mut all = self.drawn.clone();
        if missing > 0 {
            all.push(Tensor::zeros([self.count, missing], &self.device));
        }
        Samples::Images(Tensor::cat(all, 1).reshape([self.count, 1, h, w]))
    }
}
