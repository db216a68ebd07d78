//! Records in a directory: a folder for each run, a file for each open purchase.
//!
//! A process locks a file of its own in the folder while it lives, so others can tell whether
//! the purchase that it sent is still under way. On Windows a lock keeps others from reading the
//! file, too, so nothing is ever written to it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::name::{FileKind, RecordName};
use super::store::{LARGEST, Store, StoredObject};
use crate::context::BoxFuture;
use crate::provider::purchase::files::{create_private, open_regular};
use crate::sync::locked;

/// The file that a process locks in its folder.
const LOCK: &str = "lock";

/// A directory of records. Clones share the locks they hold.
#[derive(Clone, Debug)]
pub(super) struct Directory {
    path: PathBuf,
    /// Other machines and other users use it, too.
    is_shared: bool,
    locks: Arc<Mutex<Vec<(PathBuf, File)>>>,
}

impl Directory {
    /// A directory of this user alone, which is made when there is something to write.
    pub(super) fn private(path: PathBuf) -> Self {
        Self {
            path,
            is_shared: false,
            locks: Arc::default(),
        }
    }

    /// A directory that other machines and users share. It has to be there: one that is made in
    /// place of a missing mount would hold no records. Locks say nothing across machines, so the
    /// deadline of a purchase decides alone.
    pub(super) fn shared(path: PathBuf) -> Self {
        Self {
            is_shared: true,
            ..Self::private(path)
        }
    }

    /// Runs `work` where it may block.
    fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> io::Result<T> + Send + 'static,
    ) -> BoxFuture<'static, io::Result<T>> {
        let directory = self.clone();
        Box::pin(async move {
            tokio::task::spawn_blocking(move || work(&directory))
                .await
                .unwrap_or_else(|_| Err(io::Error::other("the work was cancelled")))
        })
    }

    /// Every object outside the folder `except`. If `cleans`, folders that nobody uses are
    /// removed.
    pub(super) fn list_now(&self, except: &str, cleans: bool) -> io::Result<Vec<StoredObject>> {
        let folders = match fs::read_dir(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && !self.is_shared => {
                return Ok(Vec::new());
            }
            folders => folders?,
        };
        let mut objects = Vec::new();
        for folder in folders {
            let folder = folder?;
            let Ok(name) = folder.file_name().into_string() else {
                continue;
            };
            // Only what records are in is opened, and links are not followed.
            let is_record_folder = RecordName::parse(&format!("{name}/0.json")).is_some();
            if name == except || !is_record_folder || !folder.file_type()?.is_dir() {
                continue;
            }
            match list_folder(&folder.path(), &name, &mut objects) {
                Ok(true) => {}
                Ok(false) if self.is_shared || !cleans => {}
                Ok(false) => remove_unused(&folder.path()),
                // Somebody else cleans up.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                // What that state alone bought or ported in cannot be seen.
                Err(error) => {
                    for kind in [FileKind::Purchase, FileKind::PortIn] {
                        objects.push(StoredObject {
                            path: format!("{name}/unreadable.{}", kind.extension()),
                            content: Err(io::Error::new(error.kind(), error.to_string())),
                        });
                    }
                }
            }
        }
        objects.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(objects)
    }

    /// Makes the folder and locks this process' file in it, once.
    fn enter(&self, folder: &Path) -> io::Result<()> {
        let lock = folder.join(LOCK);
        let mut locks = locked(&self.locks);
        if locks.iter().any(|(path, _)| *path == lock) && lock.exists() {
            return Ok(());
        }
        locks.retain(|(path, _)| *path != lock);
        // Who cleans up may remove the folder between these steps.
        for _ in 0..10 {
            match self.is_shared {
                true => create_shared(folder)?,
                false => create_private(folder)?,
            }
            if fs::symlink_metadata(&lock).is_ok_and(|there| !there.is_file()) {
                return Err(io::Error::other("the lock of the records is no file"));
            }
            let file = match self.options().create(true).truncate(false).open(&lock) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                file => file?,
            };
            // Who looks whether it is locked holds it for a moment. Where the file system has no
            // locks, the deadline decides alone.
            for _ in 0..100_000 {
                if !matches!(file.try_lock(), Err(TryLockError::WouldBlock)) {
                    break;
                }
                std::thread::yield_now();
            }
            if lock.exists() {
                sync(&self.path, &lock)?;
                locks.push((lock, file));
                return Ok(());
            }
        }
        Err(io::Error::other(
            "the folder of records is removed again and again",
        ))
    }

    /// Opens for writing; readable by nobody else, unless others share the directory.
    fn options(&self) -> OpenOptions {
        let mut options = OpenOptions::new();
        options.write(true);
        #[cfg(unix)]
        if !self.is_shared {
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        }
        options
    }

    fn write(&self, path: &str, content: &[u8], only_new: bool) -> io::Result<bool> {
        let file = self.path.join(path);
        let folder = file.parent().unwrap_or(&self.path).to_owned();
        // A claim stands in the folder of the process that bought, which keeps its lock.
        if !matches!(RecordName::parse(path), Some((_, FileKind::Claim))) {
            self.enter(&folder)?;
        }
        let unfinished = file.with_extension(format!("{}.tmp", std::process::id()));
        let mut writer = self
            .options()
            .create(true)
            .truncate(true)
            .open(&unfinished)?;
        writer.write_all(content)?;
        writer.sync_all()?;
        drop(writer);
        let written = match only_new {
            false => fs::rename(&unfinished, &file).map(|()| true),
            true => self.link_new(&unfinished, &file, content),
        };
        match written {
            Ok(true) => sync(&folder, &file)?,
            _ => drop(fs::remove_file(&unfinished)),
        }
        written
    }

    /// Adds a line without replacing the file. A replacement needs another file, a new name for it,
    /// and the old one's removal, each made durable; and file systems get slow at making files
    /// where many were just removed. Names stay as they are here, so syncing the file is enough.
    fn add_line(&self, path: &str, line: &[u8]) -> io::Result<()> {
        let file = self.path.join(path);
        // Opening anything else could block for ever.
        if !fs::symlink_metadata(&file).is_ok_and(|there| there.is_file()) {
            return self.write(path, line, false).map(drop);
        }
        let mut writer = OpenOptions::new().append(true).open(&file)?;
        // The line break comes first: it ends what a failed writing may have left.
        writer.write_all(&[b"\n", line].concat())?;
        writer.sync_data()
    }

    /// Gives the unfinished file its name, if nothing has that name.
    fn link_new(&self, unfinished: &Path, file: &Path, content: &[u8]) -> io::Result<bool> {
        match fs::hard_link(unfinished, file) {
            Ok(()) => {
                let _ = fs::remove_file(unfinished);
                Ok(true)
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            // A file system without links.
            Err(_) => match self.options().create_new(true).open(file) {
                Ok(mut new) => {
                    new.write_all(content)?;
                    new.sync_all()?;
                    let _ = fs::remove_file(unfinished);
                    Ok(true)
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
                Err(error) => Err(error),
            },
        }
    }
}

impl Store for Directory {
    fn list(&self, except: String) -> BoxFuture<'_, io::Result<Vec<StoredObject>>> {
        self.blocking(move |directory| directory.list_now(&except, true))
    }

    fn read(&self, path: String) -> BoxFuture<'_, io::Result<Option<Vec<u8>>>> {
        self.blocking(move |directory| match read(&directory.path.join(path)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            content => content,
        })
    }

    fn put(&self, path: String, content: Vec<u8>) -> BoxFuture<'_, io::Result<()>> {
        self.blocking(move |directory| directory.write(&path, &content, false).map(drop))
    }

    fn append(&self, path: String, line: Vec<u8>) -> BoxFuture<'_, io::Result<()>> {
        self.blocking(move |directory| directory.add_line(&path, &line))
    }

    fn create(&self, path: String, content: Vec<u8>) -> BoxFuture<'_, io::Result<bool>> {
        self.blocking(move |directory| directory.write(&path, &content, true))
    }

    fn delete(&self, paths: Vec<String>) -> BoxFuture<'_, io::Result<()>> {
        self.blocking(move |directory| {
            for path in paths {
                match fs::remove_file(directory.path.join(path)) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                    _ => {}
                }
            }
            Ok(())
        })
    }

    fn writer_has_ended(&self, path: String) -> BoxFuture<'_, bool> {
        if self.is_shared {
            return Box::pin(std::future::ready(false));
        }
        let ended = self.blocking(move |directory| {
            let file = directory.path.join(path);
            let lock = file.with_file_name(LOCK);
            Ok(is_free(&lock))
        });
        Box::pin(async move { ended.await.unwrap_or(false) })
    }

    fn name(&self) -> String {
        self.path.display().to_string()
    }
}

/// Reads the objects of a folder. False if there are none.
fn list_folder(folder: &Path, name: &str, objects: &mut Vec<StoredObject>) -> io::Result<bool> {
    let mut is_used = false;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(file) = entry.file_name().into_string() else {
            continue;
        };
        let path = format!("{name}/{file}");
        if RecordName::parse(&path).is_none() || !entry.file_type()?.is_file() {
            continue;
        }
        match read(&entry.path()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Ok(None) => {}
            content => {
                is_used = true;
                objects.push(StoredObject {
                    path,
                    content: content.map(Option::unwrap_or_default),
                });
            }
        }
    }
    Ok(is_used)
}

/// Removes an empty folder whose process has ended.
fn remove_unused(folder: &Path) {
    let lock = folder.join(LOCK);
    if is_free(&lock) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let is_ours = name
                .to_str()
                .is_some_and(|n| n == LOCK || n.ends_with(".tmp"));
            if is_ours && entry.file_type().is_ok_and(|kind| kind.is_file()) {
                let _ = fs::remove_file(entry.path());
            }
        }
        // Refused if anything else is in it.
        let _ = fs::remove_dir(folder);
    }
}

/// Reads a regular file; `None` for anything else, which could block for ever.
fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let Some(file) = open_regular(path)? else {
        return Ok(None);
    };
    let mut content = Vec::new();
    file.take(LARGEST).read_to_end(&mut content)?;
    Ok(Some(content))
}

/// Whether nobody holds the lock.
fn is_free(lock: &Path) -> bool {
    match open_regular(lock) {
        Ok(Some(file)) => file.try_lock_shared().is_ok(),
        // It is not our lock.
        Ok(None) => false,
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    }
}

/// Makes a folder in a directory that is there.
fn create_shared(folder: &Path) -> io::Result<()> {
    match fs::create_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        created => created,
    }
}

/// Makes the name of a file in a directory durable.
#[cfg(unix)]
fn sync(directory: &Path, _: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

/// Makes the name of a file in a directory durable. Other systems cannot sync a directory. Syncing
/// a file writes its name as well.
#[cfg(not(unix))]
fn sync(_: &Path, file: &Path) -> io::Result<()> {
    OpenOptions::new().write(true).open(file)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> (tempfile::TempDir, Directory) {
        let directory = tempfile::tempdir().expect("a directory");
        let store = Directory::private(directory.path().join("joonto"));
        (directory, store)
    }

    #[tokio::test]
    async fn what_is_written_is_listed_until_it_is_deleted() {
        let (_keep, store) = place();
        assert!(
            store
                .list(String::new())
                .await
                .expect("no place")
                .is_empty()
        );
        for content in ["one", "two"] {
            let put = store
                .put("a.b.aaaaaaaaaaaa.7/1.json".into(), content.into())
                .await;
            put.expect("written");
        }
        let listed = store.list(String::new()).await.expect("listed");
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0].path, "a.b.aaaaaaaaaaaa.7/1.json");
        assert_eq!(listed[0].content.as_ref().expect("readable"), b"two");
        assert!(
            store
                .list("a.b.aaaaaaaaaaaa.7".into())
                .await
                .expect("listed")
                .is_empty()
        );
        for _ in 0..2 {
            let paths = ["json", "claim"].map(|kind| format!("a.b.aaaaaaaaaaaa.7/1.{kind}"));
            store.delete(paths.to_vec()).await.expect("deleted");
        }
        assert!(store.list(String::new()).await.expect("listed").is_empty());
        assert!(
            store.path.join("a.b.aaaaaaaaaaaa.7").exists(),
            "its process is alive"
        );
        drop(store.locks.lock().expect("locks").drain(..));
        assert!(store.list(String::new()).await.expect("listed").is_empty());
        assert!(
            !store.path.join("a.b.aaaaaaaaaaaa.7").exists(),
            "nobody uses it"
        );
    }

    #[tokio::test]
    async fn a_line_is_added_and_an_object_that_is_gone_is_written_again() {
        let (_keep, store) = place();
        let path = || "a.b.aaaaaaaaaaaa.7/1.json".to_owned();
        store.put(path(), b"one".to_vec()).await.expect("written");
        let read = async || store.read(path()).await.expect("read").expect("there");
        store.append(path(), b"two".to_vec()).await.expect("added");
        assert_eq!(read().await, b"one\ntwo");
        fs::remove_dir_all(&store.path).expect("removed");
        store.append(path(), b"two".to_vec()).await.expect("again");
        assert_eq!(read().await, b"two");
        assert!(!store.writer_has_ended(path()).await, "its lock is new");
    }

    #[tokio::test]
    async fn only_one_claim_succeeds() {
        let (_keep, store) = place();
        let record = "a.b.aaaaaaaaaaaa.7/1-1.json".to_owned();
        store.put(record, b"x".to_vec()).await.expect("written");
        let claim =
            |who: &'static str| store.create("a.b.aaaaaaaaaaaa.7/1-1.claim".into(), who.into());
        let (one, two) = tokio::join!(claim("one"), claim("two"));
        assert!(one.expect("written") != two.expect("written"));
        assert_eq!(store.list(String::new()).await.expect("listed").len(), 2);
    }

    #[tokio::test]
    async fn a_writer_has_ended_when_its_lock_is_free() {
        let (_keep, store) = place();
        let path = "a.b.aaaaaaaaaaaa.7/1.json".to_owned();
        store
            .put(path.clone(), b"x".to_vec())
            .await
            .expect("written");
        assert!(!store.writer_has_ended(path.clone()).await);
        store.locks.lock().expect("locks").clear();
        assert!(store.writer_has_ended(path).await);
    }

    #[tokio::test]
    async fn a_shared_directory_has_to_be_there() {
        let (_keep, private) = place();
        let store = Directory::shared(private.path.clone());
        assert!(store.list(String::new()).await.is_err());
        let put = store
            .put("a.b.aaaaaaaaaaaa.7/1.json".into(), b"x".to_vec())
            .await;
        assert!(put.is_err(), "a missing mount is not made");
        fs::create_dir(&private.path).expect("mounted");
        let put = store
            .put("a.b.aaaaaaaaaaaa.7/1.json".into(), b"x".to_vec())
            .await;
        put.expect("written");
        assert_eq!(store.list(String::new()).await.expect("listed").len(), 1);
        assert!(
            !store
                .writer_has_ended("a.b.aaaaaaaaaaaa.7/1.json".into())
                .await
        );
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn only_regular_files_are_opened() {
        let (_keep, store) = place();
        let folder = store.path.join("a.b.aaaaaaaaaaaa.7");
        fs::create_dir_all(folder.join("2-1.json")).expect("a directory");
        std::os::unix::fs::symlink("nowhere", folder.join("3-1.json")).expect("a link");
        let socket = std::os::unix::net::UnixListener::bind(folder.join("4-1.json"));
        let _socket = socket.expect("a socket");
        store
            .put("a.b.aaaaaaaaaaaa.7/5-1.json".into(), b"x".to_vec())
            .await
            .expect("written");
        let listed = store.list(String::new()).await.expect("listed");
        assert_eq!(listed.len(), 1);
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!(mode(&store.path.join("a.b.aaaaaaaaaaaa.7/5-1.json")), 0o600);
    }
}
