//! Examples for one step.

use std::borrow::Cow;

use burn::tensor::{Device, Tensor, TensorData};

use super::{
    episodes::Episode,
    paths::Path,
    scenes::words::{CONTEXT, NOTHING},
};
use crate::{
    error::{Error, Result},
    rng::Rng,
};

/// A text in two languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// The language of the source, by its place.
    pub from: u32,
    /// The language of the target.
    pub to: u32,
    /// Tokens of the source.
    pub source: Vec<u32>,
    /// Tokens of the target.
    pub target: Vec<u32>,
}

/// Examples for one step.
#[derive(Debug, Clone)]
pub enum Batch {
    /// Images, values in [0, 1].
    Images {
        /// Images, channels, rows, columns.
        shape: [usize; 4],
        /// Their values, channel by channel and row by row.
        values: Vec<f32>,
        /// The class of each; empty where none is known.
        labels: Vec<u32>,
        /// What is said of each, token by token, all of one length; empty where nothing is.
        captions: Vec<u32>,
    },
    /// Points in 2-D: x, y, x, y, …
    Points {
        /// `2 · count` values.
        xy: Vec<f32>,
    },
    /// Points in 2-D, each of one of two classes.
    Classed {
        /// As of points.
        xy: Vec<f32>,
        /// The class of each, 0 or 1.
        classes: Vec<u32>,
    },
    /// Windows of a text.
    Tokens {
        /// `count · (length + 1)` tokens: each is read to guess the one after it.
        ids: Vec<u32>,
        /// Guesses in each window.
        length: usize,
    },
    /// Texts, each in two languages.
    Pairs {
        /// They.
        pairs: Vec<Pair>,
    },
    /// Music in four voices, or drums.
    Scores {
        /// Sixteenths of each.
        steps: usize,
        /// The symbol of each cell, voice after voice, `count · 4 · steps`; of drums sixteenth after sixteenth,
        /// `count · steps · 9`.
        cells: Vec<u32>,
        /// What each sixteenth is: `count · steps`.
        contexts: Vec<u32>,
    },
    /// Prompts: pairs of functions.
    Functions {
        /// Numbers in x.
        inputs: usize,
        /// Pairs of each prompt.
        length: usize,
        /// Pair by pair x, y and f(x), which is y without its noise: `count · length · (inputs + 2)`.
        rows: Vec<f32>,
    },
    /// What was done in worlds.
    Episodes {
        /// It.
        episodes: Vec<Episode>,
    },
    /// Ways through mazes.
    Paths {
        /// They.
        paths: Vec<Path>,
    },
    /// No examples: the model draws its own and asks an energy about them.
    Draws {
        /// How many.
        count: usize,
    },
}

impl Batch {
    /// Images without classes.
    pub fn unlabelled(shape: [usize; 4], values: Vec<f32>) -> Self {
        Batch::Images {
            shape,
            values,
            labels: Vec::new(),
            captions: Vec::new(),
        }
    }

    /// The batch in parts of at most `size` examples, in order, each with its share of the whole.
    pub fn parts(&self, size: usize) -> Vec<(Cow<'_, Batch>, f64)> {
        let count = self.len();
        if size >= count {
            return vec![(Cow::Borrowed(self), 1.0)];
        }
        let size = size.max(1);
        let parts = (0..count).step_by(size).map(|from| {
            let to = (from + size).min(count);
            fn part<T: Clone>(values: &[T], [from, to, count]: [usize; 3]) -> Vec<T> {
                let each = values.len() / count;
                values[from * each..to * each].to_vec()
            }
            let range = [from, to, count];
            let part = match self {
                Batch::Images {
                    shape,
                    values,
                    labels,
                    captions,
                } => Batch::Images {
                    shape: [to - from, shape[1], shape[2], shape[3]],
                    values: part(values, range),
                    captions: part(captions, range),
                    labels: labels.get(from..to).unwrap_or_default().to_vec(),
                },
                Batch::Points { xy } => Batch::Points {
                    xy: part(xy, range),
                },
                Batch::Classed { xy, classes } => Batch::Classed {
                    xy: part(xy, range),
                    classes: classes[from..to].to_vec(),
                },
                Batch::Tokens { ids, length } => Batch::Tokens {
                    ids: ids[from * (length + 1)..to * (length + 1)].to_vec(),
                    length: *length,
                },
                Batch::Pairs { pairs } => Batch::Pairs {
                    pairs: pairs[from..to].to_vec(),
                },
                Batch::Scores {
                    steps,
                    cells,
                    contexts,
                } => Batch::Scores {
                    steps: *steps,
                    cells: part(cells, range),
                    contexts: part(contexts, range),
                },
                Batch::Functions {
                    inputs,
                    length,
                    rows,
                } => Batch::Functions {
                    inputs: *inputs,
                    length: *length,
                    rows: part(rows, range),
                },
                Batch::Episodes { episodes } => Batch::Episodes {
                    episodes: episodes[from..to].to_vec(),
                },
                Batch::Paths { paths } => Batch::Paths {
                    paths: paths[from..to].to_vec(),
                },
                Batch::Draws { .. } => Batch::Draws { count: to - from },
            };
            (Cow::Owned(part), (to - from) as f64 / count as f64)
        });
        parts.collect()
    }

    /// Its images as `[n, channels, height, width]` on `device`.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if it holds no images.
    pub fn images(&self, device: &Device) -> Result<Tensor<4>> {
        match self {
            Batch::Images { shape, values, .. } => {
                let data = TensorData::new(values.clone(), *shape);
                Ok(Tensor::from_data(data, device))
            }
            _ => Err(Error::Unsupported {
                what: "This needs images".into(),
            }),
        }
    }

    /// Its images as `[n, channels · height · width]` on `device`.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if it holds no images.
    pub fn pixels(&self, device: &Device) -> Result<Tensor<2>> {
        let images = self.images(device)?;
        let [n, channels, height, width] = images.dims();
        Ok(images.reshape([n, channels * height * width]))
    }

    /// The class of each of its examples; `None` where none is known.
    pub fn labels(&self) -> Option<&[u32]> {
        match self {
            Batch::Images { labels, .. } if !labels.is_empty() => Some(labels),
            Batch::Classed { classes, .. } => Some(classes),
            _ => None,
        }
    }

    /// What is said of its examples, tokens `n · length`; empty where nothing is.
    pub fn captions(&self) -> &[u32] {
        match self {
            Batch::Images { captions, .. } => captions,
            _ => &[],
        }
    }

    /// What is said of its examples, of some nothing: of as many as `silent` says, drawn from `rng`. Empty
    /// where nothing is said of any.
    pub fn captions_but(&self, silent: f64, rng: &mut Rng) -> Vec<u32> {
        let captions = self.captions();
        if captions.is_empty() {
            return Vec::new();
        }
        let kept = rng.uniform(self.len()).into_iter();
        let kept = kept.map(|u| f64::from(u) >= silent);
        let each = captions.chunks_exact(CONTEXT).zip(kept);
        let token = |(caption, kept): (&[u32], bool)| match kept {
            true => caption.to_vec(),
            false => vec![NOTHING; CONTEXT],
        };
        each.flat_map(token).collect()
    }

    /// The classes of its examples, of some `none`: of as many as `silent` says, drawn from `rng`. Empty where it
    /// has no classes.
    pub fn labels_but(&self, silent: f64, none: u32, rng: &mut Rng) -> Vec<u32> {
        let Some(labels) = self.labels() else {
            return Vec::new();
        };
        let drawn = rng.uniform(labels.len());
        let kept = |(&label, u): (&u32, f32)| match f64::from(u) < silent {
            true => none,
            false => label,
        };
        labels.iter().zip(drawn).map(kept).collect()
    }

    /// Its points as `[n, 2]` on `device`.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if it holds no points.
    pub fn points(&self, device: &Device) -> Result<Tensor<2>> {
        match self {
            Batch::Points { xy } | Batch::Classed { xy, .. } => {
                let data = TensorData::new(xy.clone(), [xy.len() / 2, 2]);
                Ok(Tensor::from_data(data, device))
            }
            _ => Err(Error::Unsupported {
                what: "This needs points in 2-D".into(),
            }),
        }
    }

    /// Its tokens, windows of `length` + 1.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if it holds no text.
    pub fn tokens(&self) -> Result<(&[u32], usize)> {
        match self {
            Batch::Tokens { ids, length } => Ok((ids, *length)),
            _ => Err(Error::Unsupported {
                what: "This needs text".into(),
            }),
        }
    }

    /// Its texts in two languages.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if it holds something else.
    pub fn pairs(&self) -> Result<&[Pair]> {
        match self {
            Batch::Pairs { pairs } => Ok(pairs),
            _ => Err(Error::Unsupported {
                what: "This needs texts in two languages".into(),
            }),
        }
    }

    /// Its music: sixteenths of each, cells, and what each sixteenth is.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if it holds something else.
    pub fn scores(&self) -> Result<(usize, &[u32], &[u32])> {
        match self {
            Batch::Scores {
                steps,
                cells,
                contexts,
            } => Ok((*steps, cells, contexts)),
            _ => Err(Error::Unsupported {
                what: "This needs music".into(),
            }),
        }
    }

    /// Its prompts: numbers in x, pairs of each, and the pairs, as [`Batch::Functions`] has them.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if it holds something else.
    pub fn functions(&self) -> Result<(usize, usize, &[f32])> {
        match self {
            Batch::Functions {
                inputs,
                length,
                rows,
            } => Ok((*inputs, *length, rows)),
            _ => Err(Error::Unsupported {
                what: "This needs functions".into(),
            }),
        }
    }

    /// What was done in worlds.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if it holds something else.
    pub fn episodes(&self) -> Result<&[Episode]> {
        match self {
            Batch::Episodes { episodes } => Ok(episodes),
            _ => Err(Error::Unsupported {
                what: "This needs episodes".into(),
            }),
        }
    }

    /// Ways through mazes.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if it holds something else.
    pub fn paths(&self) -> Result<&[Path]> {
        match self {
            Batch::Paths { paths } => Ok(paths),
            _ => Err(Error::Unsupported {
                what: "This needs paths".into(),
            }),
        }
    }

    /// Its examples `times` times over.
    #[must_use]
    pub fn repeated(&self, times: usize) -> Self {
        match self {
            Batch::Images {
                shape,
                values,
                labels,
                captions,
            } => Batch::Images {
                shape: [shape[0] * times, shape[1], shape[2], shape[3]],
                values: values.repeat(times),
                labels: labels.repeat(times),
                captions: captions.repeat(times),
            },
            Batch::Points { xy } => Batch::Points {
                xy: xy.repeat(times),
            },
            Batch::Classed { xy, classes } => Batch::Classed {
                xy: xy.repeat(times),
                classes: classes.repeat(times),
            },
            Batch::Tokens { ids, length } => Batch::Tokens {
                ids: ids.repeat(times),
                length: *length,
            },
            Batch::Pairs { pairs } => Batch::Pairs {
                pairs: vec![pairs.as_slice(); times].concat(),
            },
            Batch::Scores {
                steps,
                cells,
                contexts,
            } => Batch::Scores {
                steps: *steps,
                cells: cells.repeat(times),
                contexts: contexts.repeat(times),
            },
            Batch::Functions {
                inputs,
                length,
                rows,
            } => Batch::Functions {
                inputs: *inputs,
                length: *length,
                rows: rows.repeat(times),
            },
            Batch::Episodes { episodes } => Batch::Episodes {
                episodes: vec![episodes.as_slice(); times].concat(),
            },
            Batch::Paths { paths } => Batch::Paths {
                paths: vec![paths.as_slice(); times].concat(),
            },
            Batch::Draws { count } => Batch::Draws {
                count: count * times,
            },
        }
    }

    /// How many examples.
    pub fn len(&self) -> usize {
        match self {
            Batch::Tokens { ids, length } => ids.len() / (length + 1),
            Batch::Images { shape, .. } => shape[0],
            Batch::Pairs { pairs } => pairs.len(),
            Batch::Episodes { episodes } => episodes.len(),
            Batch::Paths { paths } => paths.len(),
            Batch::Draws { count } => *count,
            Batch::Functions {
                inputs,
                length,
                rows,
            } => rows.len() / (length * (inputs + 2)).max(1),
            Batch::Scores {
                steps, contexts, ..
            } => contexts.len() / (*steps).max(1),
            Batch::Points { xy } | Batch::Classed { xy, .. } => xy.len() / 2,
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
