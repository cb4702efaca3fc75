//! Seeded streams of batches.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Batch, Dataset, EpisodeSet, GrooveSet, ImageSet, PathSet, ScoreSet, clips, functions, paths,
    text, vary::Variation,
};
use crate::{
    error::{Error, Result},
    rng::{Purpose, Rng},
};

/// What a pixel's value means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Binarize {
    /// x ~ Bernoulli(pixel), drawn anew each time an image is seen.
    Dynamic,
    /// The grey value itself.
    None,
}

/// An endless stream of training batches: each epoch in a new order, each image with new
/// binarization noise, points of an endless toy drawn anew. What comes next follows from the seed
/// and the number of examples `seen` alone, so a stream resumes by that number.
#[derive(Debug, Clone)]
pub struct Stream {
    seed: u64,
    seen: u64,
    epoch: Option<(u64, Vec<u32>)>,
    vary: f64,
}

impl Stream {
    /// The stream of `seed` after `seen` examples.
    pub fn new(seed: u64, seen: u64) -> Self {
        Self {
            seed,
            seen,
            epoch: None,
            vary: 0.0,
        }
    }

    /// From here on images are changed a little each time they are seen: by a strength from 0, not at all, to 1.
    pub fn vary(&mut self, strength: f64) {
        self.vary = strength;
    }

    /// Examples seen so far.
    pub fn seen(&self) -> u64 {
        self.seen
    }

    /// The next `count` training examples of `set`: of a text, windows of `length` tokens, which
    /// cover it once an epoch from a new start each time.
    ///
    /// # Errors
    /// [`Error::BadData`] if the set has none.
    pub fn next(
        &mut self,
        set: &Dataset,
        count: usize,
        length: usize,
        binarize: Binarize,
    ) -> Result<Batch> {
        match set {
            Dataset::Text(set) => {
                let n = set.windows(length);
                let epochs = (self.seen..self.seen + count as u64).map(|seen| seen / n as u64);
                let shifts: Vec<u64> = epochs.collect();
                let order = self.order(n, count, &set.info.name)?;
                self.seen += count as u64;
                let mut ids = Vec::with_capacity(count * (length + 1));
                for (i, epoch) in order.into_iter().zip(shifts) {
                    let shift = Rng::new(self.seed, Purpose::Data, epoch).below(length);
                    ids.extend(text::window(set.train(), i * length + shift, length));
                }
                Ok(Batch::Tokens { ids, length })
            }
            Dataset::Images(set) => {
                let together = set.info.together();
                let order = match together {
                    1 => self.order(set.train.len(), count, &set.info.name)?,
                    together => self.hands(set, count, together)?,
                };
                let mut noise = Rng::new(self.seed, Purpose::Binarize, self.seen);
                let mut varying = Rng::new(self.seed, Purpose::Vary, self.seen);
                let mut variation = None;
                let mut pixels = Vec::with_capacity(count * set.values());
                let mut labels = Vec::with_capacity(count);
                let mut captions = Vec::new();
                let mut said = Rng::new(self.seed, Purpose::Caption, self.seen);
                for (at, i) in order.into_iter().enumerate() {
                    if self.vary > 0.0 && at % together == 0 {
                        variation = Some(Variation::draw(self.vary, &mut varying));
                    }
                    let image = set.train.image(i);
                    match &variation {
                        None => push(&mut pixels, image, binarize, &mut noise),
                        Some(variation) => {
                            let image = variation.of(image, set.shape());
                            push(&mut pixels, &image, binarize, &mut noise);
                        }
                    }
                    let which = match set.train.captions() {
                        0 | 1 => 0,
                        several => said.below(several),
                    };
                    let caption = set.train.caption(i, which).iter();
                    captions.extend(caption.map(|&token| u32::from(token)));
                    labels.extend(set.train.label(i).map(u32::from));
                }
                self.seen += count as u64;
                let [channels, height, width] = set.shape();
                Ok(Batch::Images {
                    shape: [count, channels, height, width],
                    values: pixels,
                    labels,
                    captions,
                })
            }
            Dataset::Clips(set) => {
                let from = self.seen;
                self.seen += count as u64;
                let rng = |seen: u64| Rng::new(self.seed, Purpose::Data, seen);
                let drawn = (from..self.seen).map(|seen| set.draw(&mut rng(seen)));
                Ok(set.batch(drawn))
            }
            Dataset::Pairs(set) => {
                let from = self.seen;
                self.seen += count as u64;
                let rng = |seen: u64| Rng::new(self.seed, Purpose::Data, seen);
                let pairs = (from..self.seen).map(|seen| set.next(&mut rng(seen)));
                Ok(Batch::Pairs {
                    pairs: pairs.collect::<Result<_>>()?,
                })
            }
            Dataset::Scores(set) => {
                let from = self.seen;
                let order = self.order(set.train_len(), count, &set.info.name)?;
                self.seen += count as u64;
                let drawn = (from..).zip(order);
                let drawn = drawn.map(|(seen, i)| set.draw(i, &mut ScoreSet::key(self.seed, seen)));
                Ok(ScoreSet::batch(drawn))
            }
            Dataset::Grooves(set) => {
                let order = self.order(set.train_len(), count, &set.info.name)?;
                self.seen += count as u64;
                Ok(GrooveSet::batch(order.into_iter().map(|i| set.learned(i))))
            }
            Dataset::Functions(set) => {
                let from = self.seen;
                self.seen += count as u64;
                let rng = |seen: u64| Rng::new(self.seed, Purpose::Data, seen);
                Ok(set.batch((from..self.seen).map(|seen| set.prompt(&mut rng(seen)))))
            }
            Dataset::Episodes(set) => {
                let from = self.seen;
                self.seen += count as u64;
                let drawn = (from..self.seen).map(|seen| set.draw(self.seed, seen));
                Ok(EpisodeSet::batch(drawn))
            }
            Dataset::Paths(set) => {
                let from = self.seen;
                self.seen += count as u64;
                let drawn = (from..self.seen).map(|seen| set.draw(self.seed, seen));
                Ok(PathSet::batch(drawn))
            }
            Dataset::Points(set) if set.is_energy() => {
                self.seen += count as u64;
                Ok(Batch::Draws { count })
            }
            Dataset::Points(set) if set.train_len() == 0 => {
                let mut rng = Rng::new(self.seed, Purpose::Data, self.seen);
                self.seen += count as u64;
                Ok(set.draw_batch(&mut rng, count))
            }
            Dataset::Points(set) => {
                let order = self.order(set.train_len(), count, &set.info.name)?;
                self.seen += count as u64;
                Ok(set.batch(false, order.into_iter()))
            }
        }
    }

    /// Indices of the next `count` images of a set of hands: `together` classes of one hand after the other,
    /// and as many of the last as there is room for. An epoch shows every image of every hand once.
    fn hands(&mut self, set: &ImageSet, count: usize, together: usize) -> Result<Vec<usize>> {
        let classes = set.info.classes.len();
        let parts = classes / together;
        let units = set.train.len() / classes.max(1) * parts;
        // Every batch begins with a hand.
        let per_batch = count.div_ceil(together);
        let first = self.seen / count as u64 * per_batch as u64;
        let seen = std::mem::replace(&mut self.seen, first);
        let order = self.order(units, per_batch, &set.info.name);
        self.seen = seen;
        let mut out = Vec::with_capacity(per_batch * together);
        for (i, unit) in order?.into_iter().enumerate() {
            let (hand, part) = (unit / parts, unit % parts);
            let epoch = (first + i as u64) / units as u64;
            let mut rng = Rng::new(self.seed, Purpose::Data, (epoch << 32) + hand as u64);
            let shuffled = rng.permutation(classes);
            let these = &shuffled[part * together..(part + 1) * together];
            out.extend(these.iter().map(|&class| hand * classes + class as usize));
        }
        out.truncate(count);
        Ok(out)
    }

    /// Indices of the next `count` of `n` examples.
    fn order(&mut self, n: usize, count: usize, name: &str) -> Result<Vec<usize>> {
        if n == 0 {
            return Err(Error::BadData {
                name: name.into(),
                reason: "it has nothing to learn from".into(),
            });
        }
        let mut out = Vec::with_capacity(count);
        for seen in self.seen..self.seen + count as u64 {
            let (epoch, at) = (seen / n as u64, (seen % n as u64) as usize);
            let order = match self.epoch.take() {
                Some((e, order)) if e == epoch => order,
                _ => Rng::new(self.seed, Purpose::Shuffle, epoch).permutation(n),
            };
            out.push(order[at] as usize);
            self.epoch = Some((epoch, order));
        }
        Ok(out)
    }
}

/// Seed of the test set's fixed binarization: one for everybody, so that numbers compare.
pub const TEST_SEED: u64 = 20_131_220;

/// Held-out examples `start..start + count`; images with the fixed binarization of [`TEST_SEED`],
/// text as windows of `length` tokens one after the other. What is left of a text after its last
/// whole window is one more example, a shorter window, which comes in a batch of its own.
pub fn test_batch(
    set: &Dataset,
    start: usize,
    count: usize,
    length: usize,
    binarize: Binarize,
) -> Batch {
    match set {
        Dataset::Text(set) => {
            let (tokens, step) = (set.test(), length.max(1));
            let guesses = tokens.len().saturating_sub(1);
            let (whole, left) = (guesses / step, guesses % step);
            let (end, length) = match start < whole {
                true => (whole, step),
                false => (whole + usize::from(left > 0), left.max(1)),
            };
            let windows = start..(start + count).min(end);
            let ids = windows.flat_map(|i| text::window(tokens, i * step, length));
            Batch::Tokens {
                ids: ids.collect(),
                length,
            }
        }
        Dataset::Images(set) => test_images(set, start, count, binarize),
        Dataset::Clips(set) => {
            let end = (start + count).min(clips::TEST);
            set.batch((start.min(end)..end).map(|i| set.held_out(i)))
        }
        Dataset::Pairs(set) => {
            let end = (start + count).min(set.test_len());
            set.held_out(start.min(end)..end)
        }
        Dataset::Scores(set) => {
            let end = (start + count).min(set.test_len());
            ScoreSet::batch((start.min(end)..end).map(|i| set.held_out(i)))
        }
        Dataset::Grooves(set) => {
            let end = (start + count).min(set.test_len());
            GrooveSet::batch((start.min(end)..end).map(|i| set.held_out(i)))
        }
        Dataset::Functions(set) => {
            let end = (start + count).min(functions::TEST);
            set.batch((start.min(end)..end).map(|i| set.held_out(i)))
        }
        Dataset::Episodes(set) => {
            let end = (start + count).min(set.test_len());
            EpisodeSet::batch((start.min(end)..end).map(|i| set.held_out(i)))
        }
        Dataset::Paths(set) => {
            let end = (start + count).min(paths::TEST);
            PathSet::batch((start.min(end)..end).map(|i| set.held_out(i)))
        }
        Dataset::Points(set) if set.is_energy() => Batch::Draws { count },
        Dataset::Points(set) => {
            let end = (start + count).min(set.test_len());
            set.batch(true, start.min(end)..end)
        }
    }
}

/// As [`test_batch`], of images.
pub fn test_images(set: &ImageSet, start: usize, count: usize, binarize: Binarize) -> Batch {
    let end = (start + count).min(set.test.len());
    let (mut pixels, mut labels, mut captions) = (Vec::new(), Vec::new(), Vec::new());
    // Of a hand not always the same letters are examples for the others.
    let classes = match set.info.together() {
        1 => 1,
        _ => set.info.classes.len(),
    };
    for i in start.min(end)..end {
        let mut noise = Rng::new(TEST_SEED, Purpose::TestSet, i as u64);
        let hand = i / classes;
        let mut shuffle = Rng::new(TEST_SEED, Purpose::Shuffle, hand as u64);
        let i = match classes {
            1 => i,
            _ => hand * classes + shuffle.permutation(classes)[i % classes] as usize,
        };
        push(&mut pixels, set.test.image(i), binarize, &mut noise);
        labels.extend(set.test.label(i).map(u32::from));
        captions.extend(set.test.caption(i, 0).iter().map(|&token| u32::from(token)));
    }
    let [channels, height, width] = set.shape();
    Batch::Images {
        shape: [end - start.min(end), channels, height, width],
        values: pixels,
        labels,
        captions,
    }
}

fn push(out: &mut Vec<f32>, image: &[u8], binarize: Binarize, noise: &mut Rng) {
    match binarize {
        Binarize::Dynamic => out.extend(noise.bernoulli_pixels(image)),
        Binarize::None => out.extend(image.iter().map(|&p| f32::from(p) / 255.0)),
    }
}
