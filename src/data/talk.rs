//! Talks: texts in which two speak by turns, and how a model that has learned from one is asked.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// What stands between two who speak.
const GAP: &str = "\n\n";
/// The longest name of who speaks, in characters.
const LONGEST_NAME: usize = 24;
/// Turns by which a talk is known.
const TURNS: usize = 20;

/// The form in which a model was taught to answer.
pub trait Form {
    /// What the model reads when somebody says `text` first. What has the form already is left as it is.
    fn first(&self, text: &str) -> String;

    /// What the model reads when somebody answers `text` to all that was said before.
    fn next(&self, before: &str, text: &str) -> String;
}

/// What a model reads: `prompt` in its form, if it has one and `chat` asks for it, and with it what is replied.
///
/// # Errors
/// [`Error::BadOption`] for a reply to a model that was not taught to chat.
pub fn asked(form: Option<&dyn Form>, chat: bool, prompt: &str, reply: &str) -> Result<String> {
    match form {
        Some(form) if !reply.is_empty() => Ok(form.next(prompt, reply)),
        Some(form) if chat && !prompt.is_empty() => Ok(form.first(prompt)),
        None if !reply.is_empty() => {
            let reason = "this model was not taught to chat";
            Err(Error::bad_option("reply", reply, reason))
        }
        _ => Ok(prompt.into()),
    }
}

/// Who speaks in a talk that has the form of a play: a line with a name and a colon, then what is said, then an empty
/// line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Talk {
    /// Who asks.
    pub asks: String,
    /// Who answers.
    pub answers: String,
}

/// Who speaks in a paragraph, and what.
fn turn(paragraph: &str) -> Option<(&str, &str)> {
    let (name, said) = paragraph.trim().split_once('\n')?;
    let name = name.trim().strip_suffix(':')?;
    let short = !name.is_empty() && name.chars().count() <= LONGEST_NAME && !name.contains(':');
    (short && !said.trim().is_empty()).then_some((name, said.trim()))
}

/// The paragraphs of a text that are not empty.
fn paragraphs(text: &str) -> impl Iterator<Item = &str> {
    text.split(GAP).filter(|p| !p.trim().is_empty())
}

impl Talk {
    /// What ends an answer.
    pub const END: &str = GAP;

    /// Of a text in which two speak by turns from its beginning on, who they are.
    pub fn of(text: &str) -> Option<Self> {
        let turns: Option<Vec<_>> = paragraphs(text).take(TURNS).map(turn).collect();
        let names: Vec<&str> = turns?.into_iter().map(|(name, _)| name).collect();
        let [asks, answers, ..] = names[..] else {
            return None;
        };
        let by_turns = names
            .iter()
            .enumerate()
            .all(|(i, &name)| name == [asks, answers][i % 2]);
        (by_turns && asks != answers && names.len() >= 4).then(|| Self {
            asks: asks.into(),
            answers: answers.into(),
        })
    }

    /// What is asked in a text, and what is answered.
    pub fn exchanges(&self, text: &str) -> Vec<(String, String)> {
        let turns: Vec<_> = paragraphs(text).filter_map(turn).collect();
        let both = turns.windows(2).filter_map(|pair| match pair {
            [(a, ask), (b, answer)] if *a == self.asks && *b == self.answers => {
                Some(((*ask).into(), (*answer).into()))
            }
            _ => None,
        });
        both.collect()
    }
}

impl Form for Talk {
    fn first(&self, text: &str) -> String {
        let Self { asks, answers } = self;
        if text.starts_with(&format!("{asks}:\n")) {
            return text.into();
        }
        format!("{asks}:\n{text}{GAP}{answers}:\n")
    }

    fn next(&self, before: &str, text: &str) -> String {
        match before.trim_end() {
            "" => self.first(text),
            before => format!("{before}{GAP}{}", self.first(text)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAY: &str = "You:\nGreet Ann.\n\nBard:\nGood morrow, Ann!\n\nYou:\nThank Bo.\n\nBard:\nI thank thee, Bo.\n\n";

    fn two() -> Talk {
        Talk {
            asks: "You".into(),
            answers: "Bard".into(),
        }
    }

    #[test]
    fn a_talk_is_known_by_who_speaks_and_no_other_text_is() {
        assert_eq!(Talk::of(PLAY), Some(two()));
        assert_eq!(Talk::of(&format!("\n\n{PLAY}")), Some(two()));
        for no in [
            "",
            "A text.\n\nOf two paragraphs.",
            // A third speaks.
            &PLAY.replacen("Bard:\nI", "Fool:\nI", 1),
            // One speaks alone, one twice.
            &PLAY.replace("Bard", "You"),
            &PLAY.replacen("You:\nThank", "Bard:\nThank", 1),
            // Too little to tell.
            &PLAY[..PLAY.find("You:\nThank").unwrap_or(0)],
            // Nothing said.
            "You:\n\nBard:\n\nYou:\n\nBard:\n",
        ] {
            assert_eq!(Talk::of(no), None, "{no:?}");
        }
    }

    #[test]
    fn what_is_asked_has_the_form_of_the_talk() {
        let talk = two();
        let first = talk.first("Greet Ann.");
        assert!(PLAY.starts_with(&first));
        assert_eq!(talk.first(&first), first, "it has the form already");
        let next = talk.next(&format!("{first}Good morrow, Ann!\n\n"), "Thank Bo.");
        assert!(PLAY.starts_with(&next), "{next:?}");
        assert_eq!(talk.next("", "Greet Ann."), first);
        let all = talk.exchanges(PLAY);
        assert_eq!(all.len(), 2);
        assert_eq!(all[1], ("Thank Bo.".into(), "I thank thee, Bo.".into()));
        // A text that is cut in the middle of a turn begins with the next one that is whole.
        assert_eq!(talk.exchanges(&PLAY[8..]).len(), 1);
    }

    #[test]
    fn a_form_is_used_where_there_is_one() {
        let talk = two();
        let form: Option<&dyn Form> = Some(&talk);
        assert_eq!(asked(form, true, "Hi.", "").ok(), Some(talk.first("Hi.")));
        assert_eq!(asked(form, false, "Hi.", "").ok(), Some("Hi.".into()));
        assert_eq!(asked(form, true, "", "").ok(), Some(String::new()));
        assert_eq!(asked(None, true, "Hi.", "").ok(), Some("Hi.".into()));
        assert!(asked(None, true, "Hi.", "Well.").is_err());
    }
}
