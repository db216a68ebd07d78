//! The services that keep buckets: how each is reached, and what is said when it fails.

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::{BackoffConfig, ClientOptions, Error, ObjectStore, RetryConfig};

/// How long one request may take.
const REQUEST: Duration = Duration::from_secs(5);

/// After this long, and after this many, no further attempt is made.
const RETRY_FOR: Duration = Duration::from_secs(8);
pub(super) const RETRIES: usize = 2;

/// A service, or what speaks its protocol.
#[derive(Clone, Copy, Debug)]
pub(super) enum Service {
    /// Amazon S3.
    Amazon,
    /// Google Cloud Storage.
    Google,
    /// Azure Blob Storage, where a bucket is called a container.
    Azure,
}

const SERVICES: [Service; 3] = [Service::Amazon, Service::Google, Service::Azure];

/// Whether a variable says how to reach a bucket, or with which credentials.
pub(in crate::provider) fn is_variable(name: &str) -> bool {
    SERVICES
        .iter()
        .any(|service| name.starts_with(service.variables()))
}

impl Service {
    /// The service that an address names, and the rest of the address.
    pub(super) fn of(address: &str) -> Option<(Self, &str)> {
        let rest = |service: Self| Some((service, address.strip_prefix(service.scheme())?));
        SERVICES.into_iter().find_map(rest)
    }

    /// What the address of a bucket begins with.
    pub(super) fn scheme(self) -> &'static str {
        match self {
            Self::Amazon => "s3://",
            Self::Google => "gs://",
            Self::Azure => "az://",
        }
    }

    /// What the names of its variables begin with.
    fn variables(self) -> &'static str {
        match self {
            Self::Amazon => "AWS_",
            Self::Google => "GOOGLE_",
            Self::Azure => "AZURE_",
        }
    }

    /// The bucket of this name, which is reached as `variables` say. Sends nothing yet.
    pub(super) fn connect(
        self,
        bucket: &str,
        variables: &[(String, String)],
    ) -> Result<Arc<dyn ObjectStore>, Error> {
        let own = |(name, _): &&(String, String)| name.starts_with(self.variables());
        let variables = variables.iter().filter(own);
        let options = ClientOptions::new()
            .with_connect_timeout(REQUEST)
            .with_timeout(REQUEST);
        // The variables come before the bucket: none of them names another.
        macro_rules! client {
            ($builder:ident, $with_name:ident, $options:expr) => {{
                let mut builder = $builder::new()
                    .with_client_options($options)
                    .with_retry(retry());
                for (name, value) in variables {
                    if let Ok(key) = name.to_ascii_lowercase().parse() {
                        builder = builder.with_config(key, value);
                    }
                }
                Ok(Arc::new(builder.$with_name(bucket).build()?))
            }};
        }
        match self {
            Self::Amazon => client!(AmazonS3Builder, with_bucket_name, options),
            // A machine tells its credentials over HTTP, by the same client.
            Self::Google => {
                let options = options.with_allow_http(true);
                client!(GoogleCloudStorageBuilder, with_bucket_name, options)
            }
            Self::Azure => client!(MicrosoftAzureBuilder, with_container_name, options),
        }
    }

    /// What went wrong. Of the store's response only its status and its code: the rest may name
    /// credentials.
    pub(super) fn problem(self, error: &Error) -> String {
        let first: Option<&dyn StdError> = Some(error);
        let errors = std::iter::successors(first, |&error| error.source());
        let texts: Vec<String> = errors.map(ToString::to_string).collect();
        let between = |from: &str, to: char| {
            let mut found = texts.iter().filter_map(|text| text.split_once(from));
            let found = found.next().and_then(|(_, rest)| rest.split(to).next());
            found.map(str::trim)
        };
        let is_word = |text: &&str| text.chars().all(|c| c.is_ascii_alphanumeric());
        let has = |words: &[&str]| {
            let has = |text: &String| words.iter().any(|word| text.contains(word));
            texts.iter().any(has)
        };
        match between("<Code>", '<').filter(is_word) {
            Some("ExpiredToken" | "ExpiredTokenException") => format!(
                "the credentials for the bucket have expired. {}",
                self.how_to_set()
            ),
            Some("RequestTimeTooSkewed") => {
                "the clock of this machine differs too much from that of the store".to_owned()
            }
            Some("AccessDenied" | "AuthorizationFailure" | "AuthorizationPermissionMismatch") => {
                self.denied()
            }
            Some("AuthenticationFailed") => format!(
                "the store refuses the credentials. They are wrong, they have expired, or the \
                 clock of this machine is off. {}",
                self.how_to_set()
            ),
            Some("NoSuchBucket" | "ContainerNotFound") => "there is no such bucket".to_owned(),
            Some("PermanentRedirect" | "AuthorizationHeaderMalformed") => REGION.to_owned(),
            Some(code) => format!("the store reports {code}"),
            None if has(&NOT_SET) => format!(
                "no credentials for the bucket were found. {}",
                self.how_to_set()
            ),
            None if has(&["without LOCATION"]) => REGION.to_owned(),
            None => match between("status code: ", ':') {
                Some(status) => format!("the store returned {status}"),
                None => format!(
                    "the store did not respond: {}",
                    texts.last().map_or("", String::as_str)
                ),
            },
        }
    }

    fn denied(self) -> String {
        let rights = match self {
            Self::Amazon => {
                "s3:ListBucket for the bucket, and s3:GetObject, s3:PutObject and s3:DeleteObject \
                 for what is under the prefix"
            }
            Self::Google => "the role Storage Object User (roles/storage.objectUser) of the bucket",
            Self::Azure => "the role Storage Blob Data Contributor of the container",
        };
        format!("the store denies access. The credentials need {rights}")
    }

    /// How credentials are set.
    fn how_to_set(self) -> &'static str {
        match self {
            Self::Amazon => {
                "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the job a role. \
                 AWS_PROFILE is not read; this command sets the variables from a profile: eval \
                 \"$(aws configure export-credentials --format env)\""
            }
            Self::Google => {
                "Set GOOGLE_APPLICATION_CREDENTIALS to a file of credentials, or give the machine \
                 a service account. This command makes such a file: gcloud auth \
                 application-default login"
            }
            Self::Azure => {
                "Set AZURE_STORAGE_ACCOUNT_NAME, and AZURE_STORAGE_ACCOUNT_KEY or a client \
                 (AZURE_CLIENT_ID and AZURE_TENANT_ID, with AZURE_CLIENT_SECRET or \
                 AZURE_FEDERATED_TOKEN_FILE), or give the machine an identity"
            }
        }
    }
}

const REGION: &str = "the bucket is in another region. Set AWS_REGION to its region";

/// What an error says if no variable names credentials: where a machine's own are asked for, and
/// that an account is missing.
const NOT_SET: [&str; 5] = [
    "/latest/",
    "169.254.",
    "metadata.google",
    "computeMetadata",
    "Account must be specified",
];

fn retry() -> RetryConfig {
    RetryConfig {
        backoff: BackoffConfig {
            max_backoff: Duration::from_secs(1),
            ..BackoffConfig::default()
        },
        max_retries: RETRIES,
        retry_timeout: RETRY_FOR,
    }
}
