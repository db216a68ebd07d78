//! What Terraform keeps of an address.

use crate::joonto::{AccountId, E911Address, E911Record};
use crate::provider::keyed::PENDING;
use crate::provider::validators;
use crate::terraform::Attr;

/// The names of the parts of an address, in their order.
const PARTS: [&str; 5] = ["street1", "street2", "city", "state", "zip"];

crate::model! {
    /// The address that emergency services get when somebody calls 911 from a number (E911,
    /// enhanced 911).
    ///
    /// The address must be in the Master Street Address Guide (MSAG). The service writes it in a
    /// way of its own, so spellings are compared: case, punctuation, repeated blanks, the last
    /// four digits of a ZIP+4 code, and abbreviations of the US Postal Service, such as `ST` for
    /// `Street`, make no difference. Any other difference is a change, and the plan shows it.
    ///
    /// The API cannot delete an address. Destroying the resource leaves the address in place.
    ///
    /// The address is personal data. State and plan hold it, errors and logs never do.
    pub(crate) struct E911AddressModel {
        /// Number in international form (E.164), such as `+18016025346`. Another number needs
        /// another resource.
        phone_number: String => required(), missing(PENDING), replaces(), validator(validators::phone_number);
        /// House number and street.
        street1: String => required(), validator(validators::filled);
        /// Further line of the address, such as an apartment.
        street2: String => optional();
        /// City.
        city: String => required(), validator(validators::filled);
        /// State, two letters.
        state: String => required(), validator(validators::state);
        /// US zip code: five digits, or ZIP+4 such as `84043-0001`.
        zip: String => required(), validator(validators::zip_plus_four);
        /// Account (`AID-...`) of the number, for distributors with several accounts. Defaults to
        /// the provider's `account_id`. A change to another account needs another resource.
        account_id: String => optional_computed(), replaces();
        /// Whether a refresh reads the address. Defaults to `true`. The API reads one address in
        /// one request, so 1,000 addresses take 20 minutes at 50 requests a minute. With `false`,
        /// a refresh sends nothing, and changes made elsewhere stay unseen.
        refresh: bool => optional();

        /// First line of the street as the API returns it, or null if the API returned none.
        reported_street1: String => computed();
        /// Further line of the address as the API returns it.
        reported_street2: String => computed();
        /// City as the API returns it.
        reported_city: String => computed();
        /// State as the API returns it.
        reported_state: String => computed();
        /// Zip code as the API returns it.
        reported_zip: String => computed();
    }
    blocks {}
}

impl E911AddressModel {
    /// The address as it is sent.
    pub(super) fn address(&self) -> E911Address {
        let mut address = self.clone();
        let parts = address.parts();
        E911Address::new(parts.map(|part| part.as_str().unwrap_or_default().to_owned()))
    }

    /// Plans no change where nothing but the spelling differs, and otherwise a response that is
    /// yet to come.
    pub(super) fn keep_spelling_of(&mut self, prior: &Self) {
        let same = self.address().same_parts(&prior.address());
        let mut before = prior.clone();
        let mut is_changed = false;
        for ((part, before), same) in self.parts().into_iter().zip(before.parts()).zip(same) {
            if !same || part.is_unknown() {
                is_changed = true;
            } else if part.is_known() && before.is_known() {
                // Between null and "", Terraform insists on what is configured.
                *part = before.clone();
            }
        }
        if is_changed {
            self.reported()
                .into_iter()
                .for_each(|part| *part = Attr::Unknown);
        }
    }

    /// Takes over what a read returns. Another spelling is no difference.
    pub(super) fn flatten(&mut self, record: &E911Record) {
        if let Some(address) = &record.address {
            let same = self.address().same_parts(address);
            let returned = address.parts().iter().zip(same);
            for (part, (returned, same)) in self.parts().into_iter().zip(returned) {
                if !same {
                    *part = filled(returned);
                }
            }
        }
        self.report(Some(record));
        if self.account_id.is_null() {
            let account_id = record.account_id.as_ref().map(AccountId::as_str);
            self.account_id = account_id.map(str::to_owned).into();
        }
    }

    /// Notes what a read returned. None if nothing could be read.
    pub(super) fn report(&mut self, record: Option<&E911Record>) {
        let address = record.and_then(|record| record.address.clone());
        let address = address.unwrap_or_default();
        for (part, returned) in self.reported().into_iter().zip(address.parts()) {
            *part = filled(returned);
        }
    }

    fn parts(&mut self) -> [&mut Attr<String>; 5] {
        [
            &mut self.street1,
            &mut self.street2,
            &mut self.city,
            &mut self.state,
            &mut self.zip,
        ]
    }

    fn reported(&mut self) -> [&mut Attr<String>; 5] {
        [
            &mut self.reported_street1,
            &mut self.reported_street2,
            &mut self.reported_city,
            &mut self.reported_state,
            &mut self.reported_zip,
        ]
    }
}

/// The names of the parts that are not the same.
pub(super) fn differing(same: [bool; 5]) -> Vec<&'static str> {
    let parts = PARTS.into_iter().zip(same);
    parts
        .filter(|(_, same)| !same)
        .map(|(part, _)| part)
        .collect()
}

fn filled(text: &str) -> Attr<String> {
    Some(text)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
        .into()
}
