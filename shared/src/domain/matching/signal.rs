//! What can be observed about a field of a candidate. What each observation is worth is in `weights`.

/// Makes the enum, the list of its variants and their texts of one table.
macro_rules! signals {
    ($($name:ident: $text:literal,)*) => {
        /// One observation about a field; of each field the best agreement comes first.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Signal {
            $(#[doc = $text] $name,)*
        }

        impl Signal {
            /// All there are.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// What was observed, for an operator.
            pub fn text(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

signals! {
    NameEqual: "All words of both names agree, nicknames included, in any order",
    NameContained: "All words of one name are in the other, two at least: a middle name, a second surname",
    NameAlike: "Two words or more agree, some by likeness",
    NameInitial: "One word agrees and an initial stands for another",
    NameSingle: "One of the names has one word only, which the other has",
    NameOtherGiven: "The surname agrees and the given name does not: a relative, more likely",
    NameHalf: "A word agrees, another does not",
    NameOther: "No word agrees",
    NameNamesakes: "How many customers have such a name, as a logarithm; where the names agree",
    NameCommon: "How common its words are with the other's initial, as a logarithm; where the names agree",
    NameWords: "How many customers have its words, as logarithms together; where the names agree",
    HandleEqual: "The same handle on the same network",
    HandleEqualSomewhere: "The same handle, on a network that one side does not tell",
    HandleElsewhereEqual: "The same handle on another network",
    HandleOrnaments: "The same handle but for separators and ornaments",
    HandleNumber: "The same handle with a number that the other lacks",
    HandleAlike: "Handles that are alike",
    HandleOtherNumber: "The same letters with other numbers: jane84, jane31",
    HandleMailbox: "The handle is the mailbox of an e-mail address",
    HandleMailboxLetters: "The letters of the handle are those of the mailbox of an e-mail address",
    HandleOfName: "The handle is made of the customer's name, where the names themselves do not agree",
    HandleOther: "Another handle on the same network",
    HandleUnlike: "The customer has handles elsewhere, none like it",
    ProfileEqual: "The same profile, where its address tells no handle",
    EmailEqual: "The same address",
    EmailOtherProvider: "The same mailbox at another provider",
    EmailSlip: "A slip of the finger away",
    EmailOther: "Other addresses",
    PhoneEqual: "The same number",
    PhoneSlip: "One digit away",
    PhoneOther: "Other numbers",
    ReferenceEqual: "The same order, account or case",
    ReferenceOther: "Other orders, accounts or cases",
    PlaceStreet: "The same street and number, beside the same postcode or city",
    PlaceZip: "The same postcode",
    PlaceCity: "The same city",
    PlaceOther: "Another place",
    Shared: "How many customers share the strongest value that agrees, as a logarithm",
}

impl Signal {
    pub(super) fn is_agreement_of_names(self) -> bool {
        (Self::NameEqual..=Self::NameInitial).contains(&self)
    }

    pub(super) fn is_agreement_of_handles(self) -> bool {
        (Self::HandleEqual..=Self::HandleMailboxLetters).contains(&self)
    }

    /// The field that it is about, as the contract's members are called.
    pub fn field(self) -> &'static str {
        let name = format!("{self:?}");
        [
            ("Name", "displayName"),
            ("Handle", "screenName"),
            ("Profile", "profileUrl"),
            ("Email", "email"),
            ("Phone", "phoneNumbers"),
            ("Reference", "orderNumbers, caseNumbers, accountNumbers"),
            ("Place", "addresses"),
        ]
        .into_iter()
        .find(|(beginning, _)| name.starts_with(beginning))
        .map_or("all", |(_, field)| field)
    }
}
