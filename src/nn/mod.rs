//! Layers and pieces that several families share and `burn::nn` lacks, or has only with a device
//! generator behind them.

pub mod conv;
pub mod cost;
pub mod decoder;
pub mod dropout;
pub mod either;
pub mod fourier;
pub mod gaussian;
pub mod gaussians;
pub mod init;
pub mod linear;
pub mod lora;
pub mod mlp;
pub mod rows;
pub mod softmax;
pub mod squares;
pub mod standard;
pub mod transformer;
pub mod unet;
pub mod weights;
pub mod words;
