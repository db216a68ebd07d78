//! Unix sockets, each in a directory of its own that only its owner can enter.

use std::collections::hash_map::RandomState;
use std::fs::DirBuilder;
use std::hash::BuildHasher;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use super::endpoint::{Address, Endpoint, Network, Socket};
use super::environment::ListenWishes;

/// The longest path a socket can have: the system's limit without the closing NUL.
const LONGEST_PATH: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

/// Where a socket goes that has no room where it was wanted.
const SHORT_DIRECTORY: &str = "/tmp";

/// Listens on a socket as `wishes` say, or under a shorter path; `None` where neither works.
pub(super) fn bind(wishes: &ListenWishes) -> Option<Endpoint> {
    for parent in [wishes.socket_directory.as_path(), SHORT_DIRECTORY.as_ref()] {
        match bind_under(parent) {
            Ok(endpoint) => return Some(endpoint),
            Err(error) => tracing::warn!(
                directory = %parent.display(),
                %error,
                "cannot make a socket here, trying elsewhere"
            ),
        }
    }
    None
}

fn bind_under(parent: &Path) -> io::Result<Endpoint> {
    let directory = PrivateDirectory::create(&std::path::absolute(parent)?)?;
    let socket = directory.socket();
    Ok(Endpoint {
        socket: Socket::Unix(UnixListener::bind(&socket)?),
        address: Address {
            network: Network::Unix,
            location: location(&socket)?,
        },
        directory: Some(directory),
    })
}

/// The path as text, if a socket can have it and a handshake line can carry it.
fn location(socket: &Path) -> io::Result<String> {
    let reason = match socket.to_str() {
        Some(path) if path.len() > LONGEST_PATH => "the path is too long for a socket",
        Some(path) if path.contains(['|', '\n', '\r']) => "the path does not fit into one field",
        Some(path) => return Ok(path.to_owned()),
        None => "the path is not UTF-8",
    };
    Err(io::Error::new(io::ErrorKind::InvalidInput, reason))
}

/// A directory for one socket. Both go when it is dropped.
#[derive(Debug)]
pub(super) struct PrivateDirectory(PathBuf);

impl PrivateDirectory {
    fn create(parent: &Path) -> io::Result<Self> {
        for _ in 0..16 {
            // The name need not be hard to guess: a directory that exists is never used.
            let name = format!("plugin{:016x}", RandomState::new().hash_one(()));
            let path = parent.join(name);
            location(&path.join(Self::SOCKET))?;
            match DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => return Ok(Self(path)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    const SOCKET: &str = "socket";

    fn socket(&self) -> PathBuf {
        self.0.join(Self::SOCKET)
    }
}

impl Drop for PrivateDirectory {
    fn drop(&mut self) {
        // What cannot be removed is left to the temp directory's own housekeeping.
        let _ = std::fs::remove_file(self.socket());
        let _ = std::fs::remove_dir(&self.0);
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
        let path = directory.0.clone();
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
