//! Lists of known bad addresses, in the form of the playbook's table and as people pass them on.

use super::intrusion::{PLANTED_KEY, PLANTED_USER};
use super::pack::Tree;
use super::world::*;

pub(super) fn write(tree: &mut Tree) {
    let table = format!(
        "threat_ip,threat_comment\n\
         {ATTACKER},\"SSH guessing, \\\"kestrel\\\" case\"\n\
         {ATTACKER_HELPER},SSH guessing\n\
         {ATTACKER_EXIT},\"exit node, seen with a console sign-in\"\n\
         {DROP_SITE},\"receives data (HTTPS)\"\n\
         {ODD_RESOLVER},\"answers tunnelled names; see C:\\\\cases\\\\dns.txt\"\n\
         {SCANNER},scanner\n\
         192.0.2.240,never seen in this case\n"
    );
    tree.add("indicators/ioc-list.csv", table.into_bytes());
    let plain = format!(
        "# Passed on by a partner. Defanged; check before use.\n\
         {}\n\
         {}  # drop site\n\
         hxxp://drop[.]example/upload\n\
         192.0.2[.]96/27   # scanners\n\
         2001:db8:bad::/48\n\
         198.51.100.250\n\
         {PLANTED_KEY}\n\
         arn:aws:iam::{PRODUCTION}:user/{PLANTED_USER}\n",
        ATTACKER.replace('.', "[.]"),
        DROP_SITE.replacen('.', "[.]", 1)
    );
    tree.add("indicators/partner-list.txt", plain.into_bytes());
}
