//! `joonto_number_reset_data_usage`: sets the usage of numbers to zero.

use crate::joonto::FULL;
use crate::provider::data_limit;
use crate::provider::diagnostics::{data as texts, shown};
use crate::provider::validators;
use crate::terraform::Diagnostics;
use crate::terraform::resource::Failure;
use crate::terraform::schema::Set;
use crate::terraform::value::Number;

use super::{ActionCall, ActionModel};

crate::model! {
    /// Sets the data usage of numbers to zero, now. That cannot be undone, and is never repeated:
    /// what is used in between would be forgotten. The API asks for the renewal with it and never
    /// returns it, so give the one that the numbers have.
    pub(crate) struct ResetDataUsage {
        /// Numbers in international form (E.164).
        phone_numbers: Set<String> => required();
        /// Whether the usage restarts from zero with each period.
        auto_renew: bool => required();
        /// Period: `M` (month) or `W` (week).
        period_type: String => required(), validator(data_limit::period_type);
        /// Day on which a period begins: 1 to 31 for `M`, 1 to 7 for `W`.
        renewal_day: Number => required(), validator(data_limit::value);
        /// How many months or weeks a period has. If unset, the API decides, usually on 1.
        period_value: Number => optional(), validator(data_limit::value);
    }
    blocks {}
}

impl ActionModel for ResetDataUsage {
    const TYPE_NAME: &'static str = "joonto_number_reset_data_usage";

    fn validate(&self, diagnostics: &mut Diagnostics) {
        data_limit::renewal_day(&self.period_type, &self.renewal_day, diagnostics);
        if validators::has_no_number(&self.phone_numbers) {
            diagnostics.push(texts::not_numbers("phone_numbers"));
        }
    }

    async fn invoke(self, call: &ActionCall<'_>) -> Result<(), Failure> {
        let renewal = data_limit::renewal(
            &self.auto_renew,
            &self.period_type,
            &self.renewal_day,
            &self.period_value,
        );
        let numbers = validators::numbers(&self.phone_numbers);
        let (mut done, mut failed) = (0, Vec::new());
        for (at, batch) in numbers.chunks(FULL).enumerate() {
            call.tell(format!("Resetting the usage of {} numbers.", batch.len()))
                .await;
            let client = &call.data.client;
            let results = client
                .reset_data_usage(&renewal, batch, &call.context)
                .await;
            let results = results.map_err(|error| {
                let left = numbers.iter().skip(at * FULL).map(ToString::to_string);
                let left: Vec<_> = failed.iter().cloned().chain(left).collect();
                texts::reset_failed(&error, &left, done)
            })?;
            for number in batch {
                match results.get(number) {
                    Some(Ok(())) => done += 1,
                    Some(Err(why)) => failed.push(format!("{number} ({})", shown(why))),
                    None => failed.push(format!("{number} (no result)")),
                }
            }
        }
        match failed.is_empty() {
            true => Ok(()),
            false => Err(texts::not_reset(&failed, done).into()),
        }
    }
}
