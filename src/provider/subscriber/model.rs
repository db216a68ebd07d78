//! What Terraform keeps of a subscriber.

use crate::joonto::{AccountId, Subscriber};
use crate::provider::validators::{Validity, valid_if};
use crate::terraform::Attr;
use crate::terraform::schema::Set;
use crate::terraform::value::Number;

/// What a subscriber may be.
pub(super) const ROLES: [&str; 3] = ["Subscriber", "Manager", "Account Admin"];

crate::model! {
    /// A subscriber: a person that numbers are for. Its e-mail address identifies it on the whole
    /// platform.
    ///
    /// To create a subscriber, `name`, `role`, `account_id` and `password_wo` are needed as well.
    /// After an import they are optional: what is not set stays as it is. The API cannot delete
    /// subscribers, so a destroy leaves the subscriber in place.
    pub(crate) struct SubscriberModel {
        /// E-mail address, compared without case. No two subscribers of the platform can have the
        /// same. Another one needs a new subscriber, and the old one stays in place.
        email: String => required(), replaces(), validator(email);
        /// Name of the subscriber.
        name: String => optional_computed(), validator(not_empty);
        /// What the subscriber may do: `Subscriber`, `Manager` or `Account Admin`.
        role: String => optional_computed(), validator(not_empty);
        /// Account (`AID-...`) of the subscriber. A change transfers the subscriber, who keeps
        /// subscriptions and numbers. The API does not always return it.
        account_id: String => optional_computed(), validator(not_empty);
        /// Password of the subscriber, never stored in plan or state. Needs
        /// `password_wo_version`, and Terraform 1.11 or later.
        password_wo: String => optional(), sensitive(), write_only();
        /// Version of `password_wo`. Another number sends it again.
        password_wo_version: Number => optional();
        /// Phone numbers of the subscriber, in international form (E.164). If it is not set, the numbers stay as
        /// they are. `assigned_subscriber_id` of a number says the same from the other side: set
        /// one of the two.
        phone_numbers: Set<String> => optional_computed();

        /// Id of the subscriber, `TSUID-...`.
        id: String => computed();
    }
    blocks {}
}

impl SubscriberModel {
    /// Takes over what a read returns. What it does not return is no difference.
    pub(super) fn flatten(&mut self, found: &Subscriber) {
        self.id = found.id.as_str().into();
        let is_same = |kept: &Attr<String>, now: &str| {
            let kept = kept.as_str();
            kept.is_some_and(|kept| kept.eq_ignore_ascii_case(now))
        };
        if let Some(email) = &found.email
            && !is_same(&self.email, email)
        {
            self.email = email.as_str().into();
        }
        if found.name.is_present() {
            self.name = found.name.value().cloned().into();
        }
        if let Some(role) = &found.role
            && !is_same(&self.role, role)
        {
            self.role = role.as_str().into();
        }
        if let Some(account_id) = found.account_id.as_ref().map(AccountId::as_str) {
            self.account_id = account_id.into();
        }
        if let Some(numbers) = &found.phone_numbers {
            self.phone_numbers = Attr::Known(numbers.iter().cloned().collect());
        }
        self.settle();
    }

    /// Nothing is left unknown.
    pub(super) fn settle(&mut self) {
        for text in [&mut self.name, &mut self.role, &mut self.account_id] {
            if text.is_unknown() {
                *text = Attr::Null;
            }
        }
        if self.phone_numbers.is_unknown() {
            self.phone_numbers = Attr::Null;
        }
        self.password_wo = Attr::Null;
    }
}

fn email(text: &str) -> Validity {
    let parts = text.split_once('@');
    valid_if(
        parts.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty()),
        "The value is not an e-mail address, such as \"ada@example.com\".",
    )
}

fn not_empty(text: &str) -> Validity {
    let rule = "The value is empty. Remove the argument to leave it as it is.";
    valid_if(!text.is_empty(), rule)
}
