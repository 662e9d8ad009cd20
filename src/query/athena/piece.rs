//! Parts of the statement that SQLite gets, with the places of the typed text that they come from.

use std::ops::Range;

#[derive(Clone, Debug, PartialEq, Eq)]
struct Chunk {
    text: String,
    /// Where it begins in the typed statement; `None` for what was added.
    at: Option<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Something that has a value.
    Operand,
    /// A keyword, in lower case.
    Word(String),
    Sign,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    chunks: Vec<Chunk>,
    pub role: Role,
    /// In the typed statement.
    pub span: Range<usize>,
    /// The last name of a path, by which its column is called.
    pub name: Option<String>,
}

impl Piece {
    /// As it was typed.
    pub(super) fn typed(text: &str, span: Range<usize>, role: Role) -> Self {
        Self { chunks: vec![Chunk { text: text.to_owned(), at: Some(span.start) }], role, span, name: None }
    }

    /// In place of what was typed there.
    pub(super) fn instead(text: impl Into<String>, span: Range<usize>, role: Role) -> Self {
        Self { chunks: vec![Chunk { text: text.into(), at: Some(span.start) }], role, span, name: None }
    }

    /// Pieces as one, between two texts.
    pub(super) fn around(before: &str, pieces: Vec<Piece>, after: &str, span: Range<usize>, role: Role) -> Self {
        let mut chunks = vec![Chunk { text: before.to_owned(), at: None }];
        for (at, piece) in pieces.into_iter().enumerate() {
            if at > 0 {
                chunks.push(Chunk { text: " ".to_owned(), at: None });
            }
            chunks.extend(piece.chunks);
        }
        chunks.push(Chunk { text: after.to_owned(), at: None });
        Self { chunks, role, span, name: None }
    }

    pub(super) fn named(self, name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..self }
    }

    /// With a text behind it.
    pub(super) fn then(mut self, text: &str) -> Self {
        self.chunks.push(Chunk { text: text.to_owned(), at: None });
        self
    }

    pub(super) fn is(&self, word: &str) -> bool {
        matches!(&self.role, Role::Word(own) if own == word)
    }

    pub(super) fn is_operand(&self) -> bool {
        self.role == Role::Operand
    }

    /// Its text for SQLite.
    pub(super) fn text(&self) -> String {
        self.chunks.iter().map(|chunk| chunk.text.as_str()).collect()
    }
}

/// A statement for SQLite, and where its parts were typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mapped {
    pub sql: String,
    /// Where a part begins, its length, and where it was typed; in order.
    places: Vec<(usize, usize, usize)>,
}

impl Mapped {
    pub(super) fn of(pieces: Vec<Piece>) -> Self {
        let mut this = Self::default();
        for piece in pieces {
            if !this.sql.is_empty() {
                this.sql.push(' ');
            }
            for chunk in piece.chunks {
                this.places.extend(chunk.at.map(|at| (this.sql.len(), chunk.text.len(), at)));
                this.sql.push_str(&chunk.text);
            }
        }
        this
    }

    /// The place of the typed statement that a place of this one comes from.
    pub(crate) fn typed(&self, at: usize) -> Option<usize> {
        let behind = self.places.partition_point(|(begin, ..)| *begin <= at);
        let (begin, len, typed) = self.places.get(behind.checked_sub(1)?)?;
        Some(typed + (at - begin).min(len.saturating_sub(1)))
    }
}
