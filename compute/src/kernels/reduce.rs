//! Sums and means over long axes that keep their digits.
//!
//! burn's sums over rows keep one accumulator in single precision: over a million rows it stops
//! growing long before the end. Here a long axis is summed in blocks, and then the blocks. Axes that
//! are no longer than a block go to burn as they are.

use burn::tensor::Tensor;

/// Rows in a block.
const BLOCK: usize = 1024;

/// Σ over rows.
///
/// # Shapes
/// - x: `[n, d]`
/// - output: `[1, d]`
pub fn sum_rows(x: Tensor<2>) -> Tensor<2> {
    let [n, d] = x.dims();
    if n <= BLOCK {
        return x.sum_dim(0);
    }
    let blocks = n / BLOCK;
    let whole = blocks * BLOCK;
    let sums = |x: Tensor<2>| -> Tensor<2> {
        let sums = x.reshape([blocks, BLOCK, d]).sum_dim(1);
        sums.reshape([blocks, d])
    };
    if whole == n {
        return sum_rows(sums(x));
    }
    let rest = x.clone().slice([whole..n, 0..d]).sum_dim(0);
    let parts = vec![sums(x.slice([0..whole, 0..d])), rest];
    sum_rows(Tensor::cat(parts, 0))
}

/// The mean over rows, `[n, d]` → `[1, d]`.
pub fn mean_rows(x: Tensor<2>) -> Tensor<2> {
    let n = x.dims()[0];
    match n <= BLOCK {
        true => x.mean_dim(0),
        false => sum_rows(x) / n as f64,
    }
}

/// Σ over everything, `[1]`.
pub fn sum<const D: usize>(x: Tensor<D>) -> Tensor<1> {
    let n = x.dims().iter().product::<usize>();
    if n <= BLOCK {
        return x.sum();
    }
    sum_rows(x.reshape([n, 1])).reshape([1])
}

/// The mean over everything, `[1]`.
pub fn mean<const D: usize>(x: Tensor<D>) -> Tensor<1> {
    let n = x.dims().iter().product::<usize>();
    match n <= BLOCK {
        true => x.mean(),
        false => sum(x) / n as f64,
    }
}

/// x + b in every row; the gradient by b is a sum over rows, in blocks.
///
/// # Shapes
/// - x: `[n, d]`
/// - bias: `[d]`
/// - output: `[n, d]`
pub fn add_bias(x: Tensor<2>, bias: Tensor<1>) -> Tensor<2> {
    let [n, d] = x.dims();
    if n <= BLOCK {
        return x + bias.unsqueeze();
    }
    let blocks = n / BLOCK;
    let whole = blocks * BLOCK;
    // Spread over the blocks first and then within each, so that the gradient is summed within blocks
    // and then over them.
    let spread = |x: Tensor<2>| -> Tensor<2> {
        let x = x.reshape([blocks, BLOCK, d]);
        let zeros = Tensor::<3>::zeros([blocks, 1, d], &bias.device());
        let sum = x + (zeros + bias.clone().reshape([1, 1, d]));
        sum.reshape([whole, d])
    };
    if whole == n {
        return spread(x);
    }
    let rest = x.clone().slice([whole..n, 0..d]) + bias.clone().unsqueeze();
    Tensor::cat(vec![spread(x.slice([0..whole, 0..d])), rest], 0)
}

#[cfg(test)]
#[allow(clippy::disallowed_methods)] // Only CPU tensors are read.
mod tests {
    use burn::tensor::TensorData;

    use super::*;
    use crate::device;

    /// Positive numbers, so that nothing cancels.
    fn column(i: usize, d: usize) -> f32 {
        1.0 + (i % 7) as f32 * 0.1 + (i % d) as f32
    }

    fn rows(n: usize, d: usize) -> (Tensor<2>, Vec<f64>) {
        let values: Vec<f32> = (0..n * d).map(|i| column(i, d)).collect();
        let sums = (0..d).map(|c| values[c..].iter().step_by(d).map(|&v| f64::from(v)).sum());
        let sums = sums.collect();
        let device = device::cpu().autodiff();
        (
            Tensor::from_data(TensorData::new(values, [n, d]), &device),
            sums,
        )
    }

    fn floats<const D: usize>(t: Tensor<D>) -> Vec<f64> {
        let values: Vec<f32> = t
            .without_autodiff()
            .into_data()
            .try_into_vec()
            .expect("floats");
        values.into_iter().map(f64::from).collect()
    }

    fn close(got: &[f64], want: &[f64], what: &str) {
        assert_eq!(got.len(), want.len(), "{what}");
        for (got, want) in got.iter().zip(want) {
            assert!((got / want - 1.0).abs() < 3e-6, "{what}: {got}, {want}");
        }
    }

    #[test]
    fn a_million_rows_keep_their_digits() {
        // Whole blocks, blocks and a rest, blocks of blocks and a rest, less than a block.
        for (n, d) in [(1_048_576, 2), (1_000_000, 3), (5000, 4), (1024, 2), (7, 3)] {
            let (x, sums) = rows(n, d);
            let total = [sums.iter().sum::<f64>()];
            let means: Vec<f64> = sums.iter().map(|s| s / n as f64).collect();
            close(&floats(sum_rows(x.clone())), &sums, "sums of columns");
            close(&floats(mean_rows(x.clone())), &means, "means of columns");
            close(&floats(sum(x.clone())), &total, "sum");
            close(&floats(mean(x)), &[total[0] / (n * d) as f64], "mean");
        }
    }

    #[test]
    fn gradients_reach_every_number_once() {
        for (n, d) in [(1_000_000, 3), (3000, 2), (64, 2)] {
            let (x, sums) = rows(n, d);
            // Σ w (x + b): by x it is w, by b the sums of w's columns.
            let input = x.clone().detach().require_grad();
            let bias = Tensor::<1>::ones([d], &device::cpu().autodiff()).require_grad();
            let loss = sum(add_bias(input.clone(), bias.clone()) * x.clone());
            let found = loss.backward();
            let by_bias = bias.grad(&found).expect("a gradient");
            close(&floats(by_bias), &sums, "by the bias");
            let by_x = input.grad(&found).expect("a gradient");
            let error: f32 = (by_x - x.clone().without_autodiff())
                .abs()
                .max()
                .into_scalar();
            assert_eq!(error, 0.0, "by x");
            let input = x.detach().require_grad();
            let found = mean_rows(input.clone()).sum().backward();
            let by_x = floats(input.grad(&found).expect("a gradient"));
            assert!(by_x.iter().all(|g| (g * n as f64 - 1.0).abs() < 1e-6));
        }
    }
}
