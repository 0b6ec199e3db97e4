//! `/v1/test_helpers/test_clocks`

use super::Call;
use super::list::{Paging, newest_first};
use crate::error::{Answer, ApiError};
use crate::state::Row;
use crate::state::customer::deleted;
use crate::state::test_clock::TestClock;

pub(crate) fn create(call: Call<'_>) -> Answer {
    let Call { world, params, .. } = call;
    let frozen_at = params.integer("frozen_time")?;
    let name = params.filled("name")?;
    params.finish()?;
    let frozen_at = frozen_at.ok_or_else(|| ApiError::missing("frozen_time"))?;
    let id = world.ids.id("clock");
    let created = world.now();
    let is_advancing = false;
    world.test_clocks.insert(TestClock { id: id.clone(), created, name, frozen_at, is_advancing });
    world.emit("test_helpers.test_clock.created", &id);
    Ok(world.test_clocks.get(&id).render(world))
}

pub(crate) fn advance(call: Call<'_>, id: &str) -> Answer {
    let Call { world, params, .. } = call;
    let at = params.integer("frozen_time")?;
    params.finish()?;
    let at = at.ok_or_else(|| ApiError::missing("frozen_time"))?;
    let row = world.test_clocks.find(id);
    let row = row.ok_or_else(|| ApiError::no_such(TestClock::NAME, id, "test_clock"))?;
    if at <= row.frozen_at {
        let message =
            "The frozen time must be later than the current frozen time of the test clock.";
        return Err(ApiError::invalid(message)
            .code("test_clock_time_invalid")
            .param("frozen_time"));
    }
    world.play_clock_to(id, at);
    // Stripe takes a while and says so; here the next look finds it ready.
    let advancing = TestClock { is_advancing: true, ..world.test_clocks.get(id).clone() };
    Ok(advancing.render(world))
}

pub(crate) fn delete(call: Call<'_>, id: &str) -> Answer {
    let Call { world, params, .. } = call;
    params.finish()?;
    if !world.test_clocks.has(id) {
        return Err(ApiError::no_such(TestClock::NAME, id, "test_clock"));
    }
    let own = world.customers.iter().filter(|row| row.test_clock.as_deref() == Some(id));
    let own: Vec<String> = own.filter(|row| !row.is_deleted).map(|row| row.id.clone()).collect();
    for customer in own {
        world.delete_customer(&customer);
    }
    world.emit("test_helpers.test_clock.deleted", id);
    world.test_clocks.remove(id);
    Ok(deleted(TestClock::OBJECT, id))
}

pub(crate) fn list(call: &Call<'_>) -> Answer {
    let paging = Paging::read(&call.params)?;
    call.params.finish()?;
    paging.rows(call, &newest_first(call.world.test_clocks.iter(), |_| true))
}
