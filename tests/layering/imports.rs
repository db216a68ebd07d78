//! What Rust code imports from its own crate.

/// A path that code names, from the root of the crate, and whether a `use` names it.
pub(crate) struct Import<'a> {
    pub(crate) path: Vec<&'a str>,
    pub(crate) name: &'a str,
    pub(crate) by_use: bool,
    pub(crate) shown: bool,
}

/// What `tokens`, in the module `here`, name of this crate, macros left out.
pub(crate) fn imports<'a>(tokens: &[&'a str], here: &[&'a str]) -> Vec<Import<'a>> {
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(token) = tokens.get(at) {
        let behind = tokens.get(at + 1..).unwrap_or_default();
        let before = at.checked_sub(1).map_or("", |before| tokens[before]);
        let is_child = || has_run(tokens, &["mod", token, ";"]);
        if *token == "mod" && behind.get(1) == Some(&"{") {
            let inside = behind.get(2..).unwrap_or_default();
            let length = item(&behind[1..]).saturating_sub(2);
            let inner = [here, &behind[..1]].concat();
            found.extend(imports(&inside[..length.min(inside.len())], &inner));
            at += 2 + length;
        } else if matches!(behind.first(), Some(&("::" | "as")))
            && !["::", "in", "."].contains(&before)
            && (["crate", "self", "super"].contains(token) || is_child())
        {
            let by_use = before == "use";
            let shown = by_use && at > 1 && ["pub", ")"].contains(&tokens[at - 2]);
            let first = found.len();
            at += tree(&tokens[at..], here.to_vec(), &mut found);
            for import in &mut found[first..] {
                (import.by_use, import.shown) = (by_use, shown);
            }
            continue;
        }
        at += 1;
    }
    found
}

/// Adds the path that `tokens` begin with, or the several of a brace, and returns their length.
fn tree<'a>(tokens: &[&'a str], mut path: Vec<&'a str>, found: &mut Vec<Import<'a>>) -> usize {
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match *token {
            "{" => {
                while at + 1 < tokens.len() && tokens[at] != "}" {
                    at += 1;
                    if !["}", ","].contains(&tokens[at]) {
                        at += tree(&tokens[at..], path.clone(), found);
                    }
                }
                return at + 1;
            }
            "crate" => path.clear(),
            "super" => drop(path.pop()),
            "self" => {}
            step => path.push(step),
        }
        at += 1;
        if tokens.get(at) != Some(&"::") || tokens.get(at + 1) == Some(&"<") {
            break;
        }
        at += 1;
    }
    let mut name = path.last().copied().unwrap_or("crate");
    if tokens.get(at) == Some(&"as") {
        name = tokens.get(at + 1).copied().unwrap_or(name);
        at += 2;
    }
    if tokens.get(at) != Some(&"!") {
        found.push(Import {
            path,
            name,
            by_use: false,
            shown: false,
        });
    }
    at
}

/// The length of the item that `tokens` begin with: to the end of its braces, or to a semicolon.
fn item(tokens: &[&str]) -> usize {
    let mut level = 0;
    for (at, token) in tokens.iter().enumerate() {
        match *token {
            "{" | "(" | "[" => level += 1,
            "}" | ")" | "]" => level -= 1,
            _ => {}
        }
        if level == 0 && ["}", ";"].contains(token) {
            return at + 1;
        }
    }
    tokens.len()
}

pub(crate) fn has_run(tokens: &[&str], run: &[&str]) -> bool {
    tokens.windows(run.len()).any(|window| window == run)
}

/// `tokens` without what is compiled for tests alone.
pub(crate) fn without_tests<'a>(tokens: &[&'a str]) -> Vec<&'a str> {
    let (mut kept, mut at) = (Vec::new(), 0);
    while at < tokens.len() {
        if tokens[at..].starts_with(&["#", "[", "cfg", "(", "test", ")", "]"]) {
            at += 7 + item(&tokens[at + 7..]);
        } else {
            kept.push(tokens[at]);
            at += 1;
        }
    }
    kept
}

/// Words and marks. Comments and whatever stands in quotes are left out.
pub(crate) fn tokens(text: &str) -> Vec<&str> {
    let (mut found, mut rest) = (Vec::new(), text);
    while let Some(c) = rest.chars().next() {
        let until = |end: &str, from: usize| {
            let length = rest[from..].find(end).map(|at| from + at + end.len());
            length.unwrap_or(rest.len())
        };
        let raw = rest
            .strip_prefix('r')
            .map(|raw| raw.trim_start_matches('#'));
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let length = match c {
            '/' if rest.starts_with("//") => until("\n", 0),
            '"' => quoted(rest),
            'r' if raw.is_some_and(|raw| raw.starts_with('"')) => {
                let hashes = rest.len() - 1 - raw.map_or(0, str::len);
                until(&format!("\"{}", "#".repeat(hashes)), 2 + hashes)
            }
            '\'' if rest[1..].starts_with('\\') => until("'", 3),
            '\'' if rest[1..].chars().nth(1) == Some('\'') => until("'", 1),
            _ => {
                let length = match rest.find(|c| !is_word(c)).unwrap_or(rest.len()) {
                    0 if rest.starts_with("::") => 2,
                    0 => c.len_utf8(),
                    word => word,
                };
                found.extend(Some(&rest[..length]).filter(|token| !token.trim().is_empty()));
                length
            }
        };
        rest = &rest[length.min(rest.len())..];
    }
    found
}

/// The length of the text in quotes that `text` begins with.
fn quoted(text: &str) -> usize {
    let mut escaped = true;
    for (at, c) in text.char_indices() {
        match c {
            '"' if !escaped => return at + 1,
            '\\' if !escaped => escaped = true,
            _ => escaped = false,
        }
    }
    text.len()
}
