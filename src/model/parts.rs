//! A training step in parts: what each gives, and their sum.

use std::{borrow::Cow, ops::Range};

use super::{Family, Losses, plain};
use crate::{
    data::Batch,
    error::Result,
    kernels::gemm::FEW,
    optim::{Gradients, Optimizer, add_gradients},
    rng::Rng,
};

/// A batch in the parts whose gradients are summed, each with its share of the whole: of at most `most` examples,
/// none of which ends between `together` that belong together. The parts are as even as that allows and an even
/// number of them, so that two workers have the same to do; they follow from the batch alone.
pub fn parts(batch: &Batch, most: usize, together: usize) -> Vec<(Cow<'_, Batch>, f64)> {
    batch.parts(part_size(batch.len(), most, together))
}

/// How many parts a batch of `count` examples has, as [`parts`] makes them.
pub fn part_count(count: usize, most: usize, together: usize) -> usize {
    match part_size(count, most, together).max(1) {
        size if size >= count => 1,
        size => count.div_ceil(size),
    }
}

/// Examples of a part.
fn part_size(count: usize, most: usize, together: usize) -> usize {
    let together = together.max(1);
    if count <= most || !count.is_multiple_of(together) {
        return most;
    }
    let groups = count / together;
    let parts = groups.div_ceil((most / together).max(1));
    groups.div_ceil(parts.next_multiple_of(2)) * together
}

/// `count` samples in parts of neighbours, which follow from their number alone. What becomes of a sample is the same to
/// the last bit in its part and among all: none has so few that products of matrices add up in another order, unless all
/// together are so few.
pub fn sample_parts(count: usize) -> Vec<Range<usize>> {
    let least = if count > FEW { FEW + 1 } else { 1 };
    let parts = (count / least).max(1);
    let at = |i: usize| if i == parts { count } else { i * least };
    (0..parts).map(|i| at(i)..at(i + 1)).collect()
}

/// Losses and gradients of a part of a batch, or of several.
#[derive(Clone, Debug, Default)]
pub struct Sum {
    /// Named losses, each times the share of the whole batch, outside autodiff.
    pub losses: Losses,
    /// The gradient of the first of them by each parameter that it depends on.
    pub gradients: Gradients,
}

impl Sum {
    /// Losses and gradients of a part that is such a share of its batch.
    ///
    /// # Errors
    /// What the device reports.
    pub fn of<F: Family>(model: &F, part: &Batch, share: f64, rng: &mut Rng) -> Result<Self> {
        let mut losses = model.training_losses(part, rng)?;
        if share < 1.0 {
            let each = losses.into_iter();
            losses = each.map(|(name, loss)| (name, loss * share)).collect();
        }
        let gradients = match losses.first() {
            Some((_, loss)) => Optimizer::gradients(model.net(), loss),
            None => Gradients::new(),
        };
        Ok(Self {
            losses: plain(losses),
            gradients,
        })
    }

    /// Adds the next part. Sums of the same parts in the same order are the same to the last bit.
    pub fn add(&mut self, next: Self) {
        if self.losses.is_empty() {
            *self = next;
            return;
        }
        let losses = std::mem::take(&mut self.losses).into_iter();
        let pairs = losses.zip(next.losses);
        self.losses = pairs.map(|((name, a), (_, b))| (name, a + b)).collect();
        add_gradients(&mut self.gradients, next.gradients);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_samples_are_not_too_small_for_their_number() {
        let sizes = |count| -> Vec<usize> { sample_parts(count).iter().map(Range::len).collect() };
        assert_eq!(sizes(1), [1]);
        assert_eq!(sizes(3), [1, 1, 1]);
        assert_eq!(sizes(7), [7]);
        assert_eq!(sizes(11), [4, 7]);
        assert_eq!(sizes(16), [4; 4]);
        for count in 1..60 {
            let parts = sample_parts(count);
            let all: Vec<usize> = parts.into_iter().flatten().collect();
            assert_eq!(all, (0..count).collect::<Vec<_>>());
        }
    }

    #[test]
    fn parts_are_even_and_do_not_come_between_what_belongs_together() {
        for (count, most, together, size) in [
            (12, 8, 1, 6),
            (16, 8, 1, 8),
            (32, 16, 1, 16),
            (33, 16, 1, 9),
            (17, 8, 1, 5),
            (60, 24, 12, 24),
            (96, 24, 12, 24),
            (96, 12, 12, 12),
            (61, 24, 12, 24),
            (5, 8, 1, 8),
            (5, usize::MAX, 1, usize::MAX),
            (3, 0, 1, 1),
        ] {
            assert_eq!(
                part_size(count, most, together),
                size,
                "{count} {most} {together}"
            );
        }
    }
}
