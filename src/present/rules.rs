//! What monitoring rules are called, and why each matters.

use super::text::Texts;

pub(crate) struct RuleText {
    pub name: String,
    /// One sentence.
    pub why: String,
}

/// `None` for what is no rule.
pub(crate) fn rule_text(texts: &Texts, id: &str) -> Option<RuleText> {
    let (name, why) = (format!("rule-{id}"), format!("rule-{id}-why"));
    (texts.has(&name) && texts.has(&why)).then(|| RuleText { name: texts.tr(&name), why: texts.tr(&why) })
}

/// `None` for what is no group of rules.
pub(crate) fn group_text(texts: &Texts, group: &str) -> Option<String> {
    let id = format!("rule-group-{group}");
    texts.has(&id).then(|| texts.tr(&id))
}

/// What a value in a column of a result means.
pub(crate) fn meaning(texts: &Texts, column: &str, value: &str) -> Option<String> {
    match column {
        "rule" => rule_text(texts, value).map(|rule| format!("{}\n{}", rule.name, rule.why)),
        "group" => group_text(texts, value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::rules;
    use crate::present::text::Language;

    #[test]
    fn every_rule_and_group_has_its_texts() {
        for language in Language::ALL {
            for texts in [Texts::new(language), Texts::of_report(language)] {
                for rule in rules() {
                    let text = rule_text(&texts, rule.id).unwrap_or_else(|| panic!("{} {}", language.code(), rule.id));
                    assert!(!text.name.is_empty() && text.why.ends_with(['.', '。']), "{}", rule.id);
                    assert!(group_text(&texts, rule.group).is_some(), "{}", rule.group);
                }
            }
        }
    }

    #[test]
    fn values_of_rules_have_a_meaning_and_others_none() {
        let texts = Texts::english();
        assert!(meaning(&texts, "rule", "root-use").is_some_and(|text| text.starts_with("Root user activity\n")));
        assert_eq!(meaning(&texts, "group", "impact").as_deref(), Some("Impact"));
        assert_eq!(meaning(&texts, "rule", "no-rule"), None);
        assert_eq!(meaning(&texts, "actors", "impact"), None);
    }
}
