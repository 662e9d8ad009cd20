//! The structure of the document for those who hear it: a tree of tags, built while pages are laid out, whose leaves
//! are known when they are painted.

use krilla::tagging::{Identifier, ListNumbering, TableHeaderScope, Tag, TagGroup, TagKind, TagTree};
use std::num::NonZeroU16;

/// A node of the tree, by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NodeId(usize);

/// A leaf, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LeafId(pub usize);

enum Child {
    Node(NodeId),
    Leaf(LeafId),
}

struct Node {
    kind: TagKind,
    children: Vec<Child>,
}

pub(super) struct Tree {
    nodes: Vec<Node>,
    /// Identifiers of leaves that were painted.
    leaves: Vec<Option<Identifier>>,
}

/// What a node is.
pub(super) enum What<'a> {
    Paragraph,
    Heading(u8, &'a str),
    List,
    Item,
    Table,
    Head,
    Body,
    Row,
    ColumnHeader,
    RowHeader,
    Cell,
    Figure(&'a str),
    Caption,
    Link,
    Contents,
    ContentsItem,
    Code,
}

impl Tree {
    pub(super) fn new() -> Self {
        Self { nodes: vec![Node { kind: TagKind::from(Tag::Part), children: Vec::new() }], leaves: Vec::new() }
    }

    pub(super) fn root() -> NodeId {
        NodeId(0)
    }

    pub(super) fn node(&mut self, parent: NodeId, what: What<'_>) -> NodeId {
        let kind = match what {
            What::Paragraph => Tag::P.into(),
            What::Heading(level, text) => {
                Tag::Hn(NonZeroU16::new(level.into()).unwrap_or(NonZeroU16::MIN), Some(text.to_owned())).into()
            }
            What::List => Tag::L(ListNumbering::Circle).into(),
            What::Item => Tag::LI.into(),
            What::Table => Tag::Table.into(),
            What::Head => Tag::THead.into(),
            What::Body => Tag::TBody.into(),
            What::Row => Tag::TR.into(),
            What::ColumnHeader => Tag::TH(TableHeaderScope::Column).into(),
            What::RowHeader => Tag::TH(TableHeaderScope::Row).into(),
            What::Cell => Tag::TD.into(),
            What::Figure(alt) => Tag::Figure(Some(alt.to_owned())).into(),
            What::Caption => Tag::Caption.into(),
            What::Link => Tag::Link.into(),
            What::Contents => Tag::TOC.into(),
            What::ContentsItem => Tag::TOCI.into(),
            What::Code => Tag::Code.into(),
        };
        let id = NodeId(self.nodes.len());
        self.nodes.push(Node { kind, children: Vec::new() });
        self.push(parent, Child::Node(id));
        id
    }

    pub(super) fn leaf(&mut self, parent: NodeId) -> LeafId {
        let id = LeafId(self.leaves.len());
        self.leaves.push(None);
        self.push(parent, Child::Leaf(id));
        id
    }

    fn push(&mut self, parent: NodeId, child: Child) {
        if let Some(node) = self.nodes.get_mut(parent.0) {
            node.children.push(child);
        }
    }

    /// A leaf was painted under this identifier.
    pub(super) fn painted(&mut self, leaf: LeafId, identifier: Identifier) {
        if let Some(place) = self.leaves.get_mut(leaf.0) {
            *place = Some(identifier);
        }
    }

    pub(super) fn finish(self) -> TagTree {
        let Self { nodes, leaves } = self;
        let mut groups: Vec<Option<TagGroup>> = Vec::with_capacity(nodes.len());
        groups.resize_with(nodes.len(), || None);
        // Children are behind their parents: from the back, every child is done before its parent needs it.
        for (at, node) in nodes.into_iter().enumerate().rev() {
            let mut group = TagGroup::new(node.kind);
            for child in node.children {
                match child {
                    Child::Node(NodeId(child)) => {
                        if let Some(child) = groups.get_mut(child).and_then(Option::take) {
                            group.push(child);
                        }
                    }
                    Child::Leaf(LeafId(leaf)) => {
                        if let Some(identifier) = leaves.get(leaf).copied().flatten() {
                            group.push(identifier);
                        }
                    }
                }
            }
            if let (false, Some(place)) = (group.children.is_empty(), groups.get_mut(at)) {
                *place = Some(group);
            }
        }
        let mut tree = TagTree::new();
        if let Some(root) = groups.first_mut().and_then(Option::take) {
            tree.push(root);
        }
        tree
    }
}
