//! The files of a voice: tensors by name, with what they say about themselves.

use std::{collections::HashMap, io::Read};

use flate2::read::ZlibDecoder;
use safetensors::{Dtype, SafeTensors};

use crate::error::{Error, Result};

/// No file of a voice is larger.
const LIMIT: usize = 64 << 20;
/// Nothing that is packed in one becomes larger.
const UNPACKED_LIMIT: u64 = 64 << 20;

/// A file that has been read, but not yet copied.
pub(super) struct Tensors<'a> {
    tensors: SafeTensors<'a>,
    about: HashMap<String, String>,
}

fn misfit(reason: String) -> Error {
    Error::CheckpointShape { reason }
}

impl<'a> Tensors<'a> {
    /// Those of a file that says that it has the form `format`.
    pub(super) fn open(bytes: &'a [u8], format: &str) -> Result<Self> {
        if bytes.len() > LIMIT {
            let (bytes, limit) = (bytes.len(), LIMIT);
            return Err(Error::CheckpointTooLarge { bytes, limit });
        }
        let parse = |e: safetensors::SafeTensorError| Error::CheckpointParse {
            reason: e.to_string(),
        };
        let tensors = SafeTensors::deserialize(bytes).map_err(parse)?;
        let (_, about) = SafeTensors::read_metadata(bytes).map_err(parse)?;
        let about = about.metadata().clone().unwrap_or_default();
        let found = about.get("format").map_or("", String::as_str);
        match found == format {
            true => Ok(Self { tensors, about }),
            false => Err(Error::CheckpointSchema {
                reason: format!("its form is “{found}”, not “{format}”"),
            }),
        }
    }

    /// What the file says about itself.
    pub(super) fn about(&self, key: &str) -> Result<&str> {
        let reason = || format!("it has no “{key}”");
        let found = self.about.get(key);
        let found = found.ok_or_else(|| Error::CheckpointSchema { reason: reason() })?;
        Ok(found)
    }

    /// Numbers of a shape: floats as they are, 8 bits times their scale, which is one for all or one for
    /// each of the last axis.
    pub(super) fn floats(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>> {
        let tensor = self.tensors.tensor(name);
        let tensor = tensor.map_err(|_| misfit(format!("{name} is missing")))?;
        if tensor.shape() != shape {
            let found = tensor.shape();
            return Err(misfit(format!("{name} is {found:?}, not {shape:?}")));
        }
        let data = tensor.data();
        let mut numbers: Vec<f32> = match tensor.dtype() {
            Dtype::F32 => {
                let (all, _) = data.as_chunks::<4>();
                all.iter().map(|b| f32::from_le_bytes(*b)).collect()
            }
            Dtype::F16 => {
                let (all, _) = data.as_chunks::<2>();
                let half = |b: &[u8; 2]| half::f16::from_le_bytes(*b).to_f32();
                all.iter().map(half).collect()
            }
            Dtype::I8 => data.iter().map(|&b| f32::from(b as i8)).collect(),
            other => return Err(misfit(format!("{name} is of type {other:?}"))),
        };
        if tensor.dtype() == Dtype::I8 {
            let width = shape.last().copied().unwrap_or(1);
            let one = self.scales(&format!("{name}.scale"), 1);
            let scale = one.or_else(|_| self.scales(&format!("{name}.scale"), width))?;
            for row in numbers.chunks_mut(width.max(1)) {
                let scales = scale.iter().cycle();
                row.iter_mut().zip(scales).for_each(|(v, s)| *v *= s);
            }
        }
        match numbers.iter().all(|v| v.is_finite()) {
            true => Ok(numbers),
            false => Err(Error::CheckpointNotFinite {
                tensor: name.into(),
            }),
        }
    }

    fn scales(&self, name: &str, count: usize) -> Result<Vec<f32>> {
        let tensor = self.tensors.tensor(name);
        let tensor = tensor.map_err(|_| misfit(format!("{name} is missing")))?;
        if tensor.shape() != [count] || tensor.dtype() != Dtype::F32 {
            return Err(misfit(format!("{name} is not {count} numbers")));
        }
        let (all, _) = tensor.data().as_chunks::<4>();
        Ok(all.iter().map(|b| f32::from_le_bytes(*b)).collect())
    }

    /// Bytes that are packed in a tensor.
    pub(super) fn unpacked(&self, name: &str) -> Result<Vec<u8>> {
        let tensor = self.tensors.tensor(name);
        let tensor = tensor.map_err(|_| misfit(format!("{name} is missing")))?;
        let mut out = Vec::new();
        let mut unpacker = ZlibDecoder::new(tensor.data()).take(UNPACKED_LIMIT);
        let read = unpacker.read_to_end(&mut out);
        read.map_err(|e| misfit(format!("{name} cannot be unpacked: {e}")))?;
        Ok(out)
    }
}
