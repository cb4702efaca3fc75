//! burn's convolutions on our kernel.

use burn::{
    nn::{
        PaddingConfig2d,
        conv::{Conv2d, ConvTranspose2d},
    },
    tensor::{
        Tensor,
        ops::{ConvOptions, ConvTransposeOptions},
    },
};

use crate::kernels::{
    activation::Activation,
    conv2d::{conv_transpose2d, conv2d, conv2d_biased},
    linear::linear,
};

/// Stride, padding, dilation and groups of a layer for images of `h` × `w`.
fn options(layer: &Conv2d, [h, w]: [usize; 2]) -> ConvOptions<2> {
    let same = |axis: usize, size: usize| {
        let reach = (layer.kernel_size[axis] - 1) * layer.dilation[axis] + 1;
        let wanted = (size.div_ceil(layer.stride[axis]).max(1) - 1) * layer.stride[axis] + reach;
        let padding = wanted.saturating_sub(size);
        (padding / 2, padding.div_ceil(2))
    };
    let padding = match layer.padding {
        PaddingConfig2d::Valid => [(0, 0); 2],
        PaddingConfig2d::Explicit(top, left, bottom, right) => [(top, bottom), (left, right)],
        PaddingConfig2d::Same => [same(0, h), same(1, w)],
    };
    ConvOptions::new_with_padding(layer.stride, padding, layer.dilation, layer.groups)
}

/// A convolution.
///
/// # Shapes
/// - x: `[n, c_in, h, w]`
/// - output: `[n, c_out, oh, ow]`
pub fn conv(layer: &Conv2d, x: Tensor<4>) -> Tensor<4> {
    let [_, _, h, w] = x.dims();
    let bias = layer.bias.as_ref().map(|bias| bias.val());
    conv2d(x, layer.weight.val(), bias, options(layer, [h, w]))
}

/// A convolution with `shift` added to each channel.
///
/// # Shapes
/// - shift: `[n, c_out]`, or `[1, c_out]` for all images
/// - the others as [`conv`]
pub fn conv_shifted(layer: &Conv2d, x: Tensor<4>, shift: Tensor<2>) -> Tensor<4> {
    let [_, _, h, w] = x.dims();
    let bias = match &layer.bias {
        Some(bias) => shift + bias.val().unsqueeze(),
        None => shift,
    };
    conv2d_biased(x, layer.weight.val(), bias, options(layer, [h, w]))
}

/// A 3×3 convolution of the image at twice its size, each pixel four times.
///
/// The same numbers come from one transposed convolution of the image as it is, whose 4×4 kernel is
/// the sum of the four kernels that are shifted by a pixel: fewer than half of the products.
///
/// # Shapes
/// - x: `[n, c_in, h, w]`
/// - output: `[n, c_out, 2h, 2w]`
pub fn conv_upsampled(layer: &Conv2d, x: Tensor<4>) -> Tensor<4> {
    // Along an axis the pixel i adds w[t] x[i] to outputs o = 2i + 1 − t and 2i + 2 − t, which a
    // transposed convolution of stride 2 and padding 1 calls o = 2i − 1 + k.
    let mut spread = [[0f32; 16]; 9];
    for (t, row) in spread.iter_mut().enumerate() {
        for (ky, kx) in [(2, 2), (2, 3), (3, 2), (3, 3)] {
            row[(ky - t / 3) * 4 + kx - t % 3] = 1.0;
        }
    }
    let [c_out, c_in, _, _] = layer.weight.dims();
    let weight = layer.weight.val();
    let spread = Tensor::<2>::from_floats(spread, &weight.device());
    let weight = linear(
        weight.reshape([c_out * c_in, 9]),
        spread,
        None,
        Activation::Identity,
    );
    let weight = weight.reshape([c_out, c_in, 4, 4]).swap_dims(0, 1);
    let options = ConvTransposeOptions::new([2, 2], [1, 1], [0, 0], [1, 1], 1);
    let bias = layer.bias.as_ref().map(|bias| bias.val());
    conv_transpose2d(x, weight, bias, options)
}

/// A transposed convolution.
///
/// # Shapes
/// As [`conv`].
pub fn conv_transpose(layer: &ConvTranspose2d, x: Tensor<4>) -> Tensor<4> {
    let options = ConvTransposeOptions::new(
        layer.stride,
        layer.padding,
        layer.padding_out,
        layer.dilation,
        layer.groups,
    );
    let bias = layer.bias.as_ref().map(|bias| bias.val());
    conv_transpose2d(x, layer.weight.val(), bias, options)
}
