//! `cargo xtask docs`: the pages of the Terraform registry, from the provider's own schema.
//!
//! The layout and the form are those of HashiCorp's tfplugindocs, which knows only providers
//! written in Go or a Terraform to ask. This needs neither. `templates/` has what is written by
//! hand: `guides/`, and for other pages what stands between their schema and their import.

mod example;
mod links;
mod page;
mod schema;
mod template;

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

const GUIDES: &str = "guides";

/// What other commands write into `docs/`.
const MADE_ELSEWHERE: [&str; 3] = [
    "docs/benchmarks.md",
    "docs/benchmarks.svg",
    "docs/guides/compatibility.md",
];

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
    let orphans = orphans(project, &pages)?;
    if check {
        let changed: Vec<String> = differing
            .iter()
            .chain(&orphans)
            .map(|path| format!("\n  {}", path.display()))
            .collect();
        if !changed.is_empty() {
            bail!(
                "`cargo xtask docs` would change these files; run it:{}",
                changed.concat()
            );
        }
        refuse(unused_examples(project, &pages)?)?;
        refuse(links::dead(project)?)?;
        crate::say(&format!(
            "{} pages are as schema, templates and examples say.",
            pages.len()
        ));
        return Ok(());
    }
    for path in &differing {
        let place = project.join(path);
        fs::create_dir_all(place.parent().context("a page lies in a folder")?)?;
        fs::write(place, &pages[path])?;
        crate::say(&format!("wrote {}", path.display()));
    }
    for path in &orphans {
        let place = project.join(path);
        if !fs::read_to_string(&place)?.contains(page::GENERATED) {
            bail!(
                "nothing generates {}: move it to templates/, or delete it",
                path.display()
            );
        }
        fs::remove_file(place)?;
        crate::say(&format!("removed {}", path.display()));
    }
    crate::say(&format!(
        "{} pages, {} changed.",
        pages.len(),
        differing.len() + orphans.len()
    ));
    Ok(())
}

/// Fails if there are problems.
fn refuse(problems: Vec<String>) -> Result<()> {
    match problems.is_empty() {
        true => Ok(()),
        false => bail!("{}", problems.join("\n")),
    }
}

fn pages(project: &Path, all: &Response) -> Result<Pages> {
    let mut pages = Pages::new();
    let block = block_of(PROVIDER, all.provider.as_ref())?;
    let index = page::provider(
        block,
        &example::all(project, "examples/provider", "provider")?,
    );
    pages.insert("docs/index.md".into(), index);

    let actions: HashMap<String, Schema> = all
        .action_schemas
        .iter()
        .filter_map(|(name, action)| Some((name.clone(), action.schema.clone()?)))
        .collect();
    let kinds = [
        (RESOURCE, &all.resource_schemas),
        (DATA_SOURCE, &all.data_source_schemas),
        (LIST_RESOURCE, &all.list_resource_schemas),
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
            let path = page_path(kind.folder, name);
            if let Some(template) = template(project, &path)? {
                text += &format!("\n{}\n", template::fill(project, all, &template)?.trim());
            }
            text += &page::import(&example::imports(project, &folder)?);
            pages.insert(path, text);
        }
    }
    for (name, function) in &all.functions {
        let folder = format!("examples/{FUNCTIONS}/{name}");
        let examples = example::all(project, &folder, "function")?;
        pages.insert(
            page_path(FUNCTIONS, name),
            page::function(name, function, &examples),
        );
    }
    for path in files_below(&project.join("templates").join(GUIDES))? {
        let name = path.file_name().context("a guide has a name")?;
        let text = template::fill(project, all, &fs::read_to_string(&path)?)
            .and_then(|text| page::guide(&text))
            .with_context(|| path.display().to_string())?;
        pages.insert(Path::new("docs").join(GUIDES).join(name), text);
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

/// What a page says beyond the schema, if it does.
fn template(project: &Path, page: &Path) -> Result<Option<String>> {
    let path = project.join("templates").join(page.strip_prefix("docs")?);
    let text = path.is_file().then(|| fs::read_to_string(&path));
    Ok(text.transpose()?)
}

/// Files in `docs/` that nothing makes.
fn orphans(project: &Path, pages: &Pages) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for file in files_below(&project.join("docs"))? {
        let path = file.strip_prefix(project)?.to_owned();
        let is_made_elsewhere = MADE_ELSEWHERE.iter().any(|made| path == Path::new(made));
        if !pages.contains_key(&path) && !is_made_elsewhere {
            found.push(path);
        }
    }
    Ok(found)
}

/// Examples that no page shows, and templates that none is made of.
fn unused_examples(project: &Path, pages: &Pages) -> Result<Vec<String>> {
    let mut unused = Vec::new();
    for file in files_below(&project.join("examples"))? {
        let code = fs::read_to_string(&file)?;
        if !pages.values().any(|page| page.contains(code.trim())) {
            unused.push(file);
        }
    }
    let templates = project.join("templates");
    for file in files_below(&templates)? {
        let page = Path::new("docs").join(file.strip_prefix(&templates)?);
        if !pages.contains_key(&page) {
            unused.push(file);
        }
    }
    let told = |path: PathBuf| format!("no page is made with {}", path.display());
    Ok(unused.into_iter().map(told).collect())
}

/// The files in a folder and in those below, in order; none where there is no such folder.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(files);
    };
    for entry in entries {
        let path = entry?.path();
        match path.is_dir() {
            true => files.extend(files_below(&path)?),
            false => files.push(path),
        }
    }
    files.sort();
    Ok(files)
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
        fs::write(&leftover, page::GENERATED).expect("a page");
        let error = run(true).expect_err("one too many").to_string();
        assert!(error.contains("docs/resources/gone.md"), "{error}");
        run(false).expect("removed");
        assert!(!leftover.exists());

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
}
