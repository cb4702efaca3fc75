# shellcheck shell=bash
# Sourced by `serve` and `test`: puts what they need in place, and is quick where it is there already.
#
# Everything that is built or downloaded lives outside the checkout, in $GP_CACHE, so that a clean
# checkout starts warm:
#   target/    cargo's target folder
#   tools/     trunk, wasm-bindgen and cargo-deny, built by `cargo install`
#   node/      one node_modules for each package-lock.json
#   wasm-opt/  optimised modules by the hash of what went in (see .ci/bin/wasm-opt)
#   split/     the processor's module in two, likewise (see web/modules/)

set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export GP_CACHE=${GP_CACHE:-$HOME/.cache/generative-playground}
export CARGO_TARGET_DIR=$GP_CACHE/target
export PATH=$root/.ci/bin:$GP_CACHE/tools/bin:$PATH
# trunk reads NO_COLOR as a boolean and stops at the usual NO_COLOR=1.
[[ -z ${NO_COLOR:-} ]] || export NO_COLOR=true

trunk_version=0.21.14
deny_version=0.20.2

# A heading, with the seconds since the beginning.
say() { printf '\n== %s (after %d s)\n' "$*" "$SECONDS"; }
fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}
has() { command -v "$1" >/dev/null 2>&1; }

# What has to be on the machine before anything can be installed by itself: all of it told at once, before the
# first minute of compiling. rustup is found where its installer puts it, also in a shell that was open before.
ensure_machine() {
  [[ -d $HOME/.cargo/bin ]] && export PATH=$PATH:$HOME/.cargo/bin
  local missing=() major=0
  has rustup || missing+=("rustup     curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh")
  has cc || missing+=("a C compiler     sudo apt-get install build-essential     (Debian, Ubuntu)")
  has node && major=$(node -p 'process.versions.node.split(".")[0]')
  if ((major < 20)) || ! has npm; then
    missing+=("Node.js 20 or newer with npm$( ((major)) && echo " (this is $(node --version))")     https://nodejs.org/en/download")
  fi
  ((${#missing[@]})) || return 0
  printf 'error: this machine lacks\n' >&2
  printf '  - %s\n' "${missing[@]}" >&2
  exit 1
}

# The version of a crate that Cargo.lock pins.
locked_version() {
  awk -v want="name = \"$1\"" '$0 == want { getline; gsub(/version = |"/, ""); print; exit }' "$root/Cargo.lock"
}

# The pinned toolchain with its components and the wasm target. Asking for what is there costs nothing.
ensure_rust() {
  has rustup || fail "rustup is missing; https://rustup.rs says how to get it."
  cd "$root"
  if ! rustc --version >/dev/null 2>&1; then
    say "Installing the Rust toolchain of rust-toolchain.toml"
    rustup toolchain install
  fi
  local installed
  installed=$(rustup target list --installed)
  grep -qx wasm32-unknown-unknown <<<"$installed" || rustup target add wasm32-unknown-unknown
  # Checkouts share the target folder, and cargo tells their files apart by age alone: what another
  # one built would pass for this one's.
  mkdir -p "$CARGO_TARGET_DIR"
  local stamp=$CARGO_TARGET_DIR/.last-checkout
  if [[ $(cat "$stamp" 2>/dev/null) != "$root" ]]; then
    touch "$root"/compute/src/lib.rs "$root"/src/lib.rs "$root"/src/bin/*.rs "$root"/tests/*.rs
    echo "$root" >"$stamp"
  fi
  cargo fmt --version >/dev/null 2>&1 || rustup component add rustfmt
  cargo clippy --version >/dev/null 2>&1 || rustup component add clippy
}

# ensure_tool COMMAND VERSION WHAT...: a program of exactly that version, built by `cargo install WHAT`
# with the crates that its lock file pins.
ensure_tool() {
  local command=$1 version=$2
  shift 2
  local bin=$GP_CACHE/tools/bin/$command
  if [[ -x $bin && $("$bin" --version) == *" $version"* ]]; then return; fi
  say "Installing $command $version (once; some minutes)"
  # Optimised little: they run for seconds and compile for minutes.
  CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
    cargo install "$@" --locked --force --root "$GP_CACHE/tools" --target-dir "$GP_CACHE/tools-build"
  rm -rf "$GP_CACHE/tools-build"
  [[ $("$bin" --version) == *" $version"* ]] || fail "$command is not of the version $version that was asked for."
}

# trunk, and the wasm-bindgen that fits Cargo.lock; trunk uses what is on PATH and downloads nothing.
ensure_wasm_tools() {
  ensure_tool wasm-bindgen "$(locked_version wasm-bindgen)" --path "$root/.ci/wasm-bindgen"
  ensure_tool trunk "$trunk_version" trunk --version "$trunk_version" --no-default-features --features rustls
}

# What asks whether the crates have known faults, and licences that may be used.
ensure_deny() {
  ensure_tool cargo-deny "$deny_version" cargo-deny --version "$deny_version"
}

# answered WHAT COMMAND...: runs a check that asks a server. Where that gives no answer, as offline, it
# says so and goes on.
answered() {
  local what=$1 log status=0
  shift
  log=$(timeout 120 "$@" 2>&1) || status=$?
  ((status == 0)) && return
  if ((status == 124)) || grep -qE "failed to fetch|audit endpoint returned an error|ENOTFOUND|EAI_AGAIN|ECONNREFUSED" <<<"$log"; then
    printf 'no answer about %s; not checked\n' "$what"
    return
  fi
  printf '%s\n' "$log" >&2
  fail "$what: see above."
}

# npm's packages, linked into the checkout; a node_modules that somebody installed by hand is left to them.
ensure_node() {
  has node || fail "Node.js 20 or newer is missing."
  local major
  major=$(node -p 'process.versions.node.split(".")[0]')
  ((major >= 20)) || fail "Node.js 20 or newer is needed; this is $(node --version)."
  cd "$root"
  if [[ -d node_modules && ! -L node_modules ]]; then
    [[ node_modules/.package-lock.json -nt package-lock.json ]] || npm ci --ignore-scripts
    return
  fi
  local home
  home=$GP_CACHE/node/$(sha256sum package-lock.json | cut -c1-16)
  if [[ ! -e $home/complete ]]; then
    say "Installing npm packages (once for each package-lock.json)"
    mkdir -p "$home"
    cp package.json package-lock.json "$home/"
    npm ci --ignore-scripts --prefix "$home"
    touch "$home/complete"
  fi
  ln -sfn "$home/node_modules" node_modules
}

# Models of elsewhere that the site offers; without a registry at hand it does without them.
ensure_guests() {
  if [[ ! -e $GP_CACHE/guests/tinystories-15m.json ]]; then
    say "Fetching a model of stories for the site to offer (112 MB, once)"
    timeout 600 node "$root/recipes/open/tinystories.mjs" || printf 'it is left out\n'
  fi
  if [[ ! -e $GP_CACHE/guests/minilm.json ]]; then
    say "Fetching a sentence encoder for the site to offer (42 MB, once)"
    timeout 600 node "$root/recipes/open/minilm.mjs" || printf 'it is left out\n'
  fi
}

# Chromium, Firefox and WebKit for the browser tests; GP_CHROMIUM, GP_FIREFOX and GP_MINIBROWSER name others.
ensure_browsers() {
  export GP_CHROMIUM=${GP_CHROMIUM:-/usr/bin/chromium}
  export GP_FIREFOX=${GP_FIREFOX:-/usr/bin/firefox-esr}
  export GP_MINIBROWSER=${GP_MINIBROWSER:-/usr/lib/$(uname -m)-linux-gnu/webkit2gtk-4.1/MiniBrowser}
  [[ -x $GP_CHROMIUM && -x $GP_FIREFOX && -x $GP_MINIBROWSER ]] && has WebKitWebDriver && has Xvfb && return
  has apt-get || fail "A browser is missing: $GP_CHROMIUM, $GP_FIREFOX, $GP_MINIBROWSER with WebKitWebDriver and Xvfb; name yours in GP_CHROMIUM, GP_FIREFOX and GP_MINIBROWSER."
  say "Installing Chromium, Firefox and WebKit from Debian's packages"
  local sudo=()
  ((EUID == 0)) || sudo=(sudo)
  "${sudo[@]}" apt-get update
  DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y --no-install-recommends \
    chromium firefox-esr fonts-dejavu-core webkit2gtk-driver xvfb
}

# The suite of tests/browser/parity.test.mjs as modules of its own, in $GP_PARITY: the site does not
# carry it. Only linking is left to do after the site's modules.
build_parity() {
  export GP_PARITY=$GP_CACHE/parity
  local build=(cargo build --locked --profile wasm --target wasm32-unknown-unknown --bin parity)
  local built=$CARGO_TARGET_DIR/wasm32-unknown-unknown/wasm/parity.wasm
  "${build[@]}" --no-default-features --features worker
  wasm-bindgen --target web --no-typescript --out-dir "$GP_PARITY" --out-name parity-cpu "$built"
  "${build[@]}" --features webgpu
  wasm-bindgen --target web --no-typescript --out-dir "$GP_PARITY" --out-name parity-webgpu "$built"
}
