//! Groups of records (top lists, series, pairs) in words, and as the filter that keeps exactly their records.

use crate::filter::{Check, Filter, Literal, Target, clause};
use crate::model::{Dataset, FieldId, Value};
use crate::present::zone::Zone;
use crate::present::{display, principal};
use crate::query::{GroupBy, PairKey, Scope, own_field};

/// A group's key in one line.
pub fn text(by: GroupBy, key: &[Value], zone: Zone, absent: &str) -> String {
    let fields = by.fields();
    let part = |at: usize| {
        let (value, field) = key.get(at).zip(fields.get(at))?;
        display::cell(value, *field, zone)
    };
    let part = |at: usize| part(at).unwrap_or_else(|| absent.to_owned());
    match by {
        GroupBy::Pair | GroupBy::PacketPair => format!("{} → {}", part(0), part(1)),
        GroupBy::Service => {
            let protocol = match key.first() {
                Some(Value::Integer(number)) => display::protocol_name(*number).map(str::to_owned),
                _ => None,
            };
            format!("{} {}", protocol.unwrap_or_else(|| part(0)), part(1))
        }
        GroupBy::Principal => match by.telling(key) {
            [_, _] => format!("{} ({})", part(0), part(1)),
            _ => part(0),
        },
        GroupBy::Field(_)
        | GroupBy::Talker
        | GroupBy::Remote
        | GroupBy::PacketTalker
        | GroupBy::EitherPort
        | GroupBy::PrincipalName => part(0),
    }
}

/// The same for a list on screen: principals, and whatever else an ARN names, by what tells them apart. With `in_full` the
/// unique ID, or the whole ARN, is there too.
pub fn short_text(by: GroupBy, key: &[Value], zone: Zone, absent: &str, in_full: bool) -> String {
    let who = match (by, key.first()) {
        (GroupBy::Principal | GroupBy::PrincipalName, Some(Value::Text(who))) => who,
        (GroupBy::Field(_), Some(Value::Text(arn))) if arn.starts_with("arn:") && !in_full => arn,
        _ => return text(by, key, zone, absent),
    };
    let who = display::visible(&principal::short(who)).into_owned();
    match by.telling(key) {
        [_, Value::Text(id)] if in_full => format!("{who} ({})", display::visible(id)),
        _ => who,
    }
}

/// The keys of a short list in words, each another: where two principals read the same, their unique IDs are there too, and
/// where two ARNs do, they are whole.
pub fn short_texts<'a>(
    by: GroupBy,
    keys: impl Iterator<Item = &'a [Value]> + Clone,
    zone: Zone,
    absent: &str,
) -> Vec<String> {
    let short: Vec<String> = keys.clone().map(|key| short_text(by, key, zone, absent, false)).collect();
    let is_told_apart = |text: &String| short.iter().filter(|other| *other == text).count() == 1;
    let pairs = short.iter().zip(keys);
    pairs
        .map(|(text, key)| if is_told_apart(text) { text.clone() } else { short_text(by, key, zone, absent, true) })
        .collect()
}

/// The filter that keeps exactly the records of a group.
pub fn clause(by: GroupBy, key: &[Value]) -> Filter {
    let fields = by.fields();
    let value = |at: usize| key.get(at).unwrap_or(&Value::Null);
    let is = |field: &FieldId, value: &Value| clause::clause(value, *field, false);
    match by {
        GroupBy::Field(field) => is(&field, value(0)),
        GroupBy::Talker | GroupBy::Remote | GroupBy::PacketTalker | GroupBy::EitherPort => {
            Filter::any_of(fields.iter().map(|field| is(field, value(0))))
        }
        GroupBy::Pair | GroupBy::PacketPair => {
            Filter::all_of(fields.iter().enumerate().map(|(at, field)| is(field, value(at))))
        }
        GroupBy::Service => service(&fields, value(0), value(1)),
        GroupBy::Principal => principal(&fields, value(0), value(1)),
        GroupBy::PrincipalName => principal_name(&fields, value(0)),
    }
}

/// The filter that keeps exactly the records of a pair, one way; with a direction, those of this direction.
pub fn pair_clause(by: PairKey, from: &Value, to: &Value, direction: Option<&Value>) -> Filter {
    let [source, destination] = by.fields().map(|name| own_field(Dataset::Flows, name));
    let pair = clause::clause(from, source, false).and(clause::clause(to, destination, false));
    match direction {
        Some(direction) => pair.and(clause::clause(direction, own_field(Dataset::Flows, "flow_direction"), false)),
        None => pair,
    }
}

/// The lower of the two ports is this one; without both there is none.
fn service(fields: &[FieldId], protocol: &Value, port: &Value) -> Filter {
    let [of, source, destination] = fields else { return Filter::All };
    let is = |field: &FieldId| clause::clause(port, *field, false);
    let ports = match port {
        Value::Integer(number) => {
            let lower = |this: &FieldId, that: &FieldId| {
                is(this).and(Filter::test(Target::Field(*that), Check::GreaterOrEqual(Literal::Integer(*number))))
            };
            [lower(source, destination), lower(destination, source)]
        }
        _ => [is(source), is(destination)],
    };
    clause::clause(protocol, *of, false).and(Filter::any_of(ports))
}

/// The first of the fields that an event has is this.
fn principal_name(fields: &[FieldId], who: &Value) -> Filter {
    let is = |field: &FieldId, value: &Value| clause::clause(value, *field, false);
    let first = (0..fields.len()).map(|at| {
        let before = fields.iter().take(at).map(|field| is(field, &Value::Null));
        Filter::all_of(before.chain(fields.get(at).map(|field| is(field, who))))
    });
    match who {
        Value::Null => Filter::all_of(fields.iter().map(|field| is(field, who))),
        _ => Filter::any_of(first),
    }
}

/// The first of the fields (arn, principalId, ...) that an event has is this, and its principalId is that.
fn principal(fields: &[FieldId], who: &Value, id: &Value) -> Filter {
    let [arn, own_id, others @ ..] = fields else { return Filter::All };
    let is = |field: &FieldId, value: &Value| clause::clause(value, *field, false);
    let with_arn = is(arn, who).and(is(own_id, id));
    if *id != Value::Null {
        let without_arn = is(arn, &Value::Null).and(is(own_id, id));
        return if who == id { Filter::any_of([without_arn, with_arn]) } else { with_arn };
    }
    let absent = |fields: &[FieldId]| Filter::all_of(fields.iter().map(|field| is(field, &Value::Null)));
    let nobody = absent(&[*arn, *own_id]);
    if *who == Value::Null {
        return nobody.and(absent(others));
    }
    let without_arn = others.iter().enumerate().map(|(at, field)| {
        let earlier = others.get(..at).unwrap_or_default();
        nobody.clone().and(absent(earlier)).and(is(field, who))
    });
    Filter::any_of(std::iter::once(with_arn).chain(without_arn))
}

/// The address that a group is about, where it is one.
pub fn address(by: GroupBy, key: &[Value]) -> Option<String> {
    let of_address = match by {
        GroupBy::Talker | GroupBy::PacketTalker => true,
        GroupBy::Field(field) => field.kind == crate::model::Kind::Address,
        _ => false,
    };
    match key.first() {
        Some(Value::Text(text)) if of_address => crate::model::Address::parse(text.as_bytes()).map(|_| text.clone()),
        _ => None,
    }
}

/// The text of a scope's filter; and of one of its groups.
pub fn filter_text(scope: &Scope, group: Option<(GroupBy, &[Value])>) -> String {
    let own = scope.filter.clone().unwrap_or(Filter::All);
    match group {
        None => own,
        Some((by, key)) => own.narrowed(clause(by, key)),
    }
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_principal_is_its_unique_id_in_words_and_in_its_filter() {
        let value = |text: &str| if text.is_empty() { Value::Null } else { Value::Text(text.to_owned()) };
        for (who, id, words, filter) in [
            ("arn:a", "AIDA1", "arn:a (AIDA1)", "user_identity_arn = arn:a and user_identity_principal_id = AIDA1"),
            (
                "AIDA1",
                "AIDA1",
                "AIDA1",
                "user_identity_arn is null and user_identity_principal_id = AIDA1 or \
                 user_identity_arn = AIDA1 and user_identity_principal_id = AIDA1",
            ),
            (
                "ec2.amazonaws.com",
                "",
                "ec2.amazonaws.com",
                "user_identity_arn = ec2.amazonaws.com and user_identity_principal_id is null or \
                 user_identity_arn is null and user_identity_principal_id is null and user_identity_user_name = ec2.amazonaws.com or \
                 user_identity_arn is null and user_identity_principal_id is null and user_identity_user_name is null and \
                 user_identity_invoked_by = ec2.amazonaws.com or \
                 user_identity_arn is null and user_identity_principal_id is null and user_identity_user_name is null and \
                 user_identity_invoked_by is null and user_identity_type = ec2.amazonaws.com",
            ),
            (
                "",
                "",
                "none",
                "user_identity_arn is null and user_identity_principal_id is null and user_identity_user_name is null and \
                 user_identity_invoked_by is null and user_identity_type is null",
            ),
        ] {
            let key = [value(who), value(id)];
            assert_eq!(text(GroupBy::Principal, &key, Zone::default(), "none"), words);
            let made = clause(GroupBy::Principal, &key);
            assert_eq!(crate::filter::parse(filter, Dataset::Events), Ok(made.clone()), "{made}");
        }
    }

    #[test]
    fn principals_in_a_list_read_differently() {
        let key = |who: &str, id: &str| [Value::Text(who.into()), Value::Text(id.into())];
        let (role, user) = ("arn:aws:sts::1:assumed-role/ops/a", "arn:aws:iam::1:user/mori");
        let keys = [key(role, "AROA:a"), key(user, "AIDA1"), key(user, "AIDA2")];
        let texts = short_texts(GroupBy::Principal, keys.iter().map(<[Value; 2]>::as_slice), Zone::default(), "none");
        assert_eq!(texts, ["ops/a · 1", "user/mori · 1 (AIDA1)", "user/mori · 1 (AIDA2)"]);
    }

    #[test]
    fn arns_of_a_short_list_are_told_by_their_ends_and_whole_where_these_are_equal() {
        let by = GroupBy::Field(own_field(Dataset::Events, "user_identity_arn"));
        let names = [
            "arn:aws:sts::1:assumed-role/deploy/build-1",
            "arn:aws:iam::1:user/mori",
            "arn:aws-cn:iam::1:user/mori",
            "no ARN",
        ];
        let keys: Vec<[Value; 1]> = names.iter().map(|name| [Value::Text((*name).to_owned())]).collect();
        let texts = short_texts(by, keys.iter().map(<[Value; 1]>::as_slice), Zone::default(), "none");
        assert_eq!(texts, ["deploy/build-1 · 1", names[1], names[2], "no ARN"]);
    }
}
