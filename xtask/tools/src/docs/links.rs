//! What the project's Markdown points at: files, headings and tests, which must be there.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

/// Where Markdown is looked at: the project's directory, and what lies below these.
const FOLDERS: [&str; 3] = ["design", "docs", "sandbox"];

/// Relative links that lead nowhere, and tests that are named and do not exist.
pub(super) fn dead(project: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for file in markdown(project)? {
        let text = prose(&fs::read_to_string(&file)?);
        let name = file.strip_prefix(project).unwrap_or(&file).display();
        let leads_nowhere = links(&text).filter(|link| !is_alive(project, &file, link));
        found.extend(leads_nowhere.map(|link| format!("{name}: the link to {link} is dead")));
        let missing = tests(&text).filter(|test| !is_there(project, test));
        found.extend(missing.map(|test| format!("{name}: there is no test {test}")));
    }
    Ok(found)
}

fn markdown(project: &Path) -> Result<Vec<PathBuf>> {
    let is_markdown = |path: &PathBuf| path.extension().is_some_and(|end| end == "md");
    let mut files: Vec<PathBuf> = fs::read_dir(project)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(is_markdown)
        .collect();
    for folder in FOLDERS {
        files.extend(super::files_below(&project.join(folder))?);
    }
    files.retain(is_markdown);
    files.sort();
    Ok(files)
}

/// The text without its fenced code.
fn prose(text: &str) -> String {
    let mut is_code = false;
    let mut prose = String::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        } else if !is_code {
            prose += line;
            prose.push('\n');
        }
    }
    prose
}

/// The targets of relative links.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let targets = text.split("](").skip(1);
    targets
        .filter_map(|rest| Some(rest.split_once(')')?.0))
        .filter(|target| !target.contains("://") && !target.starts_with("mailto:"))
}

fn is_alive(project: &Path, from: &Path, link: &str) -> bool {
    let (path, heading) = link.split_once('#').unwrap_or((link, ""));
    let target = match path {
        "" => from.to_owned(),
        path => from.parent().unwrap_or(project).join(path),
    };
    if heading.is_empty() {
        return target.exists();
    }
    fs::read_to_string(target).is_ok_and(|text| anchors(&text).any(|anchor| anchor == heading))
}

/// What links can point at in a page: its headings, as GitHub makes anchors of them, and anchors
/// of its own.
fn anchors(text: &str) -> impl Iterator<Item = String> {
    let heading = |line: &str| {
        let title = line.strip_prefix('#')?.trim_start_matches('#').trim();
        let kept = title.chars().filter_map(|c| match c {
            ' ' => Some('-'),
            c if c.is_alphanumeric() || matches!(c, '-' | '_') => Some(c.to_ascii_lowercase()),
            _ => None,
        });
        Some(kept.collect())
    };
    let own = |line: &str| Some(line.split_once("<a id=\"")?.1.split_once('"')?.0.to_owned());
    text.lines()
        .filter_map(move |line| heading(line).or_else(|| own(line)))
}

/// What is named as `` `tests/plugin/tls.rs::nobody_gets_in_without_tls` ``.
fn tests(text: &str) -> impl Iterator<Item = &str> {
    let code = text.split('`').skip(1).step_by(2);
    code.filter(|code| code.contains(".rs::") && !code.contains(char::is_whitespace))
}

fn is_there(project: &Path, test: &str) -> bool {
    let Some((path, name)) = test.split_once("::") else {
        return false;
    };
    let text = fs::read_to_string(project.join(path)).unwrap_or_default();
    let Some((before, _)) = text.split_once(&format!("fn {name}(")) else {
        return false;
    };
    // Properties are tests by the macro that is around them all.
    let attributes = before.rsplit("\n\n").next().unwrap_or_default();
    attributes.contains("test]") || attributes.contains("::test(") || before.contains("proptest! {")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_points_nowhere_is_found() {
        let project = tempfile::tempdir().expect("a directory");
        let write = |name: &str, text: &str| {
            let path = project.path().join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, text).expect("a file");
        };
        write("docs/a.md", "# A & b\n\n<a id=\"own\"></a>\n");
        write(
            "src/x.rs",
            "fn not_a_test() {}\n\n#[test]\nfn a_test() {}\n",
        );
        let good = "[a](docs/a.md) [b](docs/a.md#a--b) [c](docs/a.md#own) [d](#good) \
                    [e](https://example.com/gone.md) `src/x.rs::a_test`\n\
                    ```\n[g](gone.md)\n```\n";
        write("README.md", &format!("# Good\n\n{good}"));
        assert_eq!(dead(project.path()).expect("links"), Vec::<String>::new());

        write(
            "docs/bad.md",
            "[a](b.md) [c](a.md#d) `src/x.rs::not_a_test` `src/x.rs::gone` `src/y.rs::a_test`",
        );
        assert_eq!(
            dead(project.path()).expect("links"),
            [
                "docs/bad.md: the link to b.md is dead",
                "docs/bad.md: the link to a.md#d is dead",
                "docs/bad.md: there is no test src/x.rs::not_a_test",
                "docs/bad.md: there is no test src/x.rs::gone",
                "docs/bad.md: there is no test src/y.rs::a_test",
            ]
        );
    }
}
