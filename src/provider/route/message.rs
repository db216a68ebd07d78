//! What the table of message routes does not say.

use super::model::RouteModel;
use super::{Kind, RouteResource};
use crate::joonto::{Change, MessageRoute, NumberRecord, Route, RoutePatch, RouteValue, Told};
use crate::provider::account::Connection;
use crate::terraform::identity::Identity;
use crate::terraform::resource::Call;
use crate::terraform::value::Value;
use crate::wait::Waits;

impl Kind for MessageRoute {
    const TYPE_NAME: &'static str = "joonto_message_route";
    const LIST_TYPE_NAME: &'static str = "joonto_message_routes";
    const DOC: &'static str = "A message route: where incoming messages of the numbers on it are \
                               sent, and where delivery receipts go.";
    const NOT_RETURNED: &'static str = "Its secrets are not returned.";
    const IDENTITY: Identity = Identity {
        attribute: "route_id",
        description: "The route's id, `MRID-...`.",
    };
    const RECOGNIZED_BY: &'static [&'static str] = &["route_name", "message_url"];

    fn route_of(number: &NumberRecord) -> &Told<String> {
        &number.message_route_id
    }

    /// An unset callback authentication is returned as null, at times with the user name still
    /// there.
    fn flatten(route: &mut RouteModel<Self>, returned: &Route) {
        const NAME: &str = "callback_message_authentication_type";
        let kept = route.text(NAME);
        let is_set = kept.is_some_and(|kept| !["", "None"].contains(&kept));
        if is_set && *returned.setting(NAME) == Told::Empty {
            route.set(NAME, Value::Null);
        }
    }

    /// The API's own sample of a creation asks for a route in service and returns that it is not.
    /// What a read says counts; one update puts it right, and after that it is believed.
    async fn verify_created(
        route: &mut RouteModel<Self>,
        created: &Route,
        connection: &Connection,
        call: &Call<RouteResource<Self>>,
        waits: &Waits,
    ) {
        let wanted = route.get("enabled").as_bool();
        let (Some(RouteValue::Flag(returned)), Some(id)) = (created.value("enabled"), &created.id)
        else {
            return;
        };
        if *returned == wanted.unwrap_or(true) {
            return;
        }
        let client = &connection.client;
        let read = client.route::<Self>(id, waits).await;
        let now = read.map(|now| now.and_then(|now| now.value("enabled").cloned()));
        let problem = match (now, wanted.map(RouteValue::Flag)) {
            (Ok(now), None) => {
                route.set("enabled", now.as_ref().map(super::model::stored));
                None
            }
            (Ok(now), wanted) if now == wanted => None,
            (Ok(_), Some(wanted)) => {
                let patch = RoutePatch::from([("enabled", Change::Set(wanted))]);
                client.update_route::<Self>(id, &patch, waits).await.err()
            }
            (Err(error), _) => Some(error),
        };
        if let Some(error) = problem {
            call.warn(
                format!("{id} may not be in service as configured"),
                format!(
                    "The API answered the creation with enabled = {returned}. Whether that is so \
                     could not be read or put right: {error}. The next plan shows what is left to \
                     do."
                ),
            );
        }
    }
}
