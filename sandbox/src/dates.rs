//! The API's date shapes. It has five, and mixes them.

use time::macros::format_description;
use time::{Date, OffsetDateTime, UtcOffset};

/// `2025-10-29T12:36:19.338438+00:00`: provision and update.
pub(crate) fn with_offset(at: OffsetDateTime) -> String {
    shape(
        at,
        format_description!(
            "[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]+00:00"
        ),
    )
}

/// `2025-05-15T18:20:58.5133475Z`: availability and status orders.
pub(crate) fn with_z(at: OffsetDateTime) -> String {
    shape(
        at,
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:7]Z"),
    )
}

/// `2025-12-08T00:12:08.89`: orders and swap resets, without a zone.
pub(crate) fn without_zone(at: OffsetDateTime) -> String {
    shape(
        at,
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:2]"),
    )
}

/// `2023-12-31T00:00:00`: effective dates in responses.
pub(crate) fn midnight(date: Date) -> String {
    format!("{date}T00:00:00")
}

/// `05/02/2025 06:36:13 PM`: the expiry of a token, in UTC.
pub(crate) fn token_expiry(at: OffsetDateTime) -> String {
    shape(
        at,
        format_description!(
            "[month]/[day]/[year] [hour repr:12]:[minute]:[second] [period case:upper]"
        ),
    )
}

/// `02/05/2023`: the day a number was bought.
pub(crate) fn day(date: Date) -> String {
    format!(
        "{:02}/{:02}/{:04}",
        u8::from(date.month()),
        date.day(),
        date.year()
    )
}

/// `Mon, 23 Nov 2026 04:15:00 GMT`: HTTP headers.
pub(crate) fn http(at: OffsetDateTime) -> String {
    shape(
        at,
        format_description!(
            "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
        ),
    )
}

/// Reads `MM/DD/YYYY`; month and day may lack their leading zero.
pub(crate) fn parse_day(text: &str) -> Option<Date> {
    let mut parts = text.split('/');
    let (month, day, year) = (parts.next()?, parts.next()?, parts.next()?);
    let plain = |part: &str, lengths: std::ops::RangeInclusive<usize>| {
        lengths.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    if parts.next().is_some() || !plain(month, 1..=2) || !plain(day, 1..=2) || !plain(year, 4..=4) {
        return None;
    }
    let month = time::Month::try_from(month.parse::<u8>().ok()?).ok()?;
    Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok()
}

/// Reads `YYYY-MM-DD`.
pub(crate) fn parse_iso_day(text: &str) -> Option<Date> {
    Date::parse(text, format_description!("[year]-[month]-[day]")).ok()
}

fn shape(
    at: OffsetDateTime,
    format: &[time::format_description::BorrowedFormatItem<'_>],
) -> String {
    at.to_offset(UtcOffset::UTC)
        .format(&format)
        .expect("a UTC instant has every part of a fixed format")
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    #[test]
    fn every_shape_is_the_documented_one() {
        let at = datetime!(2025-05-02 18:36:13.338438 UTC);
        assert_eq!(with_offset(at), "2025-05-02T18:36:13.338438+00:00");
        assert_eq!(with_z(at), "2025-05-02T18:36:13.3384380Z");
        assert_eq!(without_zone(at), "2025-05-02T18:36:13.33");
        assert_eq!(token_expiry(at), "05/02/2025 06:36:13 PM");
        assert_eq!(
            token_expiry(datetime!(2025-05-02 00:05:00 UTC)),
            "05/02/2025 12:05:00 AM"
        );
        assert_eq!(http(at), "Fri, 02 May 2025 18:36:13 GMT");
        assert_eq!(day(at.date()), "05/02/2025");
        assert_eq!(midnight(at.date()), "2025-05-02T00:00:00");
    }

    #[test]
    fn days_are_read_month_first_and_nothing_else_is() {
        assert_eq!(parse_day("05/13/2026"), Some(date!(2026 - 05 - 13)));
        assert_eq!(parse_day("5/13/2026"), Some(date!(2026 - 05 - 13)));
        for wrong in [
            "13/05/2026",
            "2026-05-13",
            "05/13/26",
            "05/13/2026 ",
            "",
            "+5/13/2026",
        ] {
            assert_eq!(parse_day(wrong), None, "{wrong}");
        }
    }
}
