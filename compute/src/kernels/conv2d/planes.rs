//! Images as planes of numbers in which every tap of a kernel is a fixed distance away.

/// The shapes of a convolution from `image` to `out`. A transposed convolution is the same, read
/// from `out` to `image`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Images in the batch.
    pub n: usize,
    /// Channels of `image`.
    pub c_in: usize,
    /// Channels of `out`.
    pub c_out: usize,
    /// Parts of the channels that do not see each other.
    pub groups: usize,
    /// Height and width of `image`.
    pub image: [usize; 2],
    /// Height and width of the kernel.
    pub kernel: [usize; 2],
    /// Height and width of `out`.
    pub out: [usize; 2],
    /// Steps of the kernel.
    pub stride: [usize; 2],
    /// Zeros around `image`.
    pub padding: [usize; 2],
    /// Distances between the kernel's taps.
    pub dilation: [usize; 2],
}

impl Shape {
    /// Numbers of one image on the input's side.
    pub(super) fn image_size(&self) -> usize {
        self.c_in * self.image[0] * self.image[1]
    }

    /// Numbers of one image on the output's side.
    pub(super) fn out_size(&self) -> usize {
        self.c_out * self.out[0] * self.out[1]
    }

    /// Numbers in the weight.
    pub(super) fn weight_size(&self) -> usize {
        self.c_out * self.c_in / self.groups * self.kernel[0] * self.kernel[1]
    }

    /// Panics unless slices have these sizes.
    pub(super) fn check(&self, image: usize, weight: usize, out: usize) {
        assert!(
            image == self.n * self.image_size()
                && weight == self.weight_size()
                && out == self.n * self.out_size(),
            "slices have the sizes of {self:?}"
        );
    }
}

/// How planes lie along one axis.
#[derive(Debug, Clone, Copy)]
pub struct Axis {
    pub stride: usize,
    pub padding: usize,
    pub dilation: usize,
    pub image: usize,
    pub out: usize,
    pub kernel: usize,
    /// The first place of `image`, in strides.
    pub first: usize,
    /// Zeros before each row of `out`.
    pub lead: usize,
    /// From one row to the next.
    pub pitch: usize,
}

impl Axis {
    pub fn new(shape: &Shape, axis: usize) -> Self {
        let (stride, padding) = (shape.stride[axis], shape.padding[axis]);
        let (image, out) = (shape.image[axis], shape.out[axis]);
        let first = padding / stride;
        let far = (shape.kernel[axis] - 1) * shape.dilation[axis] / stride;
        let lead = far.saturating_sub(first);
        Self {
            stride,
            padding,
            dilation: shape.dilation[axis],
            image,
            out,
            kernel: shape.kernel[axis],
            first,
            lead,
            pitch: (padding + image).div_ceil(stride).max(out + lead),
        }
    }

    /// Phase and distance of a tap.
    pub fn tap(&self, k: usize) -> (usize, usize) {
        let at = k * self.dilation;
        (at % self.stride, at / self.stride)
    }

    /// How a row of `image` lies in the plane of a phase.
    pub fn image_row(&self, phase: usize) -> Row {
        // Place c holds stride · c + phase − padding.
        let from = self.padding.saturating_sub(phase).div_ceil(self.stride);
        let end = (self.padding + self.image).saturating_sub(phase);
        Row {
            from,
            to: end.div_ceil(self.stride).max(from),
            start: (from * self.stride + phase).saturating_sub(self.padding),
            step: self.stride,
        }
    }

    /// How a row of `out` lies in its plane.
    pub fn out_row(&self) -> Row {
        Row {
            from: self.lead,
            to: self.lead + self.out,
            start: 0,
            step: 1,
        }
    }

    /// How a row of `image` lies in what is computed of a phase: the places from `first` on.
    pub fn computed_row(&self, phase: usize) -> Row {
        let row = self.image_row(phase);
        Row {
            from: row.from - self.first,
            to: row.to - self.first,
            ..row
        }
    }
}

/// Places `from` to `to` hold every `step`th number from `start` on.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    pub from: usize,
    pub to: usize,
    pub start: usize,
    pub step: usize,
}

/// The planes of some images.
#[derive(Debug, Clone, Copy)]
pub struct Grid {
    pub rows: Axis,
    pub columns: Axis,
    pub images: usize,
    /// From one image to the next in a plane.
    pub image: usize,
    /// From one plane to the next.
    pub plane: usize,
}

/// Numbers that a tile may read beyond the last place.
const SLACK: usize = 64;

impl Grid {
    pub fn new(shape: &Shape, images: usize) -> Self {
        let (rows, columns) = (Axis::new(shape, 0), Axis::new(shape, 1));
        let image = rows.pitch * columns.pitch;
        let reach = |a: &Axis| (a.kernel - 1) * a.dilation / a.stride + a.first + a.lead + 1;
        Self {
            rows,
            columns,
            images,
            image,
            plane: images * image + reach(&rows) * columns.pitch + reach(&columns) + SLACK,
        }
    }

    /// Phases of each channel of `image`.
    pub fn phases(&self) -> usize {
        self.rows.stride * self.columns.stride
    }

    /// From a place in the planes of `image` to what a tap reads there, for a channel.
    pub fn offset(&self, channel: usize, [ky, kx]: [usize; 2]) -> usize {
        let ((ry, dy), (rx, dx)) = (self.rows.tap(ky), self.columns.tap(kx));
        let plane = (channel * self.rows.stride + ry) * self.columns.stride + rx;
        plane * self.plane + dy * self.columns.pitch + dx
    }

    /// From a computed place of `image` to what a tap reads in the planes of `out`.
    pub fn offset_back(&self, channel: usize, [ky, kx]: [usize; 2]) -> usize {
        let back = |a: &Axis, k: usize| a.first + a.lead - a.tap(k).1;
        let (dy, dx) = (back(&self.rows, ky), back(&self.columns, kx));
        channel * self.plane + dy * self.columns.pitch + dx
    }

    /// Copies images into planes: one for each channel and each pair of rows and columns.
    pub fn lay(
        &self,
        images: &[f32],
        [h, w]: [usize; 2],
        ways: &[[Row; 2]],
        planes: &mut Vec<f32>,
    ) {
        let pitch = self.columns.pitch;
        let channels = images.len() / (self.images * h * w);
        planes.resize(channels * ways.len() * self.plane, 0.0);
        for (p, plane) in planes.chunks_exact_mut(self.plane).enumerate() {
            let (channel, [rows, columns]) = (p / ways.len(), ways[p % ways.len()]);
            let (lines, tail) = plane.split_at_mut(self.images * self.image);
            tail.fill(0.0);
            for (i, line) in lines.chunks_exact_mut(pitch).enumerate() {
                let (image, row) = (i / self.rows.pitch, i % self.rows.pitch);
                if !(rows.from..rows.to).contains(&row) || columns.from == columns.to {
                    line.fill(0.0);
                    continue;
                }
                let row = rows.start + (row - rows.from) * rows.step;
                let from = ((image * channels + channel) * h + row) * w + columns.start;
                let from = &images[from..];
                line[..columns.from].fill(0.0);
                line[columns.to..].fill(0.0);
                let line = &mut line[columns.from..columns.to];
                match columns.step {
                    1 => line.copy_from_slice(&from[..line.len()]),
                    step => line
                        .iter_mut()
                        .zip(from.iter().step_by(step))
                        .for_each(|(to, from)| *to = *from),
                }
            }
        }
    }

    /// All pairs of phases.
    pub fn image_ways(&self, row: impl Fn(&Axis, usize) -> Row) -> Vec<[Row; 2]> {
        let mut ways = Vec::with_capacity(self.phases());
        for ry in 0..self.rows.stride {
            for rx in 0..self.columns.stride {
                ways.push([row(&self.rows, ry), row(&self.columns, rx)]);
            }
        }
        ways
    }

    /// The planes of `image`, by phases.
    pub fn lay_image(&self, x: &[f32], planes: &mut Vec<f32>) {
        let ways = self.image_ways(Axis::image_row);
        self.lay(x, [self.rows.image, self.columns.image], &ways, planes);
    }

    /// The planes of `out`.
    pub fn lay_out(&self, dy: &[f32], planes: &mut Vec<f32>) {
        let ways = [[self.rows.out_row(), self.columns.out_row()]];
        self.lay(dy, [self.rows.out, self.columns.out], &ways, planes);
    }
}
