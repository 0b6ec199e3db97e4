//! The reference of the API, read from its description in OpenAPI.

mod example;
mod read;
mod schema;
mod view;

pub use view::page;

/// All there is to say about the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// What holds for every call, in paragraphs.
    pub about: Vec<String>,
    /// The operations, by area.
    pub groups: Vec<Group>,
    /// The objects that answers are made of, by name.
    pub objects: Vec<Object>,
}

/// The operations of one area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// What it is about, in a word.
    pub name: String,
    /// The same in a sentence.
    pub says: String,
    /// What can be done.
    pub operations: Vec<Operation>,
}

/// One thing that can be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// Its name; unique.
    pub id: String,
    /// `GET`, `POST` and so on.
    pub method: String,
    /// Where, with `{id}` for what differs.
    pub path: String,
    /// What it does, in paragraphs; the first is one sentence.
    pub says: Vec<String>,
    /// What a call says.
    pub fields: Vec<Field>,
    /// What comes back, by status.
    pub answers: Vec<Answer>,
    /// A call from a shell.
    pub example: String,
}

/// One field of a call or of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// `path`, `query` or `body`; empty for a field of an object.
    pub place: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether it must be there.
    pub is_required: bool,
    /// What it means, in a sentence.
    pub says: String,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    /// In words; code stands in backticks.
    pub words: String,
    /// The object that it is, or whose list it is.
    pub object: Option<String>,
    /// Whether it can be null.
    pub is_nullable: bool,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its HTTP status.
    pub status: u16,
    /// What a success means; empty for a refusal, which its codes explain.
    pub says: String,
    /// The object in its body.
    pub object: Option<String>,
    /// The codes of a refusal, as they stand in the error reference.
    pub codes: Vec<String>,
}

/// An object in answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its name; unique.
    pub name: String,
    /// What it is.
    pub says: String,
    /// What it holds.
    pub fields: Vec<Field>,
}
