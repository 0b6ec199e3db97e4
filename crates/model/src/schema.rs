//! How ids, moments and keys look in JSON, for the description of the API: they are texts with a form of their own.

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        KnownFormat, ObjectBuilder, Ref, RefOr, Schema, SchemaFormat, Type, schema::SchemaType,
    },
};

use crate::{
    IssueCode, Permission, UnixMs,
    catalogue::issue_entries,
    wire::ingest::{EventResult, EventStatus},
};

/// An id of the kind that begins with `prefix`.
pub fn id(prefix: &str, what: &str) -> RefOr<Schema> {
    // 128 bits in Crockford's base 32: 26 digits, of which the first has three bits only.
    let pattern = format!("^{prefix}_[0-7][0-9A-HJKMNP-TV-Z]{{25}}$");
    let example = format!("{prefix}_01KNVTAKCTE5G9NGTN4SQG6STT");
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(what))
        .pattern(Some(pattern))
        .examples([example])
        .into()
}

impl PartialSchema for UnixMs {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .description(Some("A moment in RFC 3339. Answers are in UTC, with milliseconds."))
            .examples(["2026-04-10T13:45:05.000Z"])
            .into()
    }
}

impl ToSchema for UnixMs {
    fn name() -> std::borrow::Cow<'static, str> {
        "Moment".into()
    }
}

impl PartialSchema for Permission {
    fn schema() -> RefOr<Schema> {
        one_of("One thing a member may be allowed to do.", Self::ALL.iter().map(|one| one.key()))
    }
}

impl ToSchema for Permission {}

impl PartialSchema for IssueCode {
    fn schema() -> RefOr<Schema> {
        one_of("A fault of an ingest request.", issue_entries().map(|entry| entry.text))
    }
}

impl ToSchema for IssueCode {}

/// The parts of an issue stand beside the status, or none of them does.
impl PartialSchema for EventResult {
    fn schema() -> RefOr<Schema> {
        let text = |what| ObjectBuilder::new().schema_type(Type::String).description(Some(what));
        let id = text("The event's own id; null when it had none that could be read.");
        ObjectBuilder::new()
            .description(Some("The row of one event in an answer."))
            .property("id", id.schema_type(SchemaType::from_iter([Type::String, Type::Null])))
            .required("id")
            .property("status", Ref::from_schema_name(EventStatus::name()))
            .required("status")
            .property("code", Ref::from_schema_name(IssueCode::name()))
            .property("field", text("Of a rejected event: where its first fault is."))
            .property("message", text("Of a rejected event: its first fault, in a sentence."))
            .into()
    }
}

impl ToSchema for EventResult {}

fn one_of(what: &str, words: impl Iterator<Item = &'static str>) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(what))
        .enum_values(Some(words))
        .into()
}
