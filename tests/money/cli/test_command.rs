//! `terraform test`: many runs of one command.

use harness::Result;
use harness::cli::{Cli, Product};

use super::{Scene, place, plain, records};

const MAIN: &str = "variable \"name\" {\n  default = \"n\"\n}\n";

// C14
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_runs_of_a_test_never_concern_each_other() -> Result<()> {
    let cli = Cli::find()?;
    // Runs have states of their own since 1.11, and run at the same time since 1.12.
    let since = |minor| {
        let version = (cli.version().major, cli.version().minor);
        cli.product() == Product::Terraform && version >= (1, minor)
    };
    let has_keys = since(11);
    let parallel: &[bool] = match since(12) {
        true => &[false, true],
        false => &[false],
    };
    for is_parallel in parallel {
        let numbers = plain("n", "count = 2");
        let scene = Scene::new(&format!("{MAIN}{numbers}")).await?;
        std::fs::create_dir_all(scene.project.path().join("module"))?;
        let versions = std::fs::read_to_string(scene.project.path().join("versions.tf"))?;
        scene
            .project
            .write("module/main.tf", &format!("{versions}{numbers}"))?;
        let key = |key: &str| match has_keys {
            true => format!("state_key = {key:?}"),
            false => format!("module {{\n    source = \"./module\"\n  }}\n  # {key}"),
        };
        let runs = [
            String::new(),
            "module {\n    source = \"./module\"\n  }".to_owned(),
            key("one"),
            key("two"),
        ];
        let mut file = String::new();
        if *is_parallel {
            file.push_str("test {\n  parallel = true\n}\n");
        }
        for (at, more) in runs.iter().enumerate() {
            file.push_str(&format!("run \"r{at}\" {{\n  {more}\n}}\n"));
        }
        scene.project.write("all.tftest.hcl", &file)?;
        // It installs the module, and looks for the provider in vain.
        scene.project.init().await?;
        let tested = scene.project.run(["test", "-no-color"]).await?.ok()?;
        // Without keys the last runs share the state of the module's run.
        let posts = if has_keys { 8 } else { 4 };
        assert_eq!(scene.posts(), posts, "{tested}");
        assert_eq!(scene.sandbox.ledger().purchases().len(), posts);
        assert_eq!(scene.ours(), [""; 0], "{tested}");
        scene.project.plan().await?.quiet()?;
        assert_eq!(
            records(&place(&scene.project)).len(),
            0,
            "no record is open"
        );
        scene.end().await?;
    }
    Ok(())
}
