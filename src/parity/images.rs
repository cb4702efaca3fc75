//! Convolutions, group norm and the U-Net.

use burn::tensor::{Tensor, TensorData, ops::ConvOptions};

use super::{Suite, floats, missing};
use crate::{
    error::Result,
    kernels::{conv2d::conv2d, group_norm::group_norm},
    nn::{
        conv::{conv, conv_transpose, conv_upsampled},
        init,
        unet::{Told, UNet, UNetConfig},
        weights,
    },
    optim::{Hyper, Optimizer},
    rng::{Purpose, Rng},
};

impl Suite {
    pub(super) async fn images(&mut self) -> Result<()> {
        for [n, c_in, c_out, height, width] in [
            [16, 1, 16, 28, 28],
            [16, 16, 32, 14, 14],
            [1, 1, 16, 28, 28],
            [3, 1, 16, 8, 12],
        ] {
            let name = format!("convolution [{n}, {c_in}, {height}, {width}] → {c_out}");
            let mut rng = Rng::new(3, Purpose::Init, c_in as u64);
            let layer = init::conv_down(c_in, c_out, &mut rng, &self.autodiff());
            let x = self.tracked([n, c_in, height, width]);
            let y = conv(&layer, x.clone());
            self.layer(&name, x, y, layer.weight.val(), layer.bias.map(|b| b.val()))
                .await?;
        }
        for [n, c_in, c_out, height, width] in [
            [16, 32, 16, 7, 7],
            [16, 16, 1, 14, 14],
            [1, 32, 16, 7, 7],
            [3, 32, 16, 2, 3],
        ] {
            let name = format!("transposed convolution [{n}, {c_in}, {height}, {width}] → {c_out}");
            let mut rng = Rng::new(4, Purpose::Init, c_in as u64);
            let layer = init::conv_up(c_in, c_out, 1.0, &mut rng, &self.autodiff());
            let x = self.tracked([n, c_in, height, width]);
            let y = conv_transpose(&layer, x.clone());
            self.layer(&name, x, y, layer.weight.val(), layer.bias.map(|b| b.val()))
                .await?;
        }
        for [n, c_in, c_out, side, kernel, doubled] in [
            [2, 32, 32, 28, 3, 0],
            [2, 64, 48, 7, 3, 0],
            [2, 24, 16, 14, 1, 0],
            [2, 16, 8, 7, 3, 1],
        ] {
            let name = format!(
                "convolution {kernel} × {kernel} [{n}, {c_in}, {side}, {side}] → {c_out}, doubled {doubled}"
            );
            let mut rng = Rng::new(5, Purpose::Init, c_in as u64);
            let layer = init::conv([c_in, c_out], kernel, 1, 1.0, &mut rng, &self.autodiff());
            let x = self.tracked([n, c_in, side, side]);
            let y = match doubled {
                0 => conv(&layer, x.clone()),
                _ => conv_upsampled(&layer, x.clone()),
            };
            self.layer(&name, x, y, layer.weight.val(), layer.bias.map(|b| b.val()))
                .await?;
        }
        let weight = self.tracked([6, 2, 3, 2]);
        let x = self.tracked([2, 4, 9, 8]);
        let options = ConvOptions::new([2, 1], [1, 0], [1, 2], 2);
        let y = conv2d(x.clone(), weight.clone(), None, options);
        self.layer("convolution in groups", x, y, weight, None)
            .await?;
        self.norms().await?;
        self.unet(1).await?;
        self.unet(3).await
    }

    async fn norms(&mut self) -> Result<()> {
        for ([n, c, side], groups, silu) in [
            ([2, 32, 28], 8, true),
            ([3, 12, 5], 4, true),
            ([2, 6, 4], 1, false),
            ([2, 6, 4], 6, false),
        ] {
            let gain = self.normal([c], 1.0).autodiff();
            let bias = self.normal([c], 1.0).autodiff();
            let name =
                format!("group norm [{n}, {c}, {side}, {side}], {groups} groups, SiLU {silu}");
            self.with_gradient(&name, [n, c, side, side], |x| {
                group_norm(x, gain.clone(), bias.clone(), groups, 1e-5, silu)
            })
            .await?;
        }
        Ok(())
    }

    /// Answers and gradients of a network all of whose weights are at work.
    async fn unet(&mut self, frames: usize) -> Result<()> {
        let config = UNetConfig {
            channels: 3,
            beside: frames - 1,
            frames,
            widths: vec![8, 12],
            groups: 4,
            heads: 2,
            depth: usize::from(frames > 1),
            classes: 3,
            words: 7,
            context: 5,
            steps: true,
        };
        let mut rng = Rng::new(8, Purpose::Init, 0);
        let net = UNet::init(&config, &mut rng, &self.autodiff());
        let mut drawn = weights::read(&net).await?;
        for data in drawn.values_mut() {
            let shape = data.shape().as_slice().to_vec();
            let values = rng.normal(shape.iter().product());
            let values = values.iter().map(|v| 0.3 * v).collect::<Vec<f32>>();
            *data = TensorData::new(values, shape);
        }
        let net = weights::load(net, drawn)?;
        let x = self.normal([2 * frames, config.channels + config.beside, 8, 12], 1.0);
        let times: Vec<f64> = (0..2 * frames)
            .map(|i| 0.2 + 0.5 * i as f64 / frames as f64)
            .collect();
        let steps: Vec<f64> = (0..2 * frames).map(|i| [0.1, 0.4][i / frames]).collect();
        let labels: Vec<u32> = (0..2 * frames).map(|i| [2, 9][i / frames]).collect();
        let answer = net.forward(
            x.autodiff(),
            &times,
            Told {
                labels: &labels,
                tokens: &[1, 2, 3, 0, 0, 6, 5, 4, 3, 2],
                steps: &steps,
            },
        );
        let loss = answer.clone().square().mean();
        let network = format!("U-Net of {frames} frames");
        self.keep(&format!("{network}, answer"), answer.without_autodiff())
            .await?;
        let mut adam = Optimizer::default();
        adam.step(net, &loss, Hyper::new(1e-3));
        for (name, data) in adam.read().await? {
            // After the first step the first moment is a tenth of the gradient.
            if name.ends_with(".m") {
                let n = data.num_elements();
                let moment = TensorData::new(floats(&data)?, [n]);
                let moment = Tensor::<1>::from_data(moment, &self.device);
                self.keep(&format!("{network}, {name}"), moment).await?;
            }
        }
        Ok(())
    }

    async fn layer(
        &mut self,
        name: &str,
        x: Tensor<4>,
        y: Tensor<4>,
        weight: Tensor<4>,
        bias: Option<Tensor<1>>,
    ) -> Result<()> {
        let weights = self.normal(y.dims(), 1.0).autodiff();
        let gradients = (y.clone() * weights).sum().backward();
        self.keep(name, y.without_autodiff()).await?;
        let found = (x.grad(&gradients), weight.grad(&gradients));
        let (Some(gx), Some(gw)) = found else {
            return Err(missing(name));
        };
        self.keep(&format!("{name}, gradient of x"), gx).await?;
        self.keep(&format!("{name}, gradient of W"), gw).await?;
        match bias.and_then(|b| b.grad(&gradients)) {
            Some(gb) => self.keep(&format!("{name}, gradient of b"), gb).await,
            None => Ok(()),
        }
    }
}
