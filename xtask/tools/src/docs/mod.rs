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

use anyhow::{Context as _, Result, ensure};
use terraform_provider_joonto::proto::tfplugin6::{
    Schema, get_provider_schema::Response, schema::Block,
};

/// What the provider is called in configurations.
const PROVIDER: &str = "joonto";

const GUIDES: &str = "guides";

/// What other commands write into `docs/`.
const MADE_ELSEWHERE: [&str; 2] = ["docs/benchmarks.md", "docs/guides/compatibility.md"];

/// Pages by path, relative to the project.
type Pages = BTreeMap<PathBuf, String>;

/// Writes the pages of `schema` below `project`, or only checks that they stand there already.
pub(crate) fn run(project: &Path, schema: &Response, check: bool) -> Result<()> {
    let pages = pages(project, schema)?;
    let is_there = |path: &Path, text: &str| {
        fs::read_to_string(project.join(path)).is_ok_and(|present| present == text)
    };
    let differing: Vec<&PathBuf> = pages
        .iter()
        .filter_map(|(path, text)| (!is_there(path, text)).then_some(path))
        .collect();
    let orphans = orphans(project, &pages)?;
    if check {
        let changed = differing.into_iter().chain(&orphans);
        let changed = changed.map(|path| format!("`cargo xtask docs` changes {}", path.display()));
        refuse(&changed.collect::<Vec<_>>())?;
        refuse(&misplaced(project, &pages)?)?;
        refuse(&links::dead(project)?)?;
        let count = pages.len();
        crate::say(&format!(
            "{count} pages are as schema, templates and examples say."
        ));
        return Ok(());
    }
    for path in &differing {
        let place = project.join(path);
        fs::create_dir_all(place.parent().context("a page lies in a folder")?)?;
        fs::write(place, &pages[*path])?;
        crate::say(&format!("wrote {}", path.display()));
    }
    for path in &orphans {
        let place = project.join(path);
        ensure!(
            fs::read_to_string(&place)?.contains(page::GENERATED),
            "nothing generates {}: move it to templates/, or delete it",
            path.display()
        );
        fs::remove_file(place)?;
        crate::say(&format!("removed {}", path.display()));
    }
    let changed = differing.len() + orphans.len();
    crate::say(&format!("{} pages, {changed} changed.", pages.len()));
    Ok(())
}

/// Fails if there are problems.
fn refuse(problems: &[String]) -> Result<()> {
    ensure!(problems.is_empty(), "{}", problems.join("\n"));
    Ok(())
}

fn pages(project: &Path, all: &Response) -> Result<Pages> {
    let mut pages = Pages::new();
    let block = block_of(PROVIDER, all.provider.as_ref())?;
    let examples = project.join("examples");
    let usage = example::usage(&examples.join("provider"), "provider")?;
    let index = page::provider(block, usage)?;
    pages.insert("docs/index.md".into(), index);

    let actions: HashMap<String, Schema> = all
        .action_schemas
        .iter()
        .filter_map(|(name, action)| Some((name.clone(), action.schema.clone()?)))
        .collect();
    // As titles and as files call a sort of object.
    let sorts = [
        ("Resource", "resource", &all.resource_schemas),
        ("Data Source", "data-source", &all.data_source_schemas),
        ("List Resource", "list-resource", &all.list_resource_schemas),
        ("Action", "action", &actions),
    ];
    for (title, sort, schemas) in sorts {
        let folder = format!("{sort}s");
        for (name, schema) in schemas {
            let block = block_of(name, Some(schema))?;
            let examples = examples.join(&folder).join(name);
            let usage = example::usage(&examples, sort)?;
            let mut text = page::object(name, title, block, usage).with_context(|| name.clone())?;
            let path = page_path(&folder, name);
            if let Some(template) = template(project, &path)? {
                text += &format!("\n{}\n", template::fill(project, all, &template)?.trim());
            }
            text += &page::import(&examples)?;
            pages.insert(path, text);
        }
    }
    for (name, function) in &all.functions {
        let usage = example::usage(&examples.join("functions").join(name), "function")?;
        let text = page::function(name, function, usage)?;
        pages.insert(page_path("functions", name), text);
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

fn block_of<'a>(name: &str, schema: Option<&'a Schema>) -> Result<&'a Block> {
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
