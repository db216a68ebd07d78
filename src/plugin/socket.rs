//! Unix sockets, each in its own directory that only the owner can enter.

use std::collections::hash_map::RandomState;
use std::fs::DirBuilder;
use std::hash::BuildHasher;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

/// The longest path of a socket: the system's limit without the closing NUL.
const LONGEST_PATH: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

/// The directory for a socket that cannot be made in the requested one.
const SHORT_DIRECTORY: &str = "/tmp";

/// Listens on a socket in `directory`, or in a shorter one. Returns `None` if neither works.
pub(super) fn bind(directory: &Path) -> Option<(UnixListener, PrivateDirectory)> {
    for parent in [directory, SHORT_DIRECTORY.as_ref()] {
        match bind_under(parent) {
            Ok(bound) => return Some(bound),
            Err(error) => tracing::warn!(
                directory = %parent.display(),
                %error,
                "cannot make a socket here, trying another place"
            ),
        }
    }
    None
}

fn bind_under(parent: &Path) -> io::Result<(UnixListener, PrivateDirectory)> {
    let directory = PrivateDirectory::create(&std::path::absolute(parent)?)?;
    Ok((UnixListener::bind(directory.socket())?, directory))
}

/// Returns the path as text if a socket can have it and it fits into a handshake line.
fn location(socket: &Path) -> io::Result<String> {
    let reason = match socket.to_str() {
        Some(path) if path.len() > LONGEST_PATH => "the path is too long for a socket",
        Some(path) if path.contains(['|', '\n', '\r']) => "the path does not fit into one field",
        Some(path) => return Ok(path.to_owned()),
        None => "the path is not UTF-8",
    };
    Err(io::Error::new(io::ErrorKind::InvalidInput, reason))
}

/// A directory for one socket. Dropping this removes both.
#[derive(Debug)]
pub(super) struct PrivateDirectory {
    path: PathBuf,
    socket: String,
}

impl PrivateDirectory {
    fn create(parent: &Path) -> io::Result<Self> {
        // The name may be guessed: a directory that exists already is refused.
        let name = format!("plugin{:016x}", RandomState::new().hash_one(()));
        let path = parent.join(name);
        let socket = location(&path.join("socket"))?;
        DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Self { path, socket })
    }

    /// The path of its socket.
    pub(super) fn socket(&self) -> &str {
        &self.socket
    }
}

impl Drop for PrivateDirectory {
    fn drop(&mut self) {
        // If this fails, the system cleans up its temporary directory some day.
        let _ = std::fs::remove_file(&self.socket);
        let _ = std::fs::remove_dir(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_path_must_fit_a_socket_and_the_handshake_line() {
        let long = format!("/{}", "d".repeat(LONGEST_PATH - 1));
        assert_eq!(location(long.as_ref()).expect("just fits"), long);
        for path in [format!("{long}d"), "/a|b".into(), "/a\nb".into()] {
            assert!(location(path.as_ref()).is_err(), "{path}");
        }
    }

    #[test]
    fn a_directory_is_private_and_removed_with_its_socket() {
        let parent = tempfile::tempdir().expect("a directory");
        let directory = PrivateDirectory::create(parent.path()).expect("room");
        let path = directory.path.clone();
        let mode = std::fs::metadata(&path)
            .expect("there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o700);
        std::fs::write(directory.socket(), "").expect("writable");
        drop(directory);
        assert!(!path.exists());
    }
}
