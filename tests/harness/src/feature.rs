//! What newer Terraforms offer and older ones lack: declared here once, for the tests to ask.
//!
//! A test asks [`Cli::offers`] and, where the result is no, tests what users of that version see
//! instead. Each result is printed, so that `cargo xtask matrix` learns from the tests' own output
//! what was used where.

use crate::cli::{Cli, Product, Version};

/// How the line begins that tells of a result.
const LINE: &str = "feature: ";
const OFFERED: &str = "offered";
const LACKING: &str = "lacking";

/// Something not every supported version has.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Feature {
    /// `import` blocks, by id.
    ImportBlocks,
    /// `plan -generate-config-out`.
    GeneratedConfiguration,
    /// `import` blocks with `for_each`.
    ImportForEach,
    /// `removed` blocks with `lifecycle`, in which `destroy = false` stands. OpenTofu before 1.10
    /// takes the block only without it.
    RemovedBlocks,
    /// `terraform test` with mock providers.
    MockProviders,
    /// Functions of providers.
    Functions,
    /// `moved` from a resource of another type, which is for the provider to allow.
    MovedAcrossTypes,
    /// Ephemeral variables, of which nothing is stored.
    EphemeralValues,
    /// Write-only arguments.
    WriteOnlyArguments,
    /// Resource identity, and `import` blocks by it.
    Identity,
    /// `terraform query` and list resources.
    Query,
    /// Actions, triggered and invoked.
    Actions,
}

impl Feature {
    /// All of them, the oldest first.
    pub const ALL: [Self; 12] = [
        Self::ImportBlocks,
        Self::GeneratedConfiguration,
        Self::ImportForEach,
        Self::RemovedBlocks,
        Self::MockProviders,
        Self::Functions,
        Self::MovedAcrossTypes,
        Self::EphemeralValues,
        Self::WriteOnlyArguments,
        Self::Identity,
        Self::Query,
        Self::Actions,
    ];

    /// What people call it, and what it came with: Terraform's version, and OpenTofu's if it has
    /// the feature. OpenTofu's changelogs say since when.
    const fn declared(self) -> (&'static str, (u32, u32), Option<(u32, u32)>) {
        match self {
            Self::ImportBlocks => ("`import` blocks", (1, 5), Some((1, 6))),
            Self::GeneratedConfiguration => ("generated configuration", (1, 5), Some((1, 6))),
            Self::ImportForEach => ("`import` blocks with `for_each`", (1, 7), Some((1, 7))),
            Self::RemovedBlocks => ("`removed` blocks", (1, 7), Some((1, 10))),
            Self::MockProviders => ("mock providers", (1, 7), Some((1, 8))),
            Self::Functions => ("provider functions", (1, 8), Some((1, 7))),
            Self::MovedAcrossTypes => ("`moved` across types", (1, 8), Some((1, 10))),
            Self::EphemeralValues => ("ephemeral values", (1, 10), Some((1, 11))),
            Self::WriteOnlyArguments => ("write-only arguments", (1, 11), Some((1, 11))),
            Self::Identity => ("resource identity", (1, 12), Some((1, 12))),
            Self::Query => ("`terraform query`", (1, 14), None),
            Self::Actions => ("actions", (1, 14), None),
        }
    }

    /// What people call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.declared().0
    }

    /// The Terraform it came with: the first two numbers of the version.
    #[must_use]
    pub const fn since(self) -> (u32, u32) {
        self.declared().1
    }

    /// The OpenTofu it came with, if OpenTofu has it.
    #[must_use]
    pub const fn since_in_opentofu(self) -> Option<(u32, u32)> {
        self.declared().2
    }

    /// Whether this version of this product has it.
    fn is_in(self, product: Product, version: Version) -> bool {
        let since = match product {
            Product::Terraform => Some(self.since()),
            Product::OpenTofu => self.since_in_opentofu(),
        };
        since.is_some_and(|since| (version.major, version.minor) >= since)
    }

    /// The feature and the result that a line of a test's output tells of; none in other lines.
    #[must_use]
    pub fn result(line: &str) -> Option<(Self, bool)> {
        let (name, result) = line.strip_prefix(LINE)?.rsplit_once(": ")?;
        let feature = Self::ALL.into_iter().find(|one| one.name() == name)?;
        match result {
            OFFERED => Some((feature, true)),
            LACKING => Some((feature, false)),
            _ => None,
        }
    }

    fn line(self, offered: bool) -> String {
        let result = if offered { OFFERED } else { LACKING };
        format!("{LINE}{}: {result}", self.name())
    }
}

impl Cli {
    /// Whether it has `feature`. The result is printed as well.
    #[must_use]
    pub fn offers(&self, feature: Feature) -> bool {
        let offered = feature.is_in(self.product(), self.version());
        say(&feature.line(offered));
        offered
    }
}

#[expect(clippy::print_stdout, reason = "it belongs to the test's own output")]
fn say(line: &str) {
    println!("{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_response_is_read_back_as_it_was_printed() {
        for feature in Feature::ALL {
            for offered in [true, false] {
                assert_eq!(
                    Feature::result(&feature.line(offered)),
                    Some((feature, offered))
                );
            }
        }
        for line in [
            "",
            "feature: teleportation: offered",
            "feature: actions: perhaps",
        ] {
            assert_eq!(Feature::result(line), None, "{line}");
        }
    }

    #[test]
    fn each_product_has_its_own_table() {
        let features_of = |product, version| {
            let version = Version::parse(version).expect("a version");
            let mut all = Feature::ALL.to_vec();
            all.retain(|feature| feature.is_in(product, version));
            all.into_iter().map(Feature::name).collect::<Vec<_>>()
        };
        let of_1_9 = |product| features_of(product, "1.9.4");
        assert!(of_1_9(Product::Terraform).contains(&"`removed` blocks"));
        assert!(!of_1_9(Product::OpenTofu).contains(&"`removed` blocks"));
        assert!(!features_of(Product::Terraform, "1.7.5").contains(&"provider functions"));
        assert!(features_of(Product::OpenTofu, "1.7.10").contains(&"provider functions"));
        let lacking = |version| {
            let offered = features_of(Product::OpenTofu, version);
            let names = Feature::ALL.map(Feature::name).into_iter();
            names
                .filter(|name| !offered.contains(name))
                .collect::<Vec<_>>()
        };
        assert_eq!(lacking("1.12.6"), ["`terraform query`", "actions"]);
        assert_eq!(
            lacking("1.11.14"),
            ["resource identity", "`terraform query`", "actions"]
        );
    }

    #[test]
    fn they_are_in_the_order_in_which_they_came() {
        assert!(Feature::ALL.is_sorted());
        assert!(Feature::ALL.is_sorted_by_key(|feature| feature.since()));
    }
}
