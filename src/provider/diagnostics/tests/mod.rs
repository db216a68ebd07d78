//! What the table of codes has to hold, and what every text has to say.

mod port_ins;
mod purchases;
mod texts;

use std::collections::BTreeSet;

use super::*;
use crate::provider::purchase::NotBought;
use purchases::{NUMBER, choices, stop};
use texts::all;

#[test]
fn every_code_is_there_once_in_order_with_cause_and_cure() {
    for pair in messages().windows(2) {
        assert!(pair[0].code < pair[1].code, "{pair:?}");
    }
    for message in messages() {
        for sentence in [message.cause, message.cure] {
            let words = sentence.split_whitespace().count();
            assert!((2..=25).contains(&words), "{message:?}");
            assert!(sentence.ends_with('.'), "{message:?}");
            assert!(
                !sentence.trim_end_matches('.').contains(". "),
                "{message:?}"
            );
        }
    }
}

#[test]
fn every_code_is_reported() {
    let reported: BTreeSet<&str> = all().iter().map(|(code, _)| *code).collect();
    for message in messages() {
        assert!(
            reported.contains(message.code),
            "nothing reports {message:?}"
        );
    }
}

#[test]
fn every_text_has_its_code_and_a_short_summary() {
    for (code, text) in all() {
        assert_eq!(text.code(), Some(code), "{text:?}");
        let summary = text.summary();
        assert!(summary.split(' ').count() <= 9, "{summary}");
        let detail = text.detail();
        assert!(!detail.replace("$...", "").contains(".."), "{detail}");
        assert!(!detail.contains("  \n"), "{detail}");
        assert!(detail.len() < 2048, "{detail}");
    }
}

/// Lines that begin with a space are commands and lines to paste. What others wrote, after a colon
/// or in parentheses, is not counted.
#[test]
fn sentences_are_short() {
    let mut long = Vec::new();
    for (code, text) in all() {
        let lines = text.detail().lines().filter(|line| !line.starts_with(' '));
        for sentence in lines.flat_map(|line| line.split([':', '.', ';', '('])) {
            let words = sentence.split_whitespace().count();
            if words > 25 {
                long.push(format!("{code:?}, {words} words: {sentence}"));
            }
        }
    }
    assert!(long.is_empty(), "\n{}\n", long.join("\n"));
}

/// What a read or a destroy says names its number or order, and never that it was for nothing.
#[test]
fn texts_of_reads_and_destroys_name_their_subject_and_what_the_state_does() {
    let is_meant = |code: &str| {
        ["JN31", "JN32", "JN42"]
            .iter()
            .any(|range| code.starts_with(range))
    };
    for (code, text) in all().into_iter().filter(|(code, _)| is_meant(code)) {
        let all = format!("{} {}", text.summary(), text.detail());
        let has_subject = !matches!(code, "JN324" | "JN325");
        assert_eq!(
            all.contains(NUMBER) || all.contains("JNUOID-1"),
            has_subject,
            "{all}"
        );
        let costs = ["Nothing was changed or bought.", "Nothing was bought"];
        assert!(costs.iter().any(|cost| all.contains(cost)), "{all}");
    }
}

/// C75: what no text may say.
#[test]
fn only_proof_says_that_nothing_was_bought_and_no_text_deletes_a_record() {
    let proved = ["JN101", "JN104", "JN426"];
    for (code, text) in all() {
        let detail = text.detail().to_lowercase();
        for claim in ["nothing was bought and", "no money was spent"] {
            assert_eq!(
                detail.contains(claim),
                proved.contains(&code),
                "{claim}: {detail}"
            );
        }
        let is_about_purchases = code.starts_with("JN1");
        assert!(
            !is_about_purchases || !detail.contains("delete"),
            "{detail}"
        );
    }
}

/// C75: the line comes first, `nothing` comes last, and an import is followed by a line.
#[test]
fn a_full_stop_begins_with_lines_and_never_with_nothing_alone() {
    for (known, unknown, fits) in [(0, 1, 0), (0, 1, 2), (0, 3, 2), (1, 1, 1), (2, 0, 0)] {
        let texts = [NotBought::Unconfirmed, NotBought::Open, NotBought::HeldBack];
        for build in texts {
            let problem = build(stop(Some(choices(known, unknown, fits))));
            let text = purchase::not_bought(problem, &[]);
            let lines: Vec<&str> = text
                .detail()
                .lines()
                .filter(|line| line.contains("JOONTO_PURCHASE_RESOLVED="))
                .collect();
            assert!(text.detail().starts_with(stops::PASTE));
            assert!(!lines[0].ends_with("=nothing\""), "{}", text.detail());
            let is_nothing = |line: &&&str| line.ends_with("=nothing\"");
            if unknown > 0 {
                assert!(lines.iter().filter(is_nothing).count() >= 1);
            }
            if let Some((_, after)) = text.detail().split_once("terraform import") {
                assert!(after.contains("JOONTO_PURCHASE_RESOLVED="), "{after}");
                assert!(text.detail().contains("no other state holds it"));
            }
        }
    }
}

#[test]
fn an_import_of_an_unknown_number_says_what_is_likely() {
    let likely = [
        "no numbers at all",
        "2 other numbers",
        "the SIM carries no number",
        "belongs to another account",
    ];
    let texts = all();
    let details = texts
        .iter()
        .filter(|(code, _)| *code == "JN331")
        .map(|(_, text)| text.detail());
    let details: Vec<&str> = details.collect();
    for words in likely {
        assert!(
            details.iter().any(|detail| detail.contains(words)),
            "{words}"
        );
    }
}
