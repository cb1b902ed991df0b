//! The courier's rounds: again and again until the wallet has taken a callback or refused it for good.

use std::sync::Arc;

use tokio::{sync::oneshot, task::JoinSet, time::sleep};

use super::{
    Simulator,
    bench::Fault,
    courier::Message,
    payment::{Delivery, Payment},
};

/// Delivers the callback of a decided payment. `attempted` hears of the end of the first attempt.
pub async fn run(bank: Arc<Simulator>, payment: Payment, mut attempted: Option<oneshot::Sender<()>>) {
    let Some(callback) = &payment.callback else { return };
    let message = callback.fault.message(&payment, &callback.webhook_id);
    for attempt in 1..=bank.courier.pace.tries {
        let deliveries = send(&bank, &message, callback.fault.copies(), true).await;
        let done = deliveries.iter().any(|delivery| is_final(delivery.status, callback.fault));
        if let Err(error) = bank.book.note(&payment.id, deliveries, done) {
            tracing::error!(%error, "the bank's book could not be written");
        }
        if let Some(attempted) = attempted.take() {
            let _ = attempted.send(()); // nobody waits any more: just as well
        }
        if done {
            return;
        }
        sleep(bank.courier.pace.pause(attempt)).await;
    }
    tracing::warn!(payment = payment.id, "given up on a callback until the next start");
}

/// Copies of one message, side by side or one after the other.
pub async fn send(bank: &Arc<Simulator>, message: &Message, copies: usize, together: bool) -> Vec<Delivery> {
    if !together {
        let mut deliveries = Vec::with_capacity(copies);
        for _ in 0..copies {
            deliveries.push(bank.courier.deliver(message).await);
        }
        return deliveries;
    }
    let mut under_way = JoinSet::new();
    for _ in 0..copies {
        let (bank, message) = (Arc::clone(bank), message.clone());
        under_way.spawn(async move { bank.courier.deliver(&message).await });
    }
    under_way.join_all().await
}

/// Taken, or refused in a way that trying again cannot mend. A true callback refused with 401 is tried
/// again: then a clock or a key is wrong, and will be put right.
fn is_final(status: Option<u16>, fault: Fault) -> bool {
    match status {
        None | Some(500..) => false,
        Some(401) => !matches!(fault, Fault::None | Fault::FiveTimes),
        Some(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_trying_again_can_mend_is_tried_again() {
        for status in [200, 204, 301, 400, 404, 409, 422] {
            assert!(is_final(Some(status), Fault::None), "{status}");
        }
        for status in [None, Some(500), Some(503), Some(401)] {
            assert!(!is_final(status, Fault::None), "{status:?}");
        }
        assert!(is_final(Some(401), Fault::BadSignature));
    }
}
