//! Batches as bytes, for another worker: every number comes back to the last bit.

use super::{
    Batch, Pair,
    episodes::{Episode, Moment},
    paths::Path,
};
use crate::{
    error::{Error, Result},
    worlds::{
        maze::{Maze, Task},
        rooms::{ACTIONS, Action, SEEN},
    },
};

/// Writes numbers behind each other.
#[derive(Debug, Default)]
pub struct Pack(pub Vec<u8>);

impl Pack {
    /// A whole number.
    pub fn number(&mut self, n: u64) {
        self.0.extend(n.to_le_bytes());
    }

    /// Whole numbers, with how many they are.
    pub fn whole(&mut self, numbers: &[u32]) {
        self.number(numbers.len() as u64);
        self.0.extend(numbers.iter().flat_map(|n| n.to_le_bytes()));
    }

    /// Numbers, with how many they are.
    pub fn floats(&mut self, numbers: &[f32]) {
        self.number(numbers.len() as u64);
        self.0.extend(numbers.iter().flat_map(|n| n.to_le_bytes()));
    }

    /// Bytes, with how many they are.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.extend(bytes);
    }
}

/// Reads what [`Pack`] wrote; each read is an error where something else lies there.
#[derive(Debug)]
pub struct Unpack<'a>(pub &'a [u8]);

impl<'a> Unpack<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or_else(cut_short)?;
        self.0 = rest;
        Ok(taken)
    }

    /// A whole number.
    ///
    /// # Errors
    /// [`Error::BadRequest`].
    pub fn number(&mut self) -> Result<u64> {
        let bytes = self.take(8)?.first_chunk().ok_or_else(cut_short)?;
        Ok(u64::from_le_bytes(*bytes))
    }

    /// A whole number of things that are in memory.
    ///
    /// # Errors
    /// [`Error::BadRequest`].
    pub fn count(&mut self) -> Result<usize> {
        usize::try_from(self.number()?).map_err(|_| cut_short())
    }

    /// Whole numbers.
    ///
    /// # Errors
    /// [`Error::BadRequest`].
    pub fn whole(&mut self) -> Result<Vec<u32>> {
        let words = self.words()?.iter();
        Ok(words.map(|n| u32::from_le_bytes(*n)).collect())
    }

    /// Numbers.
    ///
    /// # Errors
    /// [`Error::BadRequest`].
    pub fn floats(&mut self) -> Result<Vec<f32>> {
        let words = self.words()?.iter();
        Ok(words.map(|n| f32::from_le_bytes(*n)).collect())
    }

    fn words(&mut self) -> Result<&'a [[u8; 4]]> {
        let count = self.count()?.checked_mul(4).ok_or_else(cut_short)?;
        Ok(self.take(count)?.as_chunks().0)
    }

    /// Bytes.
    ///
    /// # Errors
    /// [`Error::BadRequest`].
    pub fn bytes(&mut self) -> Result<&'a [u8]> {
        let count = self.count()?;
        self.take(count)
    }
}

/// A message between workers is not what was to come.
pub fn cut_short() -> Error {
    Error::BadRequest {
        reason: "a message between workers is cut short".into(),
    }
}

impl Batch {
    /// Writes it.
    pub fn pack(&self, out: &mut Pack) {
        match self {
            Batch::Images {
                shape,
                values,
                labels,
                captions,
            } => {
                out.number(0);
                shape.iter().for_each(|&n| out.number(n as u64));
                out.floats(values);
                out.whole(labels);
                out.whole(captions);
            }
            Batch::Points { xy } => {
                out.number(1);
                out.floats(xy);
            }
            Batch::Classed { xy, classes } => {
                out.number(2);
                out.floats(xy);
                out.whole(classes);
            }
            Batch::Tokens { ids, length } => {
                out.number(3);
                out.whole(ids);
                out.number(*length as u64);
            }
            Batch::Pairs { pairs } => {
                out.number(4);
                out.number(pairs.len() as u64);
                for pair in pairs {
                    out.whole(&[pair.from, pair.to]);
                    out.whole(&pair.source);
                    out.whole(&pair.target);
                }
            }
            Batch::Scores {
                steps,
                cells,
                contexts,
            } => {
                out.number(5);
                out.number(*steps as u64);
                out.whole(cells);
                out.whole(contexts);
            }
            Batch::Functions {
                inputs,
                length,
                rows,
            } => {
                out.number(6);
                out.number(*inputs as u64);
                out.number(*length as u64);
                out.floats(rows);
            }
            Batch::Episodes { episodes } => {
                out.number(7);
                out.number(episodes.len() as u64);
                for episode in episodes {
                    out.whole(&episode.words);
                    out.number(episode.moments.len() as u64);
                    episode.moments.iter().for_each(|m| moment(m, out));
                }
            }
            Batch::Paths { paths } => {
                out.number(9);
                out.number(paths.len() as u64);
                for Path { task, places } in paths {
                    out.bytes(task.maze.to_string().as_bytes());
                    let ends = [task.start, task.goal];
                    let all = ends.iter().chain(places).flatten().copied();
                    out.floats(&all.collect::<Vec<_>>());
                }
            }
            Batch::Draws { count } => {
                out.number(8);
                out.number(*count as u64);
            }
        }
    }

    /// Reads what [`Batch::pack`] wrote.
    ///
    /// # Errors
    /// [`Error::BadRequest`].
    pub fn unpack(from: &mut Unpack) -> Result<Self> {
        Ok(match from.number()? {
            0 => Batch::Images {
                shape: [from.count()?, from.count()?, from.count()?, from.count()?],
                values: from.floats()?,
                labels: from.whole()?,
                captions: from.whole()?,
            },
            1 => Batch::Points { xy: from.floats()? },
            2 => Batch::Classed {
                xy: from.floats()?,
                classes: from.whole()?,
            },
            3 => Batch::Tokens {
                ids: from.whole()?,
                length: from.count()?,
            },
            4 => {
                let count = from.count()?;
                let pairs = (0..count).map(|_| pair_of(from)).collect::<Result<_>>()?;
                Batch::Pairs { pairs }
            }
            5 => Batch::Scores {
                steps: from.count()?,
                cells: from.whole()?,
                contexts: from.whole()?,
            },
            6 => Batch::Functions {
                inputs: from.count()?,
                length: from.count()?,
                rows: from.floats()?,
            },
            7 => {
                let count = from.count()?;
                let episodes = (0..count).map(|_| episode_of(from));
                Batch::Episodes {
                    episodes: episodes.collect::<Result<_>>()?,
                }
            }
            8 => Batch::Draws {
                count: from.count()?,
            },
            9 => {
                let count = from.count()?;
                let paths = (0..count).map(|_| path_of(from)).collect::<Result<_>>()?;
                Batch::Paths { paths }
            }
            _ => return Err(cut_short()),
        })
    }
}

fn path_of(from: &mut Unpack) -> Result<Path> {
    let maze = std::str::from_utf8(from.bytes()?).map_err(|_| cut_short())?;
    let maze = Maze::parse(maze)?;
    let all = from.floats()?;
    let (all, _) = all.as_chunks::<2>();
    let [start, goal, places @ ..] = all else {
        return Err(cut_short());
    };
    Ok(Path {
        task: Task {
            maze,
            start: *start,
            goal: *goal,
        },
        places: places.to_vec(),
    })
}

fn pair_of(from: &mut Unpack) -> Result<Pair> {
    let [of, to] = from.whole()?.try_into().map_err(|_| cut_short())?;
    Ok(Pair {
        from: of,
        to,
        source: from.whole()?,
        target: from.whole()?,
    })
}

fn moment(moment: &Moment, out: &mut Pack) {
    let place = |action: Action| ACTIONS.iter().position(|&a| a == action);
    let place = |action: Option<Action>| action.and_then(place).map_or(0, |p| p as u8 + 1);
    out.0.extend(moment.sight);
    out.0.extend(moment.place.map(|p| p as u8));
    let rest = [moment.turned, place(moment.last), place(moment.right)];
    out.0.extend(rest);
    out.0.extend(moment.goal);
}

fn episode_of(from: &mut Unpack) -> Result<Episode> {
    let (words, count) = (from.whole()?, from.count()?);
    let moments = (0..count).map(|_| moment_of(from));
    Ok(Episode {
        words,
        moments: moments.collect::<Result<_>>()?,
    })
}

fn moment_of(from: &mut Unpack) -> Result<Moment> {
    let action = |place: u8| ACTIONS.get(usize::from(place).wrapping_sub(1)).copied();
    let bytes = from.take(SEEN + 8)?;
    let (sight, rest) = bytes.split_first_chunk().ok_or_else(cut_short)?;
    let &[x, y, turned, last, right, verb, colour, sort] = rest else {
        return Err(cut_short());
    };
    Ok(Moment {
        sight: *sight,
        place: [x as i8, y as i8],
        turned,
        last: action(last),
        right: action(right),
        goal: [verb, colour, sort],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Batch> {
        let moment = |last| Moment {
            sight: [7; SEEN],
            place: [-3, 15],
            turned: 2,
            last,
            right: last,
            goal: [1, 2, 3],
        };
        vec![
            Batch::Images {
                shape: [2, 1, 1, 2],
                values: vec![0.1, -0.0, f32::MIN_POSITIVE, 1.0 / 3.0],
                labels: vec![4, u32::MAX],
                captions: vec![],
            },
            Batch::Points { xy: vec![1.5, 2.5] },
            Batch::Classed {
                xy: vec![1.5, 2.5],
                classes: vec![1],
            },
            Batch::Tokens {
                ids: vec![1, 2, 3, 4],
                length: 1,
            },
            Batch::Pairs {
                pairs: vec![Pair {
                    from: 1,
                    to: 0,
                    source: vec![3, 4],
                    target: vec![],
                }],
            },
            Batch::Scores {
                steps: 1,
                cells: vec![1, 2, 3, 4],
                contexts: vec![5],
            },
            Batch::Functions {
                inputs: 1,
                length: 1,
                rows: vec![0.25, 0.5, 0.75],
            },
            Batch::Episodes {
                episodes: vec![Episode {
                    words: vec![9, 1],
                    moments: vec![moment(None), moment(Some(Action::Left))],
                }],
            },
            Batch::Paths {
                paths: vec![Path {
                    task: Task {
                        maze: Maze::default(),
                        start: [0.5, 1.5],
                        goal: [2.5, 1.5],
                    },
                    places: vec![[0.5, 1.5], [1.5, 1.25], [2.5, 1.5]],
                }],
            },
            Batch::Draws { count: 12 },
        ]
    }

    #[test]
    fn batches_come_back_as_they_were_and_what_is_cut_short_is_told() {
        for batch in all() {
            let mut out = Pack::default();
            batch.pack(&mut out);
            let mut from = Unpack(&out.0);
            let back = Batch::unpack(&mut from).expect("what was written");
            assert!(from.0.is_empty());
            assert_eq!(format!("{back:?}"), format!("{batch:?}"));
            for end in 0..out.0.len() {
                assert!(Batch::unpack(&mut Unpack(&out.0[..end])).is_err(), "{end}");
            }
        }
    }

    #[test]
    fn a_message_that_promises_more_than_it_has_allocates_nothing() {
        for kind in 0..10 {
            let mut out = Pack::default();
            out.number(kind);
            (0..8).for_each(|_| out.number(u64::MAX / 8));
            let _ = Batch::unpack(&mut Unpack(&out.0));
        }
    }
}
