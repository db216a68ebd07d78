//! What the table of voice routes does not say.

use super::model::{ManagedRoute, RouteModel};
use crate::joonto::{Field, NumberRecord, Patch, RoutePatch, RouteValue, VoiceRoute};
use crate::provider::diagnostics::values;
use crate::terraform::Diagnostics;
use crate::terraform::identity::IdentitySchema;

impl ManagedRoute for VoiceRoute {
    const TYPE_NAME: &'static str = "joonto_voice_route";
    const LIST_TYPE_NAME: &'static str = "joonto_voice_routes";
    const DOC: &'static str = "A voice route: where incoming calls of the numbers on it go, to a \
                               SIP (Session Initiation Protocol) trunk or to a URL that decides.";
    const NOT_AN_ID: &'static str = "is not the id of a voice route, which begins with CRID-";
    const NOT_RETURNED: &'static str = "Its authentication and its callback are not returned.";
    const IDENTITY: IdentitySchema = IdentitySchema {
        attribute: "route_id",
        of: "route_id",
        description: "Id of the route, `CRID-...`.",
    };
    const RECOGNIZED_BY: &'static [&'static str] = &["route_name", "route_type", "voice_url"];

    fn route_of(number: &NumberRecord) -> &Field<String> {
        &number.voice_route_id
    }

    fn validate(route: &RouteModel<Self>, diagnostics: &mut Diagnostics) {
        let url = route.get("voice_url");
        let is_without_url = url.is_null() || url.as_str() == Some("");
        if route.text("route_type") == Some("URL") && is_without_url {
            diagnostics.push(values::route_needs_url());
        }
    }

    fn hint(patch: &RoutePatch) -> Option<&'static str> {
        let none = Patch::Set(RouteValue::Text("None".to_owned()));
        let is_switched_off = patch.get("voice_authentication_type") == Some(&none);
        is_switched_off.then_some(
            "The API does not switch authentication off on a route that exists: the route must be \
             replaced, with `-replace` and this resource's address.",
        )
    }
}
