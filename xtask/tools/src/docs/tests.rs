//! Pages of a small schema, whole and in part.

use terraform_provider_joonto::proto::tfplugin6::{
    Function, StringKind, function,
    schema::{
        Attribute, Block, NestedBlock, Object, nested_block::NestingMode,
        object::NestingMode as ObjectNesting,
    },
};
use terraform_provider_joonto::provider::messages;

use super::*;

fn text(name: &str, description: &str) -> Attribute {
    Attribute {
        name: name.to_owned(),
        r#type: (&br#""string""#[..]).into(),
        description: description.to_owned(),
        description_kind: StringKind::Markdown.into(),
        ..Attribute::default()
    }
}

fn of_type(name: &str, constraint: &'static str) -> Attribute {
    Attribute {
        r#type: constraint.as_bytes().into(),
        ..text(name, "")
    }
}

fn schema(description: &str, attributes: Vec<Attribute>, blocks: Vec<NestedBlock>) -> Schema {
    Schema {
        version: 0,
        block: Some(Block {
            attributes,
            block_types: blocks,
            description: description.to_owned(),
            ..Block::default()
        }),
    }
}

fn response() -> Response {
    let timeouts = NestedBlock {
        type_name: "timeouts".to_owned(),
        nesting: NestingMode::Single.into(),
        block: Some(Block {
            attributes: vec![Attribute {
                optional: true,
                ..text("create", "How long.")
            }],
            description: "How long operations may take.".to_owned(),
            ..Block::default()
        }),
        ..NestedBlock::default()
    };
    let number = schema(
        "A phone number.\n\nWith `code`.",
        vec![
            Attribute {
                required: true,
                ..text("number_type", "What sort.")
            },
            Attribute {
                optional: true,
                computed: true,
                ..text("iccid", "The SIM.\n\nA second paragraph.")
            },
            Attribute {
                computed: true,
                sensitive: true,
                ..text("qr_code", "A link.")
            },
            Attribute {
                computed: true,
                r#type: (&b""[..]).into(),
                nested_type: Some(Object {
                    attributes: vec![
                        of_type("b", r#""number""#),
                        of_type("a", r#"["set","bool"]"#),
                    ],
                    nesting: ObjectNesting::List.into(),
                    ..Object::default()
                }),
                ..text("history", "What was.")
            },
        ],
        vec![timeouts],
    );
    let function = Function {
        parameters: vec![function::Parameter {
            name: "link".to_owned(),
            r#type: (&br#""string""#[..]).into(),
            description: "The link.".to_owned(),
            ..function::Parameter::default()
        }],
        r#return: Some(function::Return {
            r#type: (&br#"["map","string"]"#[..]).into(),
        }),
        summary: "Takes a link apart".to_owned(),
        description: "It takes a link apart.".to_owned(),
        ..Function::default()
    };
    Response {
        provider: Some(schema(
            "Numbers.",
            vec![Attribute {
                optional: true,
                sensitive: true,
                ..text("token", "A token.")
            }],
            vec![],
        )),
        resource_schemas: [("joonto_number".to_owned(), number)].into(),
        functions: [("parse".to_owned(), function)].into(),
        ..Response::default()
    }
}

fn project() -> tempfile::TempDir {
    let project = tempfile::tempdir().expect("a directory");
    let folder = project.path().join("examples/resources/joonto_number");
    fs::create_dir_all(&folder).expect("a folder");
    for (name, text) in [
        ("resource.tf", "resource \"joonto_number\" \"a\" {}\n"),
        ("import-by-string-id.tf", "import {}\n"),
        ("import.sh", "terraform import a b\n"),
    ] {
        fs::write(folder.join(name), text).expect("an example");
    }
    project
}

#[test]
fn pages_have_the_registrys_form() {
    let project = project();
    let pages = pages(project.path(), &response()).expect("pages");
    let paths: Vec<_> = pages
        .keys()
        .map(|path| path.display().to_string())
        .collect();
    assert_eq!(
        paths,
        [
            "docs/functions/parse.md",
            "docs/index.md",
            "docs/resources/number.md"
        ]
    );
    let expected = [
        include_str!("expected/function.md"),
        include_str!("expected/index.md"),
        include_str!("expected/resource.md"),
    ];
    for (page, expected) in pages.values().zip(expected) {
        assert_eq!(page, expected, "\n{page}");
    }
}

#[test]
fn a_check_fails_until_the_pages_are_written_and_when_one_is_left_over() {
    let project = project();
    let run = |check| run(project.path(), &response(), check);
    let error = run(true).expect_err("nothing is there").to_string();
    assert!(error.contains("docs/resources/number.md"), "{error}");
    run(false).expect("written");
    run(true).expect("as it should be");

    let orphan = project.path().join("docs/resources/gone.md");
    fs::write(&orphan, page::GENERATED).expect("a page");
    let error = run(true).expect_err("one too many").to_string();
    assert!(error.contains("docs/resources/gone.md"), "{error}");
    run(false).expect("removed");
    assert!(!orphan.exists());

    let by_hand = project.path().join("docs/guides/mine.md");
    fs::create_dir_all(by_hand.parent().expect("a folder")).expect("a folder");
    fs::write(&by_hand, "# Mine\n").expect("a page");
    run(true).expect_err("one that nothing makes");
    run(false).expect_err("not for us to remove");
    fs::rename(
        &by_hand,
        project.path().join("docs/guides/compatibility.md"),
    )
    .expect("moved");
    run(true).expect("made by another command");
}

#[test]
fn templates_are_filled_in_and_nothing_is_left_unused() {
    let project = project();
    let write = |name: &str, text: &str| {
        let path = project.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    };
    let run = |check| run(project.path(), &response(), check);
    write("examples/guides/a/1-b.tf", "locals {}\n");
    write("templates/resources/number.md", "## More\n\nText.\n");
    write(
        "templates/guides/a.md",
        "# A guide\n\nSummary.\n\n{{example guides/a/1-b.tf}}\n\nTokens: {{attribute provider.token}} \
         {{attribute joonto_number.timeouts.create}}\n",
    );
    run(false).expect("written");
    run(true).expect("as it should be");
    let page = |name: &str| fs::read_to_string(project.path().join(name)).expect("a page");
    let guide = page("docs/guides/a.md");
    assert!(guide.contains("page_title: \"A guide\"\n"), "{guide}");
    assert!(
        guide.contains("description: |-\n  Summary.\n---"),
        "{guide}"
    );
    assert!(
        guide.ends_with("```terraform\nlocals {}\n```\n\nTokens: A token. How long.\n"),
        "{guide}"
    );
    let number = page("docs/resources/number.md");
    assert!(
        number.contains("\n\n## More\n\nText.\n\n## Import\n"),
        "{number}"
    );

    for (name, text) in [
        ("examples/guides/a/2-c.tf", "locals { a = 1 }\n"),
        ("templates/resources/gone.md", "Text.\n"),
        ("README.md", "[gone](gone.md)\n"),
        ("README.md", "```terraform\nlocals { b = 1 }\n```\n"),
        ("templates/guides/b.md", "# B\n\n```terraform\n```\n"),
        ("templates/guides/b.md", "# B\n\n{{example gone.tf}}\n"),
        (
            "templates/guides/b.md",
            "# B\n\n{{attribute joonto_number.gone}}\n",
        ),
        ("templates/guides/b.md", "# B\n\n{{gone}}\n"),
        ("templates/guides/b.md", "No title.\n"),
    ] {
        write(name, text);
        run(true).expect_err(text);
        fs::remove_file(project.path().join(name)).expect("removed");
    }
    run(true).expect("as it was");
}

/// The protocol's codes stand in no table: the page has them by hand.
#[test]
fn every_code_is_on_the_page_of_errors_and_warnings() {
    let project = crate::project().expect("the project");
    let template = project.join("templates/guides/errors-and-warnings.md");
    let template = fs::read_to_string(template).expect("the template");
    let page = template::fill(project, &response(), &template).expect("a page");
    let row = |code: &str| page.contains(&format!("\n| {code} | "));
    for message in messages() {
        assert!(row(message.code), "{message:?}");
    }
    let mut count = 0;
    for file in files_below(&project.join("src/terraform")).expect("files") {
        let text = fs::read_to_string(&file).expect("source");
        for rest in text.split("\"TF").skip(1) {
            if let Some((number, _)) = rest.split_once('"')
                && number.len() == 3
                && number.bytes().all(|byte| byte.is_ascii_digit())
            {
                assert!(
                    row(&format!("TF{number}")),
                    "TF{number}: {}",
                    file.display()
                );
                count += 1;
            }
        }
    }
    assert!(count > 10, "{count} codes in src/terraform");
}

#[test]
fn what_cannot_be_documented_is_refused() {
    let project = project();
    let with = |attribute: Attribute| {
        let mut response = response();
        let schema = schema("A thing.", vec![attribute], vec![]);
        response
            .resource_schemas
            .insert("joonto_thing".to_owned(), schema);
        format!(
            "{:#}",
            pages(project.path(), &response).expect_err("a type nobody knows")
        )
    };
    let error = with(of_type("thing", r#"["tuple",["bool"]]"#));
    assert!(
        error.contains("joonto_thing") && error.contains("tuple"),
        "{error}"
    );
    let error = with(of_type("thing", r#"["list",["object",{"a":"bool"}]]"#));
    assert!(error.contains("thing is an object"), "{error}");
    let error = with(Attribute {
        nested_type: Some(Object {
            nesting: ObjectNesting::Set.into(),
            ..Object::default()
        }),
        ..text("thing", "")
    });
    assert!(
        error.contains("thing is no list or map of objects"),
        "{error}"
    );
}
