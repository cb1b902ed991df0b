//! Who pays whom: the shapes of traffic that ask different things of the locks.

use std::sync::Arc;

use domain::UserId;

/// The shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Anybody pays anybody.
    Uniform,
    /// Ten accounts pay one another, as merchants and their suppliers do.
    TenHot,
    /// Everybody pays one account, as in a sale.
    OneReceiver,
}

impl Shape {
    /// As the table says it.
    pub fn words(self) -> &'static str {
        match self {
            Shape::Uniform => "anybody to anybody",
            Shape::TenHot => "among 10 hot accounts",
            Shape::OneReceiver => "everybody to one",
        }
    }
}

/// People, and how they pay.
#[derive(Clone)]
pub struct Crowd {
    people: Arc<[UserId]>,
    shape: Shape,
}

impl Crowd {
    /// At least ten people.
    pub fn new(people: Arc<[UserId]>, shape: Shape) -> Crowd {
        Crowd { people, shape }
    }

    /// A payer and somebody else to pay.
    pub fn pair(&self, random: &mut fastrand::Rng) -> (UserId, UserId) {
        let (from, to) = self.shape.pair(self.people.len(), random);
        (self.people[from], self.people[to])
    }
}

impl Shape {
    /// A payer's and a payee's place among so many people, at least ten.
    pub fn pair(self, people: usize, random: &mut fastrand::Rng) -> (usize, usize) {
        let people = if self == Shape::TenHot { people.min(10) } else { people };
        // One of the others: a number among one less, moved past oneself.
        let from = random.usize(usize::from(self == Shape::OneReceiver)..people);
        let other = random.usize(..people - 1);
        match self {
            Shape::OneReceiver => (from, 0),
            _ => (from, other + usize::from(other >= from)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_pays_themself_and_everybody_has_a_turn() {
        let mut random = fastrand::Rng::with_seed(1);
        for (shape, payers, payees) in
            [(Shape::Uniform, 50, 50), (Shape::TenHot, 10, 10), (Shape::OneReceiver, 49, 1)]
        {
            let pairs: Vec<_> = (0..5_000).map(|_| shape.pair(50, &mut random)).collect();
            assert!(pairs.iter().all(|(from, to)| from != to), "{shape:?}");
            let distinct = |side: fn(&(usize, usize)) -> usize| {
                let mut seen: Vec<_> = pairs.iter().map(side).collect();
                seen.sort_unstable();
                seen.dedup();
                seen.len()
            };
            assert_eq!((distinct(|pair| pair.0), distinct(|pair| pair.1)), (payers, payees), "{shape:?}");
        }
    }
}
