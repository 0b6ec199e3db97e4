//! Refusals of the workspace API.

use serde::{Deserialize, Serialize};

/// Every refusal. Decide by status and `error`; the sentence may change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Error))]
#[serde(rename_all = "camelCase")]
pub struct ErrorReply {
    /// The code; for an absent field its sentence, such as `organizationId is required`.
    pub error: String,
    /// What is wrong, in a sentence for people.
    pub message: String,
    /// The id of this exchange, as in `X-Request-Id`.
    #[cfg_attr(feature = "openapi", schema(pattern = "^req_[0-9a-z]{24}$"))]
    pub request_id: String,
    /// The field at fault, beside `invalid_request`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub field: Option<String>,
    /// How many seats there are, beside `seat_limit_reached`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub seats: Option<SeatsTaken>,
    /// The page where seats are looked after, beside `seat_limit_reached`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub upgrade_url: Option<String>,
}

/// The seats of a workspace that has none left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SeatsTaken {
    /// Seats in use.
    pub used: i64,
    /// Seats there may be.
    pub limit: i64,
}
