//! Whether a number is still in the account, on the evidence of details and inventory.
//!
//! No single miss ends a number. It is gone only when details and a whole inventory of its own
//! account miss it, and reads cannot lag behind its purchase any more. [`judge`] is the whole
//! rule: it decides, or says what to ask next.

use time::{Duration, OffsetDateTime};

use super::super::error::Error;
use super::super::number::NumberRecord;
use super::super::types::{AccountId, E164, NumberClass};
use super::missing_guard::{MissingGuard, TooManyMissing};
use super::reads::{Found, Listing, Reads, Source};
use crate::context::Context;

/// For so long after its order named it, reads may not show a number.
const YOUNG: Duration = Duration::minutes(15);

/// The number that is asked about, and what is known of it.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The number.
    pub number: E164,
    /// When its order named it, by the API's clock. Unknown counts as long ago.
    pub named_at: Option<OffsetDateTime>,
    /// Whose inventory would list it.
    pub listed_in: ListedIn,
}

/// Whose inventory would list a number.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ListedIn {
    /// That of the credentials, as far as is known.
    Any,
    /// This account's.
    Account(AccountId),
    /// Another one than the credentials': it did not list the number while details showed it.
    Another,
}

impl ListedIn {
    fn is(&self, account_id: Option<&AccountId>) -> bool {
        match self {
            Self::Any => true,
            Self::Account(own) => account_id == Some(own),
            Self::Another => false,
        }
    }
}

impl Subject {
    fn is_young(&self, now: OffsetDateTime) -> bool {
        self.named_at.is_some_and(|at| (now - at).abs() < YOUNG)
    }
}

/// What became of a number.
#[derive(Clone, Debug)]
pub enum Presence {
    /// It is there.
    There(Box<NumberRecord>, Source),
    /// One of details and inventory shows it, the other does not, or shows it as ended.
    Contradicted(Box<NumberRecord>, Source),
    /// Its record says that it has ended.
    Ended(Box<NumberRecord>),
    /// Proved: the account no longer has it.
    Gone,
    /// Not visible, and so young that this says nothing.
    Young,
    /// Missing, and the inventory confirms nothing.
    Unconfirmed(Unlisted),
    /// Missing, and there is no whole inventory to confirm it.
    Unproved(Unlisted),
    /// Missing, with too many others.
    TooMany(TooManyMissing),
}

/// Why an inventory without a number does not prove that the number is gone.
#[derive(Clone, Debug)]
pub enum Unlisted {
    /// It shows no live number at all.
    NoneLive,
    /// It is this account's, and the number belongs to another.
    OtherAccount(Option<AccountId>),
    /// Its pages do not agree, or end early.
    NotWhole,
    /// It could not be read.
    Unreadable(Error),
}

/// What details say.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum InDetails {
    There,
    Ended,
    Missing,
    /// Not asked: too many numbers are missing already.
    Unasked,
}

/// What the inventory says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum InInventory {
    There,
    Ended,
    /// It is whole, of the number's own account, and shows others that live.
    Absent,
    /// It is whole, and confirms nothing: no live number, or another account's.
    Mute,
    /// There is no whole inventory.
    Broken,
}

/// What to do next.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum NextCheck {
    AskDetails,
    AskInventory,
    Decided(Verdict),
}

/// What the evidence amounts to, for one number alone.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Verdict {
    There,
    Contradicted,
    Ended,
    Young,
    /// From here on it counts as missing.
    Gone,
    Unconfirmed,
    Unproved,
    /// Nothing is known, and too many others are missing.
    Unknown,
}

impl Verdict {
    fn is_miss(self) -> bool {
        matches!(self, Self::Gone | Self::Unconfirmed | Self::Unproved)
    }
}

/// The rule. `is_accepted`: the user says that missing numbers are gone.
fn judge(
    details: Option<InDetails>,
    inventory: Option<InInventory>,
    is_young: bool,
    is_accepted: bool,
) -> NextCheck {
    use Verdict::{Contradicted, Ended, Gone, There, Unconfirmed, Unknown, Unproved, Young};
    let verdict = match (details, inventory) {
        (None, None) => return NextCheck::AskDetails,
        // One that shows the number alive is believed.
        (Some(InDetails::There), None | Some(InInventory::There))
        | (None | Some(InDetails::Unasked), Some(InInventory::There)) => There,
        (_, Some(InInventory::There)) | (Some(InDetails::There), _) => Contradicted,
        // One that shows it as ended is, too, unless the number is young.
        (Some(InDetails::Ended), None) if is_young => return NextCheck::AskInventory,
        (None, Some(InInventory::Ended)) if is_young => return NextCheck::AskDetails,
        (Some(InDetails::Ended), Some(InInventory::Ended)) => Ended,
        (Some(InDetails::Ended), _) | (_, Some(InInventory::Ended)) if !is_young => Ended,
        // Neither shows it.
        (Some(InDetails::Missing | InDetails::Unasked), None) => return NextCheck::AskInventory,
        (None, Some(_)) => return NextCheck::AskDetails,
        _ if is_young => Young,
        (Some(InDetails::Unasked), Some(InInventory::Broken)) => Unknown,
        (_, Some(InInventory::Absent)) => Gone,
        (_, Some(InInventory::Mute | InInventory::Broken)) if is_accepted => Gone,
        (_, Some(InInventory::Mute)) => Unconfirmed,
        (_, Some(InInventory::Broken)) => Unproved,
        (_, None | Some(InInventory::Ended)) => Ended,
    };
    NextCheck::Decided(verdict)
}

/// What was learned of one number so far.
#[derive(Default)]
struct Evidence {
    details: Option<InDetails>,
    inventory: Option<InInventory>,
    by_details: Option<Box<NumberRecord>>,
    by_inventory: Option<Box<NumberRecord>>,
    unlisted: Option<Unlisted>,
}

impl Evidence {
    fn take_details(&mut self, found: Found) {
        self.details = Some(match found {
            Found::Missing => InDetails::Missing,
            Found::Record(record, _) => {
                let details = match record.class() {
                    NumberClass::Gone => InDetails::Ended,
                    _ => InDetails::There,
                };
                self.by_details = Some(record);
                details
            }
        });
    }

    fn take_listing(&mut self, listing: Listing, listed_in: &ListedIn) {
        let (inventory, unlisted) = match listing {
            Listing::Record(record) => {
                let inventory = match record.class() {
                    NumberClass::Gone => InInventory::Ended,
                    _ => InInventory::There,
                };
                self.by_inventory = Some(record);
                (inventory, None)
            }
            Listing::Absent {
                account_id,
                has_live,
            } => match listed_in.is(account_id.as_ref()) {
                true if has_live => (InInventory::Absent, None),
                true => (InInventory::Mute, Some(Unlisted::NoneLive)),
                false => (InInventory::Mute, Some(Unlisted::OtherAccount(account_id))),
            },
            Listing::NotWhole => (InInventory::Broken, Some(Unlisted::NotWhole)),
            Listing::Unreadable(error) => (InInventory::Broken, Some(Unlisted::Unreadable(error))),
        };
        (self.inventory, self.unlisted) = (Some(inventory), unlisted);
    }

    /// The record that shows the number as it is: the inventory's where details disagree.
    fn shown(self) -> Option<(Box<NumberRecord>, Source)> {
        let by_details = self.by_details.map(|record| (record, Source::Details));
        let by_inventory = self.by_inventory.map(|record| (record, Source::Inventory));
        match self.details {
            Some(InDetails::There) => by_details.or(by_inventory),
            _ => by_inventory.or(by_details),
        }
    }

    fn outcome(mut self, verdict: Verdict) -> Presence {
        let unlisted = self.unlisted.take().unwrap_or(Unlisted::NotWhole);
        match (verdict, self.shown()) {
            (Verdict::There, Some((record, source))) => Presence::There(record, source),
            (Verdict::Contradicted, Some((record, source))) => {
                Presence::Contradicted(record, source)
            }
            (Verdict::Ended, Some((record, _))) => Presence::Ended(record),
            (Verdict::Young, _) => Presence::Young,
            (Verdict::Gone, _) => Presence::Gone,
            (Verdict::Unconfirmed, _) => Presence::Unconfirmed(unlisted),
            (Verdict::Unproved | Verdict::Unknown, _) | (_, None) => Presence::Unproved(unlisted),
        }
    }
}

/// Decides whether a number is still there.
pub(super) async fn find(
    reads: &Reads,
    guard: &MissingGuard,
    subject: &Subject,
    context: &Context,
) -> Result<Presence, Error> {
    let number = &subject.number;
    let mut check = guard.begin(number);
    let _visit = reads.visit();
    let mut evidence = Evidence::default();
    if let Some(record) = reads.record_in_pages(number, context).await? {
        evidence.take_listing(Listing::Record(record), &subject.listed_in);
    }
    let verdict = loop {
        let is_young = subject.is_young(reads.server_time());
        let Evidence {
            details, inventory, ..
        } = evidence;
        match judge(details, inventory, is_young, guard.accept_missing) {
            NextCheck::Decided(verdict) => break verdict,
            NextCheck::AskDetails => match check.admit(context).await? {
                true => evidence.take_details(reads.details(number, context).await?),
                false => evidence.details = Some(InDetails::Unasked),
            },
            NextCheck::AskInventory => {
                let listing = reads.listing(number, context).await?;
                evidence.take_listing(listing, &subject.listed_in);
            }
        }
    };
    let too_many = match verdict {
        Verdict::Unknown => check.note_unknown(),
        miss if miss.is_miss() => check.note_missing(context).await?,
        _ => {
            check.note_read();
            None
        }
    };
    Ok(match too_many {
        Some(too_many) => Presence::TooMany(too_many),
        None => evidence.outcome(verdict),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The whole rule: what details and inventory say, and what that amounts to for an old
    /// number, for an old one when the user accepts misses, and for a young one.
    #[test]
    fn the_rule() {
        use NextCheck::{AskDetails as D, AskInventory as I, Decided};
        let there = Decided(Verdict::There);
        let other = Decided(Verdict::Contradicted);
        let ended = Decided(Verdict::Ended);
        let young = Decided(Verdict::Young);
        let gone = Decided(Verdict::Gone);
        let unconfirmed = Decided(Verdict::Unconfirmed);
        let unproved = Decided(Verdict::Unproved);
        let unknown = Decided(Verdict::Unknown);
        let details = [
            None,
            Some(InDetails::There),
            Some(InDetails::Ended),
            Some(InDetails::Missing),
            Some(InDetails::Unasked),
        ];
        let old = [
            (None, [D, there, ended, I, I]),
            (
                Some(InInventory::There),
                [there, there, other, other, there],
            ),
            (
                Some(InInventory::Ended),
                [ended, other, ended, ended, ended],
            ),
            (Some(InInventory::Absent), [D, other, ended, gone, gone]),
            (
                Some(InInventory::Mute),
                [D, other, ended, unconfirmed, unconfirmed],
            ),
            (
                Some(InInventory::Broken),
                [D, other, ended, unproved, unknown],
            ),
        ];
        for (inventory, row) in old {
            for (details, expected) in details.into_iter().zip(row) {
                let step = |is_young, accepts| judge(details, inventory, is_young, accepts);
                let what = format!("{details:?}, {inventory:?}");
                assert_eq!(step(false, false), expected, "{what}");

                let is_miss = [unconfirmed, unproved].contains(&expected);
                let accepted = if is_miss { gone } else { expected };
                if details != Some(InDetails::Unasked) {
                    // With all misses accepted, none goes unasked.
                    assert_eq!(step(false, true), accepted, "{what}, accepted");
                }

                let young = match (details, inventory) {
                    (Some(InDetails::Ended), None) => I,
                    (None, Some(InInventory::Ended)) => D,
                    (Some(InDetails::Ended), Some(InInventory::Ended)) => ended,
                    _ if [ended, gone, unconfirmed, unproved, unknown].contains(&expected) => young,
                    _ => expected,
                };
                assert_eq!(step(true, false), young, "{what}, young");
                assert_eq!(step(true, true), young, "{what}, young and accepted");
            }
        }
    }

    #[test]
    fn a_number_is_young_for_15_minutes_and_an_unknown_age_is_old() {
        let at = OffsetDateTime::UNIX_EPOCH;
        let subject = |named_at| Subject {
            number: E164::parse("+18015550100").expect("a number"),
            named_at,
            listed_in: ListedIn::Any,
        };
        for (minutes, is_young) in [(0, true), (14, true), (15, false), (-1, true), (-20, false)] {
            let now = at + Duration::minutes(minutes);
            assert_eq!(subject(Some(at)).is_young(now), is_young, "{minutes}");
        }
        assert!(!subject(None).is_young(at));
    }
}
