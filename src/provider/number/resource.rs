//! The resource `joonto_number`, and the invocations for it.

use super::model::NumberModel;
use crate::provider::call::Call;
use crate::provider::provider_data::AccountObjects;

/// The resource `joonto_number`.
pub(in crate::provider) type NumberResource = AccountObjects<NumberModel>;

/// One invocation for a number.
pub(super) type NumberCall<'a> = Call<'a, NumberModel>;
