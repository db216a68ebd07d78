//! What the user can do about open purchases, and that it works.

use std::process::Command;

use harness::Result;
use joonto_sandbox::{Fault, FaultKind, NumberKind};

use super::{
    PROVIDER, PROVISION, RESOLVED, Scene, Scenes, arrived, assert_errors, assert_warnings, count,
    errors, full, line, stored, warnings,
};

/// A run left three unconfirmed purchases. Two of them bought a number.
struct Left {
    scene: Scene,
    run: String,
    bought: Vec<String>,
}

impl Left {
    async fn new() -> Result<Self> {
        let scene = Scene::new(&count(3)).await?;
        let held = Fault::on(PROVISION).times(2);
        scene.sandbox.fault(held.after_commit(FaultKind::Hold));
        let held = Fault::on(PROVISION).nth(3);
        scene.sandbox.fault(held.before_commit(FaultKind::Hold));
        scene.kill_when(&[], arrived(3)).await?;
        let bought = scene.ours();
        assert_eq!(bought.len(), 2);
        let run = run_of(&scene);
        Ok(Self { scene, run, bought })
    }

    fn line(&self) -> String {
        format!("{}={}", self.run, self.bought.join(","))
    }

    async fn paste(&mut self, line: &str) -> Result<harness::Run> {
        self.scene.paste(line).await
    }

    /// Three numbers in the end, and the plan without the variable is empty.
    async fn end(self, posts: usize, numbers: usize) -> Result<()> {
        assert_eq!(
            (self.scene.posts(), self.scene.ours().len()),
            (posts, numbers)
        );
        self.scene.project.plan().await?.quiet()?;
        self.scene.project.assert_empty_plan().await?;
        self.scene.end().await
    }
}

/// The run that `--purchases` names in its lines.
fn run_of(scene: &Scene) -> String {
    let listed = Command::new(PROVIDER)
        .arg("--purchases")
        .current_dir(scene.project.path())
        .env_remove("TF_DATA_DIR")
        .output();
    let listed = listed.expect("it runs");
    let text = String::from_utf8_lossy(&listed.stdout).into_owned();
    let mut lines = text.lines().filter_map(|line| {
        let value = line.trim().strip_prefix("JOONTO_PURCHASE_RESOLVED=")?;
        let (run, _) = value.trim_matches('"').split_once('=')?;
        Some(run.to_owned())
    });
    lines.next().unwrap_or_else(|| panic!("a line: {text}"))
}

// C31
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_way_out_of_a_stop_ends_in_one_number_for_each_create() {
    let mut scenes = Scenes::default();
    scenes.add("both numbers, as the stop prints it", async {
        let mut left = Left::new().await?;
        left.scene.stranger();
        let stopped = left.scene.project.apply().await?;
        assert_errors(&stopped, &["JN111"; 3]);
        let printed = line(full(&stopped), &left.bought);
        assert_eq!(printed, left.line());
        let applied = left.paste(&printed).await?;
        assert_warnings(&applied, &["JN121", "JN121"]);
        assert_eq!(stored(&left.scene.project)?, left.scene.ours());
        left.end(4, 3).await
    });
    scenes.add("nothing", async {
        let mut left = Left::new().await?;
        let line = format!("{}=nothing", left.run);
        left.paste(&line).await?.quiet()?;
        // Two numbers stay where they are: that is the user's word.
        left.end(6, 5).await
    });
    scenes.add("imports, then nothing", async {
        let mut left = Left::new().await?;
        for (at, number) in left.bought.iter().enumerate() {
            let address = format!("joonto_number.n[{at}]");
            left.scene.project.import(&address, number).await?.ok()?;
        }
        let line = format!("{}=nothing", left.run);
        left.paste(&line).await?.quiet()?;
        assert_eq!(left.scene.posts(), 4);
        left.scene.project.main(&count(4))?;
        left.scene.project.apply().await?.quiet()?;
        assert_eq!(stored(&left.scene.project)?, left.scene.ours());
        left.end(5, 4).await
    });
    scenes.add("two runs in one line", async {
        let mut left = Left::new().await?;
        left.scene
            .project
            .main(&[count(3), super::number("m", "mvno", "")].concat())?;
        let held = Fault::on(PROVISION).before_commit(FaultKind::Hold);
        left.scene.sandbox.fault(held);
        let before = super::records(&super::place(&left.scene.project));
        // Three held back `m` once each; the fourth apply sends it.
        left.scene
            .kill_when(&["-target=joonto_number.m"], |ledger| {
                ledger.requests_to(PROVISION).len() > 3
                    || ledger.requests_to(super::INVENTORY).len() > 1
            })
            .await?;
        let after = super::records(&super::place(&left.scene.project));
        let other = after.iter().find(|record| !before.contains(record));
        let other = match other {
            Some(record) => run_in(record),
            // `m` was held back: a run without records is ignored.
            None => "000000000000".to_owned(),
        };
        let line = format!("{};{other}=nothing", left.line());
        left.paste(&line).await?.ok()?;
        assert_eq!(stored(&left.scene.project)?, left.scene.ours());
        let posts = left.scene.posts();
        left.end(posts, 4).await
    });
    scenes.add("numbers that cannot be stored", refused());
    scenes.add("a malformed value", async {
        let mut left = Left::new().await?;
        for value in [
            "x",
            "abc=nothing",
            "abcdef012345=8015550100",
            "=+18015550100",
        ] {
            let refused = left.paste(value).await?;
            assert_errors(&refused, &["JN108"; 3]);
            assert!(refused.errors().all(|error| error.says(value)), "{refused}");
        }
        assert_eq!(left.scene.posts(), 3);
        left.scene.end().await
    });
    scenes.add(
        "the variable stays set, and unsetting it undoes nothing",
        async {
            let mut left = Left::new().await?;
            let line = format!("{};000000000000=nothing", left.line());
            left.scene.project.env(RESOLVED, &line);
            left.scene.project.apply().await?.ok()?;
            for _ in 0..2 {
                left.scene.project.apply().await?.quiet()?;
            }
            left.scene.project.env_remove(RESOLVED);
            left.scene.project.apply().await?.quiet()?;
            assert_eq!(stored(&left.scene.project)?, left.scene.ours());
            left.end(4, 3).await
        },
    );
    scenes.add("the run that stores them is killed", async {
        let mut left = Left::new().await?;
        let line = left.line();
        left.scene.project.env(RESOLVED, &line);
        let reads = left
            .scene
            .sandbox
            .ledger()
            .requests_to(super::DETAILS)
            .len();
        let held = Fault::on(super::DETAILS)
            .nth(2)
            .after_commit(FaultKind::Hold);
        left.scene.sandbox.fault(held);
        left.scene
            .kill_when(&["-parallelism=1"], |ledger| {
                ledger.requests_to(super::DETAILS).len() > reads + 1
            })
            .await?;
        let again = left.scene.project.apply().await?.ok()?;
        assert!(warnings(&again).iter().all(|c| *c == "JN121"), "{again}");
        left.scene.project.env_remove(RESOLVED);
        assert_eq!(stored(&left.scene.project)?, left.scene.ours());
        left.end(4, 3).await
    });
    scenes.play().await;
}

/// The run in the path of a record.
fn run_in(record: &std::path::Path) -> String {
    let folder = record.parent().and_then(|folder| folder.file_name());
    let folder = folder.expect("a folder").to_string_lossy();
    folder.rsplit('.').next().expect("a run").to_owned()
}

/// Numbers that have ended, that are not the account's, that are not what was asked for, and one
/// that a resource holds: for none of them anything is sent.
async fn refused() -> Result<()> {
    let mut left = Left::new().await?;
    let ended = left.scene.stranger();
    left.scene.cancel(&ended);
    let other = left
        .scene
        .stranger_with(|number| number.kind = NumberKind::Mvno);
    let held = left.scene.stranger();
    left.scene
        .project
        .main(&[count(3), super::plain("held", "")].concat())?;
    left.scene
        .project
        .import("joonto_number.held", &held)
        .await?
        .ok()?;
    for (number, is_importable) in [
        (ended.as_str(), false),
        ("+19995550100", true),
        (other.as_str(), true),
        (held.as_str(), false),
    ] {
        let line = format!("{}={number}", left.run);
        left.scene.project.env(RESOLVED, line);
        // One create is enough to come to the first number of the line.
        let target = ["-target=joonto_number.n[0]"];
        let refused = left.scene.project.apply_with(&target).await?;
        left.scene.project.env_remove(RESOLVED);
        assert_eq!(errors(&refused), ["JN109"], "{number}: {refused}");
        let error = refused.error()?;
        assert!(error.says(number), "{refused}");
        let import = format!("terraform import ADDRESS {number}");
        assert_eq!(error.says(&import), is_importable, "{refused}");
        assert_eq!(left.scene.posts(), 3);
        assert_eq!(stored(&left.scene.project)?, [held.as_str()]);
    }
    left.scene.assert_untouched(&held);
    left.scene.end().await
}
