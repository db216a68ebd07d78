//! The resource `joonto_number`, which every operation on a number is one of.

use crate::provider::provider_data::ProviderHandle;

/// The resource `joonto_number`.
#[derive(Debug)]
pub(in crate::provider) struct NumberResource(pub(in crate::provider) ProviderHandle);
