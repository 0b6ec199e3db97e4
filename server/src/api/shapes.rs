//! What calls have in common, for the description of the API: the workspace they are for, and texts with a form.
//!
//! Handlers read their fields through [`web::api::Params`], which fixes the order of answers; these types say the
//! same to whoever writes a client. `server/tests/http/openapi.rs` holds the two together.

use model::ids::OrganizationId;
use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, SchemaFormat, Type},
};

/// The query of a call for one workspace.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct OfWorkspace {
    /// The workspace that the call is for.
    pub organization_id: OrganizationId,
}

/// The body of a call for one workspace that says nothing more.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct InWorkspace {
    /// The workspace that the call is for.
    pub organization_id: OrganizationId,
}

/// An object without fields.
#[derive(ToSchema)]
pub struct Nothing {}

/// The pattern of a text on one line, of two characters and so many between them or less. It is trimmed before it is
/// counted, which `minLength` and `maxLength` cannot say.
macro_rules! one_line {
    ($between:literal) => {
        concat!(
            r"[^\s\u0000-\u001f\u007f-\u009f]",
            r"([^\u0000-\u001f\u007f-\u009f]{0,",
            $between,
            r"}[^\s\u0000-\u001f\u007f-\u009f])?"
        )
    };
}

/// A schema for each text with a form of its own.
macro_rules! texts {
    ($($(#[doc = $doc:literal])* $name:ident = $example:literal { $($key:ident: $value:expr),* $(,)? })*) => {$(
        $(#[doc = $doc])*
        pub struct $name;

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let text = ObjectBuilder::new().schema_type(Type::String).examples([$example]);
                text.description(Some(concat!($($doc),*).trim()))$(.$key(Some($value)))*.into()
            }
        }

        impl ToSchema for $name {}
    )*};
}

texts! {
    /// An e-mail address with a dot in its domain. It is trimmed and compared in lower case.
    EmailAddress = "ana@example.com" { max_length: 254, format: SchemaFormat::Custom("email".to_owned()) }
    /// What something is called. It is trimmed.
    Title = "Example Inc" { title: "1 to 80 characters on one line", pattern: concat!(r"^\s*", one_line!(78), r"\s*$") }
    /// A role's name. It is trimmed.
    RoleTitle = "Auditor" { title: "1 to 60 characters on one line", pattern: concat!(r"^\s*", one_line!(58), r"\s*$") }
    /// A token's name. It is trimmed.
    TokenTitle = "CI" { title: "1 to 100 characters on one line", pattern: concat!(r"^\s*", one_line!(98), r"\s*$") }
    /// What a person is called. It is trimmed.
    PersonTitle = "Ana Lima" { title: "at most 100 characters on one line", pattern: concat!(r"^\s*(", one_line!(98), r")?\s*$") }
    /// A pasted list of addresses.
    BulkList = "ana@example.com\nbo@example.com, Analyst" { min_length: 1, pattern: r"\S" }
    /// A place in page addresses: lower-case letters, digits and hyphens.
    PathWord = "example-inc" { min_length: 1, max_length: 48, pattern: "^[a-z0-9-]+$" }
    /// A workspace's place in page addresses: 1 to 48 lower-case letters, digits and hyphens, none of these at an end.
    /// It is trimmed.
    WorkspaceWord = "example-inc" { pattern: r"^\s*[a-z0-9]([a-z0-9-]{0,46}[a-z0-9])?\s*$" }
    /// A browser origin: scheme, host and port without a path. `https://*.example.com` allows every name below.
    Origin = "https://app.example.com" { max_length: 267, pattern: r"^\s*[Hh][Tt][Tt][Pp][Ss]?://[^/\\?#@\s]+\s*$" }
}
