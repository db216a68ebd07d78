//! Places that may not be read or written: nothing is bought without a record, or past one.
//!
//! Another user's directory, as `sudo` leaves it, cannot be made without root, so these take the
//! modes away from their own. Modes do not bind root: it gets a place that nobody can use.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use harness::Result;
use joonto_sandbox::{Fault, FaultKind};

use super::{
    PROVISION, Scene, Scenes, assert_errors, assert_warnings, committed, count, full, line, number,
    place, plain, records,
};

// C23 c, d, e
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_place_that_is_not_this_users_stops_every_purchase() {
    let mut scenes = Scenes::default();
    scenes.add("c: the place cannot be read", unreadable_place());
    scenes.add("d: the record cannot be read", unreadable_record());
    scenes.add("e: the place cannot be written", unwritable_place());
    scenes.play().await;
}

async fn unreadable_place() -> Result<()> {
    let mut scene = killed().await?;
    let place = place(&scene.project);
    let locked = Locked::new(&place)?;
    for _ in 0..2 {
        let refused = scene.project.apply().await?;
        assert_errors(&refused, &["JN112"]);
        assert!(refused.error()?.says(".terraform"), "{refused}");
    }
    assert_eq!(scene.posts(), 1);
    locked.unlock()?;

    // It was not lost.
    let stopped = scene.project.apply().await?;
    assert_errors(&stopped, &["JN111"]);
    let resolved = line(full(&stopped), &scene.ours());
    assert_warnings(&scene.paste(&resolved).await?, &["JN121"]);
    assert_eq!(scene.posts(), 1);
    scene.assert_settled().await?;
    scene.end().await
}

async fn unreadable_record() -> Result<()> {
    let mut scene = killed().await?;
    let record = records(&place(&scene.project)).remove(0);
    lock_record(&record)?;
    let with_sim = plain("sim", "iccid = \"8901240397190195850\"");
    let unlike = number("unlike", "mvno", "");
    scene.project.main(&[count(1), with_sim, unlike].concat())?;
    let refused = scene.project.apply().await?;
    assert_errors(&refused, &["JN107"; 3]);
    let file = record.file_name().expect("a name").to_string_lossy();
    let error = refused.errors().next().expect("an error");
    assert!(error.says(&file), "{refused}");
    assert_eq!(scene.posts(), 1);

    let resolved = error.lines().pop().expect("a line");
    assert!(resolved.ends_with("=nothing"), "{refused}");
    scene.paste(&resolved).await?.ok()?;
    // The number of the lost purchase stays where it is: that is the user's word.
    assert_eq!((scene.posts(), scene.ours().len()), (4, 4));
    scene.project.assert_empty_plan().await?;
    scene.end().await
}

async fn unwritable_place() -> Result<()> {
    let mut scene = Scene::new(&count(1)).await?;
    let shared = scene.project.path().join("shared");
    fs::create_dir(&shared)?;
    fs::set_permissions(&shared, Permissions::from_mode(0o500))?;
    let shared = match modes_bind(&shared)? {
        true => shared,
        // It can be listed, and takes no directory from anybody.
        false => PathBuf::from("/proc"),
    };
    scene
        .project
        .env("JOONTO_PURCHASE_JOURNAL", &shared)
        .env("JOONTO_STATE_NAME", "s");
    for _ in 0..2 {
        let refused = scene.project.apply().await?;
        assert_errors(&refused, &["JN103"]);
        let place = shared.display().to_string();
        assert!(refused.error()?.says(&place), "{refused}");
    }
    assert_eq!(scene.posts(), 0);
    scene.end().await
}

/// A run was killed after its purchase had committed.
async fn killed() -> Result<Scene> {
    let scene = Scene::new(&count(1)).await?;
    let held = Fault::on(PROVISION).after_commit(FaultKind::Hold);
    scene.sandbox.fault(held);
    scene.kill_when(&[], committed(1)).await?;
    Ok(scene)
}

/// Whether modes bind this user. Makes a file of its own beside `path` to find out.
fn modes_bind(path: &Path) -> Result<bool> {
    let probe = path.with_extension("probe");
    fs::write(&probe, "")?;
    fs::set_permissions(&probe, Permissions::from_mode(0o000))?;
    let opened = File::open(&probe);
    fs::remove_file(&probe)?;
    Ok(opened.is_err())
}

/// Takes a record's mode away; for root, makes it longer than any record.
fn lock_record(record: &Path) -> Result<()> {
    match modes_bind(record)? {
        true => fs::set_permissions(record, Permissions::from_mode(0o000))?,
        false => File::options().write(true).open(record)?.set_len(1 << 20)?,
    }
    Ok(())
}

/// A directory that this user cannot read.
struct Locked {
    path: PathBuf,
    /// Where it is meanwhile, if modes do not bind.
    moved: Option<PathBuf>,
}

impl Locked {
    /// Takes its mode away; for root, puts a link to itself in its place.
    fn new(path: &Path) -> Result<Self> {
        let moved = match modes_bind(path)? {
            true => {
                fs::set_permissions(path, Permissions::from_mode(0o000))?;
                None
            }
            false => {
                let moved = path.with_extension("moved");
                fs::rename(path, &moved)?;
                symlink(path, path)?;
                Some(moved)
            }
        };
        let path = path.to_owned();
        Ok(Self { path, moved })
    }

    fn unlock(self) -> Result<()> {
        match &self.moved {
            Some(moved) => {
                fs::remove_file(&self.path)?;
                fs::rename(moved, &self.path)?;
            }
            None => fs::set_permissions(&self.path, Permissions::from_mode(0o700))?,
        }
        Ok(())
    }
}
