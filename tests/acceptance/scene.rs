//! A sandbox, and a Terraform project that is configured for it.

use std::path::Path;

use harness::{Cli, Diagnostic, Project, Result, Run};
use joonto_sandbox::{Credentials, Options, Sandbox};

/// The example of the documentation, which is the seed's own request.
pub(crate) const SEED: &str = include_str!("../../examples/resources/joonto_number/resource.tf");

/// A number with everything set that reads tell.
pub(crate) const FULL: &str = r#"
resource "joonto_number" "tracker" {
  number_type            = "mvno"
  message_type           = "p2p"
  message_enabled        = true
  voice_enabled          = true
  message_route_id       = "MRID-73af1e73-d7b3-4696-bdd9-5b407c96fc8a"
  voice_route_id         = "CRID-4dec6beb-3985-444b-8c06-8baa70dc145"
  iccid                  = "8901240397190195850"
  product_type           = "Sms+Data+Voice"
  assigned_subscriber_id = "TSUID-ac59a1f8-36b6-42cc-b124-c2aa29f7e3d2"
}
"#;

/// The provider under test.
pub(crate) const PROVIDER: &str = env!("CARGO_BIN_EXE_terraform-provider-joonto");

/// A project against a sandbox of its own.
pub(crate) struct Scene {
    pub(crate) sandbox: Sandbox,
    pub(crate) project: Project,
}

impl Scene {
    /// A fresh sandbox and a project with `main` as its configuration.
    pub(crate) async fn new(main: &str) -> Result<Self> {
        Self::with(Options::default(), main).await
    }

    /// The same with a sandbox that starts as `options` say.
    pub(crate) async fn with(options: Options, main: &str) -> Result<Self> {
        let sandbox = Sandbox::start(options).await?;
        let mut project = Project::new(&Cli::find()?, Path::new(PROVIDER))?;
        project.env("JOONTO_BASE_URL", sandbox.base_url());
        project.main(main)?;
        let mut scene = Self { sandbox, project };
        scene.credentials(&scene.sandbox.credentials());
        Ok(scene)
    }

    /// From now on the provider has these credentials. Returns the sandbox's own.
    pub(crate) fn credentials(&mut self, credentials: &Credentials) -> Credentials {
        self.project
            .env("JOONTO_ACCOUNT_KEY", &credentials.account_key)
            .env("JOONTO_ACCOUNT_SECRET", &credentials.account_secret);
        self.sandbox.credentials()
    }

    /// A token for the endpoint `path`, fetched by somebody else.
    pub(crate) async fn token(&self, path: &str) -> Result<String> {
        let base = self.sandbox.base_url();
        let own = self.sandbox.credentials();
        let request = serde_json::json!({
            "AccountKey": own.account_key,
            "AccountSecret": own.account_secret,
            "ApiEndpoint": format!("{base}{path}"),
        });
        let client = reqwest::Client::builder().no_proxy().build()?;
        let call = client
            .post(format!("{base}/v1.0/OAuth2/tokens"))
            .json(&request);
        let response: serde_json::Value = call.send().await?.error_for_status()?.json().await?;
        Ok(response["token"].as_str().unwrap_or_default().to_owned())
    }

    /// Somebody has the number swapped for another one, which its SIM now has. Returns
    /// both.
    pub(crate) fn swap_elsewhere(&self, old: &str) -> (String, String) {
        let sim = self.sandbox.number(old).and_then(|number| number.iccid);
        let key = self.sandbox.credentials().account_key;
        let new = self.sandbox.buy_elsewhere(&key).map(|number| number.number);
        let new = new.unwrap_or_default();
        assert!(self.sandbox.edit(&new, |number| number.iccid = sim));
        assert!(self.sandbox.vanish(old));
        (old.to_owned(), new)
    }

    /// Time passes at the API until reads cannot lag behind a purchase any more.
    pub(crate) fn age(&self) {
        let clock = self.sandbox.clock();
        clock.advance(std::time::Duration::from_secs(16 * 60));
    }

    /// How many purchases were asked for.
    pub(crate) fn purchase_requests(&self) -> usize {
        self.sandbox
            .ledger()
            .requests_to("/v1.0/numbers/provision")
            .len()
    }

    /// The numbers the account owns.
    pub(crate) fn owned(&self) -> Vec<String> {
        self.sandbox
            .ledger()
            .owned(&self.sandbox.credentials().account_key)
    }

    /// Ends the scene: every request must have kept to the API's contract.
    pub(crate) async fn end(self) {
        let ledger = self.sandbox.ledger();
        assert!(ledger.violations().is_empty(), "{:#?}", ledger.violations());
        self.sandbox.shutdown().await;
    }
}

/// A number resource with these arguments beside the four that are required.
pub(crate) fn number(name: &str, kind: (&str, &str), arguments: &str) -> String {
    let (number_type, message_type) = kind;
    format!(
        "resource \"joonto_number\" \"{name}\" {{\n  number_type = \"{number_type}\"\n  \
         message_type = \"{message_type}\"\n  message_enabled = false\n  voice_enabled = false\n\
         {arguments}\n}}\n"
    )
}

/// The diagnostics about one resource.
pub(crate) fn about<'a>(run: &'a Run, name: &str) -> Vec<&'a Diagnostic> {
    let address = format!("joonto_number.{name}");
    run.diagnostics
        .iter()
        .filter(|d| d.address.as_deref() == Some(&address))
        .collect()
}
