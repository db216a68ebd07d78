use super::*;
use crate::terraform::schema::{Attr, Set};

fn block() -> Block {
    let attributes = vec![
        Attribute::new::<String>("name", &[]).required(),
        Attribute::new::<String>("note", &[]).optional(),
        Attribute::new::<String>("token", &[])
            .optional()
            .write_only(),
        Attribute::new::<String>("code", &[]).optional().verbatim(),
        Attribute::new::<Set<String>>("addresses", &[]).optional(),
        Attribute::new::<Vec<Attr<String>>>("hops", &[]).optional(),
        Attribute::new::<String>("id", &[]).computed(),
    ];
    Block::new(&[], attributes, vec![])
}

/// The codes and places of what is wrong.
fn problems(name: &str, value: Value) -> Vec<(&'static str, String)> {
    let mut config = std::collections::BTreeMap::from([("name".into(), "a".into())]);
    config.insert(name.to_owned().into(), value);
    let mut diagnostics = Diagnostics::new();
    block().validate(&Value::Map(config), &mut diagnostics);
    let found = diagnostics.iter().map(|found| {
        let place = found.attribute().map(ToString::to_string);
        (found.code().unwrap_or_default(), place.unwrap_or_default())
    });
    found.collect()
}

#[test]
fn white_space_around_any_text_is_an_error_that_shows_trimspace() {
    // All that Terraform's own trimspace takes off, and nothing else.
    for space in [
        " ", "\t", "\n", "\r\n", "\u{b}", "\u{85}", "\u{a0}", "\u{2003}",
    ] {
        for text in [format!("{space}a"), format!("a{space}"), space.to_owned()] {
            for name in ["name", "note", "token"] {
                let found = problems(name, text.as_str().into());
                assert_eq!(found, [("TF012", name.to_owned())], "{text:?}");
            }
            let set = Value::List(vec!["b".into(), text.as_str().into()]);
            assert_eq!(
                problems("addresses", set.clone()),
                [("TF012", "addresses".into())]
            );
            assert_eq!(problems("hops", set), [("TF012", "hops[1]".into())]);
            assert_eq!(problems("code", text.as_str().into()), []);
        }
    }
    for text in ["", "a b", "a\u{200b}"] {
        assert_eq!(problems("note", text.into()), [], "{text:?}");
    }
    let text = texts::white_space(AttributePath::root().attribute("name"));
    assert!(text.detail().contains("trimspace("));
}

#[test]
fn an_element_is_neither_null_nor_empty_and_may_be_unknown() {
    for bad in [Value::Null, "".into()] {
        let elements = Value::List(vec![Value::Unknown, bad]);
        assert_eq!(
            problems("addresses", elements.clone()),
            [("TF013", "addresses".into())]
        );
        assert_eq!(problems("hops", elements), [("TF013", "hops[1]".into())]);
    }
    for valid in [vec![], vec![Value::Unknown, "a".into()]] {
        assert_eq!(problems("addresses", Value::List(valid)), []);
    }
}

#[test]
fn what_is_required_is_not_null() {
    assert_eq!(problems("name", Value::Null), [("TF011", "name".into())]);
    assert_eq!(problems("name", Value::Unknown), []);
}

#[test]
fn a_configured_read_only_attribute_is_an_error_even_before_its_value_is_known() {
    for value in ["x".into(), Value::Unknown] {
        assert_eq!(problems("id", value), [("TF010", "id".into())]);
    }
}
