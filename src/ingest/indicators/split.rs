//! Delimited text to rows of cells. Quotes as in RFC 4180 (doubled inside), and as the playbook's table reads them: a
//! backslash before a quote or a backslash stands for it.

/// A quote that is still open after so many bytes was never meant to be one.
const LONGEST_ROW: usize = 64 << 10;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row<'a> {
    /// The line that it begins in, from 1.
    pub line: u64,
    pub cells: Vec<String>,
    /// As it is in the text, without the line's end.
    pub raw: &'a str,
    /// A quote was not closed.
    pub open_quote: bool,
}

pub(super) struct Rows<'a> {
    rest: &'a str,
    line: u64,
    delimiter: u8,
}

impl<'a> Rows<'a> {
    pub(super) fn new(text: &'a str, delimiter: u8) -> Self {
        Self { rest: text, line: 1, delimiter }
    }
}

impl<'a> Iterator for Rows<'a> {
    type Item = Row<'a>;

    fn next(&mut self) -> Option<Row<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        let first = self.line;
        let (row, used) = read(self.rest, self.delimiter, first);
        // A quote that is never closed would swallow the file: the line is taken as it is instead.
        let (row, used) = if row.open_quote { plain(self.rest, self.delimiter, first) } else { (row, used) };
        self.line += self.rest.get(..used).unwrap_or_default().bytes().filter(|b| *b == b'\n').count() as u64;
        self.rest = self.rest.get(used..).unwrap_or_default();
        Some(row)
    }
}

/// The row at the beginning, and the bytes that it takes with its line's end.
fn read(text: &str, delimiter: u8, line: u64) -> (Row<'_>, usize) {
    let delimiter = char::from(delimiter);
    let mut cells = vec![String::new()];
    // Where the cell is: nothing yet, plain text, inside quotes, behind them.
    let (mut fresh, mut inside) = (true, false);
    let mut chars = text.char_indices().peekable();
    let mut end = (text.len(), text.len());
    while let Some((at, c)) = chars.next() {
        let Some(cell) = cells.last_mut() else { break };
        let next = chars.peek().map(|(_, next)| *next);
        if inside && at > LONGEST_ROW {
            break;
        }
        if inside {
            match (c, next) {
                ('\\', Some(escaped @ ('"' | '\\'))) => {
                    cell.push(escaped);
                    chars.next();
                }
                ('"', Some('"')) => {
                    cell.push('"');
                    chars.next();
                }
                ('"', _) => inside = false,
                _ => cell.push(c),
            }
        } else if c == delimiter {
            cells.push(String::new());
            fresh = true;
        } else if c == '\n' {
            end = (at, at + 1);
            break;
        } else if c == '"' && fresh {
            inside = true;
            fresh = false;
            cell.clear();
        } else {
            // White space before an opening quote is not the cell's.
            fresh = fresh && c.is_whitespace();
            cell.push(c);
        }
    }
    let raw = text.get(..end.0).unwrap_or_default().trim_end_matches('\r');
    if let Some(last) = cells.last_mut() {
        while last.ends_with('\r') {
            last.pop();
        }
    }
    (Row { line, cells, raw, open_quote: inside }, end.1)
}

fn plain(text: &str, delimiter: u8, line: u64) -> (Row<'_>, usize) {
    let end = text.find('\n');
    let raw = text.get(..end.unwrap_or(text.len())).unwrap_or_default().trim_end_matches('\r');
    let cells = raw.split(char::from(delimiter)).map(str::to_owned).collect();
    (Row { line, cells, raw, open_quote: true }, end.map_or(text.len(), |end| end + 1))
}

/// The delimiter that the first lines have most of.
pub(super) fn delimiter_of(text: &str) -> u8 {
    let mut best = (b',', 0);
    for delimiter in *b",;\t|" {
        let lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')).take(20);
        let count = lines.filter(|line| line.as_bytes().contains(&delimiter)).count();
        if count > best.1 {
            best = (delimiter, count);
        }
    }
    best.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str) -> Vec<Vec<String>> {
        Rows::new(text, b',').map(|row| row.cells).collect()
    }

    #[test]
    fn quotes_and_escapes() {
        for (text, expected) in [
            ("a,b", vec!["a", "b"]),
            (r#"a,"b,c""#, vec!["a", "b,c"]),
            (r#"a,"say ""x""""#, vec!["a", r#"say "x""#]),
            (r#"a,"say \"x\"""#, vec!["a", r#"say "x""#]),
            (r#"a,"C:\\cases\\dns.txt""#, vec!["a", r"C:\cases\dns.txt"]),
            (r#"a,"C:\cases""#, vec!["a", r"C:\cases"]),
            (r#"a, "b" ,c"#, vec!["a", "b ", "c"]),
            ("a,,", vec!["a", "", ""]),
            ("a,b\r\n", vec!["a", "b"]),
        ] {
            assert_eq!(cells(text), [expected], "{text}");
        }
    }

    #[test]
    fn rows_know_their_lines_and_raw_text() {
        let text = "a,\"x\ny\"\nb,2\r\n\nc,\"open\nd,4";
        let rows: Vec<(u64, String, bool)> =
            Rows::new(text, b',').map(|row| (row.line, row.raw.to_owned(), row.open_quote)).collect();
        let expected = [
            (1, "a,\"x\ny\"".to_owned(), false),
            (3, "b,2".to_owned(), false),
            (4, String::new(), false),
            (5, "c,\"open".to_owned(), true),
            (6, "d,4".to_owned(), false),
        ];
        assert_eq!(rows, expected);
    }

    #[test]
    fn the_delimiter_is_the_one_that_most_lines_have() {
        assert_eq!(delimiter_of("a;b\nc;d,e\n"), b';');
        assert_eq!(delimiter_of("a\tb\n"), b'\t');
        assert_eq!(delimiter_of("a\n"), b',');
    }
}
