//! Look-ups that share a round trip: whatever waits is looked up at once.
//!
//! While one look-up is on its way the next gathers; a lone one waits for nobody. Who comes in is answered by a
//! look-up that began later, so nobody reads what was true only before they asked.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::time::timeout;

/// Keys in one look-up, at most.
const MAX_BATCH: usize = 256;
/// Look-ups under way at once: one that hangs does not keep the others.
const LANES: usize = 4;
/// How long a look-up may take, and whoever asks may wait: as long as for a connection of their own.
const PATIENCE: Duration = Duration::from_secs(2);
/// Keys that may wait.
const MAX_WAITING: usize = 8192;

/// Why there is no answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LoadError<E: std::error::Error + 'static> {
    /// The look-up failed, for everybody in it.
    #[error("a look-up failed")]
    Failed(#[source] Arc<E>),
    /// Too many wait, or none is answered in time.
    #[error("look-ups take too long")]
    Busy,
}

/// A handle; cheap to clone. Its worker ends with the last handle.
pub struct Loader<K, V, E> {
    queue: mpsc::Sender<Asked<K, V, E>>,
}

impl<K, V, E> Clone for Loader<K, V, E> {
    fn clone(&self) -> Self {
        Loader { queue: self.queue.clone() }
    }
}

struct Asked<K, V, E> {
    key: K,
    answer: oneshot::Sender<Result<Option<V>, Arc<E>>>,
}

impl<K, V, E> Loader<K, V, E>
where
    K: Clone + Eq + Hash + Send + 'static,
    V: Clone + Send + 'static,
    E: std::error::Error + Send + Sync + 'static,
{
    /// Starts a worker that looks keys up by this; must be called inside a Tokio runtime.
    pub fn start<F>(look_up: impl Fn(Vec<K>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<HashMap<K, V>, E>> + Send + 'static,
    {
        let (queue, waiting) = mpsc::channel(MAX_WAITING);
        tokio::spawn(run(waiting, look_up));
        Loader { queue }
    }

    /// What stands under the key; `None` where there is nothing.
    pub async fn load(&self, key: K) -> Result<Option<V>, LoadError<E>> {
        let (answer, answered) = oneshot::channel();
        self.queue.try_send(Asked { key, answer }).map_err(|_| LoadError::Busy)?;
        match timeout(PATIENCE, answered).await {
            Ok(Ok(outcome)) => outcome.map_err(LoadError::Failed),
            Ok(Err(_)) | Err(_) => Err(LoadError::Busy),
        }
    }
}

async fn run<K, V, E, F>(mut waiting: mpsc::Receiver<Asked<K, V, E>>, look_up: impl Fn(Vec<K>) -> F)
where
    K: Clone + Eq + Hash + Send + 'static,
    V: Clone + Send + 'static,
    E: Send + Sync + 'static,
    F: Future<Output = Result<HashMap<K, V>, E>> + Send + 'static,
{
    let lanes = Arc::new(Semaphore::new(LANES));
    loop {
        let Ok(lane) = lanes.clone().acquire_owned().await else { return };
        let mut asked = Vec::new();
        if waiting.recv_many(&mut asked, MAX_BATCH).await == 0 {
            return;
        }
        let mut keys: Vec<K> = Vec::with_capacity(asked.len());
        let mut by_key: HashMap<K, Vec<_>> = HashMap::new();
        for Asked { key, answer } in asked {
            by_key
                .entry(key.clone())
                .or_insert_with(|| {
                    keys.push(key);
                    Vec::new()
                })
                .push(answer);
        }
        let found = look_up(keys);
        tokio::spawn(async move {
            // Who waits for one that hangs is told by not being answered.
            let Ok(found) = timeout(PATIENCE, found).await else { return drop(lane) };
            let found = found.map_err(Arc::new);
            for (key, answers) in by_key {
                for answer in answers {
                    let outcome = found.as_ref().map(|found| found.get(&key).cloned());
                    let _ = answer.send(outcome.map_err(Arc::clone));
                }
            }
            drop(lane);
        });
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn those_who_ask_together_are_answered_together_each_with_their_own() {
        let count = Arc::new(AtomicUsize::new(0));
        let counted = count.clone();
        let loader = Loader::start(move |keys: Vec<u32>| {
            counted.fetch_add(1, Ordering::Relaxed);
            async move {
                tokio::time::sleep(Duration::from_millis(20)).await;
                let doubled = keys.into_iter().filter(|key| key % 2 == 0).map(|key| (key, key * 2));
                Ok::<_, std::io::Error>(doubled.collect())
            }
        });
        let asked = (0..200u32).map(|key| {
            let loader = loader.clone();
            tokio::spawn(async move { (key, loader.load(key % 50).await.expect("answered")) })
        });
        for asked in asked.collect::<Vec<_>>() {
            let (key, answer) = asked.await.expect("runs");
            assert_eq!(answer, (key % 2 == 0).then_some(key % 50 * 2));
        }
        assert!(count.load(Ordering::Relaxed) <= LANES + 2, "{count:?} look-ups for 200 questions");
    }

    #[tokio::test]
    async fn a_failure_is_told_to_everybody_who_was_in_it_and_to_nobody_else() {
        let loader = Loader::start(async |keys: Vec<u32>| {
            if keys.contains(&0) { Err(std::io::Error::other("no")) } else { Ok(HashMap::from([(1, 1)])) }
        });
        assert!(matches!(loader.load(0).await, Err(LoadError::Failed(_))));
        assert_eq!(loader.load(1).await.expect("answered"), Some(1));
    }

    #[tokio::test(start_paused = true)]
    async fn look_ups_that_hang_keep_nobody_for_long() {
        let loader = Loader::start(async |keys: Vec<u32>| match keys[..] {
            [0] => std::future::pending().await,
            _ => Ok::<_, std::io::Error>(keys.into_iter().map(|key| (key, key)).collect()),
        });
        for _ in 0..2 * LANES {
            let loader = loader.clone();
            tokio::spawn(async move { loader.load(0).await });
            tokio::task::yield_now().await;
        }
        let asked = tokio::time::Instant::now();
        assert!(matches!(loader.load(0).await, Err(LoadError::Busy)));
        assert_eq!(asked.elapsed(), PATIENCE);
        tokio::time::sleep(PATIENCE).await;
        assert_eq!(loader.load(1).await.expect("answered"), Some(1));
    }
}
