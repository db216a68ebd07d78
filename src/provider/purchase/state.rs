//! Which Terraform state this working directory writes.
//!
//! Terraform tells a provider nothing about its state. What a backend records in the data
//! directory tells states apart, so that a purchase for one is never stored in another.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::files::open_regular;
use super::run::hash;

/// A state, as records name it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct StateId {
    /// 12 hexadecimal digits.
    name: String,
    /// The state file, where the local backend keeps it.
    file: Option<PathBuf>,
}

impl StateId {
    /// The state that the user named, in `workspace`.
    pub(super) fn named(state_name: &str, workspace: &str) -> Self {
        Self {
            name: hash(&["named", state_name, workspace], 6),
            file: None,
        }
    }

    /// The state of the working directory, named by what its backend recorded.
    ///
    /// `current` is the working directory, `data` Terraform's data directory.
    pub(super) fn of_directory(current: &Path, data: &Path, workspace: &str) -> Self {
        let recorded = read(&data.join("terraform.tfstate"));
        let recorded: Option<Value> =
            recorded.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let backend = recorded.as_ref().and_then(|json| json.get("backend"));
        let kind = backend.and_then(|backend| backend.get("type")?.as_str());
        match (kind, backend.and_then(|backend| backend.get("config"))) {
            (None | Some("local"), config) => Self::local(current, config, workspace),
            (Some(kind), config) => {
                let config = config.map(without_credentials).unwrap_or_default();
                Self {
                    name: hash(&[kind, &config.to_string(), workspace], 6),
                    file: None,
                }
            }
        }
    }

    /// The local backend's state: named by the absolute path of its file.
    fn local(current: &Path, config: Option<&Value>, workspace: &str) -> Self {
        let text = |name: &str, default: &str| {
            let set = config.and_then(|config| config.get(name)?.as_str());
            set.filter(|text| !text.is_empty())
                .unwrap_or(default)
                .to_owned()
        };
        let file = match workspace {
            "default" => PathBuf::from(text("path", "terraform.tfstate")),
            workspace => PathBuf::from(text("workspace_dir", "terraform.tfstate.d"))
                .join(workspace)
                .join("terraform.tfstate"),
        };
        let file = current.join(file);
        Self {
            name: hash(&["local", &file.to_string_lossy()], 6),
            file: Some(file),
        }
    }

    /// The name in records.
    pub(super) fn as_str(&self) -> &str {
        &self.name
    }

    /// The numbers and orders that the state file holds; `None` where there is no file of the
    /// local backend that can be read. A file that cannot be read proves nothing.
    pub(super) fn stored(&self) -> Option<Vec<StateNumber>> {
        let bytes = read(self.file.as_ref()?)?;
        let state: Value = serde_json::from_slice(&bytes).ok()?;
        let resources = state.get("resources")?.as_array()?;
        let instances = resources
            .iter()
            .filter(|resource| {
                resource.get("type").and_then(Value::as_str) == Some("joonto_number")
                    && resource.get("mode").and_then(Value::as_str) == Some("managed")
            })
            .filter_map(|resource| resource.get("instances")?.as_array())
            .flatten();
        let text = |instance: &Value, name: &str| {
            let attribute = instance.get("attributes")?.get(name)?.as_str()?;
            Some(attribute.to_owned())
        };
        Some(
            instances
                .map(|instance| StateNumber {
                    number: text(instance, "phone_number_assigned"),
                    order: text(instance, "order_id"),
                })
                .collect(),
        )
    }
}

/// What Terraform wrote into a file, if it is one and can be read.
fn read(path: &Path) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    let path = fs::canonicalize(path).ok()?;
    let read = open_regular(&path).ok()??.read_to_end(&mut content);
    read.ok().map(|_| content)
}

/// What a state holds of one number.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct StateNumber {
    pub(super) number: Option<String>,
    pub(super) order: Option<String>,
}

/// A backend's configuration without what only says who opens it: it tells the same state then
/// after a password was changed. Keys are sorted.
fn without_credentials(config: &Value) -> Value {
    match config {
        Value::Object(fields) => {
            let kept: BTreeMap<_, _> = fields
                .iter()
                .filter(|(name, value)| !value.is_null() && !is_credential(name))
                .map(|(name, value)| (name.clone(), without_credentials(value)))
                .collect();
            Value::Object(kept.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(without_credentials).collect()),
        Value::String(text) => Value::String(without_user(text)),
        other => other.clone(),
    }
}

fn is_credential(name: &str) -> bool {
    // S3's `key` and Kubernetes' `secret_suffix` are where the state is.
    let name = name.to_ascii_lowercase();
    if name == "secret_suffix" {
        return false;
    }
    name == "user"
        || name.ends_with("_key")
        || [
            "password",
            "secret",
            "token",
            "credential",
            "username",
            "private_key",
        ]
        .iter()
        .any(|word| name.contains(word))
}

/// A URL, or a database's connection string, without user and password.
fn without_user(text: &str) -> String {
    if let Some((scheme, rest)) = text.split_once("://") {
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let host = authority.rsplit('@').next().unwrap_or_default();
        return format!("{scheme}://{host}{path}");
    }
    if text.contains("password=") {
        let words = text
            .split_ascii_whitespace()
            .filter(|word| !word.starts_with("password=") && !word.starts_with("user="));
        return words.collect::<Vec<_>>().join(" ");
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn state(backend: Option<Value>, workspace: &str) -> StateId {
        let data = tempfile::tempdir().expect("a directory");
        if let Some(backend) = backend {
            let recorded = json!({ "version": 3, "backend": backend }).to_string();
            fs::write(data.path().join("terraform.tfstate"), recorded).expect("written");
        }
        StateId::of_directory(Path::new("/project"), data.path(), workspace)
    }

    #[test]
    fn the_local_backend_is_named_by_its_file() {
        let none = state(None, "default");
        assert_eq!(none.file, Some(PathBuf::from("/project/terraform.tfstate")));
        let local = json!({ "type": "local", "config": { "path": null, "workspace_dir": null } });
        assert_eq!(state(Some(local), "default"), none);
        let other = json!({ "type": "local", "config": { "path": "live.tfstate" } });
        assert_ne!(state(Some(other.clone()), "default").name, none.name);
        assert_eq!(
            state(Some(other), "eu").file,
            Some(PathBuf::from(
                "/project/terraform.tfstate.d/eu/terraform.tfstate"
            ))
        );
    }

    #[test]
    fn backends_differ_by_what_they_record_but_credentials() {
        let http = |address: &str, user: &str| {
            let config = json!({ "address": address, "username": user, "password": "x" });
            state(Some(json!({ "type": "http", "config": config })), "default").name
        };
        assert_eq!(
            http("https://a.example/s", "one"),
            http("https://b:c@a.example/s", "two")
        );
        assert_ne!(
            http("https://a.example/s", "u"),
            http("https://a.example/t", "u")
        );
        let s3 = |key: &str, access: &str| {
            let config = json!({ "bucket": "b", "key": key, "access_key": access });
            state(Some(json!({ "type": "s3", "config": config })), "default").name
        };
        assert_eq!(s3("a", "1"), s3("a", "2"));
        assert_ne!(s3("a", "1"), s3("b", "1"));
        let kubernetes = |suffix: &str| {
            let config = json!({ "secret_suffix": suffix, "token": "t" });
            let backend = json!({ "type": "kubernetes", "config": config });
            state(Some(backend), "default").name
        };
        assert_ne!(kubernetes("a"), kubernetes("b"));
        let pg = |text: &str| {
            let config = json!({ "conn_str": text });
            state(Some(json!({ "type": "pg", "config": config })), "default").name
        };
        assert_eq!(
            pg("host=h password=1 user=a"),
            pg("host=h password=2 user=b")
        );
        assert_eq!(pg("postgres://a:1@h/db"), pg("postgres://b:2@h/db"));
        assert_ne!(pg("postgres://a@h/db"), pg("postgres://a@h/other"));
    }

    #[test]
    fn only_managed_numbers_of_a_readable_file_are_stored() {
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("terraform.tfstate");
        let state = StateId::of_directory(directory.path(), directory.path(), "default");
        assert_eq!(state.stored(), None);
        fs::write(&file, "encrypted").expect("written");
        assert_eq!(state.stored(), None);
        let instance = |number: &str| json!([{ "attributes": { "phone_number_assigned": number, "order_id": null } }]);
        let resources = json!({ "resources": [
            { "mode": "managed", "type": "joonto_number", "instances": instance("+18015550100") },
            { "mode": "data", "type": "joonto_number", "instances": instance("+18015550101") },
        ]});
        fs::write(&file, resources.to_string()).expect("written");
        let stored = state.stored().expect("readable");
        assert_eq!(stored.len(), 1);
        assert_eq!(stored[0].number.as_deref(), Some("+18015550100"));
    }
}
