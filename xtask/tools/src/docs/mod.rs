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
#[cfg(test)]
mod tests;

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
        refuse(misplaced(project, &pages)?)?;
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

/// Examples that nothing shows, templates that no page is made of, and code in the README that is no
/// example, so that nothing tests it.
fn misplaced(project: &Path, pages: &Pages) -> Result<Vec<String>> {
    let readme = fs::read_to_string(project.join("README.md")).unwrap_or_default();
    let mut problems = Vec::new();
    let mut codes = Vec::new();
    for file in files_below(&project.join("examples"))? {
        let code = fs::read_to_string(&file)?;
        let mut shown = pages.values().chain([&readme]);
        if !shown.any(|page| page.contains(code.trim())) {
            problems.push(format!("nothing shows {}", file.display()));
        }
        codes.push(code);
    }
    let blocks = readme.split("```terraform\n").skip(1);
    for block in blocks.filter_map(|rest| rest.split("```").next()) {
        if !codes.iter().any(|code| code == block) {
            problems.push(format!("README.md shows what is no example:\n{block}"));
        }
    }
    let templates = project.join("templates");
    for file in files_below(&templates)? {
        let page = Path::new("docs").join(file.strip_prefix(&templates)?);
        if !pages.contains_key(&page) {
            problems.push(format!("no page is made of {}", file.display()));
        }
    }
    Ok(problems)
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
