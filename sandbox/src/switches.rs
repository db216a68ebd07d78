//! Everything about the API that nobody knows for sure, as settings. The defaults are the likeliest readings.
//!
//! Long because each switch is described, declared and given its default.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Which edition of the API is imitated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// The user's own document: `voip` exists, `ProductType` and `AccountId` are optional.
    #[default]
    Seed,
    /// Today's description: no `voip`, `ProductType` required, the response carries `ICCID`.
    Current,
}

/// How closely requests are looked at, where the vendor's description and the service's own models differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Edition {
    /// As the description says: with its words and required fields.
    #[default]
    Strict,
    /// As the service's models do.
    Wide,
}

/// What reads return for a number whose data limit nobody has set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NewLimit {
    /// 20 MB.
    #[default]
    TwentyMegabytes,
    /// Nulls.
    Nulls,
    /// Zeros.
    Zeros,
}

/// How a 429 says when to come back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryAfter {
    /// It does not.
    #[default]
    Absent,
    /// In seconds.
    Seconds,
    /// As an HTTP date.
    Date,
}

/// Which query parameter of the details call is understood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DetailsKey {
    /// `Number` and `PhoneNumber`.
    #[default]
    Both,
    /// Only `Number`; the other is ignored.
    Number,
    /// Only `PhoneNumber`; the other is ignored.
    PhoneNumber,
}

/// What a null does in an update of a number or a route.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NullInUpdate {
    /// It clears the value.
    #[default]
    Clears,
    /// It is as if the key were not there.
    Ignored,
    /// It is refused with 400.
    Refused,
}

/// What responses show of a webhook's secrets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WebhookSecrets {
    /// The values.
    #[default]
    Echoed,
    /// Asterisks.
    Masked,
    /// Null.
    Null,
}

/// The key under which a status change lists its numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusKeys {
    /// `Numbers`, as documented.
    #[default]
    Numbers,
    /// `NumbersChange`, or `NumbersChanged` for park, with fees: the responses of 2025.
    Older,
}

/// Who may list subscribers, by what the list of somebody else says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SubscriberList {
    /// The credentials are a distributor's: the list is whole.
    #[default]
    Whole,
    /// They are not: 403.
    Forbidden,
    /// They are not: 404.
    Missing,
    /// They are not: the list is empty.
    Empty,
}

/// What a transfer of a subscriber does that is not in the account it names as its source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WrongSource {
    /// It is refused with 400.
    #[default]
    Refused,
    /// The source is not looked at.
    Ignored,
    /// Nothing, with 200.
    NothingDone,
}

/// What a delayed effect waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Lag {
    /// So many reads still show the old state.
    Reads(u32),
    /// Reads show the old state until the clock has moved on by so much.
    Time(#[serde(with = "millis")] Duration),
}

/// What happens to the inventory just before a page of it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct PageShift {
    /// Which page.
    pub before: usize,
    /// The first number of the first page is removed permanently, so that all others move up.
    pub purge: bool,
    /// Somebody else buys a number; it is listed last.
    pub buy: bool,
    /// For how many reads of the page; none = for each.
    pub times: Option<u32>,
}

impl Default for PageShift {
    fn default() -> Self {
        Self {
            before: 2,
            purge: true,
            buy: false,
            times: Some(1),
        }
    }
}

impl PageShift {
    /// Once, before this page is read, the first number of page 1 is removed.
    pub fn purge_before(page: usize) -> Self {
        Self {
            before: page,
            ..Self::default()
        }
    }

    /// Somebody else buys a number at the same moment, so that the total stays as it was.
    #[must_use]
    pub fn and_buy(self) -> Self {
        Self { buy: true, ..self }
    }

    /// Before each read of the page, not only the first.
    #[must_use]
    pub fn always(self) -> Self {
        Self {
            times: None,
            ..self
        }
    }
}

/// What the stated expiry of a token looks like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StatedExpiry {
    /// The instant the token expires, in the JWT and in `tokenExpiry`.
    #[default]
    True,
    /// The token is no JWT and `tokenExpiry` is not a date.
    Unreadable,
    /// Both say an hour ago, though the token works.
    Past,
    /// The token is no JWT and there is no `tokenExpiry`.
    Absent,
}

/// What the response says of a number that was in no device yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoDevice {
    /// 404.
    #[default]
    NotFound,
    /// Nulls.
    Nulls,
    /// Nulls, and another `Status`.
    Status,
}

/// What the list of accounts is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountList {
    /// An array.
    #[default]
    Array,
    /// One account, as in the sample.
    One,
    /// `Results`, beside a total that is wrong.
    Results,
    /// 403, as for somebody who is no distributor.
    Refused,
}

/// The words for the states of a port-in. Three sources have three vocabularies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PortInWords {
    /// `Pending`, `InProgress`, `ResolutionRequired`, `Complete`: a word for each state.
    #[default]
    Notes,
    /// `Submitted` or, after an update, `Pending Carrier Approval`; `Scheduled`, `Rejected`, `Completed`.
    Guides,
    /// `Pending` also for an accepted one, `Error`, `Complete`.
    Description,
}

/// The settings of a sandbox. Change them at any time with [`Sandbox::switch`](crate::Sandbox::switch).
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Switches {
    /// The edition of the API.
    pub profile: Profile,

    /// Wrong credentials get a 200 with `successful: false` instead of 401.
    pub bad_credentials_as_200: bool,
    /// A token used at another endpoint is refused with 401 instead of 403.
    pub wrong_endpoint_is_401: bool,
    /// How long a token lives, in milliseconds of the sandbox's clock.
    #[serde(with = "millis")]
    pub token_life: Duration,
    /// What the token response says about the expiry.
    pub stated_expiry: StatedExpiry,

    /// Requests allowed per minute and `AccountKey`; none = no limit.
    pub limit: Option<u32>,
    /// The minute starts on the minute instead of sliding.
    pub limit_fixed_window: bool,
    /// What a 429 says about coming back.
    pub retry_after: RetryAfter,
    /// Token calls do not count toward the limit.
    pub tokens_exempt: bool,

    /// A purchase without `MessageRouteId` is refused.
    pub message_route_required: bool,
    /// The credentials own several accounts, so a purchase without `AccountId` is refused.
    pub account_id_required: bool,
    /// A purchase with the ICCID of a live number is refused.
    pub sim_in_use_refused: bool,
    /// The next purchases fail with this text.
    pub fail_orders: Option<String>,
    /// A failed order is a 400 instead of a 200 that says so.
    pub failed_order_is_400: bool,
    /// The response names another ICCID than the request (only where the response carries one).
    pub responses_other_iccid: bool,
    /// The response names another subscriber than the request.
    pub responses_other_subscriber: bool,
    /// The response to the next purchase names this number. The purchase buys another one; the order is its own.
    pub names_number: Option<String>,
    /// A purchase that equals one made within this time (milliseconds of the sandbox's clock) buys nothing. It gets
    /// the response of that one.
    #[serde(with = "optional_millis")]
    pub merge_equal_orders: Option<Duration>,

    /// A purchase starts as a pending order that completes with the poll after so many pending ones.
    pub pending_polls: Option<u32>,
    /// A purchase stays pending until [`Sandbox::complete_order`](crate::Sandbox::complete_order).
    pub pending_forever: bool,
    /// A purchase stays pending for so long (milliseconds of the sandbox's clock), then completes, even
    /// if nobody asks.
    #[serde(with = "optional_millis")]
    pub pending_time: Option<Duration>,
    /// The word for an order in work.
    pub pending_word: String,
    /// The word for an order that failed.
    pub failed_word: String,
    /// A pending order ends in `Error` with this text instead of completing.
    pub pending_ends_in_error: Option<String>,
    /// The first response of a pending order already names the number.
    pub pending_shows_number: bool,
    /// An order is a 404 for so many polls before it is found.
    pub order_missing_polls: u32,
    /// Whatever order a read asks for, it gets the account's first purchase.
    pub order_names_first_order: bool,

    /// Which query parameter of the details call is understood.
    pub details_key: DetailsKey,
    /// Details respond 404 for a number just bought, asked for by number.
    pub details_lag: Option<Lag>,
    /// Details do not find a number just bought, asked for by ICCID.
    pub sim_lag: Option<Lag>,
    /// While details lag by number, changes of that number (updates, status) respond 404 too.
    pub changes_lag: bool,
    /// Details response another number than the one asked for (fault F23).
    pub details_response_other_number: bool,
    /// `Classification` of an IoT number reads `IOT`.
    pub iot_in_capitals: bool,
    /// `Iccid` reads with a filler `F` at its end.
    pub iccid_filler: bool,
    /// Details name the voice route `T` and digits.
    pub voice_route_as_digits: bool,
    /// Details do not tell the subscriber.
    pub subscriber_hidden: bool,
    /// `Status` of a live number.
    pub active_word: String,
    /// `Status` of a parked number.
    pub parked_word: String,
    /// `Status` of a cancelled number.
    pub cancelled_word: String,
    /// `Status` reads as null.
    pub status_null: bool,
    /// A cancelled number is a 404 at once.
    pub cancelled_is_gone: bool,
    /// Details tell `OriginalDatePurchased`, as the inventory does.
    pub details_tell_date: bool,
    /// Details (by number and by ICCID) and the inventory do not show these numbers; see
    /// [`Sandbox::hide`](crate::Sandbox::hide). Changes of them work.
    pub hidden_numbers: BTreeSet<String>,
    /// Every number is a 404 and the inventory is empty, as under foreign credentials (fault F22).
    pub numbers_invisible: bool,

    /// Records on a page of the inventory.
    pub page_size: usize,
    /// The inventory ignores `PageNumber` and repeats its first page.
    pub page_ignored: bool,
    /// `TotalResults` is off by so many.
    pub total_off_by: i64,
    /// A number is bought by somebody else before each further page, so the pages shift.
    pub pages_shift: bool,
    /// What happens to the inventory just before one of its pages is read.
    pub page_shift: Option<PageShift>,
    /// `TotalResults` counts the page alone.
    pub total_counts_page: bool,
    /// The inventory lists only the numbers of the account it names, not those of the credentials' other accounts.
    pub inventory_of_one_account: bool,
    /// The inventory is another account's (fault F21).
    pub inventory_of_other_account: bool,
    /// Each newly bought number is listed together with an equal one that nobody bought (fault F20).
    pub inventory_twins: bool,
    /// A number just bought does not show in the inventory yet.
    pub inventory_lag: Option<Lag>,
    /// Areas on a page of the availability response.
    pub availability_page_size: usize,

    /// Reads show the state before an update for a while.
    pub update_lag: Option<Lag>,
    /// Reads show the state before a change of status for a while, with the SIM the number had.
    pub status_lag: Option<Lag>,
    /// A `park`, `cancel` or `activate` is a pending order for so many reads of the order, or for so long, and is done
    /// then. [`Sandbox::complete_order`](crate::Sandbox::complete_order) and `fail_order` end it sooner.
    pub status_pending: Option<Lag>,
    /// A pending change of status ends in an error with this text. Nothing is changed.
    pub status_ends_in_error: Option<String>,
    /// A change of status does not change these numbers, though its order says `Complete`. Their items in the response
    /// say `Failed` and the text given; all other items say `Success`.
    pub failed_items: BTreeMap<String, String>,
    /// What null does in an update of a number or a route.
    pub null_in_update: NullInUpdate,
    /// Status changes with a past date are refused.
    pub past_dates_refused: bool,
    /// The list key and fees of status responses.
    pub status_keys: StatusKeys,
    /// A change of an unknown SIM's status is a 404 instead of a 200 that says so.
    pub unknown_sim_is_404: bool,

    /// Which rules requests are checked by, where there are two editions of them.
    pub edition: Edition,
    /// Reads show the data limits before a change for a while.
    pub data_lag: Option<Lag>,
    /// What reads return for a number whose data limit nobody has set.
    pub new_limit: NewLimit,
    /// Data requests with a number that is not the caller's are a 404, instead of leaving it out.
    pub unknown_data_number_refused: bool,
    /// Reads of data limits return the speed as it was sent.
    pub speed_as_sent: bool,
    /// Responses to a renewal return it.
    pub renewal_returned: bool,

    /// QR links carry the picture options after the code.
    pub qr_picture_options: bool,
    /// QR links carry no code.
    pub qr_without_text: bool,

    /// The e-mail of another subscriber is refused with 409 instead of 400.
    pub email_taken_is_409: bool,
    /// `PhoneNumbers` in an update of a subscriber extends the list instead of replacing it.
    pub subscriber_numbers_extend: bool,
    /// `Account` of a subscriber reads as null everywhere.
    pub subscriber_account_hidden: bool,
    /// A transfer whose source is wrong.
    pub transfer_from_wrong_account: WrongSource,
    /// What the list of subscribers is for these credentials.
    pub subscriber_list: SubscriberList,
    /// The list of subscribers tells `Account`.
    pub subscriber_list_tells_account: bool,
    /// The list of subscribers has at most so many on a page, whatever a request asks for.
    pub subscriber_page_limit: Option<usize>,
    /// A purchase without a subscriber makes one without a name.
    pub placeholder_subscribers: bool,

    /// Deleting a route that a number still uses is refused.
    pub route_in_use_refused: bool,
    /// `MessageRouteEnabled: true` on create is returned, and kept, as false.
    pub new_message_route_disabled: bool,

    /// What responses show of a webhook's secrets.
    pub webhook_secrets: WebhookSecrets,
    /// The URL of a webhook may begin with `http://`.
    pub webhook_http_allowed: bool,
    /// Creating a webhook takes `Bearer` instead of `Token`, as an update does.
    pub webhook_bearer_on_create: bool,
    /// An update of a webhook clears what it does not send.
    pub webhook_update_forgets: bool,
    /// A webhook is found by its id alone only in the default account.
    pub webhook_get_needs_account: bool,
    /// `WebhookStatus` in the response to a deletion.
    pub webhook_deleted_word: String,

    /// An address that is not in the guide gets a 200 with `Status` `Failed` instead of 400.
    pub e911_refusal_is_200: bool,
    /// A number without an address gets a 200 with nulls instead of 404.
    pub e911_missing_is_200: bool,
    /// Addresses are kept as they are sent, instead of in capitals and with ZIP+4.
    pub e911_verbatim: bool,
    /// The `Status` of an address that was taken.
    pub e911_success_word: String,
    /// What the response says of a number that was in no device yet.
    pub no_device: NoDevice,
    /// `refresh-nnid` says `Successful: false`.
    pub nnid_refresh_fails: bool,
    /// What the list of accounts is.
    pub account_list: AccountList,

    /// The words for the states of port-ins.
    pub port_in_words: PortInWords,
    /// A port-in that waits or is accepted reads as this word.
    pub port_in_open_word: Option<String>,
    /// A port-in is accepted, and then done, after so many reads of its order each, or after so long each. None: it
    /// stays as it is until [`Sandbox::port_in`](crate::Sandbox::port_in) moves it.
    pub port_in_step: Option<Lag>,
    /// Where `port_in_step` would accept a port-in, the losing carrier refuses it with this message.
    pub port_in_refusal: Option<String>,
    /// Reads of an order show the state of a port-in before its last change for a while.
    pub port_in_lag: Option<Lag>,
    /// Every update and cancel of a port-in is refused with `GENS-0041`.
    pub port_in_stuck: bool,
    /// An update or cancel of a port-in that is refused is a 200 with `Status` `Failed` instead of 400.
    pub port_in_refused_is_200: bool,
    /// What refuses a port-in repeats the account number and password that it was sent.
    pub port_in_echoes_secrets: bool,
    /// A second port-in of a number is refused with 409 instead of 400.
    pub port_in_second_is_409: bool,
    /// The order ids of port-ins begin with `JNOID-`.
    pub port_in_jnoid: bool,
    /// `PortInDate` has to be `MM/DD/YYYY` instead of `YYYY-MM-DD`.
    pub port_in_us_dates: bool,
    /// The response about eligibility lacks `Eligible`.
    pub port_in_eligible_absent: bool,
    /// `Status` in the response to a cancel of a port-in; none = it is absent.
    pub port_in_cancel_word: Option<String>,
    /// The account that ported numbers come to; none = the default one.
    pub port_in_account: Option<String>,
    /// The fee for a port-in is given back when it is cancelled.
    pub port_in_fee_returned: bool,

    /// The keys of every response come in random case.
    pub random_key_case: bool,
    /// Responses of 200 are wrapped: `{"Successful": true, "Data": {...}}`.
    pub wrapped_responses: bool,
    /// Phone numbers in responses lack their `+`, as in samples of 2025.
    pub numbers_without_plus: bool,
    /// Responses say `""` where they mean null.
    pub blank_for_null: bool,
    /// Responses carry a `Date` header, by the sandbox's clock.
    pub date_header: bool,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            profile: Profile::Seed,
            bad_credentials_as_200: false,
            wrong_endpoint_is_401: false,
            token_life: Duration::from_secs(300),
            stated_expiry: StatedExpiry::True,
            limit: None,
            limit_fixed_window: false,
            retry_after: RetryAfter::Absent,
            tokens_exempt: false,
            message_route_required: false,
            account_id_required: false,
            sim_in_use_refused: false,
            fail_orders: None,
            failed_order_is_400: false,
            responses_other_iccid: false,
            responses_other_subscriber: false,
            names_number: None,
            merge_equal_orders: None,
            pending_polls: None,
            pending_forever: false,
            pending_time: None,
            pending_word: "Pending".into(),
            failed_word: "Error".into(),
            pending_ends_in_error: None,
            pending_shows_number: false,
            order_missing_polls: 0,
            order_names_first_order: false,
            details_key: DetailsKey::Both,
            details_lag: None,
            sim_lag: None,
            changes_lag: false,
            details_response_other_number: false,
            iot_in_capitals: false,
            iccid_filler: true,
            voice_route_as_digits: false,
            subscriber_hidden: false,
            active_word: "Active".into(),
            parked_word: "Parked".into(),
            cancelled_word: "Cancelled".into(),
            status_null: false,
            cancelled_is_gone: false,
            details_tell_date: false,
            hidden_numbers: BTreeSet::new(),
            numbers_invisible: false,
            page_size: 100,
            page_ignored: false,
            total_off_by: 0,
            pages_shift: false,
            page_shift: None,
            total_counts_page: false,
            inventory_of_one_account: false,
            inventory_of_other_account: false,
            inventory_twins: false,
            inventory_lag: None,
            availability_page_size: 10_000,
            update_lag: None,
            status_lag: None,
            status_pending: None,
            status_ends_in_error: None,
            failed_items: BTreeMap::new(),
            null_in_update: NullInUpdate::Clears,
            past_dates_refused: false,
            status_keys: StatusKeys::Numbers,
            edition: Edition::Strict,
            data_lag: None,
            new_limit: NewLimit::TwentyMegabytes,
            unknown_data_number_refused: false,
            speed_as_sent: false,
            renewal_returned: false,
            unknown_sim_is_404: false,
            qr_picture_options: true,
            qr_without_text: false,
            email_taken_is_409: false,
            subscriber_numbers_extend: false,
            subscriber_account_hidden: false,
            transfer_from_wrong_account: WrongSource::Refused,
            subscriber_list: SubscriberList::Whole,
            subscriber_list_tells_account: false,
            subscriber_page_limit: None,
            placeholder_subscribers: true,
            route_in_use_refused: false,
            new_message_route_disabled: false,
            webhook_secrets: WebhookSecrets::Echoed,
            webhook_http_allowed: false,
            webhook_bearer_on_create: false,
            webhook_update_forgets: false,
            webhook_get_needs_account: false,
            webhook_deleted_word: "Deleted".into(),
            e911_refusal_is_200: false,
            e911_missing_is_200: false,
            e911_verbatim: false,
            e911_success_word: "Success".into(),
            no_device: NoDevice::NotFound,
            nnid_refresh_fails: false,
            account_list: AccountList::Array,
            port_in_words: PortInWords::Notes,
            port_in_open_word: None,
            port_in_step: None,
            port_in_refusal: None,
            port_in_lag: None,
            port_in_stuck: false,
            port_in_refused_is_200: false,
            port_in_echoes_secrets: false,
            port_in_second_is_409: false,
            port_in_jnoid: false,
            port_in_us_dates: false,
            port_in_eligible_absent: false,
            port_in_cancel_word: Some("Cancelled".into()),
            port_in_account: None,
            port_in_fee_returned: false,
            random_key_case: false,
            wrapped_responses: false,
            numbers_without_plus: false,
            blank_for_null: false,
            date_header: true,
        }
    }
}

impl Switches {
    /// Every read of a number just bought lags: details by number and by ICCID, and the inventory.
    pub fn lag_reads(&mut self, lag: impl Into<Option<Lag>>) {
        let lag = lag.into();
        self.details_lag = lag;
        self.sim_lag = lag;
        self.inventory_lag = lag;
    }
}

/// Durations as whole milliseconds, which is easier to type into a control request than seconds and nanoseconds.
pub(crate) mod millis {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(duration: &Duration, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u64(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        u64::deserialize(from).map(Duration::from_millis)
    }
}

/// As [`millis`], or null.
pub(crate) mod optional_millis {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(
        duration: &Option<Duration>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        match duration {
            Some(duration) => super::millis::serialize(duration, to),
            None => to.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Duration>, D::Error> {
        Ok(Option::<u64>::deserialize(from)?.map(Duration::from_millis))
    }
}
