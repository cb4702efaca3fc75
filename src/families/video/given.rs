//! Which pixels of clips are given.

use burn::tensor::{Device, Tensor, TensorData};

use crate::rng::Rng;

/// Which pixels of clips are given: of one clip or of several, frame by frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Given {
    frames: usize,
    /// Pixels of a frame.
    pixels: usize,
    /// 1 for each pixel that is given, else 0: `clips · frames · pixels`.
    mask: Vec<f32>,
}

/// Least and most share of a side that a part has which is painted anew in all frames.
const PART: [f32; 2] = [0.3, 0.7];

impl Given {
    /// Of one clip nothing.
    pub fn nothing([frames, _, height, width]: [usize; 4]) -> Self {
        Self {
            frames,
            pixels: height * width,
            mask: vec![0.0; frames * height * width],
        }
    }

    /// Of one clip the first frames, and the last.
    pub fn ends(size: [usize; 4], [first, last]: [usize; 2]) -> Self {
        let mut given = Self::nothing(size);
        let (frames, pixels) = (given.frames, given.pixels);
        for frame in (0..frames).filter(|&f| f < first || f + last >= frames) {
            given.mask[frame * pixels..(frame + 1) * pixels].fill(1.0);
        }
        given
    }

    /// Of one clip the pixels all of whose values are known.
    pub fn of(known: &[Option<f32>], [frames, channels, height, width]: [usize; 4]) -> Self {
        let pixels = height * width;
        let at = |i: usize| {
            let (frame, pixel) = (i / pixels, i % pixels);
            let value = |c: usize| known.get((frame * channels + c) * pixels + pixel);
            (0..channels).all(|c| matches!(value(c), Some(Some(_))))
        };
        let mask = (0..frames * pixels).map(|i| f32::from(u8::from(at(i))));
        Self {
            frames,
            pixels,
            mask: mask.collect(),
        }
    }

    /// What is given of the `n` clips of a training step: of a third nothing, of half the first frames,
    /// mostly one half of them, of others both ends, or all but a part of each frame.
    pub fn draw(n: usize, size: [usize; 4], rng: &mut Rng) -> Self {
        let [frames, _, height, width] = size;
        let mut all = Self {
            mask: Vec::new(),
            ..Self::nothing(size)
        };
        for _ in 0..n {
            let one = match rng.below(20) {
                0..7 => Self::nothing(size),
                7..12 => Self::ends(size, [frames / 2, 0]),
                12..15 => Self::ends(size, [1 + rng.below(frames.max(2) - 1), 0]),
                15..18 => {
                    let most = (frames / 2).max(2) - 1;
                    Self::ends(size, [1 + rng.below(most), 1 + rng.below(most)])
                }
                _ => Self::all_but([frames, height, width], rng),
            };
            all.mask.extend(one.mask);
        }
        all
    }

    /// Of one clip all but the same part of each frame.
    fn all_but([frames, height, width]: [usize; 3], rng: &mut Rng) -> Self {
        let mut part = |side: usize| {
            let share = PART[0] + (PART[1] - PART[0]) * rng.unit() as f32;
            let long = ((side as f32 * share) as usize).clamp(1, side);
            let from = rng.below(side - long + 1);
            from..from + long
        };
        let (rows, columns) = (part(height), part(width));
        let pixels = height * width;
        let at = |i: usize| {
            let (y, x) = (i % pixels / width, i % width);
            f32::from(u8::from(!(rows.contains(&y) && columns.contains(&x))))
        };
        Self {
            frames,
            pixels,
            mask: (0..frames * pixels).map(at).collect(),
        }
    }

    fn clips(&self) -> usize {
        self.mask.len() / (self.frames * self.pixels).max(1)
    }

    /// The mask of `n` clips, `[n · frames, 1, height, width]`.
    pub(super) fn tensor(
        &self,
        n: usize,
        [height, width]: [usize; 2],
        device: &Device,
    ) -> Tensor<4> {
        let (clips, frames) = (self.clips(), self.frames);
        let data = TensorData::new(self.mask.clone(), [clips * frames, 1, height, width]);
        let mask = Tensor::from_data(data, device);
        match clips == n {
            true => mask,
            false => mask.repeat_dim(0, n),
        }
    }

    /// The time of each frame of `n` clips: that of its clip, and 0, where no noise is, for one all of which
    /// is given.
    pub(super) fn times(&self, n: usize, times: &[f64]) -> Vec<f64> {
        let whole: Vec<bool> = (self.mask.chunks_exact(self.pixels))
            .map(|frame| frame.iter().all(|&m| m == 1.0))
            .collect();
        let time = |i: usize| match whole[i % whole.len()] {
            true => 0.0,
            false => times[(i / self.frames) % times.len()],
        };
        (0..n * self.frames).map(time).collect()
    }

    /// Pixels of `n` clips that are not given.
    pub(super) fn unknown(&self, n: usize) -> usize {
        let unknown = self.mask.iter().filter(|&&m| m == 0.0).count();
        unknown * n / self.clips().max(1)
    }
}
