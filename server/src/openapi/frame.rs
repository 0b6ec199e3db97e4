//! What the document says about the API as a whole.

use model::wire::errors::ErrorReply;
use utoipa::{
    Modify, OpenApi,
    openapi::{
        self, ComponentsBuilder,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

/// The document without its operations.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Tiny API",
        description = "Everything that people and tools do with workspaces, teams, tracking sources and attempts. \
            Sending events goes by rules of its own: the key in the path is all that is needed, and refusals have another \
            shape.\n\n\
            GET and DELETE take their fields from the query, POST and PATCH from a JSON object of at most 1 MiB. \
            Null counts as absent, and unknown fields are ignored. The first refusal in this order is the answer: \
            401, 400, 403, 404, 409, 402. Every answer carries `X-Request-Id`.",
    ),
    servers((url = "/", description = "This instance.")),
    security(("bearer" = []), ("cookie" = [])),
    tags(
        (name = "Accounts", description = "Signing up, and access tokens for tools."),
        (name = "Workspaces", description = "The interface says workspace, the API organization."),
        (name = "Members", description = "Who belongs to a workspace, and the seats they take."),
        (name = "Invitations", description = "Asking people in, by e-mail."),
        (name = "Roles", description = "What members may do."),
        (name = "Billing", description = "The workspace's plan and its seats, sold through Stripe."),
        (name = "Audit", description = "Who changed what, and who was refused."),
        (name = "Sources", description = "The websites and apps that send events."),
        (name = "Attempts", description = "The record of every request to an ingest endpoint."),
        (name = "Ingest", description = "Sending events, from pages and servers."),
        (name = "Instance", description = "What only whoever runs this instance may ask, beyond any workspace."),
        (name = "Description", description = "The API about itself."),
    ),
    components(schemas(ErrorReply)),
    modifiers(&Callers),
)]
pub struct Frame;

/// How a caller says who they are.
struct Callers;

impl Modify for Callers {
    fn modify(&self, openapi: &mut openapi::OpenApi) {
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("An access token, `tat_…`."))
            .build();
        let cookie = ApiKeyValue::with_description(
            "__Host-tiny",
            "The sign-in of the pages, when there is no `Authorization` header. On an instance without https the \
             cookie is called `tiny`. Writes must come from the instance's own pages.",
        );
        let components =
            openapi.components.take().unwrap_or_else(|| ComponentsBuilder::new().build());
        let components = ComponentsBuilder::from(components)
            .security_scheme("bearer", SecurityScheme::Http(bearer))
            .security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
        openapi.components = Some(components.build());
        openapi.info.license = None;
    }
}
