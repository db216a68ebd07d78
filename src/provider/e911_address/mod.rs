//! `joonto_number_e911_address`: the address that emergency services get for a number.

mod model;

use crate::context::Context;
use crate::joonto::{E164, E911Record, Error};
use crate::provider::diagnostics::{e911, sentence};
use crate::provider::keyed::{Call, KeyedError, KeyedResource};
use crate::provider::provider_data::ProviderData;
use crate::terraform::identity::IdentitySchema;
use crate::terraform::{Attr, Diagnostic, Diagnostics};

use model::E911AddressModel;

/// The type of resource.
#[derive(Debug, Default)]
pub(super) struct E911AddressResource;

impl KeyedResource for E911AddressResource {
    type Object = E911AddressModel;

    const TYPE_NAME: &'static str = "joonto_number_e911_address";

    const IDENTITY: IdentitySchema = IdentitySchema {
        attribute: "phone_number",
        description: "Number in international form (E.164), such as `+18016025346`.",
    };

    const STAYS: Option<&'static str> =
        Some("Emergency services get this address for the number until another one is set.");

    fn key(address: &E911AddressModel) -> Option<String> {
        address.phone_number.as_str().map(str::to_owned)
    }

    fn name(address: &E911AddressModel) -> String {
        match address.phone_number.as_str() {
            Some(number) => format!("the E911 address of {number}"),
            None => "the E911 address".to_owned(),
        }
    }

    fn keyed(key: &str) -> Result<E911AddressModel, &'static str> {
        let number = E164::parse(key).map_err(|_| "is no phone number")?;
        Ok(E911AddressModel {
            phone_number: number.as_str().into(),
            ..E911AddressModel::default()
        })
    }

    fn validate(_: &E911AddressModel, _: &mut Diagnostics) {}

    fn plan(
        prior: Option<&E911AddressModel>,
        planned: &mut E911AddressModel,
        _: &E911AddressModel,
        _: &mut Diagnostics,
    ) {
        if let Some(prior) = prior {
            planned.keep_spelling_of(prior);
        }
    }

    async fn create(
        data: &ProviderData,
        planned: E911AddressModel,
        call: &Call<Self>,
        context: &Context,
    ) -> Result<E911AddressModel, KeyedError> {
        set(data, planned, call, context).await
    }

    async fn read(
        data: &ProviderData,
        mut current: E911AddressModel,
        is_import: bool,
        _: &Call<Self>,
        context: &Context,
    ) -> Result<Option<E911AddressModel>, KeyedError> {
        if !is_import && current.refresh == Attr::Known(false) {
            return Ok(Some(current));
        }
        let Some(record) = look_up(data, &current, context).await? else {
            return Ok(None);
        };
        current.flatten(&record);
        Ok(Some(current))
    }

    async fn update(
        data: &ProviderData,
        prior: &E911AddressModel,
        planned: E911AddressModel,
        call: &Call<Self>,
        context: &Context,
    ) -> Result<E911AddressModel, KeyedError> {
        match planned.address() == prior.address() {
            true => Ok(planned),
            false => set(data, planned, call, context).await,
        }
    }
}

/// Sets the address, and reads what the API made of it.
async fn set(
    data: &ProviderData,
    mut planned: E911AddressModel,
    call: &Call<E911AddressResource>,
    context: &Context,
) -> Result<E911AddressModel, KeyedError> {
    let name = E911AddressResource::name(&planned);
    let number = number(&planned)?;
    let address = planned.address();
    let account_id = data.account_of(planned.account_id.as_str());
    let sent = data
        .client
        .set_e911_address(&number, account_id.as_ref(), &address, context)
        .await;
    let is_confirmed = sent.map_err(|error| refused(&name, error))?;
    let record = match look_up(data, &planned, context).await {
        Ok(record) => record,
        // What was set is not lost for that: the next refresh reads it.
        Err(KeyedError::Api(error)) if is_confirmed => {
            tracing::warn!(%number, %error, "the E911 address could not be read after it was set");
            None
        }
        Err(error) => return Err(error),
    };
    let shown = record.as_ref().and_then(|record| record.address.as_ref());
    let is_shown = shown.is_some_and(|shown| shown.is_same(&address));
    if !is_confirmed && !is_shown {
        return Err(
            e911::refused(&name, "The API did not confirm it, and does not show it").into(),
        );
    }
    if let Some(shown) = shown.filter(|_| !is_shown) {
        let parts = address.same_parts(shown);
        call.warn_with(e911::stored_differently(&name, &model::differing(parts)));
    }
    planned.report(record.as_ref());
    if planned.account_id.is_unknown() {
        let returned = record.and_then(|record| record.account_id).or(account_id);
        planned.account_id = returned.map(|id| id.as_str().to_owned()).into();
    }
    Ok(planned)
}

async fn look_up(
    data: &ProviderData,
    address: &E911AddressModel,
    context: &Context,
) -> Result<Option<E911Record>, KeyedError> {
    let account_id = data.account_of(address.account_id.as_str());
    let number = number(address)?;
    let read = data
        .client
        .e911_address(&number, account_id.as_ref(), context);
    Ok(read.await?)
}

/// A refusal of the address reads the same, in whichever way the API refuses.
fn refused(name: &str, error: Error) -> KeyedError {
    let refusals = [200, 400, 404, 409, 422];
    match refusals.iter().any(|status| error.is_refused_with(*status)) {
        true => e911::refused(name, &sentence(&error)).into(),
        false => error.into(),
    }
}

fn number(address: &E911AddressModel) -> Result<E164, Diagnostic> {
    let number = address.phone_number.as_str().unwrap_or_default();
    E164::parse(number).map_err(|_| {
        let name = E911AddressResource::name(address);
        e911::refused(&name, "phone_number is not a number in E.164 form")
    })
}
