//! `cargo xtask docs`: the pages of the Terraform registry, from the provider's own schema.
//!
//! The layout and the form are those of HashiCorp's tfplugindocs, which knows only providers
//! written in Go or a Terraform to ask. This needs neither. Guides are written by hand and left
//! alone.

mod example;
mod page;
mod schema;

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use terraform_provider_joonto::proto::tfplugin6::{Schema, get_provider_schema::Response};

/// What the provider is called in configurations.
const PROVIDER: &str = "joonto";

/// A sort of object that has a page of its own.
struct Kind {
    /// As the title calls it.
    title: &'static str,
    /// The folder of its pages, and of its examples.
    folder: &'static str,
    /// How the names of its example files begin.
    example: &'static str,
}

const RESOURCE: Kind = Kind {
    title: "Resource",
    folder: "resources",
    example: "resource",
};
const DATA_SOURCE: Kind = Kind {
    title: "Data Source",
    folder: "data-sources",
    example: "data-source",
};
const LIST_RESOURCE: Kind = Kind {
    title: "List Resource",
    folder: "list-resources",
    example: "list-resource",
};
const ACTION: Kind = Kind {
    title: "Action",
    folder: "actions",
    example: "action",
};
const FUNCTIONS: &str = "functions";

/// Pages by path, relative to the project.
type Pages = BTreeMap<PathBuf, String>;

/// Writes the pages of `schema` below `project`, or only checks that they stand there already.
pub(crate) fn run(project: &Path, schema: &Response, check: bool) -> Result<()> {
    let pages = pages(project, schema)?;
    let mut differing = Vec::new();
    for (path, text) in &pages {
        if !fs::read_to_string(project.join(path)).is_ok_and(|present| present == *text) {
            differing.push(path.clone());
        }
    }
    let outdated = outdated(project, &pages)?;
    if check {
        let names: Vec<String> = differing
            .iter()
            .chain(&outdated)
            .map(|path| format!("\n  {}", path.display()))
            .collect();
        if !names.is_empty() {
            bail!(
                "`cargo xtask docs` would change these files; run it:{}",
                names.concat()
            );
        }
        crate::say(&format!("{} pages are as the schema says.", pages.len()));
        return Ok(());
    }
    for path in &differing {
        let place = project.join(path);
        fs::create_dir_all(place.parent().context("a page lies in a folder")?)?;
        fs::write(place, &pages[path])?;
        crate::say(&format!("wrote {}", path.display()));
    }
    for path in &outdated {
        fs::remove_file(project.join(path))?;
        crate::say(&format!("removed {}", path.display()));
    }
    crate::say(&format!(
        "{} pages, {} changed.",
        pages.len(),
        differing.len() + outdated.len()
    ));
    Ok(())
}

fn pages(project: &Path, schema: &Response) -> Result<Pages> {
    let mut pages = Pages::new();
    let block = block_of(PROVIDER, schema.provider.as_ref())?;
    let index = page::provider(
        block,
        &example::all(project, "examples/provider", "provider")?,
    );
    pages.insert("docs/index.md".into(), index);

    let actions: HashMap<String, Schema> = schema
        .action_schemas
        .iter()
        .filter_map(|(name, action)| Some((name.clone(), action.schema.clone()?)))
        .collect();
    let kinds = [
        (RESOURCE, &schema.resource_schemas),
        (DATA_SOURCE, &schema.data_source_schemas),
        (LIST_RESOURCE, &schema.list_resource_schemas),
        (ACTION, &actions),
    ];
    for (kind, schemas) in kinds {
        for (name, schema) in schemas {
            let block = block_of(name, Some(schema))?;
            let folder = format!("examples/{}/{name}", kind.folder);
            let mut text = page::object(
                name,
                kind.title,
                block,
                &example::all(project, &folder, kind.example)?,
            );
            text += &page::import(&example::imports(project, &folder)?);
            pages.insert(page_path(kind.folder, name), text);
        }
    }
    for (name, function) in &schema.functions {
        let folder = format!("examples/{FUNCTIONS}/{name}");
        let examples = example::all(project, &folder, "function")?;
        pages.insert(
            page_path(FUNCTIONS, name),
            page::function(name, function, &examples),
        );
    }
    Ok(pages)
}

fn block_of<'a>(
    name: &str,
    schema: Option<&'a Schema>,
) -> Result<&'a terraform_provider_joonto::proto::tfplugin6::schema::Block> {
    schema
        .and_then(|schema| schema.block.as_ref())
        .with_context(|| format!("the schema of {name} has no block"))
}

/// `docs/resources/number.md` for `joonto_number`.
fn page_path(folder: &str, name: &str) -> PathBuf {
    let short = name
        .strip_prefix(PROVIDER)
        .map_or(name, |rest| rest.trim_start_matches('_'));
    Path::new("docs").join(folder).join(format!("{short}.md"))
}

/// Pages of objects that are no more.
fn outdated(project: &Path, pages: &Pages) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let kinds = [RESOURCE, DATA_SOURCE, LIST_RESOURCE, ACTION].map(|kind| kind.folder);
    for folder in kinds.into_iter().chain([FUNCTIONS]) {
        let folder = Path::new("docs").join(folder);
        let Ok(entries) = fs::read_dir(project.join(&folder)) else {
            continue;
        };
        for entry in entries {
            let path = folder.join(entry?.file_name());
            if !pages.contains_key(&path) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use terraform_provider_joonto::proto::tfplugin6::{
        Function, StringKind, function,
        schema::{Attribute, Block, NestedBlock, nested_block::NestingMode},
    };

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
                    r#type: (&br#"["list",["object",{"b":"number","a":["set","bool"]}]]"#[..])
                        .into(),
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

        let leftover = project.path().join("docs/resources/gone.md");
        fs::write(&leftover, "").expect("a page");
        let error = run(true).expect_err("one too many").to_string();
        assert!(error.contains("docs/resources/gone.md"), "{error}");
        run(false).expect("removed");
        assert!(!leftover.exists());
    }
}
