//! What calls have in common, for the description of the API: the workspace they are for, and texts with a form.
//!
//! Handlers read their fields through [`web::api::Params`], which fixes the order of answers; these types say the
//! same to whoever writes a client. `server/tests/http/openapi.rs` holds the two together.

use accounts::{Email, PersonName, TokenName};
use model::{ids::OrganizationId, wire::sources::MAX_SLUG_CHARS};
use sources::AllowedOrigin;
use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, SchemaFormat, Type},
};
use workspaces::{RoleName, Slug, WorkspaceName};

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

/// The pattern of a text on one line, of 1 to `most` characters. It is trimmed before it is counted, which `minLength` and
/// `maxLength` cannot say.
fn one_line(most: usize) -> String {
    let (sign, end, between) =
        (r"[^\u0000-\u001f\u007f-\u009f]", r"[^\s\u0000-\u001f\u007f-\u009f]", most - 2);
    format!("{end}({sign}{{0,{between}}}{end})?")
}

/// The schema's title of such a text.
fn counted(most: usize) -> String {
    format!("1 to {most} characters on one line")
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
    EmailAddress = "ana@example.com" { max_length: Email::MAX_BYTES, format: SchemaFormat::Custom("email".to_owned()) }
    /// What something is called. It is trimmed.
    Title = "Example Inc" { title: counted(WorkspaceName::MAX_CHARS), pattern: format!(r"^\s*{}\s*$", one_line(WorkspaceName::MAX_CHARS)) }
    /// A role's name. It is trimmed.
    RoleTitle = "Auditor" { title: counted(RoleName::MAX_CHARS), pattern: format!(r"^\s*{}\s*$", one_line(RoleName::MAX_CHARS)) }
    /// A token's name. It is trimmed.
    TokenTitle = "CI" { title: counted(TokenName::MAX_CHARS), pattern: format!(r"^\s*{}\s*$", one_line(TokenName::MAX_CHARS)) }
    /// What a person is called. It is trimmed.
    PersonTitle = "Ana Lima" {
        title: format!("at most {} characters on one line", PersonName::MAX_CHARS),
        pattern: format!(r"^\s*({})?\s*$", one_line(PersonName::MAX_CHARS)),
    }
    /// A pasted list of addresses.
    BulkList = "ana@example.com\nbo@example.com, Analyst" { min_length: 1, pattern: r"\S" }
    /// A place in page addresses: lower-case letters, digits and hyphens.
    PathWord = "example-inc" { min_length: 1, max_length: MAX_SLUG_CHARS, pattern: "^[a-z0-9-]+$" }
    /// A workspace's place in page addresses: 1 to 48 lower-case letters, digits and hyphens, none of these at an end.
    /// It is trimmed.
    WorkspaceWord = "example-inc" {
        pattern: format!(r"^\s*[a-z0-9]([a-z0-9-]{{0,{}}}[a-z0-9])?\s*$", Slug::MAX_CHARS - 2),
    }
    /// 1 to 128 characters without control characters.
    Identifier = "vis_abc123" { min_length: 1usize, max_length: 128usize, pattern: r"^[^\u0000-\u001f\u007f-\u009f]+$" }
    /// The public key of a source.
    IngestKey = "pk_810scz2jnm35jww5gq9frh92" { min_length: 1usize, max_length: 128usize }
    /// What an event is called.
    EventTitle = "report_generated" { min_length: 1usize, max_length: 200usize }
    /// Something about a page.
    PageText = "https://app.example.com/dashboard" { max_length: 8_192usize }
    /// A browser origin: scheme, host and port without a path. `https://*.example.com` allows every name below.
    Origin = "https://app.example.com" { max_length: AllowedOrigin::MAX_BYTES, pattern: r"^\s*[Hh][Tt][Tt][Pp][Ss]?://[^/\\?#@\s]+\s*$" }
}
