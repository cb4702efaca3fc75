//! Where each weight lies, architecture by architecture, and the sizes, as files tell them.

use serde_json::Value;

use super::{
    bad,
    gguf::Header,
    matrix::Matrix,
    network::{Activation, Decoder, Gain, Layer, Linear, Norm, Rope, Shape},
    store::{Store, short},
    unsupported,
};
use crate::error::Result;

/// What files call the weights. Those of a layer stand behind its prefix, in which `{}` is its number; no name
/// has its `.weight` or `.bias`.
struct Names {
    embedding: &'static str,
    positions: &'static str,
    norm: &'static str,
    head: &'static str,
    layer: &'static str,
    attention_norm: &'static str,
    /// Queries, keys, values.
    qkv: [&'static str; 3],
    /// All three as one.
    fused: &'static str,
    qk_norm: [&'static str; 2],
    out: &'static str,
    mlp_norm: &'static str,
    gate: &'static str,
    up: &'static str,
    down: &'static str,
    /// Whether matrices lie the other way, as in GPT-2.
    transposed: bool,
}

/// GGUF, of every architecture.
const GGUF: Names = Names {
    embedding: "token_embd",
    positions: "position_embd",
    norm: "output_norm",
    head: "output",
    layer: "blk.{}.",
    attention_norm: "attn_norm",
    qkv: ["attn_q", "attn_k", "attn_v"],
    fused: "attn_qkv",
    qk_norm: ["attn_q_norm", "attn_k_norm"],
    out: "attn_output",
    mlp_norm: "ffn_norm",
    gate: "ffn_gate",
    up: "ffn_up",
    down: "ffn_down",
    transposed: false,
};

/// Llama, Mistral, Qwen2, Qwen3, SmolLM in safetensors.
const LLAMA: Names = Names {
    embedding: "model.embed_tokens",
    positions: "",
    norm: "model.norm",
    head: "lm_head",
    layer: "model.layers.{}.",
    attention_norm: "input_layernorm",
    qkv: ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"],
    fused: "",
    qk_norm: ["self_attn.q_norm", "self_attn.k_norm"],
    out: "self_attn.o_proj",
    mlp_norm: "post_attention_layernorm",
    gate: "mlp.gate_proj",
    up: "mlp.up_proj",
    down: "mlp.down_proj",
    transposed: false,
};

/// GPT-2 in safetensors.
const GPT2: Names = Names {
    embedding: "wte",
    positions: "wpe",
    norm: "ln_f",
    head: "lm_head",
    layer: "h.{}.",
    attention_norm: "ln_1",
    qkv: ["", "", ""],
    fused: "attn.c_attn",
    qk_norm: ["", ""],
    out: "attn.c_proj",
    mlp_norm: "ln_2",
    gate: "",
    up: "mlp.c_fc",
    down: "mlp.c_proj",
    transposed: true,
};

/// An architecture of decoders.
struct Architecture {
    /// What GGUF and `config.json` call it.
    id: &'static str,
    norm: Norm,
    activation: Activation,
    /// Whether GGUF pairs halves of a head when it turns it; `config.json` always does.
    halves: bool,
    names: &'static Names,
}

const fn llama(id: &'static str, halves: bool) -> Architecture {
    Architecture {
        id,
        norm: Norm::Rms,
        activation: Activation::Swiglu,
        halves,
        names: &LLAMA,
    }
}

const ARCHITECTURES: [Architecture; 5] = [
    Architecture {
        id: "gpt2",
        norm: Norm::Layer,
        activation: Activation::Gelu,
        halves: false,
        names: &GPT2,
    },
    llama("llama", false),
    llama("mistral", false),
    llama("qwen2", true),
    llama("qwen3", true),
];

fn architecture(id: &str) -> Result<&'static Architecture> {
    const ALL: &[Architecture] = &ARCHITECTURES;
    let found = ALL.iter().find(|a| a.id == id);
    found.ok_or_else(|| {
        let known: Vec<&str> = ALL.iter().map(|a| a.id).collect();
        unsupported(format!(
            "The architecture “{}”; {} are read",
            short(id),
            known.join(", ")
        ))
    })
}

/// Refuse sizes that no model has, before any is multiplied with another.
fn checked(shape: Shape) -> Result<Shape> {
    let s = &shape;
    let within = [
        ("layers", s.layers, 1 << 10),
        ("width", s.width, 1 << 16),
        ("heads", s.heads, 1 << 10),
        ("heads of keys", s.kv_heads, s.heads),
        ("width of a head", s.head_width, 1 << 12),
        ("hidden width", s.hidden, 1 << 18),
        ("context", s.context, 1 << 24),
        ("vocabulary", s.vocabulary, 1 << 20),
    ];
    for (what, n, most) in within {
        if !(1..=most).contains(&n) {
            return Err(bad(format!("its {what} of {n} cannot be right")));
        }
    }
    let odd = s.rope.is_some() && s.head_width % 2 == 1;
    let finite = s.epsilon.is_finite()
        && s.rope
            .as_ref()
            .is_none_or(|r| r.base.is_finite() && r.base > 0.0);
    if !s.heads.is_multiple_of(s.kv_heads) || odd || !finite {
        return Err(bad("the sizes that it gives do not fit each other"));
    }
    Ok(shape)
}

/// The sizes that a GGUF file tells.
///
/// # Errors
/// [`Error::BadModelFile`](crate::error::Error::BadModelFile), [`Error::Unsupported`](crate::error::Error::Unsupported).
pub fn shape_of_gguf(header: &Header, store: &Store) -> Result<Shape> {
    let id = header.text("general.architecture").unwrap_or_default();
    let kind = architecture(id)?;
    let key = |name: &str| format!("{id}.{name}");
    let whole = |name: &str| {
        let found = header.whole(&key(name));
        found.ok_or_else(|| bad(format!("it does not say “{}”", key(name))))
    };
    let (width, heads) = (whole("embedding_length")?, whole("attention.head_count")?);
    let head_width = header.whole(&key("attention.key_length"));
    let head_width = head_width.or_else(|| width.checked_div(heads)).unwrap_or(0);
    let turned = header
        .whole(&key("rope.dimension_count"))
        .unwrap_or(head_width);
    if turned != head_width && kind.norm == Norm::Rms {
        return Err(unsupported("Heads of which a part is turned".into()));
    }
    let epsilon = match kind.norm {
        Norm::Rms => "attention.layer_norm_rms_epsilon",
        Norm::Layer => "attention.layer_norm_epsilon",
    };
    let scaling = header.text(&key("rope.scaling.type")).unwrap_or("none");
    let scale = match scaling {
        "none" => 1.0,
        "linear" => header.number(&key("rope.scaling.factor")).unwrap_or(1.0) as f32,
        other => {
            return Err(unsupported(format!(
                "Positions stretched by “{}”",
                short(other)
            )));
        }
    };
    let factors = match store.find("rope_freqs.weight") {
        Some(_) => store.vector("rope_freqs.weight", head_width / 2)?,
        None if scale != 1.0 => vec![scale; head_width / 2],
        None => Vec::new(),
    };
    let rope = (kind.norm == Norm::Rms).then(|| Rope {
        base: header.number(&key("rope.freq_base")).unwrap_or(10000.0) as f32,
        halves: kind.halves,
        factors,
    });
    let tokens = store
        .find("token_embd.weight")
        .and_then(|t| t.dims.first().copied());
    checked(Shape {
        architecture: id.into(),
        layers: whole("block_count")?,
        width,
        heads,
        kv_heads: header
            .whole(&key("attention.head_count_kv"))
            .unwrap_or(heads),
        head_width,
        hidden: whole("feed_forward_length")?,
        context: whole("context_length")?,
        vocabulary: tokens.unwrap_or(0),
        norm: kind.norm,
        epsilon: header.number(&key(epsilon)).unwrap_or(1e-5) as f32,
        activation: kind.activation,
        rope,
    })
}

/// The sizes that a `config.json` tells.
///
/// # Errors
/// As [`shape_of_gguf`].
pub fn shape_of_config(config: &Value) -> Result<Shape> {
    let text = |name: &str| config.get(name).and_then(Value::as_str).unwrap_or_default();
    let id = text("model_type");
    let kind = architecture(id)?;
    let maybe = |names: &[&str]| {
        let found = names.iter().find_map(|name| config.get(*name)?.as_u64());
        found.and_then(|n| usize::try_from(n).ok())
    };
    let whole = |names: &[&str]| {
        maybe(names).ok_or_else(|| bad(format!("its config.json lacks “{}”", names[0])))
    };
    let number = |name: &str| config.get(name).and_then(Value::as_f64);
    let (width, heads) = (
        whole(&["hidden_size", "n_embd"])?,
        whole(&["num_attention_heads", "n_head"])?,
    );
    let head_width = maybe(&["head_dim"])
        .or_else(|| width.checked_div(heads))
        .unwrap_or(0);
    let activation = match (
        kind.activation,
        text("hidden_act"),
        text("activation_function"),
    ) {
        (Activation::Swiglu, "silu" | "", _) => Activation::Swiglu,
        (Activation::Gelu, _, "gelu_new" | "gelu_pytorch_tanh" | "") => Activation::Gelu,
        (_, a, b) => {
            return Err(unsupported(format!(
                "The activation “{}{}”",
                short(a),
                short(b)
            )));
        }
    };
    let rope = (kind.norm == Norm::Rms)
        .then(|| rope_of_config(config, head_width))
        .transpose()?;
    let hidden = match kind.norm {
        Norm::Layer => maybe(&["n_inner"]).unwrap_or(4 * width.min(1 << 20)),
        Norm::Rms => whole(&["intermediate_size"])?,
    };
    checked(Shape {
        architecture: id.into(),
        layers: whole(&["num_hidden_layers", "n_layer"])?,
        width,
        heads,
        kv_heads: maybe(&["num_key_value_heads"]).unwrap_or(heads),
        head_width,
        hidden,
        context: whole(&["max_position_embeddings", "n_positions", "n_ctx"])?,
        vocabulary: whole(&["vocab_size"])?,
        norm: kind.norm,
        epsilon: number("rms_norm_eps")
            .or(number("layer_norm_epsilon"))
            .unwrap_or(1e-5) as f32,
        activation,
        rope,
    })
}

fn rope_of_config(config: &Value, head_width: usize) -> Result<Rope> {
    // Newer files keep all of it in one place.
    let inner = [config.get("rope_parameters"), config.get("rope_scaling")];
    let inner = inner
        .into_iter()
        .flatten()
        .find(|v| v.is_object())
        .unwrap_or(&Value::Null);
    let base = config
        .get("rope_theta")
        .or_else(|| inner.get("rope_theta"))
        .and_then(Value::as_f64);
    let base = base.unwrap_or(10000.0) as f32;
    let number =
        |name: &str, otherwise: f64| inner.get(name).and_then(Value::as_f64).unwrap_or(otherwise);
    let named = |name: &str| inner.get(name).and_then(Value::as_str);
    let pairs = head_width.min(1 << 12) / 2;
    let factors = match named("rope_type")
        .or_else(|| named("type"))
        .unwrap_or("default")
    {
        "default" => Vec::new(),
        "linear" => vec![number("factor", 1.0) as f32; pairs],
        // Llama 3.1: long waves are stretched, short ones left, those between by degrees.
        "llama3" => {
            let factor = number("factor", 8.0);
            let (low, high) = (
                number("low_freq_factor", 1.0),
                number("high_freq_factor", 4.0),
            );
            let seen = number("original_max_position_embeddings", 8192.0);
            let each = (0..pairs).map(|i| {
                let wave = std::f64::consts::TAU
                    * f64::from(base).powf(2.0 * i as f64 / head_width as f64);
                let smooth = ((seen / wave - low) / (high - low)).clamp(0.0, 1.0);
                (1.0 / ((1.0 - smooth) / factor + smooth)) as f32
            });
            each.collect()
        }
        other => {
            return Err(unsupported(format!(
                "Positions stretched by “{}”",
                short(other)
            )));
        }
    };
    Ok(Rope {
        base,
        halves: true,
        factors,
    })
}

/// The weights of a model in GGUF, or in llama2.c's form, which comes under the same names.
///
/// # Errors
/// [`Error::BadModelFile`](crate::error::Error::BadModelFile).
pub fn from_gguf(store: &Store, shape: Shape) -> Result<Decoder> {
    Reader::new(store, &GGUF, &shape, "").decoder(shape.clone())
}

/// The weights of a model in safetensors.
///
/// # Errors
/// [`Error::BadModelFile`](crate::error::Error::BadModelFile), [`Error::Unsupported`](crate::error::Error::Unsupported).
pub fn from_safetensors(store: &Store, shape: Shape) -> Result<Decoder> {
    let names = architecture(&shape.architecture)?.names;
    // Some files of GPT-2 have all names behind this.
    let prefix = match store.find("transformer.wte.weight") {
        Some(_) => "transformer.",
        None => "",
    };
    Reader::new(store, names, &shape, prefix).decoder(shape.clone())
}

/// Finds weights by their names.
struct Reader<'a> {
    store: &'a Store,
    names: &'static Names,
    prefix: &'a str,
    q: usize,
    kv: usize,
    c: usize,
    f: usize,
    head_width: usize,
}

impl<'a> Reader<'a> {
    fn new(store: &'a Store, names: &'static Names, shape: &Shape, prefix: &'a str) -> Self {
        Self {
            store,
            names,
            prefix,
            q: shape.heads * shape.head_width,
            kv: shape.kv_heads * shape.head_width,
            c: shape.width,
            f: shape.hidden,
            head_width: shape.head_width,
        }
    }

    fn decoder(&self, shape: Shape) -> Result<Decoder> {
        let (names, c) = (self.names, self.c);
        let whole = |name: &str| format!("{}{name}.weight", self.prefix);
        let positions = match names.positions {
            name if shape.rope.is_some() || name.is_empty() => None,
            name => Some(self.store.matrix(&whole(name), [shape.context, c])?),
        };
        // A head of its own stands without the prefix, if there is one.
        let head = format!("{}.weight", names.head);
        let head = match self.store.find(&head) {
            Some(_) => Some(self.store.matrix(&head, [shape.vocabulary, c])?),
            None => None,
        };
        Ok(Decoder {
            embedding: self
                .store
                .matrix(&whole(names.embedding), [shape.vocabulary, c])?,
            positions,
            layers: (0..shape.layers)
                .map(|layer| self.layer(layer))
                .collect::<Result<_>>()?,
            norm: self.gain(&format!("{}{}", self.prefix, names.norm), c)?,
            head,
            shape,
        })
    }

    fn layer(&self, layer: usize) -> Result<Layer> {
        let names = self.names;
        let place = format!(
            "{}{}",
            self.prefix,
            names.layer.replace("{}", &layer.to_string())
        );
        let at = |name: &str| format!("{place}{name}");
        let (c, f) = (self.c, self.f);
        let [q, k, v] = self.qkv(&at)?;
        let qk_norm = match names.qk_norm {
            [a, b] if self.there(&at(a)) => Some([
                self.gain(&at(a), self.head_width)?,
                self.gain(&at(b), self.head_width)?,
            ]),
            _ => None,
        };
        let gated = !names.gate.is_empty() && self.there(&at(names.gate));
        Ok(Layer {
            attention_norm: self.gain(&at(names.attention_norm), c)?,
            q,
            k,
            v,
            qk_norm,
            out: self.linear(&at(names.out), [c, self.q])?,
            mlp_norm: self.gain(&at(names.mlp_norm), c)?,
            gate: gated
                .then(|| self.linear(&at(names.gate), [f, c]))
                .transpose()?,
            up: self.linear(&at(names.up), [f, c])?,
            down: self.linear(&at(names.down), [c, f])?,
        })
    }

    /// Queries, keys and values, one by one or out of one matrix.
    fn qkv(&self, at: &dyn Fn(&str) -> String) -> Result<[Linear; 3]> {
        let (names, c) = (self.names, self.c);
        if names.fused.is_empty() || !self.there(&at(names.fused)) {
            let [q, k, v] = names.qkv;
            let rows = [self.q, self.kv, self.kv];
            return Ok([
                self.linear(&at(q), [rows[0], c])?,
                self.linear(&at(k), [rows[1], c])?,
                self.linear(&at(v), [rows[2], c])?,
            ]);
        }
        let all = self.linear(&at(names.fused), [self.q + 2 * self.kv, c])?;
        let part = |from: usize, n: usize| -> Result<Linear> {
            let weight = all
                .weight
                .part(from..from + n)
                .ok_or_else(|| bad("its queries and keys do not fit"))?;
            let bias = all
                .bias
                .as_ref()
                .and_then(|b| b.get(from..from + n))
                .map(<[f32]>::to_vec);
            Ok(Linear { weight, bias })
        };
        Ok([
            part(0, self.q)?,
            part(self.q, self.kv)?,
            part(self.q + self.kv, self.kv)?,
        ])
    }

    fn there(&self, name: &str) -> bool {
        self.store.find(&format!("{name}.weight")).is_some()
    }

    fn linear(&self, name: &str, [rows, columns]: [usize; 2]) -> Result<Linear> {
        let full = format!("{name}.weight");
        let weight = match self.names.transposed {
            false => self.store.matrix(&full, [rows, columns])?,
            true => self.turned(&full, [columns, rows])?,
        };
        Ok(Linear {
            weight,
            bias: self.bias(name, rows)?,
        })
    }

    fn turned(&self, name: &str, dims: [usize; 2]) -> Result<Matrix> {
        let turned = self.store.matrix(name, dims)?.transposed();
        turned.ok_or_else(|| bad(format!("its tensor “{}” cannot be turned", short(name))))
    }

    fn bias(&self, name: &str, n: usize) -> Result<Option<Vec<f32>>> {
        let name = format!("{name}.bias");
        match self.store.find(&name) {
            Some(_) => Ok(Some(self.store.vector(&name, n)?)),
            None => Ok(None),
        }
    }

    fn gain(&self, name: &str, n: usize) -> Result<Gain> {
        Ok(Gain {
            gain: self.store.vector(&format!("{name}.weight"), n)?,
            bias: self.bias(name, n)?,
        })
    }
}

/// The tokens that end what a model writes, out of a `config.json` or `generation_config.json`.
pub fn ends(config: &Value) -> Vec<u32> {
    let number = |v: &Value| v.as_u64().and_then(|n| u32::try_from(n).ok());
    match config.get("eos_token_id") {
        Some(Value::Array(all)) => all.iter().filter_map(number).collect(),
        Some(one) => number(one).into_iter().collect(),
        None => Vec::new(),
    }
}
