//! Dates and times of day in words, by CLDR's patterns (Unicode Technical Standard 35, part 4).
//!
//! A moment is a number, so that it is the same in every language: [`Moment::of`]. `calendar/forms.txt` holds the
//! patterns, the names of months and days and the parts of the day; `recipes/calendar/pack.mjs` takes them from npm's
//! `cldr-dates-full` and `cldr-core`.

use std::sync::LazyLock;

const FORMS: &str = include_str!("calendar/forms.txt");

static ALL: LazyLock<Vec<Calendar>> = LazyLock::new(|| parse(FORMS));

/// The first year.
pub const FIRST_YEAR: u32 = 1000;
/// The last one.
pub const LAST_YEAR: u32 = 2999;
/// Minutes of a day.
const MINUTES: u32 = 24 * 60;
/// Days that a month has a number for.
const MONTH: u32 = 31;
const YEAR: u32 = 12 * MONTH;
/// Numbers of days.
const DAYS: u32 = (LAST_YEAR - FIRST_YEAR + 1) * YEAR;
/// Where each kind of moment begins.
const WITH_WEEKDAY: u32 = DAYS;
const OF_NO_YEAR: u32 = 2 * DAYS;
const MONTHS: u32 = OF_NO_YEAR + YEAR;
const TIMES: u32 = MONTHS + (LAST_YEAR - FIRST_YEAR + 1) * 12;
/// All numbers, some of which are no day.
pub const COUNT: u32 = TIMES + MINUTES;

/// A date, a part of one, or a time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// A year, a month from 1 on, a day, and whether the day of the week is said.
    Date(u32, u32, u32, bool),
    /// A month and a day.
    Day(u32, u32),
    /// A year and a month.
    Month(u32, u32),
    /// Minutes after midnight.
    Time(u32),
}

impl Moment {
    /// The one with this number; nothing where the calendar has none.
    pub fn of(n: u32) -> Option<Self> {
        let day = |n: u32| (n / MONTH % 12 + 1, n % MONTH + 1);
        match n {
            n if n < OF_NO_YEAR => {
                let (year, (month, day)) = (FIRST_YEAR + n % DAYS / YEAR, day(n % DAYS));
                let there = day <= length(year, month);
                there.then_some(Self::Date(year, month, day, n >= WITH_WEEKDAY))
            }
            n if n < MONTHS => {
                let (month, day) = day(n - OF_NO_YEAR);
                // A leap year has them all.
                (day <= length(2000, month)).then_some(Self::Day(month, day))
            }
            n if n < TIMES => {
                let n = n - MONTHS;
                Some(Self::Month(FIRST_YEAR + n / 12, n % 12 + 1))
            }
            n if n < COUNT => Some(Self::Time(n - TIMES)),
            _ => None,
        }
    }

    /// Its number.
    pub fn number(self) -> u32 {
        let day = |month: u32, day: u32| (month - 1) * MONTH + day - 1;
        match self {
            Self::Date(year, month, d, weekday) => {
                let first = if weekday { WITH_WEEKDAY } else { 0 };
                first + (year - FIRST_YEAR) * YEAR + day(month, d)
            }
            Self::Day(month, d) => OF_NO_YEAR + day(month, d),
            Self::Month(year, month) => MONTHS + (year - FIRST_YEAR) * 12 + month - 1,
            Self::Time(minutes) => TIMES + minutes,
        }
    }

    /// It without the day of the week, which digits do not say.
    pub fn plain(self) -> Self {
        match self {
            Self::Date(year, month, day, _) => Self::Date(year, month, day, false),
            other => other,
        }
    }

    /// In digits, by ISO 8601; of a day without its year what that leaves of it.
    pub fn digits(self) -> String {
        match self {
            Self::Date(year, month, day, _) => format!("{year:04}-{month:02}-{day:02}"),
            Self::Day(month, day) => format!("--{month:02}-{day:02}"),
            Self::Month(year, month) => format!("{year:04}-{month:02}"),
            Self::Time(minutes) => format!("{:02}:{:02}", minutes / 60, minutes % 60),
        }
    }
}

/// Days of a month.
fn length(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The day of the week, from Sunday on (Sakamoto's rule, for the Gregorian calendar at all times).
fn weekday(year: u32, month: u32, day: u32) -> usize {
    const SHIFT: [u32; 12] = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4];
    let y = if month < 3 { year - 1 } else { year };
    ((y + y / 4 - y / 100 + y / 400 + SHIFT[month as usize - 1] + day) % 7) as usize
}

/// How a language writes moments.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Calendar {
    /// For example `de`.
    pub code: String,
    months: Vec<String>,
    weekdays: Vec<String>,
    date: String,
    weekday: String,
    day: String,
    month: String,
    time: String,
    /// From when, before when, and its name.
    parts: Vec<(u32, u32, String)>,
}

/// All languages, in the order of the file.
pub fn all() -> &'static [Calendar] {
    &ALL
}

/// The language called `code`.
pub fn find(code: &str) -> Option<&'static Calendar> {
    ALL.iter().find(|calendar| calendar.code == code)
}

impl Calendar {
    /// A moment in words.
    pub fn words(&self, moment: Moment) -> String {
        let name = |names: &[String], at: usize| names.get(at).cloned().unwrap_or_default();
        let month = |month: u32| name(&self.months, month as usize - 1);
        let put = |form: &str, parts: &[(&str, String)]| {
            let mut out = form.to_string();
            for (sign, text) in parts {
                out = out.replace(sign, text);
            }
            out
        };
        match moment {
            Moment::Date(y, m, d, said) => {
                let form = if said { &self.weekday } else { &self.date };
                let day = name(&self.weekdays, weekday(y, m, d));
                let parts = [
                    ("{E}", day),
                    ("{M}", month(m)),
                    ("{d}", d.to_string()),
                    ("{y}", y.to_string()),
                ];
                put(form, &parts)
            }
            Moment::Day(m, d) => put(&self.day, &[("{M}", month(m)), ("{d}", d.to_string())]),
            Moment::Month(y, m) => put(&self.month, &[("{M}", month(m)), ("{y}", y.to_string())]),
            Moment::Time(minutes) => {
                // Of twelve hours the first is called the twelfth.
                let hour = (minutes / 60 + 11) % 12 + 1;
                let parts = [
                    ("{B}", self.part(minutes).to_string()),
                    ("{h}", hour.to_string()),
                    ("{m}", format!("{:02}", minutes % 60)),
                ];
                put(&self.time, &parts)
            }
        }
    }

    /// The part of the day; noon and midnight are moments of their own, where a language names them.
    fn part(&self, minutes: u32) -> &str {
        let within = |(from, before, _): &&(u32, u32, String)| match from < before {
            true => (*from..*before).contains(&minutes),
            false => minutes >= *from || minutes < *before,
        };
        let parts = self.parts.iter().filter(within);
        let shortest = parts.min_by_key(|(from, before, _)| (before + MINUTES - from) % MINUTES);
        shortest.map_or("", |(_, _, name)| name)
    }

    /// The words that its texts are made of.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let forms = [
            &self.date,
            &self.weekday,
            &self.day,
            &self.month,
            &self.time,
        ];
        let names = self.months.iter().chain(&self.weekdays);
        let parts = self.parts.iter().map(|(_, _, name)| name);
        let around = forms.into_iter().flat_map(|form| form.split(['{', '}']));
        let names = names.chain(parts).flat_map(|name| name.split(' '));
        // What stands between braces is a single letter.
        names.chain(around.filter(|text| text.chars().count() > 1))
    }
}

/// The languages of a file of forms; what is none of the above is skipped.
fn parse(text: &str) -> Vec<Calendar> {
    let mut all: Vec<Calendar> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if let Some(code) = line.strip_prefix('@') {
            all.push(Calendar {
                code: code.into(),
                ..Calendar::default()
            });
            continue;
        }
        let (Some(calendar), Some((name, rest))) = (all.last_mut(), line.split_once(' ')) else {
            continue;
        };
        let list = || rest.split('|').map(String::from).collect();
        match name {
            "months" => calendar.months = list(),
            "weekdays" => calendar.weekdays = list(),
            "date" => calendar.date = rest.into(),
            "weekday" => calendar.weekday = rest.into(),
            "day" => calendar.day = rest.into(),
            "month" => calendar.month = rest.into(),
            "time" => calendar.time = rest.into(),
            "part" => {
                let mut words = rest.splitn(3, ' ');
                let mut number = || words.next().and_then(|word| word.parse().ok());
                if let (Some(from), Some(before)) = (number(), number()) {
                    let name = words.next().unwrap_or_default();
                    calendar.parts.push((from, before, name.into()));
                }
            }
            _ => {}
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn moments_have_numbers() {
        let mut days = [0; 4];
        for n in 0..COUNT {
            let Some(moment) = Moment::of(n) else {
                continue;
            };
            assert_eq!(moment.number(), n);
            days[match moment {
                Moment::Date(..) => 0,
                Moment::Day(..) => 1,
                Moment::Month(..) => 2,
                Moment::Time(_) => 3,
            }] += 1;
        }
        // Two thousand years are five times 146,097 days.
        assert_eq!(days, [2 * 5 * 146_097, 366, 24_000, 1440]);
        assert_eq!(Moment::of(COUNT), None);
    }

    #[test]
    fn moments_are_written_as_the_languages_do() {
        let words = |code: &str, moment| find(code).expect("a language").words(moment);
        // The day on which people first stood on the Moon, a Sunday.
        let day = Moment::Date(1969, 7, 20, true);
        assert_eq!(words("en", day), "Sunday, July 20, 1969");
        assert_eq!(words("de", day), "Sonntag, 20. Juli 1969");
        assert_eq!(words("es", day.plain()), "20 de julio de 1969");
        assert_eq!(words("da", day), "søndag den 20. juli 1969");
        assert_eq!(words("tr", day), "20 Temmuz 1969 Pazar");
        assert_eq!(day.digits(), "1969-07-20");
        assert_eq!(words("en", Moment::Time(0)), "12:00 midnight");
        assert_eq!(words("en", Moment::Time(12 * 60)), "12:00 noon");
        assert_eq!(words("de", Moment::Time(17 * 60 + 5)), "5:05 nachmittags");
        assert_eq!(words("tr", Moment::Time(23 * 60)), "gece 11:00");
        assert_eq!(words("fr", Moment::Time(150)), "2:30 du matin");
        assert_eq!(Moment::Time(150).digits(), "02:30");
        assert_eq!(words("it", Moment::Month(2024, 2)), "febbraio 2024");
        assert_eq!(words("nl", Moment::Day(2, 29)), "29 februari");
        assert_eq!(Moment::of(Moment::Day(2, 29).number() + 1), None);
    }

    #[test]
    fn no_two_moments_are_written_alike() {
        for calendar in all() {
            assert_eq!((calendar.months.len(), calendar.weekdays.len()), (12, 7));
            let mut seen = HashMap::new();
            let some = (0..OF_NO_YEAR).step_by(101).chain(OF_NO_YEAR..COUNT);
            for moment in some.filter_map(Moment::of) {
                let words = calendar.words(moment);
                assert!(!words.contains(['{', '}']) && words.len() < 60, "{words}");
                if let Some(other) = seen.insert(words.clone(), moment) {
                    panic!("{}: {words} is {other:?} and {moment:?}", calendar.code);
                }
            }
        }
    }
}
