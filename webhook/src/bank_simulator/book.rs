//! Every payment of the bank, in memory and, where a file is named, on disk after each change.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::{
    bench::Fault,
    payment::{Delivery, Payment, State},
};

type Payments = BTreeMap<String, Payment>;

/// The bank's memory. Ids rise with time, so their order is that of the requests.
#[derive(Debug)]
pub struct Book {
    path: Option<PathBuf>,
    payments: Mutex<Payments>,
}

/// What became of a request for payment.
pub enum Requested {
    New(Payment),
    Known(Payment),
    /// The token stands for another payment already.
    Differs,
}

/// What became of a choice on the page.
pub enum Decided {
    Now(Payment),
    Before(Payment),
}

impl Book {
    /// An empty book, or the one in the file.
    pub fn open(path: Option<&Path>) -> io::Result<Self> {
        let payments = match path.map(fs::read) {
            None => Payments::new(),
            Some(Err(error)) if error.kind() == io::ErrorKind::NotFound => Payments::new(),
            Some(read) => serde_json::from_slice(&read?)?,
        };
        Ok(Book { path: path.map(Path::to_owned), payments: Mutex::new(payments) })
    }

    /// The payment of this id.
    pub fn find(&self, id: &str) -> Option<Payment> {
        self.lock().get(id).cloned()
    }

    /// Every payment, oldest first.
    pub fn all(&self) -> Vec<Payment> {
        self.lock().values().cloned().collect()
    }

    /// Enters a payment, once for each token.
    pub fn request(&self, wanted: Payment) -> io::Result<Requested> {
        let mut payments = self.lock();
        let known = payments.values().find(|payment| payment.token == wanted.token);
        if let Some(known) = known {
            let same = known.amount_minor == wanted.amount_minor
                && known.currency == wanted.currency
                && known.bank == wanted.bank
                && known.return_url == wanted.return_url;
            return Ok(if same { Requested::Known(known.clone()) } else { Requested::Differs });
        }
        payments.insert(wanted.id.clone(), wanted.clone());
        self.save(&payments)?;
        Ok(Requested::New(wanted))
    }

    /// Takes the first decision about a payment; none where there is no such payment.
    pub fn decide(&self, id: &str, approved: bool, fault: Fault) -> io::Result<Option<Decided>> {
        let mut payments = self.lock();
        let Some(payment) = payments.get_mut(id) else { return Ok(None) };
        if payment.state != State::Pending {
            return Ok(Some(Decided::Before(payment.clone())));
        }
        payment.decide(approved, fault);
        let decided = payment.clone();
        self.save(&payments)?;
        Ok(Some(Decided::Now(decided)))
    }

    /// Remembers attempts, and whether there is nothing more to tell.
    pub fn note(&self, id: &str, deliveries: Vec<Delivery>, done: bool) -> io::Result<()> {
        let mut payments = self.lock();
        if let Some(payment) = payments.get_mut(id) {
            payment.note(deliveries);
            if let Some(callback) = payment.callback.as_mut() {
                callback.done |= done;
            }
        }
        self.save(&payments)
    }

    /// Beside the file, then over it: whoever reads finds the old book or the new one. Written under
    /// the lock, so that an older book never follows a newer one. A simulator may block that long.
    fn save(&self, payments: &Payments) -> io::Result<()> {
        let Some(path) = &self.path else { return Ok(()) };
        let beside = path.with_added_extension("new");
        fs::write(&beside, serde_json::to_vec_pretty(payments)?)?;
        fs::rename(beside, path)
    }

    fn lock(&self) -> MutexGuard<'_, Payments> {
        self.payments.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
