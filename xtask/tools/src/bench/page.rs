//! The figures as a page for people.

use std::fmt::Write as _;

use super::Group;
use super::report::Report;

const INTRODUCTION: &str = "\
# Benchmarks

Written by `cargo xtask bench`; do not edit. The provider is built as it is released, the API is the
sandbox on loopback, and nothing limits the pace of requests unless a line says so. Whole commands
are run by the real Terraform, ours and the reference in turn. The reference is a `terraform_data`
for each number that holds, in `triggers_replace`, an object with the same attributes and the same
bytes as a number in state: what that costs is Terraform's own cost. A goal that is missed fails
nothing; it is said here. The goals in milliseconds are for a machine on which the C program of the
first table takes 0.53 ms.
";

const GROWTH: &str = "
The processor time per number is taken from `/proc` while a host written in Rust makes the calls
that Terraform makes for a plan, an apply and a destroy, ten at once; processes are started and
warmed up before. Growth of the time of a plan is Terraform's: it is more than linear for the
reference as well.
";

const COMMANDS: &str = "
What a number costs the processor has no single spot. Most of it is HTTP/2, TLS, the runtime, and the
kernel's part of sockets and files. A create is several calls over TLS, a connection of its own for the
purchase, and a record that is made durable twice: before the purchase is sent, and before its response
leaves. Beside Terraform, which has both cores busy, the caches are cold at each call. To spend less,
purchases would have to share a connection, or records not be forced to disk. Both are there so that one
create is one number.
";

/// The page.
pub(super) fn markdown(report: &Report) -> String {
    let mut page = format!(
        "{INTRODUCTION}\nMachine: {}.\n\nVersions: {}.\n\n{}\n",
        report.machine,
        report.versions.join(", "),
        report.summary()
    );
    for (group, measured) in &report.groups {
        let _ = write!(page, "\n## {}\n\n{}", group.title(), measured.date);
        if let Some(load) = measured.load {
            let _ = write!(
                page,
                "; {load:.1} processes wanted to run on average over the last minute of it"
            );
        }
        page += ".\n\n| figure | goal | measured | | of |\n|---|---:|---:|---|---|\n";
        for row in &measured.rows {
            page += &format!("| {} |\n", row.cells().join(" | "));
        }
        page += match group {
            Group::Commands => COMMANDS,
            Group::Growth => GROWTH,
            _ => "",
        };
    }
    page
}
