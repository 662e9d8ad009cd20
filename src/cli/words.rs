//! The words after `coldtrail`: a command, or what the window opens. What is neither is reported before anything else
//! is read into it.

use super::arguments::near;
use super::{Arguments, CliError, finish, output};
use crate::analysis::{ALL, Analysis};
use crate::app::Opening;
use clap::{CommandFactory, Parser};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Reads the arguments of the program, its own name first.
///
/// # Errors
/// There is nothing to run: help or a mistake, which is reported; the exit code says which.
pub fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Arguments, ExitCode> {
    let (words, quiet) = without_quiet(words.into_iter().collect());
    check(&words).map_err(|error| finish(Err(error)))?;
    let words = in_full(words);
    let arguments = Arguments::try_parse_from(words).map_err(|error| {
        // Nobody listens: the exit code still tells.
        let _ = error.print();
        ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(super::exit::USAGE))
    })?;
    if quiet || arguments.quiet {
        output::be_quiet();
    }
    Ok(arguments)
}

/// `--quiet` may be before the command too, where it would make the command a path.
fn without_quiet(mut words: Vec<OsString>) -> (Vec<OsString>, bool) {
    let mut quiet = false;
    while words.get(1).is_some_and(|word| word == "--quiet") {
        words.remove(1);
        quiet = true;
    }
    (words, quiet)
}

/// An analysis is a command, too, and its parameters are options of it: `coldtrail lineage CASE --event ID` is
/// `coldtrail query CASE lineage --param event=ID`. `--all` is what it gives without parameters.
fn in_full(words: Vec<OsString>) -> Vec<OsString> {
    let named = words.get(1).and_then(|command| ALL.iter().find(|analysis| *command == *analysis.name));
    let Some(analysis) = named.filter(|_| !is_inside(&words)) else { return words };
    let mut words = words.into_iter();
    let mut full: Vec<OsString> = words.next().into_iter().collect();
    full.extend(["query".into(), format!("--analysis={}", analysis.name).into()]);
    words.next();
    while let Some(word) = words.next() {
        match parameter(analysis, &word) {
            Some((name, value)) => {
                let mut given = OsString::from(format!("--param={name}="));
                given.push(value.or_else(|| words.next()).unwrap_or_default());
                full.push(given);
            }
            None if word == "--all" && analysis.parameters.iter().any(|parameter| parameter.optional) => {}
            None => full.push(word),
        }
    }
    full
}

/// Do the words name a subcommand of a command, as `sigma import` does, or ask for its help?
fn is_inside(words: &[OsString]) -> bool {
    let [_, command, word, ..] = words else { return false };
    let arguments = Arguments::command();
    let found = arguments.get_subcommands().find(|known| *command == *known.get_name());
    let is_help = || ["help", "--help", "-h"].iter().any(|help| word == help);
    found.is_some_and(|found| found.get_subcommands().any(|inner| *word == *inner.get_name()) || is_help())
}

/// The parameter that an option names, and the value that is written with it.
fn parameter(analysis: &Analysis, word: &OsStr) -> Option<(&'static str, Option<OsString>)> {
    let text = word.to_str()?.strip_prefix("--")?;
    let (name, value) = text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value.into())));
    let name = name.replace('-', "_");
    analysis.parameters.iter().find(|parameter| parameter.name == name).map(|parameter| (parameter.name, value))
}

/// The first word that is no option is a command, a case, or evidence that is there.
fn check(words: &[OsString]) -> Result<(), CliError> {
    let first = words.iter().skip(1).find(|word| !word.to_string_lossy().starts_with('-'));
    let Some(word) = first else { return Ok(()) };
    let command = Arguments::command();
    let names: Vec<&str> = command
        .get_subcommands()
        .map(clap::Command::get_name)
        .chain(["help"])
        .chain(ALL.iter().map(|analysis| analysis.name))
        .collect();
    let text = word.to_string_lossy();
    let path = Path::new(word);
    let is_case = || Opening::of(vec![PathBuf::from(path)]).case.is_some();
    if names.contains(&&*text) || is_case() || path.symlink_metadata().is_ok() {
        return Ok(());
    }
    let is_plain = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    Err(match near(&text, &names) {
        Some(near) if is_plain => CliError::Usage(format!("unknown command {text}; did you mean {near}?")),
        _ if is_plain => CliError::Usage(format!(
            "unknown command {text}, and there is no file with this name\nFor a list of commands, see: coldtrail --help"
        )),
        _ => CliError::Unusable(format!("there is no file or folder {}", output::escape(&text))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(words: &[&str]) -> String {
        let words: Vec<OsString> = ["coldtrail"].iter().chain(words).map(OsString::from).collect();
        check(&words).map_or_else(|error| format!("{} {error}", error.exit_code()), |()| String::new())
    }

    #[test]
    fn quiet_stands_before_a_command_or_behind_it() {
        for words in [["coldtrail", "--quiet", "info", "x"], ["coldtrail", "info", "--quiet", "x"]] {
            let (words, before) = without_quiet(words.map(OsString::from).to_vec());
            let arguments = Arguments::try_parse_from(words).unwrap();
            assert!(before || arguments.quiet);
            assert!(matches!(arguments.command, Some(super::super::Command::Info(_))));
        }
    }

    #[test]
    fn an_analysis_is_a_command() {
        let words = ["coldtrail", "coverage", "x.coldtrail", "--limit", "5"].map(OsString::from).to_vec();
        let Some(super::super::Command::Query(query)) = Arguments::try_parse_from(in_full(words)).unwrap().command
        else {
            panic!()
        };
        assert_eq!((query.analysis.as_deref(), query.limit), (Some("coverage"), Some(5)));
        for words in [
            &["coldtrail", "lineage", "x.coldtrail", "--event", "e=1", "--limit", "5"][..],
            &["coldtrail", "lineage", "--event=e=1", "x.coldtrail", "--all", "--limit", "5"],
        ] {
            let full = in_full(words.iter().map(OsString::from).collect());
            let Ok(Arguments { command: Some(super::super::Command::Query(query)), .. }) =
                Arguments::try_parse_from(full)
            else {
                panic!("{words:?}")
            };
            assert_eq!((query.analysis.as_deref(), query.parameters), (Some("lineage"), vec!["event=e=1".to_owned()]));
            assert_eq!((query.case, query.limit), (Some("x.coldtrail".into()), Some(5)));
        }
        let inside = ["coldtrail", "sigma", "list", "x.coldtrail"].map(OsString::from).to_vec();
        assert_eq!(in_full(inside.clone()), inside);
        let matches = in_full(["coldtrail", "sigma", "x.coldtrail"].map(OsString::from).to_vec());
        assert_eq!(matches.get(2), Some(&OsString::from("--analysis=sigma")));
        let nothing = in_full(["coldtrail", "coverage"].map(OsString::from).to_vec());
        let error = Arguments::try_parse_from(nothing).unwrap_err();
        assert_eq!(error.kind(), clap::error::ErrorKind::MissingRequiredArgument);
        assert_eq!(told(&["coverag", "x.coldtrail"]), "2 unknown command coverag; did you mean coverage?");
    }

    #[test]
    fn a_word_that_is_no_command_and_no_file_is_told() {
        for (words, expected) in [
            (&["flwos", "case.coldtrail", "--filter", "x"][..], "2 unknown command flwos; did you mean flows?"),
            (&["--quiet", "evnts"], "2 unknown command evnts; did you mean events?"),
            (&["indicator", "import"], "2 unknown command indicator; did you mean indicators?"),
            (&["Query"], "2 unknown command Query; did you mean query?"),
            (&["sighting"], "2 unknown command sighting; did you mean sightings?"),
            (&["xyzzy"], "2 unknown command xyzzy, and there is no file with this name"),
            (&["no/such.log"], "3 there is no file or folder no/such.log"),
        ] {
            assert!(told(words).starts_with(expected), "{words:?} {}", told(words));
        }
        for fine in [&[][..], &["--help"], &["flows", "x"], &["help", "flows"], &["gone.coldtrail"], &["/"], &["src"]] {
            assert_eq!(told(fine), "", "{fine:?}");
        }
    }
}
