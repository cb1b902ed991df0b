//! How long somebody gives themselves to undo what they pay.

use serde::{Deserialize, Serialize};

/// A person's own time to undo any payment; a first payment to somebody has its own time in any case.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum UndoWindow {
    /// None: payments to people one has paid before move at once.
    #[default]
    Off,
    /// Ten seconds.
    Ten,
    /// Thirty seconds.
    Thirty,
    /// A minute.
    Sixty,
}

impl UndoWindow {
    /// Shortest first.
    pub const ALL: [UndoWindow; 4] =
        [UndoWindow::Off, UndoWindow::Ten, UndoWindow::Thirty, UndoWindow::Sixty];

    /// How long it is, in seconds.
    pub const fn seconds(self) -> u16 {
        match self {
            UndoWindow::Off => 0,
            UndoWindow::Ten => 10,
            UndoWindow::Thirty => 30,
            UndoWindow::Sixty => 60,
        }
    }

    /// The one of so many seconds; `None` where there is none such.
    pub fn of_seconds(seconds: u16) -> Option<Self> {
        UndoWindow::ALL.into_iter().find(|window| window.seconds() == seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::UndoWindow;

    #[test]
    fn each_is_found_again_by_its_seconds_and_nothing_else_is() {
        for window in UndoWindow::ALL {
            assert_eq!(UndoWindow::of_seconds(window.seconds()), Some(window));
        }
        assert_eq!((0..=u16::MAX).filter_map(UndoWindow::of_seconds).count(), UndoWindow::ALL.len());
        assert_eq!(UndoWindow::ALL.map(UndoWindow::seconds), [0, 10, 30, 60]);
    }
}
