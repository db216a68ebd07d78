//! What is fuzzed: each decoder that reads what others wrote, as a function of bytes.
//!
//! A target panics where the code under it does, and where what it read breaks a promise. It is
//! run by cargo-fuzz, which is guided by coverage, and by `cargo xtask fuzz`, which is not, and
//! which also measures what a run allocates. `fuzz/README.md` says how.

pub mod corpus;
pub mod mutation;

mod activation_code;
mod bytes;
mod environment;
mod journal;
mod objects;
mod responses;
mod rpc;
mod service;
mod values;

/// Something that is fuzzed.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name, and that of its folders in `fuzz/corpus/` and `fuzz/regressions/`.
    pub name: &'static str,
    /// Runs it once. Panics when something is wrong.
    pub run: fn(&[u8]),
    /// What to begin with: inputs that are as they should be, each with a name.
    pub seeds: fn() -> Vec<Seed>,
    /// How much one run may allocate, everything added up.
    pub allowance: Allowance,
}

/// An input that is as it should be, and its name.
pub type Seed = (&'static str, Vec<u8>);

/// How much one run may allocate.
#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    /// However short the input is.
    pub fixed: usize,
    /// For each byte of the input.
    pub per_byte: usize,
}

impl Allowance {
    /// How much that is for an input of `length` bytes.
    #[must_use]
    pub const fn of(self, length: usize) -> usize {
        self.fixed + self.per_byte * length
    }
}

/// Everything that is fuzzed.
pub const TARGETS: [Target; 8] = [
    Target {
        name: "msgpack",
        run: values::read_msgpack,
        seeds: values::msgpack_seeds,
        allowance: values::ALLOWANCE,
    },
    Target {
        name: "json",
        run: values::read_json,
        seeds: values::json_seeds,
        allowance: values::ALLOWANCE,
    },
    Target {
        name: "rpc",
        run: rpc::run,
        seeds: rpc::seeds,
        allowance: service::ALLOWANCE,
    },
    Target {
        name: "objects",
        run: objects::run,
        seeds: objects::seeds,
        allowance: service::ALLOWANCE,
    },
    Target {
        name: "responses",
        run: responses::run,
        seeds: responses::seeds,
        allowance: responses::ALLOWANCE,
    },
    Target {
        name: "activation_code",
        run: activation_code::run,
        seeds: activation_code::seeds,
        allowance: activation_code::ALLOWANCE,
    },
    Target {
        name: "journal",
        run: journal::run,
        seeds: journal::seeds,
        allowance: journal::ALLOWANCE,
    },
    Target {
        name: "environment",
        run: environment::run,
        seeds: environment::seeds,
        allowance: environment::ALLOWANCE,
    },
];

/// The target of that name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}

/// Runs the target of that name once.
///
/// # Panics
///
/// If there is none, and wherever the target does.
pub fn run(name: &str, input: &[u8]) {
    match named(name) {
        Some(target) => (target.run)(input),
        None => panic!("there is no target {name}"),
    }
}
