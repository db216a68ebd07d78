//! Message routes that are looked up.

use crate::joonto;
use crate::provider::route;
use crate::terraform::Attr;

route::found! {
    /// A message route of the account, whether or not Terraform manages it. Its secrets are not
    /// returned.
    FoundMessageRoute = "joonto_message_route", "message route", of joonto::MessageRoute;
    /// The message routes of an account, whether or not Terraform manages them.
    MessageRoutes = "joonto_message_routes", "the message routes", of ListedMessageRoute;
    alone {}
    both {
        /// The route's name.
        route_name: String;
        /// The URL incoming messages are sent to.
        message_url: String;
        /// How `message_url` is called: `GET` or `POST`.
        message_url_method: String;
        /// Whether the route is in service.
        enabled: bool;
        /// How the API proves who it is at `message_url`.
        message_authentication_type: String;
        /// The URL delivery receipts are sent to.
        callback_message_url: String;
        /// How `callback_message_url` is called: `GET` or `POST`.
        callback_message_url_method: String;
        /// How the API proves who it is at `callback_message_url`.
        callback_message_authentication_type: String;
    }
}
