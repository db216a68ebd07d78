use proptest::prelude::*;

use super::*;

fn number(text: &str) -> Number {
    text.parse().expect("the test gives a number")
}

fn text(text: &str) -> Number {
    Number(Form::Text(text.into()))
}

#[test]
fn an_integer_is_its_value_not_its_spelling() {
    for (text, integer) in [
        ("7", 7),
        ("+7", 7),
        ("007", 7),
        ("5.", 5),
        ("1.0", 1),
        ("1e3", 1000),
        ("1E2", 100),
        ("150e-1", 15),
        ("-0", 0),
        ("0.00", 0),
        ("0e999", 0),
        ("-9223372036854775808", i64::MIN),
        ("9223372036854775807.000", i64::MAX),
        ("922337203685477580700e-2", i64::MAX),
    ] {
        assert!(number(text) == integer.into(), "{text}");
        assert_eq!(number(text).as_i64(), Some(integer), "{text}");
    }
}

#[test]
fn any_other_number_is_kept_as_it_is_spelt() {
    for spelt in [
        "0.1",
        "1.50",
        ".5",
        "15e-1",
        "9223372036854775808",
        "-9223372036854775809",
        "0.1000000000000000055511151231257827",
        "1e19",
        "1e999999999",
        "-1.5e-999999999",
        "1e9223372036854775807",
        "10e9223372036854775807",
        "0.1e-9223372036854775808",
    ] {
        assert!(number(spelt) == text(spelt), "{spelt}");
        assert_eq!(number(spelt).as_i64(), None, "{spelt}");
    }
}

#[test]
fn what_is_no_number_is_refused() {
    for text in [
        "",
        "-",
        "+",
        ".",
        "1..2",
        "1.2.3",
        "e5",
        "1e",
        "1e+",
        "0x10",
        "1_000",
        " 1",
        "nan",
        "--1",
        "1e1.5",
        "１",
        "1e99999999999999999999",
    ] {
        let refused = text.parse::<Number>().err();
        assert_eq!(refused, Some(NOT_A_NUMBER), "{text}");
    }
}

#[test]
fn a_float_is_an_integer_or_stays_a_float() {
    for (float, integer) in [
        (5.0, Some(5)),
        (-0.0, Some(0)),
        (4_611_686_018_427_387_904.0, Some(1 << 62)),
        (9_223_372_036_854_775_808.0, None),
        (0.5, None),
        (1_800_004_679_551_617.2, None),
        (f64::from_bits(1), None),
        (f64::NEG_INFINITY, None),
    ] {
        let number = Number::from_f64(float).expect("no NaN");
        assert_eq!(number.as_i64(), integer, "{float}");
        let kept = Number(Form::Float(float.to_bits()));
        assert_eq!(number == kept, integer.is_none(), "{float}");
    }
    assert!(Number::from_f64(f64::NAN).is_none());
    assert!(Number::from_f64(f64::NEG_INFINITY) == Some(number("-Inf")));
}

#[test]
fn debug_output_keeps_the_value_to_itself() {
    assert_eq!(format!("{:?}", number("4711")), "number");
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC*") {
        let _ = text.parse::<Number>();
    }

    #[test]
    fn integers_survive(integer: i64, zeros in 0..9_usize) {
        let spelt = format!("{integer}.{:0<zeros$}", "");
        prop_assert_eq!(number(&spelt).as_i64(), Some(integer));
        let shifted = format!("{integer}{:0<zeros$}e-{zeros}", "");
        prop_assert_eq!(number(&shifted).as_i64(), Some(integer));
        let wide = Number::from(i128::from(integer));
        prop_assert_eq!(wide.as_i64(), Some(integer));
    }
}
