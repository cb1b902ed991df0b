//! Whether `docs/security.md` speaks of every requirement of OWASP ASVS 5.0.0, levels 1 and 2: by a row, or by a reason why it
//! does not apply.

use std::collections::BTreeMap;

use super::claims::Row;

/// The requirements by number, each with its level; what they ask is to be read there.
const REQUIREMENTS: &str = include_str!("asvs.txt");
/// What stands before the list of those that do not apply.
const ELSEWHERE: &str = "What is not there:";

fn all() -> BTreeMap<&'static str, &'static str> {
    REQUIREMENTS.lines().filter_map(|line| line.split_once(' ')).collect()
}

/// What the list of what does not apply names, before the reason of each line: `V1.2.5`, or `V4.3` for all of that section.
fn elsewhere(text: &str) -> Vec<&str> {
    let list = text.split_once(ELSEWHERE).map_or("", |(_, list)| list);
    let lines = list.lines().filter_map(|line| line.strip_prefix("- ")?.split_once(": "));
    lines.flat_map(|(names, _)| names.split(", ")).collect()
}

/// A sentence for each requirement of levels 1 and 2 that is not answered in this text, whose rows these are.
pub(super) fn unanswered(rows: &[Row], text: &str) -> Vec<String> {
    compare(rows, &elsewhere(text), &all())
}

/// A sentence for each requirement that neither a row nor the list speaks of, both do, or a row has at another level;
/// and for each name that is of none.
fn compare(rows: &[Row], elsewhere: &[&str], asvs: &BTreeMap<&str, &str>) -> Vec<String> {
    let levels: BTreeMap<&str, &str> =
        rows.iter().filter(|row| row.name.starts_with('V')).map(|row| (row.name, row.level)).collect();
    let covers = |section: &str, name: &str| {
        name.strip_prefix(section).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let mut broken = Vec::new();
    for (name, level) in asvs {
        match (levels.get(name), elsewhere.iter().any(|section| covers(section, name))) {
            (None, false) => broken.push(format!("{name} has no row, and no reason why it does not apply")),
            (Some(_), true) => broken.push(format!("{name} has a row, and is said not to apply")),
            (Some(other), false) if other != level => {
                broken.push(format!("{name} is of level {level}, not {other}"))
            }
            _ => {}
        }
    }
    let strange = levels.keys().filter(|name| !asvs.contains_key(*name));
    let empty = elsewhere.iter().filter(|section| !asvs.keys().any(|name| covers(section, name)));
    broken.extend(strange.chain(empty).map(|name| format!("{name} is no requirement of level 1 or 2")));
    broken
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test::claims::rows;

    #[test]
    fn every_requirement_has_a_row_of_its_level_or_a_reason_why_not_and_never_both() {
        let told = |rows_of: &str, list: &str| {
            let text = format!("{rows_of}\n{ELSEWHERE}\n\n{list}");
            let asvs = [("V1.1.1", "2"), ("V1.1.10", "1"), ("V4.3.1", "2"), ("V4.3.2", "2")].into();
            compare(&rows(&text), &elsewhere(&text), &asvs)
        };
        let (first, tenth) = ("| V1.1.1 | 2 | what | not yet |\n", "| V1.1.10 | 1 | what | not yet |\n");
        let both = format!("{first}{tenth}");
        assert_eq!(told(&both, "- V4.3: no GraphQL"), Vec::<String>::new());
        assert_eq!(told(first, "- V1.1.10, V4.3.1, V4.3.2: there is\n  none: V1"), Vec::<String>::new());
        for (rows_of, list, why) in [
            (first, "- V4.3: none", "V1.1.10 has no row"),
            (tenth, "- V4.3: none", "V1.1.1 has no row"),
            (&*both, "- V4.3.2: none", "V4.3.1 has no row"),
            (&*both, "", "V4.3.2 has no row"),
            (&*both, "- V4.3, V1.1.1: none", "V1.1.1 has a row, and is said not to apply"),
            (&*both, "- V4.3, V4.4: none", "V4.4 is no requirement"),
            (&*format!("{both}| V9.9.9 | 1 | what | not yet |"), "- V4.3: none", "V9.9.9 is no requirement"),
            (&*format!("{first}{}", tenth.replace("| 1 |", "| 2 |")), "- V4.3: none", "is of level 1, not 2"),
        ] {
            let broken = told(rows_of, list);
            assert!(broken.iter().any(|line| line.contains(why)), "{rows_of}{list}: {broken:?}");
        }
    }

    #[test]
    fn the_requirements_are_those_of_both_levels() {
        let of = |level: &str| all().values().filter(|other| **other == level).count();
        assert_eq!((of("1"), of("2"), REQUIREMENTS.lines().count()), (70, 183, 253));
    }
}
