//! The icons in use, drawn by Lucide (ISC licence): each stands beside a word, never for it.

use leptos::prelude::*;

/// A drawing of 24 by 24.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Glyph {
    /// A house.
    Home,
    /// Lines of a list.
    Activity,
    /// An arrow that leaves.
    Send,
    /// A plus.
    Add,
    /// Seen.
    Eye,
    /// Not seen.
    EyeOff,
    /// Half sun, half moon.
    Theme,
    /// Light.
    Sun,
    /// Dark.
    Moon,
    /// As the machine has it.
    Monitor,
    /// Done.
    Check,
    /// Stopped.
    Cross,
    /// Waits.
    Clock,
    /// Wrong.
    Alert,
    /// To know.
    Info,
    /// Take care.
    Warn,
    /// A bank.
    Bank,
    /// A printer.
    Print,
    /// Towards older things.
    Right,
    /// Back.
    Left,
    /// Set aside.
    Pause,
    /// Taken back.
    Undo,
    /// Sliders.
    Settings,
    /// Two people.
    People,
    /// A favourite.
    Star,
    /// To find.
    Search,
}

impl Glyph {
    const fn paths(self) -> &'static str {
        match self {
            Glyph::Home => concat!(
                r#"<path d="M15 21v-8a1 1 0 0 0-1-1h-4a1 1 0 0 0-1 1v8"/>"#,
                r#"<path d="M3 10a2 2 0 0 1 .709-1.528l7-6a2 2 0 0 1 2.582 0l7 6A2 2 0 0 1 21 10v9a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2z"/>"#
            ),
            Glyph::Activity => r#"<path d="M3 5h.01M3 12h.01M3 19h.01M8 5h13M8 12h13M8 19h13"/>"#,
            Glyph::Send => r#"<path d="M7 7h10v10M7 17 17 7"/>"#,
            Glyph::Add => r#"<path d="M5 12h14M12 5v14"/>"#,
            Glyph::Eye => concat!(
                r#"<path d="M2.062 12.348a1 1 0 0 1 0-.696 10.75 10.75 0 0 1 19.876 0 1 1 0 0 1 0 .696 10.75 10.75 0 0 1-19.876 0"/>"#,
                r#"<circle cx="12" cy="12" r="3"/>"#
            ),
            Glyph::EyeOff => concat!(
                r#"<path d="M10.733 5.076a10.744 10.744 0 0 1 11.205 6.575 1 1 0 0 1 0 .696 10.747 10.747 0 0 1-1.444 2.49"/>"#,
                r#"<path d="M14.084 14.158a3 3 0 0 1-4.242-4.242"/>"#,
                r#"<path d="M17.479 17.499a10.75 10.75 0 0 1-15.417-5.151 1 1 0 0 1 0-.696 10.75 10.75 0 0 1 4.446-5.143M2 2l20 20"/>"#
            ),
            Glyph::Theme => concat!(
                r#"<path d="M12 2v2M16 12a4 4 0 0 0-4-4M19 5l-1.256 1.256M20 12h2"/>"#,
                r#"<path d="M14.837 16.385a6 6 0 1 1-7.223-7.222c.624-.147.97.66.715 1.248a4 4 0 0 0 5.26 5.259c.589-.255 1.396.09 1.248.715"/>"#
            ),
            Glyph::Sun => concat!(
                r#"<circle cx="12" cy="12" r="4"/><path d="M12 2v2M12 20v2M4.93 4.93l1.41 1.41M17.66 17.66l1.41 1.41M2 12h2M20 12h2"/>"#,
                r#"<path d="m6.34 17.66-1.41 1.41M19.07 4.93l-1.41 1.41"/>"#
            ),
            Glyph::Moon => {
                r#"<path d="M20.985 12.486a9 9 0 1 1-9.473-9.472c.405-.022.617.46.402.803a6 6 0 0 0 8.268 8.268c.344-.215.825-.004.803.401"/>"#
            }
            Glyph::Monitor => {
                r#"<rect width="20" height="14" x="2" y="3" rx="2"/><path d="M8 21h8M12 17v4"/>"#
            }
            Glyph::Check => r#"<path d="M20 6 9 17l-5-5"/>"#,
            Glyph::Cross => r#"<path d="M18 6 6 18M6 6l12 12"/>"#,
            Glyph::Clock => r#"<circle cx="12" cy="12" r="10"/><path d="M12 6v6l4 2"/>"#,
            Glyph::Alert => r#"<circle cx="12" cy="12" r="10"/><path d="M12 8v4M12 16h.01"/>"#,
            Glyph::Info => r#"<circle cx="12" cy="12" r="10"/><path d="M12 16v-4M12 8h.01"/>"#,
            Glyph::Warn => {
                r#"<path d="m21.73 18-8-14a2 2 0 0 0-3.48 0l-8 14A2 2 0 0 0 4 21h16a2 2 0 0 0 1.73-3M12 9v4M12 17h.01"/>"#
            }
            Glyph::Bank => concat!(
                r#"<path d="M11.119 2.205a2 2 0 0 1 1.762 0l7.84 3.846A.5.5 0 0 1 20.5 7h-17a.5.5 0 0 1-.22-.949z"/>"#,
                r#"<path d="M6 18v-7M10 18v-7M14 18v-7M18 18v-7M3 22h18"/>"#
            ),
            Glyph::Print => concat!(
                r#"<path d="M6 18H4a2 2 0 0 1-2-2v-5a2 2 0 0 1 2-2h16a2 2 0 0 1 2 2v5a2 2 0 0 1-2 2h-2"/>"#,
                r#"<path d="M6 9V3a1 1 0 0 1 1-1h10a1 1 0 0 1 1 1v6"/><rect x="6" y="14" width="12" height="8" rx="1"/>"#
            ),
            Glyph::Right => r#"<path d="m9 18 6-6-6-6"/>"#,
            Glyph::Left => r#"<path d="m15 18-6-6 6-6"/>"#,
            Glyph::Undo => r#"<path d="M9 14 4 9l5-5M4 9h10.5a5.5 5.5 0 0 1 0 11H11"/>"#,
            Glyph::Settings => {
                r#"<path d="M10 5H3M12 19H3M14 3v4M16 17v4M21 12h-9M21 19h-5M21 5h-7M8 10v4M8 12H3"/>"#
            }
            Glyph::People => concat!(
                r#"<path d="M16 21v-2a4 4 0 0 0-4-4H6a4 4 0 0 0-4 4v2"/><circle cx="9" cy="7" r="4"/>"#,
                r#"<path d="M22 21v-2a4 4 0 0 0-3-3.87M16 3.13a4 4 0 0 1 0 7.75"/>"#
            ),
            Glyph::Star => {
                r#"<path d="M11.525 2.295a.53.53 0 0 1 .95 0l2.31 4.679a2.123 2.123 0 0 0 1.595 1.16l5.166.756a.53.53 0 0 1 .294.904l-3.736 3.638a2.123 2.123 0 0 0-.611 1.878l.882 5.14a.53.53 0 0 1-.771.56l-4.618-2.428a2.122 2.122 0 0 0-1.973 0L6.396 21.01a.53.53 0 0 1-.77-.56l.881-5.139a2.122 2.122 0 0 0-.611-1.879L2.16 9.795a.53.53 0 0 1 .294-.906l5.165-.755a2.122 2.122 0 0 0 1.597-1.16z"/>"#
            }
            Glyph::Search => r#"<circle cx="11" cy="11" r="8"/><path d="m21 21-4.34-4.34"/>"#,
            Glyph::Pause => {
                r#"<rect x="14" y="3" width="5" height="18" rx="1"/><rect x="5" y="3" width="5" height="18" rx="1"/>"#
            }
        }
    }
}

/// A glyph, hidden from screen readers.
#[component]
pub fn Icon(
    /// What it shows.
    of: Glyph,
) -> impl IntoView {
    view! { <svg class="i" width="20" height="20" viewBox="0 0 24 24" aria-hidden="true" inner_html=of.paths()></svg> }
}
