//! Moving a subscriber to another account.
//!
//! A transfer names the account that the subscriber is in, so one that is repeated fails. The
//! account is read before anything is sent, and after a response that was lost.

use super::model::SubscriberModel;
use super::{LOOKS, account_of};
use crate::provider::call::{Call, CallResult};
use crate::provider::diagnostics::subscribers;
use crate::provider::keyed::KeyedResource as _;

/// Moves a subscriber to the account that is planned, unless it is there.
pub(super) async fn transfer(
    prior: &SubscriberModel,
    planned: &SubscriberModel,
    call: &Call<'_, SubscriberModel>,
) -> CallResult<()> {
    let (client, context) = (&call.data.client, &call.context);
    let name = prior.name();
    let (Some(id), Some(to)) = (prior.id.as_str(), account_of(planned)) else {
        return Ok(());
    };
    let read = || client.subscriber(id, context);
    let shown = read().await?.and_then(|found| found.account_id);
    let from = shown.clone().or_else(|| account_of(prior));
    // An import that shows no account takes over the configured one.
    let Some(from) = from.filter(|from| *from != to) else {
        return Ok(());
    };
    let sent = client.transfer_subscriber(id, &from, &to, context);
    let lost = match sent.await {
        Ok(()) => None,
        Err(lost) if lost.is_unconfirmed() => Some(lost),
        Err(refused) if refused.is_refused_with(400) && shown.is_none() => {
            return Err(subscribers::transfer_refused(&name, &refused).into());
        }
        Err(error) => return Err(error.into()),
    };
    let mut is_hidden = false;
    for wait in LOOKS {
        if context.sleep(wait).await.is_err() {
            break;
        }
        // One that is not found there says nothing either way.
        is_hidden = match read().await {
            Ok(Some(found)) if found.account_id.as_ref() == Some(&to) => return Ok(()),
            Ok(found) => found.is_some_and(|found| found.account_id.is_none()),
            Err(_) => false,
        };
        if is_hidden {
            break;
        }
    }
    match lost {
        // It says nothing against it.
        None if is_hidden => Ok(()),
        None => Err(subscribers::not_transferred(&name).into()),
        Some(lost) => Err(subscribers::transfer_unconfirmed(&name, &lost).into()),
    }
}
