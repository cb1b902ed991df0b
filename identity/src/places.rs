//! Work for a processor, away from the threads that answer requests, and no more of it at a time than there are places.

use std::{panic::resume_unwind, sync::Arc};

use tokio::{sync::Semaphore, task::spawn_blocking};

/// So many at a time; the others wait without a thread. Clones share the places.
#[derive(Clone)]
pub(crate) struct Places(Arc<Semaphore>);

impl Places {
    pub(crate) fn new(places: usize) -> Self {
        Places(Arc::new(Semaphore::new(places)))
    }

    /// The place goes with the work: a request that is given up leaves work behind which still takes a processor.
    pub(crate) async fn work<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> T {
        let place = self.0.clone().acquire_owned().await.expect("places are never closed");
        let done = spawn_blocking(move || {
            let _place = place;
            work()
        });
        done.await.unwrap_or_else(|panicked| resume_unwind(panicked.into_panic()))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn no_more_is_done_at_a_time_than_there_are_places() {
        let places = Places::new(1);
        let abandoned = places.work(|| std::thread::sleep(Duration::from_millis(200)));
        assert!(tokio::time::timeout(Duration::from_millis(50), abandoned).await.is_err());
        assert_eq!(places.0.available_permits(), 0, "work that nobody waits for still holds its place");
        places.work(|| ()).await;
        assert_eq!(places.0.available_permits(), 1);
    }
}
