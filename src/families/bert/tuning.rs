//! Classifiers of texts that begin with the network: all of its weights learn on, and a layer on the mean of what it
//! makes of a text's tokens (Devlin et al. 2019, section 4; there on one token that begins each text).

use burn::{
    module::{Module, Param},
    tensor::{Tensor, TensorData},
};

use super::{Bert, Net};
use crate::{
    error::Result,
    kernels::{activation::Activation, cross_entropy::cross_entropy, linear::linear, reduce},
    model::{Family, Tuning},
    nn::{
        dropout::Dropout,
        transformer::{Pass, Shape, matrix},
    },
    optim::{Hyper, Optimizer, ParameterGroup, Rule},
    pause::Pause,
    rng::{Purpose, Rng},
};

/// The network and the layer on it.
#[derive(Module, Debug)]
struct Classifier {
    net: Net,
    /// `[C, classes]`.
    head: Param<Tensor<2>>,
    /// `[classes]`.
    bias: Param<Tensor<1>>,
}

/// The mean of what the network makes of the tokens of a text: `[1, C]`.
pub(super) fn features(
    net: &Net,
    shape: &Shape,
    ids: &[u32],
    dropout: Option<&mut Dropout>,
) -> Tensor<2> {
    let mut pass = Pass::Whole {
        t: ids.len(),
        dropout,
        weights: None,
    };
    reduce::mean_rows(net.forward(shape, ids, &mut pass))
}

impl Classifier {
    /// Logits of the classes of a text: `[1, classes]`.
    fn forward(&self, shape: &Shape, ids: &[u32], dropout: Option<&mut Dropout>) -> Tensor<2> {
        let x = features(&self.net, shape, ids, dropout);
        let (head, bias) = (self.head.val(), self.bias.val());
        linear(x, head, Some(bias), Activation::Identity)
    }
}

/// The class of each of the texts that are asked about, by a classifier that learned from the examples.
///
/// # Errors
/// What the device reports.
pub(super) async fn tune(model: &Bert, tuning: &Tuning<'_>, pause: Pause) -> Result<Vec<u32>> {
    let mut rng = Rng::new(tuning.seed, Purpose::Init, 0);
    let device = model.net.wte.val().device().inner().autodiff();
    let fresh = Bert::fresh(&model.config, model.tokenizer.clone(), &mut rng, &device);
    let begun = match tuning.pretrained {
        true => fresh.with_weights(model.weights().await?)?,
        false => fresh,
    };
    let shape = &model.shape;
    let mut classifier = Classifier {
        head: matrix(
            [model.config.n_embd, tuning.classes],
            0.02,
            &mut rng,
            &device,
        ),
        bias: Param::from_data(
            TensorData::new(vec![0f32; tuning.classes], [tuning.classes]),
            &device,
        ),
        net: begun.net,
    };
    let groups = ParameterGroup::of("classifier", &classifier, |_, dims| match dims.len() {
        2 => Rule::MATRIX,
        _ => Rule::PLAIN,
    });
    let mut optimizer = Optimizer::new(&groups);
    let n = tuning.examples.len();
    let batch = tuning.batch.min(n).max(1);
    let mut order: Vec<u32> = Vec::new();
    for step in 0..tuning.steps {
        for _ in 0..batch {
            if order.is_empty() {
                order = rng.permutation(n);
            }
            let Some((ids, class)) = order.pop().map(|i| tuning.examples[i as usize]) else {
                continue;
            };
            let mut dropout = Dropout::new(tuning.dropout, &mut rng);
            let logits = classifier.forward(shape, ids, dropout.as_mut());
            let loss = reduce::mean(cross_entropy(logits, vec![class])) / batch as f64;
            optimizer.accumulate(&classifier, &loss);
        }
        // Up over a tenth of the steps, and down to nought over the others.
        let t = (step + 1) as f64 / tuning.steps as f64;
        let hyper = Hyper {
            beta_2: 0.99,
            clip: 1.0,
            weight_decay: 0.01,
            ..Hyper::new(tuning.rate * (10.0 * t).min((1.0 - t) / 0.9 + 1e-3))
        };
        classifier = optimizer.apply(classifier, hyper);
        pause().await;
    }
    let classifier = classifier.valid();
    let mut out = Vec::with_capacity(tuning.tests.len());
    for (i, ids) in tuning.tests.iter().enumerate() {
        let logits = crate::device::floats(classifier.forward(shape, ids, None)).await?;
        out.push(crate::scene::token::guess(&logits).0);
        if i % 16 == 15 {
            pause().await;
        }
    }
    Ok(out)
}
