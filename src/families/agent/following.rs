//! Decisions about one episode, moment by moment: what was made of the moments before is kept as keys and values, and
//! so are those of the mission's words. On the host a moment goes through the layers as one plain row.

use burn::{module::Param, tensor::Tensor};

use super::{Agent, Attention, GROUND, attended, ground, product as tensor_product, traits};
use crate::{
    data::episodes::{FAR, LENGTH, Moment},
    error::Result,
    kernels::{
        activation::Activation,
        embedding::embedding,
        host::{Array, array, is_host, values},
        math::add,
    },
    model::{Acting, Deciding, Decision, Family, Reading},
    nn::rows::{Looking, Thinking, normed, product, row, weight},
    worlds::rooms::{ACTIONS, SYMBOLS, Symbol},
};

/// An episode that is decided about: [`Acting::follow`].
pub(super) enum Following {
    /// On the host.
    Host(Box<Host>),
    /// Elsewhere all of it is read again for each decision.
    Device {
        model: Box<Agent>,
        words: Vec<u32>,
        moments: Vec<Moment>,
    },
}

impl Following {
    pub(super) fn new(model: &Agent, words: &[u32]) -> Self {
        let model = model.valid();
        match is_host(&model.net.words.val()) {
            true => Self::Host(Box::new(Host::new(&model, words))),
            false => Self::Device {
                model: Box::new(model),
                words: words.to_vec(),
                moments: Vec::new(),
            },
        }
    }
}

impl Deciding for Following {
    fn next<'a>(&'a mut self, moment: &'a Moment) -> Reading<'a, Decision> {
        Box::pin(async move {
            match self {
                Self::Host(host) => Ok(Decision::of(&host.next(moment))),
                Self::Device {
                    model,
                    words,
                    moments,
                } => {
                    moments.push(moment.clone());
                    moments.drain(..moments.len().saturating_sub(LENGTH));
                    let decided: Result<Vec<Decision>> = model.decide(&[(words, moments)]).await;
                    Ok(decided?.pop().unwrap_or_else(|| Decision::of(&[])))
                }
            }
        })
    }
}

/// The network on the host, and what it keeps of an episode.
pub(super) struct Host {
    ground: Array,
    ground_out: Array,
    before: Array,
    beside: Array,
    turned: Array,
    last: Array,
    time: Array,
    layers: Vec<Layer>,
    norm: Array,
    /// Actions, and verb, colour and sort of what it is up to.
    heads: [Array; 4],
    moments: Vec<Moment>,
}

struct Layer {
    past: Looking,
    past_norm: Array,
    /// `[C, 2C]`.
    past_kv: Array,
    /// Keys and values of the moments before, `[t, 2C]`.
    remembered: Vec<f32>,
    words: Looking,
    words_norm: Array,
    /// Keys and values of the mission's words.
    read: Vec<f32>,
    things: Looking,
    things_norm: Array,
    /// What each symbol adds to the keys and values of a thing, `[SYMBOLS, 2C]`, and each place, `[49, 2C]`.
    kinds: Array,
    places: Array,
    mlp: Thinking,
}

impl Host {
    fn new(model: &Agent, words: &[u32]) -> Self {
        let net = &model.net;
        let (words, _) = model.read(&[words]);
        let words = values(words);
        let kinds = kinds(model);
        let looking = |attention: &Attention| Looking {
            q: weight(&attention.q),
            proj: weight(&attention.proj),
            heads: model.config.n_head,
        };
        let table = |x: Tensor<2>, attention: &Attention| array(tensor_product(x, &attention.kv));
        let layers = net.layers.iter().map(|layer| Layer {
            past: looking(&layer.past),
            past_norm: weight(&layer.past.norm),
            past_kv: weight(&layer.past.kv),
            remembered: Vec::new(),
            words: looking(&layer.words),
            words_norm: weight(&layer.words.norm),
            read: product(&words, &weight(&layer.words.kv)),
            things: looking(&layer.things),
            things_norm: weight(&layer.things.norm),
            kinds: table(kinds.clone(), &layer.things),
            places: table(net.places.val(), &layer.things),
            mlp: Thinking {
                norm: weight(&layer.mlp.norm),
                up: weight(&layer.mlp.up),
                down: weight(&layer.mlp.down),
            },
        });
        Self {
            layers: layers.collect(),
            ground: weight(&net.ground),
            ground_out: weight(&net.ground_out),
            before: weight(&net.before),
            beside: weight(&net.beside),
            turned: weight(&net.turned),
            last: weight(&net.last),
            time: weight(&net.time),
            norm: weight(&net.norm),
            heads: [&net.action, &net.verb, &net.colour, &net.sort].map(weight),
            moments: Vec::new(),
        }
    }

    /// Logits of the actions at the next moment, and behind them of verb, colour and sort of what it is up to.
    fn next(&mut self, moment: &Moment) -> Vec<f32> {
        if self.moments.len() == LENGTH {
            // Positions of all others have changed.
            let kept = self.moments.split_off(1);
            self.moments.clear();
            for layer in &mut self.layers {
                layer.remembered.clear();
            }
            for moment in &kept {
                self.step(moment);
            }
        }
        let x = normed(&self.step(moment), &self.norm);
        let logits = self.heads.iter().flat_map(|head| product(&x, head));
        logits.collect()
    }

    /// A moment through all layers, `[C]`.
    fn step(&mut self, moment: &Moment) -> Vec<f32> {
        let mut x = self.embed(moment);
        self.moments.push(moment.clone());
        let seen: Vec<usize> = attended(moment).collect();
        let mut things = Vec::new();
        for layer in &mut self.layers {
            let h = normed(&x, &layer.past_norm);
            layer.remembered.extend(product(&h, &layer.past_kv));
            let remembered = &layer.remembered;
            layer.past.forward(&mut x, &h, |_| remembered);
            let h = normed(&x, &layer.words_norm);
            layer.words.forward(&mut x, &h, |_| &layer.read);
            things.clear();
            for &i in &seen {
                let from = things.len();
                things.extend_from_slice(row(&layer.kinds, usize::from(moment.sight[i])));
                add(&mut things[from..], row(&layer.places, i));
            }
            let h = normed(&x, &layer.things_norm);
            layer.things.forward(&mut x, &h, |_| &things);
            layer.mlp.forward(&mut x);
        }
        x
    }

    /// The row that the next moment enters as, `[C]`.
    fn embed(&self, moment: &Moment) -> Vec<f32> {
        let mut hidden = vec![0f32; self.ground.dims()[1]];
        for (i, &symbol) in moment.sight.iter().enumerate() {
            add(&mut hidden, row(&self.ground, i * GROUND + ground(symbol)));
        }
        Activation::Gelu.apply(&mut hidden);
        let mut x = product(&hidden, &self.ground_out);
        let far = |v: i8| (isize::from(v) + FAR as isize).clamp(0, 2 * FAR as isize) as usize;
        let last = moment.last.map_or(ACTIONS.len(), |action| action as usize);
        for (table, i) in [
            (&self.before, far(moment.place[0])),
            (&self.beside, far(moment.place[1])),
            (&self.turned, usize::from(moment.turned % 4)),
            (&self.last, last),
            (&self.time, self.moments.len()),
        ] {
            add(&mut x, row(table, i));
        }
        x
    }
}

/// What stands for each symbol of a view, `[SYMBOLS, C]`.
fn kinds(model: &Agent) -> Tensor<2> {
    let net = &model.net;
    let all: Vec<[u32; 3]> = (0..SYMBOLS as Symbol).map(traits).collect();
    let of = |table: &Param<Tensor<2>>, which: usize| {
        let ids: Vec<u32> = all.iter().map(|traits| traits[which]).collect();
        embedding(table.val(), &ids)
    };
    of(&net.sorts, 0) + of(&net.colours, 1) + of(&net.states, 2)
}
