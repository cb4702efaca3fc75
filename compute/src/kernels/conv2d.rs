//! Two-dimensional convolution and transposed convolution.
//!
//! On the CPU [`host`] computes both and their gradients, for any stride, padding, dilation and
//! groups; elsewhere they are burn's.

pub mod host;
mod planes;
mod points;
mod tiles;
mod winograd;

use burn::tensor::{
    Tensor, module,
    ops::{ConvOptions, ConvTransposeOptions},
};

pub use self::planes::Shape;
use super::host::{Array, Kernel, apply, is_host};

/// The convolution of `x` with `weight`, plus `bias`.
///
/// # Shapes
/// - x: `[n, c_in, h, w]`
/// - weight: `[c_out, c_in / groups, kh, kw]`
/// - bias: `[c_out]`
/// - output: `[n, c_out, oh, ow]`
///
/// # Panics
/// If the shapes do not fit, or the kernel is larger than the padded image.
pub fn conv2d(
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Option<Tensor<1>>,
    options: ConvOptions<2>,
) -> Tensor<4> {
    if !is_host(&weight) {
        return module::conv2d(x, weight, bias, options);
    }
    let convolution = Convolution::new(x.dims(), weight.dims(), options);
    run(convolution, x, weight, bias)
}

/// [`conv2d`] with another bias for each image, such as one that says a time.
///
/// # Shapes
/// - bias: `[n, c_out]`, or `[1, c_out]`
/// - the others as there
///
/// # Panics
/// As there.
pub fn conv2d_biased(
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Tensor<2>,
    options: ConvOptions<2>,
) -> Tensor<4> {
    let [rows, c_out] = bias.dims();
    if !is_host(&weight) {
        return module::conv2d(x, weight, None, options) + bias.reshape([rows, c_out, 1, 1]);
    }
    assert!(
        (rows == 1 || rows == x.dims()[0]) && c_out == weight.dims()[0],
        "a bias for each channel, of each image or of all"
    );
    let convolution = Convolution::new(x.dims(), weight.dims(), options);
    run(convolution, x, weight, Some(bias))
}

/// The transposed convolution of `x` with `weight`, plus `bias`: each pixel of `x` adds the kernel,
/// scaled, to the output.
///
/// # Shapes
/// - x: `[n, c_in, h, w]`
/// - weight: `[c_in, c_out / groups, kh, kw]`
/// - bias: `[c_out]`
/// - output: `[n, c_out, oh, ow]`
///
/// # Panics
/// If the shapes do not fit, or the padding leaves nothing.
pub fn conv_transpose2d(
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Option<Tensor<1>>,
    options: ConvTransposeOptions<2>,
) -> Tensor<4> {
    if !is_host(&weight) {
        return module::conv_transpose2d(x, weight, bias, options);
    }
    let [n, c_in, h, w] = x.dims();
    let [c_in_too, each, kh, kw] = weight.dims();
    let groups = options.groups;
    assert!(
        c_in_too == c_in && c_in.is_multiple_of(groups),
        "{c_in} channels in {groups} groups fit the weight's [{c_in_too}, {each}, {kh}, {kw}]"
    );
    let image = |axis: usize, size: usize, kernel: usize| {
        let whole = (size - 1) * options.stride[axis]
            + (kernel - 1) * options.dilation[axis]
            + options.padding_out[axis]
            + 1;
        let cut = 2 * options.padding[axis];
        assert!(
            cut < whole,
            "padding that leaves something of {whole} pixels"
        );
        whole - cut
    };
    let shape = Shape {
        n,
        c_in: each * groups,
        c_out: c_in,
        groups,
        image: [image(0, h, kh), image(1, w, kw)],
        kernel: [kh, kw],
        out: [h, w],
        stride: options.stride,
        padding: options.padding,
        dilation: options.dilation,
    };
    let transposed = true;
    run(Convolution { shape, transposed }, x, weight, bias)
}

fn run<const B: usize>(
    kernel: Convolution,
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Option<Tensor<B>>,
) -> Tensor<4> {
    let mut inputs = vec![x.into_dispatch(), weight.into_dispatch()];
    inputs.extend(bias.map(Tensor::into_dispatch));
    apply(kernel, inputs)
}

/// From `image` to `out` of its shape, or, transposed, from `out` to `image`.
#[derive(Debug)]
struct Convolution {
    shape: Shape,
    transposed: bool,
}

impl Convolution {
    /// That of x `[n, c_in, h, w]` with a weight `[c_out, c_in / groups, kh, kw]`.
    fn new(
        [n, c_in, h, w]: [usize; 4],
        [c_out, each, kh, kw]: [usize; 4],
        options: ConvOptions<2>,
    ) -> Self {
        let groups = options.groups;
        assert!(
            each * groups == c_in && c_out.is_multiple_of(groups),
            "{c_in} channels in {groups} groups fit the weight's [{c_out}, {each}, {kh}, {kw}]"
        );
        let out = |axis: usize, size: usize, kernel: usize| {
            let (before, after) = options.padding[axis];
            let reach = (kernel - 1) * options.dilation[axis] + 1;
            let padded = size + before + after;
            assert!(
                reach <= padded,
                "a kernel that reaches over {reach} of {padded} pixels"
            );
            (padded - reach) / options.stride[axis] + 1
        };
        let shape = Shape {
            n,
            c_in,
            c_out,
            groups,
            image: [h, w],
            kernel: [kh, kw],
            out: [out(0, h, kh), out(1, w, kw)],
            stride: options.stride,
            padding: options.padding_begin(),
            dilation: options.dilation,
        };
        Self {
            shape,
            transposed: false,
        }
    }

    /// Extents of `image` and of `out`.
    fn dims(&self) -> [[usize; 4]; 2] {
        let Shape { n, image, out, .. } = self.shape;
        [
            [n, self.shape.c_in, image[0], image[1]],
            [n, self.shape.c_out, out[0], out[1]],
        ]
    }
}

impl Kernel for Convolution {
    fn forward(&self, inputs: Vec<Array>, training: bool) -> (Array, Vec<Array>) {
        let (x, w) = (inputs[0].values(), inputs[1].values());
        let bias = inputs.get(2).map(Array::values);
        let [image, out] = self.dims();
        let dims = if self.transposed { image } else { out };
        let mut y = vec![0f32; dims.iter().product()];
        match self.transposed {
            false => host::forward(&self.shape, x, w, bias, &mut y),
            true => host::back(&self.shape, x, w, bias, &mut y),
        }
        let y = Array::new(y, &dims);
        (y, if training { inputs } else { Vec::new() })
    }

    fn backward(&self, kept: Vec<Array>, grad: Array, wanted: &[bool]) -> Vec<Option<Array>> {
        let (x, w, dy) = (kept[0].values(), kept[1].values(), grad.values());
        let shape = &self.shape;
        let by_x = wanted[0].then(|| {
            let mut dx = vec![0f32; x.len()];
            match self.transposed {
                false => host::back(shape, dy, w, None, &mut dx),
                true => host::forward(shape, dy, w, None, &mut dx),
            }
            Array::new(dx, kept[0].dims())
        });
        let by_weight = wanted[1].then(|| {
            let dw = match self.transposed {
                false => host::weight_gradient(shape, x, dy),
                true => host::weight_gradient(shape, dy, x),
            };
            Array::new(dw, kept[1].dims())
        });
        let by_bias = (wanted.get(2) == Some(&true)).then(|| {
            let [_, _, h, w] = self.dims()[usize::from(!self.transposed)];
            let bias = &kept[2];
            let sums = host::bias_gradient(dy, bias.values().len(), h * w);
            Array::new(sums, bias.dims())
        });
        vec![by_x, by_weight, by_bias]
    }
}
