//! A sandbox, and a Terraform project that is configured for it.

use std::path::Path;

use harness::{Cli, Diagnostic, Project, Result, Run};
use joonto_sandbox::{Options, Sandbox};

/// The example of the documentation, which is the seed's own request.
pub(crate) const SEED: &str = include_str!("../../examples/resources/joonto_number/resource.tf");

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
        let credentials = sandbox.credentials();
        project
            .env("JOONTO_BASE_URL", sandbox.base_url())
            .env("JOONTO_ACCOUNT_KEY", &credentials.account_key)
            .env("JOONTO_ACCOUNT_SECRET", &credentials.account_secret);
        project.main(main)?;
        Ok(Self { sandbox, project })
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
