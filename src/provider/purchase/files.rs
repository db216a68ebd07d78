//! Files and directories that hold what a purchase needs to be known by.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::path::Path;

/// Opens a file for reading; nothing if it is anything else, which could block for ever.
pub(super) fn open_regular(path: &Path) -> io::Result<Option<File>> {
    match fs::symlink_metadata(path)?.is_file() {
        true => File::open(path).map(Some),
        false => Ok(None),
    }
}

/// Makes a directory that nobody else may enter. On Windows it inherits its rights: who may read
/// the working directory reads the state there, which holds more.
pub(super) fn create_private(directory: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}
