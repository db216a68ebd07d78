//! Circles of imports among the files of a room.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::imports::{Import, has_run, imports, tokens, without_tests};

type Edges<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// A file's code without its tests, and what it imports.
struct Module<'a> {
    tokens: Vec<&'a str>,
    imports: Vec<Import<'a>>,
}

/// The circles of imports among `files` (their modules, and their texts), each as short as can be,
/// without those of a parent and its child. What a parent merely shows of a child it does not
/// import.
pub(crate) fn circles(files: &BTreeMap<String, String>) -> BTreeSet<Vec<String>> {
    let mut modules = BTreeMap::<&str, Module<'_>>::new();
    for (path, text) in files {
        let tokens = without_tests(&tokens(text));
        let is_compiled = match path.rsplit_once("::") {
            Some((parent, name)) => modules
                .get(parent)
                .is_some_and(|parent| has_run(&parent.tokens, &["mod", name, ";"])),
            None => true,
        };
        if is_compiled {
            let here: Vec<&str> = path.split("::").collect();
            let imports = imports(&tokens, &here);
            modules.insert(path, Module { tokens, imports });
        }
    }
    let edges = edges(&modules);
    let mut found = BTreeSet::new();
    for (from, to) in edges
        .iter()
        .flat_map(|(from, to)| to.iter().map(move |to| (from, to)))
    {
        if let Some(mut circle) = way(&edges, to, from) {
            let first = (0..circle.len()).min_by_key(|at| circle[*at]).unwrap_or(0);
            circle.rotate_left(first);
            circle.push(circle[0]);
            found.insert(circle.into_iter().map(str::to_owned).collect());
        }
    }
    found
}

fn edges<'a>(modules: &'a BTreeMap<&str, Module<'_>>) -> Edges<'a> {
    let mut edges = Edges::new();
    for (path, module) in modules {
        let is_used = |name| module.tokens.iter().filter(|token| **token == name).count() > 1;
        let used = module
            .imports
            .iter()
            .filter(|one| !one.shown || is_used(one.name));
        let homes = used.filter_map(|one| home(modules, &one.path, 9));
        edges.insert(path, homes.filter(|home| home != path).collect());
    }
    edges
}

/// The module that a path leads to, through what its modules import; none outside of the room.
fn home<'a>(
    modules: &'a BTreeMap<&str, Module<'_>>,
    path: &[&str],
    hops: usize,
) -> Option<&'a str> {
    let known = |length: &usize| modules.get_key_value(&*path[..*length].join("::"));
    let length = (1..=path.len())
        .rev()
        .find(|length| known(length).is_some())?;
    let (home, module) = known(&length)?;
    let named = |import: &&Import<'_>| import.by_use && path.get(length) == Some(&import.name);
    match module.imports.iter().find(named) {
        Some(import) if hops > 0 => {
            let onward = [&import.path, &path[length + 1..]].concat();
            self::home(modules, &onward, hops - 1)
        }
        _ => Some(home),
    }
}

/// The shortest way back that makes a circle: not the direct one between parent and child.
fn way<'a>(edges: &Edges<'a>, from: &'a str, to: &'a str) -> Option<Vec<&'a str>> {
    let is_parent = |parent: &str, child: &str| {
        child
            .rsplit_once("::")
            .is_some_and(|(above, _)| above == parent)
    };
    let are_related = is_parent(from, to) || is_parent(to, from);
    let mut ways = VecDeque::from([vec![from]]);
    let mut seen = BTreeSet::from([from]);
    while let Some(way) = ways.pop_front() {
        let last = *way.last()?;
        if last == to {
            return Some(way);
        }
        for next in edges.get(last).into_iter().flatten() {
            let is_direct = last == from && *next == to;
            if !(is_direct && are_related) && seen.insert(next) {
                ways.push_back([&way[..], &[*next]].concat());
            }
        }
    }
    None
}

#[test]
fn circles_are_seen_through_every_kind_of_import() {
    let circles = |files: &[(&str, &str)]| {
        let files = files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
        let circles = circles(&files.collect()).into_iter();
        circles.map(|circle| circle.join(" > ")).collect::<Vec<_>>()
    };
    let parent = "mod b; mod c; mod d; pub use self::b::B; use self::d::D as Other;";
    for (b, c, d) in [
        ("use super::c::C;", "use super::b::B;", ""),
        ("use super::{fmt, c::{self, C}};", "use super::B;", ""),
        ("fn f() { crate::a::c::f::<u8>() }", "impl super::B {}", ""),
        ("use super::Other;", "use crate::a::b;", "use super::c;"),
        ("mod e { use super::super::c::C; }", "use super::b::B;", ""),
        ("use super::c::C;", "use super::b::inner::X as Y;", ""),
    ] {
        let files = [("a", parent), ("a::b", b), ("a::c", c), ("a::d", d)];
        let found = circles(&files);
        assert_eq!(found.len(), 1, "{b} {c} {d}: {found:?}");
    }
    for (b, c, d) in [
        ("use super::c::C;", "use super::d::D;", "use super::E;"),
        (
            "use super::c::C;",
            "// use super::b;\nconst B: &str = \"use super::b;\";",
            "",
        ),
        (
            "use super::c::C;",
            "#[cfg(test)] mod tests { use super::super::b::B; }",
            "",
        ),
        (
            "use super::c::C;",
            "pub(in super::b) fn f<'a>() { '\"' }",
            "use super::b::B;",
        ),
    ] {
        let files = [("a", parent), ("a::b", b), ("a::c", c), ("a::d", d)];
        assert_eq!(circles(&files), [""; 0], "{b} {c} {d}");
    }
    let around = "mod b; mod c; use b::B; pub use c::C;";
    let files = [
        ("a", around),
        ("a::b", "use super::c::C;"),
        ("a::c", "use super::D;"),
    ];
    assert_eq!(circles(&files), ["a > a::b > a::c > a"]);
}
