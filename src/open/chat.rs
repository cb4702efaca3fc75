//! The form in which a model was taught to answer.
//!
//! Files bring a template in the language Jinja. A handful of forms is in use; they are known by the marks in the
//! template, as llama.cpp knows them, and written out here. What a model of an unknown form is asked, it is asked
//! as plain text.

use crate::data::talk::Form as Said;

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    System,
    User,
}

impl Role {
    fn name(self) -> &'static str {
        match self {
            Role::System => "system",
            Role::User => "user",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// SmolLM, Qwen.
    ChatMl,
    /// Llama 3.
    Headers,
    /// Zephyr, TinyLlama.
    Bars,
    /// Llama 2, Mistral.
    Brackets,
}

/// A form, and what is said before everything else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chat {
    form: Form,
    system: Option<String>,
}

impl Chat {
    /// The form that a template has, if it is known.
    pub fn of(template: &str) -> Option<Self> {
        let form = if template.contains("<|im_start|>") {
            Form::ChatMl
        } else if template.contains("<|start_header_id|>") {
            Form::Headers
        } else if template.contains("<|user|>") {
            Form::Bars
        } else if template.contains("[INST]") {
            Form::Brackets
        } else {
            return None;
        };
        // Some templates have a first sentence of their own.
        let after = template
            .split_once("<|im_start|>system\\n")
            .or(template.split_once("<|im_start|>system\n"));
        let system = after
            .and_then(|(_, rest)| rest.split_once("<|im_end|>"))
            .map(|(system, _)| system);
        let said = |s: &&str| s.len() <= 500 && !s.contains(['{', '}', '\'', '"', '+']);
        Some(Self {
            form,
            system: system.filter(said).map(String::from),
        })
    }

    fn turn(&self, role: Role, text: &str) -> String {
        let name = role.name();
        match self.form {
            Form::ChatMl => format!("<|im_start|>{name}\n{text}<|im_end|>\n"),
            Form::Headers => {
                format!("<|start_header_id|>{name}<|end_header_id|>\n\n{text}<|eot_id|>")
            }
            Form::Bars => format!("<|{name}|>\n{text}</s>\n"),
            Form::Brackets => format!("[INST] {text} [/INST]"),
        }
    }

    /// What stands before the model's own words, and what ends them.
    fn answer(&self) -> (&'static str, &'static str) {
        match self.form {
            Form::ChatMl => ("<|im_start|>assistant\n", "<|im_end|>"),
            Form::Headers => (
                "<|start_header_id|>assistant<|end_header_id|>\n\n",
                "<|eot_id|>",
            ),
            Form::Bars => ("<|assistant|>\n", "</s>"),
            Form::Brackets => ("", "</s>"),
        }
    }

    /// Tokens that end what the model says.
    pub fn end(&self) -> &'static str {
        self.answer().1
    }
}

impl Said for Chat {
    fn first(&self, text: &str) -> String {
        let mark = self.turn(Role::User, "\0");
        let mark = mark.split('\0').next().unwrap_or_default();
        if text.contains(mark.trim()) {
            return text.into();
        }
        let system = self.system.as_deref().map(|s| self.turn(Role::System, s));
        let (begin, _) = self.answer();
        format!(
            "{}{}{begin}",
            system.unwrap_or_default(),
            self.turn(Role::User, text)
        )
    }

    fn next(&self, before: &str, text: &str) -> String {
        if before.is_empty() {
            return self.first(text);
        }
        let (begin, end) = self.answer();
        let before = before.trim_end();
        let end = if before.ends_with(end) { "" } else { end };
        let line = if matches!(self.form, Form::ChatMl | Form::Bars) {
            "\n"
        } else {
            ""
        };
        format!("{before}{end}{line}{}{begin}", self.turn(Role::User, text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_known_by_their_marks() {
        let template = "{% if first %}{{ '<|im_start|>system\\nBe kind<|im_end|>\\n' }}{% endif %}";
        let chat = Chat::of(template).expect("a form");
        let first = chat.first("Hello");
        assert_eq!(
            first,
            "<|im_start|>system\nBe kind<|im_end|>\n<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n"
        );
        assert_eq!(chat.first(&first), first);
        let answered = format!("{first}Hi<|im_end|>");
        let next = format!("{answered}\n<|im_start|>user\nBye<|im_end|>\n<|im_start|>assistant\n");
        assert_eq!(chat.next(&answered, "Bye"), next);
        assert_eq!(chat.next(&format!("{first}Hi"), "Bye"), next);
        assert_eq!(Chat::of("{{ messages }}"), None);
    }

    #[test]
    fn a_system_sentence_out_of_variables_is_none() {
        let template = "{{ '<|im_start|>system\\n' + system + '<|im_end|>' }}";
        assert_eq!(Chat::of(template).expect("a form").system, None);
    }
}
