//! The native command line: train, sample, evaluate, inspect, pack.

#[cfg(not(target_family = "wasm"))]
fn main() -> std::process::ExitCode {
    generative_playground::cli::main()
}

#[cfg(target_family = "wasm")]
fn main() {}
