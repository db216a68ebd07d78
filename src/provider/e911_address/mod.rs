//! `joonto_number_e911_address`: the address that emergency services get for a number.

mod model;

use crate::joonto::{E164, E911Record, Error};
use crate::provider::call::{Call, CallError, CallResult};
use crate::provider::diagnostics::{e911, sentence};
use crate::provider::keyed::{KeyedResource, NUMBER_IDENTITY};
use crate::terraform::identity::IdentitySchema;
use crate::terraform::{Attr, Diagnostic, Diagnostics};

pub(super) use model::E911AddressModel;

impl KeyedResource for E911AddressModel {
    const TYPE_NAME: &'static str = "joonto_number_e911_address";

    const IDENTITY: IdentitySchema = NUMBER_IDENTITY;

    const STAYS: Option<&'static str> =
        Some("Emergency services get this address for the number until another one is set.");

    fn name(&self) -> String {
        match self.phone_number.as_str() {
            Some(number) => format!("the E911 address of {number}"),
            None => "the E911 address".to_owned(),
        }
    }

    fn keyed(key: &str) -> Result<Self, &'static str> {
        let number = E164::parse(key).map_err(|_| "is no phone number")?;
        Ok(Self {
            phone_number: number.as_str().into(),
            ..Self::default()
        })
    }

    fn plan(&mut self, prior: Option<&Self>, _: &Self, _: &mut Diagnostics) {
        if let Some(prior) = prior {
            self.keep_spelling_of(prior);
        }
    }

    async fn create(self, call: &Call<'_, Self>) -> CallResult<Self> {
        set(self, call).await
    }

    async fn read(mut self, is_import: bool, call: &Call<'_, Self>) -> CallResult<Option<Self>> {
        if !is_import && self.refresh == Attr::Known(false) {
            return Ok(Some(self));
        }
        let Some(record) = look_up(&self, call).await? else {
            return Ok(None);
        };
        self.flatten(&record);
        Ok(Some(self))
    }

    async fn update(self, prior: &Self, call: &Call<'_, Self>) -> CallResult<Self> {
        match self.address() == prior.address() {
            true => Ok(self),
            false => set(self, call).await,
        }
    }
}

/// Sets the address, and reads what the API made of it.
async fn set(
    mut planned: E911AddressModel,
    call: &Call<'_, E911AddressModel>,
) -> CallResult<E911AddressModel> {
    let name = planned.name();
    let number = number(&planned)?;
    let address = planned.address();
    let account_id = call.data.account_of(planned.account_id.as_str());
    let client = &call.data.client;
    let sent = client
        .set_e911_address(&number, account_id.as_ref(), &address, &call.context)
        .await;
    let is_confirmed = sent.map_err(|error| refused(&name, error))?;
    let record = match look_up(&planned, call).await {
        Ok(record) => record,
        // What was set is not lost for that: the next refresh reads it.
        Err(CallError::Api(error)) if is_confirmed => {
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
    address: &E911AddressModel,
    call: &Call<'_, E911AddressModel>,
) -> CallResult<Option<E911Record>> {
    let account_id = call.data.account_of(address.account_id.as_str());
    let number = number(address)?;
    let client = &call.data.client;
    let read = client.e911_address(&number, account_id.as_ref(), &call.context);
    Ok(read.await?)
}

/// A refusal of the address reads the same, in whichever way the API refuses.
fn refused(name: &str, error: Error) -> CallError {
    let refusals = [200, 400, 404, 409, 422];
    match refusals.iter().any(|status| error.is_refused_with(*status)) {
        true => e911::refused(name, &sentence(&error)).into(),
        false => error.into(),
    }
}

fn number(address: &E911AddressModel) -> Result<E164, Diagnostic> {
    let number = address.phone_number.as_str().unwrap_or_default();
    E164::parse(number).map_err(|_| {
        e911::refused(
            &address.name(),
            "phone_number is not a number in E.164 form",
        )
    })
}
