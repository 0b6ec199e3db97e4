//! `/v1/invoices` and what waits to be on one

use super::Call;
use super::customers::usable;
use super::list::{Created, Paging, known_customer, newest_first};
use crate::error::{Answer, ApiError};
use crate::state::invoice::{Invoice, PendingItem, State};
use crate::state::payment::Presence;
use crate::state::{Row, World};

fn found<'a>(world: &'a World, id: &str) -> Answer<&'a Invoice> {
    let row = world.invoices.find(id);
    row.ok_or_else(|| ApiError::no_such(Invoice::OBJECT, id, "invoice"))
}

pub(crate) fn list(call: &Call<'_>) -> Answer {
    let paging = Paging::read(&call.params)?;
    let created = Created::read(&call.params)?;
    let customer = call.params.filled("customer")?;
    let subscription = call.params.filled("subscription")?;
    let words = ["draft", "open", "paid", "uncollectible", "void"];
    let status = call.params.choice("status", &words)?;
    call.params.choice("collection_method", &["charge_automatically"])?;
    call.params.finish()?;
    known_customer(call.world, customer.as_deref())?;
    let is_wanted = |row: &Invoice| {
        created.has(row.created)
            && customer.as_ref().is_none_or(|id| row.customer == *id)
            && subscription.as_ref().is_none_or(|id| row.subscription == *id)
            && status.is_none_or(|status| row.state.name() == status)
    };
    paging.rows(call, &newest_first(call.world.invoices.iter(), is_wanted))
}

pub(crate) fn lines(call: &Call<'_>, id: &str) -> Answer {
    let paging = Paging::read(&call.params)?;
    call.params.finish()?;
    let lines = found(call.world, id)?.render_lines(call.world);
    paging.values(call, "line item", &lines)
}

pub(crate) fn update(call: Call<'_>, id: &str) -> Answer {
    let Call { world, params, .. } = call;
    let description = params.nullable("description")?;
    let is_automatic = params.boolean("auto_advance")?;
    let metadata = params.metadata()?;
    params.finish()?;
    let before = found(world, id)?.render(world);
    let row = world.invoices.get_mut(id);
    description.write(&mut row.description);
    if let Some(is_automatic) = is_automatic {
        row.is_automatic = is_automatic;
        row.finalizes_at.take_if(|_| !is_automatic);
        row.next_attempt.take_if(|_| !is_automatic);
    }
    if let Some(patch) = metadata {
        row.metadata = patch.apply(&row.metadata);
    }
    world.emit_change("invoice.updated", id, &before);
    Ok(world.invoices.get(id).render(world))
}

pub(crate) fn finalize(call: Call<'_>, id: &str) -> Answer {
    let Call { world, params, .. } = call;
    let is_automatic = params.boolean("auto_advance")?;
    params.finish()?;
    if found(world, id)?.state != State::Draft {
        let message =
            "This invoice is already finalized, you can't re-finalize a non-draft invoice.";
        return Err(ApiError::invalid(message).code("invoice_not_editable"));
    }
    world.finalize(id);
    if is_automatic.unwrap_or(world.invoices.get(id).is_automatic) {
        // A failure is told by events; the call has done what it was asked for.
        let _ = world.charge_automatically(id, Presence::Absent);
    }
    Ok(world.invoices.get(id).render(world))
}

pub(crate) fn pay(call: Call<'_>, id: &str) -> Answer {
    let Call { world, params, .. } = call;
    let method = params.filled("payment_method")?;
    let is_outside = params.boolean("paid_out_of_band")?.unwrap_or(false);
    let is_absent = params.boolean("off_session")?.unwrap_or(true);
    params.finish()?;
    let customer = found(world, id)?.customer.clone();
    let method = method.map(|method| usable(world, &method, Some(&customer), "payment_method"));
    let method = method.transpose()?;
    if is_outside && found(world, id)?.is_open() {
        world.mark_paid(id, Some(()));
    } else {
        let presence = if is_absent { Presence::Absent } else { Presence::Present };
        world.pay(id, method, presence)?;
    }
    Ok(world.invoices.get(id).render(world))
}

pub(crate) fn void(call: &mut Call<'_>, id: &str) -> Answer {
    call.params.finish()?;
    found(call.world, id)?;
    call.world.void(id)?;
    Ok(call.world.invoices.get(id).render(call.world))
}

pub(crate) fn list_items(call: &Call<'_>) -> Answer {
    let paging = Paging::read(&call.params)?;
    let created = Created::read(&call.params)?;
    let customer = call.params.filled("customer")?;
    let invoice = call.params.filled("invoice")?;
    let pending = call.params.boolean("pending")?;
    call.params.finish()?;
    known_customer(call.world, customer.as_deref())?;
    let is_wanted = |row: &PendingItem| {
        created.has(row.created)
            && customer.as_ref().is_none_or(|id| row.customer == *id)
            && invoice.as_ref().is_none_or(|id| row.invoice.as_ref() == Some(id))
            && pending.is_none_or(|pending| row.invoice.is_none() == pending)
    };
    paging.rows(call, &newest_first(call.world.pending.iter(), is_wanted))
}
