//! One of the worker's two wasm modules; all of it is in `generative_playground::worker`.

#[cfg(target_family = "wasm")]
generative_playground::worker_exports!();
#[cfg(target_family = "wasm")]
generative_playground::helper_exports!();

fn main() {}
