//! One of two networks.

use burn::{
    module::{Content, Module, ModuleDisplay, ModuleDisplayDefault, ModuleMapper, ModuleVisitor},
    tensor::Device,
};

/// One of two networks, whose parameters keep the names they have in it.
#[derive(Clone, Debug)]
pub enum Either<A, B> {
    /// The first.
    A(A),
    /// The second.
    B(B),
}

impl<A: Module, B: Module> Module for Either<A, B> {
    fn visit<V: ModuleVisitor>(&self, visitor: &mut V) {
        match self {
            Self::A(module) => module.visit(visitor),
            Self::B(module) => module.visit(visitor),
        }
    }

    fn map<M: ModuleMapper>(self, mapper: &mut M) -> Self {
        match self {
            Self::A(module) => Self::A(module.map(mapper)),
            Self::B(module) => Self::B(module.map(mapper)),
        }
    }

    fn to_device(self, device: &Device) -> Self {
        match self {
            Self::A(module) => Self::A(module.to_device(device)),
            Self::B(module) => Self::B(module.to_device(device)),
        }
    }

    fn fork(self, device: &Device) -> Self {
        match self {
            Self::A(module) => Self::A(module.fork(device)),
            Self::B(module) => Self::B(module.fork(device)),
        }
    }

    fn collect_devices(&self, devices: Vec<Device>) -> Vec<Device> {
        match self {
            Self::A(module) => module.collect_devices(devices),
            Self::B(module) => module.collect_devices(devices),
        }
    }

    fn valid(&self) -> Self {
        match self {
            Self::A(module) => Self::A(module.valid()),
            Self::B(module) => Self::B(module.valid()),
        }
    }

    fn train(self) -> Self {
        match self {
            Self::A(module) => Self::A(module.train()),
            Self::B(module) => Self::B(module.train()),
        }
    }

    fn materialize(self) -> Self {
        match self {
            Self::A(module) => Self::A(module.materialize()),
            Self::B(module) => Self::B(module.materialize()),
        }
    }
}

impl<A: ModuleDisplay, B: ModuleDisplay> ModuleDisplayDefault for Either<A, B> {
    fn content(&self, content: Content) -> Option<Content> {
        match self {
            Self::A(module) => content.add_single(module).optional(),
            Self::B(module) => content.add_single(module).optional(),
        }
    }
}

impl<A: ModuleDisplay, B: ModuleDisplay> ModuleDisplay for Either<A, B> {}
