//! Durations as Go and Terraform write them: `90s`, `1h30m`, `1.5h`.

use std::time::Duration;

/// Reads a duration: one or more decimal numbers, each with a unit out of
/// `ns`, `us`, `µs`, `ms`, `s`, `m` and `h`.
///
/// # Errors
///
/// A sentence for the user, when the text is not such a duration, is negative, or is longer
/// than a hundred years.
pub fn parse(text: &str) -> Result<Duration, String> {
    const LONGEST_SECONDS: f64 = 100.0 * 366.0 * 86_400.0;
    let invalid = || {
        "The value is not a duration of at most a hundred years. Write numbers with units, such as \
         \"90s\", \"20m\" or \"1h30m\"."
            .to_owned()
    };
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    let mut rest = text;
    let mut seconds = 0.0;
    while !rest.is_empty() {
        let unit_at = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .ok_or_else(invalid)?;
        let (number, tail) = rest.split_at(unit_at);
        let unit_end = tail
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(unit_end);
        let factor = match unit {
            "ns" => 1e-9,
            "us" | "µs" | "μs" => 1e-6,
            "ms" => 1e-3,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            _ => return Err(invalid()),
        };
        seconds += number.parse::<f64>().map_err(|_| invalid())? * factor;
        rest = tail;
    }
    if text.is_empty() || seconds > LONGEST_SECONDS {
        return Err(invalid());
    }
    Ok(Duration::from_secs_f64(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_go_reads_them() {
        for (text, milliseconds) in [
            ("90s", 90_000),
            ("20m", 1_200_000),
            ("1h30m", 5_400_000),
            ("1.5s", 1500),
            ("0", 0),
        ] {
            assert_eq!(
                parse(text),
                Ok(Duration::from_millis(milliseconds)),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_not_a_duration_is_refused_with_an_example() {
        for text in [
            "",
            "5",
            "m",
            "-5m",
            "5 m",
            "1d",
            "1e9h",
            "1..2s",
            "99999999999h",
            "s5",
        ] {
            assert!(
                parse(text).is_err_and(|text| text.contains("1h30m")),
                "{text:?}"
            );
        }
    }
}
