//! Reasons in the language of the window. The layers below say in English why something failed, for logs, for the command
//! line and for what a case stores; here such a reason is recognised by its English text in the catalogue.

use super::{Language, REASONS, Texts};
use regex::{Regex, RegexSet};
use std::sync::LazyLock;

struct Reason {
    id: &'static str,
    pattern: Regex,
    /// Of its arguments, in the order of the English text.
    arguments: Vec<&'static str>,
}

/// The longest patterns first: they say the most. The set tells in one go which of them fit: a table asks for each cell.
static KNOWN: LazyLock<(RegexSet, Vec<Reason>)> = LazyLock::new(|| {
    let lines = REASONS.english.lines().filter_map(|line| line.split_once(" = "));
    let mut known: Vec<(usize, Reason)> = lines.filter_map(|(id, text)| reason(id, text)).collect();
    known.sort_by_key(|(letters, _)| std::cmp::Reverse(*letters));
    let known: Vec<Reason> = known.into_iter().map(|(_, reason)| reason).collect();
    let set = RegexSet::new(known.iter().map(|reason| reason.pattern.as_str())).unwrap_or_default();
    (set, known)
});

/// The reason, and how many letters of it are its own.
fn reason(id: &'static str, text: &'static str) -> Option<(usize, Reason)> {
    let (mut pattern, mut arguments, mut letters) = ("(?s)^".to_owned(), Vec::new(), 0);
    let mut rest = text;
    while let Some((before, (name, after))) =
        rest.split_once("{ $").and_then(|(before, after)| Some((before, after.split_once(" }")?)))
    {
        pattern.push_str(&regex::escape(before));
        pattern.push_str("(.+?)");
        arguments.push(name);
        letters += before.len();
        rest = after;
    }
    pattern.push_str(&regex::escape(rest));
    pattern.push('$');
    Some((letters + rest.len(), Reason { id, pattern: Regex::new(&pattern).ok()?, arguments }))
}

impl Texts {
    /// A reason that a layer below gave in English; as it is where the catalogue does not know it.
    pub fn because(&self, english: &str) -> String {
        if self.language == Language::English {
            return english.to_owned();
        }
        let (set, known) = &*KNOWN;
        let reason = set.matches(english).iter().next().and_then(|first| known.get(first));
        let found = reason.and_then(|reason| Some((reason, reason.pattern.captures(english)?)));
        let Some((reason, captured)) = found else { return english.to_owned() };
        // A reason may hold another.
        let values = captured.iter().skip(1).flatten().map(|value| self.because(value.as_str()));
        let arguments: Vec<(&str, String)> = reason.arguments.iter().copied().zip(values).collect();
        let arguments: Vec<(&str, &str)> = arguments.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.tr_args(reason.id, &arguments)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_recognised_with_what_they_hold() {
        let japanese = Texts::new(Language::Japanese);
        let cases = [
            ("an empty folder", "空のフォルダー"),
            ("No such file or directory (os error 2)", "ファイルまたはフォルダーがない（エラー 2）"),
            (
                "cannot open /logs/東京.gz: Permission denied (os error 13)",
                "/logs/東京.gz を開けない: アクセス権がない（エラー 13）",
            ),
            ("neither a file nor a folder: a named pipe", "ファイルでもフォルダーでもない: 名前付きパイプ"),
            ("2 to 5 records can be compared", "比較できるのは 2 ～ 5 件のレコード"),
            (
                "flow: rows after 7, if there were any (out of order at 9)",
                "flow: 7 より後の行（あれば）（9 で順序が不正）",
            ),
            ("something else", "something else"),
        ];
        for (english, expect) in cases {
            assert_eq!(japanese.because(english), expect);
            assert_eq!(Texts::english().because(english), english);
        }
    }

    /// A reason that is worded otherwise in the sources would stay English.
    #[test]
    fn every_reason_is_one_that_the_sources_give() {
        let mut files = Vec::new();
        super::super::tests::sources(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
        let folded = Regex::new(r"\\\n\s*").unwrap();
        let sources: Vec<String> = files.iter().map(|file| folded.replace_all(file, "").into_owned()).collect();
        let ours = REASONS.english.lines().filter(|line| !line.starts_with("because-os") && !line.starts_with('#'));
        let mut count = 0;
        for (id, text) in ours.filter_map(|line| line.split_once(" = ")) {
            let pieces = text.split("{ $").map(|piece| piece.split_once(" }").map_or(piece, |(_, text)| text).trim());
            for piece in pieces.filter(|piece| piece.len() > 3) {
                assert!(sources.iter().any(|source| source.contains(piece)), "{id}: {piece}");
                count += 1;
            }
        }
        assert!(count > 80, "{count}");
    }
}
