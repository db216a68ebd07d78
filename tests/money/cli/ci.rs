//! Machines that forget: the plan asks for a place before anything is bought.

use harness::Result;

use super::{PROVISION, Scene, Scenes, errors, plain};

const SIM: &str = "iccid = \"8901240397190195850\"";

// C26
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_ci_a_plan_that_buys_without_a_sim_needs_a_place() {
    let two = [plain("a", ""), plain("b", "")].concat();
    let one_with_sim = [plain("a", SIM), plain("b", "")].concat();
    let other = SIM.replace("950", "868");
    let with_sims = [plain("a", SIM), plain("b", &other)].concat();
    let far = ("JOONTO_BASE_URL", "https://api.example.invalid");
    let place = ("JOONTO_PURCHASE_JOURNAL", "records");
    let slug = ("TFC_WORKSPACE_SLUG", "organization/workspace");
    type Row<'a> = (&'a [(&'a str, &'a str)], &'a str, &'a [&'a str]);
    let rows: [Row<'_>; 15] = [
        (&[far, ("TF_BUILD", "True")], &two, &["JN150"]),
        (&[far, ("JENKINS_URL", "https://ci")], &two, &["JN150"]),
        (&[far, ("CODEBUILD_BUILD_ID", "b:1")], &two, &["JN150"]),
        (
            &[far, ("ATLANTIS_TERRAFORM_VERSION", "1.11.4")],
            &two,
            &["JN150"],
        ),
        (&[far, ("TFC_RUN_ID", "run-1")], &two, &["JN150"]),
        (&[far, ("CI", "1")], &one_with_sim, &["JN150"]),
        (&[far, ("CI", "1")], &with_sims, &[]),
        (&[far, ("CI", "1")], "", &[]),
        (&[far, ("CI", "false")], &two, &[]),
        (
            &[
                far,
                ("TFC_RUN_ID", "run-1"),
                ("JOONTO_PURCHASE_JOURNAL", "local"),
            ],
            &two,
            &[],
        ),
        (&[("ATLANTIS_TERRAFORM_VERSION", "1.11.4")], &two, &[]),
        (&[far, ("CI", "1"), place], &two, &["JN601"]),
        (
            &[far, ("CI", "1"), place, ("JOONTO_STATE_NAME", "s")],
            &two,
            &[],
        ),
        (&[far, ("TFC_RUN_ID", "run-1"), slug, place], &two, &[]),
        (&[far], &two, &[]),
    ];
    let mut scenes = Scenes::default();
    for (variables, main, expected) in rows {
        let variables: Vec<(String, String)> = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let main = main.to_owned();
        let expected: Vec<String> = expected.iter().map(|code| (*code).to_owned()).collect();
        scenes.add(format!("{variables:?}"), async move {
            let mut scene = Scene::new(&main).await?;
            for (name, value) in &variables {
                scene.project.env(name, value);
            }
            let plan = scene.project.plan().await?;
            assert_eq!(errors(&plan), expected, "{plan}");
            assert_eq!(plan.status.success(), expected.is_empty(), "{plan}");
            if expected == ["JN150"] {
                // Both choices are ready to paste.
                let error = plan.error()?;
                let detail = &error.detail;
                assert!(
                    detail.contains("JOONTO_PURCHASE_JOURNAL=\"local\""),
                    "{plan}"
                );
                assert!(detail.contains("JOONTO_STATE_NAME=\""), "{plan}");
            }
            if expected == ["JN601"] {
                assert!(plan.says("state_name"), "{plan}");
            }
            assert_eq!(scene.sandbox.ledger().requests.len(), 0);
            scene.end().await
        });
    }
    scenes.add("a replacement", replacement());
    scenes.play().await;
}

/// A number in state is to be replaced by one of another area code.
async fn replacement() -> Result<()> {
    let mut scene = Scene::new(&plain("n", "area_code = \"303\"")).await?;
    scene.project.apply().await?.quiet()?;
    scene.project.main(&plain("n", "area_code = \"720\""))?;
    scene
        .project
        .env("JOONTO_BASE_URL", "https://api.example.invalid")
        .env("JENKINS_URL", "https://ci");
    let plan = scene.project.plan_with(&["-refresh=false"]).await?;
    assert_eq!(errors(&plan), ["JN150"], "{plan}");
    let posts = scene.sandbox.ledger().requests_to(PROVISION).len();
    assert_eq!(posts, 1);
    scene.end().await
}
