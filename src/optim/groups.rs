//! Parameters that an optimizer treats alike.

use burn::module::Module;

use crate::nn::weights;

/// A parameter of a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its path in the network's module tree, for example `hidden.0.weight`.
    pub name: String,
    /// Its shape.
    pub dims: Vec<usize>,
}

/// How an optimizer treats parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rule {
    /// Weight decay takes its share off them.
    pub decay: bool,
    /// They are matrices or kernels, and move by Muon where the options of the training ask for it.
    pub muon: bool,
}

impl Rule {
    /// By Adam, without decay: gains, biases.
    pub const PLAIN: Self = Self {
        decay: false,
        muon: false,
    };
    /// By Adam, with decay: matrices.
    pub const MATRIX: Self = Self {
        decay: true,
        muon: false,
    };
    /// By Muon where it is asked for, with decay: matrices and kernels between hidden layers.
    pub const HIDDEN: Self = Self {
        decay: true,
        muon: true,
    };
}

/// Rows and columns of a parameter as Muon sees it. A convolution's kernel `[out, in, height, width]` is the matrix
/// `[out, in · height · width]` by which patches are multiplied (Jordan et al. 2024). Nothing for a vector.
pub fn as_matrix(dims: &[usize]) -> Option<[usize; 2]> {
    match dims {
        [] | [_] => None,
        [rows, rest @ ..] => Some([*rows, rest.iter().product()]),
    }
}

/// Parameters of one network that are treated alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterGroup {
    /// The network.
    pub network: &'static str,
    /// How they are treated.
    pub rule: Rule,
    /// They, in the order of the module tree.
    pub parameters: Vec<Parameter>,
}

impl ParameterGroup {
    /// The groups of a network, each parameter by the rule that `rule` gives for its name and shape.
    pub fn of<M: Module>(
        network: &'static str,
        module: &M,
        rule: impl Fn(&str, &[usize]) -> Rule,
    ) -> Vec<Self> {
        let mut groups: Vec<Self> = Vec::new();
        for (name, dims) in weights::shapes(module) {
            let rule = rule(&name, &dims);
            let parameter = Parameter { name, dims };
            match groups.iter_mut().find(|group| group.rule == rule) {
                Some(group) => group.parameters.push(parameter),
                None => groups.push(Self {
                    network,
                    rule,
                    parameters: vec![parameter],
                }),
            }
        }
        groups
    }

    /// The groups of a network with hidden layers: matrices and kernels `inside`, by their names, may move by Muon; tables,
    /// and what reads examples and writes them, may not. Kernels outside do not decay.
    pub fn of_hidden<M: Module>(
        network: &'static str,
        module: &M,
        inside: impl Fn(&str) -> bool,
    ) -> Vec<Self> {
        Self::of(network, module, |name, dims| match dims.len() {
            2.. if inside(name) => Rule::HIDDEN,
            2 => Rule::MATRIX,
            _ => Rule::PLAIN,
        })
    }

    /// What fits most networks: matrices decay, everything else does not, and all move by Adam.
    pub fn by_shape<M: Module>(network: &'static str, module: &M) -> Vec<Self> {
        Self::of(network, module, |_, dims| match dims.len() {
            2 => Rule::MATRIX,
            _ => Rule::PLAIN,
        })
    }
}
