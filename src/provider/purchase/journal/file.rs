//! A journal on disk: one file for each process, locked for as long as the process lives.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use tokio::sync::oneshot;

use super::entry::{Contents, Line};
use super::locked;

const PREFIX: &str = "purchases-";
const SUFFIX: &str = ".jsonl";

/// How often a lock is tried for: who looks whether a journal is held holds it for a moment.
const TRIES: usize = 50;

/// Opens a file of our own, readable by nobody else, and locks it.
pub(super) fn create(directory: &Path, name: &str) -> io::Result<(PathBuf, File)> {
    create_directory(directory)?;
    let path = directory.join(format!("{PREFIX}{name}{SUFFIX}"));
    let mut options = OpenOptions::new();
    options.append(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(&path)?;
    file.lock()?;
    // Empty and not yet locked, another process may have taken it for one of no use.
    if !path.exists() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    Ok((path, file))
}

fn create_directory(directory: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}

/// The journals in `directory`, oldest first.
pub(super) fn list(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(directory) else {
        return Vec::new();
    };
    let is_journal = |path: &PathBuf| {
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        name.starts_with(PREFIX) && name.ends_with(SUFFIX)
    };
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(is_journal)
        .collect();
    paths.sort();
    paths
}

/// A journal whose process is gone, held against every other process that may want it.
#[derive(Debug)]
pub(super) struct Held {
    file: File,
    pub(super) contents: Contents,
}

impl Held {
    /// Takes hold of a journal. `None` if its process lives, or somebody else holds it.
    pub(super) fn open(path: &Path) -> io::Result<Option<Self>> {
        let mut file = OpenOptions::new().read(true).append(true).open(path)?;
        let mut tries = 0..TRIES;
        while let Err(problem) = file.try_lock() {
            match problem {
                TryLockError::WouldBlock if tries.next().is_some() => thread::yield_now(),
                TryLockError::WouldBlock => return Ok(None),
                TryLockError::Error(error) => return Err(error),
            }
        }
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(0))?;
        file.read_to_end(&mut bytes)?;
        // A torn last line must not swallow the line that is appended next.
        if bytes.last().is_some_and(|last| *last != b'\n') {
            file.write_all(b"\n")?;
        }
        Ok(Some(Self {
            file,
            contents: Contents::read(&bytes),
        }))
    }

    /// Adds lines, for good once this returns.
    pub(super) fn append(&mut self, lines: Vec<Line>) -> io::Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        self.file.write_all(&text(&lines)?)?;
        self.file.sync_data()?;
        for line in lines {
            self.contents.apply(line);
        }
        Ok(())
    }
}

pub(super) fn text(lines: &[Line]) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    for line in lines {
        serde_json::to_writer(&mut text, line)?;
        text.push(b'\n');
    }
    Ok(text)
}

/// Writes lines to a journal of our own from a thread of its own: what has queued up meanwhile
/// is written and synced in one go.
#[derive(Debug)]
pub(super) struct Writer(mpsc::Sender<Order>);

struct Order {
    lines: Vec<Line>,
    done: oneshot::Sender<Result<(), String>>,
}

impl Writer {
    /// A writer to `file`.
    pub(super) fn start(file: File) -> io::Result<Self> {
        let (sender, orders) = mpsc::channel();
        thread::Builder::new()
            .name("journal".into())
            .spawn(move || write_all(file, &orders))?;
        Ok(Self(sender))
    }

    /// Writes the lines; they are there for good once this returns.
    pub(super) async fn write(&self, lines: Vec<Line>) -> Result<(), String> {
        let gone = || "the journal's writer has ended".to_owned();
        let (done, written) = oneshot::channel();
        self.0.send(Order { lines, done }).map_err(|_| gone())?;
        written.await.map_err(|_| gone())?
    }
}

fn write_all(mut file: File, orders: &mpsc::Receiver<Order>) {
    while let Ok(first) = orders.recv() {
        let group: Vec<Order> = std::iter::once(first).chain(orders.try_iter()).collect();
        let written = write_group(&mut file, &group).map_err(|error| error.to_string());
        for order in group {
            // Whoever asked may have been stopped meanwhile.
            let _ = order.done.send(written.clone());
        }
    }
}

fn write_group(file: &mut File, group: &[Order]) -> io::Result<()> {
    let mut lines = Vec::new();
    for order in group {
        lines.extend(text(&order.lines)?);
    }
    file.write_all(&lines)?;
    file.sync_data()
}

/// What a journal says at this moment, whoever holds it.
pub(super) fn peek(path: &Path) -> io::Result<Contents> {
    Ok(Contents::read(&fs::read(path)?))
}

/// Journals as they were last peeked at. Lines are only ever added, so one of the same length
/// says the same: a fleet that is bought looks at the others' journals once for each number.
#[derive(Debug, Default)]
pub(super) struct Peeked(Mutex<HashMap<PathBuf, (u64, Arc<Contents>)>>);

impl Peeked {
    /// What a journal says at this moment, whoever holds it.
    pub(super) fn peek(&self, path: &Path) -> io::Result<Arc<Contents>> {
        // Of the file once it is open: by its name alone, a network's file system may tell an old one.
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        if let Some((peeked, contents)) = locked(&self.0).get(path)
            && *peeked == length
        {
            return Ok(Arc::clone(contents));
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let contents = Arc::new(Contents::read(&bytes));
        let peeked = (bytes.len() as u64, Arc::clone(&contents));
        locked(&self.0).insert(path.to_owned(), peeked);
        Ok(contents)
    }
}

/// Whether somebody holds the journal.
pub(super) fn is_locked(path: &Path) -> bool {
    let file = OpenOptions::new().append(true).open(path);
    file.is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
}

/// Removes a journal that nobody holds. Whether that was done.
pub(super) fn remove(path: &Path) -> bool {
    !is_locked(path) && fs::remove_file(path).is_ok()
}

/// Adds lines to a journal, without waiting for the disk or for whoever holds it: lines are
/// appended whole, and begin anew in case the last one is torn.
pub(super) fn mark(path: &Path, lines: &[Line]) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).open(path)?;
    file.write_all(&[b"\n", &text(lines)?[..]].concat())
}
