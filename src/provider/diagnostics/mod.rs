//! Errors and warnings, each with a code that never changes.
//!
//! Every text says three things: what happened, what it cost, and what to do next.

pub(super) mod destroys;
pub(super) mod lists;
pub(super) mod plans;
pub(super) mod purchase;
pub(super) mod reads;
pub(super) mod routes;
pub(super) mod stops;
pub(super) mod values;

use crate::terraform::Diagnostic;

/// How a message is shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Severity {
    Error,
    Warning,
}

/// Declares the messages: variant, code, severity, summary.
macro_rules! codes {
    ($($variant:ident $id:literal $severity:ident $summary:literal)*) => {
        /// A message of the provider. Its code never changes; its text may.
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub(super) enum Code { $($variant),* }

        impl Code {
            /// The code, how it is shown, and a summary in which `{}` stands for the subject.
            const fn row(self) -> (&'static str, Severity, &'static str) {
                match self { $(Self::$variant => ($id, Severity::$severity, $summary)),* }
            }
        }
    };
}

codes! {
    PurchaseRefused          "JN101" Error   "No number was bought"
    PurchaseCancelled        "JN102" Error   "The purchase was cancelled"
    PurchaseNotRecorded      "JN103" Error   "The purchase cannot be recorded"
    OrderFailed              "JN104" Error   "{} failed"
    RunStopped               "JN105" Error   "Nothing was sent"
    HeldBack                 "JN106" Error   "An open purchase comes first"
    RecordUnreadable         "JN107" Error   "A purchase record cannot be read"
    LineMalformed            "JN108" Error   "JOONTO_PURCHASE_RESOLVED is malformed"
    LineRefused              "JN109" Error   "{} cannot be stored"
    OrderUnconfirmed         "JN110" Error   "The purchase's outcome is unknown"
    EarlierPurchaseOpen      "JN111" Error   "An earlier purchase is open"
    RecordsUnreadable        "JN112" Error   "Earlier purchases cannot be seen"
    NumberAdopted            "JN120" Warning "Adopted {} after a lost response"
    NumberRecovered          "JN121" Warning "Recovered {} from an earlier run"
    OrderPending             "JN122" Warning "{} is still pending"
    NumberUnread             "JN123" Warning "{} was bought and not read"
    PurchaseRemark           "JN124" Warning "The API returned a message about {}"
    OrderUnnamed             "JN125" Warning "{} names no number yet"
    OrderNamesAnother        "JN126" Warning "{} names a number in use"
    FailedOrderBought        "JN127" Warning "{} exists although its order failed"
    RecordNotUpdated         "JN128" Warning "The record of {} was not updated"
    ProviderPanicked         "JN129" Warning "The provider crashed after buying {}"
    EarlierPurchaseEnded     "JN130" Warning "{} of an earlier run has ended"
    PurchasesOpen            "JN131" Warning "Purchases of earlier runs are open"
    PlanNotShared            "JN132" Warning "The plan's numbers cannot be noted"
    SimTaken                 "JN140" Error   "The SIM already carries a number"
    SimUnreadable            "JN141" Error   "The SIM cannot be read"
    SimReserved              "JN142" Error   "A purchase for the SIM is open"
    SimStaysTaken            "JN143" Error   "The SIM would keep {}"
    RecordsNeedPlace         "JN150" Error   "purchase_journal is not set in CI"
    PurchaseLimit            "JN151" Error   "The plan exceeds purchase_limit"
    TokenCannotBuy           "JN152" Error   "The token cannot buy numbers"
    NumberPrevented          "JN201" Error   "The number must not be destroyed"
    PlanDestroys             "JN202" Warning "This plan destroys {}"
    PlanReplaces             "JN203" Warning "This plan replaces {}"
    ValueKept                "JN204" Warning "{} is not known yet"
    OnlyRecorded             "JN205" Warning "{} changes in the state only"
    PolicyUnknown            "JN206" Error   "deletion_policy is not known yet"
    IotIsP2p                 "JN210" Error   "IoT numbers are p2p only"
    VoipIsA2p                "JN211" Error   "VoIP numbers are a2p only"
    CheckDigit               "JN212" Warning "The ICCID's check digit is wrong"
    VoiceWithoutRoute        "JN213" Warning "Voice without a voice route"
    MessagesWithoutRoute     "JN214" Warning "Messages without a message route"
    IotHasNoVoice            "JN215" Warning "IoT numbers have no voice"
    VoipHasNoData            "JN216" Warning "VoIP numbers have no data"
    UnknownProduct           "JN217" Warning "Unknown product type"
    MoveRefused              "JN220" Error   "Unsupported move"
    NumberOfAnotherPurchase  "JN301" Error   "{} was not bought by this resource"
    NumberHeldTwice          "JN302" Warning "Two resources hold {}"
    NumberHeldTwiceRefused   "JN303" Error   "Two resources hold {}"
    InventoryIncomplete      "JN340" Error   "The list of numbers is incomplete"
    RecordsNotRead           "JN341" Error   "Records of numbers cannot be read"
    FilterUndecided          "JN342" Error   "The list cannot be filtered by {}"
    LookUpFailed             "JN344" Error   "Cannot read {}"
    NotFound                 "JN345" Error   "{} was not found"
    OneOfTwoNeeded           "JN346" Error   "One of phone_number and iccid is needed"
    WordUnknown              "JN343" Warning "No number has this {}"
    NumberEnded              "JN310" Warning "{} has ended"
    NumberGone               "JN311" Warning "{} no longer exists in the account"
    NumberYoung              "JN312" Warning "{} is not visible yet"
    ReadsDisagree            "JN313" Warning "Reads of {} disagree"
    NumberUnconfirmed        "JN314" Warning "{} is not visible"
    NumberUnproved           "JN315" Error   "{} is missing"
    TooManyMissing           "JN316" Error   "Too many numbers are missing"
    NumberOfAnotherAccount   "JN317" Error   "{} belongs to another account"
    AccountUnknown           "JN318" Error   "{} is not in this account"
    SimMoved                 "JN319" Error   "The SIM of {} has another number"
    NumberUnreadable         "JN320" Error   "Cannot read {}"
    NumberOfSomebodyElse     "JN321" Error   "{} belongs to somebody else"
    OrderNotVisible          "JN322" Warning "{} is not visible"
    OrderFailedLater         "JN323" Warning "{} failed"
    NothingToAskBy           "JN324" Error   "A number without number and order"
    NothingToReadBy          "JN325" Warning "A number without number and order"
    NumberNotCancelled       "JN420" Error   "{} was not cancelled"
    NumberNotParked          "JN421" Error   "{} was not parked"
    StatusOrderPending       "JN422" Error   "The change of {} is pending"
    OrderStillPending        "JN424" Error   "{} is still pending"
    NumberNotCompleted       "JN425" Error   "Cannot read {}"
    OrderFailedMeanwhile     "JN426" Error   "{} failed"
    StateNameMissing         "JN601" Error   "state_name is not set"
    JournalInvalid           "JN602" Error   "purchase_journal is invalid"
    ProxyMalformed           "JN610" Error   "{} is malformed"
    ProxyUnsupported         "JN611" Error   "{} names an unsupported proxy"
    SecretGivenTwice         "JN501" Error   "{}"
    SecretNeedsVersion       "JN502" Error   "{}"
    RouteNeedsUrl            "JN503" Error   "A URL route needs a URL"
    RouteDestroyed           "JN504" Warning "This plan destroys {}"
    RouteReplaced            "JN505" Warning "This plan replaces {}"
    RouteNotCreated          "JN510" Error   "{} was not created"
    RouteCancelled           "JN511" Error   "{} was not created"
    RouteUnconfirmed         "JN512" Error   "{} may have been created"
    RouteNotListed           "JN513" Error   "{} was not created"
    RouteAmbiguous           "JN514" Error   "{} may have been created"
    RouteAdopted             "JN515" Warning "Adopted {} after a lost response"
    RouteEnabledUnverified   "JN516" Warning "{} may not be enabled"
    RouteUnreadable          "JN520" Error   "Cannot read {}"
    RouteNotImported         "JN521" Error   "Cannot import {}"
    RouteIdInvalid           "JN522" Error   "Not an import id of a {}"
    RouteGone                "JN523" Warning "{} no longer exists"
    RouteWithoutId           "JN524" Error   "A {} without an id"
    RouteOfAnotherAccount    "JN525" Error   "{} belongs to another account"
    RouteNotChanged          "JN530" Error   "Cannot change {}"
    RouteNotUnset            "JN531" Error   "{} kept removed arguments"
    RouteUnverified          "JN532" Warning "Cannot verify {}"
    RouteNotDeleted          "JN540" Error   "{} was not deleted"
    RouteInUse               "JN541" Error   "{} was not deleted"
    RouteDeletedInUse        "JN542" Warning "{} was in use"
    ActionWithoutNumber      "JN701" Error   "The action has no number"
    SwapsBack                "JN702" Warning "A configured iccid would swap the SIM back"
    ActivationUnreadable         "JN720" Error   "The text is not an activation code"
    SecondConfiguration      "JN603" Warning "Two configurations share one provider process"
}

/// What a message's event cost, in one wording.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Cost {
    /// No request left for this resource.
    NothingSent,
    /// Proof that nothing was bought.
    NothingBought,
    /// This was bought, once.
    Bought(String),
    /// It is not known whether anything was bought.
    Unknown,
    /// Nothing changed, at the API or in state.
    NothingChanged,
    /// This was not changed; what else happened is not said.
    Unchanged(String),
    /// It is a plan that says so.
    Planned,
    /// A look-up, which changes nothing.
    OnlyRead,
    /// It is no longer in state.
    Removed,
    /// It stays in state, and may have to be paid for.
    Kept(String),
    /// This was created, once.
    Created(String),
    /// It is not known whether something that costs nothing was created.
    NotRepeated,
    /// The state has what was read last.
    LastRead(String),
}

impl Cost {
    fn sentence(&self) -> String {
        match self {
            Self::NothingSent => "Nothing was sent for this resource.".to_owned(),
            Self::NothingBought => "Nothing was bought and no money was spent.".to_owned(),
            Self::Bought(name) => format!("{name} was bought once and is stored."),
            Self::Unknown => {
                "A number may have been bought. It is not in the state, and nothing was sent \
                 again."
                    .to_owned()
            }
            Self::NothingChanged => "Nothing was changed or bought.".to_owned(),
            Self::Unchanged(name) => format!("{name} was not changed."),
            Self::Planned => "Nothing is sent before the apply.".to_owned(),
            Self::OnlyRead => "Nothing was changed.".to_owned(),
            Self::Removed => "Nothing was bought. It is removed from the state.".to_owned(),
            Self::Created(name) => format!("{name} was created once and is stored."),
            Self::NotRepeated => "It is not in the state, and nothing was sent again.".to_owned(),
            Self::LastRead(name) => format!(
                "Nothing was bought. The state holds what the API returned last for {name}."
            ),
            Self::Kept(name) => format!(
                "Nothing was bought. The state keeps {name}, which may be in service and is paid \
                 for until it ends."
            ),
        }
    }
}

/// Builds a message: what happened, what it cost, what to do next.
pub(super) fn report(
    code: Code,
    subject: &str,
    happened: impl AsRef<str>,
    cost: &Cost,
    next: impl AsRef<str>,
) -> Diagnostic {
    let (id, severity, summary) = code.row();
    let summary = capitalised(&summary.replace("{}", subject));
    let detail = format!(
        "{} {} {}",
        happened.as_ref(),
        cost.sentence(),
        next.as_ref()
    );
    let diagnostic = match severity {
        Severity::Error => Diagnostic::error(summary, detail),
        Severity::Warning => Diagnostic::warning(summary, detail),
    };
    diagnostic.with_code(id)
}

/// How much of a text that somebody else wrote is shown.
const SHOWN: usize = 80;

/// A text that somebody else wrote, in quotes: on one line, and no longer than it may be.
pub(super) fn shown(text: &str) -> String {
    format!("{:?}", text.chars().take(SHOWN).collect::<String>())
}

/// The text with a capital letter at its beginning.
pub(super) fn capitalised(text: &str) -> String {
    // The names of arguments and variables keep theirs.
    let is_name = text
        .split(' ')
        .next()
        .is_some_and(|word| word.contains('_'));
    let mut characters = text.chars();
    match characters.next() {
        Some(first) if !is_name => first.to_uppercase().chain(characters).collect(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests;
