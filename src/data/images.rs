//! Sets of small images, grey or in colour: MNIST and Fashion-MNIST.
//!
//! Natively they are read from a folder of four `idx.gz` files, as MNIST was published: bytes of
//! [n, rows, columns] for grey images, of [n, 3, rows, columns] for images in colour. The page gets
//! one compact file: a gzipped safetensors archive of the same shapes with 16 levels of brightness
//! and fewer images, written by `playground pack`.

use std::{collections::HashMap, io::Read};

use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use sha2::{Digest, Sha256};

use super::{DataInfo, Space, scenes::words::CONTEXT, sound};
use crate::{
    error::{Error, Result},
    hash::hex,
};

/// Nothing that this program reads as data is larger when unpacked.
const UNPACKED_LIMIT: u64 = 64 << 20;

/// Images of one split with their classes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Images {
    pixels: Vec<u8>,
    labels: Vec<u8>,
    size: usize,
    /// What is said of each, one caption or several of [`CONTEXT`] tokens each, and of each image as many; empty
    /// where nothing is.
    captions: Vec<u16>,
}

impl Images {
    /// Images of `size` values each, with their classes.
    pub(super) fn of(images: impl Iterator<Item = (Vec<u8>, u8)>, size: usize) -> Self {
        let (mut pixels, mut labels) = (Vec::new(), Vec::new());
        for (image, label) in images {
            pixels.extend(image);
            labels.push(label);
        }
        Self {
            pixels,
            labels,
            size,
            captions: Vec::new(),
        }
    }

    /// Tokens of all captions of an image; 0 without captions.
    fn context(&self) -> usize {
        self.captions.len() / self.len().max(1)
    }

    /// Captions of each image.
    pub fn captions(&self) -> usize {
        self.context() / CONTEXT
    }

    /// Caption `which` of image `i`, token by token, filled up to one length; empty where nothing is said of it.
    pub fn caption(&self, i: usize, which: usize) -> &[u16] {
        let from = i * self.context() + which * CONTEXT;
        (self.captions.get(from..from + CONTEXT)).unwrap_or_default()
    }

    /// The same with captions, tokens of so many words: of each image one or several.
    ///
    /// # Errors
    /// [`Error::BadData`] if they are not as many for each image, or not of these words.
    fn said(mut self, name: &str, captions: Vec<u16>, words: usize) -> Result<Self> {
        let each = captions.len() / self.len().max(1);
        let whole = each * self.len() == captions.len() && each.is_multiple_of(CONTEXT);
        let sound = captions.iter().all(|&token| usize::from(token) < words);
        if !whole || each == 0 || each > 16 * CONTEXT || !sound {
            return Err(Error::BadData {
                name: name.into(),
                reason: "its captions do not belong to its images and words".into(),
            });
        }
        self.captions = captions;
        Ok(self)
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Takes the last `n` away.
    fn take_last(&mut self, n: usize) -> Self {
        let at = self.len().saturating_sub(n);
        let context = self.context();
        Self {
            captions: self.captions.split_off(at * context),
            labels: self.labels.split_off(at),
            pixels: self.pixels.split_off(at * self.size),
            size: self.size,
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The values of image `i`, channel by channel and row by row, 0 = background. Empty if there is
    /// none.
    pub fn image(&self, i: usize) -> &[u8] {
        self.pixels
            .get(i * self.size..(i + 1) * self.size)
            .unwrap_or_default()
    }

    /// The mean of each value, in [0, 1].
    fn mean(&self) -> Vec<f32> {
        let mut sums = vec![0u64; self.size];
        for image in self.pixels.chunks_exact(self.size.max(1)) {
            for (sum, &p) in sums.iter_mut().zip(image) {
                *sum += u64::from(p);
            }
        }
        let scale = 1.0 / (255.0 * self.len().max(1) as f64);
        sums.iter().map(|&s| (s as f64 * scale) as f32).collect()
    }

    /// The class of image `i`.
    pub fn label(&self, i: usize) -> Option<u8> {
        self.labels.get(i).copied()
    }
}

/// A data set of images.
#[derive(Debug, Clone)]
pub struct ImageSet {
    /// Name, size, classes.
    pub info: DataInfo,
    /// What models learn from.
    pub train: Images,
    /// What they never see.
    pub test: Images,
    shape: [usize; 3],
}

/// What a reader's own set is made of.
pub(super) struct Own {
    pub(super) name: String,
    pub(super) sha256: String,
    pub(super) options: serde_json::Value,
    pub(super) shape: [usize; 3],
    pub(super) classes: Vec<String>,
    pub(super) train: Images,
    pub(super) test: Images,
}

/// What a set of images with captions is made of; of each image its pixels and the tokens of what is
/// said of it, all of one length.
pub(super) struct Captioned {
    pub(super) info: DataInfo,
    pub(super) train: Vec<(Vec<u8>, Vec<u16>)>,
    pub(super) test: Vec<(Vec<u8>, Vec<u16>)>,
}

/// A set that is known by name.
#[derive(Debug)]
pub struct Known {
    name: &'static str,
    /// For people.
    pub title: &'static str,
    /// The folder that holds it.
    pub folder: &'static str,
    classes: &'static [&'static str],
    /// Where letters stand, of a set that comes hand by hand, each with one image of every class in order.
    pub hands: Option<Standing>,
    /// Whether its images are centred by their mass of ink, so that a reader's own should be.
    pub centred: bool,
    /// Whether something is said of each image, in free words.
    pub captioned: bool,
    /// Whether they lie on white paper, so that ink is dark.
    pub paper: bool,
    /// Who made it.
    pub source: &'static str,
    /// Licence of the images.
    pub licence: &'static str,
}

/// Where letters stand in their images, in shares of the height.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standing {
    /// From the top to the base line.
    pub base: f32,
    /// Of a capital.
    pub capital: f32,
}

impl Standing {
    /// As recipes/glyphs/pack.py draws them.
    pub const LETTERS: Self = Self {
        base: 26.0 / 32.0,
        capital: 22.0 / 32.0,
    };
}

const KNOWN: [Known; 5] = [
    Known {
        name: "mnist",
        title: "MNIST",
        folder: "mnist",
        classes: &["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
        hands: None,
        centred: true,
        captioned: false,
        paper: false,
        source: "LeCun, Cortes & Burges, The MNIST database of handwritten digits",
        licence: "no licence stated; cite LeCun, Cortes & Burges",
    },
    Known {
        name: "fashion",
        title: "Fashion-MNIST",
        folder: "fashion-mnist",
        classes: &[
            "T-shirt",
            "Trouser",
            "Pullover",
            "Dress",
            "Coat",
            "Sandal",
            "Shirt",
            "Sneaker",
            "Bag",
            "Ankle boot",
        ],
        hands: None,
        centred: false,
        captioned: false,
        paper: false,
        source: "Xiao, Rasul & Vollgraf 2017, arXiv:1708.07747, MIT licence",
        licence: "MIT",
    },
    Known {
        name: "glyphs",
        title: "Letters of open fonts",
        folder: "glyphs",
        classes: &[
            "A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "N", "O", "P", "Q",
            "R", "S", "T", "U", "V", "W", "X", "Y", "Z", "0", "1", "2", "3", "4", "5", "6", "7",
            "8", "9",
        ],
        hands: Some(Standing::LETTERS),
        centred: false,
        captioned: false,
        paper: false,
        source: "drawn from fonts under the SIL Open Font License, each with its authors in \
                 recipes/glyphs/fonts.tsv",
        licence: "SIL Open Font License 1.1",
    },
    Known {
        name: "emoji",
        title: "Emoji in three hands",
        folder: "emoji",
        classes: &["Noto", "Fluent", "Twemoji"],
        hands: None,
        centred: false,
        captioned: true,
        paper: true,
        source: "Noto Emoji by Google (Apache-2.0), Fluent Emoji by Microsoft (MIT) and Twemoji by Twitter and \
                 contributors (CC-BY-4.0); names and keywords of emojibase, emojilib and Unicode CLDR",
        licence: "Apache-2.0 AND MIT AND CC-BY-4.0",
    },
    Known {
        name: sound::NAME,
        title: "Spoken digits",
        folder: sound::NAME,
        classes: &["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
        hands: None,
        centred: false,
        captioned: false,
        paper: false,
        source: "spoken by the voice of hibari-tts (Maureese Williams; Apache-2.0) in 70 manners for each digit",
        licence: "Apache-2.0",
    },
];

/// Images of one hand that come together in a batch, where a set is of hands.
pub(super) const TOGETHER: usize = 12;

/// What is known of the set called `name`.
///
/// # Errors
/// [`Error::BadData`] if there is none of that name.
pub fn known(name: &str) -> Result<&'static Known> {
    const ALL: &[Known] = &KNOWN;
    ALL.iter()
        .find(|set| set.name == name)
        .ok_or_else(|| Error::BadData {
            name: name.into(),
            reason: format!(
                "the known sets are {}",
                KNOWN.map(|set| set.name).join(", ")
            ),
        })
}

impl ImageSet {
    /// See [`Dataset::for_choice`](super::Dataset::for_choice).
    pub(super) fn for_choice(mut self) -> Self {
        let n = self.test.len().min(self.train.len() / 2);
        self.test = self.train.take_last(n);
        self
    }

    /// Channels, rows and columns of an image.
    pub fn shape(&self) -> [usize; 3] {
        self.shape
    }

    /// Values of an image.
    pub fn values(&self) -> usize {
        self.shape.iter().product()
    }

    fn new(
        name: &str,
        sha256: String,
        shape: [usize; 3],
        train: Images,
        test: Images,
    ) -> Result<Self> {
        let classes = known(name)?.classes.iter();
        Self::own(Own {
            name: name.into(),
            sha256,
            options: serde_json::Value::Null,
            shape,
            classes: classes.map(|c| (*c).to_string()).collect(),
            train,
            test,
        })
    }

    /// A set of images; without classes, all of them are of class 0.
    ///
    /// # Errors
    /// [`Error::BadData`] if there is nothing to learn from or to test on, or a class that is none.
    pub(super) fn own(own: Own) -> Result<Self> {
        let Own {
            name,
            sha256,
            options,
            shape,
            classes,
            train,
            test,
        } = own;
        if train.is_empty() || test.is_empty() {
            return Err(Error::BadData {
                name,
                reason: "it holds no images to learn from or none to test on".into(),
            });
        }
        let [channels, height, width] = shape;
        let space = Space::Image {
            channels,
            height,
            width,
        };
        if let Some(&label) = (train.labels.iter().chain(&test.labels))
            .find(|&&label| usize::from(label) >= classes.len().max(1))
        {
            return Err(Error::BadData {
                name,
                reason: format!("class {label} is not one of {}", classes.len()),
            });
        }
        Ok(Self {
            info: DataInfo {
                sha256,
                classes,
                options,
                pixel_mean: train.mean(),
                ..DataInfo::new(&name, space)
            },
            train,
            test,
            shape,
        })
    }

    /// A set of images with captions, of no classes.
    ///
    /// # Errors
    /// [`Error::BadData`] if there is nothing to learn from or to test on.
    pub(super) fn captioned(set: Captioned) -> Result<Self> {
        let shape = set.info.space.image()?;
        let size = shape.iter().product();
        let images = |all: Vec<(Vec<u8>, Vec<u16>)>| Images {
            labels: vec![0; all.len()],
            captions: all.iter().flat_map(|(_, tokens)| tokens.clone()).collect(),
            pixels: all.into_iter().flat_map(|(pixels, _)| pixels).collect(),
            size,
        };
        let (train, test) = (images(set.train), images(set.test));
        if train.is_empty() || test.is_empty() {
            return Err(Error::BadData {
                name: set.info.name,
                reason: "it holds no images to learn from or none to test on".into(),
            });
        }
        let mut info = set.info;
        info.pixel_mean = train.mean();
        Ok(Self {
            info,
            train,
            test,
            shape,
        })
    }

    /// Read the four idx.gz files of the set called `name` from its folder (`mnist`,
    /// `fashion-mnist`) in `root`.
    ///
    /// # Errors
    /// [`Error::FileNotFound`], [`Error::Io`], [`Error::BadData`].
    #[cfg(not(target_family = "wasm"))]
    pub fn from_folder(name: &str, root: &std::path::Path) -> Result<Self> {
        if name == sound::NAME {
            return sound::recordings::from_folder(root);
        }
        let folder = root.join(known(name)?.folder);
        let mut hash = Sha256::new();
        let mut read = |file: &str| -> Result<Vec<u8>> {
            let path = folder.join(file);
            let bytes = std::fs::read(&path).map_err(|e| Error::io(&path, &e))?;
            hash.update(&bytes);
            gunzip(name, &bytes)
        };
        let train = read("train-images-idx3-ubyte.gz")?;
        let train_labels = read("train-labels-idx1-ubyte.gz")?;
        let test = read("t10k-images-idx3-ubyte.gz")?;
        let test_labels = read("t10k-labels-idx1-ubyte.gz")?;
        let (shape, train) = idx(name, &train, &train_labels)?;
        let (test_shape, test) = idx(name, &test, &test_labels)?;
        if shape != test_shape {
            return Err(Error::BadData {
                name: name.into(),
                reason: "training and test images differ in size".into(),
            });
        }
        let set =
            |train, test, hash: Sha256| Self::new(name, hex(&hash.finalize()), shape, train, test);
        if !known(name)?.captioned {
            return set(train, test, hash);
        }
        let mut lines = |file: &str| -> Result<Vec<String>> {
            let path = folder.join(file);
            let bytes = std::fs::read(&path).map_err(|e| Error::io(&path, &e))?;
            hash.update(&bytes);
            let text = gunzip(name, &bytes)?;
            Ok(String::from_utf8_lossy(&text)
                .lines()
                .map(String::from)
                .collect())
        };
        let mut words = vec![String::new()];
        words.extend(lines("words.txt.gz")?);
        let mut said = |file: &str, images: Images| {
            let captions = tokens(name, &lines(file)?, &words)?;
            images.said(name, captions, words.len())
        };
        let train = said("train-captions.txt.gz", train)?;
        let test = said("t10k-captions.txt.gz", test)?;
        let mut set = set(train, test, hash)?;
        set.info.words = words;
        Ok(set)
    }

    /// The page's compact file: the first `train` training and `test` test images, 16 levels.
    ///
    /// # Errors
    /// [`Error::Internal`] if packing fails.
    pub fn pack(&self, train: usize, test: usize) -> Result<Vec<u8>> {
        let internal = |reason: String| Error::Internal { reason };
        let coarse = |images: &Images, n: usize| -> (Vec<u8>, Vec<u8>, Vec<u8>) {
            let n = n.min(images.len());
            let captions = images.captions[..n * images.context()].iter();
            let captions = captions.flat_map(|token| token.to_le_bytes()).collect();
            let pixels = images.pixels[..n * images.size].iter();
            // The nearest of 16 levels; 17 · 15 = 255.
            let pixels = pixels.map(|&p| ((u16::from(p) + 8) / 17) as u8).collect();
            (pixels, images.labels[..n].to_vec(), captions)
        };
        let (train, train_labels, train_captions) = coarse(&self.train, train);
        let (test, test_labels, test_captions) = coarse(&self.test, test);
        let typed = |dtype: Dtype, shape: Vec<usize>, data| {
            TensorView::new(dtype, shape, data).map_err(|e| internal(e.to_string()))
        };
        let view = |shape: Vec<usize>, data| typed(Dtype::U8, shape, data);
        let of = |n: usize| match self.shape {
            [1, height, width] => vec![n, height, width],
            [channels, height, width] => vec![n, channels, height, width],
        };
        let mut tensors = vec![
            ("train_images", view(of(train_labels.len()), &train)?),
            (
                "train_labels",
                view(vec![train_labels.len()], &train_labels)?,
            ),
            ("test_images", view(of(test_labels.len()), &test)?),
            ("test_labels", view(vec![test_labels.len()], &test_labels)?),
        ];
        let mut metadata = HashMap::from([("name".to_string(), self.info.name.clone())]);
        if !self.info.words.is_empty() {
            metadata.insert("words".into(), self.info.words[1..].join(" "));
            let said = |captions: &[u8], n: usize| vec![n, captions.len() / (2 * n.max(1))];
            for (name, captions, n) in [
                ("train_captions", &train_captions, train_labels.len()),
                ("test_captions", &test_captions, test_labels.len()),
            ] {
                tensors.push((name, typed(Dtype::U16, said(captions, n), captions)?));
            }
        }
        let plain =
            safetensors::serialize(tensors, Some(metadata)).map_err(|e| internal(e.to_string()))?;
        let mut packed = Vec::new();
        let mut encoder =
            flate2::read::GzEncoder::new(plain.as_slice(), flate2::Compression::best());
        encoder
            .read_to_end(&mut packed)
            .map_err(|e| internal(e.to_string()))?;
        Ok(packed)
    }

    /// What [`ImageSet::pack`] wrote.
    ///
    /// # Errors
    /// [`Error::BadData`].
    pub fn unpack(packed: &[u8]) -> Result<Self> {
        let bad = |reason: String| Error::BadData {
            name: "the data file".into(),
            reason,
        };
        let plain = gunzip("the data file", packed)?;
        let (_, metadata) = SafeTensors::read_metadata(&plain).map_err(|e| bad(e.to_string()))?;
        let name = metadata
            .metadata()
            .as_ref()
            .and_then(|m| m.get("name"))
            .ok_or_else(|| bad("it does not say which set it is".into()))?;
        let tensors = SafeTensors::deserialize(&plain).map_err(|e| bad(e.to_string()))?;
        let typed = |name: &str, dtype: Dtype| -> Result<(Vec<usize>, Vec<u8>)> {
            let t = tensors.tensor(name).map_err(|e| bad(e.to_string()))?;
            if t.dtype() != dtype {
                return Err(bad(format!("{name} is not of {dtype:?}")));
            }
            Ok((t.shape().to_vec(), t.data().to_vec()))
        };
        let tensor = |name: &str| typed(name, Dtype::U8);
        let mut words = Vec::new();
        if known(name)?.captioned {
            let all = metadata.metadata().as_ref().and_then(|m| m.get("words"));
            let all = all.ok_or_else(|| bad("it does not say what its words are".into()))?;
            words.push(String::new());
            words.extend(all.split_whitespace().map(String::from));
        }
        let said = |captions: &str, images: Images| -> Result<Images> {
            if words.is_empty() {
                return Ok(images);
            }
            let (_, bytes) = typed(captions, Dtype::U16)?;
            let pairs = bytes.as_chunks::<2>().0.iter();
            let tokens = pairs.map(|&pair| u16::from_le_bytes(pair)).collect();
            images.said(name, tokens, words.len())
        };
        let split = |images: &str, labels: &str| -> Result<([usize; 3], Images)> {
            let ((dims, pixels), (_, labels)) = (tensor(images)?, tensor(labels)?);
            let (n, shape) = match *dims.as_slice() {
                [n, height, width] => (n, [1, height, width]),
                [n, channels, height, width] => (n, [channels, height, width]),
                _ => return Err(bad(format!("{images} has {} dimensions", dims.len()))),
            };
            if n != labels.len() || !is_image(shape) {
                return Err(bad(format!("{images} has the shape {dims:?}")));
            }
            let images = Images {
                pixels: pixels.iter().map(|&p| p.min(15) * 17).collect(),
                labels,
                size: shape.iter().product(),
                captions: Vec::new(),
            };
            Ok((shape, images))
        };
        let (shape, train) = split("train_images", "train_labels")?;
        let (test_shape, test) = split("test_images", "test_labels")?;
        if shape != test_shape {
            return Err(bad("training and test images differ in size".into()));
        }
        let (train, test) = (said("train_captions", train)?, said("test_captions", test)?);
        let mut set = Self::new(name, hex(&Sha256::digest(packed)), shape, train, test)?;
        set.info.words = words;
        set.info.check()?;
        Ok(set)
    }
}

/// Captions, one a line, as the tokens of words, each filled up to [`CONTEXT`].
#[cfg(not(target_family = "wasm"))]
fn tokens(name: &str, captions: &[String], words: &[String]) -> Result<Vec<u16>> {
    let places: HashMap<&str, u16> = words.iter().map(String::as_str).zip(0..).collect();
    let mut all = Vec::with_capacity(captions.len() * CONTEXT);
    for caption in captions {
        let tokens: Option<Vec<u16>> = caption
            .split_whitespace()
            .map(|word| places.get(word).copied())
            .collect();
        let tokens = tokens.filter(|tokens| tokens.len() <= CONTEXT);
        let mut tokens = tokens.ok_or_else(|| Error::BadData {
            name: name.into(),
            reason: format!("the caption “{caption}” is too long or not of its words"),
        })?;
        tokens.resize(CONTEXT, super::scenes::words::NOTHING as u16);
        all.extend(tokens);
    }
    Ok(all)
}

fn gunzip(name: &str, packed: &[u8]) -> Result<Vec<u8>> {
    let bad = |reason: String| Error::BadData {
        name: name.into(),
        reason,
    };
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(packed)
        .take(UNPACKED_LIMIT + 1)
        .read_to_end(&mut plain)
        .map_err(|e| bad(e.to_string()))?;
    if plain.len() as u64 > UNPACKED_LIMIT {
        return Err(bad("it unpacks to more than 64 MB".into()));
    }
    Ok(plain)
}

/// Whether a model could be made for images of this shape.
fn is_image([channels, height, width]: [usize; 3]) -> bool {
    let side = 1..=64;
    [1, 3].contains(&channels) && side.contains(&height) && side.contains(&width)
}

/// The idx format of the MNIST page: magic number with the count of dimensions, big-endian sizes,
/// bytes.
#[cfg(not(target_family = "wasm"))]
fn idx(name: &str, images: &[u8], labels: &[u8]) -> Result<([usize; 3], Images)> {
    let bad = |reason: &str| Error::BadData {
        name: name.into(),
        reason: reason.into(),
    };
    let word = |bytes: &[u8], i: usize| -> Result<usize> {
        let b = bytes
            .get(4 * i..4 * i + 4)
            .and_then(|b| b.try_into().ok())
            .ok_or_else(|| bad("it ends in its header"))?;
        Ok(u32::from_be_bytes(b) as usize)
    };
    let (n, shape) = match (word(images, 0)?, word(labels, 0)?) {
        (0x803, 0x801) => {
            let [n, height, width] = [word(images, 1)?, word(images, 2)?, word(images, 3)?];
            (n, [1, height, width])
        }
        (0x804, 0x801) => {
            let [n, channels] = [word(images, 1)?, word(images, 2)?];
            (n, [channels, word(images, 3)?, word(images, 4)?])
        }
        _ => return Err(bad("these are not idx files of images and labels")),
    };
    if !is_image(shape) {
        return Err(bad(
            "its images are too large, or neither grey nor in colour",
        ));
    }
    let size = shape.iter().product::<usize>();
    let start = if images[3] == 3 { 16 } else { 20 };
    if word(labels, 1)? != n
        || images.len() - start != n.saturating_mul(size)
        || labels.len() - 8 != n
    {
        return Err(bad("the files do not have the size they state"));
    }
    let images = Images {
        pixels: images[start..].to_vec(),
        labels: labels[8..].to_vec(),
        size,
        captions: Vec::new(),
    };
    Ok((shape, images))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tiny() -> ImageSet {
        let images = |n: usize| Images {
            pixels: (0..n * 16).map(|i| (i * 37 % 256) as u8).collect(),
            labels: (0..n).map(|i| (i % 10) as u8).collect(),
            size: 16,
            captions: Vec::new(),
        };
        ImageSet::new("mnist", String::new(), [1, 4, 4], images(12), images(5)).expect("valid")
    }

    #[test]
    fn packing_keeps_sixteen_levels() {
        let set = tiny();
        let back = ImageSet::unpack(&set.pack(7, 99).expect("packs")).expect("unpacks");
        assert_eq!((back.train.len(), back.test.len()), (7, 5));
        for (a, b) in set.test.pixels.iter().zip(&back.test.pixels) {
            assert!(a.abs_diff(*b) <= 8, "{a} {b}");
        }
        assert_eq!(set.test.labels, back.test.labels);
    }

    /// Two captions of each image, of three words.
    fn captioned(token: u16) -> Result<ImageSet> {
        let mut set = tiny();
        set.info.name = "emoji".into();
        set.info.words = ["", "red", "round", "apple"].map(String::from).into();
        let said = |images: Images| {
            let n = images.len();
            let each = |i: usize| {
                let mut tokens = vec![0; 2 * CONTEXT];
                tokens[0] = 1 + (i % 3) as u16;
                tokens[CONTEXT] = token;
                tokens
            };
            let images = Images {
                labels: images.labels.iter().map(|label| label % 3).collect(),
                ..images
            };
            images.said("emoji", (0..n).flat_map(each).collect(), 4)
        };
        (set.train, set.test) = (said(set.train)?, said(set.test)?);
        Ok(set)
    }

    #[test]
    fn captions_are_packed_with_their_images() {
        let set = captioned(3).expect("valid");
        let back = ImageSet::unpack(&set.pack(7, 5).expect("packs")).expect("unpacks");
        assert_eq!(back.info.words, set.info.words);
        assert_eq!((back.train.captions(), back.test.captions()), (2, 2));
        for i in 0..7 {
            assert_eq!(back.train.caption(i, 0)[0], 1 + (i % 3) as u16);
            assert_eq!(back.train.caption(i, 1)[0], 3);
        }
        assert!(back.train.caption(7, 0).is_empty());
        // One that is of no word.
        assert!(captioned(4).is_err());
    }

    #[test]
    fn damaged_files_are_refused() {
        let packed = tiny().pack(7, 5).expect("packs");
        assert!(ImageSet::unpack(&packed[..packed.len() / 2]).is_err());
        assert!(ImageSet::unpack(b"not gzip").is_err());
        assert!(ImageSet::unpack(&[]).is_err());
    }
}
