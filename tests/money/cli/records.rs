//! Records that cannot be written or read, and those that an older version left.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use harness::Result;
use joonto_sandbox::{Fault, FaultKind};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::remote::share;
use super::{
    PROVISION, Scene, Scenes, assert_errors, assert_warnings, count, errors, full, line, number,
    open, paste, place, plain, records, sorted, stored,
};

// C23 a, c, e, f
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_record_nothing_is_sent() {
    let mut scenes = Scenes::default();
    scenes.add("a file in place of the directory", async {
        let scene = Scene::new(&count(1)).await?;
        fs::create_dir_all(scene.project.path().join(".terraform"))?;
        fs::write(place(&scene.project), "")?;
        refused(scene, "JN112", ".terraform").await
    });
    scenes.add("a directory that cannot be made", async {
        let scene = Scene::new(&count(1)).await?;
        fs::create_dir_all(scene.project.path().join(".terraform"))?;
        symlink("nowhere/at/all", place(&scene.project))?;
        refused(scene, "JN103", ".terraform").await
    });
    scenes.add("a shared place that is gone", async {
        let mut scene = Scene::new(&count(1)).await?;
        let shared = scene.project.path().join("shared");
        symlink("nowhere/at/all", &shared)?;
        scene
            .project
            .env("JOONTO_PURCHASE_JOURNAL", &shared)
            .env("JOONTO_STATE_NAME", "s");
        refused(scene, "JN112", "shared").await
    });
    scenes.add("a shared place that is no directory", async {
        let mut scene = Scene::new(&count(1)).await?;
        let shared = scene.project.path().join("shared");
        fs::write(&shared, "")?;
        scene
            .project
            .env("JOONTO_PURCHASE_JOURNAL", &shared)
            .env("JOONTO_STATE_NAME", "s");
        refused(scene, "JN112", "shared").await
    });
    scenes.play().await;
}

async fn refused(scene: Scene, code: &str, named: &str) -> Result<()> {
    for _ in 0..2 {
        let refused = scene.project.apply().await?;
        assert_errors(&refused, &[code]);
        assert!(refused.error()?.says(named), "{refused}");
    }
    assert_eq!(scene.posts(), 0);
    scene.end().await
}

/// Leaves a purchase that bought nothing, killed before its response, and its record.
async fn killed(main: &str) -> Result<(Scene, std::path::PathBuf)> {
    let scene = Scene::new(main).await?;
    scene
        .sandbox
        .fault(Fault::on(PROVISION).before_commit(FaultKind::Hold));
    scene.kill_when(&[], super::arrived(1)).await?;
    let record = records(&place(&scene.project)).remove(0);
    Ok((scene, record))
}

// C24
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_cannot_be_read_stops_its_own_state_and_is_resolved_by_its_line() {
    let whole = |text: &str| text.to_owned();
    type Damage = fn(&str) -> String;
    let damages: [(&str, Damage); 4] = [
        ("no JSON", |_| "\u{0}\u{1}damaged".to_owned()),
        ("torn", |text| text[..text.len() / 2].to_owned()),
        ("an unknown status", |text| {
            text.replace("\"sending\"", "\"pondering\"")
        }),
        ("a newer version", |text| {
            text.replace("\"version\":2", "\"version\":3")
        }),
    ];
    let mut scenes = Scenes::default();
    for (name, damage) in damages {
        scenes.add(name, async move {
            let (scene, record) = killed(&count(1)).await?;
            let text = fs::read_to_string(&record)?;
            let damaged = damage(&text);
            assert_ne!(damaged, whole(&text));
            fs::write(&record, damaged)?;
            let with_sim = plain("sim", "iccid = \"8901240397190195850\"");
            let unlike = number("unlike", "mvno", "");
            scene.project.main(&[count(1), with_sim, unlike].concat())?;
            let mut scene = scene;
            let refused = scene.project.apply().await?;
            assert_errors(&refused, &["JN107"; 3]);
            let error = refused.errors().next().expect("an error");
            let file = record.file_name().expect("a name").to_string_lossy();
            assert!(error.says(&file), "{refused}");
            assert_eq!(scene.posts(), 1);
            let resolved = error.lines().pop().expect("a line");
            assert!(resolved.ends_with("=nothing"), "{refused}");
            scene.paste(&resolved).await?.ok()?;
            assert_eq!(scene.posts(), 4);
            scene.assert_settled().await?;
            scene.end().await
        });
    }
    scenes.add("a file that a write left unfinished", async {
        let scene = Scene::new(&count(1)).await?;
        scene.project.apply().await?.quiet()?;
        let record = records(&place(&scene.project)).remove(0);
        let unfinished = record.with_file_name("4711-00001.4711.tmp");
        fs::copy(&record, &unfinished)?;
        fs::write(&unfinished, "{ \"version\"")?;
        scene.project.main(&[count(1), plain("m", "")].concat())?;
        scene.project.apply().await?.quiet()?;
        assert_eq!(scene.posts(), 2);
        scene.assert_settled().await?;
        scene.end().await
    });
    scenes.add("another state's", async {
        let shared = tempfile::tempdir()?;
        let mut scene = Scene::new(&count(1)).await?;
        let mut other = scene.elsewhere(&count(1))?;
        for (project, name) in [(&mut scene.project, "ours"), (&mut other, "theirs")] {
            share(project, shared.path(), name);
        }
        let held = Fault::on(PROVISION).before_commit(FaultKind::Hold);
        scene.sandbox.fault(held);
        scene.kill_in(&other, &[], super::arrived(1)).await?;
        let record = records(shared.path()).remove(0);
        let text = fs::read_to_string(&record)?;
        fs::write(&record, text.replace("\"version\":2", "\"version\":3"))?;
        let applied = scene.project.apply().await?;
        assert_warnings(&applied, &[]);
        assert!(open(&applied).is_some_and(|w| w.lines().is_empty()));
        assert_eq!((scene.posts(), scene.ours().len()), (2, 1));
        scene.end().await
    });
    scenes.play().await;
}

/// A hash as version 1 wrote it.
fn hash(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.len().to_be_bytes());
        hasher.update(part.as_bytes());
    }
    let hash = hasher.finalize();
    hash.iter().take(12).map(|b| format!("{b:02x}")).collect()
}

// C25
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_journal_of_version_1_is_read_once_by_the_same_rules() {
    let mut scenes = Scenes::default();
    for case in [
        Old::Intent,
        Old::Answered,
        Old::HandedOver,
        Old::HandedOverAndStored,
        Old::Settled,
        Old::Damaged,
    ] {
        scenes.add(format!("{case:?}"), version_1(case));
    }
    scenes.play().await;
}

/// How far a purchase of version 1 came.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Old {
    Intent,
    Answered,
    HandedOver,
    HandedOverAndStored,
    Settled,
    Damaged,
}

async fn version_1(case: Old) -> Result<()> {
    // Somebody bought for version 1: the number is there, and its order is known.
    let mut scene = Scene::new(&count(1)).await?;
    let buyer = scene.elsewhere(&count(1))?;
    buyer.apply().await?.quiet()?;
    let bought = buyer.resource("joonto_number.n[0]").await?;
    let text = |name: &str| bought[name].as_str().unwrap_or_default().to_owned();
    let old = text("id");
    let base_url = scene.sandbox.base_url();
    let account = hash(&[&base_url, &text("account_fingerprint")]);
    let scope = format!("{account}.{}", hash(&["default"]));
    let now = time::OffsetDateTime::now_utc().unix_timestamp();
    let intent = format!(
        r#"{{"kind":"intent","id":1,"scope":"{scope}","key":"k","at":{now},"wanted":{{"NumberType":"iot","MessageType":"p2p","MessageEnabled":false,"VoiceEnabled":false}}}}"#
    );
    let answered = format!(
        r#"{{"kind":"answered","id":1,"receipt":{{"order_id":"{}","order_status":"Complete","number":"{old}"}}}}"#,
        text("order_id")
    );
    let ended = r#"{"kind":"ended"}"#.to_owned();
    let settled = r#"{"kind":"settled","id":1}"#.to_owned();
    let lines = match case {
        Old::Intent => vec![intent],
        Old::Answered => vec![intent, answered],
        Old::HandedOver | Old::HandedOverAndStored => vec![intent, answered, ended],
        Old::Settled => vec![intent, answered, settled, ended],
        Old::Damaged => vec!["{\"kind\":\"int".to_owned()],
    };
    fs::create_dir_all(place(&scene.project))?;
    let journal = place(&scene.project).join("purchases-1.jsonl");
    fs::write(&journal, lines.join("\n"))?;
    if case == Old::HandedOverAndStored {
        scene
            .project
            .import("joonto_number.n[0]", &old)
            .await?
            .ok()?;
        scene.project.main(&count(2))?;
    }
    let applied = scene.project.apply().await?;
    assert!(!journal.exists(), "it is read once");
    let posts = match case {
        Old::Intent | Old::HandedOver => {
            assert_errors(&applied, &["JN111"]);
            let resolved = line(full(&applied), std::slice::from_ref(&old));
            scene.paste(&resolved).await?.ok()?;
            1
        }
        Old::Answered => {
            assert_warnings(&applied, &["JN121"]);
            1
        }
        Old::Damaged => {
            assert_errors(&applied, &["JN107"]);
            let resolved = applied.error()?.lines().pop().expect("a line");
            scene.paste(&resolved).await?.ok()?;
            2
        }
        Old::Settled | Old::HandedOverAndStored => {
            assert_warnings(&applied, &[]);
            2
        }
    };
    assert_eq!(scene.posts(), posts);
    let is_stored = !matches!(case, Old::Settled | Old::Damaged);
    assert_eq!(stored(&scene.project)?.contains(&old), is_stored);
    scene.project.assert_empty_plan().await?;
    scene.end().await
}

// C67
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_regular_file_is_not_opened() -> Result<()> {
    let mut scene = Scene::new(&count(1)).await?;
    scene.project.time_limit(Duration::from_secs(20));
    scene.project.apply().await?.quiet()?;
    let place = place(&scene.project);
    let folder = records(&place)[0].parent().expect("a folder").to_owned();
    for directory in [&folder, &place] {
        fifo(&directory.join("1-00001.json"));
        fs::create_dir(directory.join("2-00001.json"))?;
        symlink("nowhere", directory.join("3-00001.json"))?;
        symlink("1-00001.json", directory.join("4-00001.json"))?;
    }
    fifo(&place.join("purchases-1.jsonl"));
    fifo(&place.join("plan-000000000000"));
    symlink(&folder, place.join("account.state.000000000000"))?;
    // The folder of another process of that run, whose lock is no file.
    let name = folder.file_name().expect("a name").to_string_lossy();
    let (run, _) = name.rsplit_once('.').expect("a run");
    fs::create_dir(place.join(format!("{run}.1")))?;
    fifo(&place.join(format!("{run}.1/lock")));
    scene.project.plan().await?.quiet()?;
    scene.project.main(&count(2))?;
    scene.project.apply().await?.quiet()?;
    assert_eq!(scene.posts(), 2);
    scene.assert_settled().await?;
    scene.end().await
}

fn fifo(path: &Path) {
    let made = Command::new("mkfifo").arg(path).status();
    assert!(made.expect("mkfifo runs").success());
}

// Rule 3
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_holds_the_request_and_no_secret() -> Result<()> {
    let (scene, record) = killed(&plain("n", "area_code = \"303\"")).await?;
    let text = fs::read_to_string(&record)?;
    let json: Value = serde_json::from_str(&text)?;
    assert_eq!(json["version"], 2);
    assert_eq!(json["status"], "sending");
    assert_eq!(json["request"]["AreaCode"], "303");
    assert!(!text.contains(&scene.sandbox.credentials().account_secret));
    assert!(!text.contains("eyJ"));
    let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&record)?.permissions());
    assert_eq!(mode & 0o077, 0, "{mode:o}");
    scene.end().await
}

// C02, the last row
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_that_another_states_record_names_is_no_candidate() -> Result<()> {
    let shared = tempfile::tempdir()?;
    let mut scene = Scene::new(&count(1)).await?;
    let mut other = scene.elsewhere(&count(1))?;
    for (project, name) in [(&mut scene.project, "ours"), (&mut other, "theirs")] {
        share(project, shared.path(), name);
    }
    let held = FaultKind::held(FaultKind::status(502));
    scene
        .sandbox
        .fault(Fault::on(PROVISION).before_commit(held));
    let running = scene.project.start(super::APPLY)?;
    super::until(|| super::arrived(1)(&scene.sandbox.ledger())).await;
    assert_warnings(&other.apply().await?, &[]);
    let theirs = stored(&other)?;
    let stranger = scene.stranger();
    scene.sandbox.release();
    let lost = running.wait().await?;
    assert_eq!(errors(&lost), ["JN110"], "{lost}");
    let error = full(&lost);
    assert!(error.says(&stranger) && !error.says(&theirs[0]), "{lost}");
    // A line that names it is refused.
    let run = error.lines()[0]
        .split('=')
        .next()
        .expect("a run")
        .to_owned();
    let refused = paste(&mut scene.project, &format!("{run}={}", theirs[0])).await?;
    assert_errors(&refused, &["JN109"]);
    assert_eq!(scene.ours(), sorted(theirs));
    scene.assert_untouched(&stranger);
    scene.end().await
}
