//! What a widget is, from attributes or from a link to a frame.

use std::io::Read;

use flate2::read::GzDecoder;

use crate::error::{Error, Result};

/// The most that a model in a link is unpacked to, as in the page, bytes.
const LARGEST: u64 = 16 << 20;

/// A widget.
#[derive(Debug, Default, PartialEq)]
pub struct Widget {
    /// Its attributes, each once.
    pub attributes: Vec<(String, String)>,
    /// A model that came in the link.
    pub model: Option<Vec<u8>>,
}

impl Widget {
    /// Read attributes as NAME=VALUE, or one link.
    ///
    /// # Errors
    /// [`Error::BadOption`] for anything else; what is wrong with a model in a link.
    pub fn read(given: &[String]) -> Result<Self> {
        match given {
            [link] if link.contains("://") => Self::linked(link),
            given => {
                let mut widget = Self::default();
                for text in given {
                    let reason = "a name and a value are needed, such as view=samples, or a link";
                    let pair = text.split_once('=');
                    let (name, value) =
                        pair.ok_or_else(|| Error::bad_option("widget", text, reason))?;
                    widget.put(name, value)?;
                }
                Ok(widget)
            }
        }
    }

    fn linked(link: &str) -> Result<Self> {
        let (address, fragment) = link.split_once('#').unwrap_or((link, ""));
        let (page, query) = address.split_once('?').unwrap_or((address, ""));
        let file = page.rsplit('/').next().unwrap_or_default();
        if !(file.starts_with("embed.") && file.ends_with("html")) {
            let reason = "only the address of a frame (embed.html?…) says all that a picture needs; \
                          the page's Share dialog gives it";
            return Err(Error::bad_option("widget", link, reason));
        }
        let mut widget = Self::default();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            widget.put(&decoded(name), &decoded(value))?;
        }
        if let Some(text) = fragment.strip_prefix("model=") {
            widget.model = Some(unpack(text)?);
        }
        Ok(widget)
    }

    fn put(&mut self, name: &str, value: &str) -> Result<()> {
        let name = name.replace('_', "-");
        if self.get(&name).is_some() {
            return Err(Error::bad_option(name, value, "it was given already"));
        }
        self.attributes.push((name, value.into()));
        Ok(())
    }

    /// The text of an attribute.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// A part of a query as it was before it was written for one.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let code = bytes
            .get(at + 1..at + 3)
            .and_then(|digits| std::str::from_utf8(digits).ok());
        let value = code.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match (byte, value) {
            (b'%', Some(value)) => {
                out.push(value);
                at += 2;
            }
            (b'+', _) => out.push(b' '),
            (byte, _) => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn damaged() -> Error {
    Error::CheckpointParse {
        reason: "the model in this link is damaged or was cut off".into(),
    }
}

/// The checkpoint in a link: gzip in the base64 of addresses.
fn unpack(text: &str) -> Result<Vec<u8>> {
    let packed = base64(text).ok_or_else(damaged)?;
    let mut bytes = Vec::new();
    let read = GzDecoder::new(&packed[..])
        .take(LARGEST + 1)
        .read_to_end(&mut bytes);
    read.map_err(|_| damaged())?;
    match bytes.len() as u64 > LARGEST {
        true => Err(Error::CheckpointTooLarge {
            bytes: bytes.len(),
            limit: LARGEST as usize,
        }),
        false => Ok(bytes),
    }
}

/// Bytes from the base64 of addresses, with or without padding.
fn base64(text: &str) -> Option<Vec<u8>> {
    let (mut out, mut bits, mut held) = (Vec::with_capacity(text.len() / 4 * 3), 0u32, 0);
    for c in text.trim_end_matches('=').bytes() {
        let digit = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'-' | b'+' => 62,
            b'_' | b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(digit);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
        }
    }
    (!out.is_empty()).then_some(out)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn read(all: &[&str]) -> Result<Widget> {
        Widget::read(&all.iter().map(|&t| t.into()).collect::<Vec<_>>())
    }

    /// As the page writes it, by the definition.
    fn coded(bytes: &[u8]) -> String {
        const DIGITS: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let bits: Vec<u8> = bytes
            .iter()
            .flat_map(|b| (0..8).rev().map(move |i| b >> i & 1))
            .collect();
        let six =
            |part: &[u8]| (0..6).fold(0, |all, i| all << 1 | part.get(i).copied().unwrap_or(0));
        bits.chunks(6)
            .map(|part| DIGITS[usize::from(six(part))] as char)
            .collect()
    }

    fn packed(bytes: &[u8]) -> String {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).expect("memory");
        coded(&encoder.finish().expect("memory"))
    }

    #[test]
    fn attributes_and_links_say_the_same() {
        let link = "https://a.example/b/embed.de.html?model=vae-mnist&n_draws=2&prompt=To+be%2C+or%3D%C3%A4#x";
        let pairs = ["model=vae-mnist", "n-draws=2", "prompt=To be, or=ä"];
        assert_eq!(
            read(&[link]).expect("a link"),
            read(&pairs).expect("attributes")
        );
        for wrong in [
            &["model"][..],
            &["a=1", "a=2"],
            &["https://a.example/vae.html?view=latent"],
        ] {
            assert_eq!(
                read(wrong).expect_err("refused").code().as_str(),
                "bad-option",
                "{wrong:?}"
            );
        }
    }

    #[test]
    fn a_model_in_a_link_is_unpacked_and_no_bomb_is() {
        let of = |text: &str| read(&[&format!("https://a.example/embed.html#model={text}")]);
        for bytes in [&b"a checkpoint"[..], &[0, 255, 128, 7], &[9; 5000]] {
            assert_eq!(
                of(&packed(bytes)).expect("a model").model.as_deref(),
                Some(bytes)
            );
        }
        let bomb = of(&packed(&vec![0; 64 << 20]));
        assert_eq!(
            bomb.expect_err("a bomb").code().as_str(),
            "checkpoint-too-large"
        );
        let whole = packed(&[7; 999]);
        for text in ["", "A", "%%%", "AAAA", &whole[..whole.len() - 20]] {
            assert_eq!(
                of(text).expect_err("no model").code().as_str(),
                "checkpoint-parse",
                "{text}"
            );
        }
    }
}
