//! A sampler that goes through the pixels row by row.

use std::ops::Range;

use burn::tensor::{Device, Tensor};

use super::{Levels, PixelModel, PixelSampleOptions};
use crate::{
    data::wire::cut_short,
    error::Result,
    kernels::host::is_host,
    model::{Condition, Divided, Reading, Sampler, Samples, ready},
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

    /// All that it keeps between two rows, `[n, numbers]`; on the host.
    fn kept(&self) -> Tensor<2>;

    /// Goes on in row `y` from what another walk kept.
    ///
    /// # Errors
    /// [`BadRequest`](crate::error::Error::BadRequest) if it kept something else.
    fn go_on(&mut self, y: usize, kept: &mut Kept) -> Result<()>;
}

/// Numbers of each image, to be read one after the other.
pub struct Kept {
    rows: Tensor<2>,
    at: usize,
}

impl Kept {
    /// Numbers `[n, all]`.
    pub fn new(rows: Tensor<2>) -> Self {
        Self { rows, at: 0 }
    }

    /// The next ones, `[n, count]`.
    ///
    /// # Errors
    /// [`BadRequest`](crate::error::Error::BadRequest) if there are not so many.
    pub fn next(&mut self, count: usize) -> Result<Tensor<2>> {
        let ([n, all], from) = (self.rows.dims(), self.at);
        if count > all - from {
            return Err(cut_short());
        }
        self.at += count;
        Ok(self.rows.clone().slice([0..n, from..from + count]))
    }
}

/// How pixels are drawn.
struct Drawing {
    levels: Levels,
    /// Rows and columns of an image.
    size: [usize; 2],
    temperature: f64,
    known: Option<Vec<Option<f32>>>,
}

impl Drawing {
    /// Row `y` of some images, `[m, w]`, below the one `above`, with noise for each of its pixels.
    fn row(
        &self,
        y: usize,
        walk: &mut dyn Walk,
        above: Option<Tensor<2>>,
        noise: Vec<Tensor<2>>,
    ) -> Tensor<2> {
        let w = self.size[1];
        walk.start_row(above.map(|above| {
            let [m, _] = above.dims();
            above.reshape([m, 1, 1, w])
        }));
        let mut row = Vec::with_capacity(w);
        for (x, noise) in noise.into_iter().enumerate() {
            let logits = walk.logits(x);
            let mut value = self.levels.draw(logits, self.temperature, noise);
            if let Some(known) = self.known.as_ref().and_then(|k| k[y * w + x]) {
                value = value.zeros_like() + f64::from(known.clamp(0.0, 1.0));
            }
            walk.tell(value.clone());
            row.push(value);
        }
        Tensor::cat(row, 1)
    }
}

/// Draws images pixel by pixel.
pub struct Raster {
    walk: Box<dyn Walk>,
    /// A walk of so many images, before its first row.
    begin: Box<dyn Fn(usize) -> Box<dyn Walk>>,
    drawing: Drawing,
    device: Device,
    rng: Rng,
    count: usize,
    /// Rows so far, each `[n, w]`.
    drawn: Vec<Tensor<2>>,
}

impl Raster {
    /// A sampler of `count` images in which what `condition` knows stays as it is.
    ///
    /// # Errors
    /// What is wrong with the condition.
    pub fn new(
        model: &(impl PixelModel + Clone + 'static),
        options: &PixelSampleOptions,
        condition: &Condition,
        count: usize,
        seed: u64,
    ) -> Result<Self> {
        let [height, width] = model.size();
        let own = model.clone();
        Ok(Self {
            walk: model.walk(count),
            begin: Box::new(move |count| own.walk(count)),
            drawing: Drawing {
                levels: PixelModel::levels(model),
                size: [height, width],
                temperature: options.temperature,
                known: condition.known(height * width)?,
            },
            device: model.device(),
            rng: Rng::new(seed, Purpose::Sample, 0),
            count,
            drawn: Vec::new(),
        })
    }

    /// What the pixels of the next row are drawn with, each `[n, numbers]`.
    fn noise(&mut self) -> Vec<Tensor<2>> {
        let Drawing { levels, size, .. } = self.drawing;
        let mut draw = || levels.noise(self.count, &mut self.rng, &self.device);
        (0..size[1]).map(|_| draw()).collect()
    }

    /// Whether the last row is drawn.
    fn is_done(&self) -> bool {
        self.drawn.len() >= self.drawing.size[0]
    }
}

impl Sampler for Raster {
    fn steps(&self) -> usize {
        self.drawing.size[0]
    }

    /// One row of pixels.
    fn next(&mut self) -> Reading<'_, bool> {
        if self.is_done() {
            return ready(Ok(false));
        }
        let (noise, above) = (self.noise(), self.drawn.last().cloned());
        let y = self.drawn.len();
        let row = self.drawing.row(y, &mut *self.walk, above, noise);
        self.drawn.push(row);
        ready(Ok(true))
    }

    /// What is drawn, over white paper.
    fn state(&self) -> Samples {
        let [h, w] = self.drawing.size;
        let missing = (h - self.drawn.len()) * w;
        let mut all = self.drawn.clone();
        if missing > 0 {
            all.push(Tensor::zeros([self.count, missing], &self.device));
        }
        Samples::Images(Tensor::cat(all, 1).reshape([self.count, 1, h, w]))
    }

    fn divided(&mut self) -> Option<&mut dyn Divided> {
        let on_host = is_host(&Tensor::<1>::zeros([1], &self.device));
        on_host.then_some(self)
    }
}

/// A row goes on from the one above and from what the walk keeps.
impl Divided for Raster {
    fn taken(&self) -> usize {
        self.drawn.len()
    }

    fn ahead(&mut self) -> Option<Tensor<2>> {
        if self.is_done() {
            return None;
        }
        let mut all = self.noise();
        all.extend(self.drawn.last().cloned());
        all.push(self.walk.kept());
        Some(Tensor::cat(all, 1))
    }

    fn step_of(&self, y: usize, images: Range<usize>, rows: Tensor<2>) -> Result<Tensor<2>> {
        let Drawing { levels, size, .. } = self.drawing;
        let ([h, w], mut rows) = (size, Kept::new(rows));
        if y >= h {
            return Err(cut_short());
        }
        let noise = (0..w).map(|_| rows.next(levels.outputs()));
        let noise = noise.collect::<Result<Vec<_>>>()?;
        let above = (y > 0).then(|| rows.next(w)).transpose()?;
        let mut walk = (self.begin)(images.len());
        walk.go_on(y, &mut rows)?;
        let row = self.drawing.row(y, &mut *walk, above, noise);
        Ok(Tensor::cat(vec![row, walk.kept()], 1))
    }

    fn take(&mut self, found: Tensor<2>) -> Result<()> {
        let mut found = Kept::new(found);
        let row = found.next(self.drawing.size[1])?;
        self.walk.go_on(self.drawn.len() + 1, &mut found)?;
        self.drawn.push(row);
        Ok(())
    }
}
