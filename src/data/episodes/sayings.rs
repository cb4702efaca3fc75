//! What is said of the views of episodes: descriptions, and answers to questions.

use super::Episode;
use crate::{
    rng::Rng,
    worlds::rooms::{
        Door, Sight,
        description::{token, tokens},
        question::{KINDS, Question},
    },
};

/// Moments of an episode of which something is said.
const MOMENTS: usize = 3;
/// Questions about each of them, besides what is seen.
const QUESTIONS: usize = 2;
/// Questions that are drawn until one may be asked.
const TRIES: usize = 4;
/// What comes after the last word.
pub const END: &str = ".";

/// Something that is said of a view when one is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saying {
    /// The view.
    pub sight: Sight,
    /// Tokens of the question.
    pub question: Vec<u32>,
    /// Tokens of the answer, and the end.
    pub answer: Vec<u32>,
}

impl Saying {
    /// A question with its answer.
    pub fn of(question: Question, sight: &Sight) -> Self {
        let mut answer = tokens(&question.answer(sight));
        answer.extend(token(END));
        Self {
            sight: *sight,
            question: question.tokens(),
            answer,
        }
    }
}

/// Descriptions of some moments of episodes, and answers to questions about them. None names what
/// [`UNSAID`](crate::worlds::rooms::layout::UNSAID) keeps apart; there is at least one answer, if there are moments.
pub fn sayings(episodes: &[Episode], rng: &mut Rng) -> [Vec<Saying>; 2] {
    let (mut described, mut answered) = (Vec::new(), Vec::new());
    for episode in episodes.iter().filter(|e| !e.moments.is_empty()) {
        for _ in 0..MOMENTS {
            let sight = &episode.moments[rng.below(episode.moments.len())].sight;
            if !Question::Scene.is_unsaid(sight) {
                described.push(Saying::of(Question::Scene, sight));
            }
            for _ in 0..QUESTIONS {
                let mut drawn = (0..TRIES).map(|_| {
                    let kind = 1 + rng.below(KINDS.len() - 1);
                    Question::draw(kind, sight, rng)
                });
                let question = drawn.find(|question| !question.is_unsaid(sight));
                let question = question.unwrap_or(Question::IsDoor(Door::Open));
                answered.push(Saying::of(question, sight));
            }
        }
    }
    [described, answered]
}
