//! The people of a sample, including families, namesakes and colleagues.

use std::collections::HashSet;

use super::{
    account::{Handle, NETWORKS},
    dice::Dice,
    habits::Habits,
    handle,
    names::{City, Culture, Name, Names},
    person::{Home, Person, Phone},
};

/// How a new person relates to one of the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// Not at all.
    Stranger,
    /// Same household: family name, address and telephone.
    Relative,
    /// Same full name.
    Namesake,
    /// Same full name in the same city.
    NamesakeNearby,
    /// Same company: address, telephone and `info@`.
    Colleague,
}

/// The frequency in a million from which a name has many bearers everywhere.
const MANY_NAMESAKES: f64 = 40.0;

/// Generates people.
pub struct People<'a> {
    /// The names to choose from.
    pub names: &'a Names,
    /// How they are related, and how they choose handles.
    pub habits: &'a Habits,
}

impl People<'_> {
    /// Generates this many people, related as people in a company's records are. No two share a handle on a network
    /// or a personal address.
    pub fn make(&self, count: usize, dice: &mut Dice) -> Vec<Person> {
        let mut people: Vec<Person> = Vec::with_capacity(count);
        let mut taken = HashSet::new();
        while people.len() < count {
            let relation = relation(self.habits, dice);
            // Families and offices are small, and recent people do not have many relatives yet.
            let recent = people.len().saturating_sub(dice.between(1, 12));
            let anybody = dice.below(people.len());
            let other = match relation {
                Relation::Relative | Relation::Colleague => people.get(recent),
                _ => people.get(anybody),
            };
            let is_namesake = matches!(relation, Relation::Namesake | Relation::NamesakeNearby);
            let other = other.filter(|other| !is_namesake || self.may_have_namesake(other, dice));
            let mut person = match other {
                Some(other) => self.related(relation, &other.clone(), dice),
                None => self.anybody(dice),
            };
            evade(&mut person, &mut taken, dice);
            if matches!(relation, Relation::Relative | Relation::Colleague)
                && let Some(other) = people.get_mut(recent)
            {
                other.shared_phone.clone_from(&person.shared_phone);
                other.shared_email.clone_from(&person.shared_email);
            }
            people.push(person);
        }
        people
    }

    /// A person without relation to anybody.
    pub fn anybody(&self, dice: &mut Dice) -> Person {
        let culture = self.names.any_culture(dice);
        let woman = dice.chance(0.5);
        let given = self.names.cultures[culture].given(woman, dice);
        let surname = self.names.cultures[culture].surname(dice);
        self.named(culture, woman, given, surname, dice)
    }

    /// A person related to another one.
    pub fn related(&self, relation: Relation, other: &Person, dice: &mut Dice) -> Person {
        let list = &self.names.cultures[other.culture];
        match relation {
            Relation::Stranger => self.anybody(dice),
            Relation::Relative => {
                let woman = dice.chance(0.5);
                let given = different(&other.given, || list.given(woman, dice));
                let mut person = self.named(other.culture, woman, given, other.basic_surname.clone(), dice);
                person.surnames.truncate(1);
                person.surnames.extend(other.surnames.get(1).cloned());
                person.home = other.home.clone();
                let plan = list.phone_plan(dice);
                let phone = other.shared_phone.clone().unwrap_or_else(|| Phone::new(plan, dice));
                person.shared_phone = Some(phone);
                let family = handle::family_email(&person.basic_surname, dice);
                person.shared_email = other.shared_email.clone().or_else(|| dice.chance(0.3).then_some(family));
                person
            }
            Relation::Namesake | Relation::NamesakeNearby => {
                let mut person = self.named(
                    other.culture,
                    other.woman,
                    other.given.clone(),
                    other.basic_surname.clone(),
                    dice,
                );
                person.surnames.clone_from(&other.surnames);
                if relation == Relation::NamesakeNearby {
                    let postcode = nearby(&other.home.city.postcode, dice);
                    person.home.city = City {
                        postcode,
                        ..other.home.city.clone()
                    };
                }
                person
            }
            Relation::Colleague => {
                let mut person = self.anybody(dice);
                person.home = other.home.clone();
                let office = Phone::new(list.phone_plan(dice), dice);
                person.shared_phone = Some(other.shared_phone.clone().unwrap_or(office));
                let email = other.shared_email.clone().unwrap_or_else(|| handle::office_email(dice));
                person.shared_email = Some(email);
                person
            }
        }
    }

    /// Whether a stranger may happen to have a person's name. The more people have the name, the more likely.
    pub fn may_have_namesake(&self, person: &Person, dice: &mut Dice) -> bool {
        let bearers = self
            .names
            .namesakes_in_a_million(person.culture, &person.given, &person.basic_surname);
        dice.chance((bearers / MANY_NAMESAKES).max(self.habits.rare_namesakes))
    }

    /// A person with this name.
    pub fn named(&self, culture: usize, woman: bool, given: Name, basic_surname: Name, dice: &mut Dice) -> Person {
        let list = &self.names.cultures[culture];
        let two = match list.name {
            "spanish" => 0.65,
            "portuguese" => 0.45,
            "german" | "english" | "french" => 0.03,
            _ => 0.0,
        };
        let mut surnames = vec![gendered(&basic_surname, woman, list.name)];
        if dice.chance(two) {
            surnames.push(list.surname(dice));
        }
        let middle = dice.chance(0.15).then(|| list.given(woman, dice));
        let former_surname = (woman && dice.chance(0.35)).then(|| gendered(&list.surname(dice), woman, list.name));
        let city = if dice.chance(self.habits.small_towns) {
            small_town(list, dice)
        } else {
            list.city(dice)
        };
        let postcode = nearby(&city.postcode, dice);
        let mut person = Person {
            culture,
            woman,
            given,
            middle,
            surnames,
            basic_surname,
            former_surname,
            born: dice.between(1948, 2006),
            home: Home {
                street: list.street(dice),
                city: City { postcode, ..city },
            },
            phone: Phone::new(list.phone_plan(dice), dice),
            shared_phone: None,
            emails: Vec::new(),
            shared_email: None,
            handles: Vec::new(),
            orders: Vec::new(),
            account: String::new(),
        };
        self.furnish(&mut person, dice);
        person
    }

    fn furnish(&self, person: &mut Person, dice: &mut Dice) {
        for _ in 0..=usize::from(dice.chance(0.25)) {
            person.emails.push(handle::email(person, self.names, dice));
        }
        let mut networks: Vec<&str> = NETWORKS.to_vec();
        dice.shuffle(&mut networks);
        let usual = handle::invent(person, self.names, self.habits.handles_of_words, dice);
        for network in networks.into_iter().take(dice.between(1, 4)) {
            let text = match dice.fraction() {
                same if same < 0.55 => usual.clone(),
                varied if varied < 0.8 => handle::varied(&usual, person, dice),
                _ => handle::invent(person, self.names, self.habits.handles_of_words, dice),
            };
            person.handles.push(Handle { network, text });
        }
        person.orders = (0..dice.between(1, 3)).map(|_| order(dice)).collect();
        person.account = account(dice);
    }
}

/// A town named after somebody, as most small towns are.
fn small_town(list: &Culture, dice: &mut Dice) -> City {
    let ending = dice.pick(&[
        "ville", "ton", "burg", "field", "wood", " Springs", " Falls", "dorf", "stad", "",
    ]);
    City {
        name: Name::new(&format!("{}{ending}", list.surname(dice).latin())),
        postcode: dice.digits(5),
    }
}

/// Replaces handles and addresses that somebody else has.
fn evade(person: &mut Person, taken: &mut HashSet<String>, dice: &mut Dice) {
    for handle in &mut person.handles {
        while !taken.insert(handle.key()) {
            handle.text.push_str(&dice.digits(1));
        }
    }
    for email in &mut person.emails {
        while !taken.insert(email.clone()) {
            let (local, domain) = email.split_once('@').unwrap_or((email, ""));
            *email = format!("{local}{}@{domain}", dice.digits(1));
        }
    }
}

fn relation(habits: &Habits, dice: &mut Dice) -> Relation {
    let [relatives, namesakes, nearby, colleagues] = habits.relations;
    let others = 1.0 - habits.relations.iter().sum::<f64>();
    match Habits::place(&[relatives, namesakes, nearby, colleagues, others], dice) {
        0 => Relation::Relative,
        1 => Relation::Namesake,
        2 => Relation::NamesakeNearby,
        3 => Relation::Colleague,
        _ => Relation::Stranger,
    }
}

fn different(from: &Name, mut draw: impl FnMut() -> Name) -> Name {
    let mut name = draw();
    for _ in 0..8 {
        if name != *from {
            break;
        }
        name = draw();
    }
    name
}

/// The postcode of another street of the same city: the last digits differ.
fn nearby(postcode: &str, dice: &mut Dice) -> String {
    let mut letters: Vec<char> = postcode.chars().collect();
    let digits: Vec<usize> = (0..letters.len()).filter(|&at| letters[at].is_ascii_digit()).collect();
    for &at in digits.iter().rev().take(2) {
        letters[at] = char::from(b'0' + u8::try_from(dice.below(10)).unwrap_or(0));
    }
    letters.into_iter().collect()
}

fn order(dice: &mut Dice) -> String {
    match dice.below(4) {
        0 => format!("A-{}/{}", dice.digits(4), dice.digits(2)),
        1 => format!("ORD-{}", dice.digits(7)),
        2 => format!("{}-{}-{}", dice.digits(3), dice.digits(7), dice.digits(4)),
        _ => dice.digits(9),
    }
}

fn account(dice: &mut Dice) -> String {
    match dice.below(3) {
        0 => format!("AC{}", dice.digits(8)),
        1 => format!("{} {}", dice.digits(4), dice.digits(5)),
        _ => format!("K-{}", dice.digits(7)),
    }
}

/// The form of a family name for a woman, if the language has one.
fn gendered(name: &Name, woman: bool, culture: &str) -> Name {
    let endings: &[(&str, &str)] = match culture {
        _ if !woman => return name.clone(),
        "polish" => &[("ski", "ska"), ("cki", "cka"), ("dzki", "dzka")],
        "russian" | "ukrainian" => &[
            ("ский", "ская"),
            ("цкий", "цкая"),
            ("ський", "ська"),
            ("ов", "ова"),
            ("ев", "ева"),
            ("ёв", "ёва"),
            ("ин", "ина"),
            ("ын", "ына"),
        ],
        "greek" => &[
            ("όπουλος", "οπούλου"),
            ("ίδης", "ίδου"),
            ("άκης", "άκη"),
            ("ος", "ου"),
            ("ής", "ή"),
            ("ης", "η"),
            ("άς", "ά"),
        ],
        _ => return name.clone(),
    };
    let changed = endings
        .iter()
        .find_map(|(his, hers)| Some(format!("{}{hers}", name.native().strip_suffix(his)?)));
    changed.map_or_else(|| name.clone(), |hers| Name::new(&hers))
}
