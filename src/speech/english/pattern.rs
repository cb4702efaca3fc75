//! Patterns of text: regular expressions with views to both sides, which reading aloud is full of ("a
//! number that no letter precedes"). Small on purpose: the usual crates cannot look behind, or bring
//! tables larger than the voice's dictionary.
//!
//! What there is: classes, groups, alternatives, `? * + {m,n}` (and `*?`), `^ $ \b \d \w \s`, `(?=…)`,
//! `(?!…)`, `(?<=…)`, `(?<!…)`. Patterns are ours; text is anybody's, and short.

/// How far `(?<=…)` looks back.
const BEHIND: usize = 8;

/// One kind of character.
#[derive(Debug, Clone)]
enum Item {
    Range(char, char),
    Digit,
    Word(bool),
    Space(bool),
}

impl Item {
    fn has(&self, c: char) -> bool {
        match *self {
            Item::Range(from, to) => (from..=to).contains(&c),
            Item::Digit => c.is_ascii_digit(),
            Item::Word(is) => (c.is_alphanumeric() || c == '_') == is,
            Item::Space(is) => c.is_whitespace() == is,
        }
    }
}

#[derive(Debug)]
enum Node {
    /// A character of a class, or of none of it.
    Class(Vec<Item>, bool),
    Start,
    End,
    Edge,
    Sequence(Vec<Node>),
    Either(Vec<Node>),
    /// With its number, from 1 on.
    Group(usize, Box<Node>),
    Repeat {
        node: Box<Node>,
        least: usize,
        most: usize,
        greedy: bool,
    },
    Look {
        node: Box<Node>,
        ahead: bool,
        there: bool,
    },
}

/// See the module's documentation.
#[derive(Debug)]
pub(super) struct Pattern {
    root: Node,
    groups: usize,
    any_case: bool,
}

/// Where a pattern was found, and its groups.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// The whole first, then the groups.
    places: Vec<Option<(usize, usize)>>,
}

impl Found {
    pub(super) fn start(&self) -> usize {
        self.places[0].map_or(0, |p| p.0)
    }

    pub(super) fn end(&self) -> usize {
        self.places[0].map_or(0, |p| p.1)
    }

    /// What a group holds; nothing if it took no part.
    pub(super) fn group(&self, text: &[char], i: usize) -> Option<String> {
        let (from, to) = (*self.places.get(i)?)?;
        Some(text[from..to].iter().collect())
    }
}

impl Pattern {
    pub(super) fn new(pattern: &str) -> Self {
        let (pattern, any_case) = match pattern.strip_prefix("(?i)") {
            Some(rest) => (rest, true),
            None => (pattern, false),
        };
        let mut parser = Parser {
            rest: pattern.chars().collect(),
            at: 0,
            groups: 0,
        };
        let root = parser.either();
        Self {
            root,
            groups: parser.groups,
            any_case,
        }
    }

    /// The first place from `from` on.
    pub(super) fn find(&self, text: &[char], from: usize) -> Option<Found> {
        (from..=text.len()).find_map(|at| self.at(text, at))
    }

    /// Exactly there.
    pub(super) fn at(&self, text: &[char], at: usize) -> Option<Found> {
        let mut places = vec![None; self.groups + 1];
        let search = Search {
            text,
            any_case: self.any_case,
        };
        let mut end = None;
        search.step(&self.root, at, &mut places, &mut |to, _| {
            end = Some(to);
            true
        });
        places[0] = Some((at, end?));
        Some(Found { places })
    }

    /// All places, none within another.
    pub(super) fn all(&self, text: &[char]) -> Vec<Found> {
        let (mut found, mut from) = (Vec::new(), 0);
        while let Some(next) = self.find(text, from) {
            from = next.end().max(next.start() + 1);
            found.push(next);
        }
        found
    }

    /// The text with each place replaced.
    pub(super) fn replace(
        &self,
        text: &[char],
        with: impl Fn(&Found, &[char]) -> String,
    ) -> Vec<char> {
        let (mut out, mut from) = (Vec::with_capacity(text.len()), 0);
        for found in self.all(text) {
            out.extend_from_slice(&text[from..found.start()]);
            out.extend(with(&found, text).chars());
            from = found.end();
        }
        out.extend_from_slice(&text[from..]);
        out
    }
}

/// A literal text as a pattern.
pub(super) fn literal(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c.is_ascii_punctuation() {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Any of these, the longest first.
pub(super) fn any_of<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let mut words: Vec<&str> = words.collect();
    words.sort_by_key(|w| std::cmp::Reverse(w.chars().count()));
    let words: Vec<String> = words.into_iter().map(literal).collect();
    words.join("|")
}

struct Parser {
    rest: Vec<char>,
    at: usize,
    groups: usize,
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.rest.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek();
        self.at += 1;
        c
    }

    fn eat(&mut self, text: &str) -> bool {
        let fits = text.chars().enumerate();
        let fits = fits
            .into_iter()
            .all(|(i, c)| self.rest.get(self.at + i) == Some(&c));
        if fits {
            self.at += text.chars().count();
        }
        fits
    }

    fn either(&mut self) -> Node {
        let mut all = vec![self.sequence()];
        while self.eat("|") {
            all.push(self.sequence());
        }
        match all.len() {
            1 => all.remove(0),
            _ => Node::Either(all),
        }
    }

    fn sequence(&mut self) -> Node {
        let mut nodes = Vec::new();
        while self.peek().is_some_and(|c| c != '|' && c != ')') {
            let node = self.atom();
            nodes.push(self.repeated(node));
        }
        Node::Sequence(nodes)
    }

    fn number(&mut self) -> Option<usize> {
        let mut n = None;
        while let Some(d) = self.peek().and_then(|c| c.to_digit(10)) {
            n = Some(n.unwrap_or(0) * 10 + d as usize);
            self.at += 1;
        }
        n
    }

    fn repeated(&mut self, node: Node) -> Node {
        let (least, most) = match self.peek() {
            Some('?') => (0, 1),
            Some('*') => (0, usize::MAX),
            Some('+') => (1, usize::MAX),
            Some('{') => {
                self.at += 1;
                let least = self.number().unwrap_or(0);
                let most = match self.eat(",") {
                    true => self.number().unwrap_or(usize::MAX),
                    false => least,
                };
                (least, most)
            }
            _ => return node,
        };
        self.at += 1;
        let greedy = !self.eat("?");
        Node::Repeat {
            node: Box::new(node),
            least,
            most,
            greedy,
        }
    }

    fn atom(&mut self) -> Node {
        match self.next() {
            Some('(') => self.group(),
            Some('[') => self.class(),
            Some('^') => Node::Start,
            Some('$') => Node::End,
            Some('.') => Node::Class(vec![Item::Range('\n', '\n')], true),
            Some('\\') if self.eat("b") => Node::Edge,
            Some('\\') => Node::Class(vec![self.escape()], false),
            Some(c) => Node::Class(vec![Item::Range(c, c)], false),
            None => Node::Sequence(Vec::new()),
        }
    }

    fn group(&mut self) -> Node {
        let look = |ahead, there| Some((ahead, there));
        let kind = match () {
            () if self.eat("?:") => None,
            () if self.eat("?=") => look(true, true),
            () if self.eat("?!") => look(true, false),
            () if self.eat("?<=") => look(false, true),
            () if self.eat("?<!") => look(false, false),
            () => {
                self.groups += 1;
                let number = self.groups;
                let node = Box::new(self.either());
                self.at += 1;
                return Node::Group(number, node);
            }
        };
        let node = self.either();
        self.at += 1;
        match kind {
            None => node,
            Some((ahead, there)) => Node::Look {
                node: Box::new(node),
                ahead,
                there,
            },
        }
    }

    fn escape(&mut self) -> Item {
        match self.next() {
            Some('d') => Item::Digit,
            Some('w') => Item::Word(true),
            Some('W') => Item::Word(false),
            Some('s') => Item::Space(true),
            Some('S') => Item::Space(false),
            Some(c) => Item::Range(c, c),
            None => Item::Range('\\', '\\'),
        }
    }

    fn class(&mut self) -> Node {
        let not = self.eat("^");
        let mut items = Vec::new();
        while let Some(c) = self.next() {
            let item = match c {
                ']' => break,
                '\\' => self.escape(),
                c => Item::Range(c, c),
            };
            let range = self.peek() == Some('-') && self.rest.get(self.at + 1) != Some(&']');
            match (&item, range) {
                (Item::Range(from, _), true) => {
                    self.at += 1;
                    let to = self.next().unwrap_or(*from);
                    items.push(Item::Range(*from, to));
                }
                _ => items.push(item),
            }
        }
        Node::Class(items, not)
    }
}

type Places = Vec<Option<(usize, usize)>>;
type Then<'a> = &'a mut dyn FnMut(usize, &mut Places) -> bool;

/// A pattern being tried on a text: each step says what is to come then, and is tried in all ways until
/// that says yes.
struct Search<'a> {
    text: &'a [char],
    any_case: bool,
}

impl Search<'_> {
    fn has(&self, items: &[Item], not: bool, at: usize) -> bool {
        let Some(&c) = self.text.get(at) else {
            return false;
        };
        let one = |c: char| items.iter().any(|item| item.has(c));
        let found =
            one(c) || self.any_case && (one(c.to_ascii_lowercase()) || one(c.to_ascii_uppercase()));
        found != not
    }

    fn is_word(&self, at: Option<usize>) -> bool {
        let c = at.and_then(|at| self.text.get(at));
        c.is_some_and(|&c| Item::Word(true).has(c))
    }

    fn step(&self, node: &Node, at: usize, places: &mut Places, then: Then) -> bool {
        match node {
            Node::Class(items, not) => self.has(items, *not, at) && then(at + 1, places),
            Node::Start => at == 0 && then(at, places),
            Node::End => at == self.text.len() && then(at, places),
            Node::Edge => {
                let edge = self.is_word(at.checked_sub(1)) != self.is_word(Some(at));
                edge && then(at, places)
            }
            Node::Sequence(nodes) => self.sequence(nodes, at, places, then),
            Node::Either(nodes) => {
                let mut nodes = nodes.iter();
                nodes.any(|node| self.step(node, at, places, then))
            }
            Node::Group(number, node) => self.step(node, at, places, &mut |to, places| {
                let before = places[*number].replace((at, to));
                let yes = then(to, places);
                if !yes {
                    places[*number] = before;
                }
                yes
            }),
            Node::Repeat {
                node,
                least,
                most,
                greedy,
            } => match &**node {
                Node::Class(items, not) if *greedy => {
                    let fits = |n: &usize| self.has(items, *not, at + n);
                    let most = (0..*most).take_while(fits).count();
                    (*least..=most).rev().any(|n| then(at + n, places))
                }
                node => self.repeat(node, [*least, *most], *greedy, at, places, then),
            },
            Node::Look { node, ahead, there } => {
                let mut kept = places.clone();
                let found = match ahead {
                    true => self.step(node, at, &mut kept, &mut |_, _| true),
                    false => (at.saturating_sub(BEHIND)..=at)
                        .rev()
                        .any(|from| self.step(node, from, &mut kept, &mut |to, _| to == at)),
                };
                found == *there && then(at, places)
            }
        }
    }

    fn sequence(&self, nodes: &[Node], at: usize, places: &mut Places, then: Then) -> bool {
        match nodes.split_first() {
            None => then(at, places),
            Some((first, rest)) => self.step(first, at, places, &mut |to, places| {
                self.sequence(rest, to, places, then)
            }),
        }
    }

    fn repeat(
        &self,
        node: &Node,
        [least, most]: [usize; 2],
        greedy: bool,
        at: usize,
        places: &mut Places,
        then: Then,
    ) -> bool {
        if least == 0 && !greedy && then(at, places) {
            return true;
        }
        let again = most > 0
            && self.step(node, at, places, &mut |to, places| {
                let (least, most) = (least.saturating_sub(1), most.saturating_sub(1));
                // What takes nothing would go on for ever.
                to > at && self.repeat(node, [least, most], greedy, to, places, then)
            });
        again || least == 0 && greedy && then(at, places)
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    fn found(pattern: &str, text: &str) -> Vec<String> {
        let text: Vec<char> = text.chars().collect();
        let all = Pattern::new(pattern).all(&text);
        let whole = all.iter().filter_map(|found| found.group(&text, 0));
        whole.collect()
    }

    #[test]
    fn patterns_find_what_they_say() {
        assert_eq!(
            found(r"\d+(?:,\d{3})*(?:\.\d+)?", "1,234.5 or 12,34"),
            ["1,234.5", "12", "34"]
        );
        assert_eq!(found(r"(?<![\w.])\d+(?!\w)", "a1 2 3b .4 5"), ["2", "5"]);
        assert_eq!(
            found(r"\b(?:ab|a)c?\b", "ab abc a ac bac"),
            ["ab", "abc", "a", "ac"]
        );
        assert_eq!(
            found(r"[^\W\d_]*?[a-z](?=[A-Z])", "JavaScript isX"),
            ["Java", "is"]
        );
        assert_eq!(found(r"(?i)www\.\S+$", "WWW.a.b"), ["WWW.a.b"]);
        assert_eq!(found(r"(?<=[.!?])\s+(?=\S)", "A. B!  C? ").len(), 2);
        let text: Vec<char> = "a-b".chars().collect();
        let group = Pattern::new("(.)-(.)")
            .find(&text, 0)
            .and_then(|f| f.group(&text, 2));
        assert_eq!(group.as_deref(), Some("b"));
    }
}
