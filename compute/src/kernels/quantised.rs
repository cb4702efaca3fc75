//! Products with quantised weights in a GPU's memory.
//!
//! The weights stay as whole numbers of few bits ([`Units`]) and are unpacked as they are multiplied, so that a
//! token moves a fifth of the bytes that plain numbers would. On the host nothing of this is used: there weights are
//! multiplied as they lie in the file ([`Matrix::times`]).

use burn::tensor::{DType, Device, Int, Tensor, TensorData};

use super::linear::linear_transposed;
use crate::quantised::{
    matrix::Matrix,
    units::{Units, WORDS, weights},
};

/// A matrix `[rows, columns]` in a device's memory. Clones share it.
#[derive(Debug, Clone)]
#[allow(clippy::large_enum_variant)] // There are few, and they are handles.
pub enum DeviceMatrix {
    /// Numbers of 32 bits.
    Plain(Tensor<2>),
    /// Whole numbers of few bits.
    Units {
        /// Bits of a weight.
        bits: usize,
        /// `[units, rows, 4]`, 32 bits each.
        words: Tensor<3, Int>,
        /// `[units, rows, 2]`: d and m of w = d·q + m.
        worth: Tensor<3>,
    },
}

impl DeviceMatrix {
    /// `matrix` on a device.
    pub fn new(matrix: &Matrix, device: &Device) -> Self {
        let [rows, columns] = matrix.dims();
        let Some(all) = Units::of(matrix) else {
            let numbers = TensorData::new(matrix.numbers(), [rows, columns]);
            return Self::Plain(Tensor::from_data(numbers, device));
        };
        let units = columns / weights(all.bits);
        let words = TensorData::new(all.words, [units, rows, WORDS]);
        let worth = TensorData::new(all.worth, [units, rows, 2]);
        Self::Units {
            bits: all.bits,
            words: Tensor::from_data(words, (device, DType::I32)),
            worth: Tensor::from_data(worth, device),
        }
    }

    /// x Wᵀ.
    ///
    /// # Shapes
    /// - x: `[n, columns]`
    /// - output: `[n, rows]`
    pub fn times(&self, x: Tensor<2>) -> Tensor<2> {
        match self {
            Self::Plain(numbers) => linear_transposed(x, numbers.clone()),
            Self::Units { bits, words, worth } => product(x, *bits, words.clone(), worth.clone()),
        }
    }
}

/// In the browser's WebGPU module our own kernel; elsewhere the formula.
fn product(x: Tensor<2>, bits: usize, words: Tensor<3, Int>, worth: Tensor<3>) -> Tensor<2> {
    #[cfg(all(feature = "webgpu", target_family = "wasm"))]
    if !super::host::is_host(&x) {
        return super::webgpu::quantised_matmul::quantised_matmul(x, words, worth, bits);
    }
    x.matmul(unpacked(bits, words, worth).transpose())
}

/// All numbers: `[rows, columns]`.
fn unpacked(bits: usize, words: Tensor<3, Int>, worth: Tensor<3>) -> Tensor<2> {
    let [units, rows, _] = words.dims();
    let each = (0..32).step_by(bits).map(|from| {
        let shifted = words.clone().bitwise_right_shift_scalar(from);
        shifted.bitwise_and_scalar((1 << bits) - 1)
    });
    let q: Tensor<4, Int> = Tensor::stack(each.collect(), 3);
    let q = q.float().reshape([units, rows, weights(bits)]);
    let d = worth.clone().slice([0..units, 0..rows, 0..1]);
    let m = worth.slice([0..units, 0..rows, 1..2]);
    let numbers = q * d + m;
    numbers
        .swap_dims(0, 1)
        .reshape([rows, units * weights(bits)])
}
