//! The readers of responses about routes, for `fuzz/` alone.

use super::super::lenient_json::{FromResponse, Json};
use super::route_list::Listed;
use super::{Identified, MessageRoute, RouteKind, UpdatedRoute, VoiceRoute};

/// Reads a body as every response about a route.
pub(in crate::joonto) fn read(json: &Json) {
    read_as::<MessageRoute>(json);
    read_as::<VoiceRoute>(json);
}

fn read_as<K: RouteKind>(json: &Json) {
    let _ = Identified::<K>::read(json);
    let _ = UpdatedRoute::<K>::read(json);
    let _ = <()>::read(json);
    let listed = Listed::<K>::read(json);
    let mut routes = listed.iter().flat_map(|listed| listed.0.readable());
    let unnamed = routes.any(|route| route.id.is_none());
    assert!(!unnamed, "a route without an id is of no use");
}
