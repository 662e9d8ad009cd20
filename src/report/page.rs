//! What is set: the report in words, in the order of reading, for HTML and PDF alike. Every text in it is fit to be
//! shown: control and direction characters are spelt out, long values are cut and say so. It knows no markup and no
//! place on a page.

use crate::model::Timestamp;
use crate::present::chart::scene::Scene;

/// Stands for the number of a page in `Pages::numbering`.
pub(crate) const PAGE: &str = "@page";
/// Stands for how many there are.
pub(crate) const PAGES: &str = "@of";

/// Stands for the number of a row in `Grid::card`.
pub(crate) const ROW: &str = "@row";

/// Where a click leads.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Link {
    /// A place of this document.
    Place(String),
    /// A file beside it.
    File(String),
}

/// A stretch of text in one style.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Span {
    pub text: String,
    pub strong: bool,
    /// In letters of one width.
    pub mono: bool,
    pub link: Option<Link>,
}

impl Span {
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    pub fn strong(text: impl Into<String>) -> Self {
        Self { text: text.into(), strong: true, ..Self::default() }
    }

    pub fn mono(text: impl Into<String>) -> Self {
        Self { text: text.into(), mono: true, ..Self::default() }
    }

    pub fn place(text: impl Into<String>, id: impl Into<String>) -> Self {
        Self { text: text.into(), link: Some(Link::Place(id.into())), ..Self::default() }
    }

    pub fn file(path: &str) -> Self {
        Self { text: path.to_owned(), mono: true, link: Some(Link::File(path.to_owned())), ..Self::default() }
    }
}

/// Lines below each other, each of spans.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    pub lines: Vec<Vec<Span>>,
    /// The last line is a remark on those above (a time in UTC): smaller.
    pub remark: Option<String>,
}

impl Cell {
    pub fn of(span: Span) -> Self {
        Self { lines: vec![vec![span]], remark: None }
    }

    pub fn plain(text: impl Into<String>) -> Self {
        Self::of(Span::plain(text))
    }

    /// Its longest line in characters.
    pub fn width(&self) -> usize {
        let line = |line: &Vec<Span>| line.iter().map(|span| span.text.chars().count()).sum::<usize>();
        self.lines.iter().map(line).max().unwrap_or(0)
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Plain,
    /// A remark: smaller, in a softer colour.
    Remark,
    /// Something that a reader must not miss: with a bar beside it.
    Notice,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    pub text: String,
    pub is_number: bool,
}

/// How a table is on a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stance {
    #[default]
    Upright,
    /// On pages that are wider than high.
    Across,
    /// Too many columns for any page: each row as a list of its own.
    Cards,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Grid {
    /// What it holds, for those who do not see it.
    pub name: String,
    pub headers: Vec<Header>,
    /// Each as long as the headers.
    pub rows: Vec<Vec<Cell>>,
    /// Places that links lead to, one for each row; or none at all.
    pub ids: Vec<String>,
    pub stance: Stance,
    /// Small letters: a long list to look things up in.
    pub is_dense: bool,
    /// What a card is called, with `ROW` where its number goes.
    pub card: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// Its own in the document.
    pub id: String,
    pub scene: Scene,
    /// What it shows, for those who do not see it.
    pub alt: String,
    pub caption: Vec<Span>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// The first page.
    Title {
        mark: String,
        title: String,
        subtitle: String,
        facts: Vec<(String, Cell)>,
        remarks: Vec<String>,
    },
    /// A list of the headings with their pages.
    Contents {
        title: String,
    },
    /// `level` from 1; what begins a part begins a page.
    Heading {
        level: u8,
        id: String,
        text: String,
        new_page: bool,
    },
    Paragraph(Vec<Span>, Tone),
    List(Vec<Vec<Span>>),
    Facts(Vec<(String, Cell)>),
    Grid(Grid),
    Figure(Box<Figure>),
    /// Text line by line in letters of one width.
    Lines(Vec<String>),
}

/// The whole of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Pages {
    /// As the `lang` of a document.
    pub language: &'static str,
    /// Of the document.
    pub title: String,
    pub author: String,
    /// At the head of every page: the mark, and the case's reference.
    pub mark: String,
    pub reference: String,
    /// At the foot of every page, with `PAGE` and `PAGES` where the numbers go.
    pub numbering: String,
    /// The case's last change: the date of the document.
    pub as_of: Timestamp,
    /// Of this document and no other.
    pub id: String,
    pub blocks: Vec<Block>,
}
