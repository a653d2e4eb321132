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
    NameEqual: "All words of both names agree, in any order and spelling",
    NameContained: "All words of one name are in the other, two at least: a middle name, a second surname",
    NameNickname: "The names agree, one of them with a nickname",
    NameAlike: "Two words or more agree, some by likeness",
    NameInitials: "Two words agree, and an initial stands for the given name",
    NameInitial: "One word agrees and an initial stands for another",
    NameRunTogether: "The handle is the whole name of the customer, where the name that is shown says less",
    NameInHandle: "A handle or a mailbox of the customer, whose name is not known, spells out the name",
    NameInitialInHandle: "The same, with an initial",
    NameSingle: "One of the names has one word only, which the other has",
    NameOtherGiven: "The surname agrees and the given name does not: a relative, more likely",
    NameHalf: "A word agrees, another does not",
    NameOther: "No word agrees",
    NameSingleConfirms: "Beside an identifier that agrees: one word does, and that is all there is",
    NameOtherGivenBeside: "Beside an identifier that agrees: the surname does, and the given name does not",
    NameOtherBeside: "Beside an identifier that agrees: the names do not",
    NameMoreWords: "How many words agree beyond two; where the names agree",
    NameNamesakes: "How many customers have such a name, as a logarithm; where the names agree",
    NameCommon: "How common its words are with the other's initial, as a logarithm; where the names agree",
    NameWords: "How many customers have its words, as logarithms together; where the names agree",
    NameCommonSurname: "The surname is among the most common of its language; where the names agree",
    NameAlikeKnown: "How many customers have a word that agrees by likeness as it stands, as a logarithm",
    HandleEqual: "The same handle on the same network",
    HandleEqualSomewhere: "The same handle, on a network that one side does not tell",
    HandleElsewhereEqual: "The same handle on another network",
    HandleElsewhereOfName: "The same handle on another network, made of the name that agrees anyway",
    HandleOrnaments: "The same handle but for separators and ornaments",
    HandleNumber: "The same handle with a number that the other lacks, or has in part",
    HandleMailbox: "The handle is the mailbox of an e-mail address",
    HandleMailboxLetters: "The letters of the handle are those of the mailbox of an e-mail address",
    HandleAlike: "Handles that are alike",
    HandleVariantOfName: "Handles that are alike, made of the name that agrees anyway",
    HandleOtherNumber: "The same letters with other numbers: jane84, jane31",
    HandleOfName: "The handle is made of the customer's name, where the names themselves do not agree",
    HandleOtherAlike: "Another handle on the same network, though one that is alike",
    HandleOther: "Another handle on the same network",
    HandleUnlike: "The customer has handles elsewhere, none like it",
    ProfileEqual: "The same profile, where its address tells no handle",
    EmailEqual: "The same address",
    EmailOtherProvider: "The same mailbox at another provider",
    EmailOtherProviderOfName: "The same mailbox at another provider, made of the name",
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
    DetailsOther: "Beside what is one person's own and agrees: contacts, references or places differ, however many of them",
    Shared: "How many customers share the strongest value that agrees, as a logarithm",
}

impl Signal {
    pub(super) fn is_agreement_of_names(self) -> bool {
        (Self::NameEqual..=Self::NameInitialInHandle).contains(&self)
    }

    pub(super) fn is_about_names(self) -> bool {
        (Self::NameEqual..=Self::NameAlikeKnown).contains(&self)
    }

    /// How common a name is that agrees.
    pub(super) fn is_commonness_of_names(self) -> bool {
        (Self::NameNamesakes..=Self::NameAlikeKnown).contains(&self)
    }

    /// Whether this is the agreement of an identifier as it stands.
    pub(super) fn identifies(self) -> bool {
        matches!(
            self,
            Self::HandleEqual
                | Self::HandleEqualSomewhere
                | Self::HandleElsewhereEqual
                | Self::ProfileEqual
                | Self::EmailEqual
                | Self::PhoneEqual
                | Self::ReferenceEqual
        )
    }

    /// Whether this is the agreement of something that is one person's own, or nearly always: telephones are handed on, and one handle
    /// may be two people's on two networks.
    pub(super) fn is_of_ones_own(self) -> bool {
        matches!(
            self,
            Self::HandleEqual | Self::ProfileEqual | Self::EmailEqual | Self::ReferenceEqual
        )
    }

    /// Whether this is a contact, a reference or a place that differs.
    pub(super) fn is_difference_of_details(self) -> bool {
        matches!(
            self,
            Self::HandleOtherAlike
                | Self::HandleOther
                | Self::HandleUnlike
                | Self::EmailOther
                | Self::PhoneOther
                | Self::ReferenceOther
                | Self::PlaceOther
        )
    }

    pub(super) fn is_likeness_of_handles(self) -> bool {
        (Self::HandleEqual..=Self::HandleAlike).contains(&self)
    }

    pub(super) fn speaks_against(self) -> bool {
        (Self::NameOtherGiven..=Self::NameOther).contains(&self)
    }

    /// What names that do not agree, or hardly, say beside an identifier that does: there, they did not bring the candidate up.
    pub(super) fn beside_identifier(self) -> Self {
        match self {
            Self::NameSingle => Self::NameSingleConfirms,
            Self::NameOtherGiven => Self::NameOtherGivenBeside,
            Self::NameHalf | Self::NameOther => Self::NameOtherBeside,
            other => other,
        }
    }

    /// What a likeness of handles is where the handle is made of the name, which agrees anyway.
    pub(super) fn beside_its_name(self) -> Self {
        match self {
            Self::HandleElsewhereEqual => Self::HandleElsewhereOfName,
            Self::HandleOrnaments | Self::HandleNumber | Self::HandleMailbox | Self::HandleMailboxLetters | Self::HandleAlike => {
                Self::HandleVariantOfName
            }
            other => other,
        }
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
