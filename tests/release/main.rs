//! A release as its users get it: installed by `terraform init`, then applied with.
//!
//! The archives are packed by `cargo xtask dist`'s own code from the programs under test. With
//! `JOONTO_TEST_RELEASE` they are those of that directory instead, such as `target/dist`.

mod mirror;
mod sandbox;
mod workflows;

use std::fs;

use harness::{Cli, Project, Result};
use joonto_sandbox::{Options, Sandbox};
use serde_json::{Value, json};
use tools::dist::{self, Platform, Program};

use mirror::{Mirror, lock_file, released};

/// The example of the documentation, which is the seed's own request.
const SEED: &str = include_str!("../../examples/resources/joonto_number/resource.tf");

#[tokio::test]
async fn a_released_archive_is_installed_by_init_and_applies_the_seeds_request() -> Result<()> {
    let mirror = Mirror::new(&released(Program::Provider)?.archive(Platform::host()?))?;
    let mut project = Project::with_mirror(&Cli::find()?, mirror.path())?;
    project.main(SEED)?.init().await?.ok()?;

    // What was unpacked is the licence and the program, and the lock file vouches for just that.
    let unpacked = mirror.unpacked_in(&project)?;
    let names: Vec<&String> = unpacked.keys().collect();
    assert_eq!(
        names,
        ["LICENSE", &Program::Provider.file_name(Platform::host()?)]
    );
    let locked = fs::read_to_string(project.path().join(".terraform.lock.hcl"))?;
    let hash = mirror::hash_of_files(&unpacked)?;
    assert!(
        locked.contains(&format!("\"{hash}\"")),
        "{hash} is not in:\n{locked}"
    );
    assert!(
        locked.contains(&format!("version = \"{}\"", dist::VERSION)),
        "{locked}"
    );

    let sandbox = Sandbox::start(Options::default()).await?;
    let credentials = sandbox.credentials();
    project
        .env("JOONTO_BASE_URL", sandbox.base_url())
        .env("JOONTO_ACCOUNT_KEY", &credentials.account_key)
        .env("JOONTO_ACCOUNT_SECRET", &credentials.account_secret);
    project.apply().await?.quiet()?;
    let number = project.resource("joonto_number.tracker").await?;
    let ledger = sandbox.ledger();
    assert_eq!(ledger.purchases().len(), 1);
    assert_eq!(
        json!(ledger.owned(&credentials.account_key)),
        json!([number["phone_number_assigned"]])
    );
    project.assert_empty_plan().await?;
    project.destroy().await?.ok()?;

    let ledger = sandbox.ledger();
    assert_eq!(ledger.owned(&credentials.account_key), [""; 0]);
    assert!(ledger.violations().is_empty(), "{:#?}", ledger.violations());
    sandbox.shutdown().await;
    Ok(())
}

#[tokio::test]
async fn only_the_archive_with_the_published_checksum_is_installed() -> Result<()> {
    let release = released(Program::Provider)?;
    let platform = Platform::host()?;
    let archive = release.archive(platform);
    let mirror = Mirror::new(&archive)?;
    let project = Project::with_mirror(&Cli::find()?, mirror.path())?;
    let published = fs::read_to_string(release.checksums())?;
    let (sum, _) = published
        .lines()
        .filter_map(|line| line.split_once("  "))
        .find(|(_, name)| archive.ends_with(name))
        .expect("the archive's line");

    // As the registry would have it locked: by the sum of the archive.
    let lock = lock_file(&mirror.address(), sum);
    project.write(".terraform.lock.hcl", &lock)?;
    project.init().await?.ok()?;

    // The next machine gets the same lock file, and an archive that is as good as any but for
    // what is in it.
    let program = project.path().join("another-program");
    fs::write(&program, "not what was released")?;
    mirror.replace(&program)?;
    fs::remove_dir_all(project.path().join(".terraform"))?;
    for lock in [
        lock,
        fs::read_to_string(project.path().join(".terraform.lock.hcl"))?,
    ] {
        project.write(".terraform.lock.hcl", &lock)?;
        let refused = project.init().await?.failed()?;
        assert!(refused.says("checksum"), "{refused}");
        assert!(!project.path().join(".terraform/providers").exists());
    }
    Ok(())
}

#[test]
fn the_checksums_are_those_of_the_archives_and_the_manifest() -> Result<()> {
    for program in Program::ALL {
        let release = released(program)?;
        let published = fs::read_to_string(release.checksums())?;
        let directory = release.checksums();
        let directory = directory.parent().expect("a directory");
        let mut names = Vec::new();
        for line in published.lines() {
            let (sum, name) = line.split_once("  ").expect("a sum and a name");
            assert_eq!(sum, dist::checksum(&directory.join(name))?, "{name}");
            assert!(name.starts_with(program.name()), "{name}");
            names.push(directory.join(name));
        }
        assert!(names.contains(&release.archive(Platform::host()?)));
        let has_manifest = names.contains(&release.manifest());
        assert_eq!(has_manifest, program == Program::Provider);
    }
    Ok(())
}

#[test]
fn the_manifest_names_the_protocol_that_the_provider_speaks() -> Result<()> {
    let text = fs::read_to_string(released(Program::Provider)?.manifest())?;
    let manifest: Value = serde_json::from_str(&text)?;
    let expected = json!({"version": 1, "metadata": {"protocol_versions": ["6.0"]}});
    assert_eq!(manifest, expected);
    Ok(())
}
