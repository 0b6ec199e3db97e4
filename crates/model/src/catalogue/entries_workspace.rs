//! What is said about the workspace codes and those both dialects share, in the order of [`Code`].
//!
//! Texts are plain sentences without markup: page, file and replies show them as they stand.

mod access;
mod billing;
mod shared;
mod team;
#[cfg(test)]
mod tests;

use super::{Code, Dialect, Entry, Example, Level};

/// From [`Code::FieldRequired`] to [`Code::ServiceUnavailable`].
pub const ENTRIES: &[Entry] = &[
    Entry {
        code: Code::FieldRequired,
        text: "<field> is required",
        status: 400,
        dialect: Dialect::Workspace,
        level: Level::Info,
        is_retryable: false,
        message: "The request lacks a field that it needs.",
        means: "A workspace call came without a field that it cannot do without. The code is the \
            sentence itself and names the field, for example organizationId is required.",
        causes: &[
            "organizationId is absent: GET and DELETE take it in the query, POST and PATCH in the \
             body.",
            "The field's name is spelled differently; names are camelCase.",
            "The value is empty because a variable of the script was not set.",
        ],
        fix: "Add the named field and send the request again. The ids of your workspaces are in \
            GET /api/organizations and on the screen Workspaces.",
        example: Example {
            request: r#"curl https://tiny.example.com/api/tracking-sources \
  -H "authorization: Bearer $TINY_TOKEN""#,
            response: r#"{
  "error": "organizationId is required",
  "message": "The request lacks a field that it needs.",
  "requestId": "req_01xpekrdsm7vsy2eikmyxqg7"
}"#,
        },
    },
    Entry {
        code: Code::InvalidRequest,
        text: "invalid_request",
        status: 400,
        dialect: Dialect::Workspace,
        level: Level::Info,
        is_retryable: false,
        message: "The field named in this reply has a value that cannot be used.",
        means: "A workspace call was understood, but one value in it has the wrong type, form or \
            size. The reply's field says which one; nothing was changed.",
        causes: &[
            "An allowed origin holds a path or lacks its scheme: it must look like \
             https://app.example.com.",
            "A number, id or time is not in the form that the API reference gives for it.",
            "The password is shorter than 8 characters or very common.",
            "The body is not a JSON object.",
        ],
        fix: "Correct the field that the reply names and send the request again. For a source, \
            Setup shows what is allowed beside each field.",
        example: Example {
            request: r#"curl https://tiny.example.com/api/tracking-sources \
  -H "authorization: Bearer $TINY_TOKEN" \
  -H 'content-type: application/json' \
  -d '{"organizationId": "org_01KNVTKH31E40R7M41DP87MW63", "name": "Web app",
       "allowedOrigins": ["app.example.com/pricing"]}'"#,
            response: r#"{
  "error": "invalid_request",
  "message": "The field named in this reply has a value that cannot be used.",
  "requestId": "req_01xpekutoicfc3hrn41qr3hy",
  "field": "allowedOrigins"
}"#,
        },
    },
    billing::SIGNATURE_INVALID,
    Entry {
        code: Code::Unauthorized,
        text: "unauthorized",
        status: 401,
        dialect: Dialect::Workspace,
        level: Level::Info,
        is_retryable: false,
        message: "This call needs a valid access token or a signed-in session.",
        means: "Tiny could not tell who is asking. The reply carries WWW-Authenticate: Bearer, \
            and nothing of the request was looked at.",
        causes: &[
            "The Authorization header is absent or does not begin with Bearer.",
            "The token has expired or was revoked; one from POST /api/auth/token lives an hour.",
            "A source's public key was sent as a token. It only sends events and opens nothing \
             else.",
            "The sign-in ended, for example because the password was changed.",
        ],
        fix: "Make a token in Account, or ask POST /api/auth/token for one, and send it as \
            Authorization: Bearer. In the browser, sign in again.",
        example: Example {
            request: r"curl https://tiny.example.com/api/organizations \
  -H 'authorization: Bearer pk_7f3a19b0d4e8426cb15a90c2'",
            response: r#"{
  "error": "unauthorized",
  "message": "This call needs a valid access token or a signed-in session.",
  "requestId": "req_01xpekyl1ws71iavptevjiih"
}"#,
        },
    },
    Entry {
        code: Code::InvalidCredentials,
        text: "invalid_credentials",
        status: 401,
        dialect: Dialect::Workspace,
        level: Level::Warn,
        is_retryable: false,
        message: "The e-mail address and the password do not belong together.",
        means: "Sign-in failed. The answer is the same whether the address or the password is \
            wrong, so that nobody can find out who has an account.",
        causes: &[
            "A slip in the password, or caps lock is on.",
            "The account was made with another address.",
            "The password was changed in the meantime.",
        ],
        fix: "Type both again on the sign-in page. If the password is lost, Forgot password sets \
            a new one.",
        example: Example {
            request: r#"curl https://tiny.example.com/api/auth/token \
  -H 'content-type: application/json' \
  -d '{"email": "mira@acme.example", "password": "not the right one"}'"#,
            response: r#"{
  "error": "invalid_credentials",
  "message": "The e-mail address and the password do not belong together.",
  "requestId": "req_01xpel24gvwin3kttotkqa9y"
}"#,
        },
    },
    team::SEAT_LIMIT_REACHED,
    billing::PAYMENT_FAILED,
    Entry {
        code: Code::Forbidden,
        text: "Forbidden",
        status: 403,
        dialect: Dialect::Workspace,
        level: Level::Info,
        is_retryable: false,
        message: "You are not a member of this workspace, or your role does not allow this.",
        means: "Tiny knows who is asking, and this person may not do this here. A workspace that \
            does not exist gets the same answer, so that nobody can find out which ones do.",
        causes: &[
            "Your role lacks the permission, for example analytics.manage to change a source.",
            "organizationId belongs to a workspace you are not in, or is mistyped.",
            "You were removed from the workspace.",
        ],
        fix: "Check organizationId against the screen Workspaces. If it is right, ask an owner \
            to add you or to change your role in Team.",
        example: Example {
            request: r#"curl -G https://tiny.example.com/api/tracking-sources \
  -H "authorization: Bearer $TINY_TOKEN" \
  -d organizationId=org_01KNVTMSP0ED5TQ2XCANZHA194"#,
            response: r#"{
  "error": "Forbidden",
  "message": "You are not a member of this workspace, or your role does not allow this.",
  "requestId": "req_01xpel4uca7v04py5gil1j51"
}"#,
        },
    },
    Entry {
        code: Code::CsrfRejected,
        text: "csrf_rejected",
        status: 403,
        dialect: Dialect::Workspace,
        level: Level::Warn,
        is_retryable: false,
        message: "This change was not asked for by a page of Tiny, and was not made.",
        means: "The request carried your sign-in cookie without a word that a page of Tiny sent \
            it, or the browser said that a page of another site did. Tiny makes changes by cookie \
            only for its own pages.",
        causes: &[
            "A page on another origin calls the workspace API with the visitor's cookie, perhaps to \
             make a change in their name.",
            "Tiny is reached under an address other than the one it is configured with \
             (TINY_BASE_URL).",
            "A proxy removes the Origin and Sec-Fetch-Site headers.",
            "A script sends the cookie without the headers that a browser adds.",
        ],
        fix: "Make the change on Tiny's own page. From a script, send a token from Account \
            instead of the cookie.",
        example: Example {
            request: r#"curl https://tiny.example.com/api/organizations \
  -b "__Host-tiny=$TINY_COOKIE" \
  -H 'origin: https://elsewhere.example' -H 'sec-fetch-site: cross-site' \
  -H 'content-type: application/json' \
  -d '{"name": "Acme"}'"#,
            response: r#"{
  "error": "csrf_rejected",
  "message": "This change was not asked for by a page of Tiny, and was not made.",
  "requestId": "req_01xpel6u6dnb44g8vp7jnsm4"
}"#,
        },
    },
    shared::TRACKING_SOURCE_NOT_FOUND,
    Entry {
        code: Code::AttemptNotFound,
        text: "attempt_not_found",
        status: 404,
        dialect: Dialect::Workspace,
        level: Level::Info,
        is_retryable: false,
        message: "No attempt with this id is in this workspace.",
        means: "The id is well formed or nearly so, but no request that is still kept in this \
            workspace has it.",
        causes: &[
            "The attempt is older than attempts are kept: 14 days, unless whoever runs the instance \
                says otherwise. The message says so then. Or it came in a flood, of which not every \
                attempt is kept.",
            "It belongs to a source of another workspace.",
            "The id was not copied whole: 26 letters and digits follow attempt_.",
            "The request named no known key, so no workspace has it; the instance owner sees it.",
        ],
        fix: "Copy the id again from the reply and paste it into the search in Debug. If it is \
            too old, look for a newer request like it there.",
        example: Example {
            request: r#"curl -G https://tiny.example.com/api/attempts/attempt_01KNVT9821E32V93Y21498PBSK \
  -H "authorization: Bearer $TINY_TOKEN" \
  -d organizationId=org_01KNVTKH31E40R7M41DP87MW63"#,
            response: r#"{
  "error": "attempt_not_found",
  "message": "No attempt with this id is in this workspace.",
  "requestId": "req_01xpel98cat0gdao860vz9hc"
}"#,
        },
    },
    team::USER_NOT_FOUND,
    team::MEMBER_NOT_FOUND,
    team::INVITATION_NOT_FOUND,
    team::ROLE_NOT_FOUND,
    access::LINK_NOT_FOUND,
    access::TOKEN_NOT_FOUND,
    access::TRANSFER_NOT_FOUND,
    shared::NOT_FOUND,
    shared::METHOD_NOT_ALLOWED,
    shared::UNSUPPORTED_MEDIA_TYPE,
    Entry {
        code: Code::SlugTaken,
        text: "slug_taken",
        status: 409,
        dialect: Dialect::Workspace,
        level: Level::Info,
        is_retryable: false,
        message: "This address is already in use.",
        means: "The address stands in the paths of pages, so it belongs to one workspace of the \
            instance, or to one source of the workspace. Nothing was created or changed.",
        causes: &[
            "Another workspace, or another source of this one, has the address.",
            "The same create call was sent twice and the first one succeeded.",
        ],
        fix: "Choose another address, or leave slug out and Tiny makes one from the name. \
            Setup lists the addresses of your sources.",
        example: Example {
            request: r#"curl https://tiny.example.com/api/organizations \
  -H "authorization: Bearer $TINY_TOKEN" \
  -H 'content-type: application/json' \
  -d '{"name": "Acme", "slug": "acme"}'"#,
            response: r#"{
  "error": "slug_taken",
  "message": "This address is already in use.",
  "requestId": "req_01xpelc1ecy355ej50emrcnf"
}"#,
        },
    },
    Entry {
        code: Code::EmailTaken,
        text: "email_taken",
        status: 409,
        dialect: Dialect::Workspace,
        level: Level::Info,
        is_retryable: false,
        message: "An account with this e-mail address already exists.",
        means: "Signing up needs an address that no account has yet. Upper and lower case make \
            no difference.",
        causes: &[
            "You signed up before with this address.",
            "The sign-up was sent twice and the first one succeeded.",
            "The person who runs the instance made the account for you.",
        ],
        fix: "Sign in with this address instead; Forgot password on the sign-in page sets a new \
            password.",
        example: Example {
            request: r#"curl https://tiny.example.com/api/auth/signup \
  -H 'content-type: application/json' \
  -d '{"email": "mira@acme.example", "password": "seven quiet otters"}'"#,
            response: r#"{
  "error": "email_taken",
  "message": "An account with this e-mail address already exists.",
  "requestId": "req_01xpeldte6kve6w0it5mza96"
}"#,
        },
    },
    team::ALREADY_MEMBER,
    team::LAST_OWNER,
    team::INVITATION_NOT_PENDING,
    access::ROLE_IS_FIXED,
    access::ROLE_IN_USE,
    access::ROLE_NAME_TAKEN,
    billing::ALREADY_SUBSCRIBED,
    billing::NOT_SUBSCRIBED,
    Entry {
        code: Code::TooManyRequests,
        text: "too_many_requests",
        status: 429,
        dialect: Dialect::Workspace,
        level: Level::Warn,
        is_retryable: true,
        message: "Too many requests came in a short time; wait for the seconds in Retry-After.",
        means: "The caller used up what the workspace API allows, 6,000 calls a minute unless \
            the instance says otherwise, or sign-in was tried too often for one address. Nobody \
            is locked out: the wait ends by itself.",
        causes: &[
            "A script calls in a tight loop, or asks for lists far more often than they change.",
            "Sign-in was tried many times with a wrong password.",
            "Several scripts share one token.",
        ],
        fix: "Wait for the seconds in Retry-After, then go on more slowly. Give each script its \
            own token in Account; whoever runs the instance can raise TINY_API_RATE_PER_MINUTE.",
        example: Example {
            request: r#"curl https://tiny.example.com/api/organizations \
  -H "authorization: Bearer $TINY_TOKEN""#,
            response: r#"{
  "error": "too_many_requests",
  "message": "Too many requests came in a short time; wait for the seconds in Retry-After.",
  "requestId": "req_01xpelh2p881l99l6mbrbg3c"
}"#,
        },
    },
    shared::PAYLOAD_TOO_LARGE,
    shared::INTERNAL_ERROR,
    billing::STRIPE_REFUSED,
    shared::SERVICE_UNAVAILABLE,
    billing::BILLING_NOT_CONFIGURED,
    billing::STRIPE_UNAVAILABLE,
];
