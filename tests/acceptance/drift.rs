//! What changes behind Terraform's back, and what only looks as if it had.

use harness::Result;
use joonto_sandbox::{
    DetailsKey, Fault, FaultKind, NumberKind, NumberStatus, StoredNumber, Switches,
};
use serde_json::{Map, Value, json};

use crate::scene::{FULL, SEED, Scene, number};

const DETAILS: &str = "/v1.0/numbers";

#[tokio::test]
async fn a_cancelled_number_is_dropped_with_a_warning_and_a_foreign_one_is_not() -> Result<()> {
    let mut scene = Scene::new(SEED).await?;
    scene.project.apply().await?.quiet()?;
    let number = scene.owned().remove(0);

    let other = scene.sandbox.second_account();
    let own = scene.sandbox.credentials();
    scene.project.env("JOONTO_ACCOUNT_KEY", &other.account_key);
    scene
        .project
        .env("JOONTO_ACCOUNT_SECRET", &other.account_secret);
    let foreign = scene.project.plan().await?.failed()?;
    assert_eq!(foreign.error()?.code(), "JN317", "{foreign}");

    scene.project.env("JOONTO_ACCOUNT_KEY", &own.account_key);
    scene
        .project
        .env("JOONTO_ACCOUNT_SECRET", &own.account_secret);
    let at = scene.sandbox.clock().now();
    scene.sandbox.edit(&number, |number| {
        number.status = NumberStatus::Cancelled { at }
    });
    let plan = scene.project.plan_json().await?;
    assert_eq!(plan.changes()[0].actions, ["create"]);
    assert_eq!(plan.run.warning()?.code(), "JN310", "{}", plan.run);
    scene.end().await;
    Ok(())
}

/// A way of telling the same.
type Spelling = (&'static str, fn(&mut Switches));

const SPELLINGS: [Spelling; 10] = [
    ("no filler letter", |s| s.iccid_filler = false),
    ("voice routes as digits", |s| s.voice_route_as_digits = true),
    ("no subscriber", |s| s.subscriber_hidden = true),
    ("IoT in capitals", |s| s.iot_in_capitals = true),
    ("other links", |s| s.qr_without_text = true),
    ("links without picture", |s| s.qr_picture_options = false),
    ("no status", |s| s.status_null = true),
    ("another status word", |s| {
        s.active_word = "In-Service".into();
    }),
    ("only PhoneNumber", |s| {
        s.details_key = DetailsKey::PhoneNumber;
    }),
    ("keys in any case", |s| s.random_key_case = true),
];

#[tokio::test]
async fn no_way_of_telling_a_number_is_a_difference() -> Result<()> {
    let config = [
        FULL,
        &number("iot", ("iot", "p2p"), "")
            .replace("message_enabled = false", "message_enabled = true"),
        &number("voip", ("voip", "a2p"), ""),
        &number("plain", ("mvno", "a2p"), ""),
    ]
    .concat();
    let scene = Scene::new(&config).await?;
    scene.project.apply().await?.ok()?;
    for (name, spelling) in SPELLINGS {
        let before = scene.sandbox.switch(|switches| {
            let before = switches.clone();
            spelling(switches);
            before
        });
        let empty = scene
            .project
            .assert_empty_plan()
            .await
            .and_then(harness::Run::quiet);
        empty.map_err(|error| error.context(name))?;
        scene.sandbox.switch(|switches| *switches = before);
    }

    // Values of other types and spellings, and values that are absent.
    let edit = |set: Value, remove: &[&str]| FaultKind::Edit {
        set: set.as_object().cloned().unwrap_or_default(),
        remove: remove.iter().map(|key| (*key).to_owned()).collect(),
    };
    let all = [
        "Classification",
        "NumberType",
        "MessageType",
        "MessageEnabled",
        "VoiceEnabled",
        "MessageRouteId",
        "VoiceRouteId",
        "Iccid",
        "AssignedSubscriberId",
        "QrActivationLink",
    ];
    // Routes that read as null were cleared; those that are absent were not returned.
    let nulls = all
        .iter()
        .filter(|key| !key.ends_with("RouteId"))
        .map(|key| ((*key).to_owned(), Value::Null));
    for (name, fault) in [
        (
            "flags as text",
            edit(
                json!({"VoiceEnabled": "False", "SwapsRemaining": 0, "New": {}}),
                &[],
            ),
        ),
        (
            "odd flags",
            edit(json!({"MessageEnabled": "maybe", "VoiceEnabled": 7}), &[]),
        ),
        ("absent keys", edit(json!({}), &all)),
        (
            "nulls",
            edit(
                Value::Object(Map::from_iter(nulls)),
                &["VoiceRouteId", "MessageRouteId"],
            ),
        ),
        (
            "empty texts",
            edit(
                json!({"Iccid": "", "AssignedSubscriberId": "", "Status": ""}),
                &[],
            ),
        ),
        (
            "an older subscriber id",
            edit(json!({"AssignedSubscriberId": "SID-1"}), &[]),
        ),
        ("a byte-order mark", FaultKind::ByteOrderMark),
    ] {
        // The number with everything set has voice on; only the others return another value.
        let fault = Fault::on(DETAILS).always().after_commit(fault);
        if name == "flags as text" {
            let voice = edit(
                json!({"MessageEnabled": "TRUE", "VoiceEnabled": "true"}),
                &[],
            );
            let full = stored(&scene, "tracker").await?;
            let query = full.replace('+', "%2B");
            scene
                .sandbox
                .fault(Fault::on(DETAILS).query(query).always().after_commit(voice));
            scene.project.assert_empty_plan().await?.quiet()?;
            scene.sandbox.clear_faults();
            continue;
        }
        scene.sandbox.fault(fault);
        let empty = scene
            .project
            .assert_empty_plan()
            .await
            .and_then(harness::Run::quiet);
        empty.map_err(|error| error.context(name))?;
        scene.sandbox.clear_faults();
    }
    scene.end().await;
    Ok(())
}

async fn stored(scene: &Scene, name: &str) -> Result<String> {
    let resource = scene
        .project
        .resource(&format!("joonto_number.{name}"))
        .await?;
    Ok(resource["phone_number_assigned"]
        .as_str()
        .unwrap_or_default()
        .to_owned())
}

/// A change elsewhere, and what a plan shows of it.
type Edit = (&'static [&'static str], fn(&mut StoredNumber));

#[tokio::test]
async fn each_difference_is_shown_alone_and_put_right_with_the_others() -> Result<()> {
    let scene = Scene::new(FULL).await?;
    scene.project.apply().await?.quiet()?;
    let number = scene.owned().remove(0);
    let kept = scene.sandbox.number(&number);
    let bare = FaultKind::set("Number", number.trim_start_matches('+'));
    scene.sandbox.fault(Fault::on(DETAILS).after_commit(bare));
    scene.project.assert_empty_plan().await?.quiet()?;

    let edits: [Edit; 9] = [
        (&["message_type"], |n| n.message_type = "a2p".into()),
        (&["number_type"], |n| n.kind = NumberKind::Iot),
        (&["message_enabled"], |n| n.message_enabled = false),
        (&["voice_enabled"], |n| n.voice_enabled = false),
        (&["message_route_id"], |n| {
            n.message_route_id = Some("MRID-2".into());
        }),
        (&["message_route_id"], |n| n.message_route_id = None),
        (&["voice_route_id"], |n| {
            n.voice_route_id = Some("CRID-2".into());
        }),
        (&["activation_code", "iccid", "qr_code"], |n| {
            n.iccid = Some("8901240000000000019".into());
        }),
        (&["assigned_subscriber_id"], |n| {
            n.subscriber_id = Some("TSUID-2".into());
        }),
    ];
    for (attributes, edit) in edits {
        scene.sandbox.edit(&number, edit);
        let plan = scene.project.plan_json().await?;
        assert_eq!(plan.changes().len(), 1, "{attributes:?}: {}", plan.run);
        assert_eq!(plan.changes()[0].actions, ["update"]);
        assert_eq!(plan.changes()[0].attributes, attributes);
        if let Some(kept) = kept.clone() {
            scene.sandbox.edit(&number, |number| *number = kept);
        }
    }
    scene.project.assert_empty_plan().await?.quiet()?;

    // All but the first: an IoT number for a2p there cannot be.
    for (_, edit) in &edits[1..] {
        scene.sandbox.edit(&number, edit);
    }
    scene.project.apply().await?.ok()?;
    let ledger = scene.sandbox.ledger();
    let updates = ledger.requests_to("/v1.0/numbers/update");
    assert_eq!(updates.len(), 1);
    assert_eq!(updates[0].body.as_object().map(Map::len), Some(8));
    scene.project.assert_empty_plan().await?;
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn the_status_is_kept_and_no_word_for_it_buys_a_number() -> Result<()> {
    let scene = Scene::new(SEED).await?;
    scene.project.apply().await?.quiet()?;
    let number = scene.owned().remove(0);
    for (status, word) in [
        (NumberStatus::Parked, "Parked"),
        (NumberStatus::Other("Frobnicated".into()), "Frobnicated"),
    ] {
        scene.sandbox.edit(&number, |number| number.status = status);
        scene.project.apply().await?.quiet()?;
        let stored = scene.project.resource("joonto_number.tracker").await?;
        assert_eq!(stored["status"], json!(word));
        scene.project.assert_empty_plan().await?;
    }
    assert_eq!(scene.purchase_requests(), 1);
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn a_number_that_is_gone_is_dropped_unless_its_sim_lives_on() -> Result<()> {
    let plain = number("plain", ("mvno", "a2p"), "");
    let scene = Scene::new(&[SEED, &plain].concat()).await?;
    scene.project.apply().await?.quiet()?;
    let (tracker, plain) = (
        stored(&scene, "tracker").await?,
        stored(&scene, "plain").await?,
    );

    // A number whose SIM is not managed either: the last refresh has seen it.
    for number in [&tracker, &plain] {
        scene
            .sandbox
            .edit(number, |number| number.status = NumberStatus::Parked);
    }
    scene.project.apply().await?.quiet()?;
    scene.age();
    let new = [
        scene.swap_elsewhere(&tracker).1,
        scene.swap_elsewhere(&plain).1,
    ];
    let moved = scene.project.plan().await?.failed()?;
    assert_eq!(moved.errors().count(), 2, "{moved}");
    for new in &new {
        let command = format!("terraform import ADDRESS {new}");
        assert!(moved.errors().any(|d| d.says(&command)), "{moved}");
    }

    for new in &new {
        scene.sandbox.vanish(new);
    }
    let empty = scene.project.plan_json().await?;
    assert!(
        empty.changes().is_empty(),
        "an empty inventory: {}",
        empty.run
    );
    let key = scene.sandbox.credentials().account_key;
    assert!(scene.sandbox.buy_elsewhere(&key).is_some());
    let plan = scene.project.plan_json().await?;
    assert_eq!(plan.changes().len(), 2);
    for (number, change) in [&plain, &tracker].into_iter().zip(plan.changes()) {
        assert_eq!(change.actions, ["create"]);
        assert!(
            plan.run
                .warnings()
                .any(|d| d.code() == "JN311" && d.says(number))
        );
    }
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn a_number_that_changed_hands_is_found_by_its_new_owner() -> Result<()> {
    let mut scene = Scene::new(SEED).await?;
    scene.project.apply().await?.quiet()?;
    let number = scene.owned().remove(0);
    let before = scene.project.resource("joonto_number.tracker").await?;
    scene.credentials(&scene.sandbox.second_account());
    assert!(scene.sandbox.steal(&number));
    scene.project.assert_empty_plan().await?.quiet()?;
    scene.project.apply_with(&["-refresh-only"]).await?.ok()?;
    let after = scene.project.resource("joonto_number.tracker").await?;
    assert_ne!(before["account_fingerprint"], after["account_fingerprint"]);
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn a_fleet_that_disappears_at_once_is_not_believed_to_be_gone() -> Result<()> {
    let mut scene = Scene::new(&number("fleet", ("mvno", "a2p"), "  count = 32")).await?;
    // Asking twice for each would take more than a minute at the usual rate.
    scene.project.env("JOONTO_MAX_REQUESTS_PER_MINUTE", "0");
    scene.project.apply().await?.quiet()?;
    scene.age();
    scene
        .sandbox
        .switch(|switches| switches.numbers_invisible = true);
    let before = scene.sandbox.ledger().requests_to(DETAILS).len();
    let failed = scene.project.plan().await?.failed()?;
    assert_eq!(failed.errors().count(), 32, "{failed}");
    // Some are asked for, by either name of the parameter; not all.
    let asked = scene.sandbox.ledger().requests_to(DETAILS).len() - before;
    assert!((12..=40).contains(&asked), "{asked}");
    for error in failed.errors() {
        assert_eq!(error.code(), "JN316", "{failed}");
    }
    assert!(
        failed.errors().any(|d| d.says("JOONTO_ACCEPT_MISSING=1")),
        "{failed}"
    );
    scene.project.env("JOONTO_ACCEPT_MISSING", "1");
    let plan = scene.project.plan_json().await?;
    assert_eq!(plan.changes().len(), 32);
    scene.project.env_remove("JOONTO_ACCEPT_MISSING");
    scene
        .sandbox
        .switch(|switches| switches.numbers_invisible = false);
    scene.project.assert_empty_plan().await?.quiet()?;
    scene.end().await;
    Ok(())
}

#[tokio::test]
async fn a_response_about_another_number_says_nothing() -> Result<()> {
    let scene = Scene::new(SEED).await?;
    scene.project.apply().await?.quiet()?;
    let account = scene.sandbox.credentials().account_key;
    let other = scene.sandbox.buy_elsewhere(&account).expect("a number");
    scene
        .sandbox
        .switch(|switches| switches.details_response_other_number = true);
    let failed = scene.project.plan().await?.failed()?;
    assert!(
        failed
            .errors()
            .all(|d| d.code() == "JN320" && d.says(&other.number)),
        "{failed}"
    );
    scene
        .sandbox
        .switch(|switches| switches.details_response_other_number = false);
    scene.project.assert_empty_plan().await?.quiet()?;
    scene.end().await;
    Ok(())
}
