//! What a message merely claims is not allocated. Alone in its process, which it measures.

use std::alloc::System;

use prost::Message as _;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use terraform_provider_joonto::proto::tfplugin6 as wire;
use terraform_provider_joonto::terraform::value::{Type, msgpack};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// More than any of these needs, and less than a thousandth of what they claim.
const ALLOWED: usize = 4 << 10;

/// What of MessagePack says how long it is, in the four bytes that follow.
const CLAIMS: [(&str, u8); 5] = [
    ("text", 0xdb),
    ("bytes", 0xc6),
    ("elements", 0xdd),
    ("entries", 0xdf),
    ("an extension", 0xc9),
];

#[test]
fn four_gigabytes_claimed_in_ten_bytes_cost_next_to_nothing() {
    let types = [
        Type::String,
        Type::list(Type::Number),
        Type::set(Type::object([("a", Type::String)])),
        Type::object([("a", Type::Bool)]),
    ];
    for (what, marker) in CLAIMS {
        let message = [&[marker][..], &[0xff; 4], &[0xc0; 5]].concat();
        assert_eq!(message.len(), 10);
        for ty in &types {
            let (refused, taken) = measured(|| msgpack::decode(&message, ty).is_err());
            assert!(refused, "4 GiB of {what} as {ty:?}");
            assert!(taken < ALLOWED, "{taken} bytes for {what} as {ty:?}");
        }
    }
    // The same in the message around the value: field 1, 4,294,967,295 bytes long.
    let message = [0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f, 0xc0, 0xc0, 0xc0, 0xc0];
    let (refused, taken) = measured(|| wire::DynamicValue::decode(&message[..]).is_err());
    assert!(refused);
    assert!(taken < ALLOWED, "{taken} bytes for a field");

    let (_, taken) = measured(|| drop(vec![0_u8; 2 * ALLOWED]));
    assert!(taken >= 2 * ALLOWED, "what is allocated is seen");
}

fn measured<T>(run: impl FnOnce() -> T) -> (T, usize) {
    let before = ALLOCATOR.stats().bytes_allocated;
    let result = run();
    (result, ALLOCATOR.stats().bytes_allocated - before)
}
