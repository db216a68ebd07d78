//! The readers of answers about routes, for `fuzz/` alone.

use super::super::lenient_json::Answer;
use super::super::lenient_json::Json;
use super::{Done, Echo, FromAnswer, Identified, Listed, MessageRoute, VoiceRoute};

/// Reads a body as every answer about a route.
pub(in crate::joonto) fn read(json: &Json) {
    read_as::<MessageRoute>(json);
    read_as::<VoiceRoute>(json);
}

fn read_as<R: FromAnswer>(json: &Json) {
    let _ = Identified::<R>::read(json);
    let _ = Echo::<R>::read(json);
    let _ = Done::read(json);
    let routes = Listed::<R>::read(json).map(|listed| listed.routes);
    let unnamed = routes.into_iter().flatten().any(|r| r.id().is_none());
    assert!(!unnamed, "a route without an id is of no use");
}
