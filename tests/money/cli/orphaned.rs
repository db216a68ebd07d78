//! Terraform is killed while its provider reads.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use harness::Result;
use joonto_sandbox::{Fault, FaultKind};

use super::{
    APPLY, DETAILS, INVENTORY, Scene, Scenes, TOKENS, count, place, records, stored, until,
};
use crate::signals::providers_of;

// C67
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_ends_with_its_terraform_while_a_read_hangs() {
    let mut scenes = Scenes::default();
    // A single number is read by its details, and several are read in the inventory.
    for (numbers, endpoint) in [(1, DETAILS), (4, INVENTORY), (1, TOKENS)] {
        for is_alone in [true, false] {
            let name = format!("{endpoint}, Terraform alone: {is_alone}");
            scenes.add(name, killed_in_a_read(numbers, endpoint, is_alone));
        }
    }
    scenes.play().await;
}

/// Kills Terraform, alone or with its provider, while the refresh of an apply that would buy one
/// more number waits for `endpoint`.
async fn killed_in_a_read(numbers: usize, endpoint: &str, is_alone: bool) -> Result<()> {
    let scene = Scene::new(&count(numbers)).await?;
    scene.project.apply().await?.quiet()?;
    scene.project.main(&count(numbers + 1))?;
    let hang = Fault::on(endpoint).always().before_commit(FaultKind::Hold);
    scene.sandbox.fault(hang);
    let asked = scene.sandbox.ledger().requests_to(endpoint).len();
    let mut running = scene.project.start(APPLY)?;
    let group = running.id().expect("it runs");
    until(|| scene.sandbox.ledger().requests_to(endpoint).len() > asked).await;
    assert_eq!(providers_of(group).len(), 1, "one provider reads");
    match is_alone {
        true => running.kill()?,
        false => running.kill_all().await?,
    }
    let killed = Instant::now();
    until(|| providers_of(group).is_empty()).await;
    let took = killed.elapsed();
    assert!(took < Duration::from_secs(10), "{took:?}");

    scene.sandbox.clear_faults();
    scene.sandbox.release();
    assert_eq!((scene.posts(), scene.ours().len()), (numbers, numbers));
    assert_eq!(stored(&scene.project)?, scene.ours());
    scene.project.main(&count(numbers))?;
    scene.assert_settled().await?;
    assert_eq!(records(&place(&scene.project)), [""; 0].map(PathBuf::from));
    scene.end().await
}
