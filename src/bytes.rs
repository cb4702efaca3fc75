//! Bulk data.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use ts_rs::TS;

/// Raw bytes: a `Uint8Array` in the page.
#[derive(Debug, Clone, Default, PartialEq, Eq, TS)]
#[ts(type = "Uint8Array")]
pub struct Bytes(pub Vec<u8>);

impl Bytes {
    /// Numbers one behind the other, as a `Float32Array` lies in memory.
    pub fn of_floats(numbers: &[f32]) -> Self {
        Self(numbers.iter().flat_map(|v| v.to_le_bytes()).collect())
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Bytes;
            fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.write_str("bytes")
            }
            fn visit_bytes<E: serde::de::Error>(self, v: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(v.to_vec()))
            }
            fn visit_byte_buf<E: serde::de::Error>(self, v: Vec<u8>) -> Result<Bytes, E> {
                Ok(Bytes(v))
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut a: A) -> Result<Bytes, A::Error> {
                let mut out = Vec::new();
                while let Some(b) = a.next_element()? {
                    out.push(b);
                }
                Ok(Bytes(out))
            }
        }
        deserializer.deserialize_byte_buf(Visitor)
    }
}

/// Numbers: from a list, or from the bytes of a `Float32Array`, which are read much faster where there
/// are many.
#[derive(Debug, Clone, Default, PartialEq, Serialize, TS)]
#[ts(type = "Array<number> | Uint8Array")]
pub struct Floats(pub Vec<f32>);

impl From<Vec<f32>> for Floats {
    fn from(numbers: Vec<f32>) -> Self {
        Self(numbers)
    }
}

impl<'de> Deserialize<'de> for Floats {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Floats;
            fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.write_str("numbers, or their bytes")
            }
            fn visit_bytes<E: serde::de::Error>(self, v: &[u8]) -> Result<Floats, E> {
                let (numbers, rest) = v.as_chunks::<4>();
                match rest {
                    [] => Ok(Floats(
                        numbers.iter().map(|v| f32::from_le_bytes(*v)).collect(),
                    )),
                    _ => Err(E::invalid_length(v.len(), &"four bytes for each number")),
                }
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut a: A) -> Result<Floats, A::Error> {
                let mut out = Vec::new();
                while let Some(v) = a.next_element()? {
                    out.push(v);
                }
                Ok(Floats(out))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::de::{
        IntoDeserializer,
        value::{BytesDeserializer, Error, SeqDeserializer},
    };

    #[test]
    fn numbers_come_as_a_list_or_as_bytes() {
        let numbers = [1.5f32, -0.0, 3e-9];
        let list = SeqDeserializer::<_, Error>::new(numbers.into_iter());
        assert_eq!(Floats::deserialize(list).unwrap().0, numbers);
        let bytes: Vec<u8> = numbers.iter().flat_map(|v| v.to_le_bytes()).collect();
        let read = |bytes: &[u8]| {
            let bytes: BytesDeserializer<Error> = bytes.into_deserializer();
            Floats::deserialize(bytes)
        };
        assert_eq!(read(&bytes).unwrap().0, numbers);
        assert!(read(&bytes[1..]).is_err());
    }
}
