//! English words for numbers.

const ONES: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] = [
    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
];
const SCALES: [&str; 12] = [
    "",
    "thousand",
    "million",
    "billion",
    "trillion",
    "quadrillion",
    "quintillion",
    "sextillion",
    "septillion",
    "octillion",
    "nonillion",
    "decillion",
];

fn below_thousand(n: usize) -> String {
    let mut words = Vec::new();
    if n >= 100 {
        words.push(format!("{} hundred", ONES[n / 100]));
    }
    let rest = n % 100;
    if n >= 100 && rest > 0 {
        words.push("and".into());
    }
    match rest {
        0 if n > 0 => {}
        0..20 => words.push(ONES[rest].into()),
        _ if rest.is_multiple_of(10) => words.push(TENS[rest / 10].into()),
        _ => words.push(format!("{}-{}", TENS[rest / 10], ONES[rest % 10])),
    }
    words.join(" ")
}

/// One digit after the other.
pub(super) fn digits(text: &str) -> String {
    let words = text.chars().filter_map(|c| c.to_digit(10));
    let words: Vec<&str> = words.map(|d| ONES[d as usize]).collect();
    words.join(" ")
}

/// A number in digits, in words: "one thousand, two hundred and thirty-four". What no word reaches is
/// read digit by digit.
pub(super) fn cardinal(text: &str) -> String {
    let text = text.trim_start_matches('0');
    if text.is_empty() {
        return ONES[0].into();
    }
    if text.len() > 3 * SCALES.len() {
        return digits(text);
    }
    let mut groups: Vec<String> = Vec::new();
    let bytes = text.as_bytes();
    for (scale, group) in bytes.rchunks(3).enumerate() {
        let n = group.iter().fold(0, |n, d| 10 * n + usize::from(d - b'0'));
        match (n, scale) {
            (0, _) => {}
            (n, 0) => groups.push(below_thousand(n)),
            (n, scale) => groups.push(format!("{} {}", below_thousand(n), SCALES[scale])),
        }
    }
    groups.reverse();
    match groups.split_last() {
        Some((last, first)) if !first.is_empty() && !last.contains(' ') => {
            format!("{} and {last}", first.join(", "))
        }
        _ => groups.join(", "),
    }
}

/// "twenty-third", "one hundred and first".
pub(super) fn ordinal(text: &str) -> String {
    let words = cardinal(text);
    let cut = words.rfind([' ', '-']).map_or(0, |i| i + 1);
    let (head, last) = words.split_at(cut);
    let last = match last {
        "one" => "first".into(),
        "two" => "second".into(),
        "three" => "third".into(),
        "five" => "fifth".into(),
        "eight" => "eighth".into(),
        "nine" => "ninth".into(),
        "twelve" => "twelfth".into(),
        _ => match last.strip_suffix('y') {
            Some(stem) => format!("{stem}ieth"),
            None => format!("{last}th"),
        },
    };
    format!("{head}{last}")
}

/// Four digits as a year: "nineteen oh-five", "two thousand and five", "twenty ten".
pub(super) fn year(text: &str) -> String {
    let n: usize = text.parse().unwrap_or(0);
    let (high, low) = (n / 100, n % 100);
    if high == 0 || high % 10 == 0 && low < 10 || high >= 100 {
        return cardinal(text);
    }
    let low = match low {
        0 => "hundred".into(),
        1..10 => format!("oh-{}", ONES[low]),
        _ => cardinal(&low.to_string()),
    };
    format!("{} {low}", cardinal(&high.to_string()))
}

/// "three point one four"; zeros at the end are not read.
pub(super) fn decimal(text: &str) -> String {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let part = part.trim_end_matches('0');
    match part {
        "" => cardinal(whole),
        _ => format!("{} point {}", cardinal(whole), digits(part)),
    }
}

/// A number in Roman digits.
pub(super) fn roman(text: &str) -> usize {
    let value = |c| match c {
        'I' => 1,
        'V' => 5,
        'X' => 10,
        'L' => 50,
        'C' => 100,
        'D' => 500,
        _ => 1000,
    };
    let values: Vec<usize> = text.chars().map(value).collect();
    let mut total = 0;
    for (i, v) in values.iter().enumerate() {
        match values.get(i + 1).is_some_and(|next| next > v) {
            true => total -= *v as isize,
            false => total += *v as isize,
        }
    }
    total.max(0) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_do() {
        assert_eq!(
            cardinal("1234"),
            "one thousand, two hundred and thirty-four"
        );
        assert_eq!(cardinal("1000001"), "one million and one");
        assert_eq!(cardinal("000"), "zero");
        assert_eq!(cardinal(&"9".repeat(40)).split(' ').count(), 40);
        assert_eq!(ordinal("23"), "twenty-third");
        assert_eq!(ordinal("100"), "one hundredth");
        assert_eq!(ordinal("20"), "twentieth");
        assert_eq!(year("1905"), "nineteen oh-five");
        assert_eq!(year("2005"), "two thousand and five");
        assert_eq!(year("2010"), "twenty ten");
        assert_eq!(decimal("3.140"), "three point one four");
        assert_eq!(roman("XIV"), 14);
    }
}
