//! What the table of message routes does not say.

use super::model::{ManagedRoute, RouteModel, stored};
use crate::context::Context;
use crate::joonto::{
    Client, Error, Field, MessageRoute, NumberRecord, Patch, Route, RoutePatch, RouteValue,
};
use crate::terraform::identity::IdentitySchema;
use crate::terraform::value::Value;

impl ManagedRoute for MessageRoute {
    const TYPE_NAME: &'static str = "joonto_message_route";
    const LIST_TYPE_NAME: &'static str = "joonto_message_routes";
    const DOC: &'static str = "A message route: where incoming messages of the numbers on it are \
                               sent, and where delivery receipts go.";
    const NOT_AN_ID: &'static str = "is not the id of a message route, which begins with MRID-";
    const NOT_RETURNED: &'static str = "Its secrets are not returned.";
    const IDENTITY: IdentitySchema = IdentitySchema {
        attribute: "route_id",
        of: "route_id",
        description: "Id of the route, `MRID-...`.",
    };
    const RECOGNIZED_BY: &'static [&'static str] = &["route_name", "message_url"];

    fn route_of(number: &NumberRecord) -> &Field<String> {
        &number.message_route_id
    }

    /// An unset callback authentication is returned as null, at times with the user name still
    /// there.
    fn flatten(route: &mut RouteModel<Self>, returned: &Route) {
        const NAME: &str = "callback_message_authentication_type";
        let kept = route.text(NAME);
        let is_set = kept.is_some_and(|kept| !["", "None"].contains(&kept));
        if is_set && *returned.setting(NAME) == Field::Null {
            route.set(NAME, Value::Null);
        }
    }

    /// The API's own sample of a creation asks for a route in service and returns that it is not.
    /// What a read says counts; one update puts it right, and after that it is believed.
    async fn verify_created(
        route: &mut RouteModel<Self>,
        created: &Route,
        client: &Client,
        context: &Context,
    ) -> Result<(), Error> {
        let wanted = route.get("enabled").as_bool();
        let as_wanted = RouteValue::Flag(wanted.unwrap_or(true));
        let is_fine = |returned: &RouteValue| *returned == as_wanted;
        let Some(id) = &created.id else { return Ok(()) };
        if created.value("enabled").is_none_or(is_fine) {
            return Ok(());
        }
        let now = client.route::<Self>(id, context).await?;
        let now = now.as_ref().and_then(|now| now.value("enabled"));
        if wanted.is_none() {
            route.set("enabled", now.map(stored));
        } else if !now.is_some_and(is_fine) {
            let patch = RoutePatch::from([("enabled", Patch::Set(as_wanted))]);
            client.update_route::<Self>(id, &patch, context).await?;
        }
        Ok(())
    }
}
