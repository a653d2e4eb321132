//! Dutch.

use super::translation::{Labels, Texts, Translation};

pub const TRANSLATION: Translation = Translation {
    tag: "nl-NL",
    labels: Labels {
        kind_individual: "Particulier",
        kind_corporate: "Bedrijf",
        kind_group: "Groep",

        group_association: "Vereniging",
        group_club: "Club",
        group_household: "Huishouden",
        group_joint_account: "Gezamenlijke rekening",
        group_membership: "Lidmaatschap",
        group_other: "Overig",

        level_basic: "Basis",
        level_standard: "Standaard",
        level_silver: "Zilver",
        level_gold: "Goud",
        level_platinum: "Platina",
        level_premium: "Premium",

        role_partner: "Partner",
        role_reseller: "Wederverkoper",
        role_customer: "Klant",

        how_referred_website: "Website",
        how_referred_customer: "Klant",
        how_referred_partner: "Partner",
        how_referred_employee: "Medewerker",
        how_referred_reseller: "Wederverkoper",

        industry_telecom: "Telecommunicatie",
        industry_finance: "Financiële sector",
        industry_insurance: "Verzekeringen",
        industry_retail: "Detailhandel",
        industry_travel: "Reizen",
        industry_healthcare: "Gezondheidszorg",
        industry_technology: "Technologie",
        industry_government: "Overheid",
        industry_other: "Overig",

        employment_status_part_time: "Deeltijd",
        employment_status_full_time: "Voltijd",
        employment_status_temporary: "Tijdelijk",
        employment_status_contract: "Op contractbasis",
        employment_status_intern: "Stagiair",
        employment_status_unemployed: "Werkloos",

        gender_male: "Man",
        gender_female: "Vrouw",

        marital_status_married: "Gehuwd",
        marital_status_single: "Alleenstaand",
        marital_status_separated: "Gescheiden van tafel en bed",
        marital_status_divorced: "Gescheiden",
        marital_status_widowed: "Weduwe/weduwnaar",

        contact_billing: "Facturering",
        contact_legal: "Juridisch",

        suffix_jr: "jr. (junior)",
        suffix_sr: "sr. (senior)",
        suffix_i: "I",
        suffix_ii: "II",
        suffix_iii: "III",

        education_level_high_school: "Middelbare school",
        education_level_graduate: "Hoger onderwijs",
        education_level_post_graduate: "Postdoctoraal",
        education_level_doctorate: "Doctoraat",

        postal_office: "Kantooradres",
        postal_home: "Huisadres",
        postal_mailto: "Postadres",
        postal_billto: "Factuuradres",
        postal_shipto: "Verzendadres",

        phone_home: "Telefoonnummer thuis",
        phone_office: "Telefoonnummer kantoor",
        phone_mobile: "Mobiel telefoonnummer",
        phone_fax: "Faxnummer",
        phone_pager: "Semafoonnummer",

        days_weekdays: "Doordeweeks",
        days_weekends: "In het weekend",
        days_any_day: "Elke dag",

        times_mornings: "’s Ochtends",
        times_afternoons: "’s Middags",
        times_evenings: "’s Avonds",
        times_day: "Overdag",
        times_anytime: "Altijd",

        social_community: "Gemeenschap",
        social_other: "Overig",

        priority_low: "Laag",
        priority_medium: "Gemiddeld",
        priority_high: "Hoog",

        website_personal: "Persoonlijke website",
        website_business: "Zakelijke website",
    },
    texts: Texts {
        unsupported: "Hier niet ondersteund: {0}.",
        not_allowed: "{0} moet een van deze waarden zijn: {1}.",
        not_positive: "{0} moet een geheel getal groter dan 0 zijn.",
        missing: "De parameter {0} is verplicht.",
        unknown_attribute: "$attribute kent {0} niet; bekend zijn: {1}.",
        mixed: "Pagina- en bereikparameters gaan niet samen: gebruik $pagenum en $pagesize, of $rangestart en $rangesize.",
        order_alone: "$order kan alleen samen met $sort.",
        invalid: "De waarde van {0} is ongeldig: {1}.",
        no_criterion: "Geef minstens één zoekcriterium op: {0}.",
        type_alone: "type alleen is niet genoeg: voeg een ander zoekcriterium toe.",
        bad_token: "Het toegangstoken is ongeldig of verlopen.",
        no_token: "De header Authorization ontbreekt of begint niet met Bearer.",
        no_action: "De sleutel staat de actie {0} niet toe.",
        no_path: "Dit pad bestaat niet.",
        no_method: "Dit pad staat alleen {0} toe.",
        no_language: "Accept-Language noemt geen ondersteunde taal; ondersteund zijn: {0}.",
        no_type: "Accept noemt geen ondersteund type; ondersteund zijn: {0}.",
        too_large: "Het verzoek is groter dan 1 MB.",
        failed: "Er ging iets mis: probeer het opnieuw. (trace {0})",

        too_many: "meer dan {0} klanten voldoen; voeg een criterium toe",
        too_broad: "dit is te ruim om op te zoeken; voeg een criterium toe",
        repeated: "de parameter mag maar één keer voorkomen",
        empty: "die is leeg",
        at_most: "die mag hoogstens {0} zijn",
        too_long: "die mag hoogstens {0} tekens hebben",
        array: "schrijf een JSON-array van objecten met de teksten object, name en value",
        not_searchable: "er is geen doorzoekbaar attribuut {0}",
        activity: "schrijf een JSON-object met type, isRead, isSecure, mode en sentDate, elk een tekst met een van de waarden",
        range: "schrijf een bereik zoals [2024-05-01T00:00:00.000Z,2024-05-31T23:59:59.999Z]; één eind mag ontbreken, \
            het latere staat achteraan",
    },
};
