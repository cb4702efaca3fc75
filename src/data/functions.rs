//! Functions to be learned from a few examples: each prompt is a function of its own.
//!
//! A prompt holds `length` pairs of one function f that was drawn for it, as in Garg et al. 2022 ("What Can
//! Transformers Learn In-Context? A Case Study of Simple Function Classes", arXiv:2208.01066):
//!
//! ```text
//! y_i = f(x_i) + σ ε_i,      x_i in R^d,      ε_i ~ N(0, 1)
//! ```
//!
//! | class | inputs | functions |
//! |---|---|---|
//! | linear | x ~ N(0, I) | f(x) = w·x, w ~ N(0, I) |
//! | sparse | x ~ N(0, I) | the same, but only a third of the weights are not zero, ~ N(0, d / count) |
//! | curves | x = φ(u), u ~ U(−1, 1) | f(x) = w·x, w ~ N(0, I), so a curve over u |
//! | trees | x ~ N(0, I) | a decision tree of depth 2 that asks for signs of inputs; its leaves ~ N(0, d) |
//!
//! With cosines φ_0 = 1, φ_k(u) = √2 cos(kπ(u + 1)/2), inputs of every class have the covariance I, and functions of
//! every class the mean square d. The sets never end; held-out prompts come from a seed of their own.

use std::f32::consts::{PI, SQRT_2};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Batch, DataInfo, Space, TEST_SEED};
use crate::{
    error::{Error, Result},
    options::{self, Options},
    rng::{Purpose, Rng},
};

/// Held-out prompts.
pub const TEST: usize = 2000;
/// The most inputs of a function.
pub const MOST_INPUTS: usize = 16;
/// The most pairs of a prompt.
pub const MOST_PAIRS: usize = 64;

/// What functions are drawn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Linear functions.
    Linear,
    /// Linear functions of a third of the inputs.
    Sparse,
    /// Curves: linear functions of cosines of one number.
    Curves,
    /// Decision trees.
    Trees,
}

impl Class {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Linear, Self::Sparse, Self::Curves, Self::Trees];

    /// The name of the set that has this class alone.
    pub fn set(self) -> &'static str {
        match self {
            Self::Linear => "functions-linear",
            Self::Sparse => "functions-sparse",
            Self::Curves => "functions-curves",
            Self::Trees => "functions-trees",
        }
    }

    /// How many weights of a sparse function of `d` inputs are not zero: a third of them.
    pub fn not_zero(d: usize) -> usize {
        d.div_ceil(3)
    }

    /// Standard deviation of a function's weights or leaves, such that its mean square is `d`.
    pub fn scale(self, d: usize) -> f32 {
        match self {
            Self::Linear | Self::Curves => 1.0,
            Self::Sparse => (d as f32 / Self::not_zero(d) as f32).sqrt(),
            Self::Trees => (d as f32).sqrt(),
        }
    }

    /// Its name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Linear => "linear functions",
            Self::Sparse => "sparse linear functions",
            Self::Curves => "curves",
            Self::Trees => "decision trees",
        }
    }
}

/// The set in which half of the functions are linear, a quarter sparse and a quarter curves.
pub const NAME: &str = "functions";

/// Names of all sets.
pub fn names() -> impl Iterator<Item = &'static str> {
    std::iter::once(NAME).chain(Class::ALL.map(Class::set))
}

/// Whether data of this name is made here.
pub fn is_functions(name: &str) -> bool {
    names().any(|known| known == name)
}

/// Options of the data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct FunctionOptions {
    /// Numbers in an input, d.
    #[schemars(title = "Inputs", range(min = 1, max = 16))]
    pub inputs: usize,
    /// Pairs in a prompt.
    #[schemars(title = "Pairs", range(min = 2, max = 64))]
    pub length: usize,
    /// Standard deviation of the noise on y.
    #[schemars(title = "Noise", range(min = 0.0, max = 4.0))]
    pub noise: f64,
}

impl Default for FunctionOptions {
    fn default() -> Self {
        Self {
            inputs: 5,
            length: 16,
            noise: 0.5,
        }
    }
}

impl Options for FunctionOptions {}

/// How a prompt differs from what is trained on: factors of its inputs, of its function and of its noise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shift {
    /// Of x.
    pub inputs: f32,
    /// Of f.
    pub function: f32,
    /// Of σ.
    pub noise: f32,
}

impl Shift {
    /// No difference.
    pub const NONE: Self = Self {
        inputs: 1.0,
        function: 1.0,
        noise: 1.0,
    };
}

/// What is known of a function before its pairs are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prior {
    /// Standard deviation of the noise on y, σ.
    pub noise: f64,
    /// A factor of f.
    pub function: f64,
}

/// The leaf, 0 to 3, to which `x` falls in a tree that asks for these inputs: first, then if it is positive, then if
/// not.
pub fn leaf(asked: &[usize; 3], x: &[f32]) -> usize {
    let side = |input: usize| usize::from(x[input] <= 0.0);
    let first = side(asked[0]);
    2 * first + side(asked[1 + first])
}

/// A set of functions without end.
#[derive(Debug, Clone)]
pub struct FunctionSet {
    /// Name, space, options.
    pub info: DataInfo,
    options: FunctionOptions,
    /// Its classes, each as often as it is drawn.
    classes: Vec<Class>,
    /// Seed of what is held out.
    held: u64,
}

/// A function.
enum Function {
    Weights(Vec<f32>),
    /// The inputs that are asked for (first, then if it is positive, then if not), and the leaves.
    Tree([usize; 3], [f32; 4]),
}

impl Function {
    fn at(&self, x: &[f32]) -> f32 {
        match self {
            Self::Weights(w) => w.iter().zip(x).map(|(w, x)| w * x).sum(),
            Self::Tree(asked, leaves) => leaves[leaf(asked, x)],
        }
    }
}

/// φ(u): `d` cosines.
pub fn cosines(u: f32, d: usize) -> Vec<f32> {
    let cosine = |k: usize| match k {
        0 => 1.0,
        k => SQRT_2 * (k as f32 * PI * (u + 1.0) / 2.0).cos(),
    };
    (0..d).map(cosine).collect()
}

impl FunctionSet {
    /// The set called `name`.
    ///
    /// # Errors
    /// [`Error::BadData`] for another name, [`Error::BadOption`].
    pub fn new(name: &str, options: &Value) -> Result<Self> {
        let options = FunctionOptions::from_json(options)?;
        let alone = Class::ALL.into_iter().find(|class| class.set() == name);
        let classes = match alone {
            Some(class) => vec![class],
            None if name == NAME => {
                vec![Class::Linear, Class::Linear, Class::Sparse, Class::Curves]
            }
            None => {
                return Err(Error::BadData {
                    name: name.into(),
                    reason: "there are no functions of this name".into(),
                });
            }
        };
        let space = Space::Functions {
            inputs: options.inputs,
            length: options.length,
            noise: options.noise as f32,
        };
        let mut info = DataInfo::new(name, space);
        info.options = options::to_json(&options)?;
        Ok(Self {
            info,
            options,
            classes,
            held: TEST_SEED,
        })
    }

    /// Options that it was made with.
    pub fn options(&self) -> &FunctionOptions {
        &self.options
    }

    /// What is known of its functions before their pairs are.
    pub fn prior(&self) -> Prior {
        Prior {
            noise: self.options.noise,
            function: 1.0,
        }
    }

    /// The classes that it draws from, each once.
    pub fn classes(&self) -> Vec<Class> {
        let all = Class::ALL.into_iter();
        all.filter(|class| self.classes.contains(class)).collect()
    }

    /// The same with other functions held out, by which a recipe is chosen.
    #[must_use]
    pub fn for_choice(mut self) -> Self {
        self.held = TEST_SEED + 1;
        self
    }

    fn function(&self, class: Class, rng: &mut Rng) -> Function {
        let d = self.options.inputs;
        match class {
            Class::Linear | Class::Curves => Function::Weights(rng.normal(d)),
            Class::Sparse => {
                let mut weights = vec![0.0; d];
                for at in rng.permutation(d).into_iter().take(Class::not_zero(d)) {
                    weights[at as usize] = class.scale(d) * rng.gaussian();
                }
                Function::Weights(weights)
            }
            Class::Trees => {
                let asked = [rng.below(d), rng.below(d), rng.below(d)];
                let leaves = [(); 4].map(|()| class.scale(d) * rng.gaussian());
                Function::Tree(asked, leaves)
            }
        }
    }

    /// A prompt of one class, `length` rows of x, y and f(x): `length · (d + 2)` numbers.
    pub fn prompt_of(&self, class: Class, shift: Shift, rng: &mut Rng) -> Vec<f32> {
        let FunctionOptions {
            inputs: d,
            length,
            noise,
        } = self.options;
        let function = self.function(class, rng);
        let mut rows = Vec::with_capacity(length * (d + 2));
        for _ in 0..length {
            let x = match class {
                Class::Curves => cosines(2.0 * rng.unit() as f32 - 1.0, d),
                _ => rng.normal(d),
            };
            let x: Vec<f32> = x.into_iter().map(|x| x * shift.inputs).collect();
            let f = shift.function * function.at(&x);
            let y = f + shift.noise * noise as f32 * rng.gaussian();
            rows.extend(x);
            rows.extend([y, f]);
        }
        rows
    }

    /// A prompt of any of its classes.
    pub fn prompt(&self, rng: &mut Rng) -> Vec<f32> {
        let class = self.classes[rng.below(self.classes.len())];
        self.prompt_of(class, Shift::NONE, rng)
    }

    /// A held-out prompt.
    pub fn held_out(&self, index: usize) -> Vec<f32> {
        self.prompt(&mut Rng::new(self.held, Purpose::TestSet, index as u64))
    }

    /// A held-out prompt of one class.
    pub fn held_out_of(&self, class: Class, index: usize) -> Vec<f32> {
        let step = TEST + index;
        let mut rng = Rng::new(self.held, Purpose::TestSet, step as u64);
        self.prompt_of(class, Shift::NONE, &mut rng)
    }

    /// Prompts as a batch.
    pub fn batch(&self, prompts: impl IntoIterator<Item = Vec<f32>>) -> Batch {
        Batch::Functions {
            inputs: self.options.inputs,
            length: self.options.length,
            rows: prompts.into_iter().flatten().collect(),
        }
    }
}

/// Left, right, bottom, top of a drawing of values of functions of `inputs` numbers.
pub fn window(inputs: usize) -> [f32; 4] {
    let far = 3.0 * (inputs as f32).sqrt();
    [-far, far, -far, far]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_have_the_identity_as_covariance_and_functions_the_mean_square_d() {
        for class in Class::ALL {
            let set = FunctionSet::new(class.set(), &Value::Null).expect("a set");
            let d = set.options.inputs;
            let (mut outer, mut square, mut noise, mut n) = (vec![0.0; d * d], 0.0, 0.0, 0.0);
            for i in 0..4000 {
                let rows = set.held_out(i);
                for row in rows.chunks_exact(d + 2) {
                    for (at, sum) in outer.iter_mut().enumerate() {
                        *sum += f64::from(row[at / d] * row[at % d]);
                    }
                    square += f64::from(row[d + 1]).powi(2);
                    noise += f64::from(row[d] - row[d + 1]).powi(2);
                    n += 1.0;
                }
            }
            for (at, sum) in outer.into_iter().enumerate() {
                let want = if at / d == at % d { 1.0 } else { 0.0 };
                assert!((sum / n - want).abs() < 0.03, "{class:?} {at}: {}", sum / n);
            }
            let (square, noise) = (square / n, noise / n);
            assert!((square - d as f64).abs() < 0.35, "{class:?}: {square}");
            assert!((noise - 0.25).abs() < 0.01, "{class:?}: {noise}");
        }
    }

    #[test]
    fn a_seed_gives_the_same_prompt_and_another_set_is_refused() {
        let set = FunctionSet::new(NAME, &Value::Null).expect("a set");
        assert_eq!(set.held_out(3), set.held_out(3));
        assert_ne!(set.held_out(3), set.held_out(4));
        assert_ne!(set.held_out(3), set.clone().for_choice().held_out(3));
        assert!(FunctionSet::new("functions-cubic", &Value::Null).is_err());
    }
}
