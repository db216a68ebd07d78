//! The records of open purchases and port-ins, and version 1 of them, which may have been torn, edited, or written by another version.

use terraform_provider_joonto::provider::fuzzing;

use crate::{Allowance, Seed};

pub(crate) const ALLOWANCE: Allowance = Allowance {
    fixed: 64 << 10,
    per_byte: 2 << 10,
};

const RECORD: &str = r#"{"version":2,"status":"returned","request":{"NumberType":"iot","MessageType":"p2p","MessageEnabled":false,"VoiceEnabled":false,"ICCID":"8901240397190195850"},"sent_at":1795600000,"deadline":1795600140,"written":{"utc":1795600001,"boot":["b",7]},"sim_before":"+18016025346","receipt":{"order_id":"JNUOID-1","number":"+18016025347"}}"#;
const PORT_IN: &str = r#"{"version":3,"status":"answered","phone_number":"+18016025346","order_id":"JNUOID-1","sent_at":1795600000,"deadline":1795600140,"written":{"utc":1795600001,"boot":["b",7]}}"#;
const SNAPSHOT: &str = r#"{"kind":"snapshot","scope":"0123456789abcdef01234567.fedcba9876543210fedcba98","account":"AID-1","numbers":["+18016025346"]}"#;
const INTENT: &str = r#"{"kind":"intent","id":1,"scope":"0123456789abcdef01234567.fedcba9876543210fedcba98","key":"k","at":1761741379,"wanted":{"NumberType":"mvno","MessageType":"p2p","MessageEnabled":true,"VoiceEnabled":false,"MessageRouteId":"MRID-1","AreaCode":"201"}}"#;
const ANSWERED: &str = r#"{"kind":"answered","id":1,"receipt":{"order_id":"JNUOID-1","order_status":"Complete","number":"+18016025347","phone_number_id":"NID-1"}}"#;
const FOUND: &str = r#"{"kind":"found","id":1,"number":"+18016025347"}"#;
const KNOWN: &str = r#"{"kind":"known","number":"+18016025348"}"#;
const NOTHING: &str = r#"{"kind":"nothing","id":1}"#;
const SETTLED: &str = r#"{"kind":"settled","id":1}"#;
const ENDED: &str = r#"{"kind":"ended"}"#;

pub(crate) fn run(input: &[u8]) {
    let _ = fuzzing::read_journal(input);
}

pub(crate) fn seeds() -> Vec<Seed> {
    let journals: [(_, &[&str]); 7] = [
        ("record", &[RECORD]),
        ("port_in", &[PORT_IN]),
        ("open", &[SNAPSHOT, INTENT, ""]),
        ("answered", &[SNAPSHOT, INTENT, ANSWERED, ENDED, ""]),
        ("found", &[INTENT, KNOWN, FOUND, SETTLED, ""]),
        ("nothing", &[SNAPSHOT, INTENT, NOTHING, ""]),
        ("torn", &[SNAPSHOT, INTENT, &ANSWERED[..60]]),
    ];
    journals
        .map(|(name, lines)| (name, lines.join("\n").into()))
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_leaves_its_purchase_open_unless_it_is_settled() {
        for (name, journal) in seeds() {
            let open = usize::from(!["found", "nothing"].contains(&name));
            assert_eq!(fuzzing::read_journal(&journal), open, "{name}");
        }
    }
}
