//! Test clocks: a time of their own for some customers.

use serde_json::{Value, json};

use super::{Row, World};

/// A clock that stands until it is advanced.
#[derive(Debug, Clone)]
pub(crate) struct TestClock {
    pub id: String,
    pub created: i64,
    pub name: Option<String>,
    pub frozen_at: i64,
    pub is_advancing: bool,
}

const LIFE_SECONDS: i64 = 30 * 86_400;

impl Row for TestClock {
    const OBJECT: &'static str = "test_helpers.test_clock";
    const NAME: &'static str = "test clock";

    fn id(&self) -> &str {
        &self.id
    }

    fn render(&self, _: &World) -> Value {
        let (status, details) = if self.is_advancing {
            ("advancing", json!({ "advancing": { "target_frozen_time": self.frozen_at } }))
        } else {
            ("ready", json!({}))
        };
        json!({
            "id": self.id,
            "object": Self::OBJECT,
            "created": self.created,
            "deletes_after": self.created + LIFE_SECONDS,
            "frozen_time": self.frozen_at,
            "livemode": false,
            "name": self.name,
            "status": status,
            "status_details": details,
        })
    }
}
